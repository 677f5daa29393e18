"""When more is offered and when less: data (``progression.toml``), not code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Axis(StrEnum):
    """What can be made more or less; one at a time (closed vocabulary)."""

    LOAD = "load"
    REPS = "repetitions"
    RETURN = "return"
    PAUSE = "pause"
    ANGLE = "angle"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRules:
    """Of one exercise.

    Attributes
    ----------
    order
        Axes, in the order in which they are tried.
    step_kg, cap_kg
        Smallest step of the load, and where it ends, per leg; 0: its load is not a mass.
    bands
        Labels of bands, weakest first.
    most_reps
        Where the range of repetitions ends.
    """

    order: tuple[Axis, ...]
    most_reps: int
    step_kg: float = 0.0
    cap_kg: float = 0.0
    bands: tuple[str, ...] = ()

    @property
    def loaded(self) -> bool:
        """There is a load."""
        return Axis.LOAD in self.order


@dataclass(frozen=True, slots=True)
class Gate:
    """What both legs have to have done: trainings on end, shares, repetitions in reserve, most pain."""

    trainings: int
    in_band: float
    judged: float
    reserve: int
    pain: int


@dataclass(frozen=True, slots=True)
class Weight:
    """When a weight is too light or too heavy, and when slowing down contradicts what was told."""

    light_reserve: int
    heavy_in_band: float
    heavy_falls: float
    slowed: float
    slowed_reserve: int


@dataclass(frozen=True, slots=True)
class Failed:
    """When a training did not go, and how many on end lead to less."""

    trainings: int
    in_band: float


@dataclass(frozen=True, slots=True)
class Layoff:
    """Days without a training after which less is offered, and after which one begins anew."""

    days: int
    far_days: int


@dataclass(frozen=True, slots=True)
class Steps:
    """How far one change goes, and where an axis ends."""

    reps: int
    return_s: float
    most_return_s: float
    hold_s: float
    most_hold_s: float
    least_reps: int


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them; ``less_share`` of the load is left after a step back, ``rest_days`` lie between two trainings."""

    gate: Gate
    weight: Weight
    failed: Failed
    layoff: Layoff
    steps: Steps
    less_share: float
    rest_days: int
    exercises: Mapping[str, ExerciseRules]


@cache
def rules() -> Rules:
    """Return the rules of the file."""
    table = tomllib.loads(files("tracker").joinpath("progression.toml").read_text(encoding="utf-8"))
    return Rules(
        gate=Gate(**table["gate"]),
        weight=Weight(**table["weight"]),
        failed=Failed(**table["failed"]),
        layoff=Layoff(**table["layoff"]),
        steps=Steps(**table["steps"]),
        less_share=table["less"]["share"],
        rest_days=table["rest"]["days"],
        exercises={id_: _of_exercise(fields) for id_, fields in table["exercise"].items()},
    )


def _of_exercise(fields: Mapping[str, Any]) -> ExerciseRules:
    order = tuple(map(Axis, fields["order"]))
    return ExerciseRules(**{**fields, "order": order, "bands": tuple(fields.get("bands", ()))})
