"""What turned about what: the flexion axis, and whether the ankle swung about one fixed pivot.

A leg lift swings the ankle about the hip or the knee, which stay where they are: the ankle's acceleration is then
fully given by the turning rate and one lever arm r, ``a = α × r + ω × (ω × r)``, the same r on the way out and
back. In a step the hip travels, the knee bends and the foot stands; in a shake nothing turns about anything; in a
squat the shank turns about the ankle. So the least-squares r and the share of the acceleration it explains are the
physical evidence that an excursion was a lift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracker.motion.history import History
from tracker.motion.samples import Array
from tracker.motion.vectors import Vector

AXIS_STEPS = 12
"""A leg turns ten times as much about its axis as about any other: each step gains two digits."""
CLIMB_EXPLAINED = 0.70
CLIMB_DUE_M_S2 = 0.16
"""Below these the lever is too poorly known to say which way is up."""
RIDGE = 1e-3
"""Holds the lever's part along the turning axis, which planar motion says nothing about, near zero."""
Spread = tuple[float, float, float, float, float, float]
"""A symmetric matrix (xx, xy, xz, yy, yz, zz): the products of a turning rate's parts, summed up, (rad/s)²."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """How well one fixed pivot explains a stretch of motion, or several of them together.

    Attributes
    ----------
    normal, moment
        Normal matrix (its upper triangle: xx, xy, xz, yy, yz, zz) and right-hand side of the least squares for the
        lever arm, sensor frame. Plain floats: there are few of them, and they are worked with one at a time.
    energy
        Sum of the squared accelerations, (m/s²)².
    rows
        Number of accelerations.
    """

    normal: tuple[float, float, float, float, float, float]
    moment: Vector
    energy: float
    rows: int

    @property
    def lever(self) -> Vector:
        """Vector from the pivot to the sensor, metres, sensor frame."""
        a, b, c, d, e, f = self.normal
        ridge = RIDGE * (a + d + f) / 3.0 + 1e-9
        a, d, f = a + ridge, d + ridge, f + ridge
        x, y, z = self.moment
        # the inverse of a symmetric matrix, by its cofactors
        aa, bb, cc, dd, ee, ff = (
            d * f - e * e,
            c * e - b * f,
            b * e - c * d,
            a * f - c * c,
            b * c - a * e,
            a * d - b * b,
        )
        det = a * aa + b * bb + c * cc
        return (
            (aa * x + bb * y + cc * z) / det,
            (bb * x + dd * y + ee * z) / det,
            (cc * x + ee * y + ff * z) / det,
        )

    def explained_by(self, arm: Vector) -> float:
        """Share of the mean square acceleration that a lever explains; negative when it adds more than it takes."""
        if self.energy <= 0.0:
            return 0.0
        a, b, c, d, e, f = self.normal
        x, y, z = arm
        squares = a * x * x + d * y * y + f * z * z + 2.0 * (b * x * y + c * x * z + e * y * z)
        p, q, r = self.moment
        met = 2.0 * (p * x + q * y + r * z) - squares
        return met / self.energy

    def __add__(self, other: Pivot) -> Pivot:
        """Both stretches, with one pivot for the two."""
        a, b, c, d, e, f = self.normal
        g, h, i, j, k, m = other.normal
        (x, y, z), (p, q, r) = self.moment, other.moment
        return Pivot(
            (a + g, b + h, c + i, d + j, e + k, f + m),
            (x + p, y + q, z + r),
            self.energy + other.energy,
            self.rows + other.rows,
        )


_NOTHING = Pivot((0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 1)


@dataclass(frozen=True, slots=True)
class PivotFit:
    """How well one fixed pivot explains an excursion.

    Attributes
    ----------
    lever_m
        Distance from the pivot to the sensor in the plane of the movement, metres: the acceleration that the pivot
        explains, over what one metre would make due. (Along the turning axis it cannot be seen.)
    arm_m
        Length of the fitted lever, which may stick out along the turning axis.
    explained
        Share of the mean square acceleration that it explains, up to 1.
    even
        The same for the way out or the way back, whichever is less: a step swings about the knee one way and about the
        ankle the other, a lift goes out and back on the same path.
    rms_m_s2
        Root mean square acceleration, gravity removed.
    due_m_s2
        What the turning would give a sensor half a metre from a fixed pivot: how clearly a pivot has to show.
    """

    lever_m: float
    arm_m: float
    explained: float
    even: float
    rms_m_s2: float
    due_m_s2: float


def judge(out: Pivot, back: Pivot) -> PivotFit:
    """Judge the way out and the way back by one lever."""
    whole = out + back
    arm = whole.lever
    explained = whole.explained_by(arm)
    even = min(out.explained_by(arm), back.explained_by(arm))
    rms = (whole.energy / whole.rows) ** 0.5
    xx, _, _, yy, _, zz = whole.normal
    due = 0.5 * ((xx + yy + zz) / (2.0 * whole.rows)) ** 0.5
    lever = 0.5 * rms * max(0.0, explained) ** 0.5 / due if due > 0.0 else 0.0
    return PivotFit(lever, math.hypot(*arm), explained, even, rms, due)


def climb(whole: Pivot, fit: PivotFit, rest: Vector, far: Vector) -> float:
    """Height that the ankle gains to the top, as a share of the lever; 0 where the fit is too poor to tell."""
    if fit.explained <= CLIMB_EXPLAINED or fit.due_m_s2 <= CLIMB_DUE_M_S2:
        return 0.0
    return sum(a * (up - down) for a, up, down in zip(whole.lever, far, rest, strict=True)) / fit.lever_m


def fit_pivots(gyr: Array, lin: Array, step_s: float, top: int) -> tuple[Pivot, Pivot]:
    """Set up the fit of a fixed pivot to a window's way out and way back.

    Parameters
    ----------
    gyr, lin
        Turning rate (rad/s) and gravity-free acceleration (m/s²), sensor frame, shape (n, 3), n ≥ 6, evenly spaced.
    step_s
        Their spacing, seconds.
    top
        Row that parts the two.
    """
    return _parted(_terms(gyr, lin, step_s), top)


class PivotHistory:
    """The last seconds of motion, step by step, for fits of a pivot to any stretch of them.

    What a fit adds up is worked out at once for all steps that are there, for stretches overlap: a lift's is part of
    its excursion's.

    Parameters
    ----------
    step_s
        Time between steps, seconds.
    keep, room
        As for ``History``.
    """

    def __init__(self, step_s: float, keep: int, room: int) -> None:
        self._step_s = step_s
        self._rows = History(6, keep, room)
        self._first, self._terms = 0, np.empty((4, 3, 0))

    def restart(self, at: int) -> None:
        """Drop all steps; the next one has number ``at``."""
        self._rows.restart(at)
        self._terms = np.empty((4, 3, 0))

    def append(self, motion: Array) -> None:
        """Add steps: turning rate (rad/s) and gravity-free acceleration (m/s²), sensor frame, shape (n, 6)."""
        self._rows.append(motion)

    @property
    def begin(self) -> int:
        """Number of the oldest step."""
        return self._rows.begin

    @property
    def end(self) -> int:
        """Number of the next step."""
        return self._rows.end

    def turning(self, first: int, last: int) -> Array:
        """Turning rate at the steps ``first`` … ``last`` − 1, as far as they are there, rad/s, shape (n, 3)."""
        return self._rows.between(first, last)[:, :3]

    def fit(self, first: int, last: int, top: int) -> tuple[Pivot, Pivot]:
        """``fit_pivots`` to the steps ``first`` … ``last`` − 1, as far as they are there, parted at step ``top``."""
        return _parted(self._between(first, last), top - first)

    def fit_out(self, first: int, last: int) -> Pivot:
        """Set up the fit to a way out that is not over: steps as for ``fit``, at least six of them."""
        return _pivot(_level(self._between(first, last))[:, :, :-1])

    def _between(self, first: int, last: int) -> Array:
        begin = max(first, self.begin)
        if not self._first <= begin < last <= self._first + self._terms.shape[2] + 4:
            rows = self._rows.between(begin, self.end)
            self._first, self._terms = begin, _terms(rows[:, :3], rows[:, 3:], self._step_s)
        skip = begin - self._first
        return self._terms[:, :, skip : skip + max(0, last - begin - 4)]


def _terms(gyr: Array, lin: Array, step_s: float) -> Array:
    """``a = α × r + ω × (ω × r)``: what each of the lever's parts is multiplied by, and a, shape (4, 3, n − 4)."""
    both = _smooth(np.concatenate((gyr.T, lin.T)))
    p, q, r = (both[:3, 2:] - both[:3, :-2]) / (2.0 * step_s)
    w, a = both[:3, 1:-1], both[3:, 1:-1]
    terms = np.empty((4, 3, w.shape[1]))
    np.multiply(w[:, None], w, out=terms[:3])
    square = terms[0, 0] + terms[1, 1] + terms[2, 2]
    for i in range(3):
        terms[i, i] -= square
    terms[0, 1] += r
    terms[0, 2] -= q
    terms[1, 0] -= r
    terms[1, 2] += p
    terms[2, 0] += q
    terms[2, 1] -= p
    terms[3] = a
    return terms


