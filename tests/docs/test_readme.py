"""The README's commands and examples are true."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tracker
from tracker.coaching.form import FormFlag
from tracker.exercises import exercises
from tracker.journal import Ending, SessionStart
from tracker.motion.values import Flag, Reason
from tracker.sensors.families import FAMILIES
from tracker.simulation import SensorModel, scenario, sense, simulate, write_csv

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_it_opens_with_two_commands_that_need_nothing_but_python():
    job, tests = blocks("sh")[:2]
    assert TEXT.index(job) < TEXT.index(tests) < 700
    assert job.strip().endswith(".venv/bin/kickback demo")
    assert tests.strip().endswith(".venv/bin/python -m pytest -q")
    for command in (job, tests):
        assert command.startswith("python3 -m venv .venv && .venv/bin/python -m pip install")
        assert len(command.strip().splitlines()) == 1


def test_the_python_examples_run(tmp_path):
    """With samples in ``workout.csv``, and a log in which they are a session."""
    pytest.importorskip("pandas")
    write_csv(tmp_path / "workout.csv", sense(simulate(scenario("nominal", "cable", 3), 3), SensorModel(), 3))
    found = tracker.analyze(tmp_path / "workout.csv", exercise="cable")
    with tracker.open_journal(tmp_path, readonly=False) as journal:
        began = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
        session = journal.begin_session(SessionStart(started_at=began, algorithm_version="1", exercise="cable"))
        for one in found.logged:
            journal.save_set(session, one.measured, one.context, form=one.form)
        journal.end_session(session, Ending.FINISHED, ended_at=began)
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks("python"))],
        cwd=tmp_path,
        env={"PYTHONPATH": str(README.parent), "PYTHONIOENCODING": "utf-8", "KICKBACK_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Rep(" in run.stdout
    assert "ExerciseSet(" in run.stdout


@pytest.mark.parametrize("word", [*Flag, *FormFlag, *Reason, *exercises()])
def test_every_word_of_the_vocabularies_is_there(word):
    assert f"`{word}`" in TEXT


def test_every_command_is_documented_and_no_other():
    typer = pytest.importorskip("typer.main")
    from tracker.cli import app

    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert commands == set(typer.get_command(app).commands)
    assert set(re.findall(r"`kickback ([a-z-]+)[^`]*`", TEXT)) - {"COMMAND"} == commands


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (README.parent / target).exists(), target


def test_the_table_of_sensors_says_what_the_families_say():
    table = TEXT.split("## Sensors")[1].split("## Form")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    clocks = {"index": "numbers its samples", "time": "stamps its samples", "none": "none: arrival"}
    assert rows == [
        [f.name, ", ".join(map(str, f.rates_hz)) or "its own", clocks[f.clock], f.cannot or "–", f.evidence]
        for f in FAMILIES.values()
    ]
