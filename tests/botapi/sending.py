"""Methods that put a message into a chat."""

from __future__ import annotations

from typing import Any

from tests.botapi.entities import found_entities
from tests.botapi.errors import bad, broken
from tests.botapi.formatting import Entity, utf16
from tests.botapi.rules import MAX_CAPTION, check_keyboard, text_of
from tests.botapi.spec import Upload
from tests.botapi.state import Chat, Json, Stored, World

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(world: World, given: Json) -> Json:
    chat = world.chat(given["chat_id"])
    text = text_of(given["text"], given.get("parse_mode"), given.get("entities"))
    message = _new_message(world, chat, given)
    message["text"] = text.text
    message |= shown_entities(text.text, text.entities)
    if "link_preview_options" in given:
        message["link_preview_options"] = given["link_preview_options"]
    chat.keep(Stored(message))
    return message


def send_document(world: World, given: Json) -> Json:
    chat = world.chat(given["chat_id"])
    caption = text_of(
        given.get("caption", ""),
        given.get("parse_mode"),
        given.get("caption_entities"),
        most=MAX_CAPTION,
        what="message caption",
        may_be_empty=True,
    )
    document = given["document"]
    if not isinstance(document, Upload):
        raise broken("wrong file identifier/HTTP URL specified: send the file itself")
    if not document.content:
        raise broken("file must be non-empty")
    message = _new_message(world, chat, given)
    message["document"] = {
        "file_id": f"document-{chat.id}-{message['message_id']}",
        "file_unique_id": f"unique-{chat.id}-{message['message_id']}",
        "file_name": document.name,
        "file_size": len(document.content),
    }
    if caption.text:
        message["caption"] = caption.text
        if caption.entities:
            message["caption_entities"] = caption.entities
    chat.keep(Stored(message, document=document.content, file_name=document.name))
    return message


def send_chat_action(world: World, given: Json) -> bool:
    chat = world.chat(given["chat_id"])
    if given["action"] not in ACTIONS:
        raise broken("wrong parameter action in request")
    _thread(chat, given)
    chat.actions.append(given["action"])
    chat.changed.notify_all()
    return True


def send_message_draft(world: World, given: Json) -> bool:
    chat = world.chat(given["chat_id"])
    if chat.type != "private":
        raise broken("drafts are for private chats only")
    if not given["draft_id"]:
        raise broken("draft_id must be non-zero")
    text = text_of(
        given.get("text", ""), given.get("parse_mode"), given.get("entities"), may_be_empty=True
    )
    chat.drafts.append(text.text)
    chat.changed.notify_all()
    return True


def shown_entities(text: str, entities: list[Entity]) -> Json:
    """The bot's own entities and those that Telegram finds in bare text, as a message has them."""
    taken = [(one["offset"], one["offset"] + one["length"]) for one in entities if "url" in one]
    taken += [
        (one["offset"], one["offset"] + one["length"])
        for one in entities
        if one["type"] in {"code", "pre"}
    ]
    found = [
        one
        for one in found_entities(text)
        if not any(
            begin < one["offset"] + one["length"] and one["offset"] < end for begin, end in taken
        )
    ]
    shown = sorted(entities + found, key=lambda one: (one["offset"], -one["length"]))
    return {"entities": shown} if shown else {}


def _new_message(world: World, chat: Chat, given: Json) -> Json:
    """Checks where the message goes and what is under it."""
    check_keyboard(given.get("reply_markup"))
    thread = _thread(chat, given)
    replied, quote = _replied(chat, given.get("reply_parameters"))
    if thread is None and replied and replied.get("is_topic_message"):
        thread = replied["message_thread_id"]
    message: Json = {
        "message_id": chat.new_id(),
        "from": world.bot.json(),
        "chat": chat.json(),
        "date": world.date(),
    }
    if thread is not None:
        message |= {"message_thread_id": thread, "is_topic_message": True}
    if replied:
        message["reply_to_message"] = without_reply(replied)
    if quote:
        message["quote"] = quote
    if "inline_keyboard" in given.get("reply_markup", {}):
        message["reply_markup"] = given["reply_markup"]
    return message


def without_reply(message: Json) -> Json:
    """A message as it stands in `reply_to_message`: without what it answers itself."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _thread(chat: Chat, given: Json) -> int | None:
    thread: int | None = given.get("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise bad("message thread not found")
    return thread


def _replied(chat: Chat, parameters: Json | None) -> tuple[Json | None, Json | None]:
    if parameters is None:
        return None, None
    if parameters.get("chat_id", chat.id) not in {chat.id, str(chat.id)}:
        raise broken("replies to other chats are not served here")
    stored = chat.messages.get(parameters["message_id"])
    if stored is None or stored.deleted:
        if parameters.get("allow_sending_without_reply"):
            return None, None
        raise bad("message to be replied not found")
    return stored.message, _quote(stored.message, parameters)


def _quote(message: Json, parameters: Json) -> Json | None:
    if not parameters.get("quote"):
        return None
    quoted = text_of(
        parameters["quote"],
        parameters.get("quote_parse_mode"),
        parameters.get("quote_entities"),
        most=MAX_CAPTION,
        what="quote",
    )
    whole: str = message.get("text") or message.get("caption", "")
    at = whole.find(quoted.text)
    if at < 0:
        raise bad("QUOTE_TEXT_INVALID")
    return {"text": quoted.text, "position": utf16(whole[:at]), "is_manual": True}


def counts(method: str, given: dict[str, Any]) -> bool:
    """Whether the request takes from the allowance of messages."""
    if method in {"sendChatAction", "sendMessageDraft"}:
        return False
    return method.startswith(("send", "edit", "forward", "copy")) and "chat_id" in given
