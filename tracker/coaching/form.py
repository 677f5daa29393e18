"""Form of one repetition: every flag is defined here, with its limit, its reason and its source.

In: a ``Rep``, what is asked for, and what surrounds it. Out: verdicts that carry their numbers. Remembered: nothing.

Rule: a flag says what the shank did, never what a muscle, a hip or a back did. Where an exercise cannot show something,
or a number is not known, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tracker.coaching.targets import Targets, inside
from tracker.exercises import Metric
from tracker.motion.values import Rep
from tracker.motion.vectors import Vector, angle


class FormFlag(StrEnum):
    """What was wrong with a repetition (closed vocabulary; ``DEFINITIONS`` says when)."""

    SWING = "swing"
    DROPPED_RETURN = "dropped-return"
    SHORT = "short"
    ABOVE_CEILING = "above-ceiling"
    NO_HOLD = "no-hold"
    TOUCHDOWN = "touchdown"
    BOTTOM_REST = "bottom-rest"
    SNAP_BACK = "snap-back"
    OFF_PLANE = "off-plane"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One flag with its numbers."""

    flag: FormFlag
    value: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a repetition.

    Attributes
    ----------
    pause_s
        Pause at the bottom after it; None for a set's last one, or while it lasts.
    usual_axis
        Axis about which the person usually turns the shank, sensor frame; None while it is not known.
    """

    pause_s: float | None = None
    usual_axis: Vector | None = None


ALONE = Around()
Value: TypeAlias = "Callable[[Rep, Around], float | None]"
Limit: TypeAlias = "Callable[[Targets], float | None]"


@dataclass(frozen=True, slots=True)
class Definition:
    """How a flag is found.

    Attributes
    ----------
    flag, metric
        The flag, and what an exercise has to let be measured for it.
    value, limit, unit
        A repetition has the flag where its value is beyond the limit.
    below
        Beyond means under it.
    means, source
        In words, and where it comes from.
    """

    flag: FormFlag
    metric: Metric
    value: Value
    limit: Limit
    unit: str
    means: str
    source: str
    below: bool = False


SWING_INDEX = 0.5
SWUNG_RANGES_S = (1.5, 4.0)
"""Peak speed of a lift of 1.1 s and of one of 0.4 s, in its own ranges per second (a smooth lift's peak is 1.6 times
its mean): the slowest that the usual advice calls a lift, and a leg that is thrown."""
SWUNG_HOLD_S = 0.5
"""Half of the shortest hold that is advised; a leg that turns round by itself stays for 0.1 to 0.3 s."""
SWUNG_PAUSE_S = 0.4
"""A leg that swings through the bottom goes on within 0.1 to 0.2 s; who stops there and lifts again takes 0.4 s."""
SWUNG_RETURN_S = (0.5, 1.0)
"""Under a second is no controlled return; a leg with a weight falls in half a second."""
FALLEN_RANGES_S = 1.75
"""Peak of a smooth return of just under a second, the shortest that is called controlled. A straight leg that is let go
(a rod of 0.9 m about its end) passes the bottom with 3.5 to 4."""
HOLD_SHARE = 0.5
"""Less than half of the shortest hold asked for is none."""
KNOCK_M_S2 = 2.5
"""Tremor and a controlled turn stay under 1.5 m/s², a foot on the floor or a knee on a mat gives 3 and more."""
SNAPPED_RANGES_S2 = 20.0
"""Twice what gravity gives a straight leg that is let go (4 ranges per second after 0.4 s): something pulls."""
RISE_S = 0.02
"""No shorter rise is believed: the speed is smoothed over 25 ms."""
ASIDE_DEG = 10.0
"""Of the axis. A person's own repetitions differ by 2 to 4°, a kick that is meant to go aside by 15° and more."""


def swing_index(rep: Rep, around: Around = ALONE) -> float | None:
    """How much of a repetition was momentum: 0 for none, 1 for a leg that is thrown, falls back and goes on.

    The mean of four parts, each from 0 to 1: the lift's peak speed in its own ranges per second, the missing hold, the
    return's missing time, and the rebound, which is the missing pause at the bottom (left out while there is none yet).
    """
    if rep.peak_speed_deg_s is None or rep.hold_s is None or rep.eccentric_s is None or not rep.range_deg:
        return None
    parts = [
        _ramp(rep.peak_speed_deg_s / rep.range_deg, *SWUNG_RANGES_S),
        1.0 - _ramp(rep.hold_s, 0.0, SWUNG_HOLD_S),
        1.0 - _ramp(rep.eccentric_s, *SWUNG_RETURN_S),
    ]
    if around.pause_s is not None:
        parts.append(1.0 - _ramp(around.pause_s, 0.0, SWUNG_PAUSE_S))
    return sum(parts) / len(parts)


def aside_deg(rep: Rep, around: Around) -> float | None:
    """Angle between a repetition's axis and the usual one, degrees: one sensor knows no heading, only a difference."""
    if rep.shape is None or around.usual_axis is None:
        return None
    return math.degrees(angle(rep.shape.axis, around.usual_axis))


def _fallen(rep: Rep, around: Around) -> float | None:
    """Peak speed of the return, in its own ranges per second."""
    return rep.shape.peak_eccentric_deg_s / rep.range_deg if rep.shape and rep.range_deg else None


