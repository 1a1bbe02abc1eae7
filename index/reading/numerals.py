"""Numbers as they are said in folded Chinese text: 30亿, 五十亿, 四十九, 1,234.5."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10_000, "亿": 100_000_000}
_HAN = re.compile("[〇零一二两三四五六七八九十百千万亿]+")
_ARABIC = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?([百千]?[万亿]{0,2})")
# A number longer than this is a table or an attack, and no figure.
_MAX_CHARS = 32


def value(text: str) -> float | None:
    """What the whole of `text` amounts to; None where it's no number.

    `value("30亿")` and `value("三十亿")` are 3e9, `value("1,234.5")` is 1234.5, `value("二〇二二")`
    is 2022, read digit by digit.
    """
    if not text or len(text) > _MAX_CHARS:
        return None
    arabic = _ARABIC.fullmatch(text)
    if arabic:
        return float(arabic.group(1).replace(",", "")) * _scale(arabic.group(2))
    return float(_han(text)) if _HAN.fullmatch(text) else None


def _scale(said: str) -> int:
    product = 1
    for char in said:
        product *= _TENS.get(char) or _SCALES[char]
    return product


def _han(text: str) -> int:
    """By position where a multiplier is said (四十九), digit by digit where none is (二〇二二)."""
    if not any(char in _TENS or char in _SCALES for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            section += (digit or 1) * _TENS[char]
            digit = 0
        elif char == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
        else:  # 十万亿: 亿 multiplies all that is said before it
            total = (total + section + digit or 1) * 100_000_000
            section = digit = 0
    return total + section + digit
