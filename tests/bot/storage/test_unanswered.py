import csv
import io
import random
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage import unanswered
from bot.storage.records import UnansweredGroup
from bot.storage.unanswered import Refusal, as_csv, grouped
from index.evaluation.questions import load_questions
from tests.bot.storage.makers import (
    BERT,
    GROUP,
    NOW,
    Clock,
    make_refusal,
    make_turn,
    open_store,
)
from tests.factories import UNHURRIED, ugly_texts


@pytest.fixture
def store():
    store = open_store(None, Clock())
    yield store
    store.close()


def refusals(*texts):
    return [Refusal(text, NOW + timedelta(seconds=n), True) for n, text in enumerate(texts)]


def counts(*texts):
    return {one.example: one.count for one in grouped(refusals(*texts))}


def test_similar_wordings_are_one_group():
    assert counts(
        "海伦司总市值多少？",
        "海伦司的总市值是多少",
        "海倫司總市值多少",
        "海伦司现在总市值多少",
        "海底捞总市值多少？",
        "明天的天气",
    ) == {"海倫司總市值多少": 4, "海底捞总市值多少？": 1, "明天的天气": 1}


def test_script_width_case_spaces_and_punctuation_make_no_difference():
    assert counts("ＥＴＦ 是什么？", "etf是什么", "ETF是什麼?!") == {"ETF是什麼?!": 3}


def test_the_most_asked_is_first_and_of_equal_ones_the_newest():
    found = grouped(refusals("甲是谁", "乙在哪里", "丙有多少人", "乙在哪里？"))
    assert [one.example for one in found] == ["乙在哪里？", "丙有多少人", "甲是谁"]
    assert found[0] == UnansweredGroup("乙在哪里？", 2, NOW + timedelta(seconds=3))


def test_one_letter_and_signs_alone_are_questions_too():
    assert counts("？", "股", "股。", "……") == {"？": 1, "股。": 2, "……": 1}


def test_the_short_cut_finds_what_looking_at_all_pairs_finds():
    words = ("甲", "乙", "丙", "丁", "多少", "的", "总", "市值")

    @UNHURRIED
    @given(st.lists(st.lists(st.sampled_from(words), min_size=1, max_size=8), max_size=10))
    def check(drawn):
        texts = ["".join(one) for one in drawn]
        assert grouped(refusals(*texts)) == grouped_slowly(refusals(*texts))

    check()


def grouped_slowly(found):
    wordings = unanswered._ranked(unanswered._wordings(found))
    groups = []  # pairs of the first wording, first wording, all wordings
    for folded, one in wordings:
        pairs = unanswered._pairs(folded)
        shares = [len(pairs & theirs) / len(pairs | theirs) for theirs, _ in groups]
        if shares and max(shares) >= 0.5:
            groups[shares.index(max(shares))][1].append(one)
        else:
            groups.append((pairs, [one]))
    made = [
        UnansweredGroup(
            ones[0].question, sum(one.count for one in ones), max(one.last for one in ones)
        )
        for _, ones in groups
    ]
    return sorted(made, key=lambda one: (one.count, one.last), reverse=True)


def test_nobody_is_lost_whatever_is_asked():
    @UNHURRIED
    @given(st.lists(ugly_texts, max_size=12))
    def check(texts):
        found = grouped(refusals(*texts))
        assert sum(one.count for one in found) == len(texts)
        assert sorted((one.count for one in found), reverse=True) == [one.count for one in found]

    check()


def test_ten_thousand_refusals_take_no_time():
    chance = random.Random(7)
    words = [chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(300)]
    texts = ["".join(chance.choices(words, k=6)) + "是多少？" for _ in range(10_000)]
    start = time.process_time()
    assert sum(one.count for one in grouped(refusals(*texts))) == 10_000
    assert time.process_time() - start < 20


class TestInTheStore:
    def test_refusals_and_what_was_voted_down_as_searched(self, store):
        store.record(make_refusal(1, "那总市值呢？", searched="海伦司总市值呢？"))
        store.record(make_refusal(2, "你好", reason="off_topic"))
        store.record(make_refusal(3, "😀", reason="no_words"))
        store.record(make_refusal(4, "谁种了树", reason="no_passages"))
        for number in (5, 6, 7):
            store.record(make_turn(number, question=f"答了{number}吗"))
        for user in (1, 2, 3):
            store.vote("token-5", GROUP, user, -1)
            store.vote("token-6", GROUP, user, 1 if user < 3 else -1)
        assert {one.example for one in store.unanswered(9)} == {
            "海伦司总市值呢？",
            "谁种了树",
            "答了5吗",
        }
        assert len(store.unanswered(2)) == 2

    def test_a_vote_taken_back_counts_no_more(self, store):
        store.record(make_turn(1))
        store.vote("token-1", GROUP, BERT, -1)
        assert [one.count for one in store.unanswered(9)] == [1]
        store.vote("token-1", GROUP, BERT, -1)
        assert store.unanswered(9) == []


class TestTheFile:
    def test_eval_reads_it(self, store, tmp_path):
        asked = ("谁种了树？", '她说"好",\n然后呢？', "=1+1等于几", "-5度是哪天", "谁种了樹")
        for number, question in enumerate(asked):
            store.record(make_refusal(number, question))
        store.record(make_turn(9, question="答错了？"))
        store.vote("token-9", GROUP, BERT, -1)
        path = tmp_path / "unanswered.csv"
        path.write_bytes(store.unanswered_csv().encode())
        found = load_questions(path)
        assert {(one.question, one.kind) for one in found} == {
            ("谁种了樹", "refused"),
            ('她说"好",\n然后呢？', "refused"),
            ("=1+1等于几", "refused"),
            ("-5度是哪天", "refused"),
            ("答错了？", "disliked"),
        }
        assert not any(one.answerable for one in found)
        assert len({one.id for one in found}) == 5

    def test_answers_that_were_filled_in_are_read(self, store, tmp_path):
        store.record(make_refusal(1, "谁种了树？"))
        table = store.unanswered_csv().replace("谁种了树？,,,", '谁种了树？,"甲\n乙",a.md,')
        path = tmp_path / "unanswered.csv"
        path.write_bytes(table.encode())
        (question,) = load_questions(path)
        assert (question.answers, question.sources) == (("甲", "乙"), ("a.md",))

    def test_no_cell_is_a_formula_to_a_spreadsheet(self):
        texts = [f"{sign}cmd()" for sign in ("=", "+", "-", "@", "\t", "\r")]
        rows = list(csv.reader(io.StringIO(as_csv(refusals(*texts)), newline="")))
        assert {row[1] for row in rows[1:]} == {"'\rcmd()"}  # one wording, the last one shown
        for text in texts:
            _, row = csv.reader(io.StringIO(as_csv(refusals(text)), newline=""))
            assert row[1] == f"'{text}"

    def test_the_id_of_a_wording_stays_the_same(self):
        first, second = as_csv(refusals("甲是谁？")), as_csv(refusals("乙呢", "甲是誰", "甲是谁"))
        assert first.splitlines()[1].split(",")[0] in second

    def test_without_refusals_there_is_only_a_header(self):
        assert as_csv([]) == "\ufeffid,question,answers,sources,kind,count,last\r\n"
