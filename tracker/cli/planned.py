"""The plan that ``kickback live`` was asked for, and the coach that follows it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.past import asks_screening
from tracker.cli.sessions import saved_bands
from tracker.cli.streaming import Wish
from tracker.coaching.answers import Placement
from tracker.coaching.coach import Coach
from tracker.coaching.plan import PLAN, Goal, WorkoutPlan, preset, tempo_of
from tracker.coaching.range_band import Calibration, RangeBand
from tracker.exercises import Leg, exercises
from tracker.guide import screening
from tracker.journal import Journal, Session, SetKind, journal_path

_FROM_TO = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A plan as it was asked for on the command line; None: as usual."""

    goal: str
    sets: int | None = None
    reps: str | None = None
    tempo: str | None = None
    rest: float | None = None
    warm_up: int = 0
    label: str | None = None


def plan_of(wish: Wish, asked: Asked) -> WorkoutPlan | None:
    """Return the plan; None where no exercise was told.

    Raises
    ------
    BadInputError
        Something in it makes no sense; one line.
    """
    profile = wish.profile
    if asked.goal not in list(Goal):
        raise BadInputError(f"--goal: {asked.goal!r} is none of {', '.join(Goal)}")
    if profile is None:
        return None
    usual = preset(profile, Goal(asked.goal))
    side: Leg | None = profile.working_leg(wish.sides[0]) if wish.sides else None
    try:
        return replace(
            usual,
            sets=usual.sets if asked.sets is None else asked.sets,
            reps=usual.reps if asked.reps is None else _span(asked.reps),
            tempo_s=usual.tempo_s if asked.tempo is None else tempo_of(asked.tempo),
            rest_s=usual.rest_s if asked.rest is None else asked.rest,
            sides=(side,) if side else (),
            warm_up_sets=asked.warm_up,
            load_kg=wish.load_kg,
            load_label=asked.label or "",
        )
    except ValueError as error:
        raise BadInputError(str(error)) from error


def plan_logged(session: Session) -> WorkoutPlan | None:
    """Return what a session was to be, as far as its log tells; None where it tells too little.

    Which legs were to work is seen in the sets: who did one set goes on with the other leg, who did two of one leg has
    no other. Sets to warm up are those that were done.
    """
    profile = exercises().get(session.exercise or "")
    said = next((one.value for one in session.answers if one.question == PLAN), None)
    if profile is None or not isinstance(said, Mapping):
        return None
    done = [one.context for one in session.sets if one.context.kind is not SetKind.CHECK]
    sides = _legs(session.working_side, [one.side for one in done])
    warm_up = sum(one.kind is SetKind.WARM_UP for one in done)
    with suppress(ValueError, TypeError, KeyError):
        return replace(
            preset(profile, Goal(said["goal"])),
            sets=int(said["sets"]),
            reps=(int(said["from"]), int(said["to"])),
            tempo_s=tempo_of(str(said["tempo"])),
            rest_s=float(said["rest_s"]),
            sides=sides,
            warm_up_sets=-(-warm_up // max(1, len(sides))),
            load_kg=next((one.load_kg for one in reversed(done) if one.load_kg is not None), session.load_kg),
            load_label=next((one.load_label for one in reversed(done) if one.load_label), ""),
        )
    return None


def taken_up(asked: WorkoutPlan, session: Session) -> WorkoutPlan:
    """Return the plan of a session that goes on: its own, with the legs and the load that were asked for now.

    One session has one plan: its sets are judged by it, and what comes next goes by it.
    """
    known = plan_logged(session)
    if known is None:
        return asked
    return replace(known, sides=asked.sides, load_kg=asked.load_kg, load_label=asked.load_label)


def _legs(first: Leg | None, worked: Sequence[Leg | None]) -> tuple[Leg, ...]:
    """Return the legs of a plan, in their order, by those that worked so far."""
    seen = [leg for leg in dict.fromkeys(worked) if leg is not None] or ([first] if first else [])
    if len(seen) == 1 and len(worked) < 2:
        seen.append("left" if seen[0] == "right" else "right")
    return tuple(seen)


def coach_of(plan: WorkoutPlan, folder: Path) -> Coach:
    """Return the coach."""
    return Coach(plan, exercises()[plan.exercise], bands=bands_of(folder, plan.exercise))


def placement_of(text: str) -> str:
    """Return a place in the workout.

    Raises
    ------
    BadInputError
        It is none; one line.
    """
    if text not in list(Placement):
        raise BadInputError(f"--placement: {text!r} is none of {', '.join(Placement)}")
    return text


def screened(folder: Path) -> dict[str, list[bool]]:
    """Ask the screening where it is due, and say what follows; nothing is locked by an answer."""
    if not asks_screening(folder):
        return {}
    asked = screening()
    typer.echo("Asked once, and again after pain. Nothing is locked: you decide.")
    answers = [typer.confirm(question, default=False) for question in asked.questions]
    if any(answers):
        typer.confirm(asked.advice + " Go on?", default=True, abort=True)
    return {"screening": answers}


def bands_of(folder: Path, exercise: str) -> dict[Leg | None, RangeBand]:
    """Return the ranges that are known of an exercise, by leg."""
    return {side: band for (id_, side), band in saved_bands(folder).items() if id_ == exercise}


def keeper(folder: Path, exercise: str) -> Callable[[Calibration, Leg | None], None]:
    """Return what keeps a calibrated range in the log, in a thread: no count waits for the disk."""

    def save(made: Calibration, side: Leg | None) -> None:
        with Journal.open(journal_path(folder)) as journal:
            journal.save_band(exercise, made, side=side)

    def keep(made: Calibration, side: Leg | None) -> None:
        threading.Thread(target=save, args=(made, side)).start()

    return keep


def _span(text: str) -> tuple[int, int]:
    found = _FROM_TO.fullmatch(text.strip())
    if found is None:
        raise BadInputError(f"--reps: {text!r} is not a number of repetitions such as 10-15")
    low = int(found[1])
    return low, int(found[2] or low)
