"""The plan that ``kickback live`` was asked for, and the coach that follows it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tracker.cli.errors import BadInputError
from tracker.cli.sessions import saved_bands
from tracker.cli.streaming import Wish
from tracker.coaching.coach import Coach
from tracker.coaching.plan import Goal, WorkoutPlan, preset, tempo_of
from tracker.coaching.range_band import Calibration, RangeBand
from tracker.exercises import Leg, exercises
from tracker.journal import Journal, SessionId, journal_path

_FROM_TO = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


def plan_of(
    wish: Wish, *, goal: str, sets: int | None, reps: str | None, tempo: str | None, rest: float | None
) -> WorkoutPlan | None:
    """Return the plan; None where no exercise was told.

    Raises
    ------
    BadInputError
        Something in it makes no sense; one line.
    """
    profile = wish.profile
    if goal not in list(Goal):
        raise BadInputError(f"--goal: {goal!r} is none of {', '.join(Goal)}")
    if profile is None:
        return None
    usual = preset(profile, Goal(goal))
    side: Leg | None = profile.working_leg(wish.sides[0]) if wish.sides else None
    try:
        return replace(
            usual,
            sets=usual.sets if sets is None else sets,
            reps=usual.reps if reps is None else _span(reps),
            tempo_s=usual.tempo_s if tempo is None else tempo_of(tempo),
            rest_s=usual.rest_s if rest is None else rest,
            sides=(side,) if side else (),
            load_kg=wish.load_kg,
        )
    except ValueError as error:
        raise BadInputError(str(error)) from error


def coach_of(plan: WorkoutPlan, folder: Path, goes_on: SessionId | None) -> Coach:
    """Return the coach, behind the sets that a session has already."""
    coach = Coach(plan, exercises()[plan.exercise], bands=bands_of(folder, plan.exercise))
    if goes_on is not None:
        with Journal.open(journal_path(folder)) as journal:
            coach.go_on_behind(len(journal.session(goes_on).sets))
    return coach


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
