"""Legs that move as people moved: the project's leg, driven by real repetitions.

In: the ``ankle-pt`` reference recordings (two people, four leg exercises, 25 Hz). Out: their repetitions as traces at
the simulation's rate, and, for any plan, a ``Simulated`` whose sets are made of them.

A trace is what one labelled repetition did: the shank's turn about its set's principal axis, with what stood out of
that plane, hesitations, overshoot, wobble in the hold and bounce at the bottom. Orientation is VQF's, both ways (its
offline variant); a cubic spline goes through the 25 samples a second, and a zero-phase Gaussian of 40 ms (one sample)
takes out what 25 Hz cannot know, so that the borders of what is made of it are well defined: half of a 4 Hz wobble is
left, more than legs do on purpose. The truth is then measured as for any simulated leg, on the turned and scaled
movement itself, never taken from the labels.

A set takes its repetitions from one real set of the person, drawn among the few that need the least stretching.
Lifts, holds and returns are re-timed by a smooth monotone map; where a hold or a pause has to be shorter, its middle is
cut out, since a squeezed wobble would be another movement. Times and range vary as they did in the real set about its
mean, and their mean is the plan's. The plan's ``tempo_spread``, ``range_spread`` and ``hesitations`` do not enter:
these are real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from vqf import offlineVQF

from tracker.recording import read_samples_csv
from tracker.simulation import Curve, Plan, SetPlan, Simulated, Window, rotations, simulate, truth
from tracker.simulation.leg import Exercise
from tracker.simulation.profiles import RATE_HZ, count, ringing, smooth, through

Array = NDArray[np.float64]

Group = tuple[str, ...]
TUNED: tuple[Group, ...] = (("s1-*",), ("s2-seated-knee-extension", "s2-straight-leg-raise"))
SEALED: tuple[Group, ...] = (("s2-prone-hip-extension", "s2-side-lying-abduction"),)
"""Whose repetitions a session is made of, each a person's recordings: two halves of the second person, one of them kept
apart. They were divided by exercise before anything was looked at."""
TRACE_SIGMA_S = 0.04
ROUND_SIGMA_S = 0.02
"""Rounds the joints between traces; the kinematic leg's own."""
MARGIN_S = 0.6
"""Labels are off by up to half a second (two annotators)."""
STRIKE_S = 0.3
"""An impact belongs to a return that ends within this time."""
LEAST_STRETCHED = 4
"""Draw among so many real sets."""
MOST_ASIDE = 2.0
"""What stands out of the plane grows with the range, but not more than this: a lift of 10° out of its plane by 5° says
nothing of one of 60°."""
SHORTEST_STAY_S = 0.03
"""Half a turn-round without a hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One real repetition at ``RATE_HZ``: half the pause before, lift, hold, return, half the pause after.

    Attributes
    ----------
    angle
        Shank angle, rad, growing on the lift, 0 at ``start``, shape (n,).
    aside
        Turn out of the plane, about the level and the upright axis in it, rad, shape (n, 2).
    start, peak_start, peak_end, end
        Samples of the four borders.
    strike_m_s2
        Acceleration over 4 Hz or so when the leg came down. At 25 Hz less than what really was.
    """

    angle: Array
    aside: Array
    start: int
    peak_start: int
    peak_end: int
    end: int
    strike_m_s2: float

    @property
    def times_s(self) -> Array:
        """Concentric, hold, eccentric."""
        return np.diff([self.start, self.peak_start, self.peak_end, self.end]) / RATE_HZ

    @property
    def range_rad(self) -> float:
        return float(self.angle[self.start : self.end].max())


@dataclass(frozen=True, slots=True, eq=False)
class TracedSet:
    """The repetitions of one real set."""

    name: str
    traces: tuple[Trace, ...]

    @property
    def times_s(self) -> Array:
        """Mean concentric, hold, eccentric."""
        return np.mean([t.times_s for t in self.traces], axis=0)

    @property
    def range_rad(self) -> float:
        return float(np.mean([t.range_rad for t in self.traces]))

    def stretch(self, plan: SetPlan, range_rad: float) -> float:
        """How much must be stretched for a plan: sum of the logarithms of range and times."""
        wanted = np.array([plan.concentric_s, plan.hold_s + 0.1, plan.eccentric_s, range_rad])
        concentric_s, hold_s, eccentric_s = self.times_s
        real = np.array([concentric_s, hold_s + 0.1, eccentric_s, self.range_rad])
        return float(np.abs(np.log(wanted / real)).sum())


