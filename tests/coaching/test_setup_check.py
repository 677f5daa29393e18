"""The check of the strap and the posture, on simulated legs: a cuff that holds, cuffs that slip, every posture."""

from __future__ import annotations

import math

import pytest

from tracker.coaching.setup_check import GIVE_UP_S, StrapCheck, posture_words
from tracker.exercises import exercise, exercises
from tracker.motion.engine import Tracker
from tracker.motion.vectors import Vector
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from ..motion.streams import block

STEP = 4
SWING = SetPlan(1, hold_s=0.4)
EACH = range(12)


def seen(leg: object, model: SensorModel, id_: str, seed: int) -> list[tuple[float, Vector]]:
    """Where the leg is, 25 times a second."""
    sensed = sense(leg, model, seed=seed, notify=False)  # type: ignore[arg-type]
    samples, tracker, out = block(sensed.acc, sensed.gyr, 0.01), Tracker(0.01, exercise=exercise(id_)), []
    for begin in range(0, len(samples), STEP):
        tracker.push(samples.part(begin, begin + STEP))
        if tracker.up is not None:
            out.append(((begin + STEP) * 0.01, tracker.up))
    return out


def checked(seed: int, slip_deg: float = 0.0) -> tuple[StrapCheck, list[str]]:
    stand = Activity("stand", 6.0, posture="exercise")
    leg = simulate(Plan("cable", (Activity("stand", 6.0), stand, SWING, stand)), seed)
    top = leg.sets[0].reps[0]
    at_s = (top.peak_start_s + top.peak_end_s) / 2 - 0.1
    model = SensorModel(slip_deg=slip_deg, slip_at_s=at_s) if slip_deg else SensorModel()
    check, said = StrapCheck(0.0), []
    for at_s, up in seen(leg, model, "cable", seed):
        words = check.push(at_s, up)
        said += [words] if words else []
    return check, said


def test_a_cuff_that_holds_passes() -> None:
    for seed in EACH:
        check, said = checked(seed)
        assert check.found is not None
        assert check.found.holds, (seed, check.found)
        assert said == ["now swing the leg back once, and set it down", "the strap holds"]


@pytest.mark.parametrize(("slip_deg", "least"), [(30.0, 12), (20.0, 8)])
def test_a_cuff_that_slips_is_noticed(slip_deg: float, least: int) -> None:
    found = [checked(seed, slip_deg)[0].found for seed in EACH]
    assert sum(one is not None and not one.holds for one in found) >= least
    words = {one.words for one in found if one is not None and not one.holds}
    assert all("tighten" in one for one in words)


def test_who_does_nothing_is_left_alone() -> None:
    check = StrapCheck(0.0)
    said = [check.push(0.04 * k, (0.0, 0.0, 1.0)) for k in range(round(GIVE_UP_S / 0.04) + 50)]
    assert [one for one in said if one] == ["now swing the leg back once, and set it down"]
    assert (check.late(GIVE_UP_S), check.late(GIVE_UP_S + 0.1)) == (False, True)
    assert check.found is None


def test_who_does_not_stand_still_is_waited_for() -> None:
    check = StrapCheck(0.0)
    for k in range(500):
        tilt = 0.1 * (k % 20 < 10)
        assert check.push(0.04 * k, (math.sin(tilt), 0.0, math.cos(tilt))) == ""


def rest_and_upright(id_: str, seed: int) -> tuple[Vector, Vector]:
    plan = Plan(id_, (Activity("stand", 4.0), Activity("stand", 4.0, posture="exercise"), SWING))
    leg = simulate(plan, seed)
    poses = seen(leg, SensorModel(), id_, seed)
    begins_s = leg.sets[0].reps[0].start_s
    return next(up for at_s, up in reversed(poses) if at_s < begins_s - 0.2), next(up for at_s, up in poses if at_s > 2)


@pytest.mark.parametrize("id_", [one.id for one in exercises().values() if one.basis == "angle"])
def test_the_posture_of_each_exercise_fits_it_and_no_other(id_: str) -> None:
    for seed in range(4):
        rest, upright = rest_and_upright(id_, seed)
        own = exercise(id_).posture
        assert posture_words(own, upright, rest) == ""
        if own == "standing":
            assert "on all fours" in posture_words("all-fours", upright, rest)
        elif own in ("all-fours", "supine"):
            assert (
                posture_words("standing", upright, rest) == "the shank is not upright: this exercise is done standing"
            )
