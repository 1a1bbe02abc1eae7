"""Private chats, as tables: what somebody sends, and what they then see."""

from __future__ import annotations

from itertools import count

import pytest

from tests.bot.conversations.process import BotProcess
from tests.botapi import BotApiServer, PrivateChat

_USERS = count(10_000)
LENGTH = "海雾大桥全长多少公里？"

# What is sent, in which language of Telegram, and what is in the one reply.
SAID = [
    (LENGTH, "zh-hans", ["3.6公里", "海雾大桥今日通车", "青石晚报", "2021-12-08"]),
    ("海霧大橋全長多少公里？", "zh-hans", ["3.6公里", "海雾大桥今日通车"]),
    (LENGTH, "zh-hant", ["3.6公里", "來源"]),
    (LENGTH, "en", ["3.6公里", "Sources"]),
    ("海雾大桥全长多少公里?", None, ["3.6公里"]),
    ("火星上有几家咖啡馆？", "zh-hans", ["没有找到", "可能相关"]),
    ("火星上有幾家咖啡館？", "zh-hant", ["沒有找到", "可能相關"]),
    ("火星上有几家咖啡馆？", "en", ["No answer found"]),
    ("你好", "zh-hans", ["没有找到"]),
    ("😀😀", "zh-hans", ["没有找到"]),
    ("<b>&lt;海雾大桥</b>全长多少公里？", "zh-hans", ["3.6公里"]),
    ("字" * 1_001, "zh-hans", ["1,000"]),
    ("/start", "zh-hans", ["您好", "仅供参考，不构成投资建议"]),
    ("/start inline", "zh-hant", ["僅供參考，不構成投資建議"]),
    ("/start", "en", ["no investment advice"]),
    ("/help", "zh-hans", ["/search", "/forgetme"]),
    ("/help", "en", ["/search", "/forgetme"]),
    (f"/ask {LENGTH}", "zh-hans", ["3.6公里"]),
    (f"/ask@qinwen_test_bot {LENGTH}", "zh-hans", ["3.6公里"]),
    ("/ask", "zh-hans", ["/ask "]),
    ("/search 海雾大桥", "zh-hans", ["海雾大桥今日通车"]),
    ("/search since:2022-05-01 海雾大桥 until:2022-05-31", "zh-hans", ["研究人员在南礁发现座头鲸"]),
    ("/search 分类：财经 海雾大桥", "zh-hans", ["北湾市发行绿色债券"]),
    ("/search 分类:没有的 海雾大桥", "zh-hans", ["没有找到"]),
    ("/search 自:昨天 海雾大桥", "zh-hans", ["昨天", "2022-03-01"]),
    ("/search", "zh-hans", ["/search "]),
    ("/sources", "zh-hans", ["还没有"]),
    ("/latest", "zh-hans", ["研究人员在南礁发现座头鲸", "青石银行再调利率"]),
    ("/latest 交通 1", "zh-hans", ["海雾大桥今日通车"]),
    ("/latest 没有的", "zh-hans", ["没有符合条件的文章"]),
    ("/latest 99", "zh-hans", ["99", "/latest "]),
    ("/reset", "zh-hans", ["上文"]),
    ("/lang", "zh-hans", ["请选择语言"]),
    ("/lang en", "zh-hans", ["English"]),
    ("/lang ZH-hant", "en", ["繁體中文"]),
    ("/lang klingon", "zh-hans", ["klingon"]),
    ("/forgetme", "zh-hans", ["没有您的记录"]),
    ("/nonsense", "zh-hans", ["没有这个命令"]),
    ("/status", "zh-hans", ["没有这个命令"]),
    ("/reindex", "en", ["/help"]),
]


def person(api: BotApiServer, language: str | None = "zh-hans") -> PrivateChat:
    """Somebody who has never written before."""
    return api.private(next(_USERS), language)


@pytest.mark.parametrize(("text", "language", "seen"), SAID)
def test_one_reply(
    bot: BotProcess, api: BotApiServer, text: str, language: str | None, seen: list[str]
) -> None:
    chat = person(api, language)
    asked = chat.send(text)
    reply = chat.answer_to(asked)
    assert [part for part in seen if part not in reply.text] == [], reply.text
    assert not reply.preview
    if seen[0].startswith(("没有找到", "沒有找到", "No answer")):
        assert reply.text.startswith(seen[0])


