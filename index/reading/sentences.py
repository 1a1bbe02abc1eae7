"""The sentence reader: the sentence that says it, narrowed to a span where the question allows.

No model of its own: question terms weighted by rarity, the kind of answer that the question words
ask for, and jieba's part-of-speech tags. A trained reader can take its place: same interface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.question import Question
from index.reading.bounds import WORDS_READER, Bounds
from index.reading.candidate import Candidate, Tagger
from index.reading.candidates import candidates
from index.reading.expect import Expectation, expectation
from index.reading.slot import Slot, slot_of
from index.reading.terms import Terms, question_terms
from index.records import Hit, Span
from index.sentences import sentence_spans
from index.text import fold, fold_with_offsets


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts. Tuned on training questions; docs/quality.md has the figures."""

    sentence: float = 1.6  # share of the question's terms in the sentence
    carried: float = 0.7  # of that, for terms that only stand in the passage before the sentence
    passage: float = 0.5  # share of them in the passage and its title
    nearness: float = 1.0  # share of them close around the candidate, as around the question word
    touching: float = 1.2  # share of the question word's neighbours beside the candidate
    fit: float = 1.0  # how well the candidate suits what is asked
    retrieval: float = 1.0  # the hit's score against the best hit's
    title: float = -0.1  # the candidate stands in the title
    decay_chars: float = 8.0
    sentences_read: int = 3  # best sentences of a passage in which candidates are sought
    sentences_in_all: int = 12  # of all passages: tagging a sentence takes about 1.2 ms
    hits: int = 8  # read; more cost time and, for a reader that knows no meaning, mislead


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question as the reader needs it, worked out once."""

    folded: str
    expected: Expectation
    terms: Terms
    slot: Slot


@dataclass(frozen=True, slots=True)
class _Place:
    """One sentence of a hit, `text[start:end]`; `base` is what all its candidates share."""

    hit: int
    in_title: bool
    text: str
    start: int
    end: int
    base: float


class SentenceReader:
    """Reads passages sentence by sentence. Holds no state but its parts; safe to share."""

    def __init__(
        self,
        tokens: Callable[[str], Sequence[str]],
        idf: Callable[[str], float],
        tag: Tagger,
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> None:
        self._tokens = tokens
        self._idf = idf
        self._tag = tag
        self._weights = weights

    @property
    def name(self) -> str:
        """`words`."""
        return "words"

    @property
    def bounds(self) -> Bounds:
        """On a scale of some 5."""
        return WORDS_READER

    def warm_up(self) -> None:
        """Nothing: it has no model."""

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Span]:
        """At most one span per sentence read, best first. No hits, or no words asked: none."""
        terms = question_terms(self._tokens(question.folded), self._idf)
        if not terms.weights or not hits:
            return []
        expected = expectation(question.folded)
        slot = slot_of(question.folded, expected.place, terms)
        asked = _Asked(question.folded, expected, terms, slot)
        best_score = max(hit.score for hit in hits)
        places = [
            place
            for number, hit in enumerate(hits[: self._weights.hits])
            for place in self._places(number, hit, terms, best_score)
        ]
        places.sort(key=lambda place: -place.base)
        read = places[: self._weights.sentences_in_all]
        spans = [span for place in read for span in self._best_span(asked, place)]
        return sorted(spans, key=lambda span: (-span.score, span.hit, span.start))

    def _places(self, number: int, hit: Hit, terms: Terms, best_score: float) -> list[_Place]:
        weights = self._weights
        title = hit.post.title
        passage = fold(f"{title}\n{hit.passage.text}")
        shared = weights.passage * terms.coverage(passage)
        shared += weights.retrieval * (hit.score - best_score)
        places = []
        for in_title, text in ((False, hit.passage.text), (True, title)):
            for start, end in sentence_spans(text):
                covered = terms.coverage(fold(text[start:end]))
                # A Chinese sentence goes on about what the one before it named.
                known = terms.coverage(fold(text[:end]))
                covered += weights.carried * (known - covered)
                base = shared + weights.sentence * covered + weights.title * in_title
                places.append(_Place(number, in_title, text, start, end, base))
        places.sort(key=lambda place: -place.base)
        return places[: weights.sentences_read]

    def _best_span(self, asked: _Asked, place: _Place) -> list[Span]:
        """The best candidate of the sentence, as a list of one; empty where it has none."""
        folded = fold_with_offsets(place.text[place.start : place.end])
        best: tuple[float, Candidate] | None = None
        for one in candidates(folded.text, asked.expected, self._tag):
            # What the question says itself is no answer to it.
            if folded.text[one.start : one.end] in asked.folded:
                continue
            score = self._score(asked, folded.text, one)
            if best is None or score > best[0]:
                best = score, one
        if best is None:
            return []
        start, end = folded.original_span(best[1].start, best[1].end)
        start, end = start + place.start, end + place.start
        score = place.base + best[0]
        return [Span(place.hit, place.in_title, start, end, place.text[start:end], score)]

    def _score(self, asked: _Asked, sentence: str, one: Candidate) -> float:
        weights = self._weights
        near = asked.slot.nearness(sentence, one.start, one.end, weights.decay_chars)
        if one.whole:
            near = max(near, asked.terms.coverage(sentence[one.start : one.end]))
        touching = asked.slot.touches(sentence, one.start, one.end)
        return weights.fit * one.fit + weights.nearness * near + weights.touching * touching
