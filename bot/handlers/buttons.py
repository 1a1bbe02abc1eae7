"""The buttons under messages, and what stands in them: `v1:<token>:<action>:<page>`.

The token is drawn by chance and counts only in the chat of its answer, so nobody can press what
they can't see. At most 64 bytes, as Telegram demands.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.render import page_count
from bot.texts import LANGUAGES, Texts
from index.records import Answer

_VERSION = "v1"
_TOKEN_BYTES = 12  # 16 characters; nobody guesses one of 2^96
_MOST_DATA_BYTES = 64

UP, DOWN, MORE, PASSAGE = "up", "down", "more", "text"
LANGUAGE, REINDEX, CANCEL = "lang", "reindex", "cancel"
AUTOMATIC = "auto"  # as a language: whatever their Telegram says


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: the answer's token (or a choice), what to do, and on which page."""

    token: str
    action: str
    page: int

    def __str__(self) -> str:
        data = f"{_VERSION}:{self.token}:{self.action}:{self.page}"
        assert len(data.encode()) <= _MOST_DATA_BYTES
        return data


def parse_press(data: str) -> Press | None:
    """None for what is no button of ours, or of an older version."""
    match data.split(":"):
        case [version, token, action, page] if version == _VERSION and page.isdecimal():
            return Press(token, action, int(page[:4]))
    return None


def new_token() -> str:
    """A token for one answer."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def answer_keyboard(
    token: str, answer: Answer, texts: Texts, page: int = 0
) -> InlineKeyboardMarkup:
    """👍 👎, 更多来源 where there are more, and 看原文段落."""
    pages = page_count(answer)
    rows = [[_button("👍", token, UP, page), _button("👎", token, DOWN, page)]]
    below = []
    if pages > 1:
        key = "button-more-sources" if page + 1 < pages else "button-first-sources"
        below.append(_button(texts(key), token, MORE, (page + 1) % pages))
    if answer.sources:
        below.append(_button(texts("button-passage"), token, PASSAGE, page))
    return InlineKeyboardMarkup([*rows, below] if below else rows)


def language_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    """One button a language, each named in itself, and one for Telegram's own."""
    row = [_button(texts(f"language-{name}"), name, LANGUAGE, 0) for name in LANGUAGES]
    return InlineKeyboardMarkup([row, [_button(texts("language-auto"), AUTOMATIC, LANGUAGE, 0)]])


def confirm_keyboard(token: str, texts: Texts) -> InlineKeyboardMarkup:
    """Yes or no to a reindex."""
    return InlineKeyboardMarkup(
        [
            [
                _button(texts("button-confirm"), token, REINDEX, 0),
                _button(texts("button-cancel"), token, CANCEL, 0),
            ]
        ]
    )


def _button(text: str, token: str, action: str, page: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=str(Press(token, action, page)))
