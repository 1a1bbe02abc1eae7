"""Methods that change or remove a message that is there."""

from __future__ import annotations

from tests.botapi.errors import bad, broken
from tests.botapi.rules import check_keyboard, not_modified, text_of
from tests.botapi.sending import shown_entities
from tests.botapi.state import Chat, Json, Stored, World

DELETABLE_S = 48 * 3600
_SHOWN = ("text", "entities", "caption", "reply_markup", "link_preview_options")


def edit_message_text(world: World, given: Json) -> Json | bool:
    if "text" not in given:
        raise broken("message text is empty")
    chat, stored = _stored(world, given)
    if "text" not in stored.message:
        raise bad("there is no text in the message to edit")
    text = text_of(given["text"], given.get("parse_mode"), given.get("entities"))
    changed = _without(stored.message, *_SHOWN) | {"text": text.text}
    changed |= shown_entities(text.text, text.entities)
    for key in ("reply_markup", "link_preview_options"):
        if key in given:
            changed[key] = given[key]
    return _change(world, chat, stored, changed)


def edit_message_reply_markup(world: World, given: Json) -> Json | bool:
    chat, stored = _stored(world, given)
    changed = _without(stored.message, "reply_markup")
    if "reply_markup" in given:
        changed["reply_markup"] = given["reply_markup"]
    return _change(world, chat, stored, changed)


def delete_message(world: World, given: Json) -> bool:
    chat = world.chat(given["chat_id"])
    stored = chat.messages.get(given["message_id"])
    if stored is None or stored.deleted:
        raise bad("message to delete not found")
    own = stored.message.get("from", {}).get("id") == world.bot.id
    mine = own or chat.type == "private" or world.bot.id in chat.admins
    if not mine or world.now() - stored.message["date"] > DELETABLE_S:
        raise bad("message can't be deleted")
    stored.deleted = True
    chat.changed.notify_all()
    return True


def _stored(world: World, given: Json) -> tuple[Chat | None, Stored]:
    check_keyboard(given.get("reply_markup"))
    inline_id = given.get("inline_message_id")
    if inline_id is not None:
        if inline_id not in world.inline_messages:
            raise bad("MESSAGE_ID_INVALID")
        return None, world.inline_messages[inline_id]
    if "chat_id" not in given or "message_id" not in given:
        raise broken("message identifier is not specified")
    chat = world.chat(given["chat_id"])
    stored = chat.messages.get(given["message_id"])
    if stored is None or stored.deleted:
        raise bad("message to edit not found")
    if stored.message.get("from", {}).get("id") != world.bot.id or "via_bot" in stored.message:
        raise bad("message can't be edited")
    return chat, stored


def _without(message: Json, *keys: str) -> Json:
    return {key: value for key, value in message.items() if key not in keys}


def _change(world: World, chat: Chat | None, stored: Stored, changed: Json) -> Json | bool:
    before = stored.message
    # Telegram takes a new choice of preview alone for no change, as far as text and buttons go.
    if all(before.get(key) == changed.get(key) for key in ("text", "entities", "reply_markup")):
        raise not_modified()
    stored.versions.append(before)
    stored.message = changed | {"edit_date": world.date()}
    if chat is None:
        world.answered.notify_all()
        return True
    chat.changed.notify_all()
    return stored.message
