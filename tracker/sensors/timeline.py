"""Time for sensors that do not number their samples: rows as they arrive in, packets for the sample clock out.

    sensor says           class      index of a sample        loss
    when, not which       Clocked    counted                  a step of its clock that is longer than the rows
    neither               Counted    from the fitted time     a lasting rise of the arrivals (an estimate)
    when, in two streams  Merged     from its clock           a step of its clock that is longer than the rows

In: rows in SI units with the sensor's clock or the arrival. Out: `Packet`, the first of each connection without
samples. Remembered: per connection little more than the newest row.

Rule: **the grid's period is fixed before the first sample goes out, and stays.** The first moments are held back to
measure the rate (`Clocked` 1 s, `Counted` 2 s), for no sensor keeps its nominal rate, some are set to another one,
and what counts the turning is rate times period. After that nothing is delayed. A rate that nobody can track
(`SLOWEST_HZ` to `FASTEST_HZ`) gives no packets; ``measured_hz`` tells it.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask
from tracker.sensors.envelope import Envelope
from tracker.sensors.grid import Grid
from tracker.sensors.merged import ARRIVAL_SLACK_S, Merged

__all__ = ["Clocked", "Counted", "Merged", "Repeats", "trackable"]

SLOWEST_HZ, FASTEST_HZ = 25.0, 500.0
"""What the core can track (`tracker.motion.engine`)."""
MEASURE_S = 1.0
"""Of a sensor's clock that `Clocked` holds back: stamps in whole milliseconds then tell the rate to 0.1 %."""
HOLD_S = 2.0
"""Of arrivals that `Counted` holds back: with ±50 ms of jitter they tell a rate to a few per cent, enough to know
which one it is, and where the lower envelope lies."""
MOST_HELD = 2000
"""Blocks held back at most: 2 s of the fastest sensor that sends each sample alone, twice over. A clock that stands
still would be waited for without end."""
NOMINAL_SHARE = 0.15
"""A measured rate nearer than this to the nominal one is the nominal one, off by what chips are off."""
LATE_S, LASTING_S = 0.05, 3.0
"""Every arrival later than the envelope by this and by what is usual, for so long, is a loss: a fade and the burst
after it are over sooner, and jitter has early ones among the late."""
USUAL_SHARE = 0.02
"""Of each arrival in what is usual."""
SLEW_S, SLEW_MOST = (1.0, 15.0), 0.01
"""The timeline moves to the fit with this time constant, short in the first ten seconds, and by this share of time
at most: a turning rate is not bent by more than the sensor's own error."""
REPEAT_NS = 1_000_000
"""A stack hands out a repeated notification within this; two real ones with the same noise in six axes do not come
so close."""
_INDEX_TURN, _CLOCK_TURN_US = 1 << 16, 1 << 32


class _Block(NamedTuple):
    """Rows that arrived together."""

    clock_s: float
    host_ns: int
    acc: Array
    gyr: Array
    clipped: Mask


def trackable(rate_hz: float) -> bool:
    """Say whether the core can track a rate, Hz."""
    return SLOWEST_HZ <= rate_hz <= FASTEST_HZ


