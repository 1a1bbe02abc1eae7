"""Formatted text as Telegram reads it: HTML to text and entities, over UTF-8 bytes.

The grammar and the words of its errors follow the parser of Telegram's own library, byte offsets
included: a bot's texts are full of Chinese, so a byte is not a letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import broken
from tests.botapi.links import checked_link

Entity = dict[str, Any]

_SPACES = frozenset(b" \t\r\n\0\v")
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_MAX_CODE = 0x10FFFF
_MAX_REFERENCE = 10  # bytes of `&#…`


def utf16(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut_utf16(text: str, offset: int, length: int) -> str:
    """The part of the text that an entity covers."""
    units = text.encode("utf-16-le")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


@dataclass(slots=True)
class _Html:
    """A pass over the bytes of an HTML text."""

    source: bytes
    at: int = 0
    units: int = 0
    text: bytearray = field(default_factory=bytearray)
    opened: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def byte(self) -> int:
        """The byte here; 0 at the end, as in a C string."""
        return self.source[self.at] if self.at < len(self.source) else 0

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            byte = self.byte()
            if byte == ord("&") and (character := self.character()):
                self.add(character)
            elif byte == ord("<"):
                self.tag()
            else:
                if byte & 0xC0 != 0x80:  # the first byte of a character
                    self.units += 1 + (byte >= 0xF0)
                self.text.append(byte)
                self.at += 1
        if self.opened:
            raise _bad(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        return self.text.decode(), self.entities

    def add(self, character: str) -> None:
        self.units += utf16(character)
        self.text += character.encode()

    def character(self) -> str | None:
        """The character of `&amp;` and its like here, passed over; None: an ampersand itself."""
        end = self.at + 1
        if self.source[end : end + 1] == b"#":
            return self._numbered(end + 1)
        while (
            end < len(self.source)
            and chr(self.source[end]).isascii()
            and chr(self.source[end]).isalpha()
        ):
            end += 1
        named = _NAMED.get(self.source[self.at + 1 : end])
        if named:
            self._past(end)
        return named

    def _numbered(self, start: int) -> str | None:
        digits, base = b"0123456789", 10
        if self.source[start : start + 1] == b"x":
            start, digits, base = start + 1, b"0123456789abcdefABCDEF", 16
        end = start
        while end < len(self.source) and self.source[end] in digits:
            end += 1
        code = int(self.source[start:end] or b"0", base)
        if not 0 < code < _MAX_CODE or end - self.at >= _MAX_REFERENCE:
            return None
        if 0xD800 <= code <= 0xDFFF:
            raise broken("strings must be encoded in UTF-8")
        self._past(end)
        return chr(code)

    def _past(self, end: int) -> None:
        self.at = end + (self.source[end : end + 1] == b";")

    def word(self, stops: bytes) -> bytes:
        """Bytes up to a space or one of the stops."""
        begin = self.at
        while self.byte() not in _SPACES and self.byte() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def spaces(self) -> None:
        while self.at < len(self.source) and self.byte() in _SPACES:
            self.at += 1

    def tag(self) -> None:
        begin = self.at
        self.at += 1
        if self.byte() == ord("/"):
            self.at += 1
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        name = self.word(b">").decode(errors="replace").lower()
        if self.at >= len(self.source):
            raise _bad(f"Unclosed start tag at byte offset {begin}")
        if name not in _STYLES:
            raise _bad(f'Unsupported start tag "{name}" at byte offset {begin}')
        argument = ""
        while True:
            self.spaces()
            if self.at >= len(self.source):
                raise _bad(f"Unclosed start tag at byte offset {begin}")
            if self.byte() == ord(">"):
                break
            attribute, value = self._attribute(name, begin)
            argument = _argument(name, attribute, value, argument)
        if name == "span" and argument != "spoiler":
            raise _bad(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.at += 1
        self.opened.append(_Open(name, argument, self.units, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self.word(b"=>/\"'").decode(errors="replace")
        if not name:
            raise _bad(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.spaces()
        if self.byte() != ord("="):
            if self.at >= len(self.source):
                raise _bad(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return name, ""
        self.at += 1
        self.spaces()
        if self.at >= len(self.source):
            raise _bad(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted() if self.byte() in b"'\"" else self._token()
        if self.at >= len(self.source):
            raise _bad(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def _quoted(self) -> str:
        quote = self.byte()
        self.at += 1
        value = bytearray()
        while self.at < len(self.source) and self.byte() != quote:
            if self.byte() == ord("&") and (character := self.character()):
                value += character.encode()
            else:
                value.append(self.byte())
                self.at += 1
        self.at += self.at < len(self.source)
        return value.decode(errors="replace")

    def _token(self) -> str:
        begin = self.at
        while chr(self.byte()).isascii() and (chr(self.byte()).isalnum() or self.byte() in b".-"):
            self.at += 1
        if self.byte() not in _SPACES and self.byte() != ord(">"):
            raise _bad(f"Unexpected end of name token at byte offset {begin}")
        return self.source[begin : self.at].decode().lower()

    def _end_tag(self, begin: int) -> None:
        if not self.opened:
            raise _bad(f"Unexpected end tag at byte offset {begin}")
        name = self.word(b">").decode(errors="replace").lower()
        self.spaces()
        if self.byte() != ord(">"):
            raise _bad(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        open_ = self.opened.pop()
        if name and name != open_.tag:
            raise _bad(
                f"Unmatched end tag at byte offset {begin},"
                f' expected "</{open_.tag}>", found "</{name}>"'
            )
        if self.units > open_.offset:
            self._close(open_)

    def _close(self, open_: _Open) -> None:
        entity: Entity = {
            "type": _STYLES[open_.tag],
            "offset": open_.offset,
            "length": self.units - open_.offset,
        }
        last = self.entities[-1] if self.entities else None
        same = last is not None and all(last[key] == entity[key] for key in ("offset", "length"))
        if open_.tag == "a":
            url = checked_link(open_.argument or self.text[open_.begin :].decode())
            if url is None:
                return
            entity["url"] = url
        elif open_.tag == "blockquote" and open_.argument:
            entity["type"] = "expandable_blockquote"
        elif open_.tag == "tg-emoji":
            if not open_.argument.isdecimal():
                raise _bad("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = open_.argument
        elif open_.tag == "tg-time":
            entity["unix_time"] = int(open_.argument or 0)
        elif open_.tag == "pre" and same and last is not None and "language" in last:
            last["type"] = "pre"
            return
        elif open_.tag == "code" and open_.argument:
            if same and last is not None and last["type"] == "pre":
                last["language"] = open_.argument
                return
            entity["language"] = open_.argument
        self.entities.append(entity)


def _argument(tag: str, name: str, value: str, before: str) -> str:
    """What of an attribute the tag keeps."""
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "unix")}:
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, name) == ("blockquote", "expandable"):
        return "1"
    return before


def _bad(what: str) -> Exception:
    return broken(f"can't parse entities: {what}")


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of Telegram's HTML; bad HTML is refused in Telegram's words."""
    text, entities = _Html(source.encode("utf-8", "surrogatepass")).read()
    for entity in entities:
        if entity["type"] == "code":  # the language belongs to <pre><code class=…> only
            entity.pop("language", None)
    order = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return text, order
