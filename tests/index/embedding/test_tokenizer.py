"""The tokenizer against the weights file's own facts, by another implementation."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from index.embedding.bundled import BundledModel, find_source
from index.embedding.e5_file import E5File
from index.embedding.e5_tokenizer import build_normalizer, build_tokenizer
from tests.index.embedding.tiny import GOLDEN_IDS, GOLDEN_TEXT, tiny_file

SHARED = Path(__file__).resolve().parents[4] / "shared"

TEXTS = [
    "passage: 青岛国寿是琴岛e保的首席承保方，２０２１年为67.8万人提供保障。",
    "query: 10～20元的１０％",
    "passage: 沪指报3,287.45点,上涨0.63%；HFO-1234yf、00388.HK、1.8 mS/cm",
    "passage: ①②③ ㎡ ㈱ ﾊﾘ ｶｽ ½ Ⅳ ℃ … —— ‘’“”",
    "passage: 繁體中文：臺灣證券交易所加權指數",
    "passage: two  spaces,\ttab,\nnewline,\u3000wide,\u00a0hard,\u200bzero",
    "passage: 😀𠮷野家 Ünïcödé naïve Ελλάδα עברית العربية",
    "query: ",
    "query: a",
]


class _Reference:
    """SentencePiece's unigram search, written from its description: best path over characters."""

    def __init__(self, file: E5File) -> None:
        self._map = file.normalisation
        self._scores = dict(zip(file.pieces.pieces, file.pieces.scores, strict=True))
        self._ids = {piece: number for number, piece in enumerate(file.pieces.pieces)}
        self._file = file
        self._longest = max(map(len, self._scores))
        self._unknown = min(file.pieces.scores) - 10.0

    def ids(self, text: str) -> list[int]:
        text = "".join(self._map.get(char, char) for char in text)
        while "  " in text:
            text = text.replace("  ", " ")
        text = (text if text.startswith(" ") else " " + text).replace(" ", "\u2581")
        best: list[tuple[float, int, str | None]] = [(0.0, 0, None)]
        for end in range(1, len(text) + 1):
            options = [
                (best[start][0] + self._scores[text[start:end]], start, text[start:end])
                for start in range(max(0, end - self._longest), end)
                if text[start:end] in self._scores and text[start:end] != "<unk>"
            ]
            options.append((best[end - 1][0] + self._unknown, end - 1, None))
            best.append(max(options, key=lambda option: option[0]))
        found: list[int] = []
        at = len(text)
        while at:
            _, start, piece = best[at]
            unknown = self._file.pieces.unknown
            # Neighbouring unknown characters are one unknown token.
            if piece is not None or not found or found[-1] != unknown:
                found.append(unknown if piece is None else self._ids[piece])
            at = start
        return [self._file.pieces.bos, *reversed(found), self._file.pieces.eos]


def test_the_tiny_tokenizer_as_by_hand() -> None:
    tokenizer = build_tokenizer(E5File(tiny_file()).pieces)
    assert tuple(tokenizer.encode(GOLDEN_TEXT).ids) == GOLDEN_IDS
    assert tokenizer.encode("p: １②～").ids == [0, 4, 15, 14, 4, 12, 13, 2]
    assert tokenizer.encode("").ids == [0, 2]


def test_the_reference_agrees_by_hand() -> None:
    assert tuple(_Reference(E5File(tiny_file())).ids(GOLDEN_TEXT)) == GOLDEN_IDS


def test_what_belongs_together_is_composed() -> None:
    """As SentencePiece does it; the map in the file knows single characters only."""
    assert build_normalizer().normalize_str("ｶﾞｽ e\u0301 10～２０") == "ガス é 10～20"


@cache
def _file(path: Path) -> E5File:
    return E5File(path.read_bytes())


@pytest.fixture
def file(bundled: BundledModel) -> E5File:
    return _file(find_source(None, bundled.folder.parent))


@pytest.mark.model
def test_normalisation_is_the_files_own_over_all_of_unicode(file: E5File) -> None:
    normalizer = build_normalizer()
    other = [
        char
        for char in map(chr, range(0x110000))
        if not 0xD800 <= ord(char) < 0xE000
        and normalizer.normalize_str(char) != file.normalisation.get(char, char)
    ]
    # The non-character that stands in for ～, and a squared ideograph younger than the map.
    assert other == ["\ufdd0", "\U0001f23b"]


@pytest.mark.model
def test_ids_are_those_of_another_implementation(bundled: BundledModel, file: E5File) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled.open() / "tokenizer.json"))
    reference = _Reference(file)
    for text in TEXTS:
        assert tokenizer.encode(text).ids == reference.ids(text), text


@pytest.mark.model
@pytest.mark.parametrize("name", ["cmrc_trial", "drcd_dev", "xquad_zh"])
def test_ids_agree_on_real_paragraphs(bundled: BundledModel, file: E5File, name: str) -> None:
    path = SHARED / "squad" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the repository")
    from tokenizers import Tokenizer

    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [part["context"] for article in data for part in article["paragraphs"]][::40]
    tokenizer = Tokenizer.from_file(str(bundled.open() / "tokenizer.json"))
    reference = _Reference(file)
    for text in paragraphs:
        assert tokenizer.encode(text[:300]).ids == reference.ids(text[:300])
