"""`/why`: how an answer came about, for admins; what `qinwen explain` prints, in brief."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.render.citing import lines
from bot.render.document import Block, Document, Piece, text_block
from bot.render.message import Message
from bot.render.room import Room, fitted
from bot.render.wording import one_line, shortened
from bot.texts import Texts

if TYPE_CHECKING:  # these load numpy and more; we only look at them
    from index.answer import Explanation

_HITS = 5
_SPANS = 3
_CATEGORIES = 10
_DATES = 5
_CHOICES = {"latest": "why-choice-latest", "version": "why-choice-version"}


def render_why(explanation: Explanation, texts: Texts) -> Message:
    """Result and confidence, what was searched, the signs, the best passages and candidates."""
    return fitted(lambda room: _why(explanation, texts, room))


def _why(found: Explanation, texts: Texts, room: Room) -> Document:
    question = shortened(one_line(found.question.text), room.words // 4)
    blocks = [
        text_block(Piece(texts("why", question=question), bold=True)),
        _paragraph(_result(found, texts, room)),
        _paragraph(_understood(found, texts, room)),
    ]
    if found.signs:
        signs = " · ".join(f"{name} {value:.2f}" for name, value in asdict(found.signs).items())
        blocks.append(_list(texts("why-signs"), [signs]))
    if found.hits:
        blocks.append(_list(texts("why-hits"), _hits(found, room)))
    if found.spans:
        blocks.append(_list(texts("why-spans"), _spans(found, room)))
    total_ms = found.answer.took_ms.get("total", 0.0)
    blocks.append(text_block(Piece(texts("why-took", total=f"{total_ms:.0f}"), italic=True)))
    return blocks


def _result(found: Explanation, texts: Texts, room: Room) -> list[str]:
    answer = found.answer
    said = texts("why-refused")
    if answer.text is not None:
        said = shortened(one_line(answer.text), room.words // 4)
    sure, least = f"{answer.confidence:.3f}", f"{found.threshold:.3f}"
    told = [
        texts("why-answer", answer=f"{said} ({answer.reason})"),
        texts("why-confidence", confidence=sure, threshold=least),
    ]
    if found.choice in _CHOICES:
        told.append(texts(_CHOICES[found.choice]))
    if found.phrasing:
        reason = shortened(one_line(found.phrasing.unused or ""), room.title)
        told.append(texts("why-llm-unused", reason=reason) if reason else texts("why-llm-used"))
    return told


def _understood(found: Explanation, texts: Texts, room: Room) -> list[str]:
    question = found.question
    tokens = shortened(one_line(" ".join(found.tokens)), room.words // 4)
    told = [texts("why-tokens", tokens=tokens)] if tokens else []
    for one in question.dates[:_DATES]:
        said = shortened(one_line(one.said), room.title)
        first, last = one.first.isoformat(), one.last.isoformat()
        told.append(texts("why-date", said=said, first=first, last=last))
    told += [texts("why-latest")] if question.wants_latest else []
    if question.categories:
        names = one_line(" ".join(sorted(question.categories)[:_CATEGORIES]))
        told.append(texts("why-categories", categories=shortened(names, room.title)))
    return told


def _hits(found: Explanation, room: Room) -> Iterable[str]:
    for rank, hit in enumerate(found.hits[:_HITS], 1):
        title = shortened(one_line(hit.post.title) or hit.post.path, room.title // 2)
        yield f"[{rank}] {hit.score:.2f} · {hit.dense:.3f} · {hit.lexical:.1f} {title}"


def _spans(found: Explanation, room: Room) -> Iterable[str]:
    for span in found.spans[:_SPANS]:
        said = shortened(one_line(span.text), room.title // 2)
        yield f"{span.score:.2f} · [{span.hit + 1}] {said}"


def _paragraph(told: Iterable[str]) -> Block:
    return text_block("\n".join(told))


def _list(heading: str, entries: Iterable[str]) -> Block:
    return text_block(*lines([[Piece(heading, bold=True)], *([Piece(one)] for one in entries)]))
