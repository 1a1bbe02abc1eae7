from __future__ import annotations

from bot.limits import Access
from index.settings_bot import BotSection

ADMIN, FRIEND, STRANGER = 1, 2, 3
OURS, OTHER = -100, -200


def access(**settings: tuple[int, ...]) -> Access:
    return Access(BotSection.model_validate(settings))


def test_without_lists_everyone_is_answered_everywhere_and_nobody_is_an_admin() -> None:
    everyone = access()
    assert everyone.may_use(STRANGER, STRANGER)
    assert everyone.may_use(STRANGER, OTHER)
    assert everyone.may_use(STRANGER, None)
    assert everyone.may_stay(OTHER)
    assert not everyone.is_admin(STRANGER)


def test_with_users_listed_only_they_and_the_admins_are_answered() -> None:
    listed = access(users=(FRIEND,), admins=(ADMIN,))
    for chat in (FRIEND, OTHER, None):
        assert listed.may_use(FRIEND, chat)
        assert listed.may_use(ADMIN, chat)
        assert not listed.may_use(STRANGER, chat)
    assert listed.is_admin(ADMIN)
    assert not listed.is_admin(FRIEND)


def test_with_groups_listed_others_are_left_and_silent_until_then() -> None:
    listed = access(chats=(OURS,), admins=(ADMIN,))
    assert listed.may_stay(OURS)
    assert not listed.may_stay(OTHER)
    assert listed.may_use(STRANGER, OURS)
    assert not listed.may_use(ADMIN, OTHER)
    assert listed.may_use(STRANGER, STRANGER)
    assert listed.may_use(STRANGER, None)
