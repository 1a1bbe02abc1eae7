"""People in their chats: what reaches the bot, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.botapi import NO_RATES, BotApiServer
from tests.botapi.calls import refusal, result
from tests.botapi.entities import found_entities
from tests.botapi.formatting import cut_utf16
from tests.botapi.spec import FULL

_GROUP = -1001


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(rates=NO_RATES) as server:
        yield server


def _new(server: BotApiServer) -> list[dict[str, Any]]:
    """What has reached the bot since the last look."""
    updates = [pending.json() for pending in server.updates.waiting()]
    server.updates.drop()
    if FULL.is_file():  # what the bot is sent is as the Bot API says, too
        assert [server.spec.faults("Update", one, "update") for one in updates] == [[]] * len(
            updates
        )
    return updates


def _say(server: BotApiServer, chat: int, text: str = "答", **more: Any) -> int:
    return int(result(server, "sendMessage", chat_id=chat, text=text, **more)["message_id"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/ask 问", [("bot_command", "/ask")]),
        ("/ask@qinwen_test_bot 问", [("bot_command", "/ask@qinwen_test_bot")]),
        ("😀 @qinwen_test_bot 问", [("mention", "@qinwen_test_bot")]),
        ("@qinwen_test_bot，问", [("mention", "@qinwen_test_bot")]),
        ("@qinwen_test_bot问", []),  # a Chinese character is a letter, too
        ("问@qinwen_test_bot", []),
        ("＠qinwen_test_bot 问", []),
        ("/ask问", []),
        ("a/b /c/d", []),
        ("见 a@b.cn #话题", [("email", "a@b.cn"), ("hashtag", "#话题")]),
        ("$AAPL $aapl", [("cashtag", "$AAPL")]),
        ("看https://a.cn/x，好", [("url", "https://a.cn/x")]),
    ],
)  # fmt: skip
def test_entities_of_what_is_typed(text: str, found: list[tuple[str, str]]) -> None:
    assert [
        (one["type"], cut_utf16(text, one["offset"], one["length"])) for one in found_entities(text)
    ] == found


def test_privacy_mode(server: BotApiServer) -> None:
    group = server.group(_GROUP)
    answer = _say(server, _GROUP)
    for text in ("闲聊", "＠qinwen_test_bot 问", "/ask@other_bot 问", "@other 问"):
        group.send(text)
    group.send_sticker()
    group.send("答非所问", reply_to=group.send("闲聊"))
    assert _new(server) == []
    for text in ("/ask 问", "/ask@Qinwen_Test_Bot 问", "喂 @qinwen_test_bot 问"):
        group.send(text)
    group.send("回答", reply_to=answer)
    group.send_photo("@qinwen_test_bot 图")
    group.join(5)
    assert len(_new(server)) == 6
    group.make_admin(server.world.bot.id)
    group.send("闲聊")
    assert len(_new(server)) == 1
    open_group = server.group(-1002, privacy=False)
    open_group.send("闲聊")
    assert len(_new(server)) == 1


def test_topics(server: BotApiServer) -> None:
    forum = server.group(_GROUP, topics=("股市", "闲谈"), privacy=False)
    topic = forum.topics["股市"]
    _new(server)
    asked = forum.send("问", topic=topic)
    (update,) = _new(server)
    message = update["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["chat"]["is_forum"]
    # Telegram says that it answers the message which opened the topic.
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "股市"
    answer = _say(server, _GROUP, message_thread_id=topic)
    assert forum.message(answer).topic == topic
    answer = _say(server, _GROUP, reply_parameters={"message_id": asked.id})
    assert (forum.message(answer).topic, forum.message(answer).reply_to) == (topic, asked.id)
    assert forum.send("再问", reply_to=answer).topic == topic
    assert forum.send("总话题").topic is None
    assert "thread not found" in refusal(
        server, "sendMessage", chat_id=_GROUP, text="a", message_thread_id=asked.id
    )


def test_a_chain_of_replies_is_no_topic(server: BotApiServer) -> None:
    group = server.group(_GROUP, privacy=False)
    first = group.send("一")
    second = group.send("二", reply_to=first)
    group.send("三", reply_to=second)
    threads = [one["message"].get("message_thread_id") for one in _new(server)]
    assert threads == [None, first.id, first.id]
    assert "thread not found" in refusal(
        server, "sendMessage", chat_id=_GROUP, text="a", message_thread_id=first.id
    )


def test_edits_forwards_and_things_that_are_no_text(server: BotApiServer) -> None:
    person = server.private(1001, name="小明")
    asked = person.send("/ask 一")
    assert person.edit(asked, "二").versions == ("/ask 一",)
    person.forward("转来的")
    for send in (person.send_photo, person.send_voice, person.send_sticker, person.send_document):
        send()
    updates = _new(server)
    assert updates[1]["edited_message"]["text"] == "二"
    assert "entities" not in updates[1]["edited_message"]
    assert updates[2]["message"]["forward_origin"]["type"] == "hidden_user"
    kinds = [next(k for k in ("photo", "voice", "sticker", "document") if k in one["message"])
             for one in updates[3:]]  # fmt: skip
    assert kinds == ["photo", "voice", "sticker", "document"]
    assert updates[0]["message"]["from"] == {
        "id": 1001,
        "is_bot": False,
        "first_name": "小明",
        "language_code": "zh-hans",
    }


def test_a_bot_that_is_blocked_or_thrown_out_is_silent(server: BotApiServer) -> None:
    person, group = server.private(1001), server.group(_GROUP)
    person.block()
    group.remove_bot()
    assert refusal(server, "sendMessage", chat_id=1001, text="a") == (
        "Forbidden: bot was blocked by the user"
    )
    assert refusal(server, "sendMessage", chat_id=_GROUP, text="a") == (
        "Forbidden: bot was kicked from the supergroup chat"
    )
    person.unblock()
    group.add_bot()
    _say(server, 1001), _say(server, _GROUP)
    result(server, "leaveChat", chat_id=_GROUP)
    group.wait_until_left(0)
    assert group.bot_left
    assert [next(k for k in one if k != "update_id") for one in _new(server)] == [
        "my_chat_member", "my_chat_member", "my_chat_member", "my_chat_member", "message",
    ]  # fmt: skip


def test_a_group_that_becomes_a_supergroup(server: BotApiServer) -> None:
    old = server.group(_GROUP, kind="group")
    new = old.migrate(-1009)
    told = [one["message"] for one in _new(server)]
    assert told[0]["migrate_to_chat_id"] == told[1]["chat"]["id"] == -1009
    assert "upgraded to a supergroup" in refusal(server, "sendMessage", chat_id=_GROUP, text="a")
    assert new.message(_say(server, -1009)).text == "答"


def test_channels_and_those_who_write_as_one(server: BotApiServer) -> None:
    channel = server.channel(-1005)
    channel.send("一则")
    group = server.group(_GROUP, privacy=False)
    group.auto_forward("又一则", channel)
    group.send_as_group("@qinwen_test_bot 问")
    post, _, forwarded, anonymous = _new(server)
    assert (post["channel_post"]["sender_chat"]["id"], "from" in post["channel_post"]) == (
        -1005,
        False,
    )
    assert forwarded["message"]["is_automatic_forward"]
    assert forwarded["message"]["from"]["id"] == 777000
    assert anonymous["message"]["sender_chat"]["id"] == _GROUP
    assert anonymous["message"]["from"]["is_bot"]


def test_buttons_of_messages_that_are_gone(server: BotApiServer) -> None:
    person = server.private(1001)
    keyboard = {"inline_keyboard": [[{"text": "👍 1", "callback_data": "x"}]]}
    answer = _say(server, 1001, reply_markup=keyboard)
    with pytest.raises(AssertionError, match="No button '👎'"):
        person.press(answer, "👎")
    person.press(answer, "👍")
    person.delete(answer)
    person.press_data(answer, "x")
    fresh, gone = (one["callback_query"]["message"] for one in _new(server))
    assert (fresh["text"], gone["date"], "text" in gone) == ("答", 0, False)


def test_waiting(server: BotApiServer) -> None:
    person = server.private(1001)
    asked = person.send("问")
    with pytest.raises(AssertionError, match="1: '问'"):
        person.wait_for(timeout_s=0.05)
    person.quiet(0.05, asked)
    _say(server, 1001, reply_parameters={"message_id": asked.id})
    assert person.answer_to(asked, 0).text == "答"
    with pytest.raises(AssertionError, match="should be silent"):
        person.quiet(0.05, asked)
