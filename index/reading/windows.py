"""Long texts as overlapping windows that the model can read."""

from __future__ import annotations

from index.sentences import sentence_spans


def window_spans(text: str, max_chars: int, overlap_chars: int) -> list[tuple[int, int]]:
    """`(start, end)` of windows that together cover `text`, none longer than `max_chars`.

    A window ends at a sentence end where there is one in its second half, and the next begins at a
    sentence at most `overlap_chars` before that end, so that an answer at a seam is whole in one of
    them. A text that fits is one window; an empty one none.
    """
    edges = [end for _, end in sentence_spans(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        limit = start + max_chars
        if limit >= len(text):
            spans.append((start, len(text)))
            break
        end = max((at for at in edges if start + max_chars // 2 < at <= limit), default=limit)
        spans.append((start, end))
        begins = [at for at in edges if max(start, end - overlap_chars) < at < end]
        start = min(begins, default=end)
    return spans
