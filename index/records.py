"""The records that everything else speaks in. Frozen, plain, no markup and no language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """One article. `id` is its place: root folder's name and relative path, `posts/a/b.md`."""

    id: str
    title: str
    date: datetime | None  # aware, in the site's time zone
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    url: str | None  # http or https only
    publisher: str | None
    text: str  # cleaned body as written (nothing folded), paragraphs joined by "\n"

    @property
    def path(self) -> str:
        """The path relative to its root."""
        return self.id.partition("/")[2]

    @property
    def day(self) -> Day | None:
        """The calendar day of publication in the site's time zone."""
        return self.date.date() if self.date else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a post: `text` is exactly `post.text[start:end]`.

    `id` is a number that stays the same from snapshot to snapshot while the post is unchanged;
    `post_id` and `number` (0-based) say where the passage stands.
    """

    id: int
    post_id: str
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with the scores that put it there; higher is better everywhere."""

    passage: Passage
    post: Post
    score: float  # after fusion and date or category boosts
    dense: float  # cosine of question and passage
    lexical: float  # BM25
    copies: tuple[Post, ...] = ()  # posts whose near-copies were collapsed into this hit


@dataclass(frozen=True, slots=True)
class Span:
    """An answer candidate: `text[start:end]` of the hit's passage, or of its title."""

    hit: int  # index into the hits that were read
    in_title: bool
    start: int
    end: int
    text: str
    score: float  # the reader's own score, comparable within one question


@dataclass(frozen=True, slots=True)
class Copy:
    """Another post that carries the same passage."""

    title: str
    date: datetime | None
    url: str | None
    post: str  # path relative to its root


@dataclass(frozen=True, slots=True)
class Source:
    """One passage as shown under an answer. `highlight` is a place in `text`, or None."""

    rank: int
    text: str
    highlight: tuple[int, int] | None
    title: str
    date: datetime | None
    url: str | None
    post: str  # path relative to its root
    score: float
    answer: str | None
    publisher: str | None
    copies: tuple[Copy, ...]
    old: bool  # the question asks for the present and this is not it


@dataclass(frozen=True, slots=True)
class Statement:
    """One of several right answers, as its first source has it, and the sources that say so."""

    text: str
    sources: tuple[int, ...]  # ranks, ascending
    date: datetime | None  # of the newest post that says so, copies included


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets. `text` None is a refusal; `sources` are then the nearest passages."""

    question: str
    searched: str
    text: str | None
    confidence: float
    sources: tuple[Source, ...]
    reason: str
    by: str = "extract"
    took_ms: dict[str, float] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()  # what the sources say, the answer first

    @property
    def as_of(self) -> datetime | None:
        """When the answer was last reported; None for a refusal and where no date is known."""
        return self.statements[0].date if self.statements else None

    @property
    def old(self) -> bool:
        """True when the question asks for the present and all that says the answer is old."""
        if not self.statements:
            return False
        ranks = self.statements[0].sources
        return all(source.old for source in self.sources if source.rank in ranks)


@dataclass(frozen=True, slots=True)
class Skip:
    """A post (path relative to its root) that was left out, and why, in one short sentence."""

    post: str
    reason: str
