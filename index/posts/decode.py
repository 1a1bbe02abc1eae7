"""Bytes to text: UTF-8, else GB18030, and nothing that is not text at all."""

from __future__ import annotations

import codecs
import re

from index.errors import PostError
from index.text import to_simplified

# More than one control byte in 200 is no text; a few strays (a NUL from a broken export) are.
MAX_CONTROL_SHARE = 1 / 200
MAX_STRAY_CONTROLS = 2
# Of the letters in GB text, simplified first, this share at least is among the 3,755 most common
# characters (GB 2312 level 1). Measured on 68 posts of the site: as GB18030, Simplified or turned
# into Traditional, 0.97-1.0; as Big5 misread as GB18030 0-0.55.
MIN_COMMON_SHARE = 0.75
# A broken UTF-8 file has far more whole characters than broken ones; GB text read as UTF-8 not.
MIN_WHOLE_PER_BROKEN = 3
# Characters looked at to tell text from misread bytes: a few pages say enough.
SAMPLE_CHARS = 20_000

_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r") + b"\x7f"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEWLINE = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Invisible and without use in a post: controls, soft hyphen, zero-width space, word joiner, BOM.
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufdd0-\ufdef]")


def decode_post(raw: bytes) -> str:
    """The text of a post file, with `\\n` as the only line end and no control characters.

    Raises PostError for bytes that are binary or in another encoding; empty in, empty out.
    """
    text = _decode(raw)
    return drop_invisible(_NEWLINE.sub("\n", text))


def drop_invisible(text: str) -> str:
    """`text` without characters that can't be seen or typed."""
    return _INVISIBLE.sub("", text)


def _decode(raw: bytes) -> str:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return _strict(raw[len(bom) :], encoding)
    controls = len(raw) - len(raw.translate(None, _CONTROL_BYTES))
    if controls > MAX_STRAY_CONTROLS and controls > len(raw) * MAX_CONTROL_SHARE:
        raise PostError("binary data, not text")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(raw):
            raise PostError(f"broken UTF-8 at byte {error.start}") from error
    return _decode_gb(raw)


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise PostError(f"broken {encoding.upper()} at byte {error.start}") from error


def _is_broken_utf8(raw: bytes) -> bool:
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    return whole >= MIN_WHOLE_PER_BROKEN * broken


def _decode_gb(raw: bytes) -> str:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise PostError("neither UTF-8 nor GB18030 text") from error
    if _common_share(text[:SAMPLE_CHARS]) < MIN_COMMON_SHARE:
        raise PostError("neither UTF-8 nor GB18030 text (it reads as rare characters only)")
    return text


def _common_share(text: str) -> float:
    """Among letters beyond ASCII, the share of GB 2312 level 1. `"你好é"` gives 2/3; none, 0."""
    letters = [char for char in to_simplified(text) if char > "\x7f" and char.isalpha()]
    if not letters:
        return 0.0
    gb = "".join(letters).encode("gb2312", "ignore")
    return sum(0xB0 <= lead <= 0xD7 for lead in gb[::2]) / len(letters)
