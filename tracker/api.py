"""What notebooks and scripts use: a file or the log in, repetitions out.

All four are importable from ``tracker``. Seconds, degrees and kilograms, with the unit in the name; times of day are
aware datetimes. What is wrong with a file is a ``RecordingError``, with the log a ``JournalError``: one line that says
what and where. A wrong argument is a ``ValueError``.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.analysis import Analysis
from tracker.analysis import analyze as measure
from tracker.coaching.range_band import RangeBand
from tracker.coaching.targets import Tempo
from tracker.exercises import Exercise
from tracker.exercises import exercise as profile_of
from tracker.journal import Journal, Session, data_folder, journal_path
from tracker.motion.engine import Value
from tracker.playback import Replay, open_replay

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]


def analyze(
    path: str | os.PathLike[str],
    *,
    exercise: str | Exercise | None = None,
    tempo: Tempo | None = None,
    band: RangeBand | None = None,
) -> Analysis:
    """Measure a recording: its sets, repetitions and form, what was not counted and why, gaps.

    Parameters
    ----------
    path
        ``.mcap``, ``.csv`` or ``.csv.gz``.
    exercise
        Id or profile; None: that of the recording's header, else any leg lift counts.
    tempo, band
        What is asked for; None: the exercise's own tempo, and nothing about the range.

    Returns
    -------
    Analysis
        ``sets``, ``rejected``, ``gaps``, ``form``; ``to_frame()`` has a row per repetition, ``to_json()`` is what
        ``kickback analyze --json`` prints.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the file and where.
    ValueError
        There is no such exercise.

    Examples
    --------
    >>> found = analyze("recordings/cable.mcap")
    >>> [len(one.reps) for one in found.sets]
    [8]
    >>> rep = found.sets[0].reps[0]
    >>> f"{rep.concentric_s:.2f} s up, {rep.eccentric_s:.2f} s down, {rep.range_deg:.0f}°"
    '0.98 s up, 1.18 s down, 41°'
    >>> found.to_frame().groupby("set")["range_deg"].median().round().to_dict()
    {1: 39.0}
    """
    return measure(path, _profile(exercise), tempo=tempo, band=band)


def replay(
    path: str | os.PathLike[str],
    *,
    exercise: str | Exercise | None = None,
    sensor: int | None = None,
    speed: float = math.inf,
) -> Iterator[Value]:
    """Yield what became known of a recording, in the order and, if asked for, at the pace of the live session.

    A ``Peak`` is the count, said at the top; one ``Rep`` or ``Rejected`` follows with the same ``peak``; an
    ``ExerciseSet`` closes a set; a ``Gap`` is a hole in the stream. These are the values of `analyze`, to the last bit.

    Parameters
    ----------
    path, exercise
        As for `analyze`.
    sensor
        Number of the sensor, where the recording has several; None: the first one.
    speed
        Times real time; infinite: without waiting.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the file and where.
    ValueError
        There is no such exercise or sensor, or the speed is not positive.

    Examples
    --------
    >>> from tracker.motion.values import Peak, Rep
    >>> values = replay("recordings/cable.mcap")
    >>> peak = next(value for value in values if isinstance(value, Peak))
    >>> rep = next(value for value in values if isinstance(value, Rep))
    >>> peak.peak == rep.peak, peak.reported_s < rep.end_s < rep.reported_s
    (True, True)
    """
    if not speed > 0:
        raise ValueError(f"speed must be positive, got {speed}")
    profile, where = _profile(exercise), Path(path)
    source: Replay[Any] = open_replay(where, profile)
    if sensor is not None and sensor not in (source.stages if len(source.stages) > 1 else (1,)):
        raise ValueError(f"no sensor {sensor} in {where}")
    return _values(source, sensor if len(source.stages) > 1 else None, speed)


def open_journal(folder: str | os.PathLike[str] | None = None, *, readonly: bool = True) -> Journal:
    """Open the log of sessions.

    Parameters
    ----------
    folder
        The data folder (``--data-dir``); None: ``KICKBACK_DATA_DIR``, else the system's usual place.
    readonly
        Only read; False: also write, and make the log where there is none.

    Returns
    -------
    Journal
        ``sessions()`` lists them, newest first; ``session(id)`` is a whole one, whose ``to_frame()`` has a row per
        repetition; ``to_frame()`` of the journal has a row per set of all of them. Close it, or use ``with``.

    Raises
    ------
    JournalError
        There is none, it cannot be opened, or a newer version made it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, open_journal(folder, readonly=False) as journal:
    ...     journal.sessions(), journal.to_frame().columns[:4].to_list()
    ((), ['session', 'started_at', 'set', 'side'])
    """
    return Journal.open(journal_path(data_folder(None if folder is None else Path(folder))), readonly=readonly)


def to_frame(of: Analysis | Session, table: str = "reps") -> pd.DataFrame:
    """Return any table of a recording or session: those of ``kickback export``, with their columns.

    Parameters
    ----------
    of
        From `analyze`, or from a journal.
    table
        ``session``, ``sensors``, ``recordings``, ``sets``, ``reps``, ``partials``, ``deleted``, ``form``,
        ``rejected``, ``gaps``, ``edits`` or ``answers``.

    Returns
    -------
    pandas.DataFrame
        A row per thing. Units are in the names of columns; times of day are ISO 8601; integers that may be missing
        are ``Int64``.

    Raises
    ------
    ValueError
        There is no such table.
    ImportError
        pandas is not installed.

    Examples
    --------
    >>> found = analyze("recordings/cable.mcap")
    >>> to_frame(found, "sets")[["set", "exercise", "reps", "tempo_in_band"]]
       set exercise  reps  tempo_in_band
    0    1    cable     8            0.0
    """
    from tracker.exports.frame import frame
    from tracker.exports.tables import table as rows_of
    from tracker.exports.workout import workout_of, workout_of_analysis

    return frame(rows_of(workout_of(of) if isinstance(of, Session) else workout_of_analysis(of), table))


def _profile(exercise: str | Exercise | None) -> Exercise | None:
    return profile_of(exercise) if isinstance(exercise, str) else exercise


def _values(source: Replay[Any], sensor: int | None, speed: float) -> Iterator[Value]:
    stage = source.stages[sensor] if sensor is not None else next(iter(source.stages.values()))
    begun, first_ns = time.monotonic(), None
    for at_ns, item in source.items:
        first_ns = at_ns if first_ns is None else first_ns
        if math.isfinite(speed):
            time.sleep(max(0.0, (at_ns - first_ns) / 1e9 / speed - (time.monotonic() - begun)))
        yield from stage.push(item)
    yield from stage.flush()
