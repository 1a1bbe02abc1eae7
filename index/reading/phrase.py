"""An answer told by a language model from the passages that were found, if it can be checked.

It never decides whether there is an answer, and what it writes is used only where every sentence
stands in the passages that it cites (`index.reading.grounding`). Otherwise the answer stays as it
was. docs/llm.md says what is checked and what isn't.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from time import perf_counter

from index.errors import LanguageModelError
from index.reading.chat_client import ChatClient
from index.reading.grounding import fault
from index.reading.reply import cited, clean, renumbered
from index.records import Answer, Source
from index.settings_llm import LlmSection

_LOG = logging.getLogger(__name__)
_PROMPT = "phrase_prompt.txt"
_NOT_FOUND = "没有找到"  # the prompt asks for these words where the passages don't say


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What came of asking the model; `answer` is the one to give."""

    answer: Answer
    said: str | None  # cleaned of markup; None where nothing came
    unused: str | None  # why `said` is not the answer; None where it is


class Phraser:
    """Asks one model. Holds no state but its parts; safe to share between threads."""

    def __init__(self, settings: LlmSection) -> None:
        """Raises SettingsError where the extra `llm` isn't installed."""
        self._client = ChatClient(settings)
        self._passages = settings.passages
        self._prompt = (resources.files(__package__) / _PROMPT).read_text(encoding="utf-8")

    def phrase(self, answer: Answer) -> Phrasing:
        """`answer`, which is no refusal, in the model's words, or as it is. Raises nothing.

        In its words, `by` is `llm`, the sources that it cites come first, and `[n]` in `text` is
        the source of rank n. Confidence and highlight stay. `took_ms` has `llm` in either case.
        """
        start = perf_counter()
        sources = answer.sources[: self._passages]
        said = unused = None
        try:
            said = clean(self._client.complete(self._prompt, _data(answer.searched, sources)))
            unused = _unused(said, answer, sources)
        except LanguageModelError as error:
            unused = error.message
            _LOG.warning("%s The answer is the passage's own words.", error.message)
        given = answer if said is None or unused else _told(answer, said)
        took = (perf_counter() - start) * 1000
        total = answer.took_ms.get("total", 0.0) + took
        given = replace(given, took_ms={**answer.took_ms, "llm": took, "total": total})
        return Phrasing(given, said, unused)


def open_phraser(settings: LlmSection) -> Phraser | None:
    """The phraser of the settings' model; None where none is set. Raises as `Phraser` does."""
    return Phraser(settings) if settings.base_url else None


def _data(question: str, sources: Sequence[Source]) -> str:
    """Question and passages as JSON: no passage can pretend to be the end of the passages."""
    passages = [
        {
            "编号": number,
            "标题": source.title,
            "日期": source.date.date().isoformat() if source.date else "",
            "正文": source.text,
        }
        for number, source in enumerate(sources, 1)
    ]
    return json.dumps({"问题": question, "资料": passages}, ensure_ascii=False, indent=1)


def _unused(said: str, answer: Answer, sources: Sequence[Source]) -> str | None:
    if "".join(filter(str.isalnum, said)).startswith(_NOT_FOUND):
        return "it found no answer in the passages"
    return fault(said, f"{answer.question}\n{answer.searched}", sources)


def _told(answer: Answer, said: str) -> Answer:
    first = cited(said)
    order = [*first, *(n for n in range(1, len(answer.sources) + 1) if n not in first)]
    sources = (replace(answer.sources[n - 1], rank=rank) for rank, n in enumerate(order, 1))
    numbers = {n: rank for rank, n in enumerate(order, 1)}
    text = renumbered(said, numbers).replace("\n", " ")
    return replace(answer, text=text, sources=tuple(sources), by="llm")
