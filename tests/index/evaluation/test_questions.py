import json

import pytest

from index.errors import SettingsError
from index.evaluation.questions import EvalQuestion, load_questions


def _write(tmp_path, *lines):
    path = tmp_path / "qa.jsonl"
    path.write_bytes(b"\n".join(lines))
    return path


def _line(**keys):
    record = {"question": "谁？", "answers": ["甲"], "sources": ["a.md"], **keys}
    return json.dumps(record, ensure_ascii=False).encode()


def test_reads_every_field(tmp_path):
    path = _write(
        tmp_path,
        _line(id="d1", history=["早？", "中？"], kind="日期", sources=["http://x/y", "-a.md"]),
    )
    assert load_questions(path) == [
        EvalQuestion("d1", "谁？", ("甲",), ("http://x/y", "-a.md"), ("早？", "中？"), "日期")
    ]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_fine(tmp_path):
    path = _write(tmp_path, b"\xef\xbb\xbf" + _line(id="a") + b"\r", b"", b"  ", _line(id="b"))
    assert [question.id for question in load_questions(path)] == ["a", "b"]


def test_a_line_without_id_gets_its_line_number_and_a_whole_number_is_an_id(tmp_path):
    path = _write(tmp_path, b"", _line(), _line(id=7), _line(id=None))
    assert [question.id for question in load_questions(path)] == ["2", "7", "4"]


def test_an_unanswerable_question_needs_no_sources(tmp_path):
    path = _write(tmp_path, b'{"question": "?", "answers": []}')
    (question,) = load_questions(path)
    assert (question.answerable, question.sources, question.history) == (False, (), ())


def test_null_history_and_kind_mean_none_and_unknown_keys_are_notes(tmp_path):
    path = _write(tmp_path, _line(history=None, kind=None, note="x"))
    (question,) = load_questions(path)
    assert (question.history, question.kind) == ((), None)


BAD_LINES = {
    "no JSON": (b"{", "not valid JSON"),
    "a list": (b"[1]", "must be a JSON object, not [1]"),
    "deep nesting": (b"[" * 100_000, "not valid JSON"),
    "a number of 5,000 digits": (b'{"id": ' + b"9" * 5_000 + b"}", "not valid JSON"),
    "GB18030": ('{"question": "谁是甲"}'.encode("gb18030"), "not UTF-8 (byte 0x"),
    "no question": (b'{"answers": [], "sources": []}', '"question" is missing'),
    "blank question": (_line(question=" \u3000"), '"question" is blank'),
    "question a number": (_line(question=5), '"question" must be text, not 5'),
    "question too long": (_line(question="长" * 1001), "1001 characters, at most 1000"),
    "no answers": (b'{"question": "?"}', '"answers" is missing'),
    "answers null": (_line(answers=None), '"answers" is missing'),
    "answers a text": (_line(answers="甲"), '"answers" must be a list of texts, not "甲"'),
    "an answer a number": (_line(answers=["甲", 5]), '"answers"[1] must be text, not 5'),
    "a blank answer": (_line(answers=["甲", ""]), '"answers"[1] is blank'),
    "misspelt sources": (
        b'{"question": "?", "answers": ["x"], "source": ["a.md"]}',
        '"sources" is missing',
    ),
    "sources an object": (_line(sources={"a": 1}), '"sources" must be a list of texts, not {"a"'),
    "history a text": (_line(history="早"), '"history" must be a list of texts'),
    "kind a list": (_line(kind=["x"]), '"kind" must be text, not ["x"]'),
    "id a list": (_line(id=[1]), '"id" must be text, not [1]'),
    "id true": (_line(id=True), '"id" must be text, not true'),
    "half a surrogate pair": (
        b'{"question": "\\ud83d", "answers": []}',
        '"question" holds half a surrogate pair',
    ),
    "half a pair of the wrong type": (b'["\\ud83d"]', "must be a JSON object"),
}


@pytest.mark.parametrize(("line", "fault"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_refused_with_file_line_and_fault(tmp_path, line, fault):
    path = _write(tmp_path, _line(id="good"), b"", line)
    with pytest.raises(SettingsError) as caught:
        load_questions(path)
    assert caught.value.message.startswith(f"{path}, line 3: ")
    assert fault in caught.value.message
    assert len(caught.value.message) < len(str(path)) + 200
    caught.value.message.encode()


def test_an_id_used_twice_names_both_lines(tmp_path):
    # The second line has no id, so it is "2", and so is the third's.
    path = _write(tmp_path, _line(id="1x"), _line(), _line(id="2"))
    with pytest.raises(SettingsError, match=r"line 3: id '2' was used in line 2"):
        load_questions(path)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"], ids=["0", "blank", "bom"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(SettingsError, match="holds no questions"):
        load_questions(_write(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.jsonl can't be read: No such file"):
        load_questions(tmp_path / "gone.jsonl")
    with pytest.raises(SettingsError, match="Is a directory"):
        load_questions(tmp_path)
