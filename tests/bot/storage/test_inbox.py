from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.storage import open_engine
from bot.storage.inbox import Inbox, Waiting
from tests.bot.storage.makers import NOW, bytes_in, open_inbox

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def inbox(tmp_path):
    inbox = open_inbox(tmp_path / "inbox.sqlite")
    yield inbox
    inbox.close()


def test_what_is_added_waits_in_its_order_until_it_is_done(inbox):
    # Telegram's ids may begin anew at a random number after a quiet week.
    for number, update in enumerate((9, 10, 4)):
        assert inbox.add(update, f"body {update}", NOW + timedelta(seconds=number))
    inbox.done(10, LATER)
    assert inbox.waiting() == [Waiting(9, "body 9", 0), Waiting(4, "body 4", 0)]


def test_what_is_known_is_not_added_again_even_when_done(inbox):
    assert inbox.add(1, "first", NOW)
    assert not inbox.add(1, "second", NOW)
    assert inbox.waiting() == [Waiting(1, "first", 0)]
    inbox.done(1, NOW)
    assert not inbox.add(1, "third", NOW)
    assert inbox.waiting() == []


def test_attempts_are_counted(inbox, tmp_path):
    inbox.add(1, "body", NOW)
    assert [inbox.start(1), inbox.start(1)] == [1, 2]
    inbox.close()
    again = open_inbox(tmp_path / "inbox.sqlite")
    assert again.waiting() == [Waiting(1, "body", 2)]
    assert again.start(1) == 3
    again.close()


def test_an_unknown_update_can_be_started_and_done(inbox):
    assert inbox.start(5) == 0
    inbox.done(5, NOW)
    assert inbox.add(5, "body", NOW)


def test_pruning_takes_only_what_was_done_before(inbox):
    for update in (1, 2, 3):
        inbox.add(update, "body", NOW)
    inbox.done(1, NOW)
    inbox.done(2, LATER)
    inbox.done(1, LATER)  # done is done: the first time counts
    assert inbox.prune(LATER) == 1
    assert inbox.add(1, "new", LATER)
    assert not inbox.add(2, "body", LATER)
    assert {one.id for one in inbox.waiting()} == {1, 3}
    assert inbox.prune(LATER + timedelta(seconds=1)) == 1


def test_the_text_of_what_is_done_is_nowhere_in_the_files(inbox, tmp_path):
    long = "长问题" * 5_000  # on pages of its own
    for update, text in ((1, "第一个问题"), (2, long), (3, "第三个问题")):
        inbox.add(update, text, NOW)
    assert "第一个问题".encode() in bytes_in(tmp_path)
    for update in (1, 2, 3):
        inbox.start(update)
        inbox.done(update, NOW)
    for text in ("第一个问题", "长问题", "第三个问题"):
        assert text.encode() not in bytes_in(tmp_path)


def test_while_others_wait_pruning_clears_the_files(inbox, tmp_path):
    inbox.add(1, "第一个问题", NOW)
    inbox.add(2, "第二个问题", NOW)
    inbox.done(1, NOW)
    inbox.prune(NOW)
    assert "第一个问题".encode() not in bytes_in(tmp_path)
    assert [one.body for one in inbox.waiting()] == ["第二个问题"]


def test_a_reader_elsewhere_holds_up_nothing_for_long(inbox, tmp_path):
    # A backup, say. The files can't be cleared meanwhile; the next time does it.
    inbox.add(1, "第一个问题", NOW)
    reader = open_engine(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    with reader.connect() as connection:
        connection = connection.execution_options(qinwen_begin="BEGIN")
        connection.exec_driver_sql("SELECT * FROM updates").all()
        inbox.done(1, NOW)
        assert inbox.add(2, "第二个问题", NOW)
    reader.dispose()
    inbox.done(2, NOW)
    assert "个问题".encode() not in bytes_in(tmp_path)


def test_threads_agree_on_who_was_first(inbox):
    def one(number):
        update = number % 50
        new = inbox.add(update, f"body {update}", NOW)
        inbox.start(update)
        return new

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(200))) == 50
        assert all(one.attempts == 4 for one in inbox.waiting())
        list(threads.map(lambda update: inbox.done(update, NOW), range(50)))
    assert inbox.waiting() == []


def test_two_processes_may_have_it_open(inbox, tmp_path):
    other = open_inbox(tmp_path / "inbox.sqlite")
    with ThreadPoolExecutor(8) as threads:
        added = threads.map(lambda n: (inbox, other)[n % 2].add(n // 2, "body", NOW), range(100))
        assert sum(added) == 50
    assert len(other.waiting()) == len(inbox.waiting()) == 50
    other.close()


def test_in_memory_it_works_the_same():
    inbox = Inbox(open_engine("sqlite://"))
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda n: inbox.add(n, "body", NOW), range(50)))
    assert len(inbox.waiting()) == 50
    inbox.close()
