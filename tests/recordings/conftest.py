"""The recordings of the project, and how the last accepted output is renewed."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from tracker.analysis import Analysis, analyze

RECORDINGS = Path(__file__).parents[2] / "recordings"
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.mcap"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="accept what the recordings give now (a line under 'Measured changes' in CHANGELOG.md goes with it)",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Known where tests/recordings is named on the command line; elsewhere nothing is ever renewed."""
    return bool(request.config.getoption("--update-golden", default=False))


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """``recordings/make.py``."""
    spec = importlib.util.spec_from_file_location("kickback_recordings_make", RECORDINGS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@cache
def analysis(name: str) -> Analysis:
    """What is found in a recording, the exercise told by its header."""
    return analyze(RECORDINGS / f"{name}.mcap")
