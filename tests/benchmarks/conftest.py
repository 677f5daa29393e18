"""Benchmarks run only when asked for: ``pytest tests/benchmarks --benchmark-only``. No time is asserted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tracker.motion.samples import Samples
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from ..motion.streams import block, sensed

HOUR_S = 3600
RATE_HZ = 100
_seconds: dict[str, float] = {}


@pytest.fixture(autouse=True)
def _only_when_asked_for(request: pytest.FixtureRequest) -> None:
    if "benchmark" in request.fixturenames and not request.config.getoption("benchmark_only"):
        pytest.skip("a benchmark: run with --benchmark-only")


@pytest.fixture
def seconds(benchmark, request: pytest.FixtureRequest) -> Iterator[None]:
    """Remember the median of this benchmark for the ratios."""
    yield
    if benchmark.stats is not None:
        _seconds[request.node.name.removeprefix("test_")] = benchmark.stats.stats.median


@pytest.fixture(scope="session")
def workout() -> Samples:
    """An hour of a workout at 100 Hz: sets of twelve with some walking, fidgeting and a minute's standing between."""
    between = [Activity("walk", 15.0), Activity("stand", 60.0), Activity("fidget", 10.0)]
    sets = [SetPlan(12, concentric_s=1.2, hold_s=0.8, eccentric_s=2.0, bottom_pause_s=0.5), *between]
    out = sense(simulate(Plan("cable", (Activity("stand", 10.0), *sets * 24)), 1), SensorModel(), 1)
    assert len(out.acc) >= HOUR_S * RATE_HZ
    return block(out.acc[: HOUR_S * RATE_HZ], out.gyr[: HOUR_S * RATE_HZ], 1.0 / RATE_HZ)


@pytest.fixture(scope="session")
def hour() -> Samples:
    """An hour of movement at 100 Hz, hardly any rest: simulated sessions, one after the other."""
    sessions = [sensed("cable", "nominal", seed).samples for seed in range(4)]
    sessions += [sensed("cable", name, 1).samples for name in ("slow", "fast-no-pause", "walking")]
    count = -(-HOUR_S * RATE_HZ // sum(len(one) for one in sessions))
    acc, gyr = (
        np.concatenate([getattr(one, name) for one in sessions] * count)[: HOUR_S * RATE_HZ] for name in ("acc", "gyr")
    )
    return block(acc, gyr, 1.0 / RATE_HZ)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what is needed to compare machines: ratios, not times."""
    whole = _seconds.get("the_core_on_an_hour")
    if not whole:
        return
    terminalreporter.section("the core on one hour of 100 Hz, against its peers")
    terminalreporter.write_line(f"the core: {1000 * whole:.0f} ms, {1e6 * whole / (HOUR_S * RATE_HZ):.2f} µs/sample")
    for name, other in _seconds.items():
        if name != "the_core_on_an_hour":
            terminalreporter.write_line(f"{name}: {1000 * other:.1f} ms, the core takes {whole / other:.2f} × as long")
