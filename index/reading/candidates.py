"""Stretches of a sentence that could be the answer: figures, dates, names, things, clauses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.reading.expect import Expectation

_SCALE = "万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百"
_UNIT = (
    "个百分点|个基点|百分点|基点|平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|公厘|英里|英尺|海里|公顷|公斤|千克|"
    "人民币|美元|港元|港币|日元|欧元|英镑|韩元|澳元|台币|元|人次|批次|个月|小时|分钟|周岁|公吨|周年|"
    "[人名位户家个只股件辆台架艘吨克斤米亩升度天日年月周秒岁届次场票分点倍成折层楼座栋条项批款种类所部本张首集期轮颗枚头"
    "匹片处间套组支级代席班趟节门字页卷册幅篇发团营旅师军县市区国省村镇队]"
)
_NUMBER = r"\d[\d,，]*(?:\.\d+)?"
_HAN_NUMBER = "[一二两三四五六七八九十百千万亿半]+"
FIGURE = re.compile(
    rf"(?:超过|超|近|逾|约|达|第)?(?:"
    rf"[+\-−]?(?:{_NUMBER})(?:\s*[-~～—至到]\s*(?:{_NUMBER}))?\s*(?:%|％|(?:{_SCALE})?(?:余|多)?(?:{_UNIT})?(?:/[\u4e00-\u9fffA-Za-z]{{1,2}})?)"
    rf"|{_HAN_NUMBER}(?:余|多)?(?:{_UNIT})|{_HAN_NUMBER}分之{_HAN_NUMBER})"
    rf"(?:以上|以下|以内|左右|之上)?"
)
DATE = re.compile(
    r"(?:公元)?(?:前)?\d{2,4}年(?:\d{1,2}月(?:份|\d{1,2}[日号])?)?(?:[初底末]|[上下]半年|[上中下]旬|第?[一二三四]季度)?"
    r"|\d{1,2}月(?:\d{1,2}[日号]|份|[初底末]|[上中下]旬)?|\d{1,2}[日号]|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}世纪\d{0,2}年?代?"
    r"|[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月)?|\d{1,2}[:：]\d{2}"
    r"|(?:去年|今年|明年|前年|昨日|昨天|今日|明日)(?:\d{1,2}月(?:\d{1,2}日)?|底|初|年底)?"
)
_QUOTED = re.compile(r"[“「『《\"‘]([^”」』》\"’]{1,40})[”」』》\"’]")
_CODE = re.compile(r"[(（]\d{4,6}(?:\.[a-z]{1,4})?[)）]|\d{6}(?!\d)", re.IGNORECASE)
_COPULA = re.compile("(?:是指|是|为|有|叫做?|称为?|名为|包括|达到?|在|于|至|由|：|:)")
_CLAUSE = re.compile(r"[^，,；;。！？!?\n]+")
_LIST = re.compile(r"(?:[^，,；;。！？!?、\n]{1,20}、)+[^，,；;。！？!?、\n]{1,20}")

# jieba's tags of words that a name is made of (ICTCLAS set): names, nouns, abbreviations, letters.
_NOMINAL = re.compile("^(?:n|j|eng|x|nz|vn|s$|b$|an$)")
_SKIPPED_IN_NAME = frozenset('，。、；：！？“”"「」『』（）()《》<>【】 \n')
_PROPER = frozenset(("nr", "nt", "nz", "ns", "eng", "nrt", "nrfg", "j"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """`text[start:end]` of a sentence; `fit` from 0 to 1 says how well it suits what is asked."""

    start: int
    end: int
    fit: float
    whole: bool = False  # a clause: question terms inside it speak for it, not against it


Tagger = Callable[[str], Sequence[tuple[str, str, int, int]]]


def candidates(sentence: str, expected: Expectation, tag: Tagger) -> list[Candidate]:
    """Candidates of the expected kind in place order, then the clauses as a fallback.

    `tag` gives `(word, part of speech, start, end)`; it's called only where names are asked for.
    """
    found: list[Candidate] = []
    if expected.kind == "figure":
        found.extend(_figures(sentence, expected))
    elif expected.kind == "date":
        found.extend(Candidate(*match.span(), 1.0) for match in DATE.finditer(sentence))
    elif expected.kind == "name":
        found.extend(_names(sentence, tag))
        found.extend(Candidate(*match.span(1), 0.6) for match in _QUOTED.finditer(sentence))
    elif expected.kind == "thing":
        found.extend(_things(sentence, expected, tag))
    if expected.kind in ("thing", "sentence"):
        found.extend(_predicates(sentence, 0.8 if expected.kind == "thing" else 0.6))
    found.extend(_clauses(sentence, 0.7 if expected.kind == "sentence" else 0.2))
    return found


def _figures(sentence: str, expected: Expectation) -> Iterator[Candidate]:
    codes = [match.span() for match in _CODE.finditer(sentence)]
    for match in FIGURE.finditer(sentence):
        if any(start <= match.start() and match.end() <= end for start, end in codes):
            continue
        text = match.group()
        fit = 0.6
        if expected.units:
            fits = any(unit in text for unit in expected.units)
            fit = 1.0 if fits else 0.35
        if DATE.fullmatch(text) and fit != 1.0:
            fit = 0.15
        yield Candidate(*_stripped(sentence, *match.span()), fit)


def _names(sentence: str, tag: Tagger) -> Iterator[Candidate]:
    run: list[tuple[str, str, int, int]] = []
    for word, flag, start, end in tag(sentence):
        # Subtle: jieba tags punctuation and unknown words alike as "x".
        if _NOMINAL.match(flag) and word[0].isalnum():
            run.append((word, flag, start, end))
            continue
        yield from _name_of(run)
        run = []
    yield from _name_of(run)


def _name_of(run: Sequence[tuple[str, str, int, int]]) -> Iterator[Candidate]:
    if not run:
        return
    proper = [part for part in run if part[1] in _PROPER]
    yield Candidate(run[0][2], run[-1][3], 0.9 if proper else 0.5)
    for _, flag, start, end in run:
        if flag in ("nr", "nrt", "nrfg") and end - start >= 2:
            yield Candidate(start, end, 1.0)


def _things(sentence: str, expected: Expectation, tag: Tagger) -> Iterator[Candidate]:
    for match in _QUOTED.finditer(sentence):
        beside = expected.head and expected.head in sentence[match.end() : match.end() + 6]
        yield Candidate(*match.span(1), 1.0 if beside else 0.7)
    for match in _LIST.finditer(sentence):
        yield Candidate(*_stripped(sentence, *match.span()), 0.7)
    for one in _names(sentence, tag):
        yield Candidate(one.start, one.end, 0.5 * one.fit)


def _predicates(sentence: str, fit: float) -> Iterator[Candidate]:
    """What follows a copula, to the clause's end: 核心是｜绿色发展类产品."""
    for clause in _CLAUSE.finditer(sentence):
        for copula in _COPULA.finditer(sentence, *clause.span()):
            start, end = _stripped(sentence, copula.end(), clause.end())
            if end - start >= 2 and copula.start() > clause.start():
                yield Candidate(start, end, fit)


def _clauses(sentence: str, fit: float) -> Iterator[Candidate]:
    for match in _CLAUSE.finditer(sentence):
        start, end = _stripped(sentence, *match.span())
        if end - start >= 2:
            yield Candidate(start, end, fit, whole=True)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
