"""What is new in the post folders, against what the index knows. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from index.errors import PostError, RemovalGuardError
from index.posts.hashes import FileHashes
from index.posts.parse import parse_post
from index.posts.walk import PostFile, walk_posts
from index.records import Post, Skip


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be indexed, with the hash of the file it was read from."""

    post: Post
    sha256: str


def is_mere_rename(old: Post, new: Post) -> bool:
    """Whether passages of `old` can serve `new` as they are.

    Subtle: the same file under another name may be another post: title, date and categories can
    come from the name. The word index knows day and categories of its passages.
    """
    return (old.title, old.text, old.day, old.categories) == (
        new.title,
        new.text,
        new.day,
        new.categories,
    )


@dataclass(slots=True)
class Tally:
    """Counts and lists of one run, filled while it goes on. `renamed` ones count as changed."""

    added: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0
    removed: set[str] = field(default_factory=set)  # ids that are known but no longer there
    skipped: list[Skip] = field(default_factory=list)


class Changes:
    """The difference between the folders and `known` (post id to content hash).

    Opening it walks the folders and compares hashes; `new_posts` then reads and parses, one post
    at a time. A post that was skipped before is read again on every run: what kept it out may have
    been the calendar.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        known: Mapping[str, str],
        hashes: FileHashes,
        *,
        max_file_bytes: int,
        full: bool,
    ) -> None:
        """Raises SettingsError for roots that can't be read or hold no post."""
        walk = walk_posts(roots, max_file_bytes)
        self.known = known
        self.tally = Tally(skipped=list(walk.skipped))
        self._hashes = hashes
        self._new: list[PostFile] = []
        for file in walk.files:
            if (
                not full
                and file.id in known
                and self._hash(file, trust_stat=True) == known[file.id]
            ):
                self.tally.unchanged += 1
            else:
                self._new.append(file)
        self.tally.removed = known.keys() - {file.id for file in walk.files}
        self._vanished: dict[str, list[str]] = {}
        for post_id in sorted(self.tally.removed, reverse=True):
            self._vanished.setdefault(known[post_id], []).append(post_id)

    def _hash(self, file: PostFile, *, trust_stat: bool) -> str | None:
        """None for a file that can't be read: it is then read, and skipped, like a new one."""
        try:
            return self._hashes.sha256(file, trust_stat=trust_stat)
        except PostError:
            return None

    def new_posts(self, zone: ZoneInfo, now: datetime) -> Iterator[NewPost]:
        """Every post to index, in the order of ids; what can't be used goes to the skip list.

        Counts added, changed and, where everything is read anew, unchanged posts. A known post that
        must be skipped now counts as removed.
        """
        for file in self._new:
            try:
                raw, sha256 = self._hashes.read(file)
                post = parse_post(file.id, raw, zone, now)
            except PostError as error:
                self._skip(file.id, str(error))
                continue
            new = NewPost(post, sha256)
            self._count(new, 1)
            yield new

    def _count(self, new: NewPost, by: int) -> None:
        if new.post.id not in self.known:
            self.tally.added += by
        elif self.known[new.post.id] == new.sha256:
            self.tally.unchanged += by
        else:
            self.tally.changed += by

    def refuse(self, new: NewPost, reason: str) -> None:
        """Skip the post that `new_posts` gave out last, after all; not for a renamed one."""
        self._count(new, -1)
        self._skip(new.post.id, reason)

    def _skip(self, post_id: str, reason: str) -> None:
        """List a post as skipped; if the index knows it, it counts as removed."""
        self.tally.skipped.append(Skip(post_id.partition("/")[2], reason))
        if post_id in self.known:
            self.tally.removed.add(post_id)

    def old_name(self, new: NewPost) -> str | None:
        """The id under which a vanished post with the same content is known, if there is one.

        Of several, which are copies of each other, the first in the order of ids.
        """
        names = self._vanished.get(new.sha256)
        return names[-1] if names and new.post.id not in self.known else None

    def renamed(self, old_id: str) -> None:
        """Note that the post last counted as added is the known `old_id` under a new name."""
        self.tally.removed.discard(old_id)
        self._vanished[self.known[old_id]].remove(old_id)
        self.tally.added -= 1
        self.tally.changed += 1
        self.tally.renamed += 1

    def guard_removals(self, max_share: float) -> None:
        """Raises RemovalGuardError where more than `max_share` of the known posts are gone.

        A wrong folder or an unmounted disk must not empty the index.
        """
        gone, total = len(self.tally.removed), len(self.known)
        if total and gone / total > max_share:
            raise RemovalGuardError(
                f"{gone} of {total} indexed posts are gone, more than {max_share:.0%}.",
                "If that is meant, repeat with --allow-removals; nothing was changed.",
            )
