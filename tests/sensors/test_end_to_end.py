"""From each family's bytes to repetitions: the same ones that our own protocol gives of the same session."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording.model import GattEvent
from tracker.stream import Stream

from .encoders import SESSIONS, bluest_events, metamotion_events, sensed, session, thingy_events

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
