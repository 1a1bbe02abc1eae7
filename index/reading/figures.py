"""Figures, dates and codes in a folded sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.reading.candidate import Candidate
from index.reading.expect import Expectation
from index.reading.units import CODE

_SCALE = "万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百"
_UNIT = (
    "(?:个百分点|个基点|百分点|基点|平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|公厘|公分|公尺|英里|英尺|海里"
    "|公顷|公斤|千克|人民币|新台币|美元|港元|港币|日元|欧元|英镑|韩元|澳元|台币|元|人次|批次|个半?月|小时|分钟|周岁"
    "|公吨|周年|[人名位户家个只股件辆台架艘吨克斤米亩升度天日年月周秒岁届次场票分点倍成折层楼座栋幢条项批款种类所部"
    "本张首集期轮颗枚头匹片处间套组支级代席班趟节门字页卷册幅篇发团营旅师军县市区国省村镇队大]|[a-z]{1,4}(?![a-z\\d]))"
)
_PER = "(?:小时|分钟|平方米|立方米|[年月日天周股人次吨件份克秒瓦度升]|[a-z]{1,3}(?![a-z]))"
_NUMBER = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_TO = r"\s?[-~—至到]\s?"  # 6.3-6.7, 9%至10%; 3.5%至27亿元 are two figures
_RANGE = rf"(?:{_NUMBER}%{_TO}{_NUMBER}(?=%)|{_NUMBER}{_TO}{_NUMBER}|{_NUMBER})"
# Subtle: bounded, or a line of 100,000 times 二 would be tried from every place to its end.
_HAN = "[一二两三四五六七八九十百千万亿半]{1,12}"
FIGURE = re.compile(
    rf"(?:超过|超|近|逾|约)?(?:(?<![a-z\d.])(?<![a-z]-)[+\-−]?{_RANGE}"
    rf"\s?(?:%|(?:{_SCALE})?[余多]?{_UNIT}?(?:/{_PER})?)"
    rf"|第(?:\d{{1,6}}|{_HAN}){_UNIT}?|{_HAN}分之{_HAN}|{_HAN}[余多]?{_UNIT})"
    r"(?:\s?(?:以上|以下|以内|左右|之上))?"
)
_DAY = r"\d{1,2}月(?:\d{1,2}[日号]|份|[初底末]|[上中下]旬)?"
DATE = re.compile(
    rf"(?:公元)?前?\d{{2,4}}年(?!以上|之久|的?历史)(?:{_DAY}|[初底末]|[上下]半年|第?[一二三四]季度)?"
    rf"|(?:[前去今明]年|[昨今明][日天])(?:{_DAY}|年?[初底])?|{_DAY}|\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}"
    r"|(?:上午|下午|早上|晚上?|凌晨|中午)?\d{1,2}(?::\d{2}|[点时](?:\d{1,2}分|半)?)|\d{1,2}[日号]"
    r"|\d{1,2}世纪(?:\d{2}年代)?|[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月)?"
)
# A stock code with or without its market, a telephone number.
_CODE = re.compile(
    r"(?<=[(（])(?:\d{4,6}(?:\.[a-z]{1,4})?|[a-z]{1,5}\.[a-z]{1,2})(?=[)）])|(?<!\d)\d{4,6}\.[a-z]{2}"
    r"|(?<![\d.])\d{5,6}(?![\d.])"
)


def code_spans(sentence: str) -> list[tuple[int, int]]:
    """Stock codes and numbers that look like one: no figures, no names."""
    return [match.span() for match in _CODE.finditer(sentence)]


def inside(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """True where `start`, `end` lie in one of the spans."""
    return any(first <= start and end <= last for first, last in spans)


def figures(sentence: str, expected: Expectation) -> Iterator[Candidate]:
    """Figures with their units, what stands around them (超, 约, 以上) and ranges kept whole."""
    codes = code_spans(sentence)
    if CODE in expected.units:
        yield from (Candidate(start, end, 1.0) for start, end in codes)
    for match in FIGURE.finditer(sentence):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        text = sentence[start:end]
        if inside(codes, start, end) and not any(unit in text for unit in expected.units):
            continue
        yield Candidate(start, end, _figure_fit(text, expected.units))


def _figure_fit(text: str, units: tuple[str, ...]) -> float:
    """Bare figures and dates are poorer answers than those in the unit asked for."""
    if any(unit in text for unit in units):
        return 1.0
    if DATE.fullmatch(text):
        return 0.15
    if units:
        return 0.35
    # A share is mostly asked for in its own words (占比, 增长了多少).
    return 0.5 if text.endswith("%") else 0.6


def dates(sentence: str, expected: Expectation) -> Iterator[Candidate]:
    """Dates and times of day; those without the unit asked for (哪年) are poorer answers."""
    for match in DATE.finditer(sentence):
        suits = not expected.units or any(unit in match.group() for unit in expected.units)
        yield Candidate(*match.span(), 1.0 if suits else 0.6)
