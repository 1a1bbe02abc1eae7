"""Near-copies among hits: the same wire story under several names is one source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

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


def is_near_copy(first: str, second: str) -> bool:
    """True when two passages say the same with the same figures and directions.

    Figures must be equal as sets: 超40亿元 and 超50亿元 in one sentence are two pieces of news.
    Symmetric; False when either text has no letters or digits.
    """
    a, b = fold(first), fold(second)
    if _claims(a) != _claims(b):
        return False
    shingles_a, shingles_b = _shingles(a), _shingles(b)
    if not shingles_a or not shingles_b:
        return False
    shared = len(shingles_a & shingles_b)
    if shared / len(shingles_a | shingles_b) >= _MIN_JACCARD:
        return True
    shorter, longer = sorted((len(shingles_a), len(shingles_b)))
    return shared / shorter >= _MIN_CONTAINMENT and shorter / longer >= _MIN_LENGTH_RATIO


def collapse_copies(hits: Sequence[Hit]) -> list[Hit]:
    """`hits` in order, each near-copy of an earlier one folded into that one's `copies`.

    Passages of one post are never copies of each other. Empty in, empty out.
    """
    kept: list[Hit] = []
    for hit in hits:
        for place, earlier in enumerate(kept):
            if earlier.post.id != hit.post.id and is_near_copy(
                earlier.passage.text, hit.passage.text
            ):
                known = {earlier.post.id, *(post.id for post in earlier.copies)}
                extra = tuple(p for p in (hit.post, *hit.copies) if p.id not in known)
                kept[place] = replace(earlier, copies=earlier.copies + extra)
                break
        else:
            kept.append(hit)
    return kept


def _claims(folded: str) -> tuple[frozenset[str], bool, bool]:
    """The figures, and whether anything rises or falls."""
    figures = frozenset(figure.replace(",", "") for figure in _FIGURE.findall(folded))
    return figures, _UP.search(folded) is not None, _DOWN.search(folded) is not None


def _shingles(folded: str) -> set[str]:
    """Runs of `_SHINGLE_CHARS` letters and digits; a shorter text is one run, an empty one none."""
    bare = _NOISE.sub("", folded)
    count = max(1, len(bare) - _SHINGLE_CHARS + 1)
    return {bare[i : i + _SHINGLE_CHARS] for i in range(count)} - {""}
