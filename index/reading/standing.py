"""Whether what a question names stands in a text, under another name or misspelt, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.lexical.segmenter import is_word
from index.reading.known_names import KnownNames
from index.reading.mentions import Name

_HAN = re.compile("[\u3400-\u9fff]+")
# Characters of a longer name between those of its abbreviation: 广(州)期(货交易)所.
_GAP = "[\u3400-\u9fff]{0,3}?"
_MIN_TYPO_CHARS = 3  # shorter names a character off are other names
_PIECE = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[^a-z\d\s\-—–]")
_PLACE_END = re.compile("(?:省|市|县|区|国)$")
_PREFIX_SHARE = 0.6  # jieba takes a verb's first character for the end of an unknown name


def name_stands(name: Name, text: str, known: KnownNames) -> bool:
    """True where the text has the name: as such, by another name, abbreviated or a typo away.

    A name of several words stands where each of them does.
    """
    whole = name.whole
    if stands_as(whole, text, known):
        return True
    if whole in known.same or whole in known.rivals:
        return False  # in the table as it is spelt: what is a character off is another
    if not _HAN.search(whole):
        return _near_latin(whole, text)
    if _shortened(whole, text) or (not is_word(whole) and _misspelt(whole, text)):
        return True
    parts = [part for part in name.parts if part not in known.ends]
    return parts not in ([], [whole]) and all(
        len(part) > 1 and name_stands(Name((part,)), text, known) for part in parts
    )


def stands_as(name: str, text: str, known: KnownNames) -> bool:
    """True where the text has one of the names that the table gives for the same thing."""
    return any(_has(text, other) for other in known.others(name))


def _has(text: str, name: str) -> bool:
    """Latin names as words."""
    return code_stands(name, text) if name[0].isascii() else name in text


def code_stands(code: str, text: str) -> bool:
    """True where the text has the code as such: 5 isn't in 1.5, `ff` isn't in offer but in ff91.

    Blanks and hyphens between letters and digits are a matter of taste.
    """
    body = r"[\s\-—–]?".join(map(re.escape, _PIECE.findall(code)))
    return bool(body) and re.search(_before(code) + body + _after(code), text) is not None


def _before(code: str) -> str:
    if code[0].isdecimal():
        return r"(?<!\d)(?<!\d[.,])"
    return "(?<![a-z])" if code[0].isascii() else ""


def _after(code: str) -> str:
    if code[-1].isdecimal():
        return r"(?!\d|[.,]\d)"
    return "(?![a-z])" if code[-1].isascii() else ""


def _near_latin(word: str, text: str) -> bool:
    """A Latin word, its letters swapped, or one off if it is long: lucide for lucid."""
    if not word.isalpha():
        return False
    others = [other for other in re.findall("[a-z]{3,}", text) if abs(len(other) - len(word)) < 2]
    return any(
        sorted(word) == sorted(other) or (len(word) > 4 and _one_edit(word, other))
        for other in others
    )


def _one_edit(one: str, other: str) -> bool:
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return max(len(one), len(other)) - start - end <= 1


def _shortened(name: str, text: str) -> bool:
    """The name without its last word or as an abbreviation, or what it is an abbreviation of."""
    core = _PLACE_END.sub("", name)
    if len(core) > 1 and core in text:
        return True
    if is_word(name):
        return _abbreviated(name, text)
    if len(name) <= 4 and re.search(_GAP.join(map(re.escape, name)), text):
        return True
    prefix = name[: max(_MIN_TYPO_CHARS, round(len(name) * _PREFIX_SHARE))]
    return prefix in text or _abbreviated(name, text)


def _abbreviated(name: str, text: str) -> bool:
    """First to last character of a long name, some left out: 广州期货交易所 as 广期所."""
    if len(name) < 5:
        return False
    at = text.find(name[0])
    while at >= 0:
        end, place = at, 0
        while end < len(text) and (found := name.find(text[end], place)) >= 0:
            end, place = end + 1, found + 1
        if end - at > 2 and text[end - 1] == name[-1]:
            return True
        at = text.find(name[0], at + 1)
    return False


def _misspelt(name: str, text: str) -> bool:
    return len(name) >= _MIN_TYPO_CHARS and any(
        sum(a != b for a, b in zip(name, other, strict=True)) == 1 for other in _windows(name, text)
    )


def _windows(name: str, text: str) -> Iterator[str]:
    """Stretches of the text as long as the name that share one half of it."""
    middle = len(name) // 2
    for half, before in ((name[:middle], 0), (name[middle:], middle)):
        at = text.find(half)
        while at >= 0:
            window = text[max(0, at - before) : at - before + len(name)]
            if at >= before and len(window) == len(name) and _HAN.fullmatch(window):
                yield window
            at = text.find(half, at + 1)
