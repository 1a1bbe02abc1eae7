"""Repairs a span that a model cut badly: half figures and dates, half words, stray brackets.

A model scores tokens, and its best start and end may lie within a number or a title. What is mended
here was counted on the answers of the training questions, so that a good span stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.lexical.segmenter import is_word
from index.reading.brackets import balanced, unquoted, whole_title
from index.reading.candidate import Tagger, Token
from index.reading.expect import Expectation
from index.reading.figures import DATE, FIGURE
from index.reading.names import lists

_WINDOW = 40  # characters looked at on either side
_EDGE = frozenset(" \t\n,，。、;；:：!！?？~…|·•")
_SHORT_KINDS = frozenset(("figure", "date", "name"))  # answers that are no clause
_SHORT_CHARS = 16
_LED = re.compile("[的了]+(?=.)")
_LED_SHORT = re.compile("[是为的了]+(?=.)")
_TRAILED = re.compile("(?<=[^的了是])[的了是]{1,4}$")
# Years are two (1856-1891), what has a letter beside its hyphen is one: hfo-1234yf.
_CODE = re.compile(
    r"(?:[a-z\d]+(?:(?<=\d)[.,](?=\d)|[-—](?=[a-z])|(?<=[a-z])[-—](?=\d)))*[a-z\d]+"
    "|[〇零一二两三四五六七八九十百千万亿]{2,}"
)
_AMOUNT = re.compile(r"[\d.,]*\s?(?:%|[百千十]?万?亿|[百千十]?万|[百千](?=元|人|家|米))?")
_QUALIFIER = re.compile("超过|超|近|逾|约")
_AFTER = re.compile(r"\s?(?:以上|以下|以内|左右|之上)$")
# 386成功, 86亿大扩产: more often the beginning of a word than a unit.
_DOUBTFUL_UNITS = frozenset("大成支级")
_BARE = re.compile("[一二两三四五六七八九十]+(?!分之)")
_YEAR = re.compile(r"\d{4}年")
_WORDY = re.compile("n|j|i$|l$")
_HAN = re.compile("[\u3400-\u9fff]+")
_CLAUSE_END = re.compile("[,，。;；!！?？\n]")
_JOINERS = frozenset("、和与及")
_JOINER = re.compile("[、和与及]")
_TRAILING = frozenset(("d", "f", "uj", "m", "q", "x"))


def mend(
    expected: Expectation, text: str, start: int, end: int, tag: Tagger | None = None
) -> tuple[int, int]:
    """The mended `(start, end)` of a non-empty span of folded `text`.

    It loses only edges (blanks, punctuation, quotation marks around all of it, 的 and the like) and
    grows to whole figures, dates, codes and titles; with `tag` also to whole nouns and, where the
    question asks for several, to the whole list. A span of nothing but edges comes back as it was.
    """
    first, last = _trimmed(expected, text, start, end)
    if first >= last:
        return start, end
    first, last = _whole(_CODE, text, first, last)
    if expected.kind == "date":
        first, last = _whole_date(expected, text, first, last)
    else:
        first, last = _whole_figure(expected, text, first, last)
    if tag is not None and expected.kind not in ("figure", "date"):
        first, last = _whole_words(expected, text, first, last, tag)
    first, last = whole_title(text, first, last)
    first, last = balanced(text, first, last)
    first, last = unquoted(text, first, last)
    return (first, last) if first < last else (start, end)


def _trimmed(expected: Expectation, text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    # A clause may begin with 是: 是一种鸟 tells who or where in golds of its own kind.
    short = expected.kind in _SHORT_KINDS and end - start <= _SHORT_CHARS
    led = (_LED_SHORT if short else _LED).match(text, start, end)
    trailed = _TRAILED.search(text, start, end) if short else None
    return led.end() if led else start, trailed.start() if trailed else end


def _whole(pattern: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the matches that it cuts."""
    first, last = start, end
    for match in pattern.finditer(text, max(0, start - _WINDOW), end + _WINDOW):
        if match.start() < start < match.end():
            first = match.start()
        if match.start() < end < match.end():
            last = match.end()
    return first, last


