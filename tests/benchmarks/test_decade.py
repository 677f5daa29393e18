"""The journal of ten years is one like any other; here, some sessions of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.journal import Journal
from tracker.trends import METRICS, trends_of

from . import decade

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "scipy", "jinja2", "bleak", "mcap", "asyncio")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("decade") / "journal.sqlite3"
    decade.make(path, sessions=6)
    return path


def test_it_holds_what_real_sessions_hold(path: Path) -> None:
    with Journal.open(path) as journal:
        sets = journal.trend_sets()
        assert len(sets) == 6 * decade.SETS
        assert 6 * decade.SETS * decade.REPS - 6 <= sum(one.reps for one in sets) <= 6 * decade.SETS * decade.REPS
        whole = journal.session(journal.sessions()[0].uuid)
    assert all(one.form is not None and one.form.tempo_in_band is not None for one in whole.sets)
    assert all(rep.rep is not None and rep.rep.shape is not None for one in whole.sets for rep in one.reps)
    assert whole.rejected
    assert {one.question for one in whole.answers} >= {"placement", "reserve", "felt"}
    known = {metric.id for one in trends_of(sets) for metric in METRICS if one.series(metric).values}
    assert known >= {metric.id for metric in METRICS} - {"range_m", "pain"}
    assert all(one.judged for one in sets if one.exercise != "glute-bridge")


@pytest.mark.parametrize("command", [["log"], ["log", "--calendar"], ["trends"], ["trends", "cable"]])
def test_what_is_looked_at_every_day_loads_nothing_heavy(path: Path, command: list[str]) -> None:
    code = (
        "import sys, json\nfrom tracker.cli import main\n"
        f"sys.argv = ['kickback', '--data-dir', {str(path.parent)!r}, *{command!r}]\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stderr) == []
    assert done.stdout
