"""Acceleration and turning rate from two streams, each with stamps of one clock, on one timeline.

In: frames of either stream, with the clock at their last sample. Out: `Packet` as far as both have come. Remembered:
what one stream has and the other has not yet, ten seconds at most.

Rule: **a sample's time is the sensor's clock's.** Both streams are put on one fixed grid by interpolation, and
where one of them has a hole, the grid has one.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask
from tracker.sensors.grid import Grid, Times

ARRIVAL_SLACK_S = 10.0
"""As in `tracker.motion.clock`: a fading link delivers up to 6 s late; what differs by more is a new beginning."""
HELD_S = 10.0
"""How long one stream waits for the other; older samples of a stream that is alone are forgotten."""
MISSING_SHARE = 0.1
"""Of a frame's samples; fewer that seem to be missing are a rate that is off its nominal value."""


class Merged:
    """Accelerometer and gyroscope in frames of their own, each with its own time, on one timeline.

    Each frame tells when its last sample was taken; the others lie evenly between that and the frame before it,
    and in the first one at the nominal rate. Both are put on one grid by interpolation, as far as both have come.
    The grid's step is the nominal period: the clock says when a sample was taken, whatever the true rate.

    Parameters
    ----------
    nominal_hz
        Rate asked for, of both.

    Attributes
    ----------
    repeated
        Frames dropped because they were there already.
    doubted
        Frames dropped because their time fits neither the clock nor the arrival.
    """

    def __init__(self, nominal_hz: float) -> None:
        self.repeated = self.doubted = 0
        self._lost = [0, 0]
        self._nominal_s = 1 / nominal_hz
        self._grid = Grid(self._nominal_s)
        self._forget()

    @property
    def period_s(self) -> float | None:
        """Grid step, seconds."""
        return self._grid.period_s

    @property
    def lost(self) -> int:
        """Samples that the clock tells of and that never came; of the stream that lost more."""
        return max(self._lost)

    @property
    def measured_hz(self) -> float | None:
        """Rate of the acceleration by the sensor's clock, Hz; None until it is known."""
        period_s = self._halves[0].period_s
        return 1 / period_s if period_s else None

    def restart(self) -> None:
        """Begin a new connection: what comes joins by its arrival."""
        self._grid.restart()
        self._forget()

    def _forget(self) -> None:
        self._origin_s: float | None = None
        self._halves = (_Half(), _Half())
        self._seen: tuple[float, int] | None = None
        self._begun = self._doubt = False
        self._upto_s = -np.inf

    def place(
        self, which: Literal["acc", "gyr"], last_s: float, host_ns: int, rows: Array, clipped: Mask
    ) -> list[Packet]:
        """Take one frame of one stream.

        Parameters
        ----------
        which
            The stream.
        last_s
            Sensor's clock at the **last** row, seconds.
        host_ns
            Arrival, nanoseconds.
        rows
            m/s² or rad/s, shape (n, 3).
        clipped
            Shape (n,).

        Returns
        -------
        list of Packet
            What both streams now reach.
        """
        if not len(rows):
            return []
        if not self._plausible(last_s, host_ns):
            if not self._doubt:
                self._doubt = True
                self.doubted += 1
                return []
            self.restart()
        self._doubt = False
        self._seen = last_s, host_ns
        if self._origin_s is None:
            self._origin_s = last_s - len(rows) * self._nominal_s
        half = self._halves[which == "gyr"]
        lost = half.add(last_s - self._origin_s, rows, clipped, self._nominal_s)
        if lost is None:
            self.repeated += 1
            return []
        self._lost[which == "gyr"] += lost
        return self._merge(host_ns)

    def _plausible(self, last_s: float, host_ns: int) -> bool:
        """Whether clock and arrival went on alike since the newest frame."""
        if self._seen is None:
            return True
        return abs(last_s - self._seen[0] - (host_ns - self._seen[1]) / 1e9) <= ARRIVAL_SLACK_S

    def _merge(self, host_ns: int) -> list[Packet]:
        """Give the grid what both halves reach, part by part between holes."""
        out: list[Packet] = []
        for begin_s, end_s in _common(self._halves[0].parts(), self._halves[1].parts()):
            out += self._put(max(begin_s, self._upto_s), end_s, host_ns)
        for half in self._halves:
            half.forget(self._upto_s, HELD_S)
        return out

    def _put(self, begin_s: float, end_s: float, host_ns: int) -> list[Packet]:
        first = int(np.ceil(begin_s / self._nominal_s - 1e-9))
        t = np.arange(first, int(np.floor(end_s / self._nominal_s + 1e-9)) + 1) * self._nominal_s
        t = t[t > self._upto_s + 1e-6]
        if not len(t):
            return []
        acc, gyr = (half.at(t) for half in self._halves)
        self._upto_s = float(t[-1])
        out = [] if self._begun else [self._grid.begin(float(t[0]), host_ns - round((t[-1] - t[0]) * 1e9))]
        self._begun = True
        self._grid.hole()  # rows lie on the steps already: no lines are drawn between parts
        return out + self._grid.place(t, np.hstack((acc[0], gyr[0])), acc[1] | gyr[1], host_ns)