def _whole_figure(expected: Expectation, text: str, start: int, end: int) -> tuple[int, int]:
    """Half an amount with its scale (67.8|万); where a figure is asked for, with unit and range.

    超, 约 or 以上 is neither added nor dropped: both are right, by the training answers.
    """
    for match in FIGURE.finditer(text, max(0, start - _WINDOW), end + _WINDOW):
        first = match.start()
        said = _QUALIFIER.match(text, first)
        number = said.end() if said else first
        last = first + len(_AFTER.sub("", match.group()).rstrip())
        # 第|八|大 and 三|类 are told without the rest as often as with it.
        bare = (text[first] == "第" and first < start) or _BARE.fullmatch(text, number, end)
        if end <= number or last <= start or bare:
            continue
        if expected.kind == "figure" and first < start:
            start = number if start >= number else first
        if number < end < last:
            end = last if _wants_unit(expected, text[last - 1]) else _amount_end(text, end, last)
    return start, end


def _wants_unit(expected: Expectation, unit: str) -> bool:
    doubtful = unit in _DOUBTFUL_UNITS and unit not in expected.units
    return expected.kind == "figure" and not doubtful


def _amount_end(text: str, end: int, last: int) -> int:
    """Where the number that `end` cuts has its scale behind it; `end` where it cuts none."""
    amount = _AMOUNT.match(text, end, last) if text[end - 1].isdecimal() else None
    return amount.end() if amount else end


def _whole_date(expected: Expectation, text: str, start: int, end: int) -> tuple[int, int]:
    """Half a date whole, as far as it's asked for: a year alone answers 哪年, not 什么时候."""
    for match in DATE.finditer(text, max(0, start - _WINDOW), end + _WINDOW):
        first, last = match.span()
        if end <= first or last <= start:
            continue
        if first < start and not expected.units and _YEAR.match(text, first):
            start = first
        if end < last and (_wants_days(expected) or text[end - 1].isdecimal()):
            end = last if _wants_days(expected) else end + 1
    return start, end


def _wants_days(expected: Expectation) -> bool:
    return not expected.units or "日" in expected.units


def _whole_words(
    expected: Expectation, text: str, start: int, end: int, tag: Tagger
) -> tuple[int, int]:
    """Nouns and names that the span cuts, and the list around it where several are asked for."""
    low = max(0, start - _WINDOW)
    low = max([low, *(mark.end() for mark in _CLAUSE_END.finditer(text, low, start))])
    mark = _CLAUSE_END.search(text, end)
    high = min(end + _WINDOW, mark.start() if mark else len(text))
    tokens = tag(text[low:high])
    first, last = start - low, end - low
    for word, flag, begin, stop in tokens:
        if not _WORDY.match(flag) or not _HAN.fullmatch(word) or not _known(word, flag):
            continue
        if begin < first < stop:
            outside, inside = word[: first - begin], word[first - begin :]
            first = begin if _belongs(inside, outside, expected) else first
        if begin < last < stop:
            inside, outside = word[: last - begin], word[last - begin :]
            last = stop if _belongs(inside, outside, expected) else last
    if expected.plural:
        first, last = _whole_list(expected, text[low:high], tokens, first, last)
    return first + low, last + low


def _known(word: str, flag: str) -> bool:
    """Words of jieba's dictionary or the site's, not those that jieba guesses."""
    return flag == "nz" or is_word(word)


def _belongs(inside: str, outside: str, expected: Expectation) -> bool:
    """True where a span that has `inside` of a noun should have what is `outside` of it, too.

    A word within the word may be all that is meant (江苏 of 江苏省), and the noun asked for needn't
    be told again.
    """
    return not expected.head.startswith(outside) and (len(inside) == 1 or not is_word(inside))


def _whole_list(
    expected: Expectation, clause: str, tokens: Sequence[Token], start: int, end: int
) -> tuple[int, int]:
    """The list that has the span for a member, unless the question says other members of it."""
    for one in lists(clause, tokens, 1.0):
        if one.start <= start and end <= one.end:
            words = [token for token in tokens if one.start <= token[2] and token[3] <= one.end]
            while words[-1][3] > end and _trails(words[-1], expected):
                words.pop()
            before, after = clause[one.start : start], clause[end : words[-1][3]]
            if before[-1:] in _JOINERS and _unsaid(before, expected):
                start = one.start
            after = after.rstrip("、和与及")
            if after[:1] in _JOINERS and _unsaid(after, expected):
                end += len(after)
    return start, end


def _trails(token: Token, expected: Expectation) -> bool:
    """True for a word behind the list's last member: 共同, or what the question says of them."""
    return token[1] in _TRAILING or token[0] in expected.question


def _unsaid(members: str, expected: Expectation) -> bool:
    """True where the question names none of them: else it asks for the one it doesn't name."""
    return not any(one and one in expected.question for one in _JOINER.split(members))
