"""Whether an answer can be found where it says it stands."""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Answer, Hit, Source


def citation_holds(answer: Answer, hits: Sequence[Hit]) -> bool | None:
    """True if the first source is a post that was found, unaltered, and says the answer.

    `hits` are what the index gave for the question: title, link, path and passage must be those of
    one of them. An extracted answer must stand verbatim in the passage, at `highlight`, or in the
    title; of another kind of answer (`Answer.by`) only the source is checked. None for a refusal,
    False for an answer without a source.
    """
    if answer.text is None:
        return None
    if not answer.sources:
        return False
    source = answer.sources[0]
    found = any(_is_of(source, hit) for hit in hits)
    return found and (answer.by != "extract" or _says(source, answer.text))


def _is_of(source: Source, hit: Hit) -> bool:
    post = hit.post
    shown = (source.post, source.title, source.url, source.text)
    return shown == (post.path, post.title, post.url, hit.passage.text)


def _says(source: Source, said: str) -> bool:
    if source.highlight is None:
        return said in source.title
    start, end = source.highlight
    return source.text[start:end] == said
