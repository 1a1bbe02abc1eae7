"""The process: how it starts, ends, and what it says when it can't."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bot.conversations.conftest import Start
from tests.bot.conversations.process import BotProcess
from tests.bot.conversations.test_private import LENGTH
from tests.botapi import NO_RATES, TOKEN, BotApiServer
from tests.index.runs import Site

BONDS = "北湾市发行多少亿元绿色债券"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_answers_at_work_be_sent(started: Start, number: signal.Signals) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        bot = started(api)
        chats = [api.private(user) for user in range(8_000, 8_020)]
        asked = [chat.send(LENGTH) for chat in chats]
        chats[0].wait_for()
        assert bot.stop(number) == 0
        said = len(api.sent)
        assert not (bot.state_dir / "heartbeat").exists()
        bot.start()
        for chat, one in zip(chats, asked, strict=True):
            assert "3.6公里" in chat.answer_to(one, 30).text
        assert bot.stop() == 0
        assert len(api.sent) == len(chats) >= said >= 1
        assert "Traceback" not in bot.log


def test_what_was_asked_while_it_was_down_is_answered(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        bot = started(api)
        chat = api.private(8_001)
        old = chat.answer_to(chat.send(BONDS))
        chat.quiet(0.3, old)  # until that is remembered
        bot.kill()
        asked = chat.send("票面利率呢？")
        bot.start()
        follow = chat.answer_to(asked)
        assert "2.95%" in follow.text and "检索：" in follow.text
        assert "👍 1" in chat.press(old, "👍").wait().text
        assert len(chat.bot_messages) == 2


def test_with_nothing_kept_it_forgets_at_its_end(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        bot = started(api, BOT_KEEP_QUESTIONS="false")
        chat = api.private(8_001)
        old = chat.answer_to(chat.send(BONDS))
        assert "👍 1" in chat.press(old, "👍").wait().text
        bot.stop()
        assert not (bot.state_dir / "bot.sqlite").exists()
        bot.start()
        assert "已过期" in chat.press(old, "👍").wait().text


def one_line(bot: BotProcess) -> str:
    """The last line, which is for people."""
    line = bot.log.splitlines()[-1]
    assert line.startswith("qinwen: "), bot.log
    return line


def test_without_an_index(started: Start, tmp_path: Path) -> None:
    with BotApiServer() as api:
        bot = started(api, ready=False, index=tmp_path / "none")
        assert bot.ended() == 3
        assert "reindex" in one_line(bot)
        assert bot.log.count("\n") == 1
        assert not api.calls


def test_without_a_token(started: Start) -> None:
    with BotApiServer() as api:
        bot = started(api, ready=False, BOT_TOKEN="")
        assert bot.ended() == 2
        assert "QINWEN_BOT_TOKEN" in one_line(bot)


def test_with_a_token_that_is_refused(started: Start) -> None:
    with BotApiServer() as api:
        wrong = "424242:" + "A" * 35
        bot = started(api, ready=False, BOT_TOKEN=wrong)
        assert bot.ended() == 2
        assert "BotFather" in one_line(bot)
        assert "A" * 35 not in bot.log


def test_a_token_that_is_revoked_later(started: Start) -> None:
    with BotApiServer() as api:
        bot = started(api)
        api.token = "1:another"
        assert bot.ended() == 1
        assert "refuses the token" in one_line(bot)


def test_with_a_setting_that_is_wrong(started: Start) -> None:
    with BotApiServer() as api:
        bot = started(api, ready=False, BOT_QUEUE="many")
        assert bot.ended() == 2
        assert "bot.queue" in one_line(bot) or "QINWEN_BOT_QUEUE" in one_line(bot)


def test_a_second_process_with_the_same_token_and_folder(started: Start) -> None:
    with BotApiServer() as api:
        first = started(api)
        log = len(first.log)
        second = started(api, ready=False)
        assert second.ended() == 2
        assert "runs already" in second.log[log:]
        chat = api.private(8_001)
        assert "3.6公里" in chat.answer_to(chat.send(LENGTH)).text
        assert first.stop() == 0


def test_another_program_that_polls_with_the_token(started: Start) -> None:
    with BotApiServer() as api:
        bot = started(api)
        end = time.monotonic() + 60
        while bot.process.poll() is None and time.monotonic() < end:
            address = f"{api.url}/bot{TOKEN}/getUpdates?timeout=1"
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(address, timeout=30).read()
        assert bot.ended() == 2
        assert "409" in one_line(bot)
        assert "another program fetches updates" in bot.log


def test_telegram_that_comes_later(started: Start, tmp_path: Path, site: Site) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with BotApiServer() as api:
        api.url, real = f"http://127.0.0.1:{port}", api.url
        bot = started(api, ready=False)
        bot.wait_until(lambda: "can't be reached" in bot.log, "complaining")
        assert bot.stop() == 0
        api.url = real
        bot.start()


def test_health_and_metrics(started: Start) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_HEALTH_PORT=str(port), BOT_LOG_FORMAT="json")
        chat = api.private(8_001)
        chat.answer_to(chat.send(LENGTH))
        chat.answer_to(chat.send("火星上有几家咖啡馆？"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as said:
            assert json.load(said)["status"] == "ok"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as said:
            lines = said.read().decode().splitlines()
        assert 'qinwen_questions_total{outcome="answered"} 1.0' in lines
        assert 'qinwen_questions_total{outcome="refused"} 1.0' in lines
        assert 'qinwen_updates_total{kind="message"} 2.0' in lines
        assert "qinwen_questions_waiting 0.0" in lines


def test_by_webhook(started: Start) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with BotApiServer(rates=NO_RATES) as api:
        url = f"http://127.0.0.1:{port}/hook"
        bot = started(api, BOT_WEBHOOK_URL=url, BOT_WEBHOOK_PORT=str(port))
        chat = api.private(8_001)
        assert "3.6公里" in chat.answer_to(chat.send(LENGTH)).text
        forged = {"update_id": 1, "message": {"message_id": 9, "date": 1, "text": LENGTH,
                  "chat": {"id": 8_001, "type": "private"},
                  "from": {"id": 8_001, "is_bot": False, "first_name": "x"}}}  # fmt: skip
        for secret in (None, "wrong"):
            headers = {"Content-Type": "application/json"}
            headers |= {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
            request = urllib.request.Request(url, json.dumps(forged).encode(), headers)
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(request)
        assert api.calls["getUpdates"] == 0
        assert bot.stop() == 0
        assert len(chat.bot_messages) == 1


@pytest.mark.parametrize("module", ["bot", "index"])
def test_help_by_both_names(module: str) -> None:
    command = [sys.executable, "-m", module, *(["bot"] if module == "index" else []), "--help"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0 and "--index" in ran.stdout and "qinwen bot" in ran.stdout


def test_the_command_hands_over(started: Start, site: Site, tmp_path: Path) -> None:
    with BotApiServer() as api:
        bot = BotProcess(api, site.index, tmp_path / "bot", site.cache)
        bot.home.mkdir()
        command = [sys.executable, "-m", "index", "bot", "--index", str(site.index)]
        with bot.log_file.open("ab") as log:
            bot.process = subprocess.Popen(command, env=bot.env, cwd=bot.home, stderr=log)
        try:
            bot.wait_until(lambda: "The bot answers." in bot.log, "answering")
            assert bot.stop() == 0
        finally:
            bot.close()
