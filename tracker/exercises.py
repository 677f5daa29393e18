"""What each exercise looks like: data (``exercises.toml``), not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Ankle = Literal["rises", "sinks", "either"]
Basis = Literal["angle", "travel"]
Leg = Literal["left", "right"]
Posture = Literal["standing", "all-fours", "supine", "any"]
Span = tuple[float, float]


class Metric(StrEnum):
    """What can be measured in an exercise besides the count (closed vocabulary)."""

    TEMPO = "tempo"
    """Lift, hold, return and pause, and how much swing there is in them."""
    RANGE = "range"
    """Shank range against the person's own band."""
    SPEED = "speed"
    """Speed of the lift, and its loss through a set."""
    SMOOTHNESS = "smoothness"
    """Of the speed in lift and return."""
    RETURN = "return"
    """Whether the return was controlled or fell."""
    SNAP_BACK = "snap-back"
    """Whether a band pulled the leg back."""
    DIRECTION = "direction"
    """Direction of the lift against the set's own."""
    TOUCHDOWN = "touchdown"
    """Whether foot, knee or stack knocked at the bottom."""
    TENSION = "tension"
    """Whether the leg rested at the bottom, where it should not."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A profile.

    Attributes
    ----------
    id, name
        For scripts and for people.
    posture
        How the person stands or lies.
    same_leg
        The leg that wears the sensor is the leg that works.
    ankle
        At the top the ankle is higher than at rest (``rises``), lower (``sinks``: a machine's push), or it depends on
        the person (``either``: the raised leg of a bridge is carried up and turns down).
    plan
        The default sets and repetitions, in words.
    concentric_s, hold_s, eccentric_s
        Default tempo: from and to, seconds.
    metrics
        What can honestly be measured.
    unknown
        What the sensor cannot know here, in words.
    basis
        What a repetition is found and measured by: the shank's angle, or the ankle's travel.
    min_range_deg
        A smaller excursion is never a repetition (basis angle).
    sure_range_deg
        One excursion this large is a repetition by itself; a smaller one needs an alike one next to it (basis angle).
    usual_range_deg
        Shank range of most people, from and to, degrees; a guide, never a limit (basis angle).
    min_range_m
        A shorter trip of the ankle is never a repetition (basis travel).
    may_slip
        The weight is held, not fastened: a jolt in the lift or at the top pauses the coach.
    """

    id: str
    name: str
    posture: Posture
    same_leg: bool
    ankle: Ankle
    plan: str
    concentric_s: Span
    hold_s: Span
    eccentric_s: Span
    metrics: frozenset[Metric]
    unknown: str
    basis: Basis = "angle"
    min_range_deg: float = 0.0
    sure_range_deg: float = 0.0
    usual_range_deg: Span | None = None
    min_range_m: float = 0.0
    may_slip: bool = False

    def working_leg(self, worn: Leg | None) -> Leg | None:
        """Return the leg that works while ``worn`` wears the sensor: the same, or the other one in a bridge."""
        if worn is None or self.same_leg:
            return worn
        return "right" if worn == "left" else "left"


@cache
def exercises() -> dict[str, Exercise]:
    """Return all profiles by id, in the order of the file."""
    table = tomllib.loads(files("tracker").joinpath("exercises.toml").read_text(encoding="utf-8"))
    return {
        id_: Exercise(id=id_, **{name: _value(name, v) for name, v in fields.items()}) for id_, fields in table.items()
    }


def _value(name: str, value: Any) -> Any:
    if name == "metrics":
        return frozenset(map(Metric, value))
    return tuple(map(float, value)) if isinstance(value, list) else value


def exercise(id_: str) -> Exercise:
    """Return one profile.

    Raises
    ------
    ValueError
        There is no such exercise; the message lists those there are.
    """
    try:
        return exercises()[id_]
    except KeyError:
        raise ValueError(f"no exercise {id_!r}; there are: {', '.join(exercises())}") from None
