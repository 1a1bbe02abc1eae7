"""Telegram's rules, by bare requests."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.botapi import NO_RATES, BotApiServer
from tests.botapi.calls import call, refusal, result

_ME = 1001


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(rates=NO_RATES) as server:
        server.private(_ME)
        yield server


def _send(text: str, **more: Any) -> dict[str, Any]:
    return {"chat_id": _ME, "text": text, "parse_mode": "HTML", **more}


def _keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def _button(**more: Any) -> dict[str, Any]:
    return {"text": "键", **more}


@pytest.mark.parametrize("text", ["字" * 4096, "😀" * 2048, f"<b>{'&amp;' * 4096}</b>"])
def test_4096_units_after_parsing_are_taken(server: BotApiServer, text: str) -> None:
    result(server, "sendMessage", **_send(text))
    assert refusal(server, "sendMessage", **_send("a" + text)) == "Bad Request: message is too long"
    assert [one.what for one in server.violations] == ["Bad Request: message is too long"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (_send(" \n "), "message text is empty"),
        (_send("<b></b>"), "message text is empty"),
        (_send("<b>a"), "can't parse entities: Can't find end tag"),
        (_send("<b>a</b> " * 101), "101 entities"),
        (_send(f"<a href='https://a.cn/{'x' * 9000}'>a</a>"), "ENTITIES_TOO_LONG"),
        (_send("a", parse_mode="MarkdownV2"), "unsupported parse_mode"),
        (_send("a", color="red"), 'parameter "color" is unknown'),
        (_send("a", chat_id="1.5"), "chat not found"),
        (_send("a", chat_id=[1]), "chat_id must be"),
        (_send("a", disable_notification="maybe"), "disable_notification must be true or false"),
        (_send("a", reply_parameters={"message_id": 1, "quite": "x"}), "quite is unknown"),
        (_send("a", reply_parameters="{"), "reply_parameters must be JSON"),
        ({"chat_id": _ME}, 'parameter "text" is required'),
        (_send("a", reply_markup=_keyboard([_button(callback_data="字" * 22)])), "66 bytes"),
        (_send("a", reply_markup=_keyboard([_button(callback_data="")])), "0 bytes"),
        (_send("a", reply_markup=_keyboard([_button()])), "exactly one thing"),
        (_send("a", reply_markup=_keyboard([_button(url="x:y")])), "BUTTON_URL_INVALID"),
        (_send("a", reply_markup=_keyboard([_button(callback_data="x")] * 9)), "more than 8"),
        (
            _send("a", reply_markup=_keyboard(*[[_button(callback_data="x")]] * 101)),
            "more than 100 buttons",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(server: BotApiServer, given: dict[str, Any], why: str) -> None:
    assert why in refusal(server, "sendMessage", **given)
    assert len(server.violations) == (0 if why == "chat not found" else 1)
    assert server.sent == []


def test_a_body_that_is_no_object(server: BotApiServer) -> None:
    request = urllib.request.Request(
        f"{server.url}/bot{server.token}/getMe", b"[", {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)


def test_an_unknown_method(server: BotApiServer) -> None:
    assert call(server, "sendmessage", **_send("a"))["ok"]  # any case is known
    assert call(server, "sendMesage", **_send("a"))["error_code"] == 404
    assert [str(one) for one in server.violations] == ["sendMesage: there is no such method"]


def test_replies(server: BotApiServer) -> None:
    asked = server.private(_ME).send("北向资金今天怎样")
    sent = result(
        server,
        "sendMessage",
        **_send("a", reply_parameters={"message_id": asked.id, "quote": "今天"}),
    )
    assert (sent["reply_to_message"]["message_id"], sent["quote"]["position"]) == (asked.id, 4)
    lost = {"message_id": 99}
    assert "to be replied not found" in refusal(
        server, "sendMessage", **_send("a", reply_parameters=lost)
    )
    lost["allow_sending_without_reply"] = True
    assert "reply_to_message" not in result(
        server, "sendMessage", **_send("a", reply_parameters=lost)
    )
    wrong = {"message_id": asked.id, "quote": "明天"}
    assert "QUOTE_TEXT_INVALID" in refusal(
        server, "sendMessage", **_send("a", reply_parameters=wrong)
    )


def test_edits(server: BotApiServer) -> None:
    person = server.private(_ME)
    mine = person.send("a")
    message = result(server, "sendMessage", **_send("<b>a</b>"))["message_id"]

    def edit(text: str, message_id: int = message, **more: Any) -> str:
        answered = call(server, "editMessageText", **_send(text, message_id=message_id, **more))
        return str(answered.get("description", "ok"))

    assert "message is not modified" in edit("<b>a</b>")
    assert edit("a") == "ok"
    assert edit("a", reply_markup=_keyboard([_button(callback_data="x")])) == "ok"
    assert [one.edits for one in person.bot_messages] == [2]
    assert "message to edit not found" in edit("b", 99)
    assert "message can't be edited" in edit("b", mine.id)
    person.delete(message)
    assert "message to edit not found" in edit("b")
    assert server.violations == []


def test_links_that_nobody_marked_are_links(server: BotApiServer) -> None:
    result(server, "sendMessage", chat_id=_ME, text="见 https://a.cn/x。 @someone")
    (message,) = server.private(_ME).bot_messages
    assert message.links == [("https://a.cn/x", "https://a.cn/x")]
    assert message.styled("mention") == ["@someone"]


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        ([str(i) for i in range(51)], "RESULTS_TOO_MUCH"),
        (["字" * 22], "RESULT_ID_INVALID"),
        (["a", "a"], "RESULT_ID_DUPLICATE"),
    ],
)
def test_inline_results(server: BotApiServer, ids: list[str], why: str) -> None:
    query = server.private(_ME).inline("问").query.id
    results = [
        {
            "type": "article",
            "id": id_,
            "title": "题",
            "input_message_content": {"message_text": "a"},
        }
        for id_ in ids
    ]
    assert why in refusal(server, "answerInlineQuery", inline_query_id=query, results=results)


def test_an_inline_answer_is_kept_for_its_user(server: BotApiServer) -> None:
    asked = server.private(_ME).inline("问")
    result(
        server,
        "answerInlineQuery",
        inline_query_id=asked.query.id,
        results=[],
        is_personal=True,
        cache_time=60,
    )
    assert asked.results() == server.private(_ME).inline("问").results(0.1) == []
    with pytest.raises(AssertionError, match="did not answer an inline query"):
        server.private(1002).inline("问").results(0.1)
    assert [one.kind for one in server.updates.waiting()] == ["inline_query"] * 2


def test_a_button_is_answered_once(server: BotApiServer) -> None:
    message = result(
        server, "sendMessage", **_send("a", reply_markup=_keyboard([_button(callback_data="x")]))
    )
    press = server.private(_ME).press(message["message_id"], "键")
    assert refusal(
        server, "answerCallbackQuery", callback_query_id=press.id, text="长" * 201
    ).startswith("Bad Request: MESSAGE_TOO_LONG")
    result(server, "answerCallbackQuery", callback_query_id=press.id, text="好")
    assert press.wait(0).text == "好"
    assert "query is too old" in refusal(server, "answerCallbackQuery", callback_query_id=press.id)


@pytest.mark.parametrize(
    ("method", "given", "why"),
    [
        ("setMyCommands", {"commands": [{"command": "Ask", "description": "a"}]}, "'Ask'"),
        ("setMyCommands", {"commands": [{"command": "ask", "description": ""}]}, "DESCRIPTION"),
        ("setMyCommands", {"commands": [], "language_code": "zh-hans"}, "language code"),
        ("setMyCommands", {"commands": [], "scope": {"type": "everyone"}}, "no known kind"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "chat_id is required"),
        ("setMyDescription", {"description": "长" * 513}, "too long"),
        ("setMyShortDescription", {"short_description": "长" * 121}, "too long"),
        ("sendChatAction", {"chat_id": _ME, "action": "thinking"}, "wrong parameter action"),
        ("setWebhook", {"url": "https://a.cn/", "secret_token": "a b"}, "unallowed characters"),
        ("setWebhook", {"url": "https://a.cn:1234/"}, "only on ports"),
        ("setWebhook", {"url": "http://a.cn/"}, "HTTPS URL must be provided"),
        ("sendPhoto", {"chat_id": _ME, "photo": "x"}, ""),
    ],
)
def test_other_methods(server: BotApiServer, method: str, given: dict[str, Any], why: str) -> None:
    assert why in refusal(server, method, **given)
