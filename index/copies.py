"""Near-copies among hits: the same wire story under several names is one source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Hit
from index.text import fold

# Two flash items about one event share most of their characters even when reworded; below this,
# different events begin to share a line. Checked on the repeated stories of the real site.
_MIN_JACCARD = 0.6
_MIN_CONTAINMENT = 0.9
_MIN_LENGTH_RATIO = 0.4
_SHINGLE_CHARS = 3

_FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_NOISE = re.compile(r"[\W_]+")
# 涨0.5% and 跌0.5% in one sentence are two pieces of news; 涨 and 升 aren't.
_UP, _DOWN = re.compile("[涨升增]"), re.compile("[跌降减]")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a passage says, in a form that two passages can be compared by."""

    claims: tuple[frozenset[str], bool, bool]  # figures, and whether anything rises or falls
    shingles: frozenset[str]

    def agrees(self, other: _Said) -> bool:
        """Same claims, and mostly the same words."""
        if self.claims != other.claims or not self.shingles or not other.shingles:
            return False
        shared = len(self.shingles & other.shingles)
        if shared / len(self.shingles | other.shingles) >= _MIN_JACCARD:
            return True
        shorter, longer = sorted((len(self.shingles), len(other.shingles)))
        return shared / shorter >= _MIN_CONTAINMENT and shorter / longer >= _MIN_LENGTH_RATIO


def is_near_copy(first: str, second: str) -> bool:
    """True when two passages say the same with the same figures and directions.

    Figures must be equal as sets: 超40亿元 and 超50亿元 in one sentence are two pieces of news.
    Symmetric; False when either text has no letters or digits.
    """
    return _said(first).agrees(_said(second))


def collapse_copies(hits: Sequence[Hit]) -> list[Hit]:
    """`hits` in order, each near-copy of an earlier one folded into that one's `copies`.

    Passages of one post are never copies of each other. Empty in, empty out.
    """
    kept: list[Hit] = []
    said: list[_Said] = []  # of the kept ones
    for hit in hits:
        mine = _said(hit.passage.text)
        for place, earlier in enumerate(kept):
            if earlier.post.id != hit.post.id and mine.agrees(said[place]):
                known = {earlier.post.id, *(post.id for post in earlier.copies)}
                extra = tuple(p for p in (hit.post, *hit.copies) if p.id not in known)
                kept[place] = replace(earlier, copies=earlier.copies + extra)
                break
        else:
            kept.append(hit)
            said.append(mine)
    return kept


def _said(text: str) -> _Said:
    folded = fold(text)
    return _Said(_claims(folded), _shingles(folded))


def _claims(folded: str) -> tuple[frozenset[str], bool, bool]:
    """The figures, and whether anything rises or falls."""
    figures = frozenset(figure.replace(",", "") for figure in _FIGURE.findall(folded))
    return figures, _UP.search(folded) is not None, _DOWN.search(folded) is not None


def _shingles(folded: str) -> frozenset[str]:
    """Runs of `_SHINGLE_CHARS` letters and digits; a shorter text is one run, an empty one none."""
    bare = _NOISE.sub("", folded)
    count = max(1, len(bare) - _SHINGLE_CHARS + 1)
    return frozenset(bare[i : i + _SHINGLE_CHARS] for i in range(count)) - {""}