def _snapped(rep: Rep, around: Around) -> float | None:
    fallen = _fallen(rep, around)
    return fallen / max(RISE_S, rep.shape.eccentric_rise_s) if rep.shape and fallen is not None else None


def _range_deg(rep: Rep, around: Around) -> float | None:
    return rep.range_deg


def _hold_s(rep: Rep, around: Around) -> float | None:
    return rep.hold_s


def _pause_s(rep: Rep, around: Around) -> float | None:
    return around.pause_s


def _impact_m_s2(rep: Rep, around: Around) -> float | None:
    return rep.shape.impact_m_s2 if rep.shape else None


def _least_hold_s(targets: Targets) -> float | None:
    return HOLD_SHARE * targets.tempo.hold_s[0] or None


_BRIEF = "usual advice for the exercise (article, product.md"
DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        FormFlag.SWING,
        Metric.TEMPO,
        swing_index,
        lambda targets: SWING_INDEX,
        "index",
        "momentum: thrown up, not held, falling back, going on at once",
        f"{_BRIEF} 25); the parts are defined at swing_index",
    ),
    Definition(
        FormFlag.DROPPED_RETURN,
        Metric.RETURN,
        _fallen,
        lambda targets: FALLEN_RANGES_S,
        "ranges/s",
        "peak speed of the return, in the repetition's own range per second: it fell",
        f"{_BRIEF} 17); the limit from a falling leg, a uniform rod about its end",
    ),
    Definition(
        FormFlag.SHORT,
        Metric.RANGE,
        _range_deg,
        lambda targets: targets.band.floor_deg if targets.band else None,
        "°",
        "range under the person's own floor",
        f"{_BRIEF} 14, 27); range_band.py",
        below=True,
    ),
    Definition(
        FormFlag.ABOVE_CEILING,
        Metric.RANGE,
        _range_deg,
        lambda targets: targets.band.ceiling_deg if targets.band else None,
        "°",
        "range above the person's own ceiling",
        f"{_BRIEF} 15, 24); range_band.py",
    ),
    Definition(
        FormFlag.NO_HOLD,
        Metric.TEMPO,
        _hold_s,
        _least_hold_s,
        "s",
        "less than half of the shortest hold asked for",
        f"{_BRIEF} 16)",
        below=True,
    ),
    Definition(
        FormFlag.TOUCHDOWN,
        Metric.TOUCHDOWN,
        _impact_m_s2,
        lambda targets: KNOCK_M_S2,
        "m/s²",
        "sudden acceleration at the end of the return: foot, knee or stack knocked",
        f"{_BRIEF} 19); shape.py",
    ),
    Definition(
        FormFlag.BOTTOM_REST,
        Metric.TENSION,
        _pause_s,
        lambda targets: targets.tempo.pause_s,
        "s",
        "pause at the bottom where the tension should stay",
        f"{_BRIEF} 3, 19)",
    ),
    Definition(
        FormFlag.SNAP_BACK,
        Metric.SNAP_BACK,
        _snapped,
        lambda targets: SNAPPED_RANGES_S2,
        "ranges/s²",
        "peak speed of the return over the time to get there: the band pulled the leg back",
        f"{_BRIEF} 5); the limit from a falling leg, a uniform rod about its end",
    ),
    Definition(
        FormFlag.OFF_PLANE,
        Metric.DIRECTION,
        aside_deg,
        lambda targets: ASIDE_DEG,
        "°",
        "direction of the lift against the set's usual one",
        f"{_BRIEF} 31)",
    ),
)


def offered(definition: Definition, targets: Targets) -> bool:
    """Return whether a flag can be found in this exercise, with what is asked for."""
    return definition.metric in targets.exercise.metrics and definition.limit(targets) is not None


def judge(rep: Rep, targets: Targets, around: Around = ALONE) -> tuple[Verdict, ...]:
    """Return what was wrong with a repetition, in the order of ``DEFINITIONS``."""
    found = []
    for one in DEFINITIONS:
        limit, value = one.limit(targets), one.value(rep, around)
        if one.metric not in targets.exercise.metrics or limit is None or value is None:
            continue
        if value < limit if one.below else value > limit:
            found.append(Verdict(one.flag, value, limit, one.unit))
    return tuple(found)


def tempo_misses_s(rep: Rep, targets: Targets) -> tuple[float, float, float] | None:
    """Return by how much lift, hold and return were too short (negative) or too long; None where a hole hides one.

    In seconds from the nearer end of what was asked for; 0 inside.
    """
    asked = targets.tempo
    phases = ((rep.concentric_s, asked.concentric_s), (rep.hold_s, asked.hold_s), (rep.eccentric_s, asked.eccentric_s))
    lift, hold, back = (None if value is None else value - min(max(value, span[0]), span[1]) for value, span in phases)
    return None if lift is None or hold is None or back is None else (lift, hold, back)


def tempo_in_band(rep: Rep, targets: Targets) -> bool | None:
    """Return whether lift, hold and return all kept the tempo; None where a hole hides one."""
    misses = tempo_misses_s(rep, targets)
    return None if misses is None else not any(misses)


def range_in_band(rep: Rep, targets: Targets) -> bool | None:
    """Return whether the range lies in the person's band; None without a band or where a hole hides it."""
    band = targets.band
    if band is None or rep.range_deg is None:
        return None
    return inside(rep.range_deg, (band.floor_deg, band.ceiling_deg))


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
