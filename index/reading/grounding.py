"""Whether a sentence that a language model wrote stands in the passages that it cites.

Pure functions over text. Nothing is converted: 37亿 is not 3700000000, and 百分之五 is not 5%. What
no program can see is in docs/llm.md: whether true words are put together truly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import or_

from index.reading.reply import Sentence, cited, sentences
from index.records import Source
from index.text import fold

MAX_CHARS = 300  # two long sentences with their citations; a passage has 250

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NUMERAL = "零〇一二两三四五六七八九十百千万亿兆"
_LETTER = rf"(?:(?![{_HAN}])\w)"  # of a word or code in any other script
_WORD = re.compile(rf"{_LETTER}+(?:[.&+\-/_]{_LETTER}+)*")
_HAN_RUN = re.compile(f"[{_HAN}]{{2,}}")

# A number as it is written, what limits it, its currency, its scale, and the character after it,
# which as a rule is or begins its unit. The excluded ones only go on with the sentence.
_UNIT = f"[^\\W\\da-z_{_NUMERAL}的了是在和与及或至到为并而较同比以由从将被中]"
_LIMIT = r"(?:超过|不足|不到|至少|至多|第|超|近|逾|约|(?<![\da-z])[-+−])?[$€£¥]?"
_HAN_NUMBER = f"[{_NUMERAL}]+(?:点[{_NUMERAL}]+)?"
_FIGURE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}|(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?"
    rf"|{_LIMIT}(?:\d+(?:[.:/~-]\d+)*|{_HAN_NUMBER}(?:分之{_HAN_NUMBER})?)"
    rf"[{_NUMERAL}]*[余多几]?[{_NUMERAL}]*(?:[%‰]|{_UNIT})?"
)
# 2030年 in the question must not make a figure of 2021 one of 2030.
_DATED = re.compile(r"[年月日号]$|\d[-/]\d|^(?:19|20)\d\d(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_GAP = re.compile(rf"(?<=\d)[ \t]+(?=[%{_HAN}])|(?<=[%{_HAN}])[ \t]+(?=[\d{_HAN}])")

# Characters and words that tie a sentence together and say nothing by themselves.
_TYING = re.compile(
    "分别|根据|资料|报道|显示|表示|来源|同时|其中|此外|目前"
    "|[的了是在由为任有共与和及等于被将已也都均则即以从对向系约该其此因并且而至到经据称达]"
)
# Two unknown characters that follow each other are a word; one is mostly a seam between words.
# Tried on answers to 729 public questions (docs/llm.md): of those with another question's answer
# in them 1 % pass, 14 % with 2 here, and 21 % where 80 % of the pairs must be known.
_UNKNOWN_CHARS = 1

# What turns a statement into its opposite.
_TURN = re.compile(f"[不未没无非][{_HAN}]|[涨跌升降增减盈亏]")
_QUOTED = re.compile('“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|《([^《》]+)》|"([^"]+)"')
_EDGE = "。,、;:!?. "


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The cited passages with titles and dates, and the question, all folded."""

    passages: str
    question: str


def fault(text: str, question: str, sources: Sequence[Source]) -> str | None:
    """Why the cleaned `text` is no answer to `question` from `sources`; None where it is one.

    A citation `[n]` means `sources[n - 1]`. Says the first thing that is wrong, for people.
    """
    if len(text) > MAX_CHARS:
        return f"it is longer than {MAX_CHARS} characters"
    for number in cited(text):
        if not 1 <= number <= len(sources):
            return f"it cites [{number}] of {len(sources)} passages"
    said = sentences(text)
    if not said:
        return "it says nothing"
    return next(filter(None, (_fault(one, question, sources) for one in said)), None)


def _fault(sentence: Sentence, question: str, sources: Sequence[Source]) -> str | None:
    if not sentence.cites:
        return f"it cites no passage for {sentence.text!r}"
    evidence = _Evidence(
        "\n".join(_matched(_source_text(sources[number - 1])) for number in sentence.cites),
        _matched(question),
    )
    said = _matched(sentence.text)
    missing = next(_missing(said, evidence), None)
    return f"{missing[0]} {missing[1]!r} does not stand in what is cited" if missing else None


def _matched(text: str) -> str:
    """Folded; thousands without separators, figures without gaps."""
    return _GAP.sub("", _THOUSANDS.sub("", fold(text)))


def _source_text(source: Source) -> str:
    lines = [source.title, source.text]
    if source.date:
        day = source.date.date()
        lines += [f"{day.year}年{day.month}月{day.day}日", day.isoformat()]
    return "\n".join(lines)


def _missing(said: str, evidence: _Evidence) -> Iterator[tuple[str, str]]:
    """What is said and stands nowhere: what kind of thing it is, and itself."""
    figures = _figures_only(evidence.passages)
    asked = _figures_only(evidence.question)
    for match in _FIGURE.finditer(_figures_only(said)):
        figure = match.group()
        allowed = [figures] if _DATED.search(figure) else [figures, asked]
        if not any(_stands(figure, text) for text in allowed):
            yield "the figure", figure
    for word in filter(_has_letter, _WORD.findall(said)):
        alone = rf"(?<![^\W{_HAN}]){re.escape(word)}(?!{_LETTER})"
        if not re.search(alone, evidence.passages):
            yield "the word", word
    for match in _QUOTED.finditer(said):
        quoted = next(filter(None, match.groups())).strip(_EDGE)
        if quoted not in evidence.passages:
            yield "the quotation", quoted
    for turn in _TURN.findall(said):
        if turn not in evidence.passages:
            yield "the word", turn
    for stretch in _unknown(said, f"{evidence.passages}\n{evidence.question}"):
        yield "the wording", stretch


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def _figures_only(text: str) -> str:
    """Without words and codes in other scripts: the figures in those are checked with them."""
    return _WORD.sub(lambda match: "\n" if _has_letter(match[0]) else match[0], text)


def _stands(figure: str, text: str) -> bool:
    """True where `text` has exactly this figure: 5% is not in 3.5%, 5万 not in 5万亿."""
    before = rf"(?<![\d{_NUMERAL}])(?<!\d\.)" if _is_number(figure[0]) else ""
    after = rf"(?![\d%‰{_NUMERAL}]|\.\d)" if _is_number(figure[-1]) else ""
    return re.search(before + re.escape(figure) + after, text) is not None


def _is_number(char: str) -> bool:
    return char.isdigit() or char in _NUMERAL


def _unknown(said: str, known: str) -> Iterator[str]:
    """Words in Han characters that `known` doesn't have: no two neighbours of them stand there."""
    for run in _HAN_RUN.findall(said):
        pairs = [run[at : at + 2] in known for at in range(len(run) - 1)]
        stands = map(or_, [False, *pairs], [*pairs, False])
        left = "".join("\n" if one else char for char, one in zip(run, stands, strict=True))
        words = (_TYING.sub("", word) for word in left.split("\n"))
        yield from (word for word in words if len(word) > _UNKNOWN_CHARS)
