"""What belongs together: company, partials, and how a set ends."""

from __future__ import annotations

from functools import cache

import pytest

from tracker.motion.values import ExerciseSet, Flag, Reason, Rejected, Rep
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from .streams import Stream, block, run

REST = Activity("stand", 4.0)
LIFT = {"hesitations": 0.0, "tempo_spread": 0.02, "range_spread": 0.01, "fatigue": 0.0}


@cache
def stream(*steps, exercise="cable", seed=5) -> Stream:
    truth = simulate(Plan(exercise, steps), seed)
    out = sense(truth, SensorModel(), seed)
    return Stream(exercise, block(out.acc, out.gyr, 0.01), truth)


def values(*steps, told=True, exercise="cable"):
    one = stream(*steps, exercise=exercise)
    return run(one.tracker(told=told), [one.samples])


def sets(out):
    return [v for v in out if isinstance(v, ExerciseSet)]


def lifts(reps, range_deg=40.0, **how):
    return SetPlan(reps, range_deg=range_deg, **{**LIFT, **how})


AFTER = Activity("stand", 14.0, posture="exercise")


@pytest.mark.parametrize(("reps", "found"), [(1, 0), (2, 0), (3, 1), (5, 1)])
def test_untold_a_set_needs_three(reps, found):
    out = values(REST, lifts(reps), AFTER, told=False)
    assert [len(one.reps) for one in sets(out)] == [reps] * found


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "band", "machine"])
@pytest.mark.parametrize("reps", [1, 2, 3])
def test_told_one_is_a_set(exercise, reps):
    (one,) = sets(values(REST, lifts(reps), AFTER, exercise=exercise))
    assert len(one.reps) == reps


def test_what_waited_in_vain_says_so():
    out = values(REST, lifts(2), AFTER, told=False)
    alone = [v for v in out if isinstance(v, Rejected) and v.reason is Reason.TOO_FEW]
    assert len([v for v in alone if v.measured.range_deg > 30]) == 2
    assert all("make a set" in v.detail for v in alone)


def test_a_first_repetition_that_turns_out_to_be_partial_is_reclassified():
    out = values(REST, lifts(1, 24.0), lifts(4, 60.0), AFTER)
    (one,) = sets(out)
    assert len(one.reps) == 4
    assert len(one.partials) == 1
    assert one.partials[0].start_s < one.reps[0].start_s
    assert one.partials[0].range_deg < 0.6 * one.reps[0].range_deg
    counted = [v.peak for v in out if isinstance(v, Rep)]
    assert counted.count(one.partials[0].peak) == 1  # it had come out as a repetition


@pytest.mark.parametrize("seed", [6, 7, 8])
def test_an_attempt_is_no_rest(seed):
    """A slow partial and the pauses beside it are longer than a set's pause."""
    slow = lifts(6, partials=1, concentric_s=2.0, hold_s=2.0, eccentric_s=2.5, bottom_pause_s=2.0)
    simulated = stream(REST, slow, AFTER, seed=seed)
    (one,) = sets(run(simulated.tracker(told=True), [simulated.samples]))
    assert (len(one.reps), len(one.partials)) == (6, 1)


def test_one_between_two_that_belong_together_belongs_to_them():
    """Told from the third, which is sure: the first is very like it, the second as alike as a set's have to be."""
    slow = {"concentric_s": 1.2, "hold_s": 0.6, "eccentric_s": 1.8}
    (one,) = sets(values(REST, lifts(1, 19.0, **slow), lifts(1, 15.5, **slow), lifts(1, 22.5, **slow), AFTER))
    assert (len(one.reps), len(one.partials)) == (3, 0)


def test_the_first_belongs_to_the_set_about_whose_pivot_it_swings():
    """Too small to be sure, and so much quicker than those after it that it is not in their rhythm."""
    slow = {"concentric_s": 1.4, "hold_s": 0.8, "eccentric_s": 2.0}
    quick = lifts(1, 17.0, concentric_s=0.5, hold_s=0.2, eccentric_s=0.8)
    (one,) = sets(values(REST, quick, lifts(3, 23.0, **slow), AFTER))
    assert len(one.reps) == 4


def test_a_quick_one_that_could_stand_alone_is_no_shift_of_the_leg():
    slow = {"concentric_s": 1.4, "hold_s": 0.8, "eccentric_s": 2.0}
    quick = lifts(1, 29.0, concentric_s=0.5, hold_s=0.1, eccentric_s=0.95)
    (one,) = sets(values(REST, lifts(4, 40.0, **slow), quick, lifts(2, 40.0, **slow), AFTER))
    assert len(one.reps) == 7


def test_partials_are_listed_apart():
    simulated = stream(REST, lifts(6, partials=2), AFTER)
    (one,) = sets(values(REST, lifts(6, partials=2), AFTER))
    (true,) = simulated.truth.sets
    assert len(one.reps) == 6
    assert len(one.partials) == len(true.partials) == 2
    for found, wanted in zip(one.partials, true.partials, strict=True):
        assert found.start_s == pytest.approx(wanted.start_s, abs=0.1)
        assert found.range_deg == pytest.approx(wanted.range_deg, abs=1.5)


