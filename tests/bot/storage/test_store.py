from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.storage.engine import writing
from bot.storage.errors import DatabaseError
from bot.storage.records import Counts, FeedbackRow
from bot.storage.schema import turns
from tests.bot.storage.makers import (
    ANNA,
    BERT,
    GROUP,
    NOW,
    OTHER_GROUP,
    Clock,
    make_refusal,
    make_turn,
    open_store,
)
from tests.factories import make_answer


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path, clock):
    store = open_store(tmp_path / "bot.sqlite" if request.param == "file" else None, clock)
    yield store
    store.close()


def questions(*numbers):
    return tuple(f"第{number}问？" for number in numbers)


def recent(store, since=NOW, most=10, **place):
    where = {"chat": GROUP, "user": ANNA, "thread": None} | place
    return store.recent_questions(**where, since=since, most=most)


class TestTurns:
    def test_a_turn_is_found_by_its_token_in_its_chat_only(self, store):
        turn = make_turn(thread=5, replied_to=1, language="en")
        store.record(turn)
        found = store.answer(turn.token, GROUP)
        assert found.answer == turn.answer
        assert (found.token, found.thread, found.language) == (turn.token, 5, "en")
        assert (found.question_message, found.answer_message, found.replied_to) == (2, 3, 1)
        assert found.asked_at == NOW + timedelta(seconds=1)
        assert store.answer(turn.token, OTHER_GROUP) is None
        assert store.answer("another", GROUP) is None

    def test_a_turn_is_found_by_both_messages_in_its_chat_only(self, store):
        store.record(make_turn(1))
        store.record(make_turn(1, chat=OTHER_GROUP, token="other", question="别的？"))
        assert [store.at_message(GROUP, n) is not None for n in (1, 2, 3, 4)] == [0, 1, 1, 0]
        assert store.at_message(OTHER_GROUP, 2).answer.question == "别的？"

    def test_a_user_s_private_chat_is_not_the_group_of_the_same_number(self, store):
        store.record(make_turn(chat=ANNA))
        assert store.at_message(ANNA, 2) is not None
        assert store.at_message(-ANNA, 2) is None

    def test_an_edited_question_takes_the_place_of_the_one_before(self, store):
        store.record(make_turn(1))
        store.vote("token-1", GROUP, BERT, 1)
        store.record(make_turn(1, token="new", question="改了？"))
        assert store.answer("token-1", GROUP) is None
        assert store.at_message(GROUP, 3).answer.question == "改了？"
        assert recent(store) == ("改了？",)
        assert store.counts(NOW) == Counts(1, 1, 0, 0, 0)

    def test_the_same_turn_twice_is_one(self, store):
        for _ in range(2):
            store.record(make_turn(1))
        assert recent(store) == questions(1)

    def test_a_turn_has_no_answer_message_until_it_is_sent(self, store):
        for number in (1, 2):
            store.record(make_turn(number, answer_message=None))
        assert store.at_message(GROUP, 2).answer_message is None
        store.sent("token-1", OTHER_GROUP, 9)
        store.sent("token-1", GROUP, 3)
        assert store.at_message(GROUP, 3) == store.at_message(GROUP, 2)
        assert store.at_message(GROUP, 9) is store.at_message(GROUP, 4).answer_message is None

    def test_the_last_turn_is_of_that_user_chat_and_topic(self, store):
        assert store.last(GROUP, ANNA) is None
        store.record(make_turn(1))
        store.record(make_turn(2, thread=7))
        store.record(make_turn(3, user=BERT))
        store.record(make_turn(4, chat=OTHER_GROUP))
        assert store.last(GROUP, ANNA).question_message == 2
        assert store.last(GROUP, ANNA, 7).question_message == 4
        assert store.last(GROUP, ANNA, 8) is None
        assert store.last(GROUP, BERT).question_message == 6

    def test_an_answer_that_cannot_be_read_is_gone(self, store):
        store.record(make_turn(1))
        store.vote("token-1", GROUP, BERT, 1)
        with writing(store._engine) as connection:
            connection.execute(update(turns).values(answer='{"version": 9}'))
        assert store.answer("token-1", GROUP) is None
        assert store.feedback(5) == []
        assert recent(store) == questions(1)

    def test_ugly_texts_are_stored(self, store):
        turn = make_turn(question="a\0b\ud800？", searched="𠮷\udfff")
        store.record(turn)
        assert store.answer(turn.token, GROUP).answer == turn.answer
        assert recent(store) == ("ab?？",)

    def test_names_and_numbers_as_large_as_telegram_s(self, store):
        big = 2**52
        turn = make_turn(chat=-big, user=big, thread=2**31, question_message=2**40)
        store.record(turn)
        assert store.last(-big, big, 2**31).question_message == 2**40


