"""Near-copies among hits: the same wire story under several names is one source.

And updates: the same story again with other figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Hit, Post
from index.text import fold

# Two flash items about one event share most of their characters even when reworded; below this,
# different events begin to share a line. Checked on the repeated stories of the real site.
_MIN_JACCARD = 0.6
_MIN_CONTAINMENT = 0.9
_MIN_LENGTH_RATIO = 0.4
_SHINGLE_CHARS = 3

_FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
# 达30亿, 超40亿: the words that come and go with the figure.
# Subtle: at most three, or a line of one of them alone takes quadratic time.
_QUALIFIED_FIGURE = re.compile(rf"(?:约|近|逾|超过?|达到?|突破){{0,3}}(?:{_FIGURE.pattern})")
_NOISE = re.compile(r"[\W_]+")
# 涨0.5% and 跌0.5% in one sentence are two pieces of news; 涨 and 升 aren't.
_UP, _DOWN = re.compile("[涨升增]"), re.compile("[跌降减]")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a passage says, in a form that two passages can be compared by."""

    claims: tuple[frozenset[str], tuple[bool, bool]]  # figures; whether anything rises, falls
    shingles: frozenset[str]
    titled: frozenset[str] = frozenset()  # figures that stand in the title only

    def agrees(self, other: _Said) -> bool:
        """Same claims, and mostly the same words."""
        if self.claims != other.claims:
            return False
        # Headlines often leave figures out; two that have other ones are two pieces of news.
        if not (self.titled <= other.titled or other.titled <= self.titled):
            return False
        return _alike(self.shingles, other.shingles)


def is_near_copy(first: str, second: str) -> bool:
    """True when two passages say the same with the same figures and directions.

    Figures must be equal as sets: 超40亿元 and 超50亿元 in one sentence are two pieces of news.
    Symmetric; False when either text has no letters or digits.
    """
    return _said(first).agrees(_said(second))


def is_update(first: str, second: str) -> bool:
    """True when two texts are near-copies but for their figures, and those differ.

    超40亿元 and then 超50亿元 in one sentence; a rise and a fall are two pieces of news all the
    same. Which is the newer one isn't asked. Symmetric.
    """
    one, other = fold(first), fold(second)
    return (
        figures(one) != figures(other)
        and _directions(one) == _directions(other)
        and _alike(_framework(one), _framework(other))
    )


def figures(folded: str) -> frozenset[str]:
    """The figures of a folded text, without the commas of 1,200 and with their `%`."""
    return frozenset(figure.replace(",", "") for figure in _FIGURE.findall(folded))


def collapse_copies(hits: Sequence[Hit], *, newest: bool = False) -> list[Hit]:
    """`hits` in order, near-copies of one another folded into one of them.

    It keeps the place and score of the best of its group and is that hit itself, or with `newest`
    the one of the newest post; the others are its `copies`, newest first, undated last. Passages
    of one post are never copies of each other. Empty in, empty out.
    """
    groups: list[list[Hit]] = []
    said: list[_Said] = []  # of the best of each
    for hit in hits:
        mine = _said(hit.passage.text, hit.post.title)
        for group, known in zip(groups, said, strict=True):
            if group[0].post.id != hit.post.id and mine.agrees(known):
                group.append(hit)
                break
        else:
            groups.append([hit])
            said.append(mine)
    return [_folded_group(group, newest) for group in groups]


def _folded_group(group: Sequence[Hit], newest: bool) -> Hit:
    best = group[0]
    if len(group) == 1:
        return best
    shown = max(group, key=lambda hit: _when(hit.post)) if newest else best
    posts = {post.id: post for hit in group for post in (hit.post, *hit.copies)}
    posts.pop(shown.post.id)
    copies = sorted(posts.values(), key=_when, reverse=True)
    return replace(shown, score=best.score, copies=tuple(copies))


def _when(post: Post) -> float:
    """Seconds since 1970, for order only; undated posts come before all others."""
    return post.date.timestamp() if post.date else float("-inf")


def _said(text: str, title: str = "") -> _Said:
    folded = fold(text)
    claims = figures(folded), _directions(folded)
    return _Said(claims, _shingles(folded), figures(fold(title)) - claims[0])


def _directions(folded: str) -> tuple[bool, bool]:
    """Whether anything rises, and whether anything falls."""
    return _UP.search(folded) is not None, _DOWN.search(folded) is not None


def _framework(folded: str) -> frozenset[str]:
    """Shingles with one and the same mark in place of every figure."""
    return _shingles(_QUALIFIED_FIGURE.sub("0", folded))


def _alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Mostly the same shingles, or one the better part of the other; False without any."""
    if not first or not second:
        return False
    shared = len(first & second)
    if shared / len(first | second) >= _MIN_JACCARD:
        return True
    shorter, longer = sorted((len(first), len(second)))
    return shared / shorter >= _MIN_CONTAINMENT and shorter / longer >= _MIN_LENGTH_RATIO


def _shingles(folded: str) -> frozenset[str]:
    """Runs of `_SHINGLE_CHARS` letters and digits; a shorter text is one run, an empty one none."""
    bare = _NOISE.sub("", folded)
    count = max(1, len(bare) - _SHINGLE_CHARS + 1)
    return frozenset(bare[i : i + _SHINGLE_CHARS] for i in range(count)) - {""}
