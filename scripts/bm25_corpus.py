"""Corpora for `compare_bm25.py`: question sets as they are, and any number of mixed passages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.lexical.tokens import Tokenizer

SQUAD_FILES = ("drcd_dev", "cmrc_trial", "xquad_zh")
MIX_FILES = (*SQUAD_FILES, "cmrc_train", "drcd_train_part")
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]?")

# A word that stands in fewer than one in so many sentences belongs to one of so many worlds, each
# with its own rare words, so that the vocabulary grows with the corpus as it does in life, instead
# of every rare word standing in hundreds of passages.
RARE_SHARE = 1_000
WORLDS = 100
DAYS = 3_650


@dataclass(frozen=True)
class QuestionSet:
    """Contexts as passages (their positions are ids) and questions with the id that is right."""

    passages: list[list[str]]
    questions: list[list[str]]
    right: list[int]


def read_squad(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each context with its questions."""
    for article in json.loads(path.read_text(encoding="utf-8-sig"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [one["question"] for one in paragraph["qas"]]


def question_set(path: Path, tokenizer: Tokenizer) -> QuestionSet:
    """The whole file, contexts pooled."""
    contexts = list(read_squad(path))
    passages = [tokenizer.passage_tokens(text) for text, _ in contexts]
    asked = [(one, at) for at, (_, questions) in enumerate(contexts) for one in questions]
    return QuestionSet(
        passages, [tokenizer.question_tokens(one) for one, _ in asked], [at for _, at in asked]
    )


class MixedCorpus:
    """Passages of three to nine sentences, drawn by a seed from the sentences of all files."""

    def __init__(self, squad: Path, tokenizer: Tokenizer) -> None:
        texts = [text for name in MIX_FILES for text, _ in read_squad(squad / f"{name}.json")]
        sentences = [one for text in texts for one in _SENTENCE.findall(text)]
        numbers: dict[str, int] = {}
        self._sentences = [
            [numbers.setdefault(token, len(numbers)) for token in tokens]
            for tokens in map(tokenizer.passage_tokens, sentences)
            if tokens
        ]
        self._names = list(numbers)
        found = np.zeros(len(numbers), dtype=np.int64)
        for sentence in self._sentences:
            found[list(set(sentence))] += 1
        self._rare = (found * RARE_SHARE < len(self._sentences)).tolist()

    def passages(self, first: int, count: int) -> Iterator[tuple[int, list[str]]]:
        """Passages number `first` to `first + count`: id and tokens; always the same ones."""
        for id_ in range(first, first + count):
            random = np.random.default_rng(id_)
            world = int(random.integers(WORLDS))
            chosen = random.integers(len(self._sentences), size=random.integers(3, 10))
            tokens = [token for at in chosen.tolist() for token in self._sentences[at]]
            yield id_, [self._name(token, world) for token in tokens]

    def _name(self, token: int, world: int) -> str:
        return (
            f"{self._names[token]}~{world}" if world and self._rare[token] else self._names[token]
        )


def day_of(id_: int) -> int:
    """Passages are spread evenly over `DAYS` days."""
    return 1 + id_ * 7_919 % DAYS
