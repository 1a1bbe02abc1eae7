"""The sentence reader: the sentence that says it, narrowed to a span where the question allows.

No model of its own: question terms weighted by rarity, the kind of answer that the question words
ask for, and jieba's part-of-speech tags. A trained reader can take its place: same interface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.question import Question
from index.reading.candidates import Tagger, candidates
from index.reading.expect import Expectation, expectation
from index.reading.terms import Terms, question_terms
from index.records import Hit, Span
from index.sentences import sentence_spans
from index.text import fold_with_offsets


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts. Tuned by `scripts/tune_reader.py`; docs/quality.md has figures."""

    sentence: float = 1.6  # share of the question's terms in the sentence
    passage: float = 0.5  # share of them in the passage and its title
    nearness: float = 1.0  # share of them close around the candidate
    fit: float = 1.0  # how well the candidate suits what is asked
    retrieval: float = 0.3  # the hit's score against the best hit's
    title: float = -0.1  # the candidate stands in the title
    decay_chars: float = 5.0
    sentences_read: int = 2  # best sentences of a passage in which candidates are sought


DEFAULT_WEIGHTS = Weights()


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

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Span]:
        """At most one span per sentence read, best first. No hits, or no words asked: none."""
        terms = question_terms(self._tokens(question.folded), self._idf)
        if not terms.weights or not hits:
            return []
        expected = expectation(question.folded)
        best_score = max(hit.score for hit in hits)
        spans = [
            span
            for number, hit in enumerate(hits)
            for place in self._places(number, hit, terms, best_score)
            for span in self._best_span(question, expected, terms, place)
        ]
        return sorted(spans, key=lambda span: (-span.score, span.hit, span.start))

    def _places(self, number: int, hit: Hit, terms: Terms, best_score: float) -> list[_Place]:
        weights = self._weights
        title = hit.post.title
        passage = fold_with_offsets(f"{title}\n{hit.passage.text}").text
        shared = weights.passage * terms.coverage(passage)
        shared += weights.retrieval * (hit.score - best_score)
        places = []
        for in_title, text in ((False, hit.passage.text), (True, title)):
            for start, end in sentence_spans(text):
                covered = terms.coverage(fold_with_offsets(text[start:end]).text)
                base = shared + weights.sentence * covered + weights.title * in_title
                places.append(_Place(number, in_title, text, start, end, base))
        places.sort(key=lambda place: -place.base)
        return places[: weights.sentences_read]

    def _best_span(
        self, question: Question, expected: Expectation, terms: Terms, place: _Place
    ) -> list[Span]:
        weights = self._weights
        sentence = place.text[place.start : place.end]
        folded = fold_with_offsets(sentence)
        best: Span | None = None
        for one in candidates(folded.text, expected, self._tag):
            if folded.text[one.start : one.end] in question.folded:
                continue
            near = terms.nearness(folded.text, one.start, one.end, weights.decay_chars)
            if one.whole:
                near = max(near, terms.coverage(folded.text[one.start : one.end]))
            score = place.base + weights.fit * one.fit + weights.nearness * near
            if best is None or score > best.score:
                start, end = folded.original_span(one.start, one.end)
                start, end = start + place.start, end + place.start
                best = Span(place.hit, place.in_title, start, end, place.text[start:end], score)
        return [best] if best else []
