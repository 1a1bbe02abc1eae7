import json
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.evaluation.squad import SquadContext, load_squad, sample

from .makers import question

SHARED = Path(__file__).resolve().parents[4] / "shared"


def _file(tmp_path, *paragraphs, bom=False):
    path = tmp_path / "set.json"
    articles = [{"title": "不用", "paragraphs": [paragraph]} for paragraph in paragraphs]
    content = json.dumps({"version": "v2.0", "data": articles}, ensure_ascii=False)
    path.write_text(content, encoding="utf-8-sig" if bom else "utf-8")
    return path


def _qa(id, *answers, **keys):
    texts = [{"text": answer, "answer_start": 0} for answer in answers]
    return {"id": id, "question": f"{id}？", "answers": texts, **keys}


@pytest.mark.parametrize("bom", [False, True])
def test_contexts_and_questions_in_file_order(tmp_path, bom):
    path = _file(
        tmp_path,
        {"context": "甲文", "qas": [_qa("a", "甲", "甲", "文")]},
        {"context": "乙文", "qas": [_qa("b", "乙")]},
        bom=bom,
    )
    found = load_squad(path)
    assert found.contexts == (SquadContext("c00000", "甲文"), SquadContext("c00001", "乙文"))
    first, second = found.questions
    assert (first.id, first.question, first.answers) == ("a", "a？", ("甲", "文"))
    assert (second.sources, second.context_id) == (("c00001",), "c00001")
    assert found.texts()["c00001"] == "乙文"


def test_the_same_context_is_pooled_once(tmp_path):
    path = _file(
        tmp_path,
        {"context": "同", "qas": [_qa("a", "同")]},
        {"context": "异", "qas": []},
        {"context": "同", "qas": [_qa("b", "同")]},
    )
    found = load_squad(path)
    assert [context.text for context in found.contexts] == ["同", "异"]
    assert [q.context_id for q in found.questions] == ["c00000", "c00000"]


def test_impossible_or_without_answers_is_unanswerable(tmp_path):
    qas = [_qa("a", "文", is_impossible=True), _qa("b"), _qa("c", "文", is_impossible=False)]
    found = load_squad(_file(tmp_path, {"context": "文", "qas": qas}))
    assert [q.answerable for q in found.questions] == [False, False, True]


def test_a_blank_question_stays_and_a_missing_id_is_its_place(tmp_path):
    qas = [{"question": "", "answers": []}, {"id": 5, "question": "x", "answers": []}]
    found = load_squad(_file(tmp_path, {"context": "文", "qas": qas}))
    assert [(q.id, q.question) for q in found.questions] == [("c00000-0", ""), ("5", "x")]


GOOD = {"context": "文", "qas": [_qa("a", "文")]}
BAD_PARAGRAPHS = {
    "no context": ({"qas": []}, 'data[1], paragraphs[0]: "context" is missing'),
    "blank context": ({"context": " ", "qas": []}, '"context" is blank'),
    "no qas": ({"context": "x"}, '"qas" is missing'),
    "qas an object": ({"context": "x", "qas": {}}, '"qas" must be a list, not {}'),
    "a question a text": ({"context": "x", "qas": ["?"]}, 'qas[0]: must be a JSON object, not "?"'),
    "no question": ({"context": "x", "qas": [{"id": "b"}]}, '"answers" is missing'),
    "answer without text": (
        {"context": "x", "qas": [{"id": "b", "question": "?", "answers": [{"answer_start": 0}]}]},
        'qas[0], answers[0]: "text" is missing',
    ),
    "answers a text": (
        {"context": "x", "qas": [{"id": "b", "question": "?", "answers": "文"}]},
        '"answers" must be a list',
    ),
    "is_impossible a text": (
        {"context": "x", "qas": [_qa("b", is_impossible="yes")]},
        '"is_impossible" must be true or false, not "yes"',
    ),
    "an id used twice": ({"context": "x", "qas": [_qa("a")]}, "id 'a' was used before"),
    "too long": (
        {"context": "x", "qas": [{"question": "长" * 1001, "answers": []}]},
        "1001 characters",
    ),
}


@pytest.mark.parametrize(("paragraph", "fault"), BAD_PARAGRAPHS.values(), ids=BAD_PARAGRAPHS)
def test_a_bad_place_is_refused_by_name(tmp_path, paragraph, fault):
    path = _file(tmp_path, GOOD, paragraph)
    with pytest.raises(SettingsError) as caught:
        load_squad(path)
    assert caught.value.message.startswith(str(path))
    assert fault in caught.value.message


BAD_FILES = {
    "empty": (b"", "not valid JSON"),
    "a list": (b"[]", "must be a JSON object"),
    "no data": (b"{}", '"data" is missing'),
    "no paragraphs": (b'{"data": [{"title": "x"}]}', 'data[0]: "paragraphs" is missing'),
    "no questions": (b'{"data": []}', "holds no questions"),
    "cut off": (b'{"data": [', "not valid JSON (Expecting value: line 1, column 11 of it)"),
}


@pytest.mark.parametrize(("content", "fault"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused(tmp_path, content, fault):
    path = tmp_path / "set.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_squad(path)
    assert fault in caught.value.message


QUESTIONS = tuple(question(f"q{n}") for n in range(200))


def test_a_sample_is_deterministic_ordered_and_nested():
    drawn = sample(QUESTIONS, 50, seed=1)
    assert len(drawn) == 50
    assert drawn == sample(list(QUESTIONS), 50, seed=1)
    places = [QUESTIONS.index(q) for q in drawn]
    assert places == sorted(places)
    assert set(sample(QUESTIONS, 20, seed=1)) < set(drawn)


def test_another_seed_draws_others_and_reordering_does_not():
    drawn = set(sample(QUESTIONS, 50, seed=1))
    assert drawn != set(sample(QUESTIONS, 50, seed=2))
    assert drawn == set(sample(QUESTIONS[::-1], 50, seed=1))


def test_the_draw_is_pinned():
    # By sha256sum of "1\nq0" ... "1\nq9" the smallest begin 10c97c35 (q4), 142a5675 (q8) and
    # 16f41ef1 (q6). Another draw would make old sampled figures incomparable.
    assert [q.id for q in sample(QUESTIONS[:10], 3, seed=1)] == ["q4", "q6", "q8"]


def test_no_limit_or_a_large_one_gives_all():
    assert sample(QUESTIONS, None, seed=1) == QUESTIONS
    assert sample(QUESTIONS, 500, seed=1) == QUESTIONS


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_under_one_is_refused(limit):
    with pytest.raises(SettingsError, match=f"is {limit}"):
        sample(QUESTIONS, limit, seed=1)


@pytest.mark.parametrize(
    ("name", "contexts", "questions"),
    [
        # Counted with a separate five-line script.
        ("squad/cmrc_trial.json", 256, 1002),
        ("squad/drcd_dev.json", 1000, 3524),
        ("squad/xquad_zh.json", 240, 1190),
        ("qa/finews_train.json", 68, 661),
    ],
)
def test_the_real_files_load_whole(name, contexts, questions):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found = load_squad(path)
    assert (len(found.contexts), len(found.questions)) == (contexts, questions)
    texts = found.texts()
    assert all(gold in texts[q.context_id] for q in found.questions for gold in q.answers)
