from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from index.errors import SnapshotError
from index.filters import Filters
from index.lexical.inverted_index import Entry, LexicalIndex, update_index, write_index
from index.lexical.tokens import Tokenizer

# tantivy's constants, which it does not let one change.
K1, B = 1.2, 0.75
Texts = dict[int, list[str]]


def entry(id_: int, tokens: Sequence[str], day: int | None = None, of: Iterable[str] = ()) -> Entry:
    return Entry(id_, tokens, None if day is None else date(2021, 12, day), of)


def index_of(folder: Path, texts: Texts) -> LexicalIndex:
    write_index(folder, [entry(id_, tokens) for id_, tokens in texts.items()])
    return LexicalIndex(folder)


def found(index: LexicalIndex, tokens: Sequence[str], k: int = 10, **limits: object) -> list[int]:
    return index.search(tokens, k, Filters(**limits))[0].tolist()  # type: ignore[arg-type]


def brute_force(
    texts: Texts, question: Sequence[str], gone: Iterable[list[str]] = ()
) -> dict[int, float]:
    """BM25 as written in the books, over everything; `gone` count in the statistics only."""
    counted = [*texts.values(), *gone]
    average = sum(map(len, counted)) / len(counted)
    holding = Counter(token for tokens in counted for token in set(tokens))
    scores = {}
    for id_, tokens in texts.items():
        counts, norm = Counter(tokens), K1 * (1 - B + B * len(tokens) / average)
        scores[id_] = sum(
            math.log(1 + (len(counted) - holding[token] + 0.5) / (holding[token] + 0.5))
            * counts[token] * (K1 + 1) / (counts[token] + norm)
            for token in set(question) & set(tokens)
        )  # fmt: skip
    return {id_: score for id_, score in scores.items() if score > 0}


def random_texts(seed: int, count: int, first: int = 0) -> Texts:
    """Texts of at most 40 tokens: of longer ones tantivy keeps the length roughly only."""
    random = np.random.default_rng(seed)
    sizes = random.integers(0, 41, count)
    return {
        first + 3 * at: [f"t{one}" for one in random.zipf(1.4, size) % 300]
        for at, size in enumerate(sizes)
    }


def test_three_passages_worked_by_hand(tmp_path: Path) -> None:
    # 3 passages of 2, 1 and 3 tokens, 2 on average; 青岛 stands in two of them, 保 in one.
    index = index_of(tmp_path, {7: ["青岛", "保"], 8: ["青岛"], 9: ["酒", "酒", "馆"]})
    # idf: ln(1 + 1.5 / 2.5) = 0.4700 and ln(1 + 2.5 / 1.5) = 0.9808.
    assert index.idf("青岛") == pytest.approx(0.4700, abs=1e-4)
    assert index.idf("保") == pytest.approx(0.9808, abs=1e-4)
    assert index.idf("无") == pytest.approx(math.log(1 + 3.5 / 0.5))
    ids, scores = index.search(["青岛", "保", "酒"], 10, Filters())
    # 9: 0.9808 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 1.5)) = 4.3155 / 3.65.
    # 7: (0.4700 + 0.9808) * 1 * 2.2 / (1 + 1.2 * 1).
    # 8: 0.4700 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 0.5)) = 1.0340 / 1.75.
    assert ids.tolist() == [7, 9, 8]
    assert_allclose(scores, [1.4508, 1.1823, 0.5909], atol=2e-4)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_the_formula(tmp_path: Path, seed: int) -> None:
    texts = random_texts(seed, 400)
    index = index_of(tmp_path, texts)
    random = np.random.default_rng(seed)
    for size in (1, 2, 5, 20):
        question = [f"t{one}" for one in random.zipf(1.4, size) % 310]
        wanted = brute_force(texts, question)
        ids, scores = index.search(question, len(texts), Filters())
        assert set(ids.tolist()) == set(wanted)
        assert_allclose(scores, [wanted[id_] for id_ in ids.tolist()], rtol=1e-5)
        assert (np.diff(scores) <= 0).all()
        some = np.array([*[*texts][::5], 1, 999_999])
        assert_allclose(
            index.scores(question, some), [wanted.get(id_, 0) for id_ in some.tolist()], rtol=1e-5
        )


def test_the_best_k_are_the_first_of_all(tmp_path: Path) -> None:
    index = index_of(tmp_path, random_texts(5, 2_000))
    question = ["t1", "t2", "t7", "t40"]
    everything = index.search(question, 2_000, Filters())
    for k in (1, 10, 100):
        ids, scores = index.search(question, k, Filters())
        assert_allclose(scores, everything[1][:k])
        assert len(set(ids.tolist())) == k


def test_equal_scores_come_by_ascending_id(tmp_path: Path) -> None:
    index = index_of(tmp_path, {5: ["酒"], 3: ["酒"], 9: ["酒"], 1: ["茶"]})
    assert found(index, ["酒"]) == [3, 5, 9]


