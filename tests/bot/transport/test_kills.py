"""A bot process is killed with messages in every state, and each of them is answered."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.bot.transport.bots import inbox_in
from tests.botapi.server import BotApiServer

ROOT = Path(__file__).resolve().parents[3]
KILLS, MESSAGES = 2, 40
SEED = 20


def start(server: BotApiServer, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bot.transport.echo_process"]
    return subprocess.Popen([*command, server.url, server.token, str(folder)], cwd=ROOT)


def wait_until(seen, timeout_s: float = 180) -> None:
    end = time.monotonic() + timeout_s
    while not seen():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_kills_lose_nothing_and_repeat_only_what_was_not_yet_marked(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with BotApiServer() as server:
        people = [server.private(user) for user in range(1_001, 1_021)]
        asked = [f"答：{number}" for number in range(MESSAGES)]
        process = start(server, tmp_path)
        try:
            for number in range(MESSAGES):
                people[number % len(people)].send(str(number))
            for kill in range(KILLS):
                # Somewhere in the answering; the last kills find some that were begun before.
                answered = len(server.sent)
                wait_until(lambda so_far=answered: len(server.sent) > so_far)
                time.sleep(chance.uniform(0, 0.3))
                process.kill()
                process.wait()
                process = start(server, tmp_path)
                people[kill].send(f"later {kill}")
                asked.append(f"答：later {kill}")
            wait_until(lambda: {one.text for one in server.sent} == set(asked))
            inbox = inbox_in(tmp_path)
            wait_until(lambda: not inbox.waiting())
        finally:
            process.kill()
            process.wait()
        copies = Counter(one.text for one in server.sent)
        # Between Telegram's acceptance and our mark there are never more than a few.
        assert sum(copies.values()) - len(asked) <= 3 * KILLS
        assert server.violations == []
