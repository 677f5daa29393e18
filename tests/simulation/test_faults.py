"""Repetitions with a known fault: they show it in the truth, and without faults nothing changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import median

import numpy as np
import pytest

from tracker.simulation import FAULT_KINDS, Activity, Fault, Plan, SetPlan, Simulated, simulate

SIZE = {
    "swing": 0.5,
    "dropped-return": 0.4,
    "short": 0.7,
    "above-ceiling": 1.3,
    "no-hold": 0.0,
    "touchdown": 10.0,
    "bottom-rest": 3.0,
    "snap-back": 0.3,
    "off-plane": 20.0,
}
SLOW = SetPlan(8, 1.4, 1.0, 1.8, 0.8, hesitations=0.0, fatigue=0.0, tempo_spread=0.03, range_spread=0.02)
WRONG = 4


@cache
def done(kind: str = "", exercise: str = "cable") -> Simulated:
    faults = (Fault(WRONG, kind, SIZE[kind]),) if kind else ()
    rest = Activity("stand", 4.0, posture="exercise")
    return simulate(Plan(exercise, (rest, replace(SLOW, faults=faults), rest), off_plane_deg=0.0), seed=5)


def reps(kind: str):
    found = done(kind).sets[0].reps
    return found[WRONG - 1], [rep for rep in found if not rep.fault], found[WRONG]


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_the_truth_names_it(kind: str) -> None:
    told = done(kind).truth()["sets"][0]["reps"]
    assert [rep.get("fault") for rep in told] == [kind if i == WRONG else None for i in range(1, 9)]
    assert [rep.fault for rep in done(kind).sets[0].reps] == [kind if i == WRONG else "" for i in range(1, 9)]


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_the_others_stay_as_they_are(kind: str) -> None:
    _, clean, _ = reps(kind)
    assert len(clean) == 7
    usual = median(rep.range_deg for rep in clean)
    assert all(abs(rep.range_deg / usual - 1) < 0.12 for rep in clean)
    assert all(rep.peak_end_s - rep.peak_start_s > 0.8 for rep in clean)


def test_a_swing_is_quick_and_goes_on() -> None:
    wrong, _, after = reps("swing")
    assert wrong.peak_start_s - wrong.start_s < 0.5
    assert wrong.peak_end_s - wrong.peak_start_s < 0.2
    assert wrong.end_s - wrong.peak_end_s < 0.6
    assert after.start_s - wrong.end_s < 0.3


def test_a_dropped_return_is_fastest_late_and_a_snap_early() -> None:
    def fastest(kind: str) -> float:
        wrong = reps(kind)[0]
        body = done(kind)
        path = body.ankle[round(wrong.peak_end_s * 1000) : round(wrong.end_s * 1000)]
        speed = np.linalg.norm(np.diff(path, axis=0), axis=1)
        return float(speed.argmax() / len(speed))

    assert fastest("dropped-return") > 0.55
    assert fastest("snap-back") < 0.4
    for kind in ("dropped-return", "snap-back"):
        assert reps(kind)[0].end_s - reps(kind)[0].peak_end_s < 1.1 * SIZE[kind]


@pytest.mark.parametrize("kind", ["short", "above-ceiling"])
def test_a_range_is_what_was_asked_for(kind: str) -> None:
    wrong, clean, _ = reps(kind)
    assert wrong.range_deg / median(rep.range_deg for rep in clean) == pytest.approx(SIZE[kind], rel=0.1)


def test_no_hold_is_none() -> None:
    assert reps("no-hold")[0].peak_end_s - reps("no-hold")[0].peak_start_s < 0.35


def test_a_touchdown_knocks_where_it_comes_down() -> None:
    shock = np.linalg.norm(np.diff(done("touchdown").shock, 2, axis=0), axis=1) * 1e6
    wrong = reps("touchdown")[0]
    assert shock.max() == pytest.approx(SIZE["touchdown"], rel=0.3)
    assert abs(shock.argmax() / 1000 - wrong.end_s) < 0.1
    assert not done("no-hold").shock.any()


def test_a_leg_that_lies_is_still() -> None:
    wrong, _, after = reps("bottom-rest")
    assert after.start_s - wrong.end_s > 2.0
    lying = slice(round((wrong.end_s + 0.5) * 1000), round((after.start_s - 0.5) * 1000))
    moved = np.linalg.norm(np.diff(done("bottom-rest").ankle[lying], axis=0), axis=1).mean()
    hanging = np.linalg.norm(np.diff(done("bottom-rest").ankle[500:3500], axis=0), axis=1).mean()
    assert moved < 0.8 * hanging


@pytest.mark.parametrize("exercise", ["cable", "dumbbell"])
def test_off_plane_goes_aside(exercise: str) -> None:
    plan = done("off-plane", exercise)
    straight = done("", exercise)
    wrong = plan.sets[0].reps[WRONG - 1]
    top = round((wrong.peak_start_s + wrong.peak_end_s) * 500)
    rest = round(wrong.start_s * 1000)

    def sideways(body: Simulated) -> float:
        """Angle of the knee's way to the top out of the plane of the others, degrees."""
        way = body.knee[top] - body.knee[rest]
        first = body.sets[0].reps[0]
        usual = body.knee[round((first.peak_start_s + first.peak_end_s) * 500)] - body.knee[round(first.start_s * 1000)]
        flat, before = np.arctan2(way[1], way[0]), np.arctan2(usual[1], usual[0])
        return abs(float(np.degrees(np.angle(np.exp(1j * (flat - before))))))

    assert sideways(plan) > 12.0
    assert sideways(straight) < 8.0


def test_directions_may_spread_without_a_fault() -> None:
    plan = Plan("cable", (replace(SLOW, direction_spread_deg=5.0),))
    assert all(rep.fault == "" for rep in simulate(plan, 1).sets[0].reps)
    assert not np.array_equal(simulate(plan, 1).quat, simulate(Plan("cable", (SLOW,)), 1).quat)


@pytest.mark.parametrize(
    "fault",
    [(0, "swing", 0.5), (1, "wobble", 1.0), (1, "short", 0.0), (1, "touchdown", -3.0)],
)
def test_what_is_no_fault(fault: tuple[int, str, float]) -> None:
    with pytest.raises(ValueError, match=r"fault|size"):
        Fault(*fault)


@pytest.mark.parametrize("places", [(9,), (3, 3)])
def test_faults_have_a_repetition_each(places: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no place"):
        SetPlan(8, faults=tuple(Fault(place, "no-hold") for place in places))
