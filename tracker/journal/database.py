"""Opening the journal's file: its folder, its identity, its version. One line says what is wrong.

A file is migrated forward when it is opened for writing: in one transaction, which begins by taking the write
lock and reading the version again, so that two programs may open an old journal at once.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.journal import sql
from tracker.journal.errors import JournalError

BUSY_TIMEOUT_S = 10.0
"""How long to wait for another program's transaction; ours last milliseconds."""
RETRY_S = 0.02
"""Pause before the file is tried again where SQLite itself does not wait."""
OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables."""


def connect(
    path: Path,
    *,
    readonly: bool,
    migrations: tuple[str, ...] | None = None,
    add_up: Callable[[sqlite3.Connection], None] | None = None,
) -> sqlite3.Connection:
    """Open the file and bring it to the newest version.

    Parameters
    ----------
    path
        Created with its folder if it is missing, unless ``readonly``.
    readonly
        Write nothing, migrate nothing.
    migrations
        Schema steps, the first makes version 1; None: the journal's own.
    add_up
        Adds up the totals of a file that comes from before they were complete.

    Raises
    ------
    JournalError
        The folder cannot be written, the file is no journal, or a newer program made it.
    """
    steps = sql.MIGRATIONS if migrations is None else migrations
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed")
    if not readonly:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(f"cannot create {path.parent}: {error.strerror}") from error
    elif not path.is_file():
        raise JournalError(f"there is no journal at {path}")
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            if readonly:
                return _prepared_reader(path, steps, _open_reader(path))
            return _prepared(path, steps, _open(path, "rwc"), add_up)
        except sqlite3.Error as error:
            # While a program switches a new file to WAL, or closes it as the last one, SQLite does not wait.
            if not _is(error, sqlite3.SQLITE_BUSY) or time.monotonic() > deadline:
                raise failure(path, error) from error
            time.sleep(RETRY_S)


def connect_in_memory() -> sqlite3.Connection:
    """Make an empty journal that nobody else sees and that ends with the connection."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return _prepared(Path(":memory:"), sql.MIGRATIONS, connection, None)


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool = True) -> Iterator[None]:
    """Run the body in one transaction: all of it or nothing; a reader sees one instant."""
    connection.execute(sql.BEGIN_WRITE if write else sql.BEGIN_READ)
    try:
        yield
        connection.execute(sql.COMMIT)  # when this is refused, the transaction is still open
    except BaseException:
        if connection.in_transaction:
            connection.execute(sql.ROLLBACK)
        raise


def statements(script: str) -> Iterator[str]:
    """Split a script at the semicolons that end a statement (not those inside a trigger or a text)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def failure(path: Path, error: sqlite3.Error) -> JournalError:
    """Turn the library's error into one line with the file in it."""
    text = str(error)
    if "not a database" in text:
        return JournalError(f"{path} is not a journal: it is not an SQLite database")
    if "malformed" in text or "corrupt" in text:
        return JournalError(f"{path} is damaged ({text}): restore it from a copy")
    if "unable to open" in text or "readonly" in text:
        return JournalError(f"{path} cannot be opened for writing or reading: check the folder's permissions")
    if "locked" in text:
        return JournalError(f"{path} is in use by another program: try again")
    return JournalError(f"{path}: {text}")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    return connection


def _open_reader(path: Path) -> sqlite3.Connection:
    connection = _open(path, "ro")
    try:
        connection.execute(sql.READ_VERSION)
    except sqlite3.Error as error:
        connection.close()
        if not _is(error, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        # In a folder that cannot be written, WAL has no place for its index; nobody else writes there either.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise JournalError(f"{path} was not closed: open it once for writing") from error
        return _open(path, "ro&immutable=1")
    return connection


def _is(error: sqlite3.Error, *codes: int) -> bool:
    """Return whether SQLite's primary result code is one of these."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in codes


def _prepared_reader(path: Path, steps: tuple[str, ...], connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        for pragma in sql.PER_CONNECTION:
            connection.execute(pragma)
        with transaction(connection, write=False):
            version = _checked_version(path, connection, len(steps))
        if version < len(steps):
            raise JournalError(
                f"{path} is a journal of version {version}; "
                f"open it once for writing to bring it to version {len(steps)}"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _prepared(
    path: Path,
    steps: tuple[str, ...],
    connection: sqlite3.Connection,
    add_up: Callable[[sqlite3.Connection], None] | None,
) -> sqlite3.Connection:
    try:
        for pragma in sql.PER_CONNECTION + sql.PER_WRITER:
            connection.execute(pragma)
        with transaction(connection, write=False):
            version = _checked_version(path, connection, len(steps))
        connection.execute(sql.USE_WAL)
        if version < len(steps):
            with transaction(connection):
                _migrate(path, connection, steps, add_up)
    except BaseException:
        connection.close()
        raise
    return connection


def _checked_version(path: Path, connection: sqlite3.Connection, supported: int) -> int:
    application = _number(connection, sql.READ_APPLICATION)
    version = _number(connection, sql.READ_VERSION)
    empty = version == 0 and application == 0 and _number(connection, sql.COUNT_TABLES) == 0
    if application != sql.APPLICATION_ID and not empty:
        raise JournalError(f"{path} is not a journal: it is another program's SQLite database")
    if version > supported:
        raise JournalError(
            f"{path} is a journal of version {version}, made by a newer kickback; "
            f"this one supports up to version {supported}"
        )
    return version


def _migrate(
    path: Path,
    connection: sqlite3.Connection,
    steps: tuple[str, ...],
    add_up: Callable[[sqlite3.Connection], None] | None,
) -> None:
    begun = _checked_version(path, connection, len(steps))  # another program may have been faster
    for script in steps[begun:]:
        for statement in statements(script):
            connection.execute(statement)
    if 0 < begun < sql.TOTALS_COMPLETE <= len(steps) and add_up is not None:
        add_up(connection)
    connection.execute(sql.MARK)
    connection.execute(sql.write_version(len(steps)))


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
