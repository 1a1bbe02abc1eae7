"""Question to `Answer`: retrieve, read, decide, attach sources."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter

from index.embedding.base import Embedder
from index.filters import NO_FILTERS, Filters
from index.history import as_searched
from index.lexical.inverted_index import LexicalIndex
from index.lexical.tokens import Tokenizer
from index.question import Question, parse_question
from index.reading.base import Reader
from index.reading.confidence import Signs, coefficients, confidence, signs_of
from index.reading.terms import Terms, question_terms
from index.records import Answer, Copy, Hit, Source, Span
from index.retrieve import Query, Retriever
from index.sentences import sentence_spans
from index.settings import AnswerSection

# Hits read for spans. More cost time and, with a reader that knows no meaning, add wrong sentences.
READ_HITS = 8
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
    spans: tuple[Span, ...]
    signs: Signs | None
    threshold: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class Parts:
    """What an answerer is made of; opened together by `index.opening`."""

    retriever: Retriever
    embedder: Embedder
    tokenizer: Tokenizer
    lexical: LexicalIndex
    reader: Reader
    categories: frozenset[str]


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
        hits: list[Hit] = []
        if question.has_words:
            vector = parts.embedder.embed_queries([question.folded])[0]
            clock.lap("embed")
            hits = parts.retriever.search(Query(question, tokens, vector), ask.filters)
        clock.lap("retrieve")
        terms = question_terms(tokens, parts.lexical.idf)
        spans = parts.reader.read(question, hits[:READ_HITS])
        signs = _signs(question, terms, hits, spans)
        sure = confidence(signs, coefficients()) if signs else 0.0
        answered = bool(spans) and sure >= self._settings.threshold
        clock.lap("read")
        answer = Answer(
            question=ask.text,
            searched=question.text,
            text=spans[0].text if answered else None,
            confidence=sure,
            sources=_sources(question, hits, spans[:1], answered, ask),
            reason=_reason(question, hits, answered),
            took_ms=clock.laps(),
        )
        return Explanation(
            question,
            tokens,
            terms,
            tuple(hits),
            tuple(spans),
            signs,
            self._settings.threshold,
            answer,
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


def _signs(
    question: Question, terms: Terms, hits: Sequence[Hit], spans: Sequence[Span]
) -> Signs | None:
    if not spans:
        return None
    span = spans[0]
    text = hits[span.hit].post.title if span.in_title else hits[span.hit].passage.text
    sentence = next(
        text[start:end] for start, end in sentence_spans(text) if start <= span.start < end
    )
    return signs_of(question, terms, hits, span, sentence)


def _reason(question: Question, hits: Sequence[Hit], answered: bool) -> str:
    """Why there is an answer or none, as a word that programs can read."""
    if answered:
        return "found"
    if not question.has_words:
        return "no_words"
    return "low_confidence" if hits else "no_passages"


def _sources(
    question: Question, hits: Sequence[Hit], best: Sequence[Span], answered: bool, ask: Ask
) -> tuple[Source, ...]:
    """One source a post: the hit of the best span first, then the others in their order.

    The order is the same for a refusal, which only shows no answer.
    """
    first = [span.hit for span in best]
    order = first + [number for number in range(len(hits)) if number not in first]
    shown: dict[str, Source] = {}
    for number in order:
        hit = hits[number]
        if hit.post.id in shown:
            continue
        if len(shown) == ask.top_k:
            break
        span = best[0] if answered and number in first else None
        shown[hit.post.id] = _source(len(shown) + 1, hit, span, question, ask.today)
    return tuple(shown.values())


def _source(rank: int, hit: Hit, span: Span | None, question: Question, today: date) -> Source:
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
        copies=tuple(Copy(post.title, post.date, post.url, post.path) for post in hit.copies),
        old=question.wants_latest and day is not None and today - day > OLD_AFTER,
    )
