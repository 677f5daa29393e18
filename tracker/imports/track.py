"""What one sensor measured, by the app's clock, and what an app's file was recognised as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tracker.motion.samples import Array
from tracker.recording import RecordingError

from .asked import Asked
from .table import Table

LONGEST_S = 1e7
"""Four months: a longer file holds a wrong stamp."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Rows of one sensor.

    Attributes
    ----------
    what
        ``accelerometer`` or ``gyroscope``.
    path
        Where they came from.
    columns
        Names in the file, of x, y and z.
    unit
        Of the values in the file.
    time_s
        Seconds, shape (n,), rising.
    values
        Specific force in m/s² or turning rate in rad/s, shape (n, 3).
    """

    what: str
    path: str
    columns: tuple[str, ...]
    unit: str
    time_s: Array
    values: Array


@dataclass(frozen=True, slots=True)
class Reading:
    """What an app's files hold.

    Attributes
    ----------
    acc, gyr
        The two sensors, on one clock.
    clock
        Which column is the time, for people.
    notes
        What else people should know, one line each.
    """

    acc: Track
    gyr: Track
    clock: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """An app whose files can be read.

    Attributes
    ----------
    name
        What people write after ``--format``.
    title
        What people call it.
    claims
        Whether these column names are a header of this app.
    read
        Makes a reading of its tables.
    options
        What a person can say about its files: fields of `Asked`.
    """

    name: str
    title: str
    claims: Callable[[Sequence[str]], bool]
    read: Callable[[Sequence[Table], Asked], Reading]
    options: frozenset[str] = frozenset({"acc_unit", "gyr_unit"})


def track(table: Table, what: str, columns: Sequence[str], unit: str, time_s: Array, values: Array) -> Track:
    """Make a track of a table's rows, values in SI units; rows that stand there twice count once.

    Raises
    ------
    RecordingError
        Time runs backwards, repeats with other values, or jumps.
    """
    step = np.diff(time_s)
    again = np.concatenate(([False], (step == 0) & (np.diff(values, axis=0) == 0).all(axis=1)))
    wrong = np.flatnonzero((step <= 0) & ~again[1:])
    if len(wrong):
        row = int(wrong[0]) + 1
        verb = "repeats" if step[row - 1] == 0 else "runs backwards"
        raise table.error(f"time {verb}: {time_s[row]:.6f} s after {time_s[row - 1]:.6f} s", table.line_of(row))
    if time_s[-1] - time_s[0] > LONGEST_S:
        row = int(np.argmax(step)) + 1
        raise table.error(f"time jumps by {step[row - 1]:.3g} s, expected seconds of one session", table.line_of(row))
    if len(time_s) - again.sum() < 2:
        raise table.error("fewer than 2 samples")
    return Track(what, table.source.path, tuple(columns), unit, time_s[~again], values[~again])


def only(tables: Sequence[Table], what: str, expected: str) -> Table:
    """Return the one table.

    Raises
    ------
    RecordingError
        There is none, or several; the line lists them.
    ValueError
        There are no tables at all.
    """
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise ValueError(f"no {what}: expected {expected}")
    paths = ", ".join(table.source.path for table in tables[1:])
    raise RecordingError(tables[0].source.path, f"holds the {what}, and so does {paths}: name one of them")