def traced(plan: Plan, group: Group, seed: int, folder: Path) -> Simulated:
    """Move the leg through a plan, its sets made of one person's real repetitions.

    Parameters
    ----------
    plan
        As for ``simulate``.
    group
        One of ``TUNED`` or ``SEALED``; the label says which.
    seed
        Draws everything that the plan leaves open, the traces too.
    folder
        Of the reference recordings, with ``ankle-pt`` in it.
    """
    sets = read_traces(folder, group)

    def angles(one: SetPlan, exercise: Exercise, rng: np.random.Generator) -> Curve:
        return curve(one, np.radians(one.range_deg or exercise.range_deg), sets, rng)

    return simulate(replace(plan, label=f"{plan.label}, traced from {', '.join(group)}"), seed, angles=angles)


@cache
def read_traces(folder: Path, group: Group) -> tuple[TracedSet, ...]:
    """All sets of a group's recordings."""
    paths = sorted(path for name in group for path in (folder / "ankle-pt").glob(f"pt-{name}.csv.gz"))
    if not paths:
        raise ValueError(f"{folder}: no recordings of {', '.join(group)} in ankle-pt")
    return tuple(one for path in paths for one in _sets(path))


def _sets(path: Path) -> Iterator[TracedSet]:
    stem = path.name.removesuffix(".csv.gz")
    labels = json.loads((path.parent / f"{stem}.truth.json").read_text(encoding="utf-8"))
    recording = read_samples_csv(path)
    acc = np.concatenate([s.acc for s in recording.samples])
    gyr = np.concatenate([s.gyr for s in recording.samples])
    fused = offlineVQF(gyr, acc, None, recording.period_s)
    rate = rotations.rotate(fused["quat6D"], gyr - fused["bias"])
    linear = rotations.rotate(fused["quat6D"], acc) - [0.0, 0.0, 9.81]
    for kind, one in zip(labels["kinds"], labels["sets"], strict=True):
        begin, end = one["reps"][0]["start_s"] - MARGIN_S, one["reps"][-1]["end_s"] + MARGIN_S
        rows = slice(max(0, round(begin / recording.period_s)), round(end / recording.period_s) + 1)
        borders = [rep["start_s"] for rep in one["reps"]] + [one["reps"][-1]["end_s"]]
        at_s = np.arange(len(acc))[rows] * recording.period_s
        angle, aside = _fine(at_s, *_in_plane(fused["quat6D"][rows], rate[rows], at_s, borders))
        shake = np.linalg.norm(_fine(at_s, linear[rows] - _slow(linear, 2)[rows], smoothed=False)[0], axis=1)
        places = [round((border - at_s[0]) * RATE_HZ) for border in borders]
        yield TracedSet(f"{stem.removeprefix('pt-')} {kind}", tuple(_cut(angle, aside, shake, places)))


def _in_plane(quat: Array, rate: Array, at_s: Array, borders_s: list[float]) -> tuple[Array, Array]:
    """Angle about the axis that most of the turning is about, (n,), and what stands out of that plane, (n, 2)."""
    axis = np.linalg.eigh(rate.T @ rate)[1][:, -1]
    turned = rotations.multiply(quat, rotations.conjugate(quat[:1]))
    angle = rotations.twist(turned, axis)
    if np.median(angle) < np.median(np.interp(borders_s, at_s, angle)):
        axis, angle = -axis, -angle
    rest = rotations.multiply(turned, rotations.conjugate(rotations.about(axis, angle)))
    level = np.cross(axis, [0.0, 0.0, 1.0])
    level /= np.linalg.norm(level)
    return angle, rotations.to_rotvec(rest) @ np.stack([level, np.cross(level, axis)]).T


def _fine(at_s: Array, *curves: Array, smoothed: bool = True) -> list[Array]:
    """Curves at the simulation's rate."""
    at = np.arange(at_s[0], at_s[-1], 1 / RATE_HZ)
    fine = [CubicSpline(at_s, values)(at) for values in curves]
    return [smooth(values, TRACE_SIGMA_S) for values in fine] if smoothed else fine


def _slow(values: Array, sigma: int) -> Array:
    """Zero-phase Gaussian of ``sigma`` samples."""
    kernel = np.exp(-0.5 * (np.arange(-4 * sigma, 4 * sigma + 1) / sigma) ** 2)
    return np.stack([np.convolve(c, kernel / kernel.sum(), mode="same") for c in values.T], axis=1)


