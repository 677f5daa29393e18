"""What a session gives, and what many sessions say, on made-up sessions with known answers."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from tracker.motion.values import ExerciseSet, Peak, Rep
from tracker.simulation.session import TrueSet
from tracker.simulation.truth import Movement

from .figures import counts, figures
from .proving import COLUMNS, Tally, tally

CASE = SimpleNamespace(cell="made up", seed=1, plan=SimpleNamespace(exercise="cable"))
DURATION_S = 3600.0


def movement(start_s: float, lift_s: float = 0.5) -> Movement:
    return Movement(start_s, start_s + lift_s, start_s + lift_s + 0.5, start_s + lift_s + 1.5, 40.0, 100.0)


def found(peak: int, true: Movement, *, late_s: float = 0.0, range_deg: float = 41.0) -> Rep:
    """A repetition whose borders are all late by so much."""
    borders = [getattr(true, n) + late_s for n in ("start_s", "peak_start_s", "peak_end_s", "end_s")]
    return Rep(peak, *borders, borders[-1] + 0.14, range_deg, 98.0)


TRUE = tuple(movement(at) for at in (10.0, 13.0, 16.0, 19.0))
PARTIAL = movement(22.0)


def session(reps: list[Rep], *, partials: list[Rep] | None = None, peaks: tuple[Peak, ...] = ()) -> Tally:
    truth = SimpleNamespace(sets=(TrueSet(TRUE, (PARTIAL,)),), duration_s=DURATION_S)
    pauses = [b.start_s - a.end_s for a, b in pairwise(reps)]
    one = ExerciseSet(1, tuple(reps), tuple(partials or ()), (*pauses, None), 60.0)
    return tally(CASE, truth, [*peaks, one])


ALL = [found(i, true, late_s=0.02) for i, true in enumerate(TRUE)]


def column(one: Tally, name: str) -> np.ndarray:
    return np.array(one.errors)[:, COLUMNS.index(name)]


def test_all_found():
    one = session(ALL)
    assert (one.sets, one.exact, one.within_one, one.true, one.missed, one.extra, one.false) == (1, 1, 1, 4, 0, 0, 0)
    assert one.idle_s == pytest.approx(DURATION_S - (PARTIAL.end_s - TRUE[0].start_s) - 2.0)
    assert one.wrong == []


def test_one_missed_is_within_one_and_named():
    one = session(ALL[:1] + ALL[2:])
    assert (one.exact, one.within_one, one.missed, one.miscount) == (0, 1, 1, 0.25)
    assert one.wrong == ["made up seed 1 cable: missed 13.0"]


def test_two_missed_are_not_within_one():
    assert session(ALL[:2]).within_one == 0


def test_one_too_many_beside_the_set_is_extra():
    one = session([*ALL, found(9, movement(22.0))])
    assert (one.exact, one.within_one, one.extra, one.false) == (0, 1, 1, 0)


def test_one_far_away_is_false():
    one = session([*ALL, found(9, movement(100.0))])
    assert (one.exact, one.extra, one.false) == (1, 0, 1)
    assert one.false_s == pytest.approx(2.0)


def test_errors_are_found_minus_true():
    one = session(ALL)
    assert column(one, "start_s") == pytest.approx(0.02)
    assert column(one, "end_s") == pytest.approx(0.02)
    assert column(one, "concentric_s") == pytest.approx(0.0)
    assert column(one, "range_deg") == pytest.approx(1.0)
    assert column(one, "peak_speed") == pytest.approx(-0.02)
    assert column(one, "rep_latency_s") == pytest.approx(0.14)


def test_bottom_pauses_between_neighbours_that_were_both_found():
    one = session([found(0, TRUE[0]), found(1, TRUE[1], late_s=0.1), found(3, TRUE[3])])
    pauses = column(one, "bottom_pause_s")
    assert pauses[0] == pytest.approx(0.1)
    assert np.isnan(pauses[1:]).all(), "the third was missed, and behind the last comes a partial"
    assert column(one, "bottom_pause_true_s")[0] == pytest.approx(1.0)


def test_partials_by_precision_and_recall():
    one = session(ALL, partials=[found(7, PARTIAL), found(8, movement(23.9))])
    assert (one.partials_true, one.partials_found, one.partials_hit) == (1, 2, 1)
    of = figures([one])
    assert of["partials_precision"].value == 0.5
    assert of["partials_recall"].value == 1.0
    assert of["partials_f1"].value == pytest.approx(2 / 3)


def test_peaks_said_and_taken_back():
    true = TRUE[0]
    said = Peak(0, true.peak_start_s, true.peak_start_s + 0.1)
    taken_back = Peak(99, 17.0, 17.1)
    one = session(ALL, peaks=(said, taken_back))
    assert (one.peaks, one.taken_back) == (2, 1)
    of = figures([one])
    assert of["peak_p95"].value == pytest.approx(0.1)
    assert of["peak_said"].value == 0.25
    assert of["taken_back"].value == 0.5


def test_a_number_that_is_not_there_is_no_error():
    unknown = Rep(0, TRUE[0].start_s, None, None, TRUE[0].end_s, TRUE[0].end_s, None, None)
    of = figures([session([unknown])])
    assert of["start_s short"].n == 1
    assert of["peak_start_s short"].n == of["range_mae"].n == of["hold short bias"].n == 0
    assert of["range_mae"].value is None


def test_tallies_add_up():
    whole = Tally()
    whole += session(ALL)
    whole += session(ALL[1:])
    assert (whole.sessions, whole.true, whole.missed, len(whole.errors)) == (2, 8, 1, 7)
    assert counts([session(ALL), session(ALL[1:])])["missed"] == 1


def row(phase_s: float, error_s: float) -> list[float]:
    """Lift of so long; both of its borders, and its time, are off by so much; the return of 1 s is right."""
    true = {"concentric_true_s": phase_s, "hold_true_s": 0.5, "eccentric_true_s": 1.0}
    errors = {"start_s": error_s, "peak_start_s": -error_s, "concentric_s": error_s}
    return [{**true, **errors}.get(name, 0.0) for name in COLUMNS]


def test_long_phases_are_told_apart_and_relative():
    one = Tally(sessions=1, sets=1, true=3, errors=[row(1.0, 0.01), row(2.0, 0.03), row(4.0, 0.08)])
    of = figures([one])
    assert of["start_s short"].value == pytest.approx(0.02)
    assert of["start_s short"].n == 2
    assert of["start_s long"].value == pytest.approx(0.02)
    assert of["end_s long"].value is None, "no return was long"
    assert of["end_s short"].n == 3
    assert of["concentric short bias"].value == pytest.approx(0.02)
    assert of["concentric short upper"].value == pytest.approx(0.02 + 1.96 * np.std([0.01, 0.03], ddof=1))
    share = np.array([0.02 / 2.5, 0.06 / 3.5, 0.16 / 5.5])
    assert of["borders of repetition"].value == pytest.approx(share.sum() / 12)


def test_false_ones_per_hour_outside_the_sets():
    of = figures([Tally(sessions=1, idle_s=7200.0, false=3, false_s=36.0), Tally(sessions=1, idle_s=3600.0)])
    assert of["false_per_h"].value == pytest.approx(1.0)
    assert of["false_per_h"].n == pytest.approx(3.0)
    assert of["false_time"].value == pytest.approx(36 / 10800)
    assert of["miscount"].value is None
