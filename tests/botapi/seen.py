"""Messages as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.botapi.formatting import Entity, cut_utf16
from tests.botapi.state import Json, Stored


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    data: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message on a person's screen, as it is now.

    `edits` counts its edits, `versions` are its texts before, `preview` is False where a preview of
    its first link was switched off.
    """

    id: int
    text: str
    entities: tuple[Entity, ...]
    buttons: tuple[tuple[Button, ...], ...]
    from_bot: bool
    sender: int | None
    reply_to: int | None
    topic: int | None
    edits: int
    versions: tuple[str, ...]
    deleted: bool
    preview: bool
    via_bot: bool
    document: bytes | None
    file_name: str | None
    quote: str | None
    date: int

    @property
    def edited(self) -> bool:
        return self.edits > 0

    def styled(self, kind: str) -> list[str]:
        """The parts of the text that carry an entity of that type, in order."""
        return [
            cut_utf16(self.text, one["offset"], one["length"])
            for one in self.entities
            if one["type"] == kind
        ]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Text and address of every link in the text, in order."""
        linked: list[tuple[str, str]] = []
        for one in self.entities:
            text = cut_utf16(self.text, one["offset"], one["length"])
            if one["type"] == "text_link":
                linked.append((text, one["url"]))
            elif one["type"] == "url":
                linked.append((text, text))
        return linked

    def button(self, text: str) -> Button:
        """The button of that text; where none is, the one that begins with or holds it."""
        every = [button for row in self.buttons for button in row]
        for fits in (str.__eq__, str.startswith, str.__contains__):
            for button in every:
                if fits(button.text, text):
                    return button
        raise AssertionError(f"No button {text!r}; there are {[one.text for one in every]}.")


def seen(stored: Stored, bot_id: int) -> Seen:
    """What a person sees of that message."""
    message = stored.message
    sender = message.get("from", {}).get("id")
    preview: Any = message.get("link_preview_options", {})
    return Seen(
        id=message["message_id"],
        text=message.get("text") or message.get("caption", ""),
        entities=tuple(message.get("entities") or message.get("caption_entities", ())),
        buttons=_buttons(message),
        from_bot=sender == bot_id,
        sender=sender,
        reply_to=message.get("reply_to_message", {}).get("message_id"),
        topic=message.get("message_thread_id") if message.get("is_topic_message") else None,
        edits=len(stored.versions),
        versions=tuple(one.get("text") or one.get("caption", "") for one in stored.versions),
        deleted=stored.deleted,
        preview=not preview.get("is_disabled", False),
        via_bot="via_bot" in message,
        document=stored.document,
        file_name=stored.file_name,
        quote=message.get("quote", {}).get("text"),
        date=message["date"],
    )


def _buttons(message: Json) -> tuple[tuple[Button, ...], ...]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return tuple(
        tuple(Button(one["text"], one.get("callback_data"), one.get("url")) for one in row)
        for row in rows
    )
