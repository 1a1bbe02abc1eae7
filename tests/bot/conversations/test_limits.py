"""Too many questions: one friendly word, then quiet. Too much at once: a word to each."""

from __future__ import annotations

from tests.bot.conversations.conftest import Start
from tests.bot.conversations.test_private import LENGTH
from tests.botapi import NO_RATES, BotApiServer

SLOWLY = "问得有点快"


def test_a_user_is_told_once_and_commands_do_not_count(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_PER_USER="3")
        chat = api.private(8_001)
        for _ in range(3):
            assert "3.6公里" in chat.answer_to(chat.send(LENGTH)).text
        told = chat.answer_to(chat.send(LENGTH))
        assert SLOWLY in told.text
        for text in (LENGTH, "/search 海雾大桥", f"/ask {LENGTH}"):
            chat.send(text)
        assert "/search" in chat.answer_to(chat.send("/help")).text
        said = [one.text for one in chat.bot_messages if one.id > told.id]
        assert len(said) == 1
        assert SLOWLY in chat.press(chat.bot_messages[0], "看原文段落").wait().text
        other = api.private(8_002)
        assert "3.6公里" in other.answer_to(other.send(LENGTH)).text
        assert api.violations == []


def test_a_group_is_told_once(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_PER_CHAT="2")
        group = api.group(-6_001)
        for user in (701, 702):
            assert "3.6公里" in group.answer_to(group.send(f"/ask {LENGTH}", as_user=user)).text
        told = group.answer_to(group.send(f"/ask {LENGTH}", as_user=703))
        assert SLOWLY in told.text
        group.send(f"/ask {LENGTH}", as_user=704)
        group.quiet(0.5, told)
        assert api.violations == []


def test_inline_has_limits_of_its_own(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_PER_USER="1")
        chat = api.private(8_001)
        offered = [len(chat.inline("海雾大桥"[: 1 + n % 4] + str(n)).results()) for n in range(7)]
        assert all(offered[:5]) and not any(offered[5:])
        assert "3.6公里" in chat.answer_to(chat.send(LENGTH)).text


def test_overload_says_how_many_are_before(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_WORKERS="1", BOT_QUEUE="1", BOT_PER_USER="1000")
        chats = [api.private(user) for user in range(8_100, 8_160)]
        asked = [chat.send(LENGTH) for chat in chats]
        said = [chat.answer_to(one, 30).text for chat, one in zip(chats, asked, strict=True)]
        answered = [text for text in said if "3.6公里" in text]
        put_off = [text for text in said if "前面还有 2 个问题" in text]
        assert len(answered) + len(put_off) == len(chats)
        assert answered and put_off


def test_the_wait_of_a_private_chat_is_kept_though_many_ask(started: Start) -> None:
    """With Telegram's real limits on: nothing is refused, everybody is answered."""
    with BotApiServer() as api:
        started(api, BOT_PER_USER="1000")
        chats = [api.private(user) for user in range(8_200, 8_230)]
        asked = [(chat, chat.send(LENGTH)) for chat in chats for _ in range(2)]
        for chat, one in asked:
            assert "3.6公里" in chat.answer_to(one, 30).text
        assert [one for one in api.refusals if one.code == 429] == []
        assert api.violations == []


# As long as a question may be, and no two characters alike: that takes a while.
LONG = "".join(chr(0x4E00 + 7 * number) for number in range(990))


def test_whoever_waits_too_long_is_told(started: Start) -> None:
    with BotApiServer(rates=NO_RATES) as api:
        started(api, BOT_WORKERS="1", BOT_TIME_BUDGET_S="0.1")
        chats = [api.private(user) for user in range(8_301, 8_341)]
        asked = [chat.send(LONG) for chat in chats]
        said = [chat.answer_to(one, 60).text for chat, one in zip(chats, asked, strict=True)]
        late = [text for text in said if "时间太长" in text]
        assert late and len(late) + sum("没有找到" in text for text in said) == len(chats)
        assert all(len(chat.bot_messages) == 1 for chat in chats)
        assert api.violations == []
