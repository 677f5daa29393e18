"""The proving ground's command, and that a killed run goes on where it was."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from tracker.simulation import SetPlan

from . import prove, running
from .cells import CELLS, SEALED_FROM, TURNING_IDS, Cell, Ways, case_of
from .proving import Tally, run

SHORT = Cell("short", "stress", Ways(sets=(1, 1), reps=(2, 2), between=("stand",), between_s=(1, 1)))


def test_as_many_seeds_as_repetitions_are_wanted():
    cell = CELLS[0]
    seeds = running.seeds_for(cell, 40, 500)
    planned = [sum(s.reps for s in case_of(cell, n).plan.steps if isinstance(s, SetPlan)) for n in seeds]
    assert seeds.start == 40
    assert len(seeds) % len(TURNING_IDS) == 0
    assert sum(planned[: -len(TURNING_IDS)]) < 500 <= sum(planned)


@pytest.mark.parametrize(("corpus", "least"), [("nominal", 20_000), ("stress", 50_000)])
def test_the_full_run_has_the_repetitions_that_were_asked_for(corpus, least):
    jobs = [job for job in prove.full() if job.cell.corpus == corpus and job.seed_range == "sealed"]
    plans = [case_of(job.cell, seed).plan for job in jobs for seed in job.seeds]
    assert sum(s.reps for plan in plans for s in plan.steps if isinstance(s, SetPlan)) >= least


def test_tuned_and_sealed_seeds_are_never_mixed():
    for job in prove.full():
        assert job.seeds.stop <= SEALED_FROM or job.seeds.start >= SEALED_FROM
        assert [seed for part in job.chunks for seed in part] == list(job.seeds)


def same(a: Tally, b: Tally) -> bool:
    rows = np.allclose(np.array(a.errors), np.array(b.errors), atol=1e-6, equal_nan=True)
    return rows and asdict(a) | {"errors": []} == asdict(b) | {"errors": []}


@pytest.fixture
def only_short(monkeypatch):
    monkeypatch.setattr(running, "CELLS", (SHORT,))


@pytest.mark.usefixtures("only_short")
def test_what_was_kept_is_read_and_not_run_again(tmp_path, monkeypatch):
    fresh = running.chunk("short", range(2), tmp_path)
    assert same(fresh[1], run(case_of(SHORT, 1)))
    assert fresh[0].true == 2
    monkeypatch.setattr(running, "run", lambda case: pytest.fail("run again"))
    again = running.chunk("short", range(2), tmp_path)
    assert all(same(fresh[seed], again[seed]) for seed in (0, 1))


@pytest.mark.usefixtures("only_short")
def test_what_was_cut_off_in_writing_is_run_again(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(running.json, "dumps", lambda *_, allow_nan: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            running.chunk("short", range(1), tmp_path)
    assert not list(tmp_path.glob("*.json"))
    assert running.chunk("short", range(1), tmp_path)[0].true == 2


@pytest.mark.usefixtures("only_short")
def test_nothing_particular_is_kept_of_sealed_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "run", lambda case: Tally(sessions=1, wrong=["missed"]))
    assert running.chunk("short", range(1), tmp_path)[0].wrong == ["missed"]
    assert running.chunk("short", range(SEALED_FROM, SEALED_FROM + 1), tmp_path)[SEALED_FROM].wrong == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--wrong", "--first", "9000"], "sealed"),
        (["--wrong", "--first", "8999"], "sealed"),
        (["--wrong", "--write"], "sealed"),
        (["--first", "8999"], "not both"),
        (["--cells", "no such"], "no such cell"),
        (["--write", "--cells", "idle"], "all cells"),
    ],
)
def test_options_that_make_no_sense(arguments, complaint, capsys):
    assert prove.main(arguments) == 2
    assert complaint in capsys.readouterr().err


def test_a_few_seeds_of_one_cell(tmp_path, capsys):
    assert prove.main(["--cells", "idle: sit", "--seeds", "1", "--workers", "1", "--folder", str(tmp_path)]) == 0
    out = capsys.readouterr()
    assert out.out.startswith("idle: sit ")
    assert "1 of 1 sessions" in out.err
