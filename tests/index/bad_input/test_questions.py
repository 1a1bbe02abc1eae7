"""Questions that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SettingsError, SnapshotError
from index.lexical.inverted_index import LexicalIndex
from tests.index.bad_input.survival import answers, is_clear
from tests.index.runs import Site


@pytest.mark.parametrize("text", ["", " \n", "问" * 10_000])
def test_a_question_that_is_none(built: Site, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        built.ask(text)
    is_clear(caught.value)
    answers(built)


def test_a_question_of_emoji_only(built: Site) -> None:
    answer = built.ask("😀🎉")
    assert (answer.text, answer.sources, answer.reason) == (None, (), "no_words")
    answers(built)


def test_a_word_index_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="can't be opened") as caught:
        LexicalIndex(tmp_path)
    is_clear(caught.value)
