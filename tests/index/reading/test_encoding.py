from pathlib import Path

import pytest

from index.embedding.bundled import BundledModel
from index.evaluation.squad import load_squad
from index.reading.encoding import EDGES, MAX_QUESTION_TOKENS, MAX_TOKENS, Encoding
from index.settings import cache_dir
from index.text import fold

SHARED = Path(__file__).resolve().parents[4] / "shared"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def encoding() -> Encoding:
    return Encoding.from_folder(BundledModel(cache_dir()).open())


def test_every_character_of_a_short_piece_can_begin_and_end_an_answer(encoding):
    text = "海伦司于2021年9月10日在港交所上市。"
    (pair,) = encoding.encode("何时上市", [text])
    assert (pair.start_at >= 0).all()
    assert (pair.end_at >= 0).all()
    assert len(set(pair.start_at.tolist())) == len(text)


def test_the_edge_of_a_token_has_its_first_score(encoding):
    # 日在 is one token: an answer that ends with 日 ends inside it
    (pair,) = encoding.encode("何时", ["9月10日在"])
    day, at = pair.end_at[4], pair.end_at[5]
    assert at % EDGES == 0
    assert day == at + 1


def test_white_space_neither_begins_nor_ends_an_answer(encoding):
    (pair,) = encoding.encode("谁", ["标题 一\n正文"])
    assert pair.start_at[2] == pair.end_at[2] == -1
    assert pair.start_at[4] == pair.end_at[4] == -1


def test_the_deep_inside_of_a_long_piece_has_no_scores(encoding):
    (pair,) = encoding.encode("哪国", ["中华人民共和国"])
    assert [at >= 0 for at in pair.start_at] == [True] * EDGES + [False] * (7 - EDGES)


def test_a_text_too_long_is_read_to_the_models_end(encoding):
    (pair,) = encoding.encode("谁" * 1000, ["北京欢迎你。" * 500])
    assert len(pair.ids) == MAX_TOKENS
    # begin, the question, two ends, and the piece for the space before the first word
    assert pair.start_at[0] // EDGES == MAX_QUESTION_TOKENS + 4
    assert pair.start_at[-1] == -1


def test_an_empty_text_has_no_characters(encoding):
    (pair,) = encoding.encode("谁", [""])
    assert len(pair.start_at) == 0
    assert encoding.encode("谁", []) == []


@pytest.mark.parametrize("name", ["cmrc_trial", "drcd_train_part", "xquad_zh"])
def test_answers_begin_and_end_where_there_are_scores(encoding, name):
    path = SHARED / "squad" / f"{name}.json"
    if not path.is_file():
        pytest.skip("needs ../shared/squad")
    squad = load_squad(path)
    texts = squad.texts()
    characters = tokens = exact = 0
    asked = [one for one in squad.questions if one.answers][:500]
    for one in asked:
        text, gold = fold(texts[one.context_id]), fold(one.answers[0]).strip()
        start = text.find(gold)
        (pair,) = encoding.encode("", [text[max(0, start - 200) : start + 200]])
        at = min(start, 200)
        characters += len(pair.start_at)
        tokens += len(pair.ids) - 4  # the marks around an empty question
        exact += pair.start_at[at] >= 0 and pair.end_at[min(at + len(gold), at + 200) - 1] >= 0
    assert exact / len(asked) >= 0.998
    assert tokens / characters <= 0.75
