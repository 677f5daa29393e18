"""What a person is told before an exercise: data (``guide.toml``), not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tracker.exercises import exercise


@dataclass(frozen=True, slots=True)
class Mistake:
    """A usual mistake, and what helps."""

    id: str
    issue: str
    correction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One exercise in words.

    Attributes
    ----------
    exercise, name
        Its id, and for people.
    trains, breathing, unknown
        A paragraph each; ``unknown``: what the sensor cannot tell.
    benefits, setup, steps, variations, companions, safety
        Lines.
    mistakes
        Each with its id (`tracker.coaching.advice.Mistake`) and its correction.
    checklist
        To tick before a set; those who know it need only the first line.
    """

    exercise: str
    name: str
    trains: str
    breathing: str
    unknown: str
    benefits: tuple[str, ...]
    setup: tuple[str, ...]
    steps: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    variations: tuple[str, ...]
    companions: tuple[str, ...]
    safety: tuple[str, ...]
    checklist: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screening:
    """Asked once, in plain words; nothing is locked by an answer."""

    questions: tuple[str, ...]
    advice: str


def guide(id_: str) -> Guide:
    """Return the guide of an exercise; its own lines stand before those that all have.

    Raises
    ------
    ValueError
        There is no such exercise.
    """
    profile = exercise(id_)
    own, shared = _table()[id_], _table()["shared"]

    def lines(name: str) -> tuple[str, ...]:
        return (*own.get(name, ()), *shared.get(name, ()))

    return Guide(
        exercise=id_,
        name=profile.name,
        trains=shared["trains"],
        breathing=shared["breathing"],
        unknown=profile.unknown,
        benefits=lines("benefits"),
        setup=lines("setup"),
        steps=lines("steps"),
        mistakes=tuple(Mistake(*fields) for fields in shared["mistakes"]),
        variations=lines("variations"),
        companions=lines("companions"),
        safety=lines("safety"),
        checklist=lines("checklist"),
    )


def screening() -> Screening:
    """Return what is asked once."""
    table = _table()["screening"]
    return Screening(tuple(table["questions"]), table["advice"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("tracker").joinpath("guide.toml").read_text(encoding="utf-8"))