def test_one_message_an_answer_in_their_order(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    asked = [chat.send(LENGTH), chat.send("/help"), chat.send("北湾市发行多少亿元绿色债券")]
    last = chat.answer_to(asked[-1])
    chat.quiet(0.3, last)
    assert [one.reply_to for one in chat.bot_messages] == [one.id for one in asked]


# What is no text, and what is said to it in private.
OTHER = {
    "sticker": (lambda chat: chat.send_sticker(), "文字"),
    "photo": (lambda chat: chat.send_photo("海雾大桥全长多少公里？"), "文字"),
    "voice": (lambda chat: chat.send_voice(), "文字"),
    "document": (lambda chat: chat.send_document(), "文字"),
    "forward": (lambda chat: chat.forward(LENGTH), "转发"),
}


@pytest.mark.parametrize("kind", OTHER)
def test_what_is_no_question_is_told_kindly_once(
    bot: BotProcess, api: BotApiServer, kind: str
) -> None:
    send, said = OTHER[kind]
    chat = person(api)
    reply = chat.answer_to(send(chat))
    assert said in reply.text
    send(chat)
    chat.quiet(0.4, reply)


def test_follow_ups_expire_with_reset(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    chat.answer_to(chat.send("北湾市绿色债券发行了多少亿元？"))
    follow = chat.answer_to(chat.send("票面利率呢？"))
    assert "2.95%" in follow.text
    assert "检索：" in follow.text and "绿色债券" in follow.text.split("\n")[0]
    chat.answer_to(chat.send("/reset"))
    alone = chat.answer_to(chat.send("票面利率呢？"))
    assert "检索：" not in alone.text


def test_a_reply_follows_on_what_it_replies_to(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    bonds = chat.answer_to(chat.send("北湾市绿色债券发行了多少亿元？"))
    chat.answer_to(chat.send(LENGTH))
    follow = chat.answer_to(chat.send("票面利率呢？", reply_to=bonds))
    assert "绿色债券" in follow.text.split("\n")[0]


def test_an_edited_question_has_its_answer_edited(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    asked = chat.send(LENGTH)
    answer = chat.answer_to(asked)
    chat.edit(asked, "北湾市发行多少亿元绿色债券")
    edited = chat.wait_for(lambda one: one.id == answer.id and one.edited)
    assert "15亿元" in edited.text and edited.buttons
    assert "没有" not in chat.press(edited, "👍").wait().text
    chat.edit(asked, "火星上有几家咖啡馆？")
    refused = chat.wait_for(lambda one: one.id == answer.id and one.edits == 2)
    assert refused.text.startswith("没有找到")
    assert len(chat.bot_messages) == 1


def test_an_edit_without_a_change_is_nothing(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    asked = chat.send(LENGTH)
    answer = chat.answer_to(asked)
    chat.edit(asked, LENGTH)
    chat.quiet(0.4, answer)
    assert not chat.message(answer).edited


def test_a_question_that_was_too_long_is_answered_once_shortened(
    bot: BotProcess, api: BotApiServer
) -> None:
    chat = person(api)
    asked = chat.send("字" * 1_001)
    told = chat.answer_to(asked)
    chat.edit(asked, LENGTH)
    assert "3.6公里" in chat.wait_for(after=told).text


def test_an_answer_deleted_before_the_edit_is_sent_anew(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    asked = chat.send(LENGTH)
    answer = chat.answer_to(asked)
    chat.delete(answer)
    chat.edit(asked, "北湾市发行多少亿元绿色债券")
    assert "15亿元" in chat.wait_for(after=answer).text


def test_sources_of_the_last_answer_and_of_the_one_replied_to(
    bot: BotProcess, api: BotApiServer
) -> None:
    chat = person(api)
    bridge = chat.answer_to(chat.send(LENGTH))
    chat.answer_to(chat.send("北湾市发行多少亿元绿色债券"))
    last = chat.answer_to(chat.send("/sources"))
    assert "绿色债券" in last.text.splitlines()[0]
    meant = chat.answer_to(chat.send("/sources", reply_to=bridge))
    assert LENGTH in meant.text


def test_the_language_that_was_chosen_stays(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    choice = chat.answer_to(chat.send("/lang"))
    chat.press(choice, "English").wait()
    assert "English" in chat.wait_for(lambda one: one.edited).text
    assert chat.answer_to(chat.send("火星上有几家咖啡馆？")).text.startswith("No answer found")
    chat.answer_to(chat.send("/lang auto"))
    assert chat.answer_to(chat.send("火星上有几家咖啡馆？")).text.startswith("没有找到")


def test_forgetme_forgets(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    answer = chat.answer_to(chat.send(LENGTH))
    assert "1" in chat.answer_to(chat.send("/forgetme")).text
    assert "还没有" in chat.answer_to(chat.send("/sources")).text
    assert "过期" in chat.press(answer, "👍").wait().text


def test_someone_who_has_blocked_the_bot_harms_nobody(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    chat.send(LENGTH)
    chat.block()
    other = person(api)
    assert "3.6公里" in other.answer_to(other.send(LENGTH)).text


def test_the_menus_are_set(bot: BotProcess, api: BotApiServer) -> None:
    chat = person(api)
    bot.wait_until(lambda: "forgetme" in chat.menu(), "menus set")
    assert "status" not in chat.menu()
    assert chat.menu()[0] == "ask"
