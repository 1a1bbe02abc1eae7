"""A chat window in the terminal, on a Bot API server on loopback.

`python -m tests.botapi.chat -- qinwen bot` starts the server, the bot with its address and token,
and the window. What is typed is sent; `#1` presses the first button; Ctrl-D ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from typing import TextIO

from tests.botapi.people import Talk
from tests.botapi.rates import NO_RATES
from tests.botapi.seen import Seen
from tests.botapi.server import BotApiServer
from tests.botapi.terminal import shown

ANSWER_WAIT_S = 60.0
_STOP_S = 15.0
_PRESS = re.compile(r"#([0-9]+)")


class Window:
    """Prints what the bot says in a chat, and says what is typed."""

    def __init__(
        self, view: Talk, out: TextIO, *, colour: bool = False, typed_live: bool = False
    ) -> None:
        self._view = view
        self._out = out
        self._colour = colour
        self._typed_live = typed_live
        self._printed: dict[int, int] = {}
        self._printing = threading.Lock()
        self._closed = False
        self._printer = threading.Thread(target=self._watch, name="chat-window", daemon=True)

    def run(self, lines: Iterable[str], wait_s: float = ANSWER_WAIT_S) -> None:
        """Until the lines end. Lines that nobody types wait for the answer to the one before."""
        self._printer.start()
        self._prompt()
        try:
            for line in lines:
                if line.strip():
                    self._say(line.strip(), wait_s)
                self._prompt()
        finally:
            with self._view.world.lock:
                self._closed = True
                self._view.chat.changed.notify_all()
            self._printer.join()

    def _say(self, line: str, wait_s: float) -> None:
        press = _PRESS.fullmatch(line)
        try:
            if press:
                self._press(int(press[1]), wait_s)
                return
            message = self._view.send(line)
            if not self._typed_live:
                self._print(f"> {line}")
                self._view.wait_for(timeout_s=wait_s, after=message)
                self._show_news()
        except AssertionError as error:
            self._print(f"! {str(error).splitlines()[0]}")

    def _press(self, number: int, wait_s: float) -> None:
        rows = [(one, b) for one in self._view.bot_messages for row in one.buttons for b in row]
        last = rows[-1][0].id if rows else 0
        buttons = [button for one, button in rows if one.id == last]
        if not 1 <= number <= len(buttons):
            self._print(f"! There is no button #{number}.")
            return
        button = buttons[number - 1]
        if button.data is None:
            self._print(f"! {button.url}")
            return
        notice = self._view.press_data(last, button.data).wait(wait_s)
        if notice.text:
            self._print(f"! {notice.text}")

    def _watch(self) -> None:
        lock = self._view.world.lock
        while True:
            with lock:
                self._view.chat.changed.wait_for(lambda: self._closed or self._news())
                if self._closed and not self._news():
                    return
            self._show_news()

    def _show_news(self) -> None:
        with self._printing:
            for message in self._news():
                mark = "~ " if message.id in self._printed else ""
                self._printed[message.id] = message.edits
                self._print(mark + shown(message, colour=self._colour) + "\n")
                self._prompt()

    def _news(self) -> list[Seen]:
        """Messages of the bot that are new or were edited."""
        every = self._view.bot_messages
        return [one for one in every if self._printed.get(one.id) != one.edits]

    def _prompt(self) -> None:
        if self._typed_live:
            self._out.write("> ")
            self._out.flush()

    def _print(self, text: str) -> None:
        self._out.write(("\r" if self._typed_live else "") + text + "\n")
        self._out.flush()


def run_with_bot(
    server: BotApiServer, command: Sequence[str], log: TextIO, state: str
) -> subprocess.Popen[bytes]:
    """Starts the bot with the server's address and token; its output goes to `log`.

    `state` is the folder of what it remembers, where the environment names none: no longer than
    the server does.
    """
    environment = {"QINWEN_BOT_STATE_DIR": state} | os.environ
    environment |= {"QINWEN_BOT_TOKEN": server.token, "QINWEN_BOT_API_URL": server.url}
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def main() -> int:
    """The window with a server of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi.chat", description=__doc__)
    parser.add_argument("--user", type=int, default=1001, help="id of the person who writes")
    parser.add_argument("--language", default="zh-hans", help="their language, as Telegram says it")
    parser.add_argument("command", nargs="*", help="the bot, started with address and token")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as state,
        tempfile.TemporaryFile("w+") as log,
        BotApiServer(rates=NO_RATES) as server,
    ):
        bot = run_with_bot(server, given.command, log, state) if given.command else None
        if bot is None:
            print(f"QINWEN_BOT_TOKEN={server.token} QINWEN_BOT_API_URL={server.url} qinwen bot")  # noqa: T201
        elif not _answers(bot, server):
            return _ended(bot, log)
        live = sys.stdin.isatty()
        view = server.private(given.user, given.language)
        window = Window(view, sys.stdout, colour=sys.stdout.isatty(), typed_live=live)
        with contextlib.suppress(KeyboardInterrupt):
            window.run(sys.stdin)
        return _ended(bot, log) if bot else 0


def _answers(bot: subprocess.Popen[bytes], server: BotApiServer) -> bool:
    """Waits until the bot asks for updates; False: it has ended."""
    while not server.calls["getUpdates"] and not server.webhook.url:
        if bot.poll() is not None:
            return False
        time.sleep(0.1)
    return True


def _ended(bot: subprocess.Popen[bytes], log: TextIO) -> int:
    bot.terminate()
    try:
        code = bot.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        bot.kill()
        code = bot.wait()
    if code:
        log.seek(0)
        sys.stderr.write(log.read())
    return code


if __name__ == "__main__":
    sys.exit(main())
