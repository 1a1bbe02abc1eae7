"""Buttons: votes, pages, passages; old ones and forged ones."""

from __future__ import annotations

import pytest

from tests.bot.conversations.process import BotProcess
from tests.bot.conversations.test_private import LENGTH, person
from tests.botapi import BotApiServer


def test_votes_are_one_a_user_and_can_be_changed(bot: BotProcess, api: BotApiServer) -> None:
    group = api.group(-2001)
    asked = group.send(f"/ask {LENGTH}", as_user=501)
    answer = group.answer_to(asked)
    votes = [
        (501, "👍", "👍 1 · 👎 0"),
        (502, "👎", "👍 1 · 👎 1"),
        (502, "👍", "👍 2 · 👎 0"),
        (501, "👍", "👍 1 · 👎 0"),
    ]
    for user, button, said in votes:
        assert said in group.press(answer, button, as_user=user).wait().text
    assert not group.message(answer).edited


def test_more_sources_pages_by_editing(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    answer = chat.answer_to(chat.send(LENGTH))
    first = answer.links
    chat.press(answer, "更多来源").wait()
    second = chat.wait_for(lambda one: one.id == answer.id and one.edits == 1)
    assert "3.6公里" in second.text and second.links != first
    chat.press(second, "回到首页").wait()
    again = chat.wait_for(lambda one: one.id == answer.id and one.edits == 2)
    assert (again.text, again.links) == (answer.text, first)
    assert len(chat.bot_messages) == 1


def test_the_passage_is_shown_whole(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    answer = chat.answer_to(chat.send(LENGTH))
    chat.press(answer, "看原文段落").wait()
    passage = chat.answer_to(answer)
    assert "全长3.6公里，由青石桥梁集团承建" in passage.text


OLD = [
    "v1:AAAAAAAAAAAAAAAA:up:0",
    "v1:AAAAAAAAAAAAAAAA:more:1",
    "v0:x",
    "rubbish",
    "v1:a:b:c:d",
    "v1:AAAAAAAAAAAAAAAA:nonsense:0",
    "v1:AAAAAAAAAAAAAAAA:more:99999999",
    "v1:x:reindex:0",
]


@pytest.mark.parametrize("data", OLD)
def test_old_and_forged_buttons_are_expired(bot: BotProcess, api: BotApiServer, data: str) -> None:
    chat = person(api)
    answer = chat.answer_to(chat.send(LENGTH))
    assert "已过期" in chat.press_data(answer, data).wait().text


def test_a_button_of_another_chat_is_expired(bot: BotProcess, api: BotApiServer) -> None:
    one, other = person(api), person(api)
    theirs = one.answer_to(one.send(LENGTH)).button("👍").data
    mine = other.answer_to(other.send(LENGTH))
    assert theirs and "已过期" in other.press_data(mine, theirs).wait().text


def test_a_button_of_a_deleted_message_is_expired(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    answer = chat.answer_to(chat.send(LENGTH))
    chat.delete(answer)
    assert "已过期" in chat.press(answer, "👍").wait().text
