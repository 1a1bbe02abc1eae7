"""Groups and topics: who is answered, where, and who is left in peace."""

from __future__ import annotations

from itertools import count

import pytest

from tests.bot.conversations.conftest import Start
from tests.bot.conversations.process import ADMIN, BotProcess
from tests.bot.conversations.test_private import LENGTH
from tests.botapi import NO_RATES, BotApiServer, GroupChat

_GROUPS = count(-3_000, -1)
BONDS = "北湾市发行多少亿元绿色债券"
ME = "qinwen_test_bot"


def new_group(api: BotApiServer, *topics: str, privacy: bool = True) -> GroupChat:
    return api.group(next(_GROUPS), topics=topics, privacy=privacy)


# What is sent in a group with privacy mode on, and whether an answer comes.
ANSWERED = [
    f"/ask {LENGTH}",
    f"/ask@{ME} {LENGTH}",
    f"/ASK@{ME.upper()} {LENGTH}",
    f"@{ME} {LENGTH}",
    f"{LENGTH} @{ME}",
    f"请问 @{ME}，{LENGTH}",
    f"@{ME} /ask {LENGTH}",
]
IGNORED = [
    LENGTH,
    f"/ask@another_bot {LENGTH}",
    "@another_bot 你好",
    "/nonsense",
    "/status",
    f"mail@{ME}.example.com 是邮箱",
]


@pytest.mark.parametrize("text", ANSWERED)
def test_who_addresses_the_bot_is_answered(bot: BotProcess, api: BotApiServer, text: str) -> None:
    group = new_group(api)
    asked = group.send(text)
    answer = group.answer_to(asked)
    assert "3.6公里" in answer.text
    assert "检索：" not in answer.text or "请问" in text


@pytest.mark.parametrize("text", IGNORED)
@pytest.mark.parametrize("privacy", [True, False], ids=["privacy", "open"])
def test_all_else_is_met_with_silence(
    bot: BotProcess, api: BotApiServer, text: str, privacy: bool
) -> None:
    group = new_group(api, privacy=privacy)
    asked = group.send(text)
    last = group.answer_to(group.send(f"/ask {BONDS}"))
    assert [one.id for one in group.bot_messages] == [last.id], asked


@pytest.mark.parametrize(
    "text",
    [f"＠{ME} {LENGTH}", f"问一下@{ME}：{LENGTH}", f"＠ＱＩＮＷＥＮ＿ｔｅｓｔ＿ｂｏｔ{LENGTH}"],
)
def test_mentions_that_telegram_does_not_mark(
    bot: BotProcess, api: BotApiServer, text: str
) -> None:
    group = new_group(api, privacy=False)
    assert "3.6公里" in group.answer_to(group.send(text)).text


@pytest.mark.parametrize("send", ["send_sticker", "send_voice", "send_photo", "send_document"])
def test_pictures_and_voices_are_none_of_its_business(
    bot: BotProcess, api: BotApiServer, send: str
) -> None:
    group = new_group(api, privacy=False)
    getattr(group, send)()
    group.forward(f"@{ME} {LENGTH}")
    group.auto_forward(f"@{ME} {LENGTH}", api.channel(next(_GROUPS)))
    last = group.answer_to(group.send(f"/ask {BONDS}"))
    assert [one.id for one in group.bot_messages] == [last.id]


def test_channel_posts_are_none_of_its_business(bot: BotProcess, api: BotApiServer) -> None:
    channel = api.channel(next(_GROUPS))
    post = channel.send(f"@{ME} {LENGTH}")
    channel.quiet(0.4, post)


def test_a_reply_to_the_bot_follows_on_its_answer(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api)
    bonds = group.answer_to(group.send(f"/ask {BONDS}", as_user=601))
    group.answer_to(group.send(f"/ask {LENGTH}", as_user=601))
    follow = group.answer_to(group.send("票面利率呢？", reply_to=bonds, as_user=602))
    assert "2.95%" in follow.text and "北湾市" in follow.text.split("\n")[0]
    further = group.answer_to(group.send("期限呢？", reply_to=follow, as_user=603))
    assert "北湾市" in further.text.split("\n")[0]


def test_without_a_reply_nothing_is_followed_in_groups(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api)
    group.answer_to(group.send(f"/ask {BONDS}"))
    assert "检索" not in group.answer_to(group.send("/ask 票面利率呢？")).text


