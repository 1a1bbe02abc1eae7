#!/usr/bin/env python3
"""Load on the real bot: N people ask at once, on a Bot API server of this machine.

    python -m scripts.load_bot --index DIR [--people N] [--questions N] [--from FILE]

Prints one JSON object: how many were answered, how many came twice, seconds from a question to its
answer (p50, p95), questions a second, and the bot's memory after a tenth of the questions and after
all of them. FILE has a question a line. Telegram's limits are off, so that it is the bot that is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path

from index.evaluation.scores import percentile
from tests.botapi import NO_RATES, BotApiServer
from tests.botapi.people import Talk
from tests.botapi.seen import Seen

WAIT_S = 300.0
QUESTIONS = (
    "琴岛e保的首席承保方是哪家保险公司？",
    "琴岛e保2030年有多少人参保？",
    "海上风电装机多少？",
)


def main() -> int:
    """Start server and bot, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--from", dest="file", type=Path, help="questions, one a line")
    args = parser.parse_args()
    texts = args.file.read_text(encoding="utf-8").split("\n") if args.file else QUESTIONS
    texts = [text for text in texts if text.strip()]
    with tempfile.TemporaryDirectory() as state, BotApiServer(rates=NO_RATES) as server:
        bot = _start(server, args.index, state)
        try:
            print(json.dumps(_load(server, bot.pid, texts, args.people, args.questions)))
        finally:
            bot.terminate()
            bot.wait(WAIT_S)
    return 0


def _start(server: BotApiServer, index: Path, state: str) -> subprocess.Popen[bytes]:
    """The bot, when it asks for updates."""
    environment = os.environ | {
        "QINWEN_BOT_TOKEN": server.token,
        "QINWEN_BOT_API_URL": server.url,
        "QINWEN_BOT_STATE_DIR": state,
        "QINWEN_BOT_PER_USER": "10000",
        "QINWEN_BOT_PER_CHAT": "10000",
        "QINWEN_BOT_PER_MINUTE": "100000",
        "QINWEN_BOT_QUEUE": "10000",
        "QINWEN_BOT_TIME_BUDGET_S": str(WAIT_S),
    }
    command = [sys.executable, "-m", "bot", "--index", str(index)]
    bot = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while not server.calls["getUpdates"]:
        if bot.poll() is not None:
            sys.exit(f"The bot ended with code {bot.returncode}: see `qinwen bot --index {index}`.")
        time.sleep(0.05)
    return bot


def _load(
    server: BotApiServer, pid: int, texts: Sequence[str], people: int, questions: int
) -> dict[str, object]:
    """Everyone asks the next question as soon as the last one is answered."""
    chats = [server.private(1_000 + number) for number in range(people)]
    asked: deque[tuple[Talk, Seen, float]] = deque()
    took: list[float] = []
    early_mb = 0.0
    began = time.monotonic()
    for number in range(questions + people):
        if number >= people:
            chat, message, sent = asked.popleft()
            chat.answer_to(message, WAIT_S)
            took.append(time.monotonic() - sent)
            if len(took) == questions // 10:
                early_mb = _memory_mb(pid)
        if number < questions:
            chat = chats[number % people]
            asked.append((chat, chat.send(texts[number % len(texts)]), time.monotonic()))
    seconds = time.monotonic() - began
    replies = Counter((one.chat_id, one.reply_to) for one in server.sent)
    return {
        "people": people,
        "questions": questions,
        "answered": len(replies),
        "twice": len(server.sent) - len(replies),
        "seconds_p50": round(percentile(took, 0.5) or 0.0, 2),
        "seconds_p95": round(percentile(took, 0.95) or 0.0, 2),
        "questions_a_second": round(questions / seconds, 2),
        "memory_mb": [round(early_mb), round(_memory_mb(pid))],
        "violations": len(server.violations),
    }


def _memory_mb(pid: int) -> float:
    """Resident, from /proc (Linux); 0 elsewhere."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
