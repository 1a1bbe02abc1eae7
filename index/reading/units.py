"""The units that a question wants its figure or date in."""

from __future__ import annotations

import re

CODE = "代码"  # stands for a stock code or telephone number among the units

_MONEY = ("元", "美元", "港元", "欧元", "日元", "英镑", "港币", "人民币", "钱")
_SHARE = ("%", "成", "百分点", "倍", "分之")
_LENGTH = ("米", "公里", "厘米", "毫米", "公分", "公尺", "公厘", "英里", "英尺", "海里")
_TIME = ("年", "天", "月", "小时", "分钟", "秒", "周", "星期", "日")
_FIGURE_UNITS = (
    (
        re.compile(
            "多少钱|多少(?:美|港|欧|日)?元|价|市值|金额|资金|成交额|营收|收入|利润|亏损|赔付|总额|资产|负债|债"
            "|额度|保额"
        ),
        _MONEY,
    ),
    (
        re.compile(
            "百分|比例|占比|利率|涨幅|跌幅|增速|同比|环比|几个点|[涨跌升降增减]了?(?:多少|几)|率(?:是|为|有)?多"
        ),
        _SHARE,
    ),
    (re.compile("多少人|几人|人数|人口|客户|员工"), ("人", "人次", "名", "位")),
    (re.compile("多远|多长(?!时间)|多[高深宽]|距离|身高|高度|长度"), _LENGTH),
    (re.compile("多久|多长时间"), _TIME),
    (re.compile("面积|多大"), ("平方公里", "平方米", "公顷", "亩", "平方千米")),
    (re.compile("多大|岁数|年龄|几岁"), ("岁",)),
    (re.compile("多重|重量"), ("吨", "公斤", "千克", "克", "斤")),
    (re.compile("第几|排名|名次|排几"), ("第",)),
    (re.compile("代码|编号|号码|电话|热线"), (CODE,)),
)
_CLASSIFIER = re.compile("(?:多少|几)(个?[\u4e00-\u9fff])")
_DATE_UNITS = (
    (re.compile("[哪何][一几]?个?年"), "年"),
    (re.compile("[哪几何]一?个?月"), "月"),
    (re.compile("[哪几何]一?个?[天日号]"), "日"),
    (re.compile("几点"), "点"),
    (re.compile("世纪"), "世纪"),
)


def figure_units(question: str) -> tuple[str, ...]:
    """Welcome units, the likeliest first; empty where nothing is said. 承保了多少人 gives 人, ….

    `CODE` among them says that a code or number of a telephone is asked for.
    """
    units = [unit for asks, names in _FIGURE_UNITS if asks.search(question) for unit in names]
    classifier = _CLASSIFIER.search(question)
    if classifier:
        word = classifier.group(1)
        units += [word.removeprefix("个") or "个", *(["个"] if word.startswith("个") else [])]
    return tuple(dict.fromkeys(units))


def date_units(question: str) -> tuple[str, ...]:
    """What the date should say at least: 哪年 gives 年, 几月几号 gives 月 and 日."""
    return tuple(unit for asks, unit in _DATE_UNITS if asks.search(question))