def _parted(terms: Array, top: int) -> tuple[Pivot, Pivot]:
    n = terms.shape[2]
    if not n:  # too short a window says nothing
        return _NOTHING, _NOTHING
    terms = _level(terms)
    part = min(max(top - 2, 1), n - 1)
    return _pivot(terms[:, :, :part]), _pivot(terms[:, :, part:])


def _level(terms: Array) -> Array:
    """Take the means out: an accelerometer's offset is no evidence."""
    return np.asarray(terms - terms.sum(axis=2, keepdims=True) / terms.shape[2])


def _pivot(terms: Array) -> Pivot:
    columns = terms.reshape(4, -1)
    (a, b, c, x), (_, d, e, y), (_, _, f, z), (_, _, _, energy) = (columns @ columns.T).tolist()
    return Pivot((a, b, c, d, e, f), (x, y, z), energy, terms.shape[2])


def heading(rate: Array, up: Array, period_s: float) -> float:
    """How far a window turned about the vertical, rad, from turning rate (rad/s) and up direction, shape (n, 3)."""
    return float((rate * up).sum()) * period_s


def spread_of(columns: Array) -> Spread:
    """Sum of the products of a turning rate's parts, shape (3, n): what was turned about, and how much."""
    (a, b, c), (_, d, e), (_, _, f) = (columns @ columns.T).tolist()
    return a, b, c, d, e, f


def main_axis(spread: Spread, guess: Vector) -> Vector:
    """Unit vector about which most is turned, by power iteration.

    Parameters
    ----------
    spread
        What was turned about.
    guess
        About where it points; the result is on the same side.
    """
    a, b, c, d, e, f = spread
    x, y, z = guess
    for _ in range(AXIS_STEPS):
        x, y, z = a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z
        length = math.sqrt(x * x + y * y + z * z) or 1.0
        x, y, z = x / length, y / length, z / length
    return x, y, z


def aside(spread: Spread, axis: Vector) -> float:
    """What was turned about other axes, as a share of what was about this one; infinite where that is nothing."""
    a, b, c, d, e, f = spread
    x, y, z = axis
    along = a * x * x + d * y * y + f * z * z + 2.0 * (b * x * y + c * x * z + e * y * z)
    return (a + d + f - along) / along if along > 0.0 else math.inf


def _smooth(x: Array) -> Array:
    """Binomial (¼ ½ ¼) along rows, ends dropped."""
    return 0.25 * x[:, :-2] + 0.5 * x[:, 1:-1] + 0.25 * x[:, 2:]
