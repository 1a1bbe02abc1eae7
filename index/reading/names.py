"""Names, noun phrases and lists of them, by jieba's part-of-speech flags."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from index.reading.candidate import Candidate, Token
from index.reading.expect import Expectation
from index.reading.figures import code_spans, inside

# Flags (ICTCLAS set) of words that a name is made of: nouns, names, letters, abbreviations; inside
# a longer noun phrase also verbs used as nouns, adjectives, counts, adverbs, directions and 的.
_NOMINAL = re.compile("n|j|eng|x|[sbil]$|an$")
_PHRASE = re.compile("n|j|eng|x|s|b|a|m|q|vn|vi|t|f$|i$|l$|uj|k$|h$|d$|z$|g")
_LAST = re.compile(f"{_NOMINAL.pattern}|vn")  # 评级, 服务
_WEAK_START = frozenset(("uj", "d", "f", "q"))
_PERSONAL, _LOCAL = frozenset(("nr", "nrt", "nrfg")), frozenset(("ns", "s"))
_CALLED = _PERSONAL | {"eng"}  # 刘铭, Katy Huberty
_PROPER = frozenset((*_PERSONAL, *_LOCAL, "nt", "nz", "eng", "j"))
_ORGANISED = re.compile(
    "(?:公司|集团|银行|证券|保险|基金|协会|组织|政府|学校|大学|中心|部|局|院|所|会|社|厂|厅|委|署|处|报|网|队)$"
)
_AND = frozenset("、和与及或") | {"以及"}


def names(sentence: str, tokens: Sequence[Token], expected: Expectation) -> Iterator[Candidate]:
    """Runs of nouns, the parts of them that are names of the kind asked for, and lists."""
    codes = code_spans(sentence)
    for run in _companies(sentence, list(_runs(sentence, tokens, _NOMINAL))):
        for part in _parts(run, expected):
            start, end = part[0][2], part[-1][3]
            if not inside(codes, start, end):
                yield Candidate(start, end, _name_fit(sentence[start:end], part, expected))
    yield from lists(sentence, tokens, 1.0 if expected.plural else 0.4)


def things(sentence: str, tokens: Sequence[Token], expected: Expectation) -> Iterator[Candidate]:
    """Noun phrases with what qualifies them, shorter ones within, and lists."""
    codes = code_spans(sentence)
    yield from lists(sentence, tokens, 1.0 if expected.plural else 0.6)
    for flags, fit in ((_PHRASE, 0.6), (_NOMINAL, 0.5)):
        for run in _runs(sentence, tokens, flags):
            phrase = _noun_phrase(run)
            for part in (phrase, _noun_phrase(_unsaid(phrase, expected.question))):
                if part and not inside(codes, part[0][2], part[-1][3]):
                    start, end = part[0][2], part[-1][3]
                    suits = _has_head(sentence[start:end], expected.head)
                    yield Candidate(start, end, 1.0 if suits else fit)


def _runs(sentence: str, tokens: Sequence[Token], flags: re.Pattern[str]) -> Iterator[list[Token]]:
    """Maximal runs of words of these flags; a dot joins (莎士·比亚), a blank joins Latin words."""
    run: list[Token] = []
    for token in tokens:
        word = token[0]
        # Subtle: jieba flags punctuation and unknown words alike as "x".
        wanted = flags.match(token[1]) is not None and word[0].isalnum()
        if run and word in ("·", "-", " "):
            continue  # the next word decides
        if run and not (wanted and _joined(sentence[run[-1][3] : token[2]], run[-1][0], word)):
            yield run
            run = []
        if wanted:
            run.append(token)
    if run:
        yield run


def _joined(gap: str, before: str, after: str) -> bool:
    latin = before[-1].isascii() and after[0].isascii()
    return gap in ("", "·") or (latin and gap in (" ", "-"))


def _companies(sentence: str, runs: list[list[Token]]) -> Iterator[list[Token]]:
    """The runs, those of 青石网络(北京)有限公司 as one."""
    place = 0
    while place < len(runs):
        run = runs[place]
        if place + 2 < len(runs):
            where, kind = runs[place + 1 : place + 3]
            before, after = sentence[run[-1][3] : where[0][2]], sentence[where[-1][3] : kind[0][2]]
            if (before, after) == ("(", ")") and {token[1] for token in where} <= _LOCAL:
                run = [*run, *where, *kind]
                place += 2
        yield run
        place += 1


def _parts(run: list[Token], expected: Expectation) -> Iterator[list[Token]]:
    """The run, what of it the question hasn't said, and the runs in it of the flags asked for."""
    yield run
    unsaid = _unsaid(run, expected.question)
    if unsaid and unsaid != run:
        yield unsaid
    flags: Collection[str] = {"person": _CALLED, "place": _LOCAL}.get(expected.names, ())
    part: list[Token] = []
    for token in (*run, ("", "", 0, 0)):
        if token[1] in flags:
            part.append(token)
        elif part:
            yield part
            part = []


def _unsaid(run: Sequence[Token], question: str) -> list[Token]:
    """The run without the words at its ends that the question says itself."""
    first, last = 0, len(run)
    while first < last and run[first][0] in question:
        first += 1
    while last > first and run[last - 1][0] in question:
        last -= 1
    return list(run[first:last])


def _name_fit(text: str, run: Sequence[Token], expected: Expectation) -> float:
    flags = {flag for _, flag, _, _ in run}
    if expected.names == "place":
        return 0.95 if flags & _LOCAL else 0.3
    if expected.names == "person":
        # One who is called 刘铭 is better named so than 副总裁刘铭; a single Latin word is CEO.
        if flags <= _PERSONAL or (flags <= _CALLED and len(run) > 1):
            return 1.0
        return 0.9 if flags & _PERSONAL else 0.6
    if _has_head(text, expected.head):
        return 1.0
    return 0.9 if flags & _PROPER or _ORGANISED.search(text) else 0.5


def _has_head(text: str, head: str) -> bool:
    """True where the text ends with the noun asked for and says more: 平板电脑 for 电脑卖."""
    heads = {head[:length] for length in range(2, len(head) + 1)}
    return any(text.endswith(one) and text != one for one in heads)


def _noun_phrase(run: Sequence[Token]) -> Sequence[Token]:
    """The run from its first word that can begin a phrase to its last noun; may be empty."""
    first, last = 0, len(run)
    while last and not _LAST.match(run[last - 1][1]):
        last -= 1
    while first < last and run[first][1] in _WEAK_START:
        first += 1
    return run[first:last]


def lists(sentence: str, tokens: Sequence[Token], fit: float) -> Iterator[Candidate]:
    """Phrases joined by 、 or 和, kept whole."""
    start = end = count = 0
    for run in _runs(sentence, tokens, _PHRASE):
        first = next((token[2] for token in run if token[1] not in _WEAK_START), None)
        if first is None:
            continue
        if count and sentence[end:first] in _AND:
            end, count = run[-1][3], count + 1
            continue
        if count > 1:
            yield Candidate(start, end, fit)
        start, end, count = first, run[-1][3], 1
    if count > 1:
        yield Candidate(start, end, fit)
