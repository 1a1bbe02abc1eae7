"""Who the bot is, what chats it is in, and who else is there."""

from __future__ import annotations

from tests.botapi.errors import bad
from tests.botapi.state import Chat, Json, World


def get_me(world: World, given: Json) -> Json:
    return world.bot.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, given: Json) -> Json:
    chat = world.chat(given["chat_id"])
    gifts = {
        "unlimited_gifts": True,
        "limited_gifts": True,
        "unique_gifts": True,
        "premium_subscription": True,
        "gifts_from_channels": True,
    }
    return chat.json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }


def get_chat_member(world: World, given: Json) -> Json:
    chat = world.chat(given["chat_id"])
    user = world.users.get(given["user_id"])
    if user is None:
        raise bad("user not found")
    return member(world, chat, user.id)


def get_chat_administrators(world: World, given: Json) -> list[Json]:
    chat = world.chat(given["chat_id"])
    return [member(world, chat, user_id) for user_id in sorted(chat.admins)]


def get_chat_member_count(world: World, given: Json) -> int:
    return len(world.chat(given["chat_id"]).members) + 1


def leave_chat(world: World, given: Json) -> bool:
    chat = world.chat(given["chat_id"])
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    chat.gone = f"bot is not a member of the {chat.type} chat"
    chat.changed.notify_all()
    return True


def member(world: World, chat: Chat, user_id: int) -> Json:
    """A user's place in a chat."""
    shown: Json = {"user": world.users[user_id].json(), "status": "member"}
    if user_id in chat.admins:
        shown |= {
            "status": "administrator",
            "can_be_edited": False,
            "is_anonymous": False,
        }
        shown |= dict.fromkeys(_RIGHTS, True)
    elif user_id != world.bot.id and user_id not in chat.members:
        shown["status"] = "left"
    return shown


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
