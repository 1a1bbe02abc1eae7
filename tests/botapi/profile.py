"""What people see of the bot itself: menus of commands, name, descriptions."""

from __future__ import annotations

from collections.abc import Callable

from tests.botapi.errors import broken
from tests.botapi.rules import check_commands, check_language, check_length
from tests.botapi.state import Json, World

_LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def set_my_commands(world: World, given: Json) -> bool:
    check_commands(given["commands"])
    world.commands[_place(world, given)] = given["commands"]
    return True


def get_my_commands(world: World, given: Json) -> list[Json]:
    return world.commands.get(_place(world, given), [])


def delete_my_commands(world: World, given: Json) -> bool:
    world.commands.pop(_place(world, given), None)
    return True


def menu(world: World, chat_id: int, user_id: int) -> list[Json]:
    """The commands offered to that user in that chat, chosen as Telegram's clients do."""
    chat, language = world.chats[chat_id], (world.users[user_id].language or "")[:2]
    scopes = [f"chat {chat_id}"]
    if chat.type == "private":
        scopes += ["all_private_chats"]
    else:
        scopes.insert(0, f"chat_member {chat_id} {user_id}")
        if user_id in chat.admins:
            scopes.insert(1, f"chat_administrators {chat_id}")
            scopes += ["all_chat_administrators"]
        scopes += ["all_group_chats"]
    for scope in [*scopes, "default"]:
        for code in (language, ""):
            if (scope, code) in world.commands:
                return world.commands[scope, code]
    return []


def _place(world: World, given: Json) -> tuple[str, str]:
    scope = given.get("scope", {"type": "default"})
    if "chat_id" in scope:
        world.chat(scope["chat_id"])  # refused where the bot is unknown there
    words = [scope["type"], *(str(scope[key]) for key in ("chat_id", "user_id") if key in scope)]
    return " ".join(words), check_language(given.get("language_code", ""))


def setter(what: str) -> Callable[[World, Json], bool]:
    """setMyName and its like."""

    def set_(world: World, given: Json) -> bool:
        code = check_language(given.get("language_code", ""))
        value = check_length(f"bot {what}", given.get(what, ""), _LENGTHS[what])
        if what == "name" and not code and not value:
            raise broken("the bot's own name must not be empty")
        world.profile[what, code] = value
        return True

    return set_


def getter(what: str) -> Callable[[World, Json], Json]:
    """getMyName and its like: a language without its own shows the one for all."""

    def get(world: World, given: Json) -> Json:
        code = check_language(given.get("language_code", ""))
        value = world.profile.get((what, code)) or world.profile.get((what, ""), "")
        return {what: value}

    return get


def set_chat_menu_button(world: World, given: Json) -> bool:
    world.menu_buttons[given.get("chat_id")] = given.get("menu_button", {"type": "default"})
    return True


def get_chat_menu_button(world: World, given: Json) -> Json:
    return world.menu_buttons.get(given.get("chat_id"), {"type": "default"})
