"""Counting travel: motion in; peaks, repetitions, rejections and sets out, counted on the return.

In: ``Motion``. Out: the core's values. Remembered: the last seconds of samples, the step that is still open, and what
the stages remember.

Rule: a trip is judged once the leg is back and still, by itself first: did it rise, did it come back, was it slow
enough for a leg and fast enough to be followed. Everything is decided at steps whose numbers do not depend on how the
stream was cut.
"""

from __future__ import annotations

import math

import numpy as np

from tracker.motion.history import History
from tracker.motion.orientation import GRAVITY_M_S2, Motion
from tracker.motion.reps import LONG_HOLE_S
from tracker.motion.samples import Array, Mask
from tracker.motion.sets import Outcome
from tracker.motion.travel import LONGEST_S, LOST_S, TILTED_RAD, Traveller, Trip
from tracker.motion.travel_sets import Doubt, TravelSets
from tracker.motion.trips import TripMeasures, measure_trip
from tracker.motion.values import Flag, Peak, Reason, Rep

STEP_S = 0.04
"""The height is followed 25 times a second."""
STILL_BLOCKS = 8
"""Half seconds that a stillness lasts before it corrects a gyroscope's bias that is known already: the shank of a slow
return turned steadily for two seconds, was taken for still, and its 2.5°/s for bias."""
KEEP_S = LONGEST_S + 2.0 * LOST_S
LONGEST_PHASE_S = 5.5
"""A slower lift or return glides where it should stand: its travel is not known. (Of 4 s, all repetitions are found in
simulation; of 5 to 6 s, half of them.)"""
SHORTEST_PHASE_S = 0.2
"""A faster lift or return is a leg that is thrown."""
LEAST_CLIMB = 0.4
"""Least share of its range by which the ankle rises: a straightening leg 0.6 to 0.85, a step along the ground 0.1."""
FARTHEST_M = 1.3
"""A leg carries its ankle no farther."""
OPEN_M, OPEN_M_S2 = 0.6, 0.1
"""Before the fit is told that the leg came back, its ends lie no farther apart than this, or than this times the square
of the longest time without a stillness: more than integration can be wrong (95th percentile of repetitions with a hold:
0.2 m, without one: 1.0 m)."""
RETURN_S = 0.6
"""A leg that stands so soon after its lowest point came to rest there."""
MARGIN_S = 0.2
LOST, CLIPPED = -1.0, 1.0
"""Marks of samples in the history; 0 for good ones."""

Counted = Peak | Outcome


