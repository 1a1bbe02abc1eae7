"""What kind of answer a question asks for, read off its question words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.reading.units import date_units, figure_units

Kind = Literal["figure", "date", "name", "thing", "sentence"]
NameKind = Literal["", "person", "place", "organisation"]

_WHY_HOW = re.compile(
    "为什么|为啥|为何(?!$)|因何|何故|何以|怎么(?!样?的|样?$)|怎样(?!的|$)|咋|如何|干什么|干嘛"
    "|什么(?:原因|缘故)"
)
_WHY = re.compile("为什么|为啥|为何(?!$)|因何|何故|(?:原因|缘故|理由)")
_DURATION = re.compile(
    "多久|多长时间|(?<!哪)(?:多少|几)(?:年(?![代级])|天|个?小时|分钟|秒|个?(?:月|周|星期)(?!几))(?<!几月)"
)
_DATE = re.compile(
    "[什啥]么?时候|啥时|何时|几时|什么(?:时间|日子)|[哪何][一几]?个?(?:年|月|天(?![主然津气])|日(?!本))"
    "|哪一?个?(?:世纪|时期|朝代|季度)|几[月号日]|几点|(?:星期|周)几|(?:日期|时间)(?:是|为)?$"
)
_PERSON = re.compile(
    "谁|哪一?位|何人|什么人|哪一?个?(?:人|球员|演员|作家|皇帝|导演|将军|科学家|总统|歌手)"
)
_PLACE = re.compile(
    "哪[里儿边]|何[处地]|什么地[方区]|[哪何]一?[个座]?(?:国|省|市|州|县|区(?!间)|镇|岛|城|地|洲|大[陆洲]|港口|街)"
)
_ORGANISATION = re.compile(
    "哪一?[家所间]|(?:哪一?个|什么)(?:公司|机构|部门|单位|学校|大学|组织|队|球队|银行|企业|团体|平台|协会|品牌|政府)"
)
_TITLED = re.compile("什么名[字称]?|名[字称](?:是|为|叫)?$|叫(?:做|作)?什么")
_WHICH_FEW = re.compile("哪[几两]")
_FIGURE = re.compile("多少|几(?![乎何许])|多[大高远长重快宽深厚]|哪个区间")
# 目标价呢 asks for a figure, 什么利率 for a kind of rate.
_BARE_FIGURE = re.compile(
    "(?<!什么)(?<!哪个)(?<!哪种)(?:目标价|股价|价格|售价|市值|市盈率|利率|汇率|比例|占比|涨幅|跌幅|增速|同比|环比"
    "|销量|产量|产能|面积|人口|金额|规模|总额|营收|收入|利润|成交额|点位|[票人]数|数量|保额|额度|资产|负债"
    "|身高|高度|长度)(?:是|为)?$"
)
_NUMBERED = re.compile("(?:代码|编号|号码|电话|热线)(?:号码|号)?(?:是|为)?(?:什么|多少|几号)?$")
_YES_NO = re.compile("吗$|是不是|是否|会不会|能不能|有没有|可不可以|要不要|能否|可否|还是")
_THING = re.compile("哪|什么|啥|何|怎么?样?的|(?:是|为|叫|于)$")
_PLURAL = re.compile("哪[些几两]|分别|哪.{0,3}类|包括")
_HEAD = re.compile(
    "(?:什么样?|啥|何|怎么?样?|哪[一两几]?[款种类只支部本张首项条个些家所间座位名份]?类?)的?"
    "([\u4e00-\u9fffa-z]{1,4})"
)
_ASKED = re.compile(
    "谁|哪[一两几]?[款种类只支部本张首项条个些家所间座位名份里儿年月天国]?"
    "|(?:什么|何|啥)(?:时候|时间|时|地方?|处|人|年|种)?"
    "|第?几个?|多少|怎么?样?|如何|为什么|为何|多[久远大高长重快深宽]"
)
_AT_END = " \t\n？?。！!，,呢啊呀吧"

# In this order: 几年 before 几, 哪年 before 哪, 谁 before 什么.
_KINDS: tuple[tuple[re.Pattern[str], Kind, NameKind], ...] = (
    (_WHY_HOW, "sentence", ""),
    (_DURATION, "figure", ""),
    (_NUMBERED, "figure", ""),
    (_DATE, "date", ""),
    (_PERSON, "name", "person"),
    (_PLACE, "name", "place"),
    (_ORGANISATION, "name", "organisation"),
    (_TITLED, "name", ""),
    (_WHICH_FEW, "thing", ""),
    (_FIGURE, "figure", ""),
    (_BARE_FIGURE, "figure", ""),
    (_YES_NO, "sentence", ""),
    (_THING, "thing", ""),
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The kind of answer that a question asks for, and what else its words say of it."""

    kind: Kind
    units: tuple[str, ...] = ()  # welcome units of a figure or date: 元, 人; 年, 日
    head: str = ""  # begins with the noun that it must be: 什么评级 gives 评级
    names: NameKind = ""  # what the name is of
    plural: bool = False  # a list is asked for
    why: bool = False  # a cause is asked for
    place: tuple[int, int] = (0, 0)  # where the question words stand
    question: str = ""  # folded, without the marks at its end


def expectation(folded_question: str) -> Expectation:
    """What the question asks for; `sentence` where no question word says it.

    `expectation("全年承保了多少人?")` is a figure with the units of people.
    """
    said = folded_question.rstrip(_AT_END)
    text = said.replace("甚么", "什么")  # of the same length: places stay
    kind, names = next(((k, n) for asks, k, n in _KINDS if asks.search(text)), ("sentence", ""))
    asked, head = _ASKED.search(text), _HEAD.search(text)
    units: tuple[str, ...] = ()
    if kind in ("figure", "date"):
        units = figure_units(text) if kind == "figure" else date_units(text)
    return Expectation(
        kind=kind,
        units=units,
        head=head.group(1) if head and kind in ("thing", "name") else "",
        names=names,
        plural=_PLURAL.search(text) is not None,
        why=_WHY.search(text) is not None,
        place=asked.span() if asked else (len(text), len(text)),
        question=said,
    )