def test_an_empty_mention_under_a_message_asks_what_that_says(
    bot: BotProcess, api: BotApiServer
) -> None:
    group = new_group(api)
    said = group.send(LENGTH, as_user=601)
    for text in (f"@{ME}", "/ask"):
        assert "3.6公里" in group.answer_to(group.send(text, reply_to=said, as_user=602)).text
    assert "/ask " in group.answer_to(group.send(f"@{ME}")).text


def test_topics_are_kept(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api, "股票", "闲聊")
    for name, topic in group.topics.items():
        asked = group.send(f"/ask {LENGTH}", topic=topic)
        answer = group.answer_to(asked)
        assert (answer.topic, "3.6公里" in answer.text) == (topic, True), name
        group.press(answer, "看原文段落").wait()
        assert group.answer_to(answer).topic == topic
        silent = group.send("票面利率呢？", topic=topic)
        group.quiet(0.3, silent)
    general = group.answer_to(group.send(f"/ask {LENGTH}"))
    assert general.topic is None


def test_each_topic_has_its_own_last_answer(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api, "股票", "闲聊")
    one, other = group.topics.values()
    group.answer_to(group.send(f"/ask {LENGTH}", topic=one))
    group.answer_to(group.send(f"/ask {BONDS}", topic=other))
    assert LENGTH in group.answer_to(group.send("/sources", topic=one)).text


def test_an_edited_question_in_a_group(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api)
    asked = group.send(f"/ask {LENGTH}")
    answer = group.answer_to(asked)
    group.edit(asked, f"@{ME} {BONDS}")
    assert "15亿元" in group.wait_for(lambda one: one.id == answer.id and one.edited).text
    group.edit(asked, "算了")
    group.quiet(0.3, answer)


def test_anonymous_administrators_are_answered(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api)
    assert "3.6公里" in group.answer_to(group.send_as_group(f"/ask {LENGTH}")).text


def test_the_admins_commands_do_not_exist_in_groups(bot: BotProcess, api: BotApiServer) -> None:
    group = new_group(api)
    asked = group.send(f"/status@{ME}", as_user=ADMIN)
    assert "没有这个命令" in group.answer_to(asked).text


def test_a_group_that_moves_gets_its_answer(bot: BotProcess, api: BotApiServer) -> None:
    group = api.group(next(_GROUPS), kind="group")
    assert "3.6公里" in group.answer_to(group.send(f"/ask {LENGTH}")).text
    new = group.migrate(next(_GROUPS))
    assert "3.6公里" in new.answer_to(new.send(f"/ask {LENGTH}")).text


def test_other_groups_are_left(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        mine = api.group(-5_001)
        started(api, BOT_CHATS="-5001")
        assert "3.6公里" in mine.answer_to(mine.send(f"/ask {LENGTH}")).text
        other = api.group(-5_002)
        other.send(f"/ask {LENGTH}")
        other.wait_until_left()
        assert other.bot_messages == []
        added = api.group(-5_003)
        added.add_bot()
        added.wait_until_left()
        chat = api.private(9_001)
        assert "3.6公里" in chat.answer_to(chat.send(LENGTH)).text
        assert api.violations == []


def test_strangers(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_USERS="8001, 8002")
        friend, stranger, admin = (api.private(user) for user in (8001, 8003, ADMIN))
        assert "3.6公里" in friend.answer_to(friend.send(LENGTH)).text
        told = stranger.answer_to(stranger.send(LENGTH))
        assert "指定的用户" in told.text
        for text in ("/start", "/help", LENGTH):
            stranger.send(text)
        stranger.send_sticker()
        stranger.quiet(0.5, told)
        assert "运行" in admin.answer_to(admin.send("/status")).text
        group = api.group(-5_001)
        asked = group.send(f"/ask {LENGTH}", as_user=8003)
        group.quiet(0.4, asked)
        answer = group.answer_to(group.send(f"/ask {LENGTH}", as_user=8002))
        assert "3.6公里" in answer.text
        assert group.press(answer, "👍", as_user=8003).wait().text == ""
        assert stranger.inline("海雾大桥").results() == []
        assert friend.inline("海雾大桥").results() != []
        assert api.violations == []
