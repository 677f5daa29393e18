"""``kickback trends`` and ``kickback log --calendar``: like with like, each number with its error."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import targets_of
from tracker.exercises import exercise
from tracker.journal import (
    ChangeKind,
    ChangeLoad,
    Journal,
    ScoredSet,
    SessionStart,
    SetContext,
    SetKind,
    journal_path,
)
from tracker.motion.values import ExerciseSet, Rep

from .conftest import Kickback

BEGUN = datetime(2025, 3, 1, 18, tzinfo=UTC)
Log = Callable[..., str]


def one_set(number: int, *, far: float = 35.0, reps: int = 4) -> ExerciseSet:
    made = tuple(
        Rep(i + 1, at := 100.0 * number + 8.0 * i, at + 2.0, at + 3.0, at + 6.0, at + 6.1, far + 0.3 * (i % 3), 60.0)
        for i in range(reps)
    )
    return ExerciseSet(number, made, (), (*[2.0] * (reps - 1), None), made[-1].end_s + 8.0)


@pytest.fixture
def log(data: Path) -> Log:
    """Log a session of one set of either leg; return its id."""

    def add(day: int, *, placement: str | None = None, id_: str = "cable", far: float = 35.0, **said: object) -> str:
        start = SessionStart(started_at=BEGUN + timedelta(days=day), algorithm_version="4", exercise=id_)
        with Journal.open(journal_path(data)) as journal:
            session = journal.begin_session(start)
            if placement:
                journal.answer(session, "placement", placement)
            for number, side in enumerate(("left", "right"), 1):
                measured = one_set(number, far=far if side == "right" else 35.0 + 0.2 * (day % 2))
                context = SetContext(side=side, exercise=id_, **{"load_kg": 10.0, **said})
                form = judge_set(measured, targets_of(exercise(id_)))
                journal.save(session, ScoredSet(measured=measured, context=context, form=form))
            return session

    return add


def trends(kickback: Kickback, *arguments: str) -> list[dict]:
    done = kickback("trends", *arguments, "--json")
    assert (done.code, done.err) == (0, "")
    found: list[dict] = json.loads(done.out)["trends"]
    return found


def test_nothing_yet(kickback: Kickback) -> None:
    assert "kickback demo" in kickback("trends").out
    assert trends(kickback) == []
    assert "kickback demo" in kickback("log", "--calendar").out
    assert json.loads(kickback("log", "--calendar", "--json").out)["days"] == []


def test_each_kind_is_a_line_of_its_own(kickback: Kickback, log: Log) -> None:
    log(0, placement="alone")
    log(1, placement="accessory")
    log(2, id_="band", load_kg=None, load_label="red")
    found = trends(kickback)
    kinds = {(one["exercise"], one["side"], one["placement"], one["load_label"]) for one in found}
    assert kinds == {
        (id_, side, placement, label)
        for id_, placement, label in (("cable", "alone", None), ("cable", "accessory", None), ("band", None, "red"))
        for side in ("left", "right")
    }
    assert len(found) == len(kinds)
    assert [one["exercise"] for one in trends(kickback, "band")] == ["band", "band"]
    assert {one["side"] for one in trends(kickback, "--side", "left")} == {"left"}
    assert {one["placement"] for one in trends(kickback, "--placement", "alone")} == {"alone"}
    assert {one["sessions"][0]["started_at"][:10] for one in trends(kickback, "--since", "2025-03-03")} == {
        "2025-03-03"
    }


def test_an_edit_moves_the_trend_and_a_warm_up_leaves_it(kickback: Kickback, log: Log, data: Path) -> None:
    session = log(0)
    with Journal.open(journal_path(data)) as journal:
        first, second = journal.session(session).sets
        journal.edit(session, ChangeLoad(first.set_id, 20.0))
        warm_up = journal.edit(session, ChangeKind(second.set_id, SetKind.WARM_UP))
        (left,) = trends(kickback)
        assert (left["side"], left["sessions"][0]["load_kg"], left["sessions"][0]["volume_kg"]) == ("left", 20.0, 80.0)
        journal.undo(warm_up)
        assert len(trends(kickback)) == 2


def test_numbers_and_errors_stand_side_by_side(kickback: Kickback, log: Log) -> None:
    for day in range(8):
        log(day, far=40.0)
    out = kickback("trends", "cable").out
    assert "cable" in out
    assert "8 sessions" in out
    assert "100 %" in out  # the usual tempo, no range of one's own yet
    assert "±0.7°" in out
    assert "not known" in out
    assert "left, 4" in out  # 35° left, 40° right stands out
    assert "may be noise" in out
    overview = kickback("trends").out
    assert "reps in band" in overview
    assert "±0.7°" in overview
    (left, _) = sorted(trends(kickback), key=lambda one: one["side"])
    assert left["metrics"]["in_band"]["now"] == 1.0
    assert left["metrics"]["range_deg"]["error"] == "range: 95 of 100 repetitions within 0.63°"
    assert left["sessions"][0]["judged_by"] == "tempo"


def test_a_narrow_terminal(kickback: Kickback, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(3):
        log(day)
    for width in (60, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        for arguments in (["trends"], ["trends", "cable"], ["log", "--calendar"]):
            lines = kickback(*arguments).out.splitlines()
            assert max(map(len, lines)) <= width


def test_the_calendar(kickback: Kickback, log: Log) -> None:
    log(0)
    log(1)
    log(1)
    out = kickback("log", "--calendar", "--year", "2025").out
    assert "2 days with 3 sessions, 24 reps of work" in out
    assert "Mar" in out
    days = json.loads(kickback("log", "--calendar", "--json").out)["days"]
    assert days == [
        {"day": "2025-03-01", "sessions": 1, "sets": 2, "reps": 8},
        {"day": "2025-03-02", "sessions": 2, "sets": 4, "reps": 16},
    ]
    grid = [line[4:] for line in out.splitlines()[1:8]]
    assert sum(line.count("█") + line.count("▒") + line.count("░") + line.count("▓") for line in grid) == 2
    assert sum(len(line.strip("\n").replace(" ", "")) for line in grid) == 365


def test_the_page(kickback: Kickback, log: Log, tmp_path: Path) -> None:
    log(0)
    page = tmp_path / "trends.html"
    assert kickback("trends", "--html", page).out == f"{page}\n"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    again = kickback("trends", "--html", page)
    assert again.code == 2
    assert "already exists" in again.err
    assert kickback("trends", "--html", page, "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trends", "squat"], "EXERCISE: no exercise 'squat'; there are: cable"),
        (["trends", "--side", "both"], "--side: 'both' is neither left nor right"),
        (["trends", "--since", "yesterday"], "--since: 'yesterday' is not a day such as 2025-03-01"),
        (["trends", "--placement", "late"], "--placement: no set stood at 'late'; there are: alone"),
        (["trends", "--json", "--html", "x.html"], "--json and --html: one of them"),
        (["log", "--year", "2025"], "--year: only with --calendar"),
        (["log", "--calendar", "--year", "1999"], "--year: no session in 1999; there are: 2025"),
    ],
)
def test_bad_input_is_one_line(kickback: Kickback, log: Log, arguments: list[str], line: str) -> None:
    log(0, placement="alone")
    done = kickback(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"kickback: {line}")
    assert done.err.count("\n") == 1


def test_what_was_never_trained_is_said(kickback: Kickback, log: Log) -> None:
    log(0)
    assert kickback("trends", "band").out == "Nothing of band yet.\n"
