"""What a question speaks of: names, codes, models, ordinals, figures. Its dates it knows itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.lexical.segmenter import is_word
from index.question import Question
from index.reading.candidate import Tagger, Token
from index.reading.known_names import KnownNames, known_names
from index.reading.numerals import value

# jieba's flags: proper names; what may stand in front of 股份; pronouns, particles and the like.
_PROPER = frozenset(("nr", "nrt", "nrfg", "nt", "ns", "nz"))
_NOMINAL = re.compile("n|j|a|vn|s$|b$|l$")
_FUNCTION = frozenset("rupcdye")
_QUOTED = re.compile('《([^《》]{2,40})》|“([^“”]{2,40})”|「([^「」]{2,40})」|"([^"]{2,40})"')
_ASKED = re.compile("(?:哪一?[个家位种款些座所只]?|什么|何|啥)$")  # 哪个城市 names none
_AMOUNT = re.compile(r"(?:[\d百千万亿]|多少|几)$")  # 多少美元 asks for no other currency
_HAN = re.compile("[\u3400-\u9fff·]+")
_LED_BY = "和与及跟同在对给由被把从向"
# A letter alone belongs to the character after it: the e保 of 琴岛e保.
_LATIN = re.compile(
    r"(?<![a-z\d])[a-z](?![a-z\d.\-/&])[\u4e00-\u9fff]?"
    r"|(?<![a-z\d])(?=\d{0,8}[a-z])[a-z\d]+(?:[.\-/&][a-z\d]+)*"
)
_STOCK = re.compile(
    r"(?<![\d.,a-z])(\d{4,6})(?:\.[a-z]{1,4})?(?![\d.,a-z%]|\s?[年月日元万亿点股吨人件套个])"
)
# ff 91, iphone 13, 沪深300. A number that counts something is none of a model.
_MODEL = re.compile(
    r"(?<![a-z])([a-z]{1,12})[\s\-]?(\d{1,4})(?![\d.,%:a-z]|\s?(?:个?月|[年日号点万亿元倍成岁]))"
    r"|(科创|沪深|上证|中证|深证|标普|国证)(\d{2,4})(?![\d.,%])"
)
_ORDINAL = re.compile(
    r"[第前](\d{1,4}|[一二两三四五六七八九十百]{1,5})(批|季度|代|期|届|轮|版|阶段|大|类|号)"
    r"|(?<![\d一二三四前第])([一二三四1-4])(?:季度|季报)|(?<![a-z])q([1-4])(?!\d)"
    r"|(十[一二三四])五(?![十年个元万亿])"  # a five-year plan
)
# 第一大 is what 首 and 最大 say, too; 第一季度 is said in no other way.
_FIRST_TOO = frozenset(("批", "季度", "代", "期", "阶段"))
_UNIT = "[多余]?(%|[\u4e00-\u9fff])?"
_FIGURE = re.compile(
    rf"(?<![a-z\d.])(?<!\d,)(\d[\d,]{{0,15}}(?:\.\d{{1,8}})?(?:[百千]?万亿|[百千]?[万亿])?)\s?{_UNIT}"
    r"|([一二两三四五六七八九十][十百千][一二三四五六七八九十百]{0,6}(?:万亿|[万亿])?"
    r"|十[一二三四五六七八九](?:万亿|[万亿])?|[一二两三四五六七八九十]{1,2}(?:万亿|[万亿]))"
    rf"(?![多余几])\s?{_UNIT}"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one or more words."""

    parts: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The name as one string."""
        return "".join(self.parts)


@dataclass(frozen=True, slots=True)
class Mentions:
    """What is mentioned, in order, each once."""

    names: tuple[Name, ...]
    codes: tuple[str, ...]  # Latin words and codes: mems, hfo-1234yf
    stocks: tuple[str, ...]  # stock codes without market and leading zeros
    models: tuple[tuple[str, str], ...]  # what and which: ("ff", "92")
    ordinals: tuple[tuple[float, str], ...]  # (3.0, "季度")
    figures: tuple[tuple[float, str], ...]  # (3e9, "元"); the unit is a character or empty


def mentions(question: Question, tag: Tagger) -> Mentions:
    """What the question mentions; all of it empty where it has neither names nor numbers."""
    text = question.folded
    for one in question.dates:
        text = text.replace(one.said, " " * len(one.said))
    # In this order, each taking its stretches from the next: ff 91 before the name ff.
    ordinals, text = _taken(_ORDINAL, text)
    models, text = _taken(_MODEL, text)
    names, text = _names(text, [_unled(token) for token in tag(question.folded)], known_names())
    stocks, text = _taken(_STOCK, text)
    codes, text = _taken(_LATIN, text)
    return Mentions(
        names=tuple(names),
        codes=tuple(dict.fromkeys(match.group() for match in codes)),
        stocks=tuple(dict.fromkeys(match[1].lstrip("0") for match in stocks)),
        models=tuple(dict.fromkeys((m[1] or m[3], m[2] or m[4]) for m in models)),
        ordinals=tuple(dict.fromkeys(_ordinals(ordinals))),
        figures=tuple(dict.fromkeys(figures_in(text))),
    )


def ordinals_in(text: str) -> list[tuple[float, str]]:
    """Which and what of 第四批, 前3批, 一季度 or q2, in order."""
    return list(_ordinals(_ORDINAL.finditer(text)))


def figures_in(text: str) -> list[tuple[float, str]]:
    """Amounts with the character of their unit, in order: 30亿元 gives `(3e9, "元")`."""
    found = []
    for match in _FIGURE.finditer(text):
        amount = value(match[1] or match[3])
        if amount is not None:
            found.append((amount, match[2] or match[4] or ""))
    return found


def _ordinals(
    found: Iterator[re.Match[str]] | Sequence[re.Match[str]],
) -> Iterator[tuple[float, str]]:
    for match in found:
        number = value(match[1] or match[3] or match[4] or match[5])
        unit = match[2] or ("五年规划" if match[5] else "季度")
        if number is not None and (number > 1 or unit in _FIRST_TOO):
            yield number, unit


def _taken(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    """The matches, and the text with blanks for them."""
    return list(pattern.finditer(text)), pattern.sub(lambda m: " " * len(m.group()), text)


def _names(text: str, tokens: Sequence[Token], known: KnownNames) -> tuple[list[Name], str]:
    """Names, the longest where they overlap, and the text with blanks for the Latin ones."""
    spans = {(start, end): name for start, end, name in _named(text, tokens, known)}
    longest: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if not any(span[0] < end and start < span[1] for start, end in longest):
            longest.append(span)
    for start, end in longest:
        if not _HAN.match(text, start):
            text = text[:start] + " " * (end - start) + text[end:]
    return list(dict.fromkeys(spans[span] for span in sorted(longest))), text


def _named(
    text: str, tokens: Sequence[Token], known: KnownNames
) -> Iterator[tuple[int, int, Name]]:
    """Quoted words, names of the table, and names by their flags, with their places."""
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastindex or 0)
        yield start, end, Name((text[start:end],))
    starts = {token[2] for token in tokens}
    for match in known.pattern.finditer(text):
        # A name starts with a word: 大和 isn't in 重大和.
        if match.start() in starts and not _AMOUNT.search(text, 0, match.start()):
            yield *match.span(), Name((match.group(),))
    for run in _runs(tokens, known):
        start, end = run[0][2], run[-1][3]
        name = Name(tuple(token[0] for token in run))
        # Dates and models are blank by now: 沪深300 is none of 沪深.
        if text[start:end] == name.whole and not _ASKED.search(text, 0, start):
            yield start, end, name


def _unled(token: Token) -> Token:
    """The token without a conjunction or preposition that jieba took for its first character.

    Of unknown names only: 和|大摩 comes as one word, 和平 is one.
    """
    word, flag, start, end = token
    if len(word) > 2 and word[0] in _LED_BY and not is_word(word):
        return word[1:], flag, start + 1, end
    return token


def _runs(tokens: Sequence[Token], known: KnownNames) -> Iterator[list[Token]]:
    """Proper names side by side, and whatever stands before the end of a company's name."""
    run: list[Token] = []
    for at, token in enumerate((*tokens, ("", "", -1, -1))):
        word = token[0]
        beside = not run or (run[-1][3] == token[2] and run[-1][0] not in known.ends)
        if word in known.ends and beside:
            head = run if run and len(run[0][0]) > 1 else _head(tokens[:at], token, known)
            if head:
                run = [*head, token]
                continue
        proper = token[1] in _PROPER and word not in known.common and _HAN.fullmatch(word)
        if run and not (proper and beside):
            if sum(len(one[0]) for one in run) > 1:
                yield run
            run = []
        if proper:
            run.append(token)


def _head(before: Sequence[Token], end: Token, known: KnownNames) -> list[Token]:
    """The word or the two characters before `end` that make a company's name with it."""
    head: list[Token] = []
    for token in reversed(before[-2:]):
        word, flag, _, stop = token
        beside = stop == (head[0][2] if head else end[2])
        if not beside or not _HAN.fullmatch(word) or word in known.common or flag[0] in _FUNCTION:
            break
        if len(word) > 1:
            # A verb that jieba knows is a verb: 推动|资本. One that it doesn't know may be a name.
            nameable = _NOMINAL.match(flag) or not is_word(word)
            return [token] if nameable and not head else []
        head.insert(0, token)
    return head if len(head) > 1 else []
