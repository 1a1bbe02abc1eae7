"""Where sentences end in Chinese news text. Spans only; nothing is changed or dropped."""

from __future__ import annotations

import re

# A run of end marks with the closing quotes and brackets after it, or a line break. The ASCII full
# stop is not among them: in this text it stands in figures and codes (6.3512, 00388.HK).
_END = re.compile(r"(?:[。！？!?；;]|…{1,2})+[”’」』）)】》\"']*|\n+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """`(start, end)` of each sentence, in order, together covering `text` without gaps.

    End marks belong to the sentence before them. `"涨了。跌了"` gives `[(0, 3), (3, 5)]`; an empty
    text gives an empty list.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if text[start : match.end()].strip():
            spans.append((start, match.end()))
            start = match.end()
    if start < len(text):
        if text[start:].strip() or not spans:
            spans.append((start, len(text)))
        else:
            spans[-1] = (spans[-1][0], len(text))
    return spans
