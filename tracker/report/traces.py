"""The shank's angle over time, from a recording: what a report draws.

In: a recording, and the repetitions found in it. Out: a ``Trace`` per sensor. The up direction comes from the core's
own stages (``Grid``, ``Orienter``), so what is drawn is what was measured. Rule: the angle is that of the up direction
against the rest pose of the nearest set, in the plane from rest to top; the pose is the median over its repetitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from tracker.exports.measured import Sensed, sensed
from tracker.motion.grid import Grid
from tracker.motion.orientation import Motion, Orienter
from tracker.motion.samples import Array, Gap, Samples
from tracker.motion.values import Rep
from tracker.stream import Joiner

_SLICE = 2048
LEAST_SWING = 1e-3
"""Rest and top closer than this (rad) have no plane between them."""


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """Where up was in one sensor's frame.

    Attributes
    ----------
    sensor
        Its number in the recording; 1 for a table.
    rate_hz
        Of the grid.
    time_s
        Seconds of the recording, shape (n,).
    up
        Unit vectors, shape (n, 3); not-a-number in the row behind a hole that was not bridged.
    received
        How many samples arrived.
    """

    sensor: int
    rate_hz: float
    time_s: Array
    up: Array
    received: int


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Angle of the shank, degrees, over seconds of the recording; not-a-number where it is not known."""

    time_s: Array
    angle_deg: Array

    def between(self, begin_s: float, end_s: float) -> tuple[Array, Array]:
        """Return times and angles in an interval."""
        first, last = np.searchsorted(self.time_s, (begin_s, end_s))
        return self.time_s[first:last], self.angle_deg[first:last]


def poses_of(path: Path) -> tuple[Poses, ...]:
    """Return the poses of each sensor of a recording.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the recording and where.
    """
    return tuple(_poses(one) for one in sensed(path))


def trace_of(poses: Poses, sets: Sequence[Sequence[Rep]]) -> Trace:
    """Return the angle against the rest pose of the nearest set; without any set, against where up mostly is.

    Parameters
    ----------
    poses
        Of the sensor.
    sets
        The repetitions of each set that this sensor found.
    """
    planes = [(reps[0].start_s, reps[-1].end_s, plane) for reps in sets if reps and (plane := _plane(poses, reps))]
    if not planes:
        usual = _unit(np.nanmedian(poses.up, axis=0))
        return Trace(poses.time_s, np.rad2deg(np.arccos(np.clip(poses.up @ usual, -1.0, 1.0))))
    planes.sort(key=lambda one: one[0])
    angle = np.empty(len(poses.time_s))
    borders = [(a[1] + b[0]) / 2 for a, b in pairwise(planes)]
    edges = [0, *np.searchsorted(poses.time_s, borders).tolist(), len(angle)]
    for (_, _, (rest, towards)), (begin, end) in zip(planes, pairwise(edges), strict=True):
        up = poses.up[begin:end]
        angle[begin:end] = np.rad2deg(np.arctan2(up @ towards, up @ rest))
    return Trace(poses.time_s, angle)


def _plane(poses: Poses, reps: Iterable[Rep]) -> tuple[Array, Array] | None:
    """Rest pose of a set, and the direction at a right angle to it in which its tops lie."""
    rests, tops = [], []
    for rep in reps:
        first, last = np.searchsorted(poses.time_s, (rep.start_s, rep.end_s))
        up = poses.up[first : last + 1]
        if len(up) and not np.isnan(up).any():
            rests.append(up[0])
            tops.append(up[np.argmin(up @ up[0])])
    if not rests:
        return None
    rest, top = _unit(np.median(rests, axis=0)), _unit(np.median(tops, axis=0))
    aside = top - (top @ rest) * rest
    return (rest, _unit(aside)) if float(np.linalg.norm(aside)) > LEAST_SWING else None


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))


def _poses(sensor: Sensed) -> Poses:
    t0_s = sensor.t0_s
    motions: list[Motion] = []
    grid: Grid | None = None
    orienter: Orienter | None = None
    joiner = Joiner(_SLICE)
    expected: int | None = None
    received = 0

    def take(items: list[Samples | Gap], orienter: Orienter) -> None:
        nonlocal expected
        for item in items:
            if isinstance(item, Gap):
                continue
            if expected is not None and item.start_index != expected:
                motions.extend(orienter.flush())
                orienter.restart()
            expected = item.start_index + len(item)
            for part in item.sliced(_SLICE):
                motions.extend(orienter.push(part))

    for block in sensor.blocks:
        if grid is None or orienter is None:
            grid, orienter = Grid(block.period_s, t0_s), Orienter(block.period_s)
        received += int(block.valid.sum())
        for joined in joiner.push(block):
            take(grid.push(joined), orienter)
    assert grid is not None  # there are blocks, or it was said that there are none
    assert orienter is not None
    for joined in joiner.flush():
        take(grid.push(joined), orienter)
    take(grid.flush(), orienter)
    motions += orienter.flush()
    period_s = motions[0].period_s
    times, ups = [], []
    last: int | None = None
    for motion in motions:
        if last is not None and motion.start_index != last:
            times.append(np.array([t0_s + last * period_s]))
            ups.append(np.full((1, 3), np.nan))
        last = motion.start_index + len(motion)
        times.append(t0_s + np.arange(motion.start_index, last) * period_s)
        ups.append(motion.up)
    return Poses(sensor.number, 1 / period_s, np.concatenate(times), np.concatenate(ups), received)
