"""The chat window in the terminal."""

from __future__ import annotations

import io
import subprocess
import sys
import threading

from tests.botapi import NO_RATES, BotApiServer
from tests.botapi.calls import result
from tests.botapi.chat import Window
from tests.botapi.formatting import parse_html
from tests.botapi.terminal import styled


def test_styles_on_a_terminal() -> None:
    html = "<b>粗😀</b>常 <a href='https://a.cn/'>题</a>\n"
    html += "<blockquote>引 <u>文</u>\n下</blockquote>\x1b[2J"
    text, entities = parse_html(html)
    assert styled(text, entities, colour=False) == ("粗😀常 题 (https://a.cn/)\n│ 引 文\n│ 下[2J")
    assert styled("粗常", parse_html("<b>粗</b>常")[1], colour=True) == "\x1b[1m粗\x1b[0m常"


def _echo(server: BotApiServer, stop: threading.Event) -> None:
    """A bot in a few lines."""
    offset = 0
    while not stop.is_set():
        for update in result(server, "getUpdates", offset=offset, timeout=1):
            offset = update["update_id"] + 1
            if "message" in update:
                keyboard = [[{"text": "更多", "callback_data": "x"}, {"text": "站", "url": "a.cn"}]]
                result(
                    server,
                    "sendMessage",
                    chat_id=update["message"]["chat"]["id"],
                    text=f"<b>{update['message']['text']}</b>",
                    parse_mode="HTML",
                    reply_markup={"inline_keyboard": keyboard},
                )
            else:
                pressed = update["callback_query"]
                result(server, "answerCallbackQuery", callback_query_id=pressed["id"], text="好")


def test_a_talk_in_the_window() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        stop, out = threading.Event(), io.StringIO()
        bot = threading.Thread(target=_echo, args=(server, stop))
        bot.start()
        Window(server.private(1001), out).run(["你好\n", "\n", "#1\n", "#2\n", "#3\n"], 10)
        stop.set()
        bot.join()
    lines = out.getvalue().splitlines()
    assert lines == [
        "> 你好",
        "你好",
        "[#1 更多] [#2 站]",
        "",
        "! 好",
        "! a.cn",
        "! There is no button #3.",
    ]


def test_a_bot_that_fails_shows_why() -> None:
    code = "import os, sys; sys.exit('no index at ' + os.environ['QINWEN_BOT_API_URL'][:16])"
    run = subprocess.run(
        [sys.executable, "-m", "tests.botapi.chat", "--", sys.executable, "-c", code],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert run.stderr == "no index at http://127.0.0.1\n"
