"""What a person does in a chat with the bot."""

from __future__ import annotations

from typing import Any

from tests.botapi.entities import found_entities
from tests.botapi.formatting import utf16
from tests.botapi.presses import InlineAnswer, Press
from tests.botapi.profile import menu
from tests.botapi.rules import MAX_QUERY, MAX_TEXT
from tests.botapi.seen import Seen, seen
from tests.botapi.sending import without_reply
from tests.botapi.state import Json, Stored, User, World
from tests.botapi.tidying import tidy
from tests.botapi.view import ChatView, MessageLike, id_of


class Talk(ChatView):
    """A chat that people write in. Whoever it is differs by the kind of chat."""

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
        return self.post(texted(text), reply_to=reply_to, topic=topic, as_user=as_user)

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
        return self.post(texted(text) | {"forward_origin": hidden}, **where)

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
            stored = self.chat.messages[id_of(message)]
            stored.versions.append(stored.message)
            changed = {key: old for key, old in stored.message.items() if key != "entities"}
            changed |= texted(text) | {"edit_date": self.world.date()}
            stored.message = changed
            self.chat.changed.notify_all()
            if self._reaches(changed):
                self.world.updates.add(self._kind("edited_message"), changed, self._key(changed))
            return seen(stored, self.world.bot.id)

    def delete(self, message: MessageLike) -> None:
        """A message is taken away; bots are not told."""
        with self.world.lock:
            self.chat.messages[id_of(message)].deleted = True
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
                "chat_instance": str(-self.id),
                "data": data,
            }
            body |= self._pressed(self.chat.messages[id_of(message)])
            self.world.updates.add("callback_query", body, user.id)
        return Press(self.world, query)

    def _pressed(self, stored: Stored) -> Json:
        """How the bot is told which message a button was under."""
        for inline_id, sent in self.world.inline_messages.items():
            if sent is stored:
                return {"inline_message_id": inline_id}
        if stored.deleted:  # pressed on a screen that hadn't heard yet
            message_id = stored.message["message_id"]
            return {"message": {"chat": self.chat.json(), "message_id": message_id, "date": 0}}
        return {"message": stored.message}

    def inline(self, text: str, *, offset: str = "", as_user: int | None = None) -> InlineAnswer:
        """Somebody types `@bot text` here; the results come by the answer's `wait()`.

        What the bot told Telegram to keep is offered again without asking the bot.
        """
        assert utf16(text) <= MAX_QUERY, "clients send no longer queries"
        with self.world.lock:
            user = self._who(as_user)
            assert user is not None
            query = self.world.new_query(self.chat)
            query.answer = self._cached(text, offset, user)
            if query.answer is not None:
                return InlineAnswer(self, query, user)
            query.asked = (text, offset, user.id)
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

    def _cached(self, text: str, offset: str, user: User) -> Json | None:
        for whose in (user.id, None):
            until, answer = self.world.inline_cache.get((text, offset, whose), (0.0, None))
            if answer is not None and self.world.now() < until:
                return answer
        return None

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
        replied = self.chat.messages[id_of(reply_to)].message if reply_to is not None else None
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


class PrivateChat(Talk):
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


def texted(text: str) -> Json:
    """The content of a text message, as Telegram's clients send what was typed."""
    typed, _ = tidy(text, [])
    assert 1 <= utf16(typed) <= MAX_TEXT, "clients send no empty text, and cut long ones"
    entities = found_entities(typed)
    return {"text": typed} | ({"entities": entities} if entities else {})


def _captioned(caption: str) -> Json:
    if not caption:
        return {}
    entities = found_entities(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})
