"""What each exercise looks like: data (``exercises.toml``), not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Ankle = Literal["rises", "sinks", "either"]
Basis = Literal["angle", "travel"]
Posture = Literal["standing", "all-fours", "supine", "any"]


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
    measures
        What can honestly be measured, in words.
    min_range_deg
        A smaller excursion is never a repetition (basis angle).
    sure_range_deg
        One excursion this large is a repetition by itself; a smaller one needs an alike one next to it (basis angle).
    basis
        What a repetition is found and measured by: the shank's angle, or the ankle's travel.
    min_range_m
        A shorter trip is never a repetition (basis travel).
    """

    id: str
    name: str
    posture: Posture
    same_leg: bool
    ankle: Ankle
    plan: str
    measures: str
    min_range_deg: float = 0.0
    sure_range_deg: float = 0.0
    basis: Basis = "angle"
    min_range_m: float = 0.0


@cache
def exercises() -> dict[str, Exercise]:
    """Return all profiles by id, in the order of the file."""
    table = tomllib.loads(files("tracker").joinpath("exercises.toml").read_text(encoding="utf-8"))
    return {id_: Exercise(id=id_, **fields) for id_, fields in table.items()}


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
