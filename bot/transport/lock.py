"""One process per bot: two that fetch with the same token take each other's updates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import BusyError, StorageError


@contextmanager
def polling_lock(state_dir: Path, bot_id: int) -> Iterator[None]:
    """Hold the bot while the block runs; `state_dir` exists. `bot_id` is the token's number.

    The operating system lets go of it when the process dies, however it dies. Raises BusyError
    where another process holds it, StorageError where the folder can't be written.
    """
    path = state_dir / f"bot-{bot_id}.lock"
    lock = FileLock(path, timeout=0, thread_local=False, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"This bot runs already: another process holds {path}.",
            "Stop that one first, or run this one with another bot's token.",
        ) from None
    except OSError as error:
        raise StorageError(
            f"The bot's lock {path} can't be taken: {error.strerror or error}.",
            "Set bot.state_dir to a folder that may be written.",
        ) from error
    try:
        yield
    finally:
        lock.release()
