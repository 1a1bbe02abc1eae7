"""The trained reader: answer spans by the span model, a few passages at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding.bundled import BundledModel
from index.embedding.cpus import granted_cpus
from index.question import Question
from index.reading.boundaries import mend
from index.reading.bounds import TRAINED_READER, Bounds
from index.reading.candidate import Tagger
from index.reading.decode import Scores, best_span
from index.reading.expect import expectation
from index.reading.windows import window_spans
from index.records import Hit, Span
from index.text import Folded, fold_with_offsets

if TYPE_CHECKING:
    from index.reading.encoding import Encoding
    from index.reading.span_model import SpanModel


Mend = Callable[[str, int, int], tuple[int, int]]  # text, start, end to start, end


@dataclass(frozen=True, slots=True)
class Reading:
    """How much is read, and what decides. Tuned on held-back articles; docs/reader.md."""

    hits: int = 4  # passages read at the most
    at_once: int = 2  # of them before a look at the scores; the same on every machine
    sure: float = 4.0  # a score above which no further passages are read
    retrieval: float = 1.0  # weight of the hit's score against the best hit's
    window_chars: int = 260  # no more than a passage: longer windows are read worse
    overlap_chars: int = 80
    # Log-odds a character of the span costs in posts with a title: people ask news for less than
    # they ask an encyclopaedia's paragraphs for, and the model was trained on more of the latter.
    brevity: float = 0.05


DEFAULT_READING = Reading()


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a hit's passage with the title before it, as the model reads it."""

    number: int  # of the hit
    hit: Hit
    title: Folded
    passage: Folded
    start: int  # in the folded passage
    end: int

    @property
    def text(self) -> str:
        lead = f"{self.title.text}\n" if self.title.text else ""
        return lead + self.passage.text[self.start : self.end]

    def spans(self, start: Scores, end: Scores, brevity: float, mend: Mend) -> Iterator[Span]:
        """The best span of the passage's stretch and of the title, with the model's score."""
        in_title = len(self.title.text)
        before = in_title + 1 if in_title else 0  # characters before the stretch
        brevity = brevity if in_title else 0.0
        found = best_span(start, end, before, before + self.end - self.start, brevity)
        if found is not None:
            shift = self.start - before
            span = mend(self.passage.text, found.start + shift, found.end + shift)
            place = self.passage.original_span(*span)
            text = self.hit.passage.text[slice(*place)]
            yield Span(self.number, False, *place, text, found.score)
        found = best_span(start, end, 0, in_title, brevity)
        if found is not None:
            place = self.title.original_span(*mend(self.title.text, found.start, found.end))
            text = self.hit.post.title[slice(*place)]
            yield Span(self.number, True, *place, text, found.score)


class SpanReader:
    """Reads hits in their order, a few at a time, until one is sure.

    The model is loaded at the first question or by `warm_up`. Safe to share between threads.
    """

    def __init__(
        self,
        base: BundledModel,
        weights: Path,
        tag: Tagger,
        bf16: bool | None = None,
        threads: int = 0,
        reading: Reading = DEFAULT_READING,
    ) -> None:
        """`base` is the bundled model, whatever embeds; `tag` knows words and their kinds.

        `bf16` None: where the processor has it natively; `threads` 0: what is granted.
        """
        self._base, self._weights, self._bf16 = base, weights, bf16
        self._tag = tag
        self._reading = reading
        self._loading, self._tokenizing = threading.Lock(), threading.Lock()
        self._loaded: tuple[Encoding, SpanModel] | None = None
        self._pool = ThreadPoolExecutor(threads or granted_cpus(), "read")

    @property
    def name(self) -> str:
        """`trained`."""
        return "trained"

    @property
    def bounds(self) -> Bounds:
        """In log-odds."""
        return TRAINED_READER

    def warm_up(self) -> None:
        """Load the model now; once, whichever thread comes first. Raises what that raises."""
        self._load()

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Span]:
        """The best span of each passage read and of its title, best first.

        `Span.score` is the log-odds that the span answers against that its passage doesn't, less
        what retrieval holds against the passage.
        """
        how = self._reading
        best_hit = max((hit.score for hit in hits), default=0.0)
        whole = partial(mend, expectation(question.folded), tag=self._tag)
        spans: list[Span] = []
        for first in range(0, min(how.hits, len(hits)), how.at_once):
            windows = [
                window
                for number in range(first, min(first + how.at_once, len(hits)))
                for window in self._windows(number, hits[number])
            ]
            scored = self._pool.map(lambda window: self._scores(question, window), windows)
            found: dict[tuple[int, bool], Span] = {}
            for window, (start, end) in zip(windows, scored, strict=True):
                against = how.retrieval * (best_hit - window.hit.score)
                for span in window.spans(start, end, how.brevity, whole):
                    span = replace(span, score=span.score - against)
                    known = found.get((span.hit, span.in_title))
                    if known is None or span.score > known.score:
                        found[span.hit, span.in_title] = span
            spans += found.values()
            if spans and max(span.score for span in spans) >= how.sure:
                break
        return sorted(spans, key=lambda span: (-span.score, span.hit, span.in_title))

    def _windows(self, number: int, hit: Hit) -> Iterator[_Window]:
        title, passage = fold_with_offsets(hit.post.title), fold_with_offsets(hit.passage.text)
        how = self._reading
        for start, end in window_spans(passage.text, how.window_chars, how.overlap_chars):
            yield _Window(number, hit, title, passage, start, end)

    def _scores(self, question: Question, window: _Window) -> tuple[Scores, Scores]:
        """Start and end scores of the window's characters, `(1 + chars,)` each."""
        import torch

        from index.reading.span_model import collate

        encoding, model = self._load()
        with self._tokenizing:  # a fast tokenizer may not be used by two threads
            (pair,) = encoding.encode(question.folded, [window.text])
        # Subtle: torch keeps this number per thread, and several threads in one pass wait for each
        # other at every operation (see index.embedding.runner).
        torch.set_num_threads(1)
        with torch.inference_mode():
            start, end = model(collate([pair], encoding.pad))
        return start[0].float().numpy(), end[0].float().numpy()

    def _load(self) -> tuple[Encoding, SpanModel]:
        with self._loading:
            if self._loaded is None:
                from index.reading.artifact import open_model
                from index.reading.encoding import Encoding

                folder = self._base.open()
                model = open_model(folder, self._weights, self._bf16)
                self._loaded = Encoding.from_folder(folder), model
            return self._loaded
