"""PLACEHOLDER by the integrator so that wiring can go on; the lexical helper replaces this file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from index.text import FOLD_VERSION, fold

_RUN = re.compile(r"[0-9a-z]+(?:[.\-_/][0-9a-z]+)*%?|[\u3400-\u9fff]+")
_STOP = frozenset("的 了 是 在 和 与 或 及 什么 多少 哪 哪家 哪些 哪个 谁 几 吗 呢 有 被 为 何 哪里 怎么 如何 请问 哪一 哪位 什么时候 何时 为什么 哪年".split())


class Tokenizer:
    """jieba words, bigrams and codes."""

    def __init__(self, words: Sequence[str], cache: Path) -> None:
        import jieba
        import jieba.posseg

        jieba.setLogLevel(60)
        self._jieba = jieba.Tokenizer()
        self._pos = jieba.posseg.POSTokenizer(self._jieba)
        self._words = tuple(words)
        for word in words:
            self._jieba.add_word(word)
        self.fingerprint = hashlib.sha256("\n".join(words).encode()).hexdigest()[:12] + str(FOLD_VERSION)

    def passage_tokens(self, text: str) -> list[str]:
        out: list[str] = []
        for match in _RUN.finditer(fold(text)):
            run = match.group()
            if run[0] > "\u33ff":
                out += self._jieba.cut_for_search(run)
                out += [run[i : i + 2] for i in range(len(run) - 1)]
            else:
                out.append(run)
                out += re.split(r"[.\-_/]", run) if re.search(r"[.\-_/]", run) else []
        return out

    def question_tokens(self, text: str) -> list[str]:
        return [t for t in dict.fromkeys(self.passage_tokens(text)) if t not in _STOP]

    def tagged(self, text: str) -> list[tuple[str, str, int, int]]:
        out, at = [], 0
        for pair in self._pos.lcut(text):
            out.append((pair.word, pair.flag, at, at + len(pair.word)))
            at += len(pair.word)
        return out
