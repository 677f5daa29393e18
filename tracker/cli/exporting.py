"""Repetitions and samples as CSV, with units in the column names and samples to the last bit."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tracker.analysis import analyze, kind_of, sensor_of
from tracker.exercises import Exercise
from tracker.journal import Session
from tracker.journal.text import NAME_LENGTH, plain
from tracker.motion.samples import Samples
from tracker.motion.values import Rep
from tracker.recording import RecordingError, open_recording, read_samples_csv, write_samples_csv
from tracker.stream import decode

MEASURED = (
    "start_s",
    "peak_start_s",
    "peak_end_s",
    "end_s",
    "reported_s",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    "range_deg",
    "peak_speed_deg_s",
    "range_m",
    "peak_speed_m_s",
)
COLUMNS = (
    "session",
    "set",
    "rep",
    "side",
    "exercise",
    "kind",
    "load_kg",
    "load_label",
    *MEASURED[:8],
    "bottom_pause_s",
    *MEASURED[8:],
    "flags",
)
"""``set`` and ``rep`` count from 1; ``side`` is the leg that works; ``load_kg`` is per leg; ``flags`` are joined
by spaces."""

DIGITS = 6
"""Decimals of a repetition's numbers."""

Row = dict[str, Any]


def session_rows(session: Session) -> Iterator[Row]:
    """Yield a row per repetition of a session, corrections applied."""
    for one in session.sets:
        for rep in one.reps:
            yield {
                "session": session.uuid,
                "set": one.number,
                "rep": rep.number,
                "side": one.context.side,
                "exercise": one.context.exercise,
                "kind": one.context.kind.value,
                "load_kg": one.context.load_kg,
                "load_label": one.context.load_label,
                "bottom_pause_s": rep.bottom_pause_s,
                "flags": " ".join(rep.flags),
                **_measured(rep.rep),
            }


def file_rows(path: Path, profile: Exercise | None) -> Iterator[Row]:
    """Yield a row per repetition of a recording."""
    found = analyze(path, profile)
    for number, (one, form) in enumerate(zip(found.sets, found.form, strict=True), start=1):
        verdicts = form.reps if form else ((),) * len(one.reps)
        rows = enumerate(zip(one.reps, one.bottom_pauses_s, verdicts, strict=True), start=1)
        for i, (rep, pause_s, wrong) in rows:
            yield {
                "session": plain(found.session or "", NAME_LENGTH),
                "set": number,
                "rep": i,
                "side": found.working_side,
                "exercise": found.exercise,
                "load_kg": found.load_kg,
                "bottom_pause_s": pause_s,
                "flags": " ".join(sorted({*rep.flags, *(verdict.flag for verdict in wrong)})),
                **_measured(rep),
            }


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write repetitions, compressed if the name ends in ``.gz``."""
    compressed = path.name.lower().endswith(".gz")
    with (gzip.open if compressed else open)(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _rounded(value) for name, value in row.items()} for row in rows)


def write_samples(path: Path, source: Path) -> None:
    """Write a recording's samples as CSV.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the recording and where.
    """
    if kind_of(source) == "csv":
        table = read_samples_csv(source)
        write_samples_csv(path, table.period_s, table.blocks, t0_s=table.t0_s)
        return
    recording = open_recording(source)
    sensor = sensor_of(recording)
    blocks = decode(recording, family=sensor.family, info=sensor.info, sensor=sensor.number)
    first: Samples | None = next(blocks, None)
    if first is None:
        raise RecordingError(source, "no samples in it, expected motion notifications of a sensor")
    write_samples_csv(path, first.period_s, chain([first], blocks))


def _measured(rep: Rep | None) -> Row:
    return {name: None if rep is None else getattr(rep, name) for name in MEASURED}


def _rounded(value: object) -> object:
    return round(value, DIGITS) if isinstance(value, float) else value
