"""Ranked sources as evaluation sees them, and at which place the first right one stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post by its link and its path relative to its root (in a SQuAD set: the context's id)."""

    url: str | None
    post: str

    def names(self) -> Iterator[str]:
        """What a question may call it: exact URL, path, file name."""
        if self.url is not None:
            yield self.url
        yield self.post
        yield PurePosixPath(self.post).name


@dataclass(frozen=True, slots=True)
class RankedSource:
    """A found post, with the posts whose copies of the passage were collapsed into it."""

    ref: PostRef
    copies: tuple[PostRef, ...] = ()

    def is_one_of(self, wanted: frozenset[str]) -> bool:
        """True if this post or one of its copies goes by a name in `wanted`."""
        return any(name in wanted for ref in (self.ref, *self.copies) for name in ref.names())


def distinct_posts(sources: Sequence[RankedSource]) -> tuple[RankedSource, ...]:
    """Each post once, at its best place, in order; the copies of its later passages join it.

    A copy that also stands in the list by itself keeps its own place there.
    """
    found: dict[PostRef, RankedSource] = {}
    for source in sources:
        first = found.setdefault(source.ref, source)
        if first is not source:
            copies = tuple(dict.fromkeys((*first.copies, *source.copies)))
            found[source.ref] = replace(first, copies=copies)
    return tuple(found.values())


def first_right_rank(sources: Sequence[RankedSource], wanted: Sequence[str]) -> int | None:
    """The rank (from 1, over distinct posts) of the first source in `wanted`; None for none."""
    names = frozenset(wanted)
    ranked = enumerate(distinct_posts(sources), start=1)
    return next((rank for rank, source in ranked if source.is_one_of(names)), None)
