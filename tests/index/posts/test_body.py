"""Bodies: what of Markdown, HTML and the page around them reaches the text."""

from __future__ import annotations

import pytest

from index.errors import PostError
from tests.index.posts.case import parse_body

LONG = "今天青岛市政府宣布了新的计划，预计投资额达到三十亿元，这是历年来最大的一笔，引起了"
HTML = "site/2021-12-08-abc.html"


def lines(body: str, post_id: str = "site/2021-12-08-abc.md") -> list[str]:
    return parse_body(body, post_id).text.split("\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Words that look like markup.
        ("精度<1%，R&D投入，a < b > c，AT&T", ["精度<1%，R&D投入，a < b > c，AT&T"]),
        ("据<ET7>和<蒙特利尔议定书>称", ["据<ET7>和<蒙特利尔议定书>称"]),
        ("&lt;蒙特利尔议定书&gt;&nbsp;a&amp;b", ["<蒙特利尔议定书> a&b"]),
        ("10~20元，30*20*10厘米，a_b_c", ["10~20元，30*20*10厘米，a_b_c"]),
        ("*ST甲和*ST乙今日复牌", ["*ST甲和*ST乙今日复牌"]),
        ("2021. 年报", ["2021. 年报"]),
        ("#话题# 今天", ["#话题# 今天"]),
        # Markdown.
        ("# 题\n\n正文\n===\n\n末段", ["题", "正文", "末段"]),
        ("- 甲\n- 乙\n  - 丙\n\n1. 一\n2. 二", ["甲", "乙", "丙", "1. 一", "2. 二"]),
        ("**粗**和*斜*和`码`和~~删~~", ["粗和斜和码和删"]),
        ("**注意：**请看**“重点”**内容", ["注意：请看“重点”内容"]),
        ("![图](a.png)文[链接](http://b.com)字", ["文链接字"]),
        ("见[脚注][1]。\n\n[1]: http://a.com", ["见脚注。"]),
        ("注[^1]。\n\n[^1]: 脚注", ["注。", "脚注"]),
        ("```\ncode <b>\n  x\n```", ["code <b>", "x"]),
        ("    缩进的[段落](http://a.com)", ["缩进的段落"]),
        ("见[这里](javascript:x)。", ["见这里。"]),
        ("见 <http://a.com/%E4%B8%AD> 第一条。", ["见 http://a.com/%E4%B8%AD 第一条。"]),
        ("　　全角缩进　中间", ["全角缩进　中间"]),
        ("> 引语\n\n正文", ["引语", "正文"]),
        ("|名|值|\n|-|-|\n|甲|1|", ["名 值", "甲 1"]),
        ("| 甲 | 1 |\n| 乙 | 2 |", ["甲 1", "乙 2"]),
        ("一\n\n***\n\n二", ["一", "二"]),
        ("一  \n二\\\n三", ["一", "二", "三"]),
        # Line ends within a paragraph: joined where an editor wrapped them.
        ("一行\n二行。\n三行", ["一行", "二行。", "三行"]),
        (f"{LONG}\n各界关注。", [f"{LONG}各界关注。"]),
        (f"{LONG}。\n各界关注。", [f"{LONG}。", "各界关注。"]),
        ("x" * 60 + "\nyes", ["x" * 60 + " yes"]),
        ("x" * 59 + "\nno", ["x" * 59, "no"]),
        # HTML.
        ("<p>一<p>二<div>三</div>四", ["一", "二", "三", "四"]),
        ("一<br>二<br/>三", ["一", "二", "三"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
        ("<table><tr><td>甲</td><td>1</td></tr><tr><td>乙<td>2</table>", ["甲 1", "乙 2"]),
        ("<p>H<sub>2</sub>O和<b>粗</b>、<font color=red>红</font></p>", ["H2O和粗、红"]),
        ("<ruby>东<rt>dōng</rt></ruby>", ["东"]),
        ("<pre>一\n二</pre>", ["一", "二"]),
        ("<p>一\n二</p>", ["一 二"]),
        ("<p>词<o:p></o:p>语<em-stock>股</em-stock></p>", ["词语股"]),
        ("<div>\n\n**粗**\n\n</div>", ["粗"]),
        ("<span>没有结束", ["没有结束"]),
        # Never shown.
        ("<p style='color:red; DISPLAY : none'>藏</p>显", ["显"]),
        ("<p style='visibility:hidden'>藏</p><div hidden>藏</div>显", ["显"]),
        ("<script>藏</script><style>藏</style><noscript>藏</noscript>显", ["显"]),
        ("<template>藏</template><textarea>藏</textarea><svg><text>藏</text></svg>显", ["显"]),
        ("<select><option>藏</select><button>藏</button><iframe>藏</iframe>显", ["显"]),
        ("<!-- 藏 -->显<!-- <b> -->示", ["显示"]),
        ("<p>一<!-- EM_StockImg_Start --><b>图</b><!-- EM_StockImg_End -->二</p>", ["一二"]),
        ('<p><a href="http://q/1">蔚来</a><span id="quote_1">9.9</span>涨</p>', ["蔚来涨"]),
        ('<p><span id="bkquote_1">9.9</span><span id="stock_1">留</span></p>', ["留"]),
        # Liquid and kramdown.
        ("{% include a.html %}一{{ page.b }}二", ["一二"]),
        ("{% raw %}{{ 留 }}{% endraw %}{% comment %}藏{% endcomment %}", ["{{ 留 }}"]),
        ("集合{{1, 2}不是标签", ["集合{{1, 2}不是标签"]),
        ("一{: .lead}\n{: style='a'}", ["一"]),
        # Invisible characters and white space.
        ("一\u200b二\ufeff三  四\t五\xa0六", ["一二三 四 五 六"]),
        ("<p>一&#7;二&#x81;三&#xad;</p>", ["一二三"]),
    ],
)  # fmt: skip
def test_what_reaches_the_text(body: str, expected: list[str]) -> None:
    assert lines(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>题</h1>\n<p>一\n二</p>", ["题", "一 二"]),
        ("# 不是*标题*", ["# 不是*标题*"]),
        ("<head><title>藏</title></head><body>显</body>", ["显"]),
        ("精度<1%，a < b", ["精度<1%，a < b"]),
        ("{{ a }}<p>一</p>", ["一"]),
    ],
)
def test_html_files_are_not_markdown(body: str, expected: list[str]) -> None:
    assert lines(body, HTML) == expected


