"""Folded text as runs of Chinese (Japanese, Korean) characters and codes, and what a code holds.

A code is what is written in letters and digits: `hfo-1234yf`, `00388.hk`, `1.8`, `ms/cm`, `3.5%`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# No word is that long; junk such as base64 is, and an engine refuses a term of 64 KB.
MAX_CODE_CHARS = 64

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U000323af"
# Letters only: the blocks also hold marks (・), accents of their own and unassigned places.
_CJK = (
    _HAN
    + "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff\uac00-\ud7a3"
)
_SIGN = rf"[^\W_{_CJK}]"  # a letter or digit
_DASHES = "\u2010-\u2015\u2212"
_JOINER = rf"(?:[.\-{_DASHES}_/+&'’:@#·]|(?<=\d),(?=\d{{3}}(?!\d)))"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|{_SIGN}+(?:{_JOINER}{_SIGN}+)*[%‰+#]*")
_DASH = re.compile(f"[{_DASHES}]")
_IN_CODE = re.compile(r"[\-_/+&'’:@#·,%‰]+")
# Where a code falls into parts: at every joiner, but not at a decimal point.
_BREAK = re.compile(r"[\-_/+&'’:@#·%‰]+|(?<!\d)\.|\.(?!\d)")
_LETTERS_OR_NUMBER = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")
_PADDED = re.compile(r"^0+(?=\d+(?:\.\D+)?$)")  # 0388, 0388.hk; not 0.5


class Run(NamedTuple):
    """`text` is `folded[start:end]`; `is_code` False: a run of CJK characters."""

    text: str
    start: int
    end: int
    is_code: bool


def runs(folded: str) -> Iterator[Run]:
    """The runs of a folded text, in order; what lies between them is blank or punctuation."""
    for match in _RUN.finditer(folded):
        yield Run(match.group(), match.start(), match.end(), match.lastgroup is None)


def plain_code(code: str) -> str:
    """The code without joiners and padding zeros, the same for all ways to write it.

    `hfo-1234yf` gives `hfo1234yf`, `00388.hk` and `0388.hk` give `388.hk`, `1,234.5` gives
    `1234.5`.
    """
    plain = _IN_CODE.sub("", code)
    return _PADDED.sub("", plain)[:MAX_CODE_CHARS]


def code_tokens(code: str) -> list[str]:
    """The code as written, without joiners, and its parts, each once.

    `hfo-1234yf` gives `hfo-1234yf`, `hfo1234yf`, `hfo`, `1234yf`, `1234`, `yf`.
    """
    whole = _DASH.sub("-", code)
    tokens = [whole[:MAX_CODE_CHARS], plain_code(whole)]
    # A comma stands between thousands only: 1,234.5 is one number and has no parts.
    for part in filter(None, _BREAK.split(whole.replace(",", ""))):
        tokens += [part[:MAX_CODE_CHARS], _PADDED.sub("", part)[:MAX_CODE_CHARS]]
        finer = _LETTERS_OR_NUMBER.findall(part)
        if len(finer) > 1:
            # Single signs that were never apart, the 5 and the g of 5g, tell nothing.
            tokens += [piece[:MAX_CODE_CHARS] for piece in finer if len(piece) > 1]
    return list(dict.fromkeys(filter(None, tokens)))