def _cut(angle: Array, aside: Array, shake: Array, places: list[int]) -> Iterator[Trace]:
    """Cut a set into its repetitions, in the middle of the pauses between."""
    borders = [_borders(angle, a, b) for a, b in pairwise(places)]
    edge = count(MARGIN_S) // 2
    cuts = [max(0, borders[0][0] - edge)]
    cuts += [(a[3] + b[0]) // 2 for a, b in pairwise(borders)]
    cuts.append(min(len(angle), borders[-1][3] + edge))
    for (start, peak_start, peak_end, end), (first, last) in zip(borders, pairwise(cuts), strict=True):
        near = slice(max(0, end - count(STRIKE_S)), end + count(STRIKE_S))
        strike = float(shake[near].max() - np.median(shake[first:last]))
        part = slice(first, last)
        inside = (start - first, peak_start - first, peak_end - first, end - first)
        yield Trace(angle[part] - angle[start], aside[part] - aside[start], *inside, strike)


def _borders(angle: Array, begin: int, end: int) -> tuple[int, int, int, int]:
    """Borders of the repetition between two labels, by the definitions."""
    inside = angle[begin:end]
    low, high = min(inside[0], inside[-1]), np.percentile(inside, 95)
    above = begin + np.flatnonzero(inside > (low + high) / 2)
    middle = int(above[0] + above[-1]) // 2
    first, last = max(0, begin - count(MARGIN_S)), min(len(angle), end + count(MARGIN_S))
    speed = np.gradient(angle) * RATE_HZ
    place = (angle - low) / (high - low)
    start, peak_start, _ = truth.phase_borders(speed[first:middle], place[first:middle])
    peak_end, over, _ = truth.phase_borders(-speed[middle:last], 1 - place[middle:last])
    return first + round(start), first + round(peak_start), middle + round(peak_end), middle + round(over)


def curve(plan: SetPlan, range_rad: float, sets: tuple[TracedSet, ...], rng: np.random.Generator) -> Curve:
    """Make a set's curve of real repetitions."""
    easiest = sorted(sets, key=lambda one: one.stretch(plan, range_rad))[:LEAST_STRETCHED]
    source = easiest[int(rng.integers(len(easiest)))]
    order = _order(plan, rng)
    maker = _Maker(plan, range_rad, source, rng)
    maker.wait(rng.uniform(0.8, 2.0))
    picked = _picked(len(source.traces), len(order), rng)
    for k, (number, partial) in enumerate(zip(picked, order, strict=True)):
        maker.add(source.traces[number], partial, tired=k / max(1, len(order) - 1), last=k == len(order) - 1)
    maker.wait(rng.uniform(1.0, 2.5))
    return maker.curve()


def _order(plan: SetPlan, rng: np.random.Generator) -> list[bool]:
    """Which movement is a partial: never the first."""
    order = [False] * plan.reps
    for _ in range(plan.partials):
        order.insert(int(rng.integers(min(2, plan.reps), len(order) + 1)), True)
    return order


def _picked(available: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """All of them before one comes again, each time in another order."""
    rounds = -(-wanted // available)
    return [int(i) for _ in range(rounds) for i in rng.permutation(available)][:wanted]


class _Maker:
    """Strings traces together: each begins where the one before ended."""

    def __init__(self, plan: SetPlan, range_rad: float, source: TracedSet, rng: np.random.Generator) -> None:
        self.plan, self.range_rad, self.source, self.rng = plan, range_rad, source, rng
        self.parts: list[Array] = []  # angle and the two aside, shape (n, 3)
        self.now = np.zeros(3)
        self.length = 0
        self.windows: list[Window] = []
        self.strikes: list[tuple[int, float]] = []

    def wait(self, seconds: float) -> None:
        self._put(np.tile(self.now, (count(seconds), 1)))

    def add(self, trace: Trace, partial: bool, *, tired: float, last: bool) -> None:
        """One repetition or partial; ``tired`` grows from 0 to 1 through the set."""
        plan = self.plan
        pace = (1 + plan.fatigue * tired) * (0.75 if partial else 1.0)
        natural = np.clip(trace.times_s / self.source.times_s, 0.6, 1.6)
        lift_s, hold_s, return_s = pace * natural * [plan.concentric_s, plan.hold_s, plan.eccentric_s]
        rest_s = plan.bottom_pause_s * self.rng.uniform(0.7, 1.3)
        stay = max(SHORTEST_STAY_S, hold_s / 2)
        rest = max(SHORTEST_STAY_S, rest_s / 2)
        share = self._share(trace, partial, tired)
        bottom = 0.0 if last else self.range_rad * float(np.clip(self.rng.normal(0, 0.012), -0.03, 0.03))
        turn = np.column_stack([trace.angle, trace.aside])
        middle = (trace.peak_start + trace.peak_end) // 2
        up = _retimed(turn[:middle], (trace.start, trace.peak_start), (rest, lift_s, stay))
        down = _retimed(turn[middle:], (trace.peak_end - middle, trace.end - middle), (stay, return_s, rest))
        begin = self.length
        self._rise(up, share * self.range_rad / trace.range_rad)
        top = self.length
        self._sink(down, bottom)
        end = top + count(stay + return_s)
        self.windows.append(Window(begin + count(rest), top, top, end, partial))
        self.strikes.append((end, max(trace.strike_m_s2, plan.tap_m_s2 * self.rng.uniform(0.5, 1.5))))

    def _share(self, trace: Trace, partial: bool, tired: float) -> float:
        """Range as a share of the plan's."""
        if partial:
            return float(self.rng.uniform(0.25, 0.5))
        natural = np.clip(trace.range_rad / self.source.range_rad, 0.85, 1.15)
        return float(max(0.75, natural * (1 - min(0.22, 0.4 * self.plan.fatigue) * tired)))

    def _rise(self, up: Array, scale: float) -> None:
        scales = np.array([scale, *2 * [min(scale, MOST_ASIDE)]])
        self._put(self.now + (up - up[0]) * scales)

    def _sink(self, down: Array, bottom: float) -> None:
        """From where the leg is now to the bottom, and into the plane again."""
        fallen = (down[:, 0] - down[-1, 0]) / (down[0, 0] - down[-1, 0])
        angle = bottom + (self.now[0] - bottom) * fallen
        scale = min(MOST_ASIDE, (self.now[0] - bottom) / (down[0, 0] - down[-1, 0]))
        aside = self.now[1:] + (down[:, 1:] - down[0, 1:]) * scale
        back = np.linspace(0, 1, len(down))[:, None] * aside[-1]
        self._put(np.column_stack([angle, aside - back]))

    def _put(self, part: Array) -> None:
        self.parts.append(part)
        self.length += len(part)
        self.now = part[-1].copy()

    def curve(self) -> Curve:
        whole = smooth(np.concatenate(self.parts), ROUND_SIGMA_S)
        shock = np.zeros((len(whole), 3))
        for at, strength in self.strikes:
            ring = ringing(len(whole), at - 5, self.rng.uniform(14, 28), self.rng.uniform(0.008, 0.018))
            shock += strength * ring[:, None] * self.rng.normal([0, 0, 1.0], [0.4, 0.2, 0.2])
        whole = _about_own_axis(whole)
        return Curve(whole[:, 0], whole[:, 1:], [_topped(one, whole[:, 0]) for one in self.windows], shock)


def _topped(window: Window, angle: Array) -> Window:
    """The lift is looked for before the highest point and the return after it."""
    top = window.bottom + int(np.argmax(angle[window.bottom : window.end]))
    return replace(window, top_start=top, top_end=top)


def _about_own_axis(whole: Array) -> Array:
    """Turn a set so that what it turns about most is the plane's axis: that is the set's flexion axis, by definition.

    What stood out of the plane, scaled and put in another order, is no longer evenly on both sides of it.
    """
    plane = np.array([0.0, 1.0, 0.0])  # x level, y the plane's axis, z upright in the plane
    turn = rotations.multiply(
        rotations.from_rotvec(np.insert(whole[:, 1:], 1, 0.0, axis=1)), rotations.about(plane, whole[:, 0])
    )
    step = rotations.to_rotvec(rotations.multiply(turn[1:], rotations.conjugate(turn[:-1])))
    axis = np.linalg.eigh(step.T @ step)[1][:, -1]
    axis *= np.sign(axis[1])
    across = np.cross(axis, plane)
    fix = rotations.about(across / (np.linalg.norm(across) or 1.0), np.arccos(min(1.0, axis[1])))
    turn = rotations.multiply(rotations.multiply(fix[None], turn), rotations.conjugate(fix[None]))
    angle = rotations.twist(turn, plane)
    aside = rotations.to_rotvec(rotations.multiply(turn, rotations.conjugate(rotations.about(plane, angle))))
    return np.column_stack([angle, aside[:, 0], aside[:, 2]])


def _retimed(turn: Array, borders: tuple[int, int], times_s: tuple[float, float, float]) -> Array:
    """A part of a trace (n, 3) in another time: stay, movement, stay.

    A stay is slowed down like the movement beside it, not hurried; cut off at its outer end where that is too long, and
    stretched where it is too short.
    """
    begin, end = borders
    wanted = [count(t) for t in times_s]
    slower = max(1.0, wanted[1] / (end - begin))
    first, last = max(0.0, begin - wanted[0] / slower), min(len(turn) - 1.0, end + wanted[2] / slower)
    old = np.array([first, max(first + 1, begin), end, max(end + 1, last)])
    new = np.cumsum([0, *wanted])
    place = through(new / RATE_HZ, old, int(new[-1]))
    at = np.clip(place, 0, len(turn) - 1)
    return np.column_stack([np.interp(at, np.arange(len(turn)), column) for column in turn.T])
