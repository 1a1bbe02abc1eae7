"""Stretches of a sentence that could be the answer: figures, dates, names, things, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.reading.candidate import Candidate, Tagger
from index.reading.expect import Expectation
from index.reading.figures import dates, figures
from index.reading.names import names, things

_QUOTED = re.compile(r"[“「『《\"‘]([^“「『《”」』》\"’]{1,60})[”」』》\"’]")
_COPULA = re.compile("是指|是|为|有|叫做?|称为?|名为|包括|达到?|在|于|至|由|:")
_CLAUSE = re.compile(r"[^,，；;。！？!?\n]+")
_CAUSE = re.compile("因|由于|鉴于|受.{1,20}影响|为了|所致|源于|得益于")
# A clause is all that is left where nothing of the kind asked for stands in a sentence.
_LAST_RESORT = -0.2
# Copulas of a clause tried as the start of a predicate; hostile input has thousands.
_MAX_PREDICATES = 20


def candidates(sentence: str, expected: Expectation, tag: Tagger) -> list[Candidate]:
    """Candidates of the expected kind, then the clauses as a fallback; each says something.

    `sentence` is folded. `tag` gives `(word, part of speech, start, end)`; it's called only where
    names or things are asked for.
    """
    found: list[Candidate] = []
    if expected.kind == "figure":
        found.extend(figures(sentence, expected))
    elif expected.kind == "date":
        found.extend(dates(sentence, expected))
    elif expected.kind == "name":
        found.extend(names(sentence, tag(sentence), expected))
        found.extend(_quoted(sentence, expected, 0.6))
    elif expected.kind == "thing":
        found.extend(_quoted(sentence, expected, 0.7))
        found.extend(things(sentence, tag(sentence), expected))
    if expected.kind in ("thing", "sentence"):
        found.extend(_predicates(sentence, 0.8 if expected.kind == "thing" else 0.6))
    if expected.kind == "sentence" and expected.why:
        found.extend(_causes(sentence))
    else:
        found.extend(_clauses(sentence, 0.7 if expected.kind == "sentence" else _LAST_RESORT))
    return [one for one in found if _says_something(sentence[one.start : one.end], expected)]


def _says_something(text: str, expected: Expectation) -> bool:
    """Only a figure may be a single character."""
    return any(map(str.isalnum, text)) and (len(text) > 1 or expected.kind == "figure")


def _quoted(sentence: str, expected: Expectation, fit: float) -> Iterator[Candidate]:
    """What stands in quotation marks, better with the noun asked for after it: “…”评级."""
    for match in _QUOTED.finditer(sentence):
        head = expected.head[:2]
        beside = head and head in sentence[match.end() : match.end() + 6]
        yield Candidate(*_stripped(sentence, *match.span(1)), 1.0 if beside else fit)


def _predicates(sentence: str, fit: float) -> Iterator[Candidate]:
    """What follows a copula, to the clause's end: 核心是｜绿色发展类产品."""
    for clause in _CLAUSE.finditer(sentence):
        copulas = list(_COPULA.finditer(sentence, *clause.span()))
        for copula in copulas[:_MAX_PREDICATES]:
            start, end = _stripped(sentence, copula.end(), clause.end())
            if end - start >= 2 and copula.start() > clause.start():
                yield Candidate(start, end, fit)


def _clauses(sentence: str, fit: float) -> Iterator[Candidate]:
    for match in _CLAUSE.finditer(sentence):
        start, end = _stripped(sentence, *match.span())
        if end - start >= 2:
            yield Candidate(start, end, fit, whole=True)


def _causes(sentence: str) -> Iterator[Candidate]:
    """All clauses, those that tell a cause first. What the question says itself is none."""
    for one in _clauses(sentence, 0.0):
        tells = _CAUSE.search(sentence, one.start, one.end) is not None
        yield Candidate(one.start, one.end, 1.0 if tells else 0.3)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