class TestFollowUps:
    def test_recent_questions_are_the_last_ones_oldest_first(self, store):
        for number in range(1, 6):
            store.record(make_turn(number))
        assert recent(store, most=3) == questions(3, 4, 5)
        assert recent(store, since=NOW + timedelta(seconds=4)) == questions(4, 5)
        assert recent(store, most=0) == ()
        assert recent(store, user=BERT) == recent(store, thread=1) == ()

    def test_nothing_before_a_reset_is_followed_on(self, store):
        store.record(make_turn(1))
        store.record(make_turn(2, thread=7))
        store.record(make_turn(3, user=BERT))
        store.reset(GROUP, ANNA, None)
        assert recent(store) == ()
        assert recent(store, thread=7) == questions(2)
        assert recent(store, user=BERT) == questions(3)
        store.record(make_turn(4))
        assert recent(store) == questions(4)
        assert store.last(GROUP, ANNA).question_message == 8

    def test_a_chain_goes_up_by_replies_whoever_wrote_them(self, store):
        store.record(make_turn(1))
        store.record(make_turn(2, replied_to=3, user=BERT))
        store.record(make_turn(3))  # in between, of no concern
        store.record(make_turn(4, replied_to=4))  # to the question, not to the answer
        assert store.chain(GROUP, 9, 10) == questions(1, 2, 4)
        assert store.chain(GROUP, 9, 2) == questions(2, 4)
        assert store.chain(GROUP, 9, 0) == ()
        assert store.chain(GROUP, 99, 10) == ()
        assert store.chain(OTHER_GROUP, 9, 10) == ()

    def test_a_chain_that_bites_its_tail_ends(self, store):
        store.record(make_turn(1, replied_to=5))
        store.record(make_turn(2, replied_to=3))
        assert store.chain(GROUP, 5, 4) == questions(1, 2, 1, 2)


class TestVotes:
    def test_a_vote_can_be_changed_and_taken_back(self, store):
        store.record(make_turn(1))
        seen = []
        for vote in (1, -1, -1, 1, 1):
            assert store.vote("token-1", GROUP, ANNA, vote)
            seen.append(store.votes("token-1"))
        assert seen == [(1, 0), (0, 1), (0, 0), (1, 0), (0, 0)]

    def test_everybody_has_one(self, store):
        store.record(make_turn(1))
        store.record(make_turn(2))
        for user, vote in ((ANNA, 1), (BERT, 1), (3, -1)):
            store.vote("token-1", GROUP, user, vote)
        assert store.votes("token-1") == (2, 1)
        assert store.votes("token-2") == store.votes("no such") == (0, 0)

    def test_an_unknown_answer_or_one_of_another_chat_takes_no_vote(self, store):
        store.record(make_turn(1))
        assert not store.vote("token-1", OTHER_GROUP, ANNA, 1)
        assert not store.vote("token-2", GROUP, ANNA, 1)
        assert store.votes("token-1") == (0, 0)

    def test_the_last_vote_comes_first(self, store):
        for number in (1, 2, 3):
            store.record(make_turn(number, text=None if number == 2 else f"答{number}"))
        store.vote("token-2", GROUP, ANNA, -1)
        store.vote("token-1", GROUP, ANNA, 1)
        store.vote("token-2", GROUP, BERT, 1)
        store.vote("token-1", GROUP, 3, 1)
        rows = store.feedback(5)
        assert rows == [
            FeedbackRow("第1问？", "答1", 2, 0, NOW + timedelta(seconds=7)),
            FeedbackRow("第2问？", None, 1, 1, NOW + timedelta(seconds=6)),
        ]
        assert store.feedback(1) == rows[:1]

    def test_threads_vote_at_once(self, store):
        store.record(make_turn(1))
        votes = [(user, 1 if user % 3 else -1) for user in range(60)]
        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(lambda one: store.vote("token-1", GROUP, *one), votes))
            assert store.votes("token-1") == (40, 20)
            # The same press again and again: an even number of them changes nothing.
            list(threads.map(lambda _: store.vote("token-1", GROUP, 1, 1), range(30)))
        assert store.votes("token-1") == (40, 20)


