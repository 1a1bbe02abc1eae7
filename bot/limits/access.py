"""Who may use the bot, from the lists in the settings. Ids only: usernames change hands."""

from __future__ import annotations

from index.settings_bot import BotSection


class Access:
    """The lists `bot.admins`, `bot.users` and `bot.chats`."""

    def __init__(self, bot: BotSection) -> None:
        self._admins = frozenset(bot.admins)
        self._users = frozenset(bot.users)
        self._chats = frozenset(bot.chats)

    def is_admin(self, user: int) -> bool:
        """Whether the admin's commands are theirs. Nobody's, where no admin is set."""
        return user in self._admins

    def may_use(self, user: int, chat: int | None) -> bool:
        """Whether `user` is answered in `chat` (None: inline, where the chat isn't told).

        Everyone is where no users are listed; admins always are. Nobody is in a group that the
        bot is about to leave.
        """
        if chat is not None and chat < 0 and not self.may_stay(chat):  # groups' ids are negative
            return False
        return not self._users or user in self._users or user in self._admins

    def may_stay(self, chat: int) -> bool:
        """Whether the bot stays in this group; in every one where none is listed."""
        return not self._chats or chat in self._chats