class TravelCounter:
    """Counts repetitions of a leg that rises without turning.

    Parameters
    ----------
    period_s
        Grid step, seconds.
    t0_s
        Time of sample index 0.
    min_range_m
        A shorter trip is never a repetition.
    room
        Most samples that come at once.
    """

    def __init__(self, period_s: float, *, t0_s: float, min_range_m: float, room: int) -> None:
        self._period_s = period_s
        self._t0_s = t0_s
        self._stride = max(1, round(STEP_S / period_s))
        self._traveller = Traveller(self._stride * period_s)
        self._sets = TravelSets(min_range_m)
        self._fine = History(7, round(KEEP_S / period_s), room)
        self._part = np.empty((0, 10))
        self._peaks = 0
        self._over = 0
        self.end_index = 0
        """Index of the next sample."""

    def restart(self, index: int) -> None:
        """Begin anew at this sample: the stream had a hole too long to bridge."""
        self._traveller.restart()
        self._fine.restart(index)
        self._part = np.empty((0, 10))
        self.end_index = index

    def push(self, motion: Motion) -> list[Counted]:
        """Take a block of motion; blocks follow each other."""
        acc = motion.lin + GRAVITY_M_S2 * motion.up
        self._fine.append(motion.gyr, acc, np.where(motion.valid, motion.clipped * CLIPPED, LOST))
        rows = np.hstack([motion.gyr, motion.lin, (motion.lin * motion.up).sum(axis=1)[:, None], motion.up])
        begin = self.end_index - len(self._part)
        skip = min(-begin % self._stride, len(rows)) if not len(self._part) else 0
        rows = np.concatenate([self._part, rows[skip:]])
        self.end_index += len(motion)
        n = self._stride
        count = len(rows) // n
        self._part = rows[count * n :].copy()
        out: list[Counted] = []
        step = (self.end_index - len(self._part)) // n - count
        for block in rows[: count * n].reshape(count, n, 10):
            out += self._step(step, block)
            step += 1
        return out

    def flush(self, reason: Reason) -> list[Counted]:
        """End what is open: the stream ends here, or has a hole too long to bridge."""
        newest = self.end_index - 1
        out: list[Counted] = []
        for trip in self._traveller.flush(newest // self._stride):
            out += self._judge(trip, newest, reason)
        return out

    def end_set(self) -> list[Counted]:
        """Close the open set."""
        return list(self._sets.end_set(self._time(self.end_index - 1)))

    def _time(self, index: float) -> float:
        return self._t0_s + index * self._period_s

    def _step(self, step: int, block: Array) -> list[Counted]:
        newest = (step + 1) * self._stride - 1
        mean = block[0, :7].copy()
        for row in block[1:]:
            mean += row[:7]
        x, y, z = block[-1, 7:].tolist()
        out: list[Counted] = []
        for trip in self._traveller.push(step, mean / len(block), (x, y, z)):
            out += self._judge(trip, newest, Reason.INCOMPLETE)
        opened = self._traveller.open_since
        out += self._sets.tick(self._time(newest), None if opened is None else self._time(opened * self._stride))
        return out

    def _judge(self, trip: Trip, newest: int, reason: Reason) -> list[Counted]:
        """Measure a trip and hand it to the sets."""
        self._peaks += 1
        now_s = self._time(newest)
        doubt = _by_its_course(trip, reason)
        found = self._measure(trip, now_s) if doubt is None else None
        if found is None:
            doubt = doubt or (Reason.INCOMPLETE, "has no way out and back")
            return list(self._sets.push(self._rough(trip, now_s), doubt, now_s))
        rep, measures = found
        if doubt is None and Flag.GAP in rep.flags:
            doubt = Reason.GAP, "samples were lost on the way: its travel is not known"
        values = self._sets.push(rep, doubt or _by_its_numbers(rep, measures), now_s)
        counted = any(isinstance(value, Rep) for value in values)
        if counted:
            self._over = math.ceil((rep.end_s - self._t0_s) / self._period_s)
        return [Peak(rep.peak, self._time((trip.top + 1) * self._stride - 1), now_s), *values] if counted else [*values]

    def _measure(self, trip: Trip, now_s: float) -> tuple[Rep, TripMeasures] | None:
        """Measure on all samples of the window."""
        n, half = self._stride, self._traveller.span // 2
        (first, left), (back, last) = trip.stills[0], trip.stills[-1]
        rests = [min(max(trip.begin, first) + half, left), *((a + b) // 2 for a, b in trip.stills[1:-1])]
        rests.append(max(last - half, back))
        rows = [step * n + n // 2 for step in rests]
        rests_at_end = back - trip.end < RETURN_S / STEP_S
        over = rows[-1] if rests_at_end else (trip.end + round(MARGIN_S / STEP_S)) * n
        end = rows[-1] if rests_at_end else trip.end * n
        margin = round(MARGIN_S / self._period_s)
        low = max(rows[0] - margin, self._fine.begin)
        window = self._fine.between(low, rows[-1] + margin + 1)
        begin = max(trip.begin * n, rows[0], self._over)
        found = measure_trip(
            window[:, :3],
            window[:, 3:6],
            self._period_s,
            rests=[row - low for row in rows],
            begin=begin - low,
            end=end - low,
            over=over - low,
        )
        return None if found is None else (self._rep(found, low, window[:, 6], now_s), found)

    def _rep(self, found: TripMeasures, low: int, marks: Array, now_s: float) -> Rep:
        inside = marks[math.floor(found.start) : math.ceil(found.end) + 1]
        flags = [Flag.CLIPPED] if bool((inside == CLIPPED).any()) else []
        flags += [Flag.GAP] if _longest_run(marks == LOST) * self._period_s > LONG_HOLE_S else []
        start_s, peak_start_s, peak_end_s, end_s = (
            self._time(low + border) for border in (found.start, found.peak_start, found.peak_end, found.end)
        )
        return Rep(
            self._peaks,
            start_s,
            peak_start_s,
            peak_end_s,
            end_s,
            now_s,
            None,
            None,
            tuple(flags),
            range_m=found.range_m,
            peak_speed_m_s=found.peak_speed_m_s,
        )

    def _rough(self, trip: Trip, now_s: float) -> Rep:
        """What is known of a trip without measuring it: when it left and came back."""
        start_s, end_s = self._time(trip.opened * self._stride), self._time((trip.end + 1) * self._stride - 1)
        return Rep(self._peaks, start_s, None, None, end_s, now_s, None, None)


def _by_its_course(trip: Trip, reason: Reason) -> Doubt | None:
    """What speaks against a trip before it is measured."""
    if trip.tilt_rad > TILTED_RAD:
        return Reason.WALKING, f"the shank turned by {math.degrees(trip.tilt_rad):.0f}°: a step, or another posture"
    if not trip.returned:
        rose = f"rose by {trip.rise_m:.2f} m"
        return reason, f"{rose} and was not seen to come back and stand still"
    return None


def _by_its_numbers(rep: Rep, found: TripMeasures) -> Doubt | None:
    """What speaks against a measured trip by itself."""
    phases = rep.concentric_s or 0.0, rep.eccentric_s or 0.0
    if found.range_m > FARTHEST_M:
        return Reason.WALKING, f"travelled {found.range_m:.1f} m > {FARTHEST_M:g} m"
    if found.rise_m < LEAST_CLIMB * found.range_m:
        return Reason.WRONG_WAY, f"the ankle rose by {found.rise_m:.2f} m of {found.range_m:.2f} m"
    if max(phases) > LONGEST_PHASE_S:
        return (
            Reason.INCOMPLETE,
            f"lift or return of {max(phases):.1f} s > {LONGEST_PHASE_S:g} s: its travel is not known",
        )
    if min(phases) < SHORTEST_PHASE_S:
        return Reason.TOO_FAST, f"lift or return under {SHORTEST_PHASE_S:g} s"
    open_m = max(OPEN_M, OPEN_M_S2 * found.blind_s**2)
    if found.open_m > open_m:
        return Reason.INCOMPLETE, f"ended {found.open_m:.2f} m from where it began"
    return None


def _longest_run(marked: Mask) -> int:
    """Length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))
