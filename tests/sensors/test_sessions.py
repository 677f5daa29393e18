"""A simulated session in the bytes of each family: the same repetitions, the same ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import fmean

import pytest

from tracker.exercises import exercise
from tracker.motion.values import Rep
from tracker.recording.model import GattEvent
from tracker.sensors import FAMILIES
from tracker.simulation import Activity, Link, Plan, SensorModel, SetPlan, sense, simulate
from tracker.simulation.closeness import closeness
from tracker.stream import Stream

from .encoders import movesense_session, polar_session, witmotion_session
from .traffic import Array

Session = Callable[[Array, Array, Array, int], Iterator[GattEvent]]
START_NS = 77_000_000_000_000
PLAN = Plan("cable", (Activity("stand", 6.0), SetPlan(8), Activity("stand", 15.0), SetPlan(6), Activity("stand", 15.0)))


@pytest.mark.parametrize(("seed", "rate_error"), [(1, -0.03), (2, 0.03)])
@pytest.mark.parametrize(
    ("family", "rate_hz", "range_g", "session"),
    [
        pytest.param("witmotion", 100, 16, witmotion_session, id="witmotion"),
        pytest.param("polar", 52, 8, polar_session, id="polar"),
        pytest.param("movesense", 104, 16, movesense_session, id="movesense"),
    ],
)
def test_a_session(family: str, rate_hz: int, range_g: int, session: Session, seed: int, rate_error: float) -> None:
    simulated = simulate(PLAN, seed)
    model = SensorModel(rate_hz=rate_hz, rate_error=rate_error, acc_range_g=range_g, link=Link(loss=0.0))
    sensed = sense(simulated, model, seed)
    stream = Stream(exercise("cable"), family=family)
    t = sensed.time_s - sensed.time_s[0]
    values = [v for item in session(t, sensed.acc, sensed.gyr, START_NS) for v in stream.push(item)] + stream.flush()
    found = [value for value in values if isinstance(value, Rep)]
    true = [rep for one in simulated.sets for rep in one.reps]
    assert (stream.errors, stream.decoder.last_error) == (0, None)
    assert len(found) == len(true) == 14
    assert stream.rate_hz == pytest.approx(rate_hz, rel=0.031)
    close = closeness(found, true)
    assert close.matched == len(true)
    assert close.range_mae_deg is not None
    assert close.range_mae_deg <= 1.5
    assert fmean(rep.end_s - rep.start_s for rep in found) == pytest.approx(
        fmean(rep.end_s - rep.start_s for rep in true), abs=0.15
    )
    assert family in FAMILIES
