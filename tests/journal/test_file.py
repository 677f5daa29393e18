"""Opening: what is created, migrated and refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tracker.journal import Journal, JournalError, SessionStart, database, sql

# Each earlier version's schema, as released; a version that is added here is never changed.
NEXT = "ALTER TABLE sessions ADD COLUMN mood TEXT;\nCREATE INDEX by_mood ON sessions (mood);\n"


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("PRAGMA user_version").fetchone()[0])


def one_line(error: pytest.ExceptionInfo[JournalError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_folder_and_file_are_created(path: Path) -> None:
    with Journal.open(path):
        assert path.is_file()
    assert version(path) == len(sql.MIGRATIONS)


def test_every_promise_of_the_file_is_kept(journal: Journal) -> None:
    connection = journal._connection
    asked = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    tables = connection.execute("PRAGMA table_list").fetchall()
    ours = [row for row in tables if not row["name"].startswith("sqlite_")]
    assert len(ours) >= 11
    assert all(row["strict"] for row in ours)


@pytest.mark.parametrize("earlier", range(len(sql.MIGRATIONS) + 1))
def test_a_journal_of_every_earlier_version_is_migrated(path: Path, earlier: int) -> None:
    path.parent.mkdir()
    database.connect(path, readonly=False, migrations=sql.MIGRATIONS[:earlier]).close()
    assert version(path) == earlier
    with Journal.open(path) as journal:
        assert journal.sessions() == ()
    assert version(path) == len(sql.MIGRATIONS)


def test_what_was_logged_survives_a_migration(path: Path, start: SessionStart, make_set) -> None:
    with Journal.open(path) as journal:
        session = journal.begin_session(start)
        journal.save_set(session, make_set())
        before = journal.session(session)
    database.connect(path, readonly=False, migrations=(*sql.MIGRATIONS, NEXT)).close()
    assert version(path) == len(sql.MIGRATIONS) + 1
    connection = database.connect(path, readonly=True, migrations=(*sql.MIGRATIONS, NEXT))
    assert Journal(path, connection, readonly=True).session(session) == before
    assert connection.execute("SELECT mood FROM sessions").fetchone()[0] is None
    connection.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    Journal.open(path).close()
    with pytest.raises(JournalError, match="no such table: nowhere"):
        database.connect(path, readonly=False, migrations=(*sql.MIGRATIONS, NEXT + "DELETE FROM nowhere;"))
    assert version(path) == len(sql.MIGRATIONS)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.OperationalError, match="mood"):
        raw.execute("SELECT mood FROM sessions")


def test_migrations_run_in_order_and_once(path: Path) -> None:
    path.parent.mkdir()
    steps = ("CREATE TABLE t (a INTEGER) STRICT;", "INSERT INTO t VALUES (1);", "UPDATE t SET a = a + 1;")
    for _ in range(2):
        connection = database.connect(path, readonly=False, migrations=steps)
        assert [tuple(row) for row in connection.execute("SELECT a FROM t")] == [(2,)]
        connection.close()


def test_a_script_is_split_where_statements_end() -> None:
    script = """CREATE TABLE t (a TEXT); -- one; two