@pytest.mark.parametrize(
    "tail",
    [
        "[返回东财滚动新闻](../emnews/)\n[返回首页](../)",
        "[返回东财滚动新闻](//a.com/emnews/)｜[返回首页](//a.com/)",
        "[返回东财滚动新闻](../emnews/)|[返回首页](../)",
        "[返回某某](../x/) | [返回首页](../)",
        "返回首页",
        "返回财经新闻　返回首页",
        "[返回](../)",
        "<p><a href='../'>返回首页</a></p>",
        "<a href='/a'>返回列表</a> <a href='/'>首页</a>",
        "[上一篇：某某](/a.html)\n[下一篇：某某](/b.html)",
    ],
)
@pytest.mark.parametrize("post_id", ["site/2021-12-08-abc.md", HTML])
def test_navigation_never_reaches_the_text(tail: str, post_id: str) -> None:
    assert lines(f"<p>正文。</p>\n\n{tail}\n", post_id) == ["正文。"]
    assert lines(f"<p>正文。</p>\n{tail}", post_id)[0] == "正文。"


@pytest.mark.parametrize(
    "body",
    ["返回舱成功着陆", "[返回舱着陆](http://a.com/b)", "返回地球，返回首页都是回家。", "首页"],
)
def test_news_that_sounds_like_navigation_stays(body: str) -> None:
    assert parse_body(f"正文。\n\n{body}").text.startswith("正文。\n")


@pytest.mark.parametrize(
    "line",
    [
        "图片来源：霍尼韦尔官网",
        "（图片来源：视觉中国）",
        "图源：网络",
        "责任编辑：张三",
        "（责任编辑：DF123）",
        "编辑：李四　校对：王五",
        "分享到：微信 微博",
        "点击查看更多>>",
        "【点击查看】",
        "扫一扫关注我们",
        "（文章来源：新华社）",
        "来源：新华社",
        "文章来源：",
    ],
)
def test_lines_of_the_page_go_wherever_they_stand(line: str) -> None:
    assert lines(f"一。\n\n{line}\n\n二。") == ["一。", "二。"]
    assert lines(f"<p>一。</p><p>{line}</p><p>二。</p>", HTML) == ["一。", "二。"]


@pytest.mark.parametrize(
    "line",
    [
        "郑重声明：本网发布此信息的目的在于传播更多信息。",
        "版权声明：未经授权不得转载",
        "免责声明：不构成投资建议",
        "Copyright © 2022 某某网",
        "未经许可，不得转载",
        "本文不构成投资建议",
    ],
)
def test_legal_lines_go_at_the_end_and_stay_in_the_middle(line: str) -> None:
    assert lines(f"一。\n\n{line}") == ["一。"]
    assert lines(f"一。\n\n{line}\n\n二。") == ["一。", line, "二。"]


@pytest.mark.parametrize(
    "sentence",
    [
        "图片来源于网络的说法不实，警方已介入。",
        "编辑部昨天搬家。",
        "点击查看的人不多。",
        "分享到此结束。下次再见。",
        "来源：广泛，渠道多样。数据可信。",
    ],
)
def test_sentences_that_begin_alike_stay(sentence: str) -> None:
    assert lines(f"一。\n\n{sentence}") == ["一。", sentence]


def test_an_editor_glued_to_the_last_sentence_goes() -> None:
    assert lines("一。（责任编辑：张三）") == ["一。"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("> 摘要。\n\n摘要。\n\n二。", ["摘要。", "二。"]),
        ("> 摘要。（财联社）\n\n<p>摘要。</p><p>二。</p>", ["摘要。", "二。"]),
        ("> 摘要。\n\n一。\n\n摘要。", ["摘要。", "一。", "摘要。"]),
        ("> 摘要。", ["摘要。"]),
        ("一。\n\n> 一。", ["一。", "一。"]),
        ("一。\n\n一。", ["一。", "一。"]),
        ("> 一。\n>\n> 一。\n\n二。", ["一。", "一。", "二。"]),
    ],
)
def test_a_digest_goes_only_where_the_first_paragraph_repeats_it(
    body: str, expected: list[str]
) -> None:
    assert lines(body) == expected


@pytest.mark.parametrize(
    "body",
    ["", "\n \n", "<http://a.com/b>\n\n[返回首页](../)", "<>", "![图](a.png)", "<!-- 一 -->",
     "<p hidden>一</p>", "（文章来源：新华社）", "<!-- 没有结束的注释 一", "{% comment %}一"],
)  # fmt: skip
def test_a_body_without_words_is_refused(body: str) -> None:
    with pytest.raises(PostError, match=r"^no text in the body$"):
        parse_body(body)
