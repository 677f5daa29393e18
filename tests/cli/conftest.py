from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tracker.cli import app

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Kickback = Callable[..., Outcome]


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "KICKBACK_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), "COLUMNS": "100"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("KICKBACK_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def kickback(data: Path) -> Kickback:
    """Run the command inside this process."""

    def run(*arguments: str | Path) -> Outcome:
        result = CliRunner().invoke(app, [str(a) for a in arguments], prog_name="kickback")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def process(data: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the command as a process of its own."""

    def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tracker", *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ROOT, env=environment(data))

    return start


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One session as both kinds of file, with losses."""
    folder = tmp_path_factory.mktemp("simulated")
    made = {}
    for kind in ("mcap", "csv", "csv.gz"):
        made[kind] = folder / f"fast.{kind}"
        arguments = ["simulate", "-s", "fast", "--loss", "3", "--seed", "1", "-o", str(made[kind]), "--force"]
        assert CliRunner().invoke(app, arguments).exit_code == 0
    made["truth"] = folder / "fast.truth.json"
    return made
