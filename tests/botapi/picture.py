"""A talk with the bot as a picture.

`python -m tests.botapi.picture chat.svg --index DIR QUESTION…` starts a Bot API server on loopback
and the bot, asks the questions as a person does, and draws what they see. Times are local ones.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.botapi.chat import ANSWER_WAIT_S, run_with_bot
from tests.botapi.drawing import drawn
from tests.botapi.people import Talk
from tests.botapi.rates import NO_RATES
from tests.botapi.server import BotApiServer

_STOP_S = 15.0


def talk(person: Talk, bot: subprocess.Popen[bytes], questions: Iterable[str]) -> None:
    """Asks one after the other, each when the one before is answered."""
    for question in questions:
        asked = person.send(question)
        end = time.monotonic() + ANSWER_WAIT_S
        while True:
            try:
                person.wait_for(timeout_s=1.0, after=asked)
                break
            except AssertionError:
                if bot.poll() is not None or time.monotonic() > end:
                    raise


def main() -> int:
    """Asks the bot and writes the picture."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi.picture", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    parser.add_argument("--index", required=True, metavar="DIR", help="what the bot answers from")
    parser.add_argument("--language", default="zh-hans", help="the person's, as Telegram says it")
    parser.add_argument("questions", nargs="+", metavar="QUESTION")
    given = parser.parse_args()
    command = [sys.executable, "-m", "bot", "--index", given.index]
    with (
        tempfile.TemporaryDirectory() as state,
        tempfile.TemporaryFile("w+") as log,
        BotApiServer(rates=NO_RATES) as server,
    ):
        person = server.private(1001, given.language)
        bot = run_with_bot(server, command, log, state)
        try:
            talk(person, bot, given.questions)
        except AssertionError as error:
            log.seek(0)
            sys.stderr.write(f"{error}\n{log.read()}")
            return 1
        finally:
            bot.terminate()
            bot.wait(_STOP_S)
        given.out.write_text(drawn(person.messages), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
