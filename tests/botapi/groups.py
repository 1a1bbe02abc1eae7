"""Groups, forums and channels that the bot is in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.botapi.formatting import cut_utf16
from tests.botapi.people import Talk, texted
from tests.botapi.seen import Seen
from tests.botapi.state import Json, Stored, User, World
from tests.botapi.view import WAIT_S, MessageLike

_SOMEONE = 2001  # who writes in a group where nobody is named
_ANONYMOUS = 1087968824  # Telegram's ids for administrators who write as the group,
_TELEGRAM = 777000  # and for posts of a linked channel


class GroupChat(Talk):
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
            view.chat.new_id()  # the message that made the group; no topic can have its id
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

    def migrate(self, new_id: int) -> GroupChat:
        """The group becomes a supergroup with another id; the old one takes no messages."""
        with self.world.lock:
            self.post({"migrate_to_chat_id": new_id})
            self.chat.migrated_to = new_id
            title, privacy = self.chat.title or "", self.chat.privacy
            new = GroupChat.made(self.world, new_id, title, (), privacy=privacy, kind="supergroup")
            new.chat.members.update(self.chat.members)
            new.chat.admins |= self.chat.admins
            new.post({"migrate_from_chat_id": self.id})
            return new

    def send_as_group(self, text: str, **where: Any) -> Seen:
        """An anonymous administrator writes: the sender is Telegram's own stand-in."""
        self.world.user(_ANONYMOUS, name="Group").username = "GroupAnonymousBot"
        self.world.users[_ANONYMOUS].is_bot = True
        content = texted(text) | {"sender_chat": self.chat.json()}
        return self.post(content, as_user=_ANONYMOUS, **where)

    def auto_forward(self, text: str, channel: ChannelChat) -> Seen:
        """A post of the linked channel arrives in its discussion group."""
        self.world.user(_TELEGRAM, name="Telegram")
        posted = channel.send(text)
        origin = {
            "type": "channel",
            "date": posted.date,
            "chat": channel.chat.json(),
            "message_id": posted.id,
        }
        more = {
            "sender_chat": channel.chat.json(),
            "is_automatic_forward": True,
            "forward_origin": origin,
        }
        return self.post(texted(text) | more, as_user=_TELEGRAM)

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
    {
        "new_chat_members",
        "left_chat_member",
        "forum_topic_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
    }
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


class ChannelChat(Talk):
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
