"""From an app's files to the project's samples, with an account of what was recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tracker.motion.samples import Gap, Samples
from tracker.recording import RecordingError, write_samples_csv
from tracker.recording.grid import to_grid
from tracker.recording.samples_csv import COLUMNS, MAX_RATE_HZ, MIN_RATE_HZ, RATE_TOLERANCE
from tracker.sensors.units import Rest, RestCheck

from .apps import APPS
from .asked import Asked
from .join import Joined, join
from .sources import Source, sources
from .table import Table, find
from .track import App, Reading, Track
from .turning import RIGHT, share

SLOWEST_HZ, FASTEST_HZ = MIN_RATE_HZ * (1 - RATE_TOLERANCE), MAX_RATE_HZ * (1 + RATE_TOLERANCE)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was recognised and written.

    Attributes
    ----------
    app
        Whose files they are.
    reading
        What was recognised in them.
    joined
        Both sensors on one timeline.
    rates_hz
        Of accelerometer and gyroscope in the files; what is written has the accelerometer's.
    duration_s
        From the first sample to the last.
    gaps
        Holes.
    rest
        What the sensor reads at rest; None if it never rested.
    doubts
        What does not look right, one line each.
    """

    app: App
    reading: Reading
    joined: Joined
    rates_hz: tuple[float, float]
    duration_s: float
    gaps: tuple[Gap, ...]
    rest: Rest | None
    doubts: tuple[str, ...]


def import_samples(
    paths: Sequence[Path], output: Path, *, app: str | None = None, asked: Asked | None = None
) -> Imported:
    """Read an app's files and write samples.

    Parameters
    ----------
    paths
        Files, folders or archives of one recording.
    output
        ``.csv`` or ``.csv.gz``; it appears when it is whole.
    app
        Key of `APPS`; None: whose columns are found.
    asked
        What the files do not say.

    Raises
    ------
    ValueError
        One line: what is wrong and where, or which option says what the files do not.
    """
    texts = sources(paths)
    chosen, tables = _recognised(texts, list(APPS.values()) if app is None else [APPS[app]])
    asked = asked or Asked()
    for field in fields(asked):
        if getattr(asked, field.name) is not None and field.name not in chosen.options:
            raise ValueError(f"--{field.name.replace('_', '-')}: {chosen.title} leaves nothing to say there")
    reading = chosen.read(tables, asked)
    rates_hz = (_rate(reading.acc), _rate(reading.gyr))
    joined = join(reading.acc, reading.gyr)
    t0_s = float(joined.time_s[0])
    period_s, blocks = _blocks(joined)
    stretches = [one for one in blocks if isinstance(one, Samples)]
    rest = _rest(period_s, stretches)
    write_samples_csv(output, period_s, blocks, t0_s=t0_s)
    last = stretches[-1]
    duration_s = (last.start_index + len(last) - 1) * period_s
    gaps = tuple(one for one in blocks if isinstance(one, Gap))
    return Imported(
        chosen, reading, joined, rates_hz, duration_s, gaps, rest, tuple(_doubts(rest, share(period_s, stretches)))
    )


def _recognised(texts: Sequence[Source], apps: Sequence[App]) -> tuple[App, list[Table]]:
    found: dict[str, list[Table]] = {}
    for source in texts:
        claimed = [(one, table) for one in apps if (table := find(source, one.claims)) is not None]
        for one, table in claimed:
            found.setdefault(one.name, []).append(table)
        if not claimed and source.named:
            raise _unknown(source, apps)
    if not found and texts:
        raise _unknown(texts[0], apps)
    if not found:
        raise ValueError("all files are empty, expected header lines and samples")
    if len(found) > 1:
        titles = " and ".join(f"{APPS[name].title} ({t[0].source.path})" for name, t in found.items())
        raise ValueError(f"files of different apps: {titles}; import one recording at a time")
    ((name, tables),) = found.items()
    return APPS[name], tables


def _unknown(source: Source, apps: Sequence[App]) -> RecordingError:
    header = source.text.lstrip("\n").split("\n", 1)[0]
    if all(name in header for name in COLUMNS):
        return RecordingError(source.path, "has the columns of kickback itself: kickback analyze reads it as it is")
    names = ", ".join(one.title for one in apps)
    return RecordingError(source.path, f"no header of {names} found; it begins with {header[:60]!r}")


def _rate(one: Track) -> float:
    rate_hz = 1 / to_grid(one.time_s - one.time_s[0]).period_s
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        raise RecordingError(one.path, f"the {one.what} was sampled at {rate_hz:.3g} Hz, expected 25 to 500 Hz")
    return rate_hz


def _blocks(joined: Joined) -> tuple[float, list[Samples | Gap]]:
    """The rows on their grid, and the holes between them."""
    t0_s = float(joined.time_s[0])
    grid = to_grid(joined.time_s - t0_s)
    blocks: list[Samples | Gap] = []
    for start, stop in zip(grid.starts, (*grid.starts[1:], len(joined.time_s)), strict=True):
        index = int(grid.index[start])
        if start:
            before = int(grid.index[start - 1])
            begin_s, end_s = (t0_s + i * grid.period_s for i in (before, index))
            blocks.append(Gap(begin_s, end_s, index - before - 1))
        rows, no = slice(start, stop), np.zeros(stop - start, dtype=bool)
        blocks.append(Samples(index, grid.period_s, joined.acc[rows], joined.gyr[rows], ~no, no))
    return grid.period_s, blocks


def _rest(period_s: float, stretches: Sequence[Samples]) -> Rest | None:
    check = RestCheck(period_s)
    for one in stretches:
        check.push(one)
    return check.rest


def _doubts(rest: Rest | None, turned: float | None) -> Iterator[str]:
    """What does not look right: it is said, never corrected."""
    if rest is None:
        yield "it never rested, so the accelerometer's unit could not be checked against gravity"
    elif not rest.fits:
        yield str(rest)
    if turned is not None and not RIGHT[0] <= turned <= RIGHT[1]:
        yield f"the gyroscope tells of {turned:.2g} times the tilt that gravity shows: wrong unit, or other axes"