class TestLanguages:
    def test_a_language_is_chosen_and_given_up(self, store):
        assert store.language(ANNA) is None
        store.set_language(ANNA, "en")
        store.set_language(ANNA, "zh-Hant")
        store.set_language(BERT, "en")
        assert (store.language(ANNA), store.language(BERT)) == ("zh-Hant", "en")
        store.set_language(ANNA, None)
        store.set_language(ANNA, None)
        assert (store.language(ANNA), store.language(BERT)) == (None, "en")


class TestForgetting:
    def test_everything_of_a_user_goes_and_nothing_of_others(self, store):
        store.record(make_turn(1))
        store.record(make_turn(2, chat=OTHER_GROUP))
        store.record(make_turn(3, user=BERT))
        store.vote("token-1", GROUP, BERT, 1)
        store.vote("token-3", GROUP, ANNA, -1)
        store.vote("token-3", GROUP, BERT, 1)
        store.set_language(ANNA, "en")
        store.set_language(BERT, "en")
        assert store.forget(ANNA) == 2
        assert store.last(GROUP, ANNA) is store.answer("token-2", OTHER_GROUP) is None
        assert store.language(ANNA) is None
        assert store.votes("token-3") == (1, 0)
        assert store.counts(NOW) == Counts(1, 1, 0, 1, 0)
        assert (store.language(BERT), recent(store, user=BERT)) == ("en", questions(3))
        assert store.forget(ANNA) == 0

    def test_old_turns_go_with_their_votes(self, store, clock):
        store.record(make_turn(1))
        store.vote("token-1", GROUP, BERT, 1)
        store.set_language(ANNA, "en")
        clock.now += timedelta(days=30)
        store.record(make_turn(2))
        clock.now = NOW + timedelta(days=90)
        assert store.purge(90) == 0  # to the second
        assert store.purge(90) == 1
        assert store.answer("token-1", GROUP) is None
        assert store.counts(NOW) == Counts(1, 1, 0, 0, 0)
        assert store.language(ANNA) == "en"


class TestCounts:
    def test_nothing_yet(self, store):
        assert store.counts(NOW) == Counts(0, 0, 0, 0, 0)
        assert store.feedback(5) == store.unanswered(5) == []

    def test_questions_and_votes_since_then(self, store, clock):
        store.record(make_turn(1))
        clock.now += timedelta(days=1)
        store.record(make_turn(2))
        store.record(make_refusal(3, "谁？"))
        store.vote("token-1", GROUP, ANNA, 1)
        store.vote("token-2", GROUP, ANNA, -1)
        assert store.counts(NOW) == Counts(3, 2, 1, 1, 1)
        assert store.counts(NOW + timedelta(days=1)) == Counts(2, 1, 1, 1, 1)


class TestOneSalt:
    def test_another_salt_is_refused(self, tmp_path):
        path = tmp_path / "bot.sqlite"
        open_store(path).close()
        with pytest.raises(DatabaseError, match=r"was made with another salt\. Restore both"):
            open_store(path, salt=b"t" * 32)
        open_store(path).close()


def test_threads_record_and_read_at_once(store):
    def one(number):
        store.record(make_turn(number, user=number % 5))
        store.last(GROUP, number % 5)
        return store.answer(f"token-{number}", GROUP).answer == make_turn(number).answer

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(one, range(100)))
    assert store.counts(NOW).questions == 100


def test_two_processes_may_have_it_open(tmp_path):
    stores = [open_store(tmp_path / "bot.sqlite") for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: stores[number % 2].record(make_turn(number)), range(40)))
        list(threads.map(lambda n: stores[n % 2].vote("token-1", GROUP, n, 1), range(40)))
    assert [one.votes("token-1") for one in stores] == [(40, 0)] * 2
    for store in stores:
        store.close()


def test_it_is_there_after_a_restart(tmp_path):
    path = tmp_path / "bot.sqlite"
    store = open_store(path)
    store.record(make_turn(1, answer=make_answer(question="还在吗？")))
    store.close()
    again = open_store(path)
    assert again.answer("token-1", GROUP).answer.question == "还在吗？"
    again.close()