CREATE TRIGGER x BEFORE UPDATE ON t
BEGIN
SELECT ';';
END;
"""
    assert [part.split()[1] for part in database.statements(script)] == ["TABLE", "TRIGGER"]


def test_a_newer_journal_is_refused_and_left_alone(path: Path) -> None:
    Journal.open(path).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 999")
    for readonly in (False, True):
        with pytest.raises(JournalError, match="newer kickback") as error:
            Journal.open(path, readonly=readonly)
        text = one_line(error)
        assert str(path) in text
        assert "version 999" in text
        assert f"up to version {len(sql.MIGRATIONS)}" in text
    assert version(path) == 999


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("content", [b"reps: 12\n" * 40, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, readonly: bool) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(content)
    with pytest.raises(JournalError) as error:
        Journal.open(path, readonly=readonly)
    assert str(path) in one_line(error)
    assert path.read_bytes() == content


def test_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_a_damaged_journal_says_so(path: Path, start: SessionStart, make_set) -> None:
    with Journal.open(path) as journal:
        session = journal.begin_session(start)
        for number in range(1, 60):
            journal.save_set(session, make_set(number))
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = raw.execute("PRAGMA page_size").fetchone()[0]
    whole = bytearray(path.read_bytes())
    whole[page:] = b"\xa5" * (len(whole) - page)
    path.write_bytes(whole)
    with pytest.raises(JournalError) as error, Journal.open(path) as journal:
        journal.session(session)
    assert "damaged" in one_line(error)


def test_a_row_that_does_not_read_is_damage_too(path: Path, start: SessionStart) -> None:
    with Journal.open(path) as journal:
        journal.begin_session(start)
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE sessions SET ending = 'vanished'")
        with pytest.raises(JournalError, match="a row does not read") as error:
            journal.sessions()
        one_line(error)


def test_flags_and_reasons_of_a_newer_vocabulary_are_read(journal: Journal, session: str, make_set) -> None:
    set_id = journal.save_set(session, make_set(reps=3))
    with closing(sqlite3.connect(journal.path)) as raw, raw:
        raw.execute("DROP TRIGGER reps_update_refused")
        raw.execute('UPDATE reps SET flags = \'["clipped", "upside-down"]\' WHERE number = 1')
    rep = journal.session(session).sets[0].reps[0]
    assert rep.flags == ("clipped", "upside-down")
    assert [flag.value for flag in rep.rep.flags] == ["clipped"]
    assert set_id == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(JournalError, match="cannot create") as error:
        Journal.open(tmp_path / "file" / "data" / "journal.sqlite3")
    assert str(tmp_path / "file") in one_line(error)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite3").mkdir()
    with pytest.raises(JournalError, match="cannot be opened"):
        Journal.open(tmp_path / "journal.sqlite3")


AS_NOBODY = """
import os, sys
from tracker.journal import Journal, JournalError
os.setgid(65534), os.setuid(65534)
try:
    Journal.open(sys.argv[1], readonly="readonly" in sys.argv).sessions()
except JournalError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user to become")
def test_an_unwritable_folder(start: SessionStart) -> None:
    # pytest's own folders are closed to other users.
    folder = Path("/tmp") / f"kickback-unwritable-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        path = folder / "journal.sqlite3"
        for wanted in (path, folder / "deeper" / "journal.sqlite3"):
            assert as_nobody(wanted).count("\n") == 1
            assert str(folder) in as_nobody(wanted)
        with Journal.open(path) as journal:
            journal.begin_session(start)
        assert "cannot be" in as_nobody(path)
        assert as_nobody(path, "readonly") == ""
        path.with_name(path.name + "-wal").write_bytes(b"unfinished")  # as a crash leaves it
        assert "was not closed" in as_nobody(path, "readonly")
    finally:
        shutil.rmtree(folder)


def as_nobody(*arguments: object) -> str:
    command = [sys.executable, "-c", AS_NOBODY, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_reading_only(path: Path, start: SessionStart) -> None:
    with pytest.raises(JournalError, match="there is no journal at"):
        Journal.open(path, readonly=True)
    assert not path.parent.exists()
    with Journal.open(path) as journal:
        session = journal.begin_session(start)
    with Journal.open(path, readonly=True) as reader:
        assert reader.session(session).uuid == session
        with pytest.raises(JournalError, match="reading only"):
            reader.begin_session(start)


def test_reading_only_does_not_migrate(path: Path) -> None:
    Journal.open(path).close()
    with pytest.raises(JournalError, match="open it once for writing"):
        database.connect(path, readonly=True, migrations=(*sql.MIGRATIONS, NEXT))


def test_an_empty_file_is_a_new_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.touch()
    with Journal.open(path) as journal:
        assert journal.sessions() == ()


def test_a_closed_journal_says_so(path: Path) -> None:
    journal = Journal.open(path)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.sessions()


@pytest.mark.parametrize("name", ["with space", "100%", "a#b?c", "ünï", "'quoted'"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "journal.sqlite3"
    with Journal.open(path):
        assert path.is_file()
    with Journal.open(path, readonly=True) as reader:
        assert reader.sessions() == ()
