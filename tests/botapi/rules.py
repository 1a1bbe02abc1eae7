"""Telegram's rules for what a bot sends: lengths, entities, buttons, commands, inline results."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.botapi.errors import bad, broken
from tests.botapi.formatting import Entity, parse_html, utf16
from tests.botapi.links import checked_link
from tests.botapi.tidying import tidy

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
# Telegram's own figure is not public; far longer messages have been refused with these words.
MAX_LINK_BYTES = 9_000
MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
MAX_ROW = 8
MAX_COMMANDS = 100
MAX_RESULTS = 50
MAX_RESULT_ID_BYTES = 64
MAX_ALERT = 200
MAX_QUERY = 256

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that follows the rules."""

    text: str
    entities: list[Entity]


def text_of(
    source: str,
    parse_mode: str | None,
    entities: list[Entity] | None,
    *,
    most: int = MAX_TEXT,
    what: str = "message",
    may_be_empty: bool = False,
) -> Text:
    """The text after entity parsing and tidying; refused where it breaks a rule."""
    if any("\ud800" <= character <= "\udfff" for character in source):
        raise broken("strings must be encoded in UTF-8")
    text, found = _parsed(source, parse_mode, entities)
    text, found = tidy(text, found)
    if not text and not may_be_empty:
        raise broken(f"{what} text is empty")
    if utf16(text) > most:
        raise broken(f"{what} is too long")
    if len(found) > MAX_ENTITIES:
        raise broken(f"{len(found)} entities, Telegram shows but {MAX_ENTITIES}")
    if sum(len(entity.get("url", "").encode()) for entity in found) > MAX_LINK_BYTES:
        raise broken("ENTITIES_TOO_LONG")
    return Text(text, found)


def _parsed(
    source: str, parse_mode: str | None, entities: list[Entity] | None
) -> tuple[str, list[Entity]]:
    if not parse_mode:
        return source, entities or []
    if parse_mode.lower() != "html":
        raise broken(f"unsupported parse_mode {parse_mode!r}: this server reads HTML only")
    return parse_html(source)


def check_keyboard(markup: dict[str, Any] | None) -> None:
    """Buttons under a message: how many, and what each carries."""
    if not markup or "inline_keyboard" not in markup:
        return
    rows = markup["inline_keyboard"]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise broken(f"reply markup is too long: more than {MAX_BUTTONS} buttons")
    if any(len(row) > MAX_ROW for row in rows):
        raise broken(f"reply markup has a row of more than {MAX_ROW} buttons")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    if not button["text"].strip():
        raise broken("BUTTON_TEXT_EMPTY: a button has no text")
    kinds = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if len(kinds) != 1:
        raise broken(f"button {button['text']!r} must do exactly one thing, does {sorted(kinds)}")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        raise broken(f"BUTTON_DATA_INVALID: {len(data.encode())} bytes of callback data")
    url = button.get("url")
    if url is not None and checked_link(url) is None:
        raise broken(f"BUTTON_URL_INVALID: {url:.80}")


def check_commands(commands: Iterable[dict[str, Any]]) -> None:
    """A menu of commands."""
    commands = list(commands)
    if len(commands) > MAX_COMMANDS:
        raise broken("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise broken(f"BOT_COMMAND_INVALID: {command['command']!r}")
        if not 1 <= utf16(command["description"].strip()) <= 256:
            raise broken(f"BOT_COMMAND_DESCRIPTION_INVALID: {command['description']!r:.80}")


def check_language(code: str) -> str:
    """A two-letter language, or none."""
    if not _LANGUAGE.fullmatch(code):
        raise broken(f"invalid language code {code!r} specified")
    return code


def check_alert(text: str) -> str:
    """The text of an answer to a pressed button."""
    if utf16(text) > MAX_ALERT:
        raise broken(f"MESSAGE_TOO_LONG: more than {MAX_ALERT} characters in a notification")
    return text


def check_results(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Inline results, their texts parsed; each with `message_text` and `entities` as sent."""
    if len(results) > MAX_RESULTS:
        raise broken("RESULTS_TOO_MUCH")
    ids = [result["id"] for result in results]
    if any(not 1 <= len(id_.encode()) <= MAX_RESULT_ID_BYTES for id_ in ids):
        raise broken("RESULT_ID_INVALID: 1 to 64 bytes")
    if len(set(ids)) != len(ids):
        raise broken("RESULT_ID_DUPLICATE")
    return [_checked_result(result) for result in results]


def _checked_result(result: dict[str, Any]) -> dict[str, Any]:
    if result["type"] == "article" and not result["title"].strip():
        raise broken("ARTICLE_TITLE_EMPTY")
    check_keyboard(result.get("reply_markup"))
    content = result.get("input_message_content", {})
    if "message_text" not in content:
        return result
    text = text_of(content["message_text"], content.get("parse_mode"), content.get("entities"))
    return {
        **result,
        "input_message_content": {
            **content,
            "message_text": text.text,
            "entities": text.entities,
        },
    }


def check_results_button(button: dict[str, Any] | None) -> None:
    """The button above inline results."""
    if button and not _PAYLOAD.fullmatch(button.get("start_parameter", "a")):
        raise broken("START_PARAM_INVALID: 1 to 64 of A-Z a-z 0-9 _ -")


def check_length(what: str, text: str, most: int) -> str:
    """A description of the bot and its like."""
    if utf16(text) > most:
        raise broken(f"{what} is too long: more than {most} characters")
    return text


def not_modified() -> Exception:
    """Telegram's words for an edit that changes nothing."""
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the"
        " same as a current content and reply markup of the message"
    )
