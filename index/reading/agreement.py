"""Does a passage speak of what the question speaks of? Plain numbers that a formula takes as signs.

A passage about another bank, another year or another model answers nothing, however well its words
fit: the question's names, codes and numbers must stand in it, and not another in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from index.question import Question, date_agreement
from index.reading.candidate import Tagger
from index.reading.figures import code_spans
from index.reading.known_names import KnownNames, known_names
from index.reading.mentions import Mentions, Name, figures_in, mentions, ordinals_in
from index.reading.standing import code_stands, name_stands, stands_as

_HAN = "[\u4e00-\u9fff]"
_PLACE_END = re.compile("[省市县区州镇村]$")
_DATE_END = re.compile(r"(\d{1,4})([年月日号])份?$")
_LETTERS_FIRST = re.compile("([a-z]{1,12})[-—]?[0-9]")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a passage agrees with a question, kind by kind.

    The shares are of what the question itself says, 1 where it says nothing of the kind. An `other`
    is 1 where something else of the kind stands and the question's own doesn't (ff 91 for ff 92);
    else it is 0.
    """

    names: float  # persons, organisations, places, brands, quoted words
    codes: float  # Latin words, stock codes, models
    ordinals: float  # 第三季度, 第49批
    figures: float  # amounts, whatever their unit
    dates: float  # -1 (contradicts) to 1 (says it), as `date_agreement`
    other_name: float
    other_code: float
    other_ordinal: float
    other_figure: float
    other_date: float  # 12月销量 asked for, 11月销量 told
    missing: tuple[str, ...]  # what the question says and the passage doesn't, dates apart
    instead: tuple[str, ...]  # what made an `other` 1


@dataclass(frozen=True, slots=True)
class _Look:
    """One thing the question says: whether it stands, and if not, what stands in its place."""

    asked: str
    stands: bool
    other: str = ""


def agreement(
    question: Question, title: str, text: str, post_day: date | None, tag: Tagger
) -> Agreement:
    """How the passage of folded `title` and `text`, posted on `post_day`, agrees with the question.

    For a question that names nothing all shares are 1 and the rest is 0. Who reads many passages
    finds the question's `mentions` once and calls `agreement_with`.
    """
    return agreement_with(mentions(question, tag), question, title, text, post_day)


def agreement_with(
    said: Mentions, question: Question, title: str, text: str, post_day: date | None
) -> Agreement:
    """As `agreement`, with what the question mentions given."""
    known, passage = known_names(), f"{title}\n{text}"
    names = _names(said, passage, known, question.folded)
    codes = [*_codes(said, passage, known), *_stocks(said, passage)]
    ordinals = _ordinals(said, passage)
    figures = _figures(said, passage)
    other_date = _other_date(question, passage)
    looks = [*names, *codes, *ordinals, *figures]
    others = (*(look.other for look in looks), other_date)
    return Agreement(
        names=_share(names),
        codes=_share(codes),
        ordinals=_share(ordinals),
        figures=_share(figures),
        dates=date_agreement(question, passage, post_day),
        other_name=_clash(names),
        other_code=_clash(codes),
        other_ordinal=_clash(ordinals),
        other_figure=_clash(figures),
        other_date=float(bool(other_date)),
        missing=tuple(look.asked for look in looks if not look.stands),
        instead=tuple(other for other in others if other),
    )


def _share(looks: Sequence[_Look]) -> float:
    return sum(look.stands for look in looks) / len(looks) if looks else 1.0


def _clash(looks: Iterable[_Look]) -> float:
    return float(any(look.other for look in looks))