class Clocked:
    """Samples that carry the sensor's time, but no number.

    Parameters
    ----------
    nominal_hz
        Rate asked for; only a first guess, the clock measures it.
    turn_s
        After how long the sensor's clock begins anew (u32 µs: 4294.967296, u32 ms: 4294967.296, u16 ms: 65.536);
        None: it does not.

    Attributes
    ----------
    lost
        Samples that the clock tells of and that never came.
    repeated
        Blocks dropped because they were there already.
    doubted
        Blocks dropped because their time fits neither the clock nor the arrival.
    measured_hz
        Rate by the sensor's clock; None before it was measured.
    """

    def __init__(self, nominal_hz: float, turn_s: float | None = None) -> None:
        self.lost = self.repeated = self.doubted = 0
        self.measured_hz: float | None = None
        self._nominal_s = 1 / nominal_hz
        self._turn_s = turn_s
        self._period_s: float | None = None
        self._step_s = self._nominal_s
        self._boot_id = 1
        self._held: list[_Block] = []
        self._last: _Block | None = None
        self._begun = False
        self._index, self._apart_s, self._doubt = 0, 0.0, False

    @property
    def period_s(self) -> float | None:
        """Grid step, seconds; None while it is being measured."""
        return self._period_s

    def restart(self) -> None:
        """Begin a new connection: what comes joins by its arrival. The period stays."""
        self._boot_id += 1
        self._held, self._last, self._begun = [], None, False
        self._apart_s, self._doubt = 0.0, False

    def place(self, clock_s: float, host_ns: int, acc: Array, gyr: Array, clipped: Mask) -> list[Packet]:
        """Take consecutive samples.

        Parameters
        ----------
        clock_s
            Sensor's clock at the first of them, seconds, modulo ``turn_s``.
        host_ns
            Arrival, nanoseconds.
        acc, gyr, clipped
            As in `Packet`.

        Returns
        -------
        list of Packet
            Nothing for the first `MEASURE_S` of the first connection, then all of it; from there on one per call.
        """
        if not len(acc):
            return []
        block = _Block(clock_s, host_ns, acc, gyr, clipped)
        if self._last is not None:
            step_s = self._unwrapped(self._last, block)
            if abs(step_s - (host_ns - self._last.host_ns) / 1e9) > ARRIVAL_SLACK_S:
                return self._on_contradiction(block)
            self._doubt = False
            if step_s <= 0:
                self.repeated += 1
                return []
            block = block._replace(clock_s=self._last.clock_s + step_s)
        if self._period_s is None:
            return self._hold(block)
        return self._emit(block)

    def _unwrapped(self, last: _Block, block: _Block) -> float:
        step_s = block.clock_s - last.clock_s
        if self._turn_s is None:
            return step_s
        host_s = (block.host_ns - last.host_ns) / 1e9
        return step_s + self._turn_s * round((host_s - step_s) / self._turn_s)

    def _on_contradiction(self, block: _Block) -> list[Packet]:
        """One wrong stamp costs its block; two in a row are a clock that began anew."""
        if not self._doubt:
            self._doubt = True
            self.doubted += 1
            return []
        self.restart()
        return self.place(*block)

    def _hold(self, block: _Block) -> list[Packet]:
        self._held.append(block)
        self._last = block
        if block.clock_s - self._held[0].clock_s < MEASURE_S:
            if len(self._held) >= MOST_HELD:
                self.doubted += len(self._held)
                self.restart()
            return []
        held, self._held, self._last = self._held, [], None
        self._step_s = _period_of(held)
        self.measured_hz = 1 / self._step_s
        if not trackable(self.measured_hz):
            return []
        self._period_s = self._step_s
        return [packet for each in held for packet in self._emit(each)]

    def _emit(self, block: _Block) -> list[Packet]:
        out = []
        if self._begun and self._last is not None:
            self._index += len(self._last.acc) + self._lost_between(self._last, block)
        else:
            self._begun = True
            out.append(Packet.begin(self._boot_id, self._index % _INDEX_TURN, _microseconds(block), block.host_ns))
        self._last = block
        index = self._index % _INDEX_TURN
        out.append(Packet(self._boot_id, index, _microseconds(block), *block[1:]))
        return out

    def _lost_between(self, last: _Block, block: _Block) -> int:
        """How many samples the clock tells of beyond those that came.

        Stamps tremble, so what is over is carried on, and fades; the step follows the sensor's own drift.
        """
        count, elapsed_s = len(last.acc), block.clock_s - last.clock_s
        self._apart_s = 0.9 * self._apart_s + elapsed_s - count * self._step_s
        lost = max(0, round(self._apart_s / self._step_s))
        if lost:
            self._apart_s -= lost * self._step_s
        else:
            off = elapsed_s / count / self._step_s - 1
            self._step_s *= 1 + 0.02 * min(0.1, max(-0.1, off))
        self.lost += lost
        return lost


def _period_of(held: list[_Block]) -> float:
    """Seconds per sample, over the steps that lost nothing."""
    steps = [(b.clock_s - a.clock_s, len(a.acc)) for a, b in pairwise(held)]
    usual = median(step_s / count for step_s, count in steps)
    whole = [(step_s, count) for step_s, count in steps if step_s / count < usual * 1.1 + 0.0011 / count]
    return sum(step_s for step_s, _ in whole) / sum(count for _, count in whole)


def _microseconds(block: _Block) -> int:
    return round(block.clock_s * 1e6) % _CLOCK_TURN_US


