"""What inline mode offers: the answer, then the passages found, each as a message to be sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.render import quotes
from bot.render.answers import render_with_question
from bot.render.message import Message
from bot.render.passages import render_passage
from bot.render.wording import one_line, shortened
from bot.texts import Texts
from index.records import Answer, Source

_MOST_ITEMS = 50  # Telegram's limit
_TITLE = 100
_DESCRIPTION = 120


@dataclass(frozen=True, slots=True)
class InlineItem:
    """One thing to choose. `id` is the same for the same content, at most 64 bytes."""

    id: str
    title: str
    description: str
    message: Message


def inline_results(answer: Answer, texts: Texts) -> list[InlineItem]:
    """The answer first, where there is one, then its passages; no two alike."""
    items = [] if answer.text is None else [_answer(answer, answer.text, texts)]
    items += [_passage(source, texts) for source in answer.sources]
    return list({item.id: item for item in items}.values())[:_MOST_ITEMS]


def _answer(answer: Answer, text: str, texts: Texts) -> InlineItem:
    description = _quoted(answer.sources[0]) if answer.sources else ""
    identity = _identity("answer", answer.searched, text)
    title = shortened(one_line(text), _TITLE) or texts("untitled")
    return InlineItem(identity, title, description, render_with_question(answer, texts))


def _passage(source: Source, texts: Texts) -> InlineItem:
    title = shortened(one_line(source.title), _TITLE) or texts("untitled")
    date = source.date.strftime("%Y-%m-%d · ") if source.date else ""
    identity = _identity("passage", source.post, source.text)
    return InlineItem(identity, title, f"{date}{_quoted(source)}", render_passage(source, texts))


def _quoted(source: Source) -> str:
    quote = quotes.sentence(source)
    return shortened(one_line(f"{quote.before}{quote.said}{quote.after}"), _DESCRIPTION)


def _identity(*parts: str) -> str:
    whole = "\0".join(parts).encode(errors="replace")
    return hashlib.sha256(whole).hexdigest()[:32]
