"""The reader alone: each question with the context it was written from, and no way to refuse."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date
from time import perf_counter

from index.evaluation.questions import EvalQuestion
from index.evaluation.run import Outcome
from index.evaluation.squad import SquadSet
from index.lexical.tokens import Tokenizer
from index.question import parse_question
from index.reading.base import Reader
from index.records import Hit, Passage, Post


def context_idf(squad: SquadSet, tokenizer: Tokenizer) -> Callable[[str], float]:
    """Inverse document frequency over the contexts, `ln(1 + (N - n + 0.5) / (n + 0.5))`.

    The formula of BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009), so
    that terms weigh here as they do over an index. In one of two contexts: ln 2, about 0.69.
    """
    counts = Counter(
        token for one in squad.contexts for token in set(tokenizer.passage_tokens(one.text))
    )
    total = len(squad.contexts)

    def idf(token: str) -> float:
        found = counts[token]
        return math.log(1 + (total - found + 0.5) / (found + 0.5))

    return idf


def read_given(squad: SquadSet, reader: Reader, today: date) -> Callable[[EvalQuestion], Outcome]:
    """A function that reads each question's own context as one passage, and always answers."""
    texts = squad.texts()

    def ask(question: EvalQuestion) -> Outcome:
        start = perf_counter()
        parsed = parse_question(question.question, today)
        name = question.context_id or ""
        hit = _hit(name, texts[name])
        spans = reader.read(parsed, [hit])
        took_ms = (perf_counter() - start) * 1000
        if not spans:
            return Outcome("", 1.0, parsed.text, (), took_ms)
        span = spans[0]
        return Outcome(span.text, 1.0, parsed.text, (), took_ms, hit, span)

    return ask


def _hit(context_id: str, text: str) -> Hit:
    post = Post(f"squad/{context_id}", "", None, (), (), None, None, text)
    return Hit(Passage(0, post.id, 0, 0, len(text), text), post, 0.0, 0.0, 0.0)
