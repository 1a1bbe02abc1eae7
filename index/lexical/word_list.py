"""The site dictionary of an index: which words its tokenizer keeps whole, saved with the snapshot.

A changed word changes the tokens of every passage that holds it, so the list is not made anew for
every post: an index keeps its list until the site has grown enough to make another one worthwhile.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import SnapshotError

# A site that has grown by a fifth has new names worth a pass over all passages; at that rate each
# passage is tokenised about five times on the way from an empty site to any size.
_GROWTH = 1.2


@dataclass(frozen=True, slots=True)
class WordList:
    """`words` sorted; `posts` is how many posts they were gathered from, `extra` the admin's."""

    words: tuple[str, ...]
    posts: int
    extra: tuple[str, ...]

    def serves(self, posts: int, extra: tuple[str, ...]) -> bool:
        """False where the admin's words have changed or the site has outgrown the list."""
        return self.extra == extra and posts <= self.posts * _GROWTH

    def save(self, path: Path) -> None:
        """Write it as JSON. Raises OSError."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def load_word_list(path: Path) -> WordList:
    """The list that `save` wrote. Raises SnapshotError."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return WordList(tuple(raw["words"]), int(raw["posts"]), tuple(raw["extra"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(
            f"{path} can't be read: {error}.",
            "Run `qinwen rollback`, or `qinwen reindex POSTS… --full`.",
        ) from error