def test_filters_come_before_the_best_k(tmp_path: Path) -> None:
    write_index(
        tmp_path,
        [
            entry(1, ["酒", "酒"], 1, ["财经"]),
            entry(2, ["酒", "馆"], 2, ["财经", "公司"]),
            entry(3, ["酒", "馆", "店"], 3, ["公司"]),
            entry(4, ["酒", "馆", "店", "家"], None, []),
        ],
    )
    index = LexicalIndex(tmp_path)
    assert found(index, ["酒"]) == [1, 2, 3, 4]
    assert found(index, ["酒"], 1, since=date(2021, 12, 2)) == [2]
    assert found(index, ["酒"], until=date(2021, 12, 2)) == [1, 2]
    assert found(index, ["酒"], since=date(2022, 1, 1)) == []
    assert found(index, ["酒"], categories=frozenset(["公司"])) == [2, 3]
    assert found(index, ["酒"], categories=frozenset(["公司", "财经"])) == [1, 2, 3]
    assert found(index, ["酒"], categories=frozenset(["无"])) == []
    assert found(index, ["酒"], categories=frozenset()) == []
    limits = {"since": date(2021, 12, 3), "categories": frozenset(["公司"])}
    assert found(index, ["酒"], **limits) == [3]
    _, free = index.search(["酒"], 10, Filters())
    _, held = index.search(["酒"], 10, Filters(since=date(2021, 12, 2)))
    assert_allclose(held, free[1:3])  # a filter takes passages away, it does not change scores


def test_nothing_to_find(tmp_path: Path) -> None:
    index = index_of(tmp_path / "some", {1: ["酒"], 2: []})
    assert index.count == 2
    assert found(index, []) == []
    assert found(index, ["茶"]) == []
    assert index.scores([], np.array([1])).tolist() == [0.0]
    assert index.scores(["酒"], np.array([], dtype=np.int64)).tolist() == []
    empty = index_of(tmp_path / "none", {})
    assert (empty.count, found(empty, ["酒"])) == (0, [])
    assert empty.scores(["酒"], np.array([1])).tolist() == [0.0]


def test_a_token_said_twice_counts_once(tmp_path: Path) -> None:
    index = index_of(tmp_path, {1: ["酒"], 2: ["茶"]})
    assert index.search(["酒", "酒"], 1, Filters())[1] == index.search(["酒"], 1, Filters())[1]


def test_one_common_word_does_not_lift_unrelated_passages(tmp_path: Path) -> None:
    """The complaint chatchat-space/Langchain-Chatchat#5024: 提取 alone decided."""
    tokenizer = Tokenizer(())
    texts = [f"本次提取第{one}批数据，提取完成后再提取备份，提取结束。" for one in range(60)]
    texts.append("职工购买住房，可以申请使用住房公积金，凭身份证到管理中心办理。")
    index = index_of(tmp_path, {at: tokenizer.passage_tokens(one) for at, one in enumerate(texts)})
    ids, scores = index.search(tokenizer.question_tokens("公积金怎么提取？"), 5, Filters())
    assert ids[0] == 60
    assert scores[0] > 2 * scores[1]


def test_an_update_changes_what_changed(tmp_path: Path) -> None:
    old = random_texts(1, 300)
    index_of(tmp_path / "old", old)
    before = {file.name: file.read_bytes() for file in (tmp_path / "old").iterdir()}
    gone = [*old][::7]
    new = {gone[0]: ["t1", "neu"], **random_texts(2, 40, first=10_001)}
    added = [entry(id_, tokens) for id_, tokens in new.items()]
    update_index(tmp_path / "new", tmp_path / "old", np.array(gone), added)
    assert {file.name: file.read_bytes() for file in (tmp_path / "old").iterdir()} == before
    now = {id_: tokens for id_, tokens in old.items() if id_ not in set(gone)} | new
    index = LexicalIndex(tmp_path / "new")
    assert index.count == len(now)
    assert found(index, ["neu"]) == [gone[0]]
    for question in (["t1"], ["t1", "t2", "t3"], ["t17", "t99", "neu"]):
        # Removed passages still count in frequencies and the average length until merged away.
        wanted = brute_force(now, question, [old[id_] for id_ in gone])
        ids, scores = index.search(question, 1_000, Filters())
        assert set(ids.tolist()) == set(wanted)
        assert_allclose(scores, [wanted[id_] for id_ in ids.tolist()], rtol=1e-5)


def test_updates_in_a_row_shrink_to_nothing(tmp_path: Path) -> None:
    index_of(tmp_path / "0", {1: ["酒"], 2: ["茶"]})
    update_index(tmp_path / "1", tmp_path / "0", np.array([1]), [])
    update_index(tmp_path / "2", tmp_path / "1", np.array([2]), [])
    update_index(tmp_path / "3", tmp_path / "2", np.array([], dtype=np.int64), [entry(1, ["水"])])
    counts = [LexicalIndex(tmp_path / str(at)).count for at in range(4)]
    assert counts == [2, 1, 0, 1]
    assert found(LexicalIndex(tmp_path / "3"), ["水"]) == [1]
    assert found(LexicalIndex(tmp_path / "0"), ["酒"]) == [1]


def test_a_deleted_folder_still_answers(tmp_path: Path) -> None:
    index = index_of(tmp_path / "index", random_texts(3, 200))
    shutil.rmtree(tmp_path / "index")
    assert found(index, ["t1"])


def test_many_threads_get_the_same(tmp_path: Path) -> None:
    index = index_of(tmp_path, random_texts(4, 500))
    wanted = found(index, ["t1", "t5"])
    with ThreadPoolExecutor(8) as pool:
        assert all(
            one == wanted for one in pool.map(lambda _: found(index, ["t1", "t5"]), [0] * 64)
        )


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"segments": 3}', b"\xff\xfe"])
def test_a_folder_that_is_no_index_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        index_of(tmp_path, {1: ["酒"]})
        (tmp_path / "meta.json").write_bytes(content)
    with pytest.raises(SnapshotError) as caught:
        LexicalIndex(tmp_path)
    assert caught.value.remedy


def test_a_missing_segment_is_refused(tmp_path: Path) -> None:
    index_of(tmp_path, {1: ["酒"]})
    for file in tmp_path.glob("*.idx"):
        file.unlink()
    with pytest.raises(SnapshotError):
        LexicalIndex(tmp_path)
