"""The form with which a session begins on the page: what it is filled with, and what it asks for."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from tracker.cli.past import Past
from tracker.cli.unfinished import Unfinished
from tracker.coaching.answers import LONGEST_PLACE, PLACEMENT_WORDS
from tracker.coaching.cues import Breath, CountAt, Feedback, Level, Mode, Settings
from tracker.coaching.plan import Goal, WorkoutPlan, preset, tempo_of, tempo_text
from tracker.coaching.prescription import NOT_TOLD, Prescription
from tracker.coaching.suggestion import Suggestion
from tracker.exercises import exercises
from tracker.guide import guide, screening


def unfinished_json(one: Unfinished | None) -> dict[str, Any] | None:
    """Say what was cut off, and what it was to be."""
    if one is None:
        return None
    plan = None
    if one.plan is not None:
        load = {"load_kg": one.plan.load_kg, "label": one.plan.load_label, "warm_up": one.plan.warm_up_sets}
        plan = _plan_json(one.plan) | load
    return {"at": f"{one.started_at:%Y-%m-%d %H:%M}", "sets": one.sets, "exercise": one.exercise, "plan": plan}


def plan_of(command: dict[str, Any]) -> WorkoutPlan:
    """Read the plan that a page asks for.

    Raises
    ------
    ValueError
        Something in it makes no sense.
    """
    id_ = command.get("exercise")
    if not isinstance(id_, str) or id_ not in exercises():
        raise ValueError(f"no exercise {id_!r}; there are: {', '.join(exercises())}")
    plan = preset(exercises()[id_], Goal(command.get("goal", Goal.MUSCLE)))
    sides = command.get("sides", [])
    if sides not in ([], ["left"], ["right"], ["left", "right"], ["right", "left"]):
        raise ValueError(f"legs are left and right, each once, not {sides!r}")
    names = ("sets", "rest_s", "warm_up")
    numbers = {name: _number(command[name], name) for name in names if command.get(name) is not None}
    low, high = (
        _number(command.get(name) or usual, name) for name, usual in zip(("from", "to"), plan.reps, strict=True)
    )
    load = command.get("load_kg")
    return replace(
        plan,
        sides=tuple(sides),
        sets=int(numbers.get("sets", plan.sets)),
        rest_s=numbers.get("rest_s", plan.rest_s),
        reps=(int(low), int(high)),
        tempo_s=tempo_of(command["tempo"]) if command.get("tempo") else plan.tempo_s,
        load_kg=None if load in (None, "") else _number(load, "load_kg"),
        load_label=str(command.get("label") or "")[:LONGEST_PLACE],
        warm_up_sets=int(numbers.get("warm_up", 0)),
    )


def settings_of(command: dict[str, Any]) -> Settings:
    """Read how a page is to be spoken to.

    Raises
    ------
    ValueError
        Something in it makes no sense.
    """
    said = command.get("levels") or {}
    levels = Settings().levels | {Mode(mode): Level(level) for mode, level in said.items()}
    return Settings(
        levels=levels,
        count_at=CountAt(command.get("count_at", CountAt.TOP)),
        feedback=Feedback(command.get("feedback", Feedback.OUT_OF_BAND)),
        breath=Breath(command.get("breath", Breath.LEG)),
        early_s=min(1.0, max(0.0, _number(command.get("early_s", 0.0), "early_s"))),
    )


def _number(value: Any, name: str) -> float:
    with suppress(TypeError, ValueError):
        number = float(value)
        if math.isfinite(number) and not isinstance(value, bool):
            return number
    raise ValueError(f"{name} is a number, not {value!r}")


def _plan_json(plan: WorkoutPlan) -> dict[str, Any]:
    return asdict(plan) | {"tempo": tempo_text(plan.tempo_s)}


def day_json(past: Past, now: datetime) -> dict[str, Any]:
    """Say what is asked, and told, before a session; days are those of the calendar where the person is."""
    asked = screening()
    days = None if past.last_at is None else (now.date() - past.last_at.astimezone(now.tzinfo).date()).days
    return {
        "screening": {"questions": asked.questions, "advice": asked.advice} if past.screening_due else None,
        "days_since": days,
        "placements": {place.value: words for place, words in PLACEMENT_WORDS.items()},
    }


def _next_json(made: Suggestion) -> dict[str, Any]:
    """What to do next, and as a plan to begin with: what is asked for so far, until a change is accepted."""
    return {
        "headline": made.headline,
        "words": made.next.words,
        "why": made.why,
        "remarks": made.remarks,
        "changes": made.can_be_declined,
        "now": _prescription_json(made.now if made.can_be_declined else made.next),
        "next": _prescription_json(made.next),
    }


def _prescription_json(one: Prescription) -> dict[str, Any]:
    load = one.left if one.left == one.right else NOT_TOLD
    return {
        "sets": one.sets,
        "reps": one.reps,
        "tempo": tempo_text(one.tempo_s),
        "load_kg": load.kg,
        "label": load.label or "",
    }


def exercises_json(past: Past) -> list[dict[str, Any]]:
    """Say what can be trained: guide, usual plans, and what comes next."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "guide": asdict(guide(one.id)),
            "known": past.knows(one.id),
            "next": _next_json(past.suggestions[one.id]) if one.id in past.suggestions else None,
            "ranged": any(id_ == one.id for id_, _ in past.ranged),
            "goals": {goal.value: _plan_json(preset(one, goal)) for goal in Goal},
        }
        for one in exercises().values()
    ]
