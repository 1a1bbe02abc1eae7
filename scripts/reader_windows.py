"""What the span reader is trained on: windows of text with the places of the answers in them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sentences import sentence_spans
from reader_data import Asked, Data, Document, Place
from reader_negatives import Misses

# Characters of a window around an answer, drawn log-evenly: from a flash item to a whole paragraph.
SHORTEST, LONGEST = 90, 480
# The most are mined passages at the top of the ranking, which are the hardest.
_RANK_DECAY = 0.75
# Encyclopaedia paragraphs get their title as a first line this often, as news always have it.
_TITLED_SHARE = 0.15
# People in a chat leave the question mark out.
_UNMARKED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Mix:
    """How many windows of each kind a question gives in one epoch; a fraction is a chance."""

    right: float = 1.0  # with the answer
    missed: float = 0.45  # a near miss without
    news_right: float = 2.0  # the same for questions on the site's own posts, which are few
    news_missed: float = 1.5


@dataclass(frozen=True, slots=True)
class Window:
    """A folded question and text; no `places`: the text doesn't answer."""

    question: str
    text: str
    places: tuple[Place, ...]


def windows(
    data: Data, misses: Misses, news: str, mix: Mix, rng: random.Random
) -> Iterator[Window]:
    """One epoch, in the questions' order; `news` is the source whose posts have titles."""
    for one in data.questions:
        document = data.documents[one.document]
        if document.part != "train":
            continue
        is_news = document.source == news
        right, missed = (mix.news_right, mix.news_missed) if is_news else (mix.right, mix.missed)
        asked = one.text.rstrip("?") if rng.random() < _UNMARKED_SHARE else one.text
        for _ in range(_count(right, rng)):
            yield _own_window(asked, one, document, rng)
        for _ in range(_count(missed, rng)):
            text = _missed_text(data, misses.get(one.id, []), rng)
            if text is not None:
                yield Window(asked, text, ())


def _count(mean: float, rng: random.Random) -> int:
    return int(mean) + (rng.random() < mean % 1)


def _own_window(asked: str, one: Asked, document: Document, rng: random.Random) -> Window:
    """A stretch of the question's own document, with the answer if it has one."""
    if not one.places:
        return Window(asked, _titled(document, rng.choice(document.passages)), ())
    place = rng.choice(one.places)
    if place.start < document.title_end:
        span = rng.choice(document.passages)
    else:
        span = _around(document, place, rng)
    if document.title_end:
        text = _titled(document, span)
        golds = [document.text[at.start : at.end] for at in one.places]
        return Window(asked, text, tuple(_occurrences(text, golds)))
    lead = ""
    if document.source != "xquad_zh" and rng.random() < _TITLED_SHARE and document.heading:
        lead = f"{document.heading}\n"
    first, last = span
    shifted = [
        Place(at.start - first + len(lead), at.end - first + len(lead))
        for at in one.places
        if first <= at.start and at.end <= last
    ]
    return Window(asked, lead + document.text[first:last], tuple(shifted))


def _titled(document: Document, span: tuple[int, int]) -> str:
    first, last = span
    return document.text[: document.title_end] + document.text[first:last]


def _occurrences(text: str, golds: Sequence[str]) -> Iterator[Place]:
    """Wherever a right answer stands in a short post, in its title and its body, it is right."""
    for gold in dict.fromkeys(golds):
        start = text.find(gold)
        while start >= 0:
            yield Place(start, start + len(gold))
            start = text.find(gold, start + 1)


def _around(document: Document, place: Place, rng: random.Random) -> tuple[int, int]:
    """Whole sentences around the answer, up to a drawn length, grown to either side by chance."""
    size = math.exp(rng.uniform(math.log(SHORTEST), math.log(LONGEST)))
    base = document.title_end
    spans = [(a + base, b + base) for a, b in sentence_spans(document.text[base:])]
    first = max(i for i, (a, _) in enumerate(spans) if a <= place.start)
    last = min(i for i, (_, b) in enumerate(spans) if b >= place.end)
    while True:
        room = size - (spans[last][1] - spans[first][0])
        left = first > 0 and spans[first][0] - spans[first - 1][0] <= room
        right = last + 1 < len(spans) and spans[last + 1][1] - spans[last][1] <= room
        if not left and not right:
            return spans[first][0], spans[last][1]
        if left and (not right or rng.random() < 0.5):
            first -= 1
        else:
            last += 1


def _missed_text(data: Data, ranked: Sequence[tuple[str, int]], rng: random.Random) -> str | None:
    found = [
        (data.documents[name], number)
        for name, number in ranked
        if data.documents[name].part == "train"
    ]
    if not found:
        return None
    weights = [_RANK_DECAY**rank for rank in range(len(found))]
    ((document, number),) = rng.choices(found, weights)
    return _titled(document, document.passages[number])
