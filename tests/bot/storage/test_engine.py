import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from bot.storage import open_engine
from bot.storage.engine import writing
from bot.storage.errors import DatabaseError
from bot.storage.schema import metadata
from index.errors import BusyError, QinwenError, StorageError
from tests.bot.storage.makers import NOW, make_turn, open_inbox, open_store, url

ROOT = Path(__file__).resolve().parents[3]


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_folder_and_files_are_made_for_nobody_else(tmp_path):
    before = os.umask(0)
    try:
        inbox = open_inbox(tmp_path / "state" / "inbox.sqlite")
        inbox.add(1, "body", NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    names = ("inbox.sqlite", "inbox.sqlite-wal", "inbox.sqlite-shm")
    assert modes(tmp_path / "state") == dict.fromkeys(names, 0o600)
    inbox.close()
    assert modes(tmp_path / "state") == {"inbox.sqlite": 0o600}


def test_what_was_committed_outlives_a_power_cut(tmp_path):
    engine = open_engine(url(tmp_path / "a.sqlite"))
    with engine.connect() as connection:
        for pragma, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
    engine.dispose()


@pytest.mark.parametrize("path", [None, "a.sqlite"])
def test_the_migrations_lead_to_the_schema(tmp_path, path):
    engine = open_engine(url(tmp_path / path if path else None))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_heads() == ("0001",)
    found = {
        index["name"] for table in metadata.tables for index in inspect(engine).get_indexes(table)
    }
    assert found == {index.name for table in metadata.tables.values() for index in table.indexes}
    engine.dispose()


def test_opening_again_changes_nothing(tmp_path):
    path = tmp_path / "a.sqlite"
    for _ in range(2):
        store = open_store(path)
        store.record(make_turn())
        store.close()
    assert path.read_bytes() == path.read_bytes()
    store = open_store(path)
    assert store.at_message(make_turn().chat, 2) is not None
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "a.sqlite"
    open_engine(url(path)).dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=r"has schema 0999, .* knows only up to 0001\. Run the"):
        open_engine(url(path))
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as connection:  # somebody else's, in the way of the last table
        connection.execute("CREATE TABLE marks (mine)")
    connection.close()
    with pytest.raises(DatabaseError, match="can't be used: table marks already exists") as caught:
        open_engine(url(path))
    assert "CREATE" not in str(caught.value)
    engine = create_engine(url(path))
    assert inspect(engine).get_table_names() == ["marks"]
    engine.dispose()


def garbage(path):
    path.write_bytes(b"no database at all " * 1_000)


def cut(path):
    path.write_bytes(path.read_bytes()[:-8_000])


def hole(path):
    content = path.read_bytes()
    path.write_bytes(content[:8_192] + b"\xa5" * 8_192 + content[16_384:])


def no_tables(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE marks")
    connection.close()


@pytest.mark.parametrize("damage", [garbage, cut, hole, no_tables])
def test_a_damaged_file_is_one_line_and_kept(tmp_path, damage):
    path = tmp_path / "a.sqlite"
    store = open_store(path)
    for number in range(50):
        store.record(make_turn(number))
    store.close()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        open_store(path)
    assert str(path) in caught.value.message
    assert "\n" not in str(caught.value)
    assert "Restore it from a backup" in caught.value.remedy
    assert path.read_bytes() == before


def test_damage_while_it_is_open_is_one_line_too(tmp_path):
    path = tmp_path / "a.sqlite"
    store = open_store(path)
    for number in range(100):
        store.record(make_turn(number))
    store.close()  # its pages in memory are forgotten; it opens the file again when asked
    content = path.read_bytes()
    path.write_bytes(content[:4_096] + b"\xa5" * (len(content) - 4_096))
    with pytest.raises(DatabaseError, match="is damaged"):
        store.unanswered(10)
    store.close()


def test_an_empty_file_is_a_new_database(tmp_path):
    (tmp_path / "a.sqlite").touch()
    open_store(tmp_path / "a.sqlite").close()


def test_a_folder_in_its_place_is_told(tmp_path):
    with pytest.raises(StorageError, match="can't be written: Is a directory"):
        open_engine(url(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="can't be written"):
        open_engine(url(tmp_path / "file" / "a.sqlite"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written_is_told(tmp_path):
    path = tmp_path / "a.sqlite"
    open_engine(url(path)).dispose()
    path.chmod(0o400)
    with pytest.raises(StorageError, match="Permission denied"):
        open_engine(url(path))


def test_a_full_disk_is_told_and_room_mends_it(tmp_path):
    inbox = open_inbox(tmp_path / "a.sqlite")
    inbox.add(1, "first", NOW)
    with inbox._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(
        StorageError, match=r"The disk is full: .*a\.sqlite can't be written\."
    ) as e:
        inbox.add(2, "secret" * 10_000, NOW)
    assert "secret" not in str(e.value) + str(e.value.__cause__)
    assert [one.id for one in inbox.waiting()] == [1]
    with inbox._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1_000}")
    assert inbox.add(2, "secret" * 10_000, NOW)
    inbox.close()


FULL = """
import sys
from pathlib import Path
from index.errors import StorageError
from tests.bot.storage.makers import NOW, open_inbox
inbox = open_inbox(Path(sys.argv[1]))
added = 0
try:
    while inbox.add(added, "x" * 50_000, NOW):
        added += 1
except StorageError as error:
    print(added, error)
"""


def test_a_file_system_that_takes_no_more_is_told_and_loses_nothing(tmp_path):
    path = tmp_path / "a.sqlite"

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    command = [sys.executable, "-c", FULL, str(path)]
    ran = subprocess.run(command, cwd=ROOT, preexec_fn=limit, capture_output=True, text=True)
    added, _, said = ran.stdout.partition(" ")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert said.startswith("The disk f")
    assert said.count("\n") == 1
    inbox = open_inbox(path)
    assert [one.id for one in inbox.waiting()] == list(range(int(added)))
    assert int(added) > 5
    inbox.close()


def test_somebody_who_holds_the_pen_for_too_long_is_told(tmp_path, monkeypatch):
    inbox = open_inbox(tmp_path / "a.sqlite")
    with inbox._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError, match="is held by another program"):
        inbox.add(1, "body", NOW)
    other.close()
    assert inbox.add(1, "body", NOW)
    inbox.close()


def test_a_block_that_raises_leaves_nothing(tmp_path):
    store = open_store(tmp_path / "a.sqlite")
    with pytest.raises(QinwenError, match="stop"), writing(store._engine) as connection:
        connection.exec_driver_sql("INSERT INTO languages VALUES ('a', 'en')")
        raise QinwenError("stop")
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM languages").all() == []
    store.close()
