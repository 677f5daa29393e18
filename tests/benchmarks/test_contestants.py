"""No straw men: each contestant finds five clean repetitions; and the race notices what is wrong."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tracker.simulation import Activity, Plan, SensorModel, SetPlan, Simulated, sense, simulate

from ..accuracy.cells import CELLS, case_of
from ..motion.streams import block, without
from .contestants import CONTESTANTS, Contestant
from .course import Course, Span, edges, whole
from .race import EDGES, Result, Session, as_reps, row, score_session, sessions
from .recofit import thinned

PERIOD_S = 0.01
CLEAN = SetPlan(5, concentric_s=1.0, hold_s=0.5, eccentric_s=1.3, bottom_pause_s=0.6, hesitations=0.0)


@cache
def easy() -> Session:
    """Five repetitions, and nothing else: the changes of posture before and after them are cut off."""
    truth = simulate(Plan("cable", (Activity("stand", 3.0), CLEAN, Activity("stand", 3.0))), 1)
    out = sense(truth, SensorModel(rate_hz=100), 1, notify=False)
    (performed,) = (span for span in truth.spans if span.doing == "set")
    rows = (round(performed.start_s / PERIOD_S), round(performed.end_s / PERIOD_S))
    samples = block(out.acc, out.gyr, PERIOD_S).part(*rows)
    spans = true_spans(truth)
    course = Course((samples,), samples, 0.5 * PERIOD_S, spans[0], ((spans[0][0], spans[-1][1]),), "cable")
    return Session(case_of(CELLS[0], 1), truth, course)


def true_spans(truth: Simulated) -> list[Span]:
    return [(rep.start_s, rep.end_s) for one in truth.sets for rep in one.reps]


def scored(session: Session, spans: list[Span]) -> Result:
    result = Result()
    score_session(session, as_reps(spans), result)
    return result


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda c: c.count.__name__)
def test_it_finds_five_clean_repetitions(contestant: Contestant):
    if contestant.needs:
        pytest.importorskip(contestant.needs, reason=f"{contestant.needs} is in the race extra")
    result = scored(easy(), contestant.count(easy().course))
    assert (result.tally.exact, result.tally.missed, result.tally.extra, result.tally.false) == (1, 0, 0, 0)


def test_the_truth_wins():
    result = scored(easy(), true_spans(easy().truth))
    assert (result.tally.exact, result.counted, result.tally.false) == (1, 1, 0)
    assert np.abs(np.array(result.tally.errors)[:, EDGES]).max() == 0.0


def test_a_missed_one_and_one_elsewhere_are_noticed():
    spans = true_spans(easy().truth)
    result = scored(easy(), [(1.0, 2.0), *spans[1:]])
    assert (result.tally.exact, result.counted, result.tally.missed, result.tally.false) == (0, 0, 1, 1)


def test_the_right_number_in_the_wrong_place_is_not_exact():
    late = [(a + 1.7, b + 1.7) for a, b in true_spans(easy().truth)]
    result = scored(easy(), late)
    assert result.counted == 1
    assert result.tally.exact == 0


def test_one_that_found_nothing_has_a_row():
    result = scored(easy(), [])
    result.seconds = result.heard_s = 1.0
    assert "| 0 (0) | 100.0 % |" in row(CONTESTANTS[0], result, 1.0)


def test_what_was_lost_is_a_straight_line():
    line = np.arange(60.0)[:, None] * np.ones(3)
    parts = without(block(line, -line, PERIOD_S, start_index=7), [(10, 25), (40, 41)])
    joined = whole(tuple(parts))
    np.testing.assert_allclose(joined.acc, line)
    np.testing.assert_allclose(joined.gyr, -line)
    assert joined.start_index == 7
    assert np.flatnonzero(~joined.valid).tolist() == [*range(10, 25), 40]


def test_edges_stand_over_the_higher_side():
    height = np.concatenate([np.full(5, -9.0), np.linspace(0, 10, 11), np.linspace(9, 0, 10), np.zeros(5)])
    assert edges(height, np.array([15]), 0.1) == [(6, 24)]


def test_the_higher_of_two_maxima_stays():
    t = np.arange(0, 30, 1 / 25)
    twice = np.sin(2 * np.pi * t / 3.0) + 0.45 * np.sin(2 * np.pi * t / 1.5 + 0.6)
    assert len(thinned(twice)) == 10


def test_an_idle_session_begins_with_the_set_that_gives_the_template():
    (session,) = sessions(("idle: fidget",), (3,))
    assert len(session.truth.sets) == 1
    assert session.course.first == true_spans(session.truth)[0]
    assert session.truth.duration_s > 300.0
