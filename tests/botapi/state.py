"""What Telegram knows: users, chats, messages, queries that wait for an answer."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import Refused, bad
from tests.botapi.updates import Updates

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shown["username"] = self.username
        if self.language:
            shown["language_code"] = self.language
        return shown


@dataclass(slots=True)
class Stored:
    """A message with what became of it. `message` is as the Bot API shows it."""

    message: Json
    versions: list[Json] = field(default_factory=list)
    deleted: bool = False
    document: bytes | None = None
    file_name: str | None = None


@dataclass(slots=True)
class Chat:
    """A chat as Telegram keeps it. `gone` says why the bot can't write there; None: it can."""

    id: int
    type: str
    changed: threading.Condition
    title: str | None = None
    username: str | None = None
    user: User | None = None
    topics: dict[int, str] = field(default_factory=dict)
    privacy: bool = True
    admins: set[int] = field(default_factory=set)
    members: dict[int, User] = field(default_factory=dict)
    gone: str | None = None
    migrated_to: int | None = None
    messages: dict[int, Stored] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def is_forum(self) -> bool:
        return bool(self.topics)

    def new_id(self) -> int:
        new: int = next(self._ids)
        return new

    def json(self) -> Json:
        shown: Json = {"id": self.id, "type": self.type}
        if self.user:
            shown["first_name"] = self.user.first_name
        for key in ("title", "username"):
            if value := getattr(self, key):
                shown[key] = value
        if self.is_forum:
            shown["is_forum"] = True
        return shown

    def keep(self, stored: Stored) -> None:
        self.messages[stored.message["message_id"]] = stored
        self.changed.notify_all()


@dataclass(slots=True)
class Query:
    """A pressed button or inline query that waits for an answer.

    `asked` is an inline query's text, offset and user.
    """

    id: str
    made_at: float
    chat: Chat | None = None
    answer: Json | None = None
    asked: tuple[str, str, int] = ("", "", 0)


class World:
    """All of it, under one lock. Whoever reads or changes it holds `lock`."""

    def __init__(self, bot: User, updates: Updates, now: Callable[[], float]) -> None:
        self.bot = bot
        self.updates = updates
        self.now = now
        self.lock = threading.RLock()
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.callbacks: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self.inline_messages: dict[str, Stored] = {}
        self.inline_cache: dict[tuple[str, str, int | None], tuple[float, Json]] = {}
        self.answered = threading.Condition(self.lock)
        # Telegram names no figure; people see the spinner of a button for about as long.
        self.answerable_s = 30.0
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int | None, Json] = {}
        self._query_ids = itertools.count(7_000_000_001)

    def user(self, user_id: int, language: str | None = None, name: str | None = None) -> User:
        """That user, made where unknown; language and name are set where given."""
        with self.lock:
            user = self.users.setdefault(user_id, User(user_id, name or f"User {user_id}"))
            user.language = language or user.language
            user.first_name = name or user.first_name
            return user

    def add_chat(self, chat_id: int, kind: str, **more: Any) -> Chat:
        with self.lock:
            if chat_id in self.chats:
                raise ValueError(f"There is a chat {chat_id} already.")
            chat = Chat(chat_id, kind, threading.Condition(self.lock), **more)
            self.chats[chat_id] = chat
            return chat

    def chat(self, chat_id: int | str) -> Chat:
        """The chat that a bot names, if it may write there."""
        name = str(chat_id).removeprefix("@")
        if isinstance(chat_id, int) or name.lstrip("-").isdecimal():
            chat = self.chats.get(int(name))
        else:
            named = (one for one in self.chats.values() if one.username == name)
            chat = next(named, None)
        if chat is None:
            raise bad("chat not found")
        if chat.migrated_to is not None:
            raise Refused(
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrated_to=chat.migrated_to,
            )
        if chat.gone:
            raise Refused(f"Forbidden: {chat.gone}", 403)
        return chat

    def new_query(self, chat: Chat | None = None) -> Query:
        return Query(str(next(self._query_ids)), self.now(), chat)

    def date(self) -> int:
        return int(self.now())
