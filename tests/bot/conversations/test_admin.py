"""The admin's commands, and those who aren't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.conversations.conftest import Start
from tests.bot.conversations.process import ADMIN, BotProcess
from tests.bot.conversations.test_private import LENGTH, person
from tests.botapi import NO_RATES, BotApiServer, PrivateChat
from tests.index.runs import Site
from tests.sites import HARBOUR, numbered_posts

MARS = "火星上有几家咖啡馆？"


@pytest.fixture
def admin(bot: BotProcess, api: BotApiServer) -> PrivateChat:
    return api.private(ADMIN, "zh-hans")


COMMANDS = ["status", "unanswered", "feedback", "why", "reload", "reindex"]


@pytest.mark.parametrize("command", COMMANDS)
def test_strangers_get_what_an_unknown_command_gets(
    bot: BotProcess, api: BotApiServer, command: str
) -> None:
    chat = person(api)
    replies = [chat.answer_to(chat.send(text)).text for text in (f"/{command}", "/nonsense")]
    assert replies[0] == replies[1]


def test_the_menu_is_the_admins_alone(
    bot: BotProcess, admin: PrivateChat, api: BotApiServer
) -> None:
    admin.answer_to(admin.send("/start"))
    bot.wait_until(lambda: {*COMMANDS, "ask", "help"} <= set(admin.menu()), "in the menu")
    assert not {*COMMANDS} & set(person(api).menu())
    assert "/unanswered" in admin.answer_to(admin.send("/help")).text
    other = person(api)
    assert "/unanswered" not in other.answer_to(other.send("/help")).text


def test_status(admin: PrivateChat) -> None:
    admin.answer_to(admin.send(LENGTH))
    text = admin.answer_to(admin.send("/status")).text
    for part in ("文章 15 篇", "段落 15 个", "最新 2022-05-20", "排队 0", "95%", "近 24 小时"):
        assert part in text


def test_unanswered_are_grouped_and_exported(admin: PrivateChat, api: BotApiServer) -> None:
    for text in (MARS, "火星上有几家咖啡馆", "火星上有幾家咖啡館？"):
        chat = person(api)
        chat.answer_to(chat.send(text))
    listed = admin.answer_to(admin.send("/unanswered")).text
    (line,) = [line for line in listed.splitlines() if "咖啡" in line]
    assert "3 次" in line
    file = admin.answer_to(admin.send("/unanswered csv"))
    assert file.file_name and file.file_name.endswith(".csv") and file.document
    assert "咖啡館" in file.document.decode("utf-8-sig")


def test_feedback(admin: PrivateChat, api: BotApiServer) -> None:
    chat = person(api)
    chat.press(chat.answer_to(chat.send(LENGTH)), "👎").wait()
    text = admin.answer_to(admin.send("/feedback")).text
    assert f"👎 1 {LENGTH} → 3.6公里" in text


def test_why(admin: PrivateChat) -> None:
    bridge = admin.answer_to(admin.send(LENGTH))
    last = admin.answer_to(admin.send("/why")).text
    assert "可信度" in last and "海雾" in last and "找到的段落" in last
    admin.answer_to(admin.send(MARS))
    assert "海雾" in admin.answer_to(admin.send("/why", reply_to=bridge)).text.splitlines()[0]
    assert "座头鲸" in admin.answer_to(admin.send("/why 座头鲸有几头")).text.splitlines()[0]


def test_reload_without_news(admin: PrivateChat) -> None:
    assert "没有变化" in admin.answer_to(admin.send("/reload")).text


@pytest.fixture
def own_site(tmp_path, site: Site) -> Site:
    """An index that a test may change."""
    own = Site(tmp_path, site.cache)
    own.write(HARBOUR)
    own.reindex()
    return own


@pytest.fixture
def own(own_site: Site, started: Start) -> Iterator[tuple[BotApiServer, BotProcess]]:
    with BotApiServer(rates=NO_RATES) as api:
        yield api, started(api, index=own_site.index, BOT_POSTS=str(own_site.posts))
        assert api.violations == []


def test_a_new_snapshot_is_noticed(own, own_site: Site) -> None:
    api, bot = own
    chat = api.private(8_001)
    assert chat.answer_to(chat.send("编号3的仓库库存多少吨")).text.startswith("没有找到")
    own_site.write(numbered_posts(5))
    own_site.reindex()
    name = own_site.snapshot
    bot.wait_until(lambda: name in status(api), "on the new snapshot")
    assert "22吨" in chat.answer_to(chat.send("编号3的仓库库存多少吨？")).text


def status(api: BotApiServer) -> str:
    admin = api.private(ADMIN)
    return admin.answer_to(admin.send("/status")).text


def test_reindex_is_confirmed_and_reported(own, own_site: Site) -> None:
    api, _ = own
    admin = api.private(ADMIN)
    own_site.write(numbered_posts(5))
    asked = admin.answer_to(admin.send("/reindex"))
    assert str(own_site.posts) in asked.text
    admin.press(asked, "取消").wait()
    assert "不重建" in admin.wait_for(lambda one: one.id == asked.id and one.edited).text
    asked = admin.answer_to(admin.send("/reindex"))
    admin.press(asked, "确定").wait()
    done = admin.wait_for(lambda one: one.id == asked.id and "已重建" in one.text, 60)
    assert "文章 10 篇" in done.text and "新增 5" in done.text
    assert not done.buttons
    assert "文章 10 篇" in status(api)


def test_a_reindex_that_fails_says_why(own, own_site: Site) -> None:
    api, _ = own
    admin = api.private(ADMIN)
    for path in list(own_site.posts.iterdir())[1:]:
        path.unlink()
    asked = admin.answer_to(admin.send("/reindex"))
    admin.press(asked, "确定").wait()
    failed = admin.wait_for(lambda one: one.id == asked.id and "没有成功" in one.text, 60)
    assert "--allow-removals" in failed.text
    assert "3.6公里" in admin.answer_to(admin.send(LENGTH)).text


def test_a_confirmation_is_for_one_press_of_its_admin(own) -> None:
    api, _ = own
    admin = api.private(ADMIN)
    first = admin.answer_to(admin.send("/reindex"))
    second = admin.answer_to(admin.send("/reindex"))
    assert "已过期" in admin.press(first, "确定").wait().text
    data = second.button("确定").data
    stranger = api.private(8_002)
    theirs = stranger.answer_to(stranger.send(LENGTH))
    assert "已过期" in stranger.press_data(theirs, data).wait().text
    admin.press(second, "取消").wait()
    assert "已过期" in admin.press_data(second, data).wait().text