def test_pauses_run_to_the_partial_between():
    (one,) = sets(values(REST, lifts(6, partials=2), AFTER))
    starts = sorted(r.start_s for r in (*one.reps, *one.partials))
    for rep, pause in zip(one.reps[:-1], one.bottom_pauses_s[:-1], strict=True):
        assert pause == pytest.approx(next(s for s in starts if s > rep.start_s) - rep.end_s)


def test_time_under_tension_is_the_repetitions():
    (one,) = sets(values(REST, lifts(4), AFTER))
    assert one.time_under_tension_s == pytest.approx(sum(r.end_s - r.start_s for r in one.reps))


def test_walking_ends_a_set():
    """Before the eight seconds are over."""
    simulated = stream(REST, lifts(5), Activity("walk", 15.0), AFTER)
    (one,) = sets(values(REST, lifts(5), Activity("walk", 15.0), AFTER))
    walk = next(s for s in simulated.truth.spans if s.doing == "walk")
    assert len(one.reps) == 5
    assert one.reported_s < max(one.end_s + 8.1, walk.start_s + 5.0)


def test_two_sets_with_a_rest_between_are_two():
    out = values(REST, lifts(4), AFTER, lifts(4), AFTER)
    assert [len(one.reps) for one in sets(out)] == [4, 4]


def said_after_s(one):
    return [rep.reported_s - rep.end_s for rep in one.reps]


@pytest.mark.parametrize("exercise", ["cable", "dumbbell"])
def test_a_later_set_of_small_ones_is_known_from_its_first(exercise):
    small = lifts(5, 13.0, concentric_s=1.0, hold_s=0.5, eccentric_s=1.6, bottom_pause_s=0.6)
    first, second = sets(values(REST, small, AFTER, small, AFTER, exercise=exercise))
    assert len(first.reps) == len(second.reps) == 5
    assert max(said_after_s(first)) > 3.0  # too small to be sure of before there are three
    assert max(said_after_s(second)) < 0.3


def test_a_long_hold_that_is_plainly_a_swing_needs_no_company():
    held = lifts(4, 40.0, concentric_s=1.0, hold_s=4.0, eccentric_s=1.6, bottom_pause_s=0.6)
    (one,) = sets(values(REST, held, AFTER))
    assert len(one.reps) == 4
    assert max(said_after_s(one)) < 0.3


def test_long_pauses_keep_a_set_open():
    """Three times the median pause, where that is longer than eight seconds."""
    out = values(REST, lifts(4, bottom_pause_s=6.0), AFTER)
    assert [len(one.reps) for one in sets(out)] == [4]


def repetitions_in(doing, seed, told):
    one = stream(REST, *[Activity(doing, 6.0)] * 3, Activity("stand", 10.0), seed=seed)
    return [v for v in run(one.tracker(told=told), [one.samples]) if isinstance(v, Rep)]


@pytest.mark.parametrize("doing", ["walk", "slow-walk", "cuff", "stand"])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("seed", range(100, 105))
def test_other_things_are_no_repetitions(doing, told, seed):
    assert repetitions_in(doing, seed, told) == []


@pytest.mark.parametrize("doing", ["squat", "sit", "fidget"])
@pytest.mark.parametrize("told", [True, False])
def test_shifts_of_the_body_are_hardly_ever_repetitions(doing, told):
    """Three in each of 16 sessions; told, one that looks like a lift is a set by itself."""
    wrong = [seed for seed in range(100, 116) if repetitions_in(doing, seed, told)]
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize("exercise", ["bodyweight", "cable", "glute-bridge"])
def test_fidgets_where_the_exercise_is_done_are_hardly_ever_repetitions(exercise):
    """Twenty seconds of shifts of the lower leg, out and back. (Where no rhythm is asked for, 8 of 24 count some.)"""
    wrong = []
    for seed in range(200, 208):
        fidgets = Activity("fidget", 20.0, posture="exercise")
        one = stream(REST, fidgets, Activity("stand", 10.0, posture="exercise"), exercise=exercise, seed=seed)
        if any(isinstance(v, Rep) for v in run(one.tracker(), [one.samples])):
            wrong.append(seed)
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("exercise", ["cable", "bodyweight", "glute-bridge"])
def test_small_quick_repetitions_are_a_set(exercise):
    """As small and as quick as a fidget, but one after the other."""
    quick = {"concentric_s": 0.6, "hold_s": 0.1, "eccentric_s": 0.8, "bottom_pause_s": 0.4}
    (one,) = sets(values(REST, lifts(6, 16.0, **quick), AFTER, exercise=exercise))
    assert len(one.reps) == 6


