"""The picture of a talk."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC
from pathlib import Path
from xml.etree import ElementTree

from tests.botapi import NO_RATES, BotApiServer
from tests.botapi.calls import result
from tests.botapi.drawing import PADDING, WIDTH, drawn, width, wrapped
from tests.botapi.formatting import parse_html

SVG = "{http://www.w3.org/2000/svg}"
COMMITTED = Path(__file__).parents[2] / "docs" / "chat.svg"
HTML = (
    "<b>粗😀</b>常 &lt;&amp;&gt;\n<blockquote expandable>引号“" + "长话，" * 40 + "<u>完</u>”。\n"
    "第二行</blockquote>\n\n[1] <a href='https://a.cn/'>" + "Title words " * 12 + "</a> · 报\n"
    + "W" * 300 + "。" * 90 + "\x1b"
)  # fmt: skip


def _texts(group: ElementTree.Element) -> list[ElementTree.Element]:
    """The lines of a message, without time, buttons and what it replies to."""
    return [one for one in group.iter(f"{SVG}text") if "class" not in one.attrib]


def _talk() -> list[ElementTree.Element]:
    """A question and an answer, as drawn."""
    with BotApiServer(rates=NO_RATES) as server:
        person = server.private(1001)
        asked = person.send("问 <b>？" * 30)
        keyboard = [
            [{"text": "👍 <", "callback_data": "x"}, {"text": "更多", "callback_data": "y"}]
        ]
        result(
            server,
            "sendMessage",
            chat_id=1001,
            text=HTML,
            parse_mode="HTML",
            reply_markup={"inline_keyboard": keyboard},
            reply_parameters={"message_id": asked.id},
        )
        return ElementTree.fromstring(drawn(person.messages, UTC)).findall(f"{SVG}g")


def test_the_text_is_complete() -> None:
    own, bot = _talk()
    assert "".join("".join(one.itertext()) for one in _texts(own)) == "问 <b>？" * 30
    text = parse_html(HTML)[0].replace("\n", "").replace("\x1b", "")
    assert "".join("".join(one.itertext()) for one in _texts(bot)) == text
    marked = [(one.get("class"), one.text) for one in bot.iter(f"{SVG}tspan")]
    assert marked[:2] == [("bold", "粗😀"), ("underline", "完")]
    assert (
        "".join(text or "" for kind, text in marked if kind == "text_link") == "Title words " * 12
    )
    kinds = [(one.get("class"), one.text) for one in bot.iter(f"{SVG}text") if one.get("class")]
    assert kinds[0][0] == "replied"
    assert re.fullmatch(r"(问 <b>？)+.*…", kinds[0][1] or "")
    assert re.fullmatch(r"\d\d:\d\d", kinds[1][1] or "")
    assert kinds[2:] == [("button", "👍 <"), ("button", "更多")]


def test_every_line_is_within_its_bubble() -> None:
    for group in _talk():
        bubble = group.find(f"{SVG}rect")
        assert bubble is not None
        left, top, wide, high = (
            float(bubble.get(key, "")) for key in ("x", "y", "width", "height")
        )
        assert left >= 0
        assert left + wide <= WIDTH
        for line in group.iter(f"{SVG}text"):
            if line.get("class") == "button":
                continue
            x, y = float(line.get("x", "")), float(line.get("y", ""))
            size = 11 if line.get("class") == "time" else 15
            end = x + width("".join(line.itertext()).rstrip(), size)
            assert left + PADDING <= x
            assert end <= left + wide - PADDING + 4.001  # a time stands a little more outside
            assert top < y < top + high


def test_lines_are_cut_between_words_and_not_before_marks() -> None:
    lines = [
        "".join(text for text, _ in row.runs) for row in wrapped("一二三，abc def（四", [], 60)
    ]
    assert lines == ["一二三，", "abc def", "（四"]


def test_an_empty_text_is_one_line() -> None:
    assert len(wrapped("", [], 60)) == 1


def test_a_bot_that_fails_shows_why(tmp_path: Path) -> None:
    picture, index = str(tmp_path / "a.svg"), str(tmp_path / "none")
    run = subprocess.run(
        [sys.executable, "-m", "tests.botapi.picture", picture, "--index", index, "问"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert index in run.stderr
    assert not Path(picture).exists()


def test_the_picture_of_the_readme() -> None:
    root = ElementTree.parse(COMMITTED).getroot()
    said = "".join(root.itertext())
    assert "青岛国寿" in said
    assert "没有找到答案" in said
    assert "href" not in COMMITTED.read_text(encoding="utf-8")
