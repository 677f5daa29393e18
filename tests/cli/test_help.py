from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest

import tracker
from tracker.cli.app import app
from tracker.exercises import exercises
from tracker.simulation import SCENARIOS

from .conftest import ROOT, Kickback

COMMANDS = [
    *("scan", "live", "coach", "guide", "next", "demo", "replay", "analyze", "calibrate"),
    *(
        "log",
        "show",
        "trends",
        "edit",
        "report",
        "rescore",
        "recover",
        "export",
        "import",
        "simulate",
        "virtual-sensor",
    ),
]
HEAVY = [
    "bleak",
    "numpy",
    "vqf",
    "mcap",
    "sqlite3",
    "asyncio",
    "tracker.motion",
    "tracker.journal",
    "tracker.recording",
]


def test_every_command_is_here() -> None:
    assert sorted(command.name or "" for command in app.registered_commands) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(kickback: Kickback, command: str) -> None:
    done = kickback(command, "--help")
    assert done.code == 0
    summary = re.search(r"Usage: kickback .*\n\s*\n (.+\.)\s*\n", done.out)
    assert summary is not None
    assert len(summary[1]) <= 66  # one line in the list of commands, 80 columns wide


def test_the_list_of_commands(kickback: Kickback) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        out = kickback(*arguments).out
        assert all(re.search(rf"│ {command} ", out) for command in COMMANDS)


def test_vocabularies(kickback: Kickback) -> None:
    words = set(re.findall(r"[\w-]+", kickback("simulate", "--help").out))
    assert words >= set(SCENARIOS)
    assert words >= set(exercises())


def test_version(kickback: Kickback) -> None:
    done = kickback("--version")
    assert (done.code, done.out) == (0, f"kickback {tracker.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["dance"], "'dance'"),
        (["logg"], "'log'"),
        (["analyze"], "FILE"),
        (["simulate"], "--output"),
        (["demo", "--reps", "0"], "--reps"),
        (["demo", "--seed"], "--seed"),
        (["log", "-n", "x"], "--limit"),
        (["analyze", "--bad"], "--bad"),
        (["--bad"], "--bad"),
    ],
)
def test_usage_errors(kickback: Kickback, arguments: list[str], what: str) -> None:
    done = kickback(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("kickback: ")
    assert what in done.err


def test_help_is_quick() -> None:
    code = f"import sys, tracker.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tracker", "--help"], cwd=ROOT, capture_output=True, check=True)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.5
