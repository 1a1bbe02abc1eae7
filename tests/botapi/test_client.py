"""The server against the real client, python-telegram-bot."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    MenuButtonCommands,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from tests.botapi import NO_RATES, BotApiServer, Pace, Rates, Talk

_BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("更多来源", callback_data="v1:a:more:1")]])


async def _on_text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message is not None
    await message.reply_chat_action(ChatAction.TYPING)
    await message.reply_html(
        f"<b>{message.text_html}</b> <a href='https://example.org/a'>来源</a>",
        do_quote=True,
        reply_markup=_BUTTONS,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


async def _on_press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.edit_message_text("<i>改了</i>", ParseMode.HTML)
    await query.answer("好", show_alert=True)


async def _on_inline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.inline_query
    assert query is not None
    content = InputTextMessageContent(f"<b>{query.query}</b>", ParseMode.HTML)
    await query.answer([InlineQueryResultArticle("1", "题", content)], cache_time=300)


def _application(server: BotApiServer) -> Application[Any, Any, Any, Any, Any, Any]:
    application = Application.builder().token(server.token).base_url(server.url + "/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, _on_text))
    application.add_handler(CallbackQueryHandler(_on_press))
    application.add_handler(InlineQueryHandler(_on_inline))
    return application


def _with_bot(
    server: BotApiServer,
    act: Callable[[Any], Awaitable[None]],
    start: Callable[[Any], Awaitable[Any]] | None = None,
) -> None:
    """Runs a bot, and what people do in a thread beside it."""

    async def run() -> None:
        application = _application(server)
        async with application:
            assert application.updater is not None
            await application.start()
            await (start or (lambda updater: updater.start_polling(timeout=2)))(application.updater)
            try:
                await act(application.bot)
            finally:
                await application.updater.stop()
                await application.stop()

    asyncio.run(run())


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(rates=NO_RATES) as server:
        yield server


def _talk(server: BotApiServer, view: Talk) -> None:
    asked = view.send("北向资金 & <b>")
    answer = view.answer_to(asked)
    assert answer.text == "北向资金 & <b> 来源"
    assert answer.styled("bold") == ["北向资金 & <b>"]
    assert answer.links == [("来源", "https://example.org/a")]
    assert not answer.preview
    assert view.actions == ["typing"]
    press = view.press(answer, "更多")
    notice = press.wait()
    assert (notice.text, notice.alert) == ("好", True)
    changed = view.message(answer)
    assert (changed.text, changed.versions, changed.buttons) == ("改了", (answer.text,), ())
    assert view.inline("酒").results()[0]["input_message_content"]["message_text"] == "酒"
    assert view.inline("酒").choose(0).styled("bold") == ["酒"]


def test_a_conversation_by_polling(server: BotApiServer) -> None:
    view = server.private(1001)
    _with_bot(server, lambda bot: asyncio.to_thread(_talk, server, view))
    assert server.violations == []
    assert server.calls["getUpdates"] >= 2
    assert [sent.reply_to for sent in server.sent] == [1]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_conversation_by_webhook(server: BotApiServer) -> None:
    view, port = server.private(1001), _free_port()

    async def start(updater: Any) -> None:
        await updater.start_webhook(
            "127.0.0.1",
            port,
            "hook",
            webhook_url=f"http://127.0.0.1:{port}/hook",
            secret_token="s-1",
        )

    async def act(bot: Any) -> None:
        await asyncio.to_thread(_talk, server, view)
        while (await bot.get_webhook_info()).pending_update_count:
            await asyncio.sleep(0.02)
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()

    _with_bot(server, act, start)
    assert server.violations == []
    assert "getUpdates" not in {name for name in server.calls if server.calls[name] > 1}


def _calls(server: BotApiServer, act: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with _application(server).bot as bot:
            return await act(bot)

    return asyncio.run(run())


def test_the_bots_profile(server: BotApiServer) -> None:
    view = server.private(1001, language="zh-hant")

    async def act(bot: Any) -> None:
        await bot.set_my_commands([BotCommand("ask", "问")], BotCommandScopeAllPrivateChats())
        await bot.set_my_commands(
            [BotCommand("status", "状态")], BotCommandScopeChat(1001), language_code="zh"
        )
        assert [one.command for one in await bot.get_my_commands()] == []
        assert view.menu() == ["status"]
        await bot.delete_my_commands(BotCommandScopeChat(1001), language_code="zh")
        assert view.menu() == ["ask"]
        await bot.set_my_description("说明", language_code="zh")
        await bot.set_my_short_description("短")
        assert (await bot.get_my_description("zh")).description == "说明"
        assert (await bot.get_my_short_description("en")).short_description == "短"
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        assert (await bot.get_me()).username == "qinwen_test_bot"
        assert (await bot.get_chat(1001)).first_name == "User 1001"
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.set_my_commands([], BotCommandScopeChat(9))

    _calls(server, act)
    assert server.violations == []


def test_a_file(server: BotApiServer) -> None:
    view = server.private(1001)

    async def act(bot: Any) -> None:
        await bot.send_document(
            1001, io.BytesIO("问,答\n".encode()), caption="<b>表</b>", parse_mode="HTML",
            filename="unanswered.csv",
        )  # fmt: skip

    _calls(server, act)
    (file,) = view.bot_messages
    assert (file.document, file.file_name) == ("问,答\n".encode(), "unanswered.csv")
    assert (file.text, file.styled("bold")) == ("表", ["表"])
    assert server.violations == []


def test_errors_reach_the_client_as_its_own(server: BotApiServer) -> None:
    view = server.private(1001)

    async def act(bot: Any) -> None:
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(1001, "字" * 4097)
        with pytest.raises(BadRequest, match='unsupported start tag "p" at byte offset 3'):
            await bot.send_message(1001, "字<p>", "HTML")
        with pytest.raises(BadRequest, match="to be replied not found"):
            await bot.send_message(1001, "a", reply_parameters=ReplyParameters(99))
        sent = await bot.send_message(1001, "a")
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("a", 1001, sent.message_id)
        with pytest.raises(BadRequest, match="to edit not found"):
            await bot.edit_message_text("b", 1001, 99)
        view.block()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(1001, "a")

    _calls(server, act)
    assert [str(one) for one in server.violations] == [
        "sendMessage: Bad Request: message is too long",
        'sendMessage: Bad Request: can\'t parse entities: Unsupported start tag "p" at byte'
        " offset 3",
    ]


def test_a_wrong_token() -> None:
    with BotApiServer() as server:
        good = server.token
        server.token = "1:another"

        async def run() -> None:
            builder = Application.builder().token(good).base_url(server.url + "/bot")
            with pytest.raises(InvalidToken):
                await builder.build().bot.initialize()

        asyncio.run(run())


def test_too_many_messages_to_one_chat() -> None:
    with BotApiServer(rates=Rates(None, Pace(0.1, 3), None)) as server:
        server.private(1001)

        async def act(bot: Any) -> None:
            for _ in range(3):
                await bot.send_message(1001, "a")
            with pytest.raises(RetryAfter, match=r"Retry in (10|9|8) seconds"):
                await bot.send_message(1001, "a")

        _calls(server, act)
        assert server.violations == []
        assert [one.code for one in server.refusals] == [429]


def test_a_second_poller_ends_the_first(server: BotApiServer) -> None:
    async def run() -> None:
        async with _application(server).bot as one, _application(server).bot as other:
            first = asyncio.create_task(one.get_updates(timeout=20))
            while not server.calls["getUpdates"]:
                await asyncio.sleep(0.02)
            assert await other.get_updates(timeout=0) == ()
            with pytest.raises(Conflict, match="only one bot instance"):
                await first

    asyncio.run(run())