def _names(said: Mentions, passage: str, known: KnownNames, question: str) -> list[_Look]:
    choice = "还是" in question  # 在岸还是离岸: one of the two is enough
    asked = {other for name in said.names for other in known.others(name.whole)}
    looks = []
    for name in said.names:
        if name_stands(name, passage, known):
            looks.append(_Look(name.whole, True))
            continue
        rivals = [one for one in _rivals(name, known) if stands_as(one, passage, known)]
        others = [rival for rival in rivals if rival not in asked]
        if choice and len(others) < len(rivals):
            looks.append(_Look(name.whole, True))
            continue
        other = next(iter(others), "") or _namesake(name, passage, known, question)
        looks.append(_Look(name.whole, False, other))
    return looks


def _rivals(name: Name, known: KnownNames) -> list[str]:
    """Names that exclude this one or what is said in it (美国参议院)."""
    inside = known.pattern.findall(name.whole)
    return [rival for one in inside for rival in known.rivals.get(one, ())]


def _namesake(name: Name, passage: str, known: KnownNames, question: str) -> str:
    """Another company with the same end (信达证券 for 光明证券), or place before the same word."""
    end = name.parts[-1]
    if end not in known.ends:
        place = _PLACE_END.search(name.whole)
        after = _word_after(name.whole, question)
        if not place or not after:
            return ""
        end = place.group() + after
    found = re.search(f"{_HAN}{{2}}{end}", passage)
    return found.group() if found else ""


def _word_after(said: str, question: str) -> str:
    """The two characters after `said` in the question; empty where there's no word."""
    found = re.search(f"{re.escape(said)}({_HAN}{{2}})", question)
    return found.group(1) if found else ""


def _other_date(question: Question, passage: str) -> str:
    """A month, day or year in the passage before the word that follows the question's own."""
    for one in question.dates:
        date_end, after = _DATE_END.search(one.said), _word_after(one.said, question.folded)
        if not date_end or not after:
            continue
        number, unit = date_end.groups()
        if re.search(rf"(?<!\d){number}{unit}", passage):
            continue
        found = re.search(rf"(?<!\d)\d{{1,4}}{unit}份?{after}", passage)
        if found:
            return found.group()
    return ""


def _codes(said: Mentions, passage: str, known: KnownNames) -> list[_Look]:
    looks = []
    for code in said.codes:
        stands = name_stands(Name((code,)), passage, known)
        letters = _LETTERS_FIRST.match(code)
        other = _other_model(letters.group(1), passage) if letters and not stands else ""
        looks.append(_Look(code, stands, other))
    for what, which in said.models:
        stands = code_stands(f"{what} {which}", passage)
        looks.append(_Look(what + which, stands, "" if stands else _other_model(what, passage)))
    return looks


def _other_model(what: str, passage: str) -> str:
    found = re.search(rf"(?<![a-z]){re.escape(what)}[\s\-—]?\d[a-z0-9]*", passage)
    return found.group() if found else ""


def _stocks(said: Mentions, passage: str) -> list[_Look]:
    if not said.stocks:
        return []
    there = [passage[start:end] for start, end in code_spans(passage)]
    digits = {code.partition(".")[0].lstrip("0") for code in there}
    return [
        _Look(code, code in digits, "" if code in digits or not there else there[0])
        for code in said.stocks
    ]


def _ordinals(said: Mentions, passage: str) -> list[_Look]:
    there = ordinals_in(passage) if said.ordinals else []
    looks = []
    for number, unit in said.ordinals:
        stands = (number, unit) in there
        others = [f"第{one:g}{unit}" for one, kind in there if unit == kind]
        looks.append(_Look(f"第{number:g}{unit}", stands, "" if stands else next(iter(others), "")))
    return looks


def _figures(said: Mentions, passage: str) -> list[_Look]:
    there = figures_in(passage) if said.figures else []
    amounts = {amount for amount, _ in there}
    looks = []
    for amount, unit in said.figures:
        stands = amount in amounts
        others = [f"{one:g}{unit}" for one, kind in there if unit and unit == kind]
        looks.append(_Look(f"{amount:g}{unit}", stands, "" if stands else next(iter(others), "")))
    return looks
