"""Form of one repetition: each flag at its limit, offered where it is honest, silent where nothing is known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.form import (
    ASIDE_DEG,
    DEFINITIONS,
    FALLEN_RANGES_S,
    KNOCK_M_S2,
    SNAPPED_RANGES_S2,
    SWING_INDEX,
    Around,
    FormFlag,
    judge,
    offered,
    range_in_band,
    swing_index,
    tempo_in_band,
)
from tracker.coaching.range_band import RangeBand
from tracker.coaching.targets import REST_S, Tempo
from tracker.exercises import Metric, exercise
from tracker.motion.engine import Tracker
from tracker.motion.values import ExerciseSet, Rep
from tracker.simulation import TURNING_IDS, Activity, Plan, SetPlan, sense, simulate

from ..motion.streams import block
from .values import rep, targets

BAND = RangeBand(36.0, 40.0, 43.2)
JUST = 1e-6


USUAL = Around(0.5, (0.0, 1.0, 0.0))


def flags(one: Rep, asked=None, around=USUAL) -> set[FormFlag]:
    return {found.flag for found in judge(one, asked or targets(band=BAND), around)}


def tilted(degrees: float) -> tuple[float, float, float]:
    return math.sin(math.radians(degrees)), math.cos(math.radians(degrees)), 0.0


def test_a_controlled_repetition_has_no_flag() -> None:
    for id_ in TURNING_IDS:
        assert flags(rep(), targets(id_, band=BAND)) == set()


def test_the_table_defines_every_flag_once() -> None:
    assert [one.flag for one in DEFINITIONS] == list(FormFlag)
    for one in DEFINITIONS:
        assert one.unit
        assert one.means
        assert one.source


@pytest.mark.parametrize(
    ("flag", "within", "beyond"),
    [
        (
            FormFlag.DROPPED_RETURN,
            rep(peak_eccentric_deg_s=(FALLEN_RANGES_S - JUST) * 40.0),
            rep(peak_eccentric_deg_s=(FALLEN_RANGES_S + JUST) * 40.0),
        ),
        (FormFlag.SHORT, rep(range_deg=36.0), rep(range_deg=36.0 - JUST)),
        (FormFlag.ABOVE_CEILING, rep(range_deg=43.2), rep(range_deg=43.2 + JUST)),
        (FormFlag.NO_HOLD, rep(hold_s=0.5 + JUST), rep(hold_s=0.5 - JUST)),
        (FormFlag.TOUCHDOWN, rep(impact_m_s2=KNOCK_M_S2), rep(impact_m_s2=KNOCK_M_S2 + JUST)),
        (FormFlag.OFF_PLANE, rep(axis=tilted(ASIDE_DEG - 0.01)), rep(axis=tilted(-ASIDE_DEG - 0.01))),
    ],
)
def test_a_flag_begins_at_its_limit(flag: FormFlag, within: Rep, beyond: Rep) -> None:
    assert flags(within) == set()
    assert flags(beyond) == {flag}


def test_a_band_that_snaps_back_is_one_that_pulls() -> None:
    asked = targets("band", band=BAND)
    pulled = rep(peak_eccentric_deg_s=200.0, eccentric_rise_s=5.0 / SNAPPED_RANGES_S2 - JUST)
    let_go = rep(peak_eccentric_deg_s=200.0, eccentric_rise_s=5.0 / SNAPPED_RANGES_S2 + JUST)
    assert flags(pulled, asked) == {FormFlag.SNAP_BACK}
    assert flags(let_go, asked) == set()
    assert flags(pulled) == {FormFlag.DROPPED_RETURN}  # a cable does not snap


@pytest.mark.parametrize(("pause_s", "rests"), [(REST_S, False), (REST_S + JUST, True), (None, False)])
def test_a_rest_at_the_bottom(pause_s: float | None, rests: bool) -> None:
    around = Around(pause_s, None)
    assert flags(rep(), around=around) == ({FormFlag.BOTTOM_REST} if rests else set())
    assert flags(rep(), targets("ankle-weight-standing"), around) == set()


def test_swing_is_the_sum_of_its_parts() -> None:
    thrown, at_once = rep(lift_s=0.4, hold_s=0.0, return_s=0.45, peak_deg_s=170.0), Around(0.0, None)
    assert swing_index(thrown, at_once) == swing_index(thrown) == 1.0
    assert swing_index(thrown, Around(1.0, None)) == 0.75
    assert swing_index(rep(), Around(1.0, None)) == 0.0
    assert swing_index(rep(), at_once) == 0.25
    held = replace(thrown, peak_end_s=thrown.peak_start_s + 1.0, end_s=thrown.peak_start_s + 2.5)
    assert swing_index(held, at_once) == SWING_INDEX
    assert FormFlag.SWING in flags(thrown)
    assert FormFlag.SWING not in flags(held, around=at_once)


@given(
    st.floats(0.2, 4.0),
    st.floats(0.0, 3.0),
    st.floats(0.2, 6.0),
    st.floats(1.0, 500.0),
    st.floats(0.0, 4.0),
)
def test_swing_is_a_share(lift_s: float, hold_s: float, return_s: float, peak_deg_s: float, pause_s: float) -> None:
    one = rep(lift_s=lift_s, hold_s=hold_s, return_s=return_s, peak_deg_s=peak_deg_s)
    index = swing_index(one, Around(pause_s, None))
    assert index is not None
    assert 0.0 <= index <= 1.0
    slower = rep(lift_s=lift_s, hold_s=hold_s + 0.3, return_s=return_s + 0.3, peak_deg_s=peak_deg_s)
    longer = swing_index(slower, Around(pause_s + 0.1, None))
    assert longer is not None
    assert longer <= index + 1e-9


def test_verdicts_carry_their_numbers() -> None:
    (found,) = judge(rep(range_deg=31.0), targets(band=BAND))
    assert (found.flag, found.value, found.limit, found.unit) == (FormFlag.SHORT, 31.0, 36.0, "°")


def test_without_a_band_nothing_is_said_about_the_range() -> None:
    for range_deg in (12.0, 40.0, 85.0):
        assert flags(rep(range_deg=range_deg, peak_eccentric_deg_s=5.0), targets()) == set()
    assert range_in_band(rep(), targets()) is None


def test_what_a_hole_hides_is_not_judged() -> None:
    hidden = Rep(1, 0.0, None, None, 4.0, 4.2, None, None)
    assert judge(hidden, targets(band=BAND), Around(None, (0.0, 1.0, 0.0))) == ()
    assert tempo_in_band(hidden, targets()) is None
    assert range_in_band(hidden, targets(band=BAND)) is None
    assert swing_index(hidden) is None
    assert flags(rep(shaped=False, hold_s=0.1, impact_m_s2=9.0)) == {FormFlag.NO_HOLD}


@pytest.mark.parametrize("id_", TURNING_IDS)
def test_an_exercise_shows_what_its_profile_says(id_: str) -> None:
    asked = targets(id_, band=BAND)
    wrong = rep(
        range_deg=30.0,
        hold_s=0.1,
        impact_m_s2=9.0,
        axis=tilted(30.0),
        peak_eccentric_deg_s=400.0,
        eccentric_rise_s=0.05,
    )
    found = flags(wrong, asked, Around(9.0, (0.0, 1.0, 0.0)))
    possible = {one.flag for one in DEFINITIONS if offered(one, asked)}
    assert found == possible - {FormFlag.SWING, FormFlag.ABOVE_CEILING}
    assert (FormFlag.OFF_PLANE in found) is (Metric.DIRECTION in asked.exercise.metrics)


@pytest.mark.parametrize(
    ("one", "kept"),
    [
        (rep(), True),
        (rep(lift_s=0.9), False),
        (rep(lift_s=3.1), False),
        (rep(hold_s=2.1), False),
        (rep(return_s=1.9), False),
    ],
)
def test_the_usual_tempo(one: Rep, kept: bool) -> None:
    assert tempo_in_band(one, targets()) is kept


def test_another_tempo_moves_the_limits() -> None:
    asked = targets(tempo=Tempo.around(2, 0, 1, 3))
    assert tempo_in_band(rep(lift_s=2.2, hold_s=0.1, return_s=1.1), asked) is True
    assert tempo_in_band(rep(), asked) is False
    assert flags(rep(hold_s=0.0), asked) == set()  # none was asked for
    assert FormFlag.BOTTOM_REST not in flags(rep(), asked, Around(3.5, None))
    assert FormFlag.BOTTOM_REST in flags(rep(), asked, Around(4.2, None))
    long = targets(tempo=Tempo.around(2, 3, 3, 0))
    assert FormFlag.NO_HOLD in flags(rep(hold_s=1.0), long)


@pytest.mark.parametrize("asked", [(2.0, 1.0, 3.0, 0.0), (1.0, 1.0, 2.0, 0.0), (3.0, 2.0, 4.0, 1.0)])
def test_who_keeps_a_tempo_is_told_so_and_who_keeps_another_is_not(asked: tuple[float, float, float, float]) -> None:
    """As people count it, from stillness to stillness, through the core: not by numbers that fit the definitions."""
    targets_now = targets(tempo=Tempo.around(*asked))
    for done in (asked, (2.0, 3.0, 3.0, 0.0), (1.0, 0.3, 1.0, 0.0)):
        lift_s, hold_s, back_s, pause_s = done
        one = SetPlan(
            6,
            concentric_s=lift_s,
            hold_s=hold_s,
            eccentric_s=back_s,
            bottom_pause_s=max(0.4, pause_s),
            fatigue=0.0,
            tempo_spread=0.04,
        )
        leg = simulate(Plan("cable", (Activity("stand", 3.0), one, Activity("stand", 12.0, posture="exercise"))), 3)
        sensed = sense(leg, seed=3, notify=False)
        tracker = Tracker(0.01, exercise=exercise("cable"))
        values = [*tracker.push(block(sensed.acc, sensed.gyr, 0.01)), *tracker.flush()]
        reps = [found for value in values if isinstance(value, ExerciseSet) for found in value.reps]
        assert len(reps) == 6
        kept = sum(bool(tempo_in_band(found, targets_now)) for found in reps)
        assert kept >= 5 if done == asked else kept == 0, (done, kept)
