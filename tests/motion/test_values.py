"""What every stream's values must satisfy, whatever was simulated."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import fields
from statistics import median

import pytest

from tracker.motion.values import ExerciseSet, Peak, Reason, Rejected, Rep
from tracker.simulation import TURNING_IDS

from .streams import reps, run, sensed

STREAMS = [(id_, "workout", 2) for id_ in TURNING_IDS] + [
    ("cable", "fast", 3),
    ("band", "taps", 3),
    ("machine", "short-sets", 3),
]


@pytest.fixture(params=[(*s, told) for s in STREAMS for told in (True, False)], ids=str, scope="module")
def values(request):
    *which, told = request.param
    stream = sensed(*which)
    return run(stream.tracker(told=told), [stream.samples])


def of(values, *kinds):
    return [v for v in values if isinstance(v, kinds)]


def test_every_peak_is_settled_by_exactly_one_value(values):
    peaks = Counter(v.peak for v in of(values, Peak))
    named = Counter(v.peak for v in of(values, Rep, Rejected))
    assert set(peaks.values()) <= {1}
    assert set(named.values()) <= {1}
    assert set(peaks) <= set(named)


def test_peaks_are_said_of_what_counts(values):
    """While a set goes on, nearly every announcement is kept and nearly every repetition announced."""
    sets = of(values, ExerciseSet)
    during = [p.peak for p in of(values, Peak) if any(one.start_s < p.at_s < one.end_s for one in sets)]
    counted = [rep.peak for one in sets for rep in one.reps]
    assert len(set(during) - set(counted)) <= 1
    later = [rep.peak for one in sets for rep in one.reps[3:]]
    assert len(set(later) & set(during)) >= 0.8 * len(later)


def test_a_peak_comes_before_what_settles_it(values):
    seen: set[int] = set()
    announced = {v.peak for v in of(values, Peak)}
    for value in values:
        if isinstance(value, Peak):
            seen.add(value.peak)
        elif isinstance(value, Rep | Rejected) and value.peak in announced:
            assert value.peak in seen


def test_peaks_are_numbered_upwards(values):
    numbers = [v.peak for v in of(values, Peak)]
    assert numbers == sorted(set(numbers))


def test_times_are_in_order(values):
    for rep in of(values, Rep):
        assert rep.start_s < rep.peak_start_s <= rep.peak_end_s < rep.end_s <= rep.reported_s
    found = of(values, Rep)
    for one, two in itertools.pairwise(found):
        assert one.end_s <= two.start_s
    for rejected in of(values, Rejected):
        assert rejected.start_s <= rejected.end_s <= rejected.reported_s
    for peak in of(values, Peak):
        assert peak.at_s <= peak.reported_s
    for one in of(values, ExerciseSet):
        assert one.end_s <= one.reported_s


def test_values_come_out_in_order_of_time(values):
    reported = [v.reported_s for v in values]
    assert reported == sorted(reported)


def test_numbers_are_finite(values):
    def numbers(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if isinstance(inner, Rep):
                yield from numbers(inner)
            elif isinstance(inner, float):
                yield inner

    for value in values:
        assert all(math.isfinite(x) for x in numbers(value))
    for rep in of(values, Rep):
        assert rep.range_deg > 0
        assert rep.peak_speed_deg_s > 0


def test_plain_python_numbers_come_out(values):
    for value in values:
        for field in fields(value):
            assert type(getattr(value, field.name)).__module__ != "numpy", (value, field.name)


def test_sets_hold_what_came_out_as_repetitions(values):
    sets = of(values, ExerciseSet)
    assert sets
    assert [one.number for one in sets] == list(range(1, len(sets) + 1))
    emitted = of(values, Rep)
    partial = {v.peak for v in of(values, Rejected) if v.reason is Reason.PARTIAL}
    for one in sets:
        assert one.reps
        assert all(rep in emitted for rep in one.reps)
        assert list(one.reps) == sorted(one.reps, key=lambda r: r.start_s)
        assert list(one.partials) == sorted(one.partials, key=lambda r: r.start_s)
        assert {p.peak for p in one.partials} <= partial | {r.peak for r in emitted}
    counted = [rep.peak for one in sets for rep in one.reps]
    assert len(counted) == len(set(counted))
    together = set(counted) | {p.peak for one in sets for p in one.partials}
    assert {rep.peak for rep in emitted} <= together


def test_a_set_is_said_after_its_repetitions(values):
    said: set[int] = set()
    for value in values:
        if isinstance(value, Rep):
            said.add(value.peak)
        if isinstance(value, ExerciseSet):
            assert {rep.peak for rep in value.reps} <= said


def test_bottom_pauses_lie_between_repetitions(values):
    for one in of(values, ExerciseSet):
        assert len(one.bottom_pauses_s) == len(one.reps)
        assert one.bottom_pauses_s[-1] is None
        starts = sorted(rep.start_s for rep in (*one.reps, *one.partials))
        for rep, pause in zip(one.reps[:-1], one.bottom_pauses_s[:-1], strict=True):
            after = next(s for s in starts if s > rep.start_s)
            assert pause == pytest.approx(after - rep.end_s)
            assert pause >= 0


def test_a_repetition_is_not_reported_long_after_its_company(values):
    """The first ones wait for the third; later ones come within half a second."""
    for one in of(values, ExerciseSet):
        for rep in one.reps[3:]:
            assert rep.reported_s - rep.end_s < 0.5


@pytest.mark.parametrize("pause_s", [0.3, 4.0])
def test_a_set_ends_after_eight_seconds_or_three_pauses(pause_s):
    from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

    from .streams import Stream, block

    lift = SetPlan(4, bottom_pause_s=pause_s, hesitations=0.0)
    steps = (Activity("stand", 4.0), lift, Activity("stand", 25.0, posture="exercise"))
    truth = simulate(Plan("band", steps), seed=4)
    out = sense(truth, SensorModel(), 4)
    stream = Stream("band", block(out.acc, out.gyr, 0.01), truth)
    (one,) = [v for v in run(stream.tracker(), [stream.samples]) if isinstance(v, ExerciseSet)]
    assert len(one.reps) == 4
    pauses = [p for p in one.bottom_pauses_s if p is not None]
    due = one.end_s + max(8.0, 3.0 * median(pauses))
    assert due < one.reported_s < due + 0.1


def test_the_person_may_end_the_set():
    stream = sensed()
    tracker = stream.tracker()
    truth = stream.truth.sets[0].reps
    out = tracker.push(stream.samples.part(0, round((truth[3].end_s + 0.5) / stream.period_s)))
    assert not of(out, ExerciseSet)
    (one,) = of(tracker.end_set(), ExerciseSet)
    assert len(one.reps) == 4
    assert tracker.end_set() == []
    assert tracker.flush() == []


def test_going_on_after_a_set_was_ended_begins_another():
    stream = sensed()
    tracker = stream.tracker()
    at = round((stream.truth.sets[0].reps[2].end_s + 0.5) / stream.period_s)
    out = tracker.push(stream.samples.part(0, at)) + tracker.end_set()
    out += tracker.push(stream.samples.part(at, len(stream.samples))) + tracker.flush()
    assert [one.number for one in of(out, ExerciseSet)] == [1, 2, 3]
    assert sum(len(one.reps) for one in of(out, ExerciseSet)) == stream.truth.rep_count


def test_the_workout_is_counted():
    """The streams of this folder are ones in which something is found."""
    stream = sensed()
    found = reps(run(stream.tracker(), [stream.samples]))
    assert len(found) == stream.truth.rep_count
