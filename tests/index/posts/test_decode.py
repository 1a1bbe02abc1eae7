"""Bytes to text, and what is no text."""

from __future__ import annotations

import random

import pytest

from index.errors import PostError
from index.posts.decode import decode_post

TEXT = "第一行：中文 text，１２３。\n第二行\n"
TRADITIONAL = "香港交易所公佈業績，淨利潤較去年同期增長兩成，派發股息。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encodings_of_the_site(encoding: str) -> None:
    assert decode_post(TEXT.encode(encoding)) == TEXT


def test_traditional_text_in_gbk() -> None:
    assert decode_post(TRADITIONAL.encode("gbk")) == TRADITIONAL


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_every_line_end_becomes_one(end: str) -> None:
    assert decode_post(f"一{end}二".encode()) == "一\n二"


def test_invisible_characters_go_and_emoji_stay_whole() -> None:
    assert decode_post("a\u200b\xad\ufeffb\x00\x07c".encode()) == "abc"
    family = "👨\u200d👩\u200d👧"
    assert decode_post(family.encode()) == family


def test_empty_is_empty() -> None:
    assert decode_post(b"") == ""


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", "binary data, not text"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "binary data, not text"),
        (b"\xff" * 100, "neither UTF-8 nor GB18030 text"),
        (("正文" * 20).encode()[:-1], "broken UTF-8 at byte 117"),
        (("正文" * 20).encode() + b"\xff" + b"tail", "broken UTF-8 at byte 120"),
        (b"\xff\xfe\x00", "broken UTF-16-LE at byte 0"),
        (
            "東京証券取引所の株価指数は続落した".encode("shift_jis"),
            "neither UTF-8 nor GB18030 text (it reads as rare characters only)",
        ),
    ],
)
def test_what_is_no_text_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(PostError) as caught:
        decode_post(raw)
    assert caught.value.message == reason


def test_big5_is_not_taken_for_gb18030() -> None:
    with pytest.raises(PostError, match="neither UTF-8 nor GB18030"):
        decode_post((TRADITIONAL * 3).encode("big5"))


def test_random_bytes_are_never_text() -> None:
    source = random.Random(7)
    for size in (20, 100, 1_000, 100_000):
        for _ in range(20):
            with pytest.raises(PostError):
                decode_post(source.randbytes(size))


def test_a_stray_nul_does_not_make_a_post_binary() -> None:
    assert decode_post("正文\0正文".encode()) == "正文正文"
