"""Rows that were stamped when they arrived, on even times.

A phone or a computer that stamps rows as they come in gives several the same time and then none for a while. The
sensor took them evenly; `tracker.sensors.timeline.Counted` finds that rhythm, as it does for a live sensor without a
clock.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tracker.motion.clock import SampleClock
from tracker.motion.samples import Array
from tracker.sensors.timeline import Counted, trackable

from .table import Table

RATES_HZ = (25.0, 50.0, 100.0, 200.0, 400.0)
"""What these sensors can be set to, nominally; what a sensor really does is measured."""

NOTABLE_S = 0.5
"""Of rows at the end that are left out: less is the lateness of the last one."""


def in_bursts(time_s: Array, rows: Array) -> bool:
    """Say whether different rows bear the same time."""
    return bool(((np.diff(time_s) == 0) & (np.diff(rows, axis=0) != 0).any(axis=1)).any())


def evened(time_s: Array, rows: Array) -> tuple[Array, Array]:
    """Give rows that arrived in bursts their own times.

    Parameters
    ----------
    time_s
        When they arrived, seconds, never falling, shape (n,).
    rows
        Shape (n, k), k ≤ 6.

    Returns
    -------
    tuple
        Even times with holes where rows were lost, and the rows interpolated there.

    Raises
    ------
    ValueError
        They are too few or too slow.
    """
    nominal_hz = _nearest_hz((len(time_s) - 1) / max(time_s[-1] - time_s[0], 1e-9))
    counted = Counted(nominal_hz)
    clock: SampleClock | None = None
    six = np.zeros((len(rows), 6))
    six[:, : rows.shape[1]] = rows
    times, values = [], []
    starts = np.concatenate(([0], np.flatnonzero(np.diff(time_s) > 0) + 1, [len(time_s)]))
    for start, end in pairwise(starts):
        part = six[start:end]
        host_ns = round(float(time_s[start]) * 1e9)
        for packet in counted.place(host_ns, part[:, :3], part[:, 3:], np.zeros(len(part), dtype=bool)):
            if clock is None:
                assert counted.period_s is not None  # the first packet comes when it is known
                clock = SampleClock(counted.period_s)
            for samples in clock.push(packet):
                assert clock.t0_ns is not None
                times.append(clock.t0_ns / 1e9 + (samples.start_index + np.arange(len(samples))) * clock.period_s)
                values.append(np.hstack((samples.acc, samples.gyr)))
    if not times:
        slow = counted.measured_hz is not None and not trackable(counted.measured_hz)
        raise ValueError(f"{counted.measured_hz:.3g} Hz, expected 25 to 500" if slow else "less than 2 s of rows")
    return np.concatenate(times), np.ascontiguousarray(np.concatenate(values)[:, : rows.shape[1]])


def _nearest_hz(rate_hz: float) -> float:
    return min(RATES_HZ, key=lambda nominal: abs(np.log(rate_hz / nominal)))


def even_out(table: Table, what: str, time_s: Array, rows: Array) -> tuple[Array, Array, str]:
    """Give a table's rows their own times, as `evened` does, and say so.

    Raises
    ------
    RecordingError
        They are too few or too slow, or time runs backwards.
    """
    table.check_rising(time_s)
    try:
        times, values = evened(time_s, rows)
    except ValueError as error:
        raise table.error(f"the rows bear the time of their arrival: {error}") from error
    note = f"{what} rows bear the time of their arrival and were evened out, so losses are estimates"
    short_s = time_s[-1] - times[-1]
    if short_s > NOTABLE_S:
        note += f"; the last {short_s:.1f} s, after a pause, were too short for that and are left out"
    return times, values, note
