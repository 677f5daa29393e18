"""From each family's bytes to repetitions: the same ones that our own protocol gives of the same session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording.model import GattEvent
from tracker.simulation import simulate
from tracker.stream import Stream

from .encoders import PLAN, SESSIONS, STARTED_NS, bluest_events, metamotion_events, sensed, session, thingy_events

each_family = pytest.mark.parametrize("family", SESSIONS)


@cache
def streamed(family: str) -> tuple[Stream, tuple[object, ...]]:
    return through(family, session(family))


def through(family: str, events: Sequence[GattEvent]) -> tuple[Stream, tuple[object, ...]]:
    stream = Stream(exercise("cable"), family=family)
    values = [value for item in events for value in stream.push(item)]
    return stream, (*values, *stream.flush())


def sets(values: Sequence[object]) -> list[list[Rep]]:
    return [list(value.reps) for value in values if isinstance(value, ExerciseSet)]


def check_against_own(family: str, stream: Stream, values: Sequence[object]) -> None:
    own = sets(streamed("kickback")[1])
    found = sets(values)
    assert [len(one) for one in own] == [5, 4]
    assert [len(one) for one in found] == [len(one) for one in own]
    ranges = np.array([rep.range_deg for one in found for rep in one])
    expected = np.array([rep.range_deg for one in own for rep in one])
    np.testing.assert_allclose(ranges, expected, atol=1.5)
    lifts = np.array([rep.concentric_s for one in found for rep in one])
    np.testing.assert_allclose(lifts, [rep.concentric_s for one in own for rep in one], atol=0.1)
    assert stream.errors == 0, stream.decoder.last_error
    assert not any(isinstance(value, Gap) for value in values)


@each_family
def test_the_same_repetitions(family: str) -> None:
    stream, values = streamed(family)
    check_against_own(family, stream, values)


@each_family
def test_gravity_is_gravity(family: str) -> None:
    stream, _ = streamed(family)
    rest = stream.decoder.rest
    assert rest is not None
    assert rest.fits
    assert rest.gravity_m_s2 == pytest.approx(9.81, abs=0.3)


@each_family
def test_nothing_is_lost_but_the_edges(family: str) -> None:
    """What the two seconds before the rate is known held is not lost either."""
    stream, _ = streamed(family)
    assert stream.duration_s == pytest.approx(streamed("kickback")[0].duration_s, rel=0.01, abs=0.3)


@pytest.mark.parametrize("rate_hz", [100, 200])
def test_thingy_at_other_rates(rate_hz: int) -> None:
    stream, values = through("thingy52", thingy_events(sensed(rate_hz, 2), rate_hz))
    check_against_own("thingy52", stream, values)


def test_the_other_chip() -> None:
    stream, values = through("metamotion", metamotion_events(sensed(100), bmi270=True))
    check_against_own("metamotion", stream, values)


@pytest.mark.parametrize(("tick_s", "rate_hz"), [(0.001, 100), (0.008, 100), (0.010, 50), (0.02, 50)])
def test_other_ticks(tick_s: float, rate_hz: int) -> None:
    stream, values = through("blue-st", bluest_events(sensed(rate_hz), tick_s))
    check_against_own("blue-st", stream, values)


def origin_ns(family: str) -> int:
    """Host time at which the session begins."""
    return session(family)[0].host_ns if family == "kickback" else STARTED_NS


def broken(family: str, from_s: float, to_s: float) -> list[GattEvent]:
    """The session with an outage, after which the sensor is set up anew (ours goes on with its stream)."""
    events, first_ns = session(family), origin_ns(family)
    begin_ns, end_ns = first_ns + round(from_s * 1e9), first_ns + round(to_s * 1e9)
    setup = [item for item in events if item.host_ns <= first_ns] if family != "kickback" else []
    again = [replace(item, host_ns=end_ns) for item in setup]
    before = [item for item in events if item.host_ns < begin_ns]
    return [*before, *again, *(item for item in events if item.host_ns >= end_ns)]


@cache
def true_reps() -> tuple[tuple[float, float], ...]:
    """Start and end of each repetition, seconds of the session."""
    return tuple((rep.start_s, rep.end_s) for one in simulate(PLAN, 1).sets for rep in one.reps)


@each_family
def test_an_outage_between_the_sets_costs_nothing(family: str) -> None:
    ended_s = true_reps()[4][1]
    stream, values = through(family, broken(family, ended_s + 11, ended_s + 14))
    assert [len(one) for one in sets(values)] == [5, 4]
    assert stream.errors <= (family == "witmotion"), "whose bytes were cut within a frame"
    (gap,) = (value for value in values if isinstance(value, Gap))
    longer_s = 2.5 if family == "polar" else 0.3  # what a frame holds, and of the cut one nothing came
    assert 2.7 <= gap.end_s - gap.start_s <= 3.3 + longer_s


@each_family
def test_an_outage_within_a_set_invents_nothing(family: str) -> None:
    reps = true_reps()
    stream, values = through(family, broken(family, reps[1][0] + 0.3, reps[2][0] + 0.3))
    assert stream.t0 is not None
    shift_s = (stream.t0 - origin_ns(family)) / 1e9
    middles = [(rep.start_s + rep.end_s) / 2 + shift_s for one in sets(values) for rep in one]
    within = [next(k for k, (start, end) in enumerate(reps) if start <= middle <= end) for middle in middles]
    assert sorted(set(within)) == within, "each is one that was done"
    assert {0, 3, 4, 5, 6, 7, 8} <= set(within), "all that the outage did not touch"
