"""Inline mode, in any chat."""

from __future__ import annotations

import pytest

from tests.bot.conversations.process import BotProcess
from tests.bot.conversations.test_private import LENGTH, person
from tests.botapi import BotApiServer


def test_the_answer_and_the_passages_are_offered(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    answer = chat.inline(LENGTH)
    offered = answer.wait()
    titles = [one["title"] for one in offered["results"]]
    assert titles[:2] == ["3.6公里", "海雾大桥今日通车"]
    assert all(len(one["id"].encode()) <= 64 for one in offered["results"])
    assert offered["cache_time"] > 0 and offered["is_personal"]
    chosen = answer.choose(0)
    assert LENGTH in chosen.text and not chosen.preview
    # What is sent by way of the bot is no question to it.
    chat.quiet(0.4, chosen)


def test_what_was_offered_is_kept_by_telegram(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    chat.inline(LENGTH).wait()
    before = api.calls["answerInlineQuery"]
    chat.inline(LENGTH).wait()
    assert api.calls["answerInlineQuery"] == before


@pytest.mark.parametrize("text", ["", "  ", "😀", "你好"])
def test_where_nothing_is_asked_nothing_is_offered(
    bot: BotProcess, api: BotApiServer, text: str
) -> None:
    offered = person(api).inline(text).wait()
    assert offered["results"] == [] and "私聊" in offered["button"]["text"]


def test_in_the_typists_language(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api, "zh-hant")
    group = api.group(-2_900)
    group._who(chat.id).language = "zh-hant"
    assert "來源" in group.inline(LENGTH, as_user=chat.id).choose(0).text
