"""What kind of answer a question asks for, read off its question words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["figure", "date", "name", "thing", "sentence"]

_DATE = re.compile(
    "[什啥]么?时候|何时|几时|什么时间|哪[一个]?[年月天日]|哪一年|几[年月号日](?!间)|几月几[日号]|什么日子|日期"
)
_DURATION = re.compile("多久|多长时间|多少(?:年|天|个月|小时|分钟|秒)|几(?:年|天|个月|小时|分钟)")
_FIGURE = re.compile("多少|几[^乎何许]|几$|多[大高远长重快宽深厚]|百分之几|第几|哪个区间")
_NAME = re.compile(
    "谁|哪[一]?位|何人|什么人|哪[一]?(?:家|国|所)|哪[一]?个(?:国家|公司|机构|部门|城市|地区|地方|省|人|学校|组织|"
    "队|银行|企业)|哪里|哪儿|何处|何地|什么地方|什么(?:公司|机构|部门|名字)|叫什么"
)
_THING = re.compile("哪[一]?[款种类只支部本张首项条个些]|哪两[款家个种]|什么|何种")
_UNASKED_FIGURE = re.compile(
    "(?:目标价|股价|价格|售价|市值|利率|汇率|比例|占比|涨幅|跌幅|增速|销量|产量|产能|面积|人口|金额|规模|总额|"
    "营收|收入|利润|成交额|点位|票数|人数|数量|保额|额度)(?:是|呢|吗)?$"
)
_END = re.compile(r"[\s？?。！!呢啊呀吧]+$")

_MONEY = ("元", "美元", "港元", "欧元", "日元", "英镑", "港币", "人民币", "钱")
_SHARE = ("%", "％", "成", "百分点", "倍", "个百分点")
_UNITS_ASKED = (
    (
        re.compile(
            "多少钱|多少(?:美|港|欧|日)?元|价|市值|金额|成交额|营收|收入|利润|亏损|赔付|总额|资产|负债|额度|保额"
        ),
        _MONEY,
    ),
    (
        re.compile(
            "百分之|百分比|比例|占比|利率|涨幅|跌幅|增速|同比|环比|[涨跌升降增减]了?多少|率(?:是|为|有)?多"
        ),
        _SHARE,
    ),
    (re.compile("多少人|几人|人数|人口"), ("人", "人次", "名", "位")),
    (
        re.compile("多远|多长(?!时间)|多高|多深|多宽|距离"),
        ("米", "公里", "厘米", "毫米", "千米", "英里", "公厘"),
    ),
    (re.compile("多久|多长时间"), ("年", "天", "个月", "小时", "分钟", "秒", "周", "日")),
    (re.compile("面积|多大"), ("平方公里", "平方米", "公顷", "亩", "平方千米")),
    (re.compile("多重|重量"), ("吨", "公斤", "千克", "克", "斤")),
)
_CLASSIFIER = re.compile("(?:多少|几)(个?[\u4e00-\u9fff])")
_HEAD_NOUN = re.compile(
    "(?:什么|哪[一]?[款种类只支部本张首项条个些家所]|哪两[款家个种])([\u4e00-\u9fff]{1,4})"
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The kind of answer asked for; `units` are welcome units, `head` the noun it must be."""

    kind: Kind
    units: tuple[str, ...] = ()
    head: str = ""


def expectation(folded_question: str) -> Expectation:
    """What the question asks for; `sentence` where no question word says it.

    `expectation("全年承保了多少人?")` is a figure with the units of people.
    """
    text = _END.sub("", folded_question)
    if _DURATION.search(text):
        return Expectation("figure", _asked_units(text))
    if _DATE.search(text):
        return Expectation("date")
    if _NAME.search(text):
        return Expectation("name")
    if _FIGURE.search(text) or _UNASKED_FIGURE.search(text):
        return Expectation("figure", _asked_units(text))
    if _THING.search(text):
        head = _HEAD_NOUN.search(text)
        return Expectation("thing", head=head.group(1) if head else "")
    return Expectation("sentence")


def _asked_units(text: str) -> tuple[str, ...]:
    units = [unit for pattern, names in _UNITS_ASKED if pattern.search(text) for unit in names]
    classifier = _CLASSIFIER.search(text)
    if classifier:
        units.append(classifier.group(1).removeprefix("个") or "个")
        if classifier.group(1).startswith("个"):
            units.append("个")
    return tuple(dict.fromkeys(units))
