"""The real tokens and tags, for tests of reading."""

from functools import cache

from index.lexical.tokens import Tokenizer
from index.reading.candidate import Token


@cache
def tokenizer() -> Tokenizer:
    """One tokenizer without site words; loads jieba once a session."""
    return Tokenizer(())


def tag(text: str) -> list[Token]:
    """Words with their flags, as plain tuples."""
    return [tuple(word) for word in tokenizer().tagged(text)]  # type: ignore[misc]
