import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SettingsError
from index.evaluation.draw import unit_hash
from index.evaluation.split import split_questions

from .makers import question


def _on(posts_per_question):
    return [question(f"q{n}", sources=posts) for n, posts in enumerate(posts_per_question)]


def test_unit_hash_by_hand():
    # printf 's\nq' | sha256sum begins 6a753b8fef4a1645; shifted right by 11 and over 2**53.
    assert unit_hash("q", "s") == (0x6A753B8FEF4A1645 >> 11) / 2**53


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3), max_size=30))
def test_nothing_is_lost_and_no_source_is_on_both_sides(posts):
    questions = _on(posts)
    split = split_questions(questions)
    assert sorted((*split.tune, *split.check), key=questions.index) == questions
    tuned = {name for q in split.tune for name in q.sources}
    checked = {name for q in split.check for name in q.sources}
    assert not tuned & checked


def test_a_chain_of_shared_sources_stays_together():
    # a-b, b-c, c-d ... : one group of 40, wherever it falls.
    questions = _on([(f"p{n}", f"p{n + 1}") for n in range(40)])
    split = split_questions(questions)
    assert {len(split.tune), len(split.check)} == {0, 40}


def test_a_link_that_comes_last_still_joins():
    # By their own names the two would part; with a question on both they may not.
    names = [f"p{n}" for n in range(100)]
    first = next(name for name in names if _tuned(name))
    second = next(name for name in names if not _tuned(name))
    split = split_questions(_on([(first,), (second,)]))
    assert (len(split.tune), len(split.check)) == (1, 1)
    joined = split_questions(_on([(first,), (second,), (second, first)]))
    assert {len(joined.tune), len(joined.check)} == {0, 3}


def test_the_order_of_sources_does_not_matter():
    names = [(f"p{n}", f"r{n}") for n in range(30)]
    there, back = split_questions(_on(names)), split_questions(_on([pair[::-1] for pair in names]))
    assert [q.id for q in there.tune] == [q.id for q in back.tune]


def _tuned(post):
    return bool(split_questions(_on([(post,)])).tune)


def test_order_is_kept_and_does_not_matter():
    questions = _on([(f"p{n % 20}",) for n in range(60)])
    split = split_questions(questions)
    assert list(split.tune) == [q for q in questions if q in split.tune]
    assert set(split_questions(questions[::-1]).tune) == set(split.tune)


def test_questions_without_a_source_go_by_their_id():
    questions = [question(f"q{n}", [], []) for n in range(1000)]
    split = split_questions(questions)
    # 500 -+ 4 standard deviations of sqrt(1000) / 2 = 15.8
    assert 437 <= len(split.tune) <= 563


def test_share_and_salt():
    questions = _on([(f"p{n}",) for n in range(1000)])
    few = split_questions(questions, tune_share=0.2)
    assert 150 <= len(few.tune) <= 250  # 200 -+ 4 * 12.6
    assert set(few.tune) < set(split_questions(questions, tune_share=0.5).tune)
    assert split_questions(questions, salt="x") != split_questions(questions, salt="y")


@pytest.mark.parametrize("share", [0, 1, -0.5, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(SettingsError, match="tuning share"):
        split_questions([], tune_share=share)


def test_nothing_splits_into_nothing():
    split = split_questions([])
    assert (split.tune, split.check) == ((), ())
