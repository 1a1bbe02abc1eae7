"""Question to `Answer`: retrieve, read, decide, attach sources."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import perf_counter

from index.embedding.base import Embedder
from index.filters import NO_FILTERS, Filters
from index.history import as_searched
from index.lexical.inverted_index import LexicalIndex
from index.lexical.tokens import Tokenizer
from index.merge import Choice, Merged, Shown, merge, statements
from index.question import Question, parse_question
from index.reading.base import Reader
from index.reading.confidence import Signs, coefficients, confidence, signs_of
from index.reading.phrase import Phraser, Phrasing
from index.reading.smalltalk import is_off_topic
from index.reading.terms import Terms, question_terms
from index.records import Answer, Copy, Hit, Source, Span
from index.retrieve import Query, Retriever
from index.settings import AnswerSection

# 现在 and 最新 ask for what holds today; after a month a figure of the market doesn't.
OLD_AFTER = timedelta(days=30)

_WARM_UP = "热身"  # any Han words will do: they pull in the model and all of jieba


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with everything that bears on it; `history` is oldest first, questions only."""

    text: str
    today: date
    history: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    top_k: int = 5  # sources to show, one a post


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about, for `qinwen explain`."""

    question: Question
    tokens: tuple[str, ...]
    terms: Terms
    hits: tuple[Hit, ...]
    spans: tuple[Span, ...]  # the one that answers first
    choice: Choice
    signs: Signs | None
    threshold: float
    answer: Answer
    phrasing: Phrasing | None = None  # None where no language model was asked


@dataclass(frozen=True, slots=True)
class Parts:
    """What an answerer is made of; opened together by `index.opening`."""

    retriever: Retriever
    embedder: Embedder
    tokenizer: Tokenizer
    lexical: LexicalIndex
    reader: Reader
    categories: frozenset[str]
    phraser: Phraser | None = None


class Answerer:
    """Answers questions over one open snapshot. Safe to share between threads, as its parts are."""

    def __init__(self, parts: Parts, settings: AnswerSection) -> None:
        self._parts = parts
        self._settings = settings

    def warm_up(self) -> None:
        """Load the model and jieba's tables now, side by side, not one after the other when asked.

        Raises what loading the model raises.
        """
        with ThreadPoolExecutor(1) as aside:
            tables = aside.submit(self._parts.tokenizer.tagged, _WARM_UP)
            self._parts.embedder.embed_queries([_WARM_UP])
            self._parts.reader.warm_up()
            self._parts.tokenizer.question_tokens(_WARM_UP)
            tables.result()

    def ask(self, ask: Ask) -> Answer:
        """The answer, or a refusal (`text` None) with the nearest passages as sources.

        Raises QuestionError for a blank or overlong question.
        """
        return self.explain(ask).answer

    def explain(self, ask: Ask) -> Explanation:
        """As `ask`, with every step laid open."""
        parts = self._parts
        clock = _Clock()
        parse_question(ask.text, ask.today)  # the limits are those of what was typed
        searched = as_searched(ask.text, ask.history, parts.tokenizer.tagged)
        question = parse_question(searched, ask.today, parts.categories)
        tokens = tuple(parts.tokenizer.question_tokens(question.folded))
        off_topic = is_off_topic(question.folded) is not None
        hits: list[Hit] = []
        if question.has_words and not off_topic:
            vector = parts.embedder.embed_queries([question.folded])[0]
            clock.lap("embed")
            hits = parts.retriever.search(Query(question, tokens, vector), ask.filters)
        clock.lap("retrieve")
        terms = question_terms(tokens, parts.lexical.idf)
        found = parts.reader.read(question, hits)
        signs = None
        if found:
            signs = signs_of(question, terms, hits, found, parts.tokenizer.tagged)
        sure = confidence(signs, coefficients()[parts.reader.name]) if signs else 0.0
        merged = merge(question, hits, found, parts.reader.bounds)
        spans = merged.spans
        answered = bool(spans) and sure >= self._settings.threshold
        sources = _sources(question, hits, merged, answered, ask)
        clock.lap("read")
        answer = Answer(
            question=ask.text,
            searched=question.text,
            text=spans[0].text if answered else None,
            confidence=sure,
            sources=sources,
            reason=_reason(question, hits, answered, off_topic),
            took_ms=clock.laps(),
            statements=statements(sources),
        )
        phrasing = parts.phraser.phrase(answer) if parts.phraser and answered else None
        return Explanation(
            question,
            tokens,
            terms,
            tuple(hits),
            spans,
            merged.choice,
            signs,
            self._settings.threshold,
            phrasing.answer if phrasing else answer,
            phrasing,
        )


class _Clock:
    """Milliseconds between laps, and in total."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {"embed": 0.0}

    def lap(self, name: str) -> None:
        now = perf_counter()
        self._laps[name] = (now - self._last) * 1000
        self._last = now

    def laps(self) -> dict[str, float]:
        return {**self._laps, "total": (self._last - self._start) * 1000}


def _reason(question: Question, hits: Sequence[Hit], answered: bool, off_topic: bool) -> str:
    """Why there is an answer or none, as a word that programs can read."""
    if answered:
        return "found"
    if not question.has_words:
        return "no_words"
    if off_topic:
        return "off_topic"
    return "low_confidence" if hits else "no_passages"


def _sources(
    question: Question, hits: Sequence[Hit], merged: Merged, answered: bool, ask: Ask
) -> tuple[Source, ...]:
    """One source a post, in order. A refusal has the same ones and only shows no answers."""
    shown = merged.shown[: ask.top_k]
    if not answered:
        shown = tuple(replace(one, span=None) for one in shown)
    return tuple(
        _source(rank, hits[one.hit], one, question, ask.today) for rank, one in enumerate(shown, 1)
    )


def _source(rank: int, hit: Hit, shown: Shown, question: Question, today: date) -> Source:
    span = shown.span
    day = hit.post.day
    return Source(
        rank=rank,
        text=hit.passage.text,
        highlight=(span.start, span.end) if span and not span.in_title else None,
        title=hit.post.title,
        date=hit.post.date,
        url=hit.post.url,
        post=hit.post.path,
        score=hit.score,
        answer=span.text if span else None,
        publisher=hit.post.publisher,
        copies=tuple(Copy(post.title, post.date, post.url, post.path) for post in shown.copies),
        old=question.wants_latest and day is not None and today - day > OLD_AFTER,
    )
