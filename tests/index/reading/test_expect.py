"""What kind of answer is asked for."""

import pytest
from hypothesis import given

from index.reading.expect import Expectation, expectation
from index.reading.units import CODE
from index.text import fold
from tests.factories import UNHURRIED, ugly_texts

KINDS = {
    "figure": """
        渡轮票价多少？ 渡轮每天有多少班 港口有几个泊位？ 青石港下设几家公司 大桥有多长
        码头离市区多远 展期多久？ 工程要多长时间 白鹭迁徙了几天 存了几个月 灯塔多高 湿地面积多大
        林知远排第几 产量占比是多少 利率上升了几个百分点 白鹭有多重 青石港排名第几？
        大桥造价多少钱 公司的目标价呢？ 最新股价是？ 同比呢 总负债呢？ 云岭茶业的股票代码是多少
        码头的服务热线 渡輪票價幾多元 湖泊深度有多深 用了多少年建成 增速落在哪个区间
        云岭茶业年产能
    """,
    "date": """
        大桥什么时候通车？ 渡轮何时复航 大桥是哪年建的 哪一年开业 哪一天停航 哪天恢复 哪个月涨价
        几月几日开幕 几号放榜 渡轮几点开船 星期几休息 何年通航 展会日期是？ 大橋甚麼時候通車
        渡輪幾時復航 灯塔建于哪个世纪 哪几年亏损 成立时间是？ 什么日子停航
    """,
    "name": """
        谁是董事长？ 大桥由谁承建 哪位记者报道的 哪一位专家 何人发现的 董事长是誰 哪个人负责
        码头在哪里？ 灯塔位于何处 白鹭去了哪儿 白鹭飛去了哪裡 哪个国家 哪个城市举办 什么地方最冷
        哪座城市 总部在哪个省 哪家公司承建大桥？ 哪一家银行 什么机构批准的 哪个部门印发
        毕业于哪所大学 那条船叫什么名字 新桥叫什么？
    """,
    "thing": """
        公司主打什么产品？ 哪款车卖得最好 哪只股票领涨 有哪些板块下跌？ 哪些股票大涨 哪两种鸟
        哪几个品种上市 给了什么评级 哪条航线停航 这是什么鸟 何种材料 这座桥被称为？
        要建成怎样的城市 取得了怎么样的成绩 是什么利率 哪一部电影 属于哪个天主教团体 湿地里有啥
        主要的鸟类是？
    """,
    "sentence": """
        渡轮为什么停航？ 大桥为何限速 怎么买票 如何报名 渡輪為什麼停航 为啥涨价 怎样申请
        渡轮停航了吗？ 大桥是不是收费 是否收费 票价会不会涨 能不能带狗 介绍一下青石港
        白鹭是留鸟还是候鸟 什么原因停航 票卖得多吗
    """,
}


@pytest.mark.parametrize(
    ("question", "kind"), [(text, kind) for kind, texts in KINDS.items() for text in texts.split()]
)
def test_kinds(question, kind):
    assert expectation(fold(question)).kind == kind


def test_no_question_expects_a_sentence():
    assert expectation("") == Expectation("sentence")


def test_the_example_of_the_docstring():
    found = expectation("全年承保了多少人?")
    assert found.kind == "figure" and "人" in found.units


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("谁是董事长", "person"),
        ("哪位是记者", "person"),
        ("码头在哪里", "place"),
        ("哪个国家最大", "place"),
        ("哪家银行", "organisation"),
        ("叫什么名字", ""),
    ],
)
def test_names_of_what(question, names):
    assert expectation(question).names == names


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("票价多少钱", "元"),
        ("市值是多少", "港元"),
        ("产量占比多少", "%"),
        ("跌了多少", "%"),
        ("跌了几个点", "%"),
        ("来了多少人", "人"),
        ("有多少艘船", "艘"),
        ("几个泊位", "个"),
        ("几家公司", "家"),
        ("码头有多远", "公里"),
        ("灯塔多高", "米"),
        ("要多久", "小时"),
        ("存了几个月", "月"),
        ("湿地面积", "平方公里"),
        ("鱼有多重", "公斤"),
        ("他多大岁数", "岁"),
        ("排名第几", "第"),
        ("股票代码是多少", CODE),
        ("哪年通车", "年"),
        ("哪天通车", "日"),
        ("几点开船", "点"),
    ],
)
def test_units(question, unit):
    assert unit in expectation(question).units


def test_without_a_hint_there_are_no_units():
    assert expectation("谁是董事长").units == ()
    assert expectation("什么时候通车").units == ()


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("给了什么评级", "评级"),
        ("哪些板块下跌", "板块下跌"),
        ("推出了哪几款产品", "产品"),
        ("哪家公司承建", "公司承建"),
        ("要建怎样的城市", "城市"),
        ("票价多少元", ""),
        ("那是什么", ""),
    ],
)
def test_the_noun_asked_for_begins_the_head(question, head):
    assert expectation(question).head == head


@pytest.mark.parametrize(
    ("question", "plural"), [("有哪些鸟", True), ("哪两家公司", True), ("哪种鸟", False)]
)
def test_lists_asked_for(question, plural):
    assert expectation(question).plural is plural


@pytest.mark.parametrize(
    ("question", "words"),
    [("大桥由谁承建?", "谁"), ("哪家公司承建", "哪家"), ("票价多少元", "多少")],
)
def test_the_place_of_the_question_words(question, words):
    start, end = expectation(question).place
    assert question[start:end] == words


def test_without_question_words_the_place_is_the_end():
    assert expectation("云岭茶业的利润呢?").place == (7, 7)


@given(ugly_texts)
@UNHURRIED
def test_any_text_expects_something(text):
    folded = fold(text)
    found = expectation(folded)
    assert isinstance(found, Expectation)
    start, end = found.place
    assert 0 <= start <= end <= len(found.question) <= len(folded)
    assert folded.startswith(found.question)
