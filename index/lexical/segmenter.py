"""jieba, loaded once per process, silent, and without its cache file.

jieba keeps its parsed dictionary as a marshal file in the shared temporary folder, where anybody on
the machine can leave one to be loaded. Parsing anew the way it is done here takes 0.45 s of
processor time, loading that cache takes 0.33 s, jieba's own parsing 0.62 s: no cache is needed.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jieba

# jieba's model takes time in the square of the length of a stretch without known words.
MAX_STRETCH_CHARS = 400

_lock = Lock()
_loaded: dict[str, Any] = {}


def segmenter() -> jieba.Tokenizer:
    """The one segmenter, over jieba's own dictionary.

    Shared by all tokenizers, so nothing may be added to it: site words are tokens beside its words.
    """
    with _lock:
        if "words" not in _loaded:
            _loaded["words"] = _load_segmenter()
        return _loaded["words"]


def tagger() -> Any:  # noqa: ANN401 - jieba has no types
    """jieba's part-of-speech tagger over `segmenter()`; its model takes another 0.4 s to load."""
    words = segmenter()
    with _lock:
        if "tags" not in _loaded:
            _loaded["tags"] = _load_tagger(words)
        return _loaded["tags"]


def cut(text: str) -> list[str]:
    """The words of a run of characters, whole and in order: joined they are `text`."""
    jieba_ = segmenter()
    words: list[str] = []
    for start in range(0, len(text), MAX_STRETCH_CHARS):
        words += jieba_.cut(text[start : start + MAX_STRETCH_CHARS])
    return words


def is_word(text: str) -> bool:
    """Whether jieba's dictionary holds `text` as a word."""
    return bool(segmenter().FREQ.get(text))


def _load_segmenter() -> jieba.Tokenizer:
    import jieba

    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    with tokenizer.get_dict_file() as file:
        fields = file.read().decode("utf-8").split()
    words, counts = fields[0::3], list(map(int, fields[1::3]))
    frequencies = dict(zip(words, counts, strict=True))
    for word in words:
        # jieba looks ahead by prefixes: each must be a key, with 0 where it is no word itself.
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, sum(counts), True
    return tokenizer


def _load_tagger(words: jieba.Tokenizer) -> Any:  # noqa: ANN401 - jieba has no types
    import jieba.posseg

    class Tagger(jieba.posseg.POSTokenizer):  # type: ignore[misc]
        def load_word_tag(self, f: Any) -> None:  # noqa: ANN401 - jieba's signature
            # Subtle: importing the module has parsed these already; once is enough.
            f.close()
            self.word_tag_tab = jieba.posseg.dt.word_tag_tab

    return Tagger(words)
