"""Exact match and F1 as the CMRC 2018 evaluation script (version 6) counts them.

Source: Cui et al., "A Span-Extraction Dataset for Chinese Machine Reading Comprehension" (EMNLP
2019), and its public script. Some of its habits surprise, and are kept, because figures are only
comparable when everybody counts alike: both sides are lower-cased and stripped, but neither width
nor script is folded; the marks in `PUNCTUATION` are dropped, the ASCII full stop, comma, brackets
and question mark are not; white space inside counts in exact match. Two texts that hold nothing but
dropped marks match exactly and still have F1 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.evaluation.words import english_words

# The script's list. Its entry of two ellipsis characters never equals one character, so an ellipsis
# stays; the left single quote is not in the list, though the right one is.
PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")

FIRST_HAN, LAST_HAN = "\u4e00", "\u9fa5"  # the script's range; rarer characters count as "English"


def em(answer: str, golds: Sequence[str]) -> float:
    """1.0 if `answer` equals one of `golds` but for dropped marks and case, else 0.0.

    No golds give 0.0. `em("《ET7》", ["et7"])` is 1.0; `em("FF 91", ["FF91"])` is 0.0.
    """
    bare = without_punctuation(answer)
    return float(any(bare == without_punctuation(gold) for gold in golds))


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best over `golds` of F1 by the longest common contiguous run of segments, 0..1.

    With run length r, precision is r / segments of the answer, recall r / segments of the gold, F1
    their harmonic mean. No golds give 0.0. `f1("约11亿美元", ["11亿美元"])`: segments
    约 11 亿 美 元 and 11 亿 美 元, r = 4, precision 4/5, recall 4/4, F1 8/9.
    """
    said = segments(answer)
    return max((_f1_one(said, segments(gold)) for gold in golds), default=0.0)


def without_punctuation(text: str) -> str:
    """`text` stripped, in lower case, without `PUNCTUATION`."""
    return "".join(char for char in text.lower().strip() if char not in PUNCTUATION)


def segments(text: str) -> list[str]:
    """Mixed segmentation without punctuation: each Han character alone, the rest as English words.

    `segments("FF 91将于2022年")` is `["ff", "91", "将", "于", "2022", "年"]`. Blank gives `[]`.
    """
    found: list[str] = []
    run = ""
    for char in without_punctuation(text):
        if FIRST_HAN <= char <= LAST_HAN:
            found.extend(english_words(run))
            found.append(char)
            run = ""
        else:
            run += char
    return [*found, *english_words(run)]


def longest_common_run(left: Sequence[str], right: Sequence[str]) -> int:
    """The length of the longest contiguous run that both hold; 0 where nothing is shared."""
    best = 0
    row = [0] * (len(right) + 1)  # row[j + 1]: the common run that ends at right[j]
    for item in left:
        above = row
        row = [0] * (len(right) + 1)
        for j, other in enumerate(right):
            if item == other:
                row[j + 1] = above[j] + 1
                best = max(best, row[j + 1])
    return best


def _f1_one(said: list[str], gold: list[str]) -> float:
    run = longest_common_run(said, gold)
    # 2pr / (p + r) with p = run / said and r = run / gold, without the rounding of both.
    return 2 * run / (len(said) + len(gold)) if run else 0.0
