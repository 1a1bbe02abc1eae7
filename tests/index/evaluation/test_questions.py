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


def _table(tmp_path, *rows, name="qa.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes("\r\n".join(rows).encode(encoding))
    return path


def test_a_table_has_lists_line_by_line_in_its_cells(tmp_path):
    path = _table(
        tmp_path,
        "\ufeffid, question ,answers,sources,history,kind,note",
        'd1,谁？,"甲\r\n 乙 ","http://x/y,z\n-a.md","早？\n\n中？",日期,=1+1',
        "",
        ",,,,,,",
        "'-1,'=多少？,,,,,",
        name="QA.CSV",
    )
    assert load_questions(path) == [
        EvalQuestion(
            "d1", "谁？", ("甲", "乙"), ("http://x/y,z", "-a.md"), ("早？", "中？"), "日期"
        ),
        EvalQuestion("-1", "=多少？", (), ()),
    ]


def test_a_row_without_id_gets_the_number_of_its_first_line(tmp_path):
    path = _table(tmp_path, "question,answers,sources", '谁？,"甲\n乙",', "", '"多\n少？",,')
    assert [(one.id, one.question) for one in load_questions(path)] == [
        ("2", "谁？"),
        ("5", "多\n少？"),
    ]


BAD_TABLES = {
    "no question": (("question,answers,sources", ",甲,"), ', line 2: "question" is blank'),
    "no such column": (("frage,answers", "谁？,"), ', line 2: "question" is missing'),
    "no answers": (("question", "谁？"), ', line 2: "answers" is missing'),
    "misspelt sources": (("question,answers,source", "谁？,甲,"), ', line 2: "sources" is missing'),
    "a comma too many": (("question,answers", "谁？,,甲"), ", line 2: 3 cells under 2 columns"),
    "an open quote": (("question,answers", "x,", '"谁？,'), ", line 3: not valid CSV"),
    "an id twice": (("id,question,answers", "a,谁？,", "a,何？,"), ", line 3: id 'a' was used in"),
    "a huge cell": (("question,answers", f"{'长' * 200_000},"), ", line 2: not valid CSV"),
    "only a header": (("question,answers", ""), ": holds no questions"),
    "nothing": (("",), ": holds no questions"),
}


@pytest.mark.parametrize(("rows", "fault"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_bad_table_is_refused_with_file_line_and_fault(tmp_path, rows, fault):
    path = _table(tmp_path, *rows)
    with pytest.raises(SettingsError) as caught:
        load_questions(path)
    assert caught.value.message.startswith(f"{path}{fault}")


def test_a_table_in_another_encoding_is_told_how_to_save_it(tmp_path):
    path = _table(tmp_path, "question,answers", "谁是甲,", encoding="gb18030")
    with pytest.raises(SettingsError, match=r"not UTF-8 \(byte 0x.*Save it as CSV UTF-8"):
        load_questions(path)