@pytest.mark.parametrize("seed", range(4))
def test_an_attempt_between_small_quick_ones_does_not_part_them(seed):
    """It is too small to be looked at, and no rest either."""
    quick = {"concentric_s": 0.6, "hold_s": 0.1, "eccentric_s": 0.7, "bottom_pause_s": 0.4}
    one = stream(REST, lifts(5, 18.0, partials=2, **quick), AFTER, seed=seed)
    (found,) = sets(run(one.tracker(), [one.samples]))
    assert len(found.reps) == 5


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "glute-bridge"])
def test_stairs_are_no_repetitions(exercise):
    wrong = []
    for seed in range(100, 108):
        one = stream(REST, Activity("stairs", 20.0), Activity("stand", 10.0), exercise=exercise, seed=seed)
        if any(isinstance(v, Rep) for v in run(one.tracker(), [one.samples])):
            wrong.append(seed)
    assert wrong == []


def test_a_repetition_cut_off_on_its_way_back_is_not_counted():
    one = stream(REST, lifts(4), AFTER)
    whole = [v for v in run(one.tracker(), [one.samples]) if isinstance(v, Rep)]
    last = whole[-1]
    for share in (0.5, 0.75, 0.9):
        end = round((last.peak_end_s + share * last.eccentric_s) / one.samples.period_s)
        out = run(one.tracker(), [block(one.samples.acc[:end], one.samples.gyr[:end], 0.01)])
        assert [len(s.reps) for s in out if isinstance(s, ExerciseSet)] == [3], share


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "machine", "glute-bridge"])
@pytest.mark.parametrize("away_s", [1.3, 3.0, 9.0, 15.0])
@pytest.mark.parametrize("into", [0.1, 0.4, 0.7, 0.95])
def test_an_outage_costs_what_it_touched_and_is_no_rest(exercise, away_s, into):
    """The set goes on behind it, wherever in a repetition the stream broke off and came back."""
    one = stream(REST, lifts(10), AFTER, exercise=exercise)
    samples, reps = one.samples, one.truth.sets[0].reps
    begin_s = reps[2].start_s + into * (reps[3].start_s - reps[2].start_s)
    end_s = begin_s + away_s
    cut = [round(100 * begin_s), round(100 * end_s)]
    out = run(one.tracker(told=True), [samples.part(0, cut[0]), samples.part(cut[1], len(samples))])
    (found,) = sets(out)
    untouched = [rep for rep in reps if rep.end_s < begin_s or rep.start_s > end_s]
    counted = [
        [rep for rep in found.reps if rep.start_s < true.end_s and true.start_s < rep.end_s] for true in untouched
    ]
    assert [len(one) for one in counted] == [1] * len(untouched)
    assert len(untouched) <= len(found.reps) <= len(reps)


def test_rest_before_and_behind_an_outage_counts_together():
    one = stream(REST, lifts(4), Activity("stand", 40.0, posture="exercise"))
    samples, over = one.samples, one.truth.sets[0].reps[-1].end_s
    cut = [round(100 * (over + 3.0)), round(100 * (over + 15.0))]
    tracker = one.tracker(told=True)
    assert sets(run_on(tracker, samples.part(0, cut[0]))) == []
    assert sets(run_on(tracker, samples.part(cut[1], cut[1] + 400))) == []
    (found,) = sets(run_on(tracker, samples.part(cut[1] + 400, len(samples))))
    assert found.reported_s == pytest.approx(over + 12.0 + 8.0, abs=0.6)


def run_on(tracker, samples):
    return [value for part in samples.sliced(10) for value in tracker.push(part)]


@pytest.mark.parametrize("seed", [0, 1, 4, 5])
def test_a_strap_that_moves_within_a_set_is_marked(seed):
    """Once, on a repetition that began after it; a turn about the shank itself shows in no rest pose."""
    truth = simulate(Plan("cable", (REST, lifts(8, bottom_pause_s=1.2), AFTER)), seed)
    reps = truth.sets[0].reps
    at_s = (reps[3].end_s + reps[4].start_s) / 2
    for slip_deg, marked in ((0.0, 0), (20.0, 1)):
        out = sense(truth, SensorModel(slip_deg=slip_deg, slip_at_s=at_s - 0.2, slip_s=0.4), seed)
        one = Stream("cable", block(out.acc, out.gyr, 0.01), truth)
        (found,) = sets(run(one.tracker(), [one.samples]))
        moved = [rep for rep in found.reps if Flag.STRAP_MOVED in rep.flags]
        assert len(moved) == marked
        assert all(at_s < rep.start_s < reps[6].start_s for rep in moved)


@pytest.mark.parametrize(("seed", "after_s"), [(13, 0.4), (8, 0.8), (9, 0.8), (13, 0.8)])
def test_a_repetition_in_which_the_strap_slips_counts_once_the_next_one_shows_it(seed, after_s):
    truth = simulate(Plan("cable", (REST, lifts(7, bottom_pause_s=1.0), AFTER)), seed)
    slipped = truth.sets[0].reps[3]
    out = sense(truth, SensorModel(slip_deg=15.0, slip_at_s=slipped.start_s + after_s, slip_s=0.2), seed)
    one = Stream("cable", block(out.acc, out.gyr, 0.01), truth)
    (found,) = sets(run(one.tracker(), [one.samples]))
    assert len(found.reps) == 7
    assert [rep.start_s for rep in found.reps] == sorted(rep.start_s for rep in found.reps)
