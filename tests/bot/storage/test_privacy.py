"""What stands in the files of a bot, byte by byte."""

import json

import pytest

from tests.bot.storage.makers import (
    ANNA,
    BERT,
    GROUP,
    NOW,
    SALT,
    bytes_in,
    make_turn,
    open_inbox,
    open_store,
)

SECRET = "安娜想知道的事"
LONG = "很长的一段话" * 3_000  # on pages of its own


@pytest.fixture
def opened(tmp_path):
    store, inbox = open_store(tmp_path / "bot.sqlite"), open_inbox(tmp_path / "inbox.sqlite")
    yield store, inbox
    store.close()
    inbox.close()


def ask(store, inbox, number, question, user=ANNA, chat=GROUP):
    """A question's whole way, as the bot goes it."""
    update = {"message": {"text": question, "from": {"id": user}, "chat": {"id": chat}}}
    inbox.add(number, json.dumps(update, ensure_ascii=False), NOW)
    inbox.start(number)
    store.record(make_turn(number, question=question, user=user, chat=chat))
    store.vote(f"token-{number}", chat, user, 1)
    store.set_language(user, "en")
    inbox.done(number, NOW)


def written(number):
    """An id as text and as SQLite's or C's numbers."""
    sizes = [size for size in (4, 5, 6, 8) if number.bit_length() < 8 * size]
    orders = ("big", "little")
    raw = {number.to_bytes(size, order, signed=True) for size in sizes for order in orders}
    return {str(abs(number)).encode(), hex(abs(number))[2:].encode(), *raw}


def test_no_id_of_a_user_or_chat_is_in_the_files(tmp_path, opened):
    ask(*opened, 1, "甲？")
    ask(*opened, 2, "乙？", user=BERT, chat=BERT)
    content = bytes_in(tmp_path)
    assert "甲？".encode() in content
    for number in (ANNA, BERT, GROUP):
        assert [form for form in written(number) if form in content] == []
    assert SALT not in content


def test_forgetting_a_user_leaves_no_trace(tmp_path, opened):
    store, inbox = opened
    for number in range(1, 40):
        ask(store, inbox, number, f"别人的问题{number}", user=BERT)
    ask(store, inbox, 50, SECRET)
    ask(store, inbox, 51, LONG, chat=ANNA)
    ask(store, inbox, 52, SECRET)
    anna = store._names.user(ANNA).encode()
    before = bytes_in(tmp_path)
    assert SECRET.encode() in before
    assert anna in before
    assert store.forget(ANNA) == 3
    after = bytes_in(tmp_path)
    for trace in (SECRET, "很长的一段话", "token-50"):
        assert trace.encode() not in after
    assert anna not in after
    assert "别人的问题7".encode() in after


def test_what_is_too_old_leaves_no_trace(tmp_path, opened):
    store, inbox = opened
    ask(store, inbox, 1, SECRET)
    store._clock.now = NOW.replace(year=2023)
    assert store.purge(90) == 1
    assert SECRET.encode() not in bytes_in(tmp_path)


def test_an_edited_question_is_gone_after_the_next_purge(tmp_path, opened):
    store, inbox = opened
    ask(store, inbox, 1, SECRET)
    store.record(make_turn(1, token="new", question="改了？"))
    store.purge(90)
    assert SECRET.encode() not in bytes_in(tmp_path)


def test_in_memory_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store(None)
    store.record(make_turn(question=LONG))
    store.forget(ANNA)
    store.close()
    assert list(tmp_path.iterdir()) == []
