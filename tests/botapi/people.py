"""The client side: what people do in their chats with the bot, and what they see there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.botapi.entities import found_entities
from tests.botapi.formatting import cut_utf16
from tests.botapi.presses import InlineAnswer, Press
from tests.botapi.profile import menu
from tests.botapi.seen import Seen, seen
from tests.botapi.sending import without_reply
from tests.botapi.state import Chat, Json, Stored, User, World

WAIT_S = 10.0
_SOMEONE = 2001  # who writes in a group where nobody is named

Predicate = Callable[[Seen], bool]
MessageLike = Seen | int


class ChatView:
    """A chat on somebody's screen."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat
        self.id = chat.id

    # --- what is seen

    @property
    def messages(self) -> list[Seen]:
        """Every message there is, oldest first; deleted ones are gone."""
        with self.world.lock:
            return [one for one in self._all() if not one.deleted]

    @property
    def bot_messages(self) -> list[Seen]:
        """Those of the bot."""
        return [one for one in self.messages if one.from_bot]

    def message(self, message: MessageLike) -> Seen:
        """That message as it is now."""
        with self.world.lock:
            return seen(self.chat.messages[_id(message)], self.world.bot.id)

    def wait_for(
        self,
        predicate: Predicate = lambda message: True,
        timeout_s: float = WAIT_S,
        *,
        after: MessageLike | None = None,
    ) -> Seen:
        """The first message of the bot that fits, at once or as soon as it comes or is edited.

        `after` leaves out that message and all before it. Blocks: in a coroutine, call it by
        `asyncio.to_thread`.
        """
        first = _id(after) if after is not None else 0
        end = time.monotonic() + timeout_s
        with self.world.lock:
            while True:
                for one in self._all(first):
                    if one.from_bot and not one.deleted and predicate(one):
                        return one
                left_s = end - time.monotonic()
                if left_s <= 0 or not self.chat.changed.wait(left_s):
                    shown = "\n".join(f"  {one.id}: {one.text!r:.200}" for one in self._all(first))
                    raise AssertionError(
                        f"No message of the bot fits within {timeout_s} s. There are:\n{shown}"
                    )

    def answer_to(self, message: MessageLike, timeout_s: float = WAIT_S) -> Seen:
        """The bot's first reply to that message."""
        wanted = _id(message)
        return self.wait_for(lambda one: one.reply_to == wanted, timeout_s, after=message)

    def quiet(self, seconds: float, after: MessageLike) -> None:
        """Fails where the bot says something within that time."""
        try:
            said = self.wait_for(timeout_s=seconds, after=after)
        except AssertionError:
            return
        raise AssertionError(f"The bot should be silent, said {said.text!r}")

    @property
    def actions(self) -> list[str]:
        """Chat actions such as "typing" so far."""
        with self.world.lock:
            return list(self.chat.actions)

    def _all(self, after: int = 0) -> list[Seen]:
        return [
            seen(stored, self.world.bot.id)
            for message_id, stored in self.chat.messages.items()
            if message_id > after
        ]

    # --- what is done

    def _who(self, as_user: int | None) -> User | None:
        raise NotImplementedError

    def send(
        self,
        text: str,
        *,
        reply_to: MessageLike | None = None,
        topic: int | None = None,
        as_user: int | None = None,
    ) -> Seen:
        """Somebody writes a text, with the entities that Telegram finds in it."""
        content: Json = {"text": text}
        if entities := found_entities(text):
            content["entities"] = entities
        return self.post(content, reply_to=reply_to, topic=topic, as_user=as_user)

    def send_photo(self, caption: str = "", **where: Any) -> Seen:
        photo = {"file_id": "photo", "file_unique_id": "p", "width": 90, "height": 90}
        return self.post({"photo": [photo]} | _captioned(caption), **where)

    def send_voice(self, **where: Any) -> Seen:
        voice = {"file_id": "voice", "file_unique_id": "v", "duration": 3}
        return self.post({"voice": voice}, **where)

    def send_sticker(self, emoji: str = "😀", **where: Any) -> Seen:
        sticker = {
            "file_id": "sticker",
            "file_unique_id": "s",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self.post({"sticker": sticker}, **where)

    def send_document(self, name: str = "a.pdf", caption: str = "", **where: Any) -> Seen:
        document = {"file_id": "document", "file_unique_id": "d", "file_name": name}
        return self.post({"document": document} | _captioned(caption), **where)

    def forward(self, text: str, *, origin: str = "某人", **where: Any) -> Seen:
        """A message of somebody else, forwarded here."""
        hidden = {"type": "hidden_user", "date": self.world.date(), "sender_user_name": origin}
        content: Json = {"text": text, "forward_origin": hidden}
        if entities := found_entities(text):
            content["entities"] = entities
        return self.post(content, **where)

    def post(
        self,
        content: Json,
        *,
        reply_to: MessageLike | None = None,
        topic: int | None = None,
        as_user: int | None = None,
    ) -> Seen:
        """Any message, its content as the Bot API describes it."""
        with self.world.lock:
            message = self._shell(self._who(as_user), reply_to, topic) | content
            stored = Stored(message)
            self.chat.keep(stored)
            if self._reaches(message):
                self.world.updates.add(self._kind("message"), message, self._key(message))
            return seen(stored, self.world.bot.id)

    def edit(self, message: MessageLike, text: str) -> Seen:
        """Somebody changes their own message."""
        with self.world.lock:
            stored = self.chat.messages[_id(message)]
            stored.versions.append(stored.message)
            changed = {key: old for key, old in stored.message.items() if key != "entities"}
            changed |= {"text": text, "edit_date": self.world.date()}
            if entities := found_entities(text):
                changed["entities"] = entities
            stored.message = changed
            self.chat.changed.notify_all()
            if self._reaches(changed):
                self.world.updates.add(self._kind("edited_message"), changed, self._key(changed))
            return seen(stored, self.world.bot.id)

    def delete(self, message: MessageLike) -> None:
        """A message is taken away; bots are not told."""
        with self.world.lock:
            self.chat.messages[_id(message)].deleted = True
            self.chat.changed.notify_all()

    def press(self, message: MessageLike, text: str, *, as_user: int | None = None) -> Press:
        """Somebody presses a button of that message, found by its text."""
        button = self.message(message).button(text)
        assert button.data is not None, f"The button {button.text!r} is a link: {button.url}"
        return self.press_data(message, button.data, as_user=as_user)

    def press_data(self, message: MessageLike, data: str, *, as_user: int | None = None) -> Press:
        """As `press`, with data of one's own: an old button, or a forged one."""
        with self.world.lock:
            user = self._who(as_user)
            assert user is not None
            query = self.world.new_query(self.chat)
            self.world.callbacks[query.id] = query
            body = {
                "id": query.id,
                "from": user.json(),
                "message": self.chat.messages[_id(message)].message,
                "chat_instance": str(-self.id),
                "data": data,
            }
            self.world.updates.add("callback_query", body, user.id)
        return Press(self.world, query)

    def inline(self, text: str, *, offset: str = "", as_user: int | None = None) -> InlineAnswer:
        """Somebody types `@bot text` here; the results come by the answer's `wait()`."""
        with self.world.lock:
            user = self._who(as_user)
            assert user is not None
            query = self.world.new_query(self.chat)
            self.world.inline_queries[query.id] = query
            kind = "sender" if self.chat.type == "private" else self.chat.type
            body = {
                "id": query.id,
                "from": user.json(),
                "query": text,
                "offset": offset,
                "chat_type": kind,
            }
            self.world.updates.add("inline_query", body, user.id)
        return InlineAnswer(self, query, user)

    def menu(self, as_user: int | None = None) -> list[str]:
        """The commands that the client offers, without their slash."""
        with self.world.lock:
            user = self._who(as_user)
            assert user is not None
            return [one["command"] for one in menu(self.world, self.id, user.id)]

    # --- how it works

    def _shell(self, user: User | None, reply_to: MessageLike | None, topic: int | None) -> Json:
        message: Json = {
            "message_id": self.chat.new_id(),
            "chat": self.chat.json(),
            "date": self.world.date(),
        }
        if user:
            message["from"] = user.json()
        replied = self.chat.messages[_id(reply_to)].message if reply_to is not None else None
        if topic is None and replied and replied.get("is_topic_message"):
            topic = replied["message_thread_id"]
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
            # Subtle: what is written in a topic "answers" the message that opened it.
            replied = replied or self.chat.messages[topic].message
        elif replied and self.chat.type == "supergroup":
            # Subtle: Telegram calls a chain of replies a thread, though it is no topic.
            root = replied.get("message_thread_id", replied["message_id"])
            message["message_thread_id"] = root
        if replied:
            message["reply_to_message"] = without_reply(replied)
        return message

    def _reaches(self, message: Json) -> bool:
        return self.chat.gone is None

    def _kind(self, kind: str) -> str:
        return kind

    def _key(self, message: Json) -> int:
        return self.id


class PrivateChat(ChatView):
    """Somebody's private chat with the bot."""

    @classmethod
    def of(cls, world: World, user_id: int, language: str | None, name: str | None) -> PrivateChat:
        with world.lock:
            user = world.user(user_id, language, name)
            chat = world.chats.get(user_id) or world.add_chat(user_id, "private", user=user)
            return cls(world, chat)

    def block(self) -> None:
        """The user blocks the bot."""
        with self.world.lock:
            self.chat.gone = "bot was blocked by the user"
            self.world.updates.add("my_chat_member", self._membership("member", "kicked"), self.id)

    def unblock(self) -> None:
        with self.world.lock:
            self.chat.gone = None
            self.world.updates.add("my_chat_member", self._membership("kicked", "member"), self.id)

    def _membership(self, before: str, after: str) -> Json:
        bot = self.world.bot.json()
        states = {
            "member": {"user": bot, "status": "member"},
            "kicked": {"user": bot, "status": "kicked", "until_date": 0},
        }
        user = self._who(None)
        return {
            "chat": self.chat.json(),
            "from": user.json(),
            "date": self.world.date(),
            "old_chat_member": states[before],
            "new_chat_member": states[after],
        }

    def _who(self, as_user: int | None) -> User:
        assert self.chat.user is not None
        assert as_user in {None, self.chat.user.id}, "a private chat has one user"
        return self.chat.user


class GroupChat(ChatView):
    """A group that the bot is in. `topics` gives the ids of a forum's topics by name."""

    @classmethod
    def made(
        cls,
        world: World,
        chat_id: int,
        title: str,
        topics: Iterable[str],
        *,
        privacy: bool,
        kind: str,
    ) -> GroupChat:
        assert chat_id < 0, "ids of groups are negative"
        with world.lock:
            view = cls(world, world.add_chat(chat_id, kind, title=title, privacy=privacy))
            for topic in topics:
                view.open_topic(topic)
            return view

    @property
    def topics(self) -> dict[str, int]:
        return {name: topic for topic, name in self.chat.topics.items()}

    def open_topic(self, name: str) -> int:
        """A new topic; its id is that of the message which opens it."""
        with self.world.lock:
            self.chat.topics[-1] = ""  # a forum from the first topic on
            message = self._shell(self._who(None), None, None)
            topic: int = message["message_id"]
            del self.chat.topics[-1]
            self.chat.topics[topic] = name
            message |= {
                "message_thread_id": topic,
                "is_topic_message": True,
                "forum_topic_created": {"name": name, "icon_color": 7322096},
            }
            self.chat.keep(Stored(message))
            self.world.updates.add("message", message, self.id)
            return topic

    def join(self, user_id: int, name: str | None = None) -> Seen:
        """Somebody comes in; every bot is told."""
        user = self.world.user(user_id, name=name)
        return self.post({"new_chat_members": [user.json()]}, as_user=user_id)

    def leave(self, user_id: int) -> Seen:
        user = self.world.user(user_id)
        return self.post({"left_chat_member": user.json()}, as_user=user_id)

    def add_bot(self, by: int = _SOMEONE) -> None:
        """The bot is brought in (again); it is told twice, as in reality."""
        with self.world.lock:
            self.chat.gone = None
            self._moved(by, "left", "member")
            self.post({"new_chat_members": [self.world.bot.json()]}, as_user=by)

    def remove_bot(self, by: int = _SOMEONE) -> None:
        with self.world.lock:
            self._moved(by, "member", "kicked")
            self.chat.gone = f"bot was kicked from the {self.chat.type} chat"

    @property
    def bot_left(self) -> bool:
        """Whether the bot is out, by itself or not."""
        with self.world.lock:
            return self.chat.gone is not None

    def wait_until_left(self, timeout_s: float = WAIT_S) -> None:
        """Waits until the bot has left."""
        with self.world.lock:
            if not self.chat.changed.wait_for(lambda: self.chat.gone is not None, timeout_s):
                raise AssertionError(f"The bot did not leave within {timeout_s} s.")

    def make_admin(self, user_id: int) -> None:
        with self.world.lock:
            self._who(user_id)
            self.chat.admins.add(user_id)

    def _moved(self, by: int, before: str, after: str) -> None:
        bot = self.world.bot.json()
        until = {"until_date": 0}
        body = {
            "chat": self.chat.json(),
            "from": self.world.user(by).json(),
            "date": self.world.date(),
            "old_chat_member": {"user": bot, "status": before},
            "new_chat_member": {"user": bot, "status": after}
            | (until if after == "kicked" else {}),
        }
        self.world.updates.add("my_chat_member", body, self.id)

    def _who(self, as_user: int | None) -> User:
        user = self.world.user(as_user or _SOMEONE)
        self.chat.members[user.id] = user
        return user

    def _reaches(self, message: Json) -> bool:
        """Privacy mode: commands, mentions, replies to the bot, and what happens to the group."""
        bot = self.world.bot
        if self.chat.gone is not None:
            return False
        if not self.chat.privacy or bot.id in self.chat.admins:
            return True
        if any(key in message for key in _SERVICE):
            return True
        if message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
            return True
        if message.get("via_bot", {}).get("id") == bot.id:
            return True
        return _addressed(message, (bot.username or "").lower())


_SERVICE = frozenset(
    {"new_chat_members", "left_chat_member", "forum_topic_created", "new_chat_title"}
)


def _addressed(message: Json, username: str) -> bool:
    text = message.get("text") or message.get("caption", "")
    for one in message.get("entities") or message.get("caption_entities", ()):
        part = cut_utf16(text, one["offset"], one["length"]).lower()
        if one["type"] == "mention" and part == f"@{username}":
            return True
        if one["type"] == "bot_command" and re.sub(r"^[^@]*@?", "", part) in {"", username}:
            return True
    return False


class ChannelChat(ChatView):
    """A channel that the bot is an administrator of."""

    @classmethod
    def made(cls, world: World, chat_id: int, title: str) -> ChannelChat:
        with world.lock:
            chat = world.add_chat(chat_id, "channel", title=title)
            chat.admins.add(world.bot.id)
            return cls(world, chat)

    def _who(self, as_user: int | None) -> User | None:
        return self.world.user(as_user) if as_user is not None else None

    def _shell(self, user: User | None, reply_to: MessageLike | None, topic: int | None) -> Json:
        return super()._shell(None, reply_to, topic) | {"sender_chat": self.chat.json()}

    def _kind(self, kind: str) -> str:
        return {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]


def _captioned(caption: str) -> Json:
    if not caption:
        return {}
    entities = found_entities(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def _id(message: MessageLike) -> int:
    return message if isinstance(message, int) else message.id
