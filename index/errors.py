"""The error tree, divided by what the caller does next.

Every message has three parts: what went wrong, with which value, and (as `remedy`) what to do now.
Errors become text in one place per program (`index.cli.main`, the bot's error handler).
"""

from __future__ import annotations


class QinwenError(Exception):
    """Root of all errors that qinwen raises on purpose.

    `exit_code` is what the command line returns for it.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class SettingsError(QinwenError):
    """Fix the settings, the arguments or the input, then run again."""

    exit_code = 2


class QuestionError(SettingsError):
    """The question can't be asked as it is (empty, too long): ask another way."""


class RemovalGuardError(SettingsError):
    """More posts vanished than the guard allows: look, then repeat with `--allow-removals`."""


class IndexMissingError(QinwenError):
    """There is no index yet: build one."""

    exit_code = 3


class SnapshotError(QinwenError):
    """The index can't be used (damaged, other format, other model): rebuild or roll back."""

    exit_code = 3


class BusyError(QinwenError):
    """Another run holds the writer's lock: try again later."""

    exit_code = 2


class StorageError(QinwenError):
    """The disk refused (full, read-only, no permission): make room, then run again."""

    exit_code = 1


class LanguageModelError(QinwenError):
    """The language model gave nothing that can be used: go on without it."""


class PostError(QinwenError):
    """One post can't be used: skip it, list it, go on."""