class Counted:
    """Samples with neither time nor number: time from their count and from when they arrive.

    A sample's time is a line over its number that touches the arrivals from below (`Envelope`): nothing arrives
    early, so the earliest are the truest. The timeline follows the line slowly, and rows are put on the grid by
    interpolation: the grid's step is the nominal period, and the true rate may be a few per cent off. What was
    repeated cannot be known here and is taken as samples.

    Parameters
    ----------
    nominal_hz
        Rate asked for. If what comes is far from it, the grid's step is what was measured, in whole hertz.

    Attributes
    ----------
    lost
        Samples that a lasting rise of the arrivals tells of: an estimate.
    measured_hz
        Rate by arrivals; None before it was measured.
    """

    def __init__(self, nominal_hz: float) -> None:
        self.lost = 0
        self.measured_hz: float | None = None
        self._nominal_hz = nominal_hz
        self._grid: Grid | None = None
        self._origin_ns: int | None = None
        self._forget()

    @property
    def period_s(self) -> float | None:
        """Grid step, seconds; None while the rate is being measured."""
        return self._grid.period_s if self._grid else None

    def restart(self) -> None:
        """Begin a new connection: what comes joins by its arrival, after another `HOLD_S`. The period stays."""
        self._forget()
        if self._grid is not None:
            self._grid.restart()

    def _forget(self) -> None:
        self._envelope = Envelope()
        self._held: list[_Block] | None = []
        self._number = -1
        self._at_s = self._since_s = 0.0
        self._arrived_s: float | None = None
        self._late: tuple[float, float] | None = None
        self._usual_s = 0.0

    def place(self, host_ns: int, acc: Array, gyr: Array, clipped: Mask) -> list[Packet]:
        """Take consecutive samples that arrived together.

        Parameters
        ----------
        host_ns
            Arrival, nanoseconds.
        acc, gyr, clipped
            As in `Packet`.

        Returns
        -------
        list of Packet
            Nothing for the first `HOLD_S` of a connection, then all of it; from there on what the grid gives.
        """
        if not len(acc):
            return []
        if self._origin_ns is None:
            self._origin_ns = host_ns
        host_s = (host_ns - self._origin_ns) / 1e9
        if self._arrived_s is not None and abs(host_s - self._arrived_s) > ARRIVAL_SLACK_S:
            self.restart()
        self._arrived_s = host_s
        block = _Block(host_s, host_ns, acc, gyr, clipped)
        if self._held is not None:
            return self._hold(self._held, block)
        return self._emit(block)

    def _hold(self, held: list[_Block], block: _Block) -> list[Packet]:
        held.append(block)
        self._number += len(block.acc)
        self._envelope.add(self._number, block.clock_s)
        if block.clock_s - held[0].clock_s < HOLD_S:
            return []
        self.measured_hz = 1 / self._envelope.slope if self._envelope.slope > 0 else FASTEST_HZ * 2
        if not trackable(self.measured_hz):
            self._forget()
            return []
        if self._grid is None:
            near = abs(self.measured_hz / self._nominal_hz - 1) <= NOMINAL_SHARE
            self._grid = Grid(1 / (self._nominal_hz if near else round(self.measured_hz)))
        self._held, self._number = None, -1
        self._at_s = self._since_s = self._envelope.at(-1)
        assert self._origin_ns is not None
        first_s = self._envelope.at(0)
        out = [self._grid.begin(first_s, self._origin_ns + round(first_s * 1e9))]
        for each in held:
            out += self._advance(self._grid, each)
        return out

    def _emit(self, block: _Block) -> list[Packet]:
        assert self._grid is not None
        number = self._number + len(block.acc)
        late_s = block.clock_s - self._envelope.at(number)
        if late_s < LATE_S + self._usual_s:
            self._late = None
            self._usual_s += USUAL_SHARE * (max(0.0, late_s) - self._usual_s)
            self._envelope.add(number, block.clock_s)
        else:
            self._on_late(self._grid, block.clock_s, late_s)
        self.measured_hz = 1 / self._envelope.slope
        return self._advance(self._grid, block)

    def _on_late(self, grid: Grid, host_s: float, late_s: float) -> None:
        """Take a lateness that lasts for samples that never came."""
        since_s, least_s = self._late or (host_s, late_s)
        self._late = since_s, min(least_s, late_s)
        if host_s - since_s < LASTING_S:
            return
        lost = round(self._late[1] / self._envelope.slope)
        self.lost += lost
        self._number += lost
        self._at_s += lost * self._envelope.slope
        self._late = None
        grid.hole()

    def _advance(self, grid: Grid, block: _Block) -> list[Packet]:
        """Give the rows times that move slowly to the fit, and put them on the grid."""
        apart_s = self._envelope.at(self._number) - self._at_s
        slew_s = min(SLEW_S[1], max(SLEW_S[0], self._at_s / 4 - self._since_s / 4))
        step_s = self._envelope.slope * (1 + min(SLEW_MOST, max(-SLEW_MOST, apart_s / slew_s)))
        count = len(block.acc)
        t = self._at_s + step_s * np.arange(1, count + 1)
        self._number += count
        self._at_s = float(t[-1])
        return grid.place(t, np.hstack((block.acc, block.gyr)), block.clipped, block.host_ns)


class Repeats:
    """Tells notifications that came twice from two alike: for what carries neither stamp nor number.

    Some Bluetooth stacks hand out each notification two to four times after a reconnect, one right after the other.

    Examples
    --------
    >>> repeats = Repeats()
    >>> [repeats.seen(data, at_ns) for data, at_ns in ((b"a", 0), (b"a", 100), (b"b", 200), (b"b", 10_000_200))]
    [False, True, False, False]
    """

    def __init__(self) -> None:
        self._last: tuple[bytes, int] | None = None

    def seen(self, data: bytes, host_ns: int) -> bool:
        """Whether these bytes came just now already."""
        last, self._last = self._last, (data, host_ns)
        return last is not None and last[0] == data and abs(host_ns - last[1]) <= REPEAT_NS
