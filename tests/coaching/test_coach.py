"""The coach over whole sessions, and each of its rules alone."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.board import Board
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Breath, CountAt, Cue, CueKind, Feedback, Mode, Settings
from tracker.coaching.form import FormFlag
from tracker.coaching.plan import Goal, Kind, WorkoutPlan, preset, tempo_of
from tracker.coaching.range_band import RangeBand
from tracker.coaching.remarks import ORDER, REMARKS
from tracker.exercises import exercise, exercises
from tracker.motion.engine import Tracker
from tracker.motion.now import Now, Phase
from tracker.motion.values import ExerciseSet, Peak, Reason, Rejected, Rep
from tracker.simulation import Activity, Plan, SetPlan, sense, simulate

from ..motion.streams import block
from ..motion.test_memory import size_bytes

CABLE = exercise("cable")
BAND = RangeBand(25.0, 30.0, 60.0)
PLAN = WorkoutPlan(exercise="cable", sets=2, reps=(4, 6), sides=("left", "right"), rest_s=20.0)


def rep(peak: int, at_s: float = 0.0) -> Rep:
    return Rep(peak, at_s, at_s + 2, at_s + 3, at_s + 6, at_s + 6.1, 40.0, 30.0)


def set_of(*reps: Rep) -> ExerciseSet:
    return ExerciseSet(1, reps, (), (None,) * len(reps), reps[-1].end_s + 8)


def coach(**settings: object) -> Coach:
    return Coach(PLAN, CABLE, bands={"left": BAND, "right": BAND}, settings=Settings(**settings))  # type: ignore[arg-type]


def told(one: Coach, *values: object) -> list[Cue]:
    return [cue for value in values for cue in one.push(value)]


@cache
def session() -> tuple[list[tuple[object, list[Cue]]], list[int]]:
    """A simulated session through core, coach and board: what came out, and the true repetitions of each set."""
    one = SetPlan(6, concentric_s=1.4, hold_s=1.2, eccentric_s=2.4, bottom_pause_s=0.8)
    rest = Activity("stand", 24.0, posture="exercise")
    leg = simulate(Plan("cable", (Activity("stand", 4.0), one, rest, one, rest)), 4)
    sensed = sense(leg, seed=4, notify=False)
    samples = block(sensed.acc, sensed.gyr, 0.01)
    tracker, one_coach = Tracker(0.01, exercise=CABLE), coach()
    board = Board(one_coach)
    out: list[tuple[object, list[Cue]]] = []
    for begin in range(0, len(samples), 4):
        values: list[object] = list(tracker.push(samples.part(begin, begin + 4)))
        now = tracker.now
        for value in [*values, *([now] if now else [])]:
            cues = one_coach.push(value)
            board.push(value, cues)
            assert board.state.count == one_coach.count
            out += [(value, cues)]
        at_s = (begin + 4) * 0.01
        due = one_coach.tick(at_s)
        board.tick(at_s, due)
        out += [(Now(at_s, Phase.REST, at_s, 0.0), due)]
    return out, [len(true.reps) for true in leg.sets]


def kinds(cues: list[Cue], *wanted: CueKind) -> list[Cue]:
    return [cue for cue in cues if cue.kind in wanted]


def test_a_session_is_counted_as_it_happens() -> None:
    out, true = session()
    cues = [cue for _, some in out for cue in some]
    counts = [cue.value for cue in kinds(cues, CueKind.COUNT)]
    assert counts == [float(n) for count in true for n in range(1, count + 1)]
    assert [cue.value for cue in kinds(cues, CueKind.SET_DONE)] == true
    assert [cue.value for cue in kinds(cues, CueKind.FEW_LEFT)] == [3, 2, 1] * 2
    assert len(kinds(cues, CueKind.SWITCH_LEGS)) == 2
    assert [cue.value for cue in kinds(cues, CueKind.REST_LEFT)][:4] == [3, 2, 1, 0]
    assert len(kinds(cues, CueKind.RANGE_REACHED)) == sum(true)
    for kind in (CueKind.LIFT, CueKind.RETURN, CueKind.BREATHE_OUT, CueKind.BREATHE_IN):
        assert sum(true) <= len(kinds(cues, kind)) <= sum(true) + 2, kind  # taking up the posture is a lift too


def test_cues_come_with_their_event() -> None:
    """Within 50 ms of stream time of what they are about, as it came out of the core."""
    out, _ = session()
    for value, cues in out:
        at_s = value.at_s if isinstance(value, Now) else getattr(value, "reported_s", None)
        assert all(abs(cue.at_s - at_s) <= 0.05 for cue in cues if at_s is not None)


def test_what_was_counted_at_the_top_may_be_taken_back_and_is_counted_again() -> None:
    one = coach()
    cues = told(one, Peak(1, 2.0, 2.1), rep(1), Peak(2, 9.0, 9.1))
    assert [cue.value for cue in kinds(cues, CueKind.COUNT)] == [1, 2]
    (back,) = told(one, Rejected(2, 8.0, 10.0, 10.1, Reason.TOO_SMALL, ""))
    assert (back.kind, back.value) == (CueKind.COUNT_BACK, 1)
    assert [cue.value for cue in kinds(told(one, Peak(3, 12.0, 12.1)), CueKind.COUNT)] == [2]


def test_on_return_nothing_is_counted_at_the_top() -> None:
    one = coach(count_at=CountAt.RETURN)
    assert told(one, Peak(1, 2.0, 2.1)) == []
    assert kinds(told(one, rep(1)), CueKind.COUNT)[0].value == 1


def test_one_remark_at_most_and_what_may_hurt_first() -> None:
    assert set(ORDER) == set(FormFlag) == set(REMARKS)
    thrown = replace(rep(1), range_deg=70.0, peak_speed_deg_s=400.0, peak_start_s=0.3, peak_end_s=0.35, end_s=0.8)
    said = kinds(told(coach(), thrown), CueKind.PHRASE)
    assert [cue.text for cue in said] == [REMARKS[FormFlag.ABOVE_CEILING]]
    assert kinds(told(coach(feedback=Feedback.SUMMARY), thrown), CueKind.PHRASE) == []
    assert [cue.text for cue in kinds(told(coach(feedback=Feedback.EVERY), rep(1)), CueKind.PHRASE)] == ["good"]
    assert kinds(told(coach(), rep(1)), CueKind.PHRASE) == []


def test_paused_nothing_is_told() -> None:
    one = coach()
    assert [cue.kind for cue in one.pause(1.0)] == [CueKind.PAUSED]
    assert one.pause(1.1) == []
    assert told(one, Peak(1, 2.0, 2.1), rep(1), Now(3.0, Phase.LIFT, 2.0, 20.0)) == []
    (again,) = one.resume(4.0)
    assert (again.kind, again.value, one.count) == (CueKind.RESUMED, 1, 1)
    one.pause(5.0)
    assert told(one, set_of(rep(1))) == []
    assert one.tick(18.5) == []
    assert one.current is not None
    assert one.current.side == "right"


def test_undo_takes_one_back() -> None:
    one = coach()
    told(one, Peak(1, 2.0, 2.1), rep(1), Peak(2, 9.0, 9.1), rep(2))
    (cue,) = one.undo(12.0)
    assert (cue.kind, cue.value, one.count) == (CueKind.COUNT_BACK, 1, 1)
    one.undo(12.0)
    assert one.undo(12.0) == []


def test_what_is_taken_back_stays_so() -> None:
    """At the top, before it is over; and when the set is over."""
    one = coach()
    board = Board(one)
    told(one, Peak(1, 2.0, 2.1), rep(1), Peak(2, 9.0, 9.1))
    one.undo(9.2)
    assert told(one, rep(2)) == []
    assert one.count == 1
    done = set_of(rep(1), rep(2))
    cues = one.push(done)
    board.push(done, cues)
    assert kinds(cues, CueKind.SET_DONE)[0].value == 1
    assert [row.rep for row in board.state.last_set] == [1, None]
    assert board.state.last_set_words.startswith("1 repetition,")


def test_each_leg_has_its_own_range() -> None:
    one = Coach(PLAN, CABLE, bands={"left": BAND})
    assert one.targets.band == BAND
    told(one, set_of(rep(1)))
    assert one.targets.band is None
    assert one.last is not None
    assert one.last.targets.band == BAND


def test_the_rest_is_that_of_the_next_set_and_ends_with_a_repetition() -> None:
    one = coach()
    told(one, set_of(rep(1)))
    assert one.current is not None
    assert (one.current.side, one.rest_until_s) == ("right", 6.0 + 15.0)
    told(one, Peak(2, 16.0, 16.1))
    assert one.rest_until_s is None
    assert one.tick(21.0) == []


def test_the_last_set_is_the_last() -> None:
    one = coach()
    cues = told(one, *(set_of(rep(k)) for k in range(4)))
    assert cues[-1].kind is CueKind.WORKOUT_DONE
    assert one.current is None
    assert kinds(told(one, set_of(rep(9))), CueKind.SET_DONE) != []


def test_switching_legs_goes_to_that_legs_next_set() -> None:
    one = coach()
    one.switch("right", 1.0)
    assert one.current is not None
    assert (one.current.number, one.side) == (1, "right")


def test_without_a_set_for_it_the_other_leg_takes_its_place() -> None:
    """With its own range; and so behind the plan."""
    right = RangeBand(20.0, 25.0, 50.0)
    one = Coach(replace(PLAN, sides=("left",)), CABLE, bands={"left": BAND, "right": right})
    told(one, set_of(rep(1)))
    (cue,) = one.switch("right", 20.0)
    assert (cue.text, one.side, one.band) == ("right leg", "right", right)
    assert one.current is not None
    assert (one.current.number, one.current.kind, one.rest_until_s) == (2, Kind.WORK, None)
    told(one, set_of(rep(2)))
    assert (one.current, one.side) == (None, "right")
    one.switch("left", 40.0)
    assert (one.side, one.band) == ("left", BAND)


def test_nobody_said_which_leg() -> None:
    one = Coach(replace(PLAN, sides=()), CABLE)
    one.switch("right", 1.0)
    assert one.side == "right"


def test_a_set_under_way_is_over_before_the_other_leg_works() -> None:
    one = coach()
    told(one, Peak(1, 2.0, 2.1), rep(1))
    assert one.switch("right", 5.0) == []
    assert one.side == "left"
    cues = told(one, set_of(rep(1)))
    assert [cue.text for cue in kinds(cues, CueKind.SWITCH_LEGS)] == ["right leg"]
    assert (one.side, one.last.measured.reps[0].peak if one.last else None) == ("right", 1)


events = st.lists(
    st.one_of(
        st.builds(Peak, st.integers(1, 6), st.just(1.0), st.just(1.1)),
        st.builds(rep, st.integers(1, 6)),
        st.builds(lambda k: Rejected(k, 0.0, 1.0, 1.1, Reason.TOO_SMALL, ""), st.integers(1, 6)),
        st.just(set_of(rep(1))),
        st.builds(Now, st.floats(0, 100), st.sampled_from(Phase), st.just(0.0), st.floats(0, 90)),
        st.sampled_from(["undo", "pause", "resume"]),
    ),
    max_size=40,
)


@given(events, st.sampled_from(CountAt))
def test_whatever_comes_the_count_is_what_was_said(values: list[object], at: CountAt) -> None:
    one = coach(count_at=at)
    board = Board(one)
    for value in values:
        match value:
            case "undo":
                cues = one.undo(1.0)
            case "pause":
                cues = one.pause(1.0)
            case "resume":
                cues = one.resume(1.0)
            case _:
                cues = one.push(value)
        board.push(value, cues)
        said = kinds(cues, CueKind.COUNT, CueKind.COUNT_BACK)
        assert len(kinds(cues, CueKind.COUNT)) <= 1
        assert not said or said[-1].value == one.count
        assert board.state.count == one.count >= 0
        assert all(isinstance(cue.mode, Mode) for cue in cues)


@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("id_", exercises())
def test_every_exercise_has_a_plan(id_: str, goal: Goal) -> None:
    plan = preset(exercises()[id_], goal)
    steps = replace(plan, sides=("right", "left"), warm_up_sets=1).steps()
    assert [step.side for step in steps] == ["right", "left"] * (plan.sets + 1)
    assert steps[0].rest_before_s == 0.0
    assert (steps[0].kind, steps[-1].kind is Kind.ACTIVATION) == (Kind.WARM_UP, goal is Goal.ACTIVATION)


@pytest.mark.parametrize(
    "wrong", [{"reps": (5, 4)}, {"reps": (0, 4)}, {"sets": 0}, {"rest_s": -1.0}, {"tempo_s": (2.0, 1.0, 30.0, 0.0)}]
)
def test_a_plan_that_makes_no_sense_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not"):
        WorkoutPlan(exercise="cable", **wrong)  # type: ignore[arg-type]


def test_tempo() -> None:
    assert tempo_of("2-1-3-0") == (2.0, 1.0, 3.0, 0.0)
    with pytest.raises(ValueError, match="such as 2-1-3-0"):
        tempo_of("2-1-3")


def test_a_range_is_made_of_slow_repetitions_and_nothing_waits_for_it() -> None:
    one = Coach(PLAN, CABLE)
    board = Board(one)
    board.push(None, one.calibrate(0.0))
    assert "slow repetitions" in board.state.message
    quick = replace(rep(1), peak_start_s=0.4)
    cues = told(one, quick, *(rep(k) for k in range(2, 6)))
    assert [cue.value for cue in kinds(cues, CueKind.COUNT)] == [1, 2, 3, 4, 5]
    said = [cue.text for cue in kinds(cues, CueKind.CALIBRATION)]
    assert "slower than 1 s" in said[0]
    assert said[1:] == ["1 of 5", "2 of 5", "3 of 5", "4 of 5"]
    assert one.calibrated is None
    (made, *_) = told(one, set_of(rep(1)))
    assert made.text == "your range is 36 to 43 degrees"
    assert one.calibrated is not None
    one.switch("left", 60.0)
    board.push(None)
    assert (board.state.floor_deg, board.state.ceiling_deg) == (36.0, 43.2)
    assert kinds(told(one, Now(61.0, Phase.LIFT, 60.0, 37.0)), CueKind.RANGE_REACHED) != []


def test_too_few_make_none() -> None:
    one = coach()
    one.calibrate(0.0)
    cues = told(one, rep(1), set_of(rep(1)))
    assert kinds(cues, CueKind.CALIBRATION)[-1].text == "too few slow repetitions for a range"
    assert one.targets.band == BAND


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    one = Coach(replace(PLAN, sets=20), CABLE, bands={"left": BAND})
    board = Board(one)
    sizes, at_s, peak = [], 0.0, 0
    for _ in range(60):
        for _ in range(10):
            peak += 1
            for k in range(150):
                phase = (Phase.REST, Phase.LIFT, Phase.HOLD, Phase.RETURN)[k * 4 // 150]
                now = Now(at_s, phase, at_s - 0.1, float(k % 40))
                board.push(now, one.push(now))
                at_s += 0.04
            board.push(None, one.push(Peak(peak, at_s, at_s)))
            board.push(None, one.push(rep(peak, at_s - 6.0)))
        done = set_of(rep(peak, at_s - 6.0))
        board.push(done, one.push(done))
        sizes.append(size_bytes((one, board)))
    assert at_s == pytest.approx(3600)
    assert max(sizes[2:]) <= 1.02 * sizes[1]


def test_a_tempo_that_is_off_is_remarked_upon_by_its_worst_phase() -> None:
    hasty = replace(rep(1), peak_start_s=1.2, peak_end_s=2.2, end_s=5.2)
    assert [cue.text for cue in kinds(told(coach(), hasty), CueKind.PHRASE)] == ["slower up"]
    short = replace(rep(1), end_s=4.2)
    assert [cue.text for cue in kinds(told(coach(), short), CueKind.PHRASE)] == ["slower down"]
    slow = replace(rep(1), peak_start_s=4.0, peak_end_s=5.0, end_s=8.0)
    assert [cue.text for cue in kinds(told(coach(), slow), CueKind.PHRASE)] == ["up a little faster"]
    assert kinds(told(coach(feedback=Feedback.SUMMARY), hasty), CueKind.PHRASE) == []
    unknown = replace(rep(1), peak_start_s=None)
    assert kinds(told(coach(), unknown), CueKind.PHRASE) == []


def test_the_breath_by_the_clock_keeps_the_plans_tempo() -> None:
    """2-1-3-0: out at the first lift and every six seconds, in three seconds later, until the set is over."""
    one = coach(breath=Breath.CLOCK)
    assert kinds(told(one, Now(10.0, Phase.LIFT, 10.0, 20.0)), CueKind.BREATHE_OUT) == []
    cues = [cue for k in range(1000, 2200) for cue in one.tick(k / 100)]
    breaths = [(cue.kind, round(cue.at_s, 1)) for cue in kinds(cues, CueKind.BREATHE_OUT, CueKind.BREATHE_IN)]
    out, back = CueKind.BREATHE_OUT, CueKind.BREATHE_IN
    assert breaths == [(out, 10.0), (back, 13.0), (out, 16.0), (back, 19.0)]
    told(one, set_of(rep(1)))
    assert kinds([cue for k in range(2200, 4000) for cue in one.tick(k / 100)], out, back) == []


def test_the_breath_by_the_clock_ends_where_the_leg_rests() -> None:
    """A stray lift starts no set; in a set, the next lift starts the clock anew."""
    one, out, back = coach(breath=Breath.CLOCK), CueKind.BREATHE_OUT, CueKind.BREATHE_IN
    told(one, Now(10.0, Phase.LIFT, 10.0, 20.0), Now(11.0, Phase.REST, 11.0, 0.0))
    breaths = kinds([cue for k in range(1000, 4000) for cue in one.tick(k / 100)], out, back)
    assert [round(cue.at_s, 1) for cue in breaths] == [10.0, 13.0]
    told(one, Now(42.5, Phase.LIFT, 42.5, 20.0))
    breaths = kinds([cue for k in range(4250, 4300) for cue in one.tick(k / 100)], out, back)
    assert [(cue.kind, round(cue.at_s, 1)) for cue in breaths] == [(out, 42.5)]


def test_what_is_foreseen_comes_earlier_for_late_earphones() -> None:
    one, late = coach(), coach(early_s=0.2)
    for hold_s, early, on_time in ((0.85, 1, 0), (1.05, 0, 1)):
        now = Now(5.0 + hold_s, Phase.HOLD, 5.0, 30.0)
        assert [len(kinds(told(each, now), CueKind.TICK)) for each in (late, one)] == [early, on_time]


def test_a_jolt_pauses_where_the_weight_may_slip() -> None:
    jolt = Now(3.0, Phase.LIFT, 2.5, 20.0, 40.0)
    held = Coach(replace(PLAN, exercise="dumbbell"), exercise("dumbbell"))
    assert kinds(told(held, replace(jolt, jolt_m_s2=12.0)), CueKind.PAUSED) == []
    (cue,) = kinds(told(held, jolt), CueKind.PAUSED)
    assert (held.paused, cue.value) == (True, 40.0)
    assert told(held, jolt, Peak(1, 3.2, 3.3)) == []
    assert held.resume(9.0)[0].text == "go on from 1"
    landed = Coach(replace(PLAN, exercise="dumbbell"), exercise("dumbbell"))
    assert kinds(told(landed, Now(3.0, Phase.RETURN, 2.5, 20.0, 40.0)), CueKind.PAUSED) == []
    fastened = coach()
    told(fastened, jolt)
    assert not fastened.paused


def test_a_jolt_is_told_where_nobody_could_go_on() -> None:
    jolt = Now(3.0, Phase.LIFT, 2.5, 20.0, 40.0)
    one = Coach(replace(PLAN, exercise="dumbbell"), exercise("dumbbell"))
    one.holds = False
    lifts = (jolt, replace(jolt, at_s=3.1), Now(4.0, Phase.RETURN, 3.8, 20.0), replace(jolt, at_s=6.0, since_s=6.0))
    assert [cue.at_s for cue in kinds(told(one, *lifts), CueKind.JOLT)] == [3.0, 6.0]
    assert not one.paused
    assert kinds(told(one, Peak(1, 7.0, 7.1)), CueKind.COUNT)[0].value == 1


def test_no_simulated_dumbbell_kickback_is_a_jolt() -> None:
    for seed, lift_s in ((1, 0.4), (2, 0.7), (3, 2.0)):
        one = SetPlan(5, concentric_s=lift_s, hold_s=0.5, eccentric_s=2 * lift_s, tap_m_s2=8.0)
        plan = Plan("dumbbell", (Activity("stand", 3.0), one, Activity("stand", 10.0, posture="exercise")))
        sensed = sense(simulate(plan, seed), seed=seed, notify=False)
        samples, tracker = block(sensed.acc, sensed.gyr, 0.01), Tracker(0.01, exercise=exercise("dumbbell"))
        held = Coach(replace(PLAN, exercise="dumbbell"), exercise("dumbbell"))
        for begin in range(0, len(samples), 4):
            for value in (*tracker.push(samples.part(begin, begin + 4)), tracker.now):
                held.push(value)
        assert held.done == 1
        assert not held.paused


def test_what_is_done_while_the_strap_is_checked_is_no_part_of_the_plan() -> None:
    one = coach()
    (asked,) = one.check_strap(0.0)
    assert (asked.kind, one.checking) == (CueKind.SETUP, True)
    upright, level = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
    said = [cue.text for k in range(90) for cue in one.look(0.04 * k, upright)]
    assert said == ["now swing the leg back once, and set it down"]
    assert told(one, Now(4.0, Phase.LIFT, 3.8, 20.0), Peak(1, 4.0, 4.1), rep(1)) == []
    for k, tilt in enumerate((0.1, 0.3, 0.5, 0.3, 0.1)):
        assert one.look(4.0 + 0.04 * k, (math.sin(tilt), 0.0, math.cos(tilt))) == []
    said = [cue.text for k in range(40) for cue in one.look(4.3 + 0.04 * k, upright)]
    assert said == ["the strap holds"]
    assert one.checking, "it may have been a set's first repetition"
    told(one, Now(5.0, Phase.REST, 4.4, 0.0))
    one.tick(7.0)
    assert not one.checking
    assert told(one, set_of(rep(1))) == []
    assert (one.done, one.count, one.last) == (0, 0, None)
    one.look(7.0, level)
    cues = told(one, Peak(2, 8.0, 8.1), rep(2))
    assert one.count == 1
    assert [cue.text for cue in kinds(cues, CueKind.SETUP)] == [
        "the shank is not upright: this exercise is done standing"
    ]


def swung(one: Coach) -> float:
    """Begin a set during a check, and halt after its first repetition; return when the strap was found to hold."""
    one.check_strap(0.0)
    for k in range(90):
        one.look(0.04 * k, (0.0, 0.0, 1.0))
    told(one, Peak(1, 4.0, 4.1), rep(1))
    for k, tilt in enumerate((0.1, 0.3, 0.5, 0.3, 0.1, *[0.0] * 26)):
        one.look(4.0 + 0.04 * k, (math.sin(tilt), 0.0, math.cos(tilt)))
    assert one.checked is not None
    return 5.2


@pytest.mark.parametrize(("begins_s", "counts"), [(0.3, [2.0]), (2.0, [1.0])])
def test_the_swing_was_the_first_repetition_of_who_goes_on_at_once(begins_s: float, counts: list[float]) -> None:
    one = coach()
    found_s = swung(one)
    lift_s = found_s + begins_s
    cues = []
    for k in range(100):
        at_s = found_s + 0.04 * k
        phase, since_s = (Phase.REST, 5.0) if at_s < lift_s else (Phase.LIFT, lift_s)
        cues += told(one, Now(at_s, phase, since_s, 0.0))
        cues += one.tick(at_s)
    cues += told(one, Peak(2, found_s + 4.0, found_s + 4.1))
    assert [cue.value for cue in kinds(cues, CueKind.COUNT)] == counts
    assert not one.checking


def test_a_set_that_is_over_can_be_corrected() -> None:
    one = coach()
    board = Board(one)
    done = set_of(rep(1), rep(2), rep(3))
    board.push(done, one.push(done))
    assert "3 repetitions" in board.state.last_set_words
    assert [cue.text for cue in one.undo(20.0)] == ["the last repetition is taken back"]
    board.push(None)
    assert [row.rep for row in board.state.last_set] == [1, 2, None]
    one.correct(taken=[1])
    one.correct(added=2)
    board.push(None)
    assert [row.rep for row in board.state.last_set] == [None, 1, 2]
    assert board.state.last_set_added == 2
    assert board.state.last_set_words.startswith("4 repetitions")
    assert "2 of 2 in band" in board.state.last_set_words