class _Half:
    """One of two streams: its samples that are not merged yet."""

    def __init__(self) -> None:
        self._t = np.empty(0)
        self._rows = np.empty((0, 3))
        self._clipped = np.empty(0, dtype=bool)
        self._holes: list[tuple[float, float]] = []
        self.period_s: float | None = None

    def add(self, last_s: float, rows: Array, clipped: Mask, nominal_s: float) -> int | None:
        """Take a frame; return how many samples are missing before it, None if it was there already."""
        count, lost = len(rows), 0
        step_s = self.period_s or nominal_s
        if len(self._t):
            since_s = last_s - float(self._t[-1])
            if since_s <= step_s / 2:
                return None
            lost = max(0, round(since_s / step_s) - count)
            if lost > MISSING_SHARE * count:
                self._holes.append((float(self._t[-1]), last_s - (count - 1) * step_s))
            else:
                lost, step_s = 0, since_s / count
                self.period_s = step_s
        self._t = np.concatenate((self._t, last_s - step_s * np.arange(count - 1, -1, -1)))
        self._rows = np.vstack((self._rows, rows))
        self._clipped = np.concatenate((self._clipped, clipped))
        return lost

    def parts(self) -> list[tuple[float, float]]:
        """From when to when there are samples."""
        if not len(self._t):
            return []
        edges = [float(self._t[0]), *(edge for hole in self._holes for edge in hole), float(self._t[-1])]
        return list(zip(edges[::2], edges[1::2], strict=True))

    def at(self, t: Times) -> tuple[Array, Mask]:
        """Return rows between the samples, and whether a neighbour was at its end."""
        right = np.clip(np.searchsorted(self._t, t), 0, len(self._t) - 1)
        left = np.maximum(right - 1, 0)
        rows = np.stack([np.interp(t, self._t, column) for column in self._rows.T], axis=1)
        return rows, self._clipped[right] | self._clipped[left]

    def forget(self, upto_s: float, held_s: float) -> None:
        """Keep what is still needed: the sample before a time, and a limited past."""
        if not len(self._t):
            return
        keep = max(upto_s, float(self._t[-1]) - held_s)
        first = max(0, int(np.searchsorted(self._t, keep, side="right")) - 1)
        self._t, self._rows, self._clipped = self._t[first:], self._rows[first:], self._clipped[first:]
        self._holes = [hole for hole in self._holes if hole[0] >= self._t[0]]


def _common(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return where both are."""
    both = [(max(p[0], q[0]), min(p[1], q[1])) for p in a for q in b]
    return sorted(span for span in both if span[0] <= span[1])
