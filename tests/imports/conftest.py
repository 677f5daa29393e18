"""One simulated session, as each app would have written it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Outcome
from tracker.cli import app
from tracker.simulation import SensorModel, SensorStream, sense, session_plan, simulate, write_csv

Kickback = Callable[..., Outcome]


def run(*arguments: str | Path) -> Outcome:
    result = CliRunner().invoke(app, [str(a) for a in arguments], prog_name="kickback")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def analyzed(path: Path) -> dict[str, Any]:
    done = run("analyze", path, "--exercise", "cable", "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.fixture(scope="session")
def session() -> SensorStream:
    plan = session_plan("nominal", "cable", 5, sets=1, reps=5)
    return sense(simulate(plan, 5), SensorModel(), 5, notify=False)


@pytest.fixture(scope="session")
def direct(session: SensorStream, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is found in the session without any detour."""
    path = tmp_path_factory.mktemp("direct") / "samples.csv"
    write_csv(path, session)
    return analyzed(path)


@pytest.fixture(scope="session")
def short(session: SensorStream) -> SensorStream:
    """Eight seconds of it, for files that are only there to be broken."""
    kept = session.time_s < 8
    return replace(
        session,
        **{name: getattr(session, name)[kept] for name in ("time_s", "index", "acc", "gyr", "clipped")},
    )
