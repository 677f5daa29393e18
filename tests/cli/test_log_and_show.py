from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tracker.cli.console import PlainConsole
from tracker.cli.view import View
from tracker.journal import (
    AddRep,
    ChangeLoad,
    ChangeSide,
    DeleteRep,
    Ending,
    Journal,
    ScoredGap,
    ScoredRejected,
    SessionStart,
    SetContext,
    SetKind,
    journal_path,
)
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Flag, Peak, Reason, Rejected, Rep
from tracker.not_counted import Line, without_steps
from tracker.wording import clock

from .conftest import ROOT, Kickback, environment


def rep(peak: int, at_s: float, *, range_deg: float | None = 34.5, flags: tuple[Flag, ...] = ()) -> Rep:
    return Rep(peak, at_s, at_s + 1, at_s + 1.5, at_s + 3, at_s + 3.1, range_deg, 60.0, flags)


def a_set(number: int = 1) -> ExerciseSet:
    reps = (rep(1, 10.0), rep(2, 14.0, range_deg=None, flags=(Flag.GAP,)), rep(4, 22.0))
    return ExerciseSet(number, reps, (rep(3, 18.0, range_deg=12.0),), (1.0, 1.0, None), 33.0)


@pytest.fixture
def session(data: Path) -> str:
    with Journal.open(journal_path(data)) as journal:
        start = SessionStart(
            started_at=datetime(2025, 3, 1, 18, 30, tzinfo=UTC),
            algorithm_version="1",
            exercise="cable",
            working_side="left",
            notes="felt \x1b[31mfine\nsecond [bold]line",
        )
        uuid = journal.begin_session(start)
        context = SetContext(side="right", exercise="band", load_label="red \x1b[2J", kind=SetKind.WARM_UP)
        journal.save_set(uuid, a_set(), context)
        partial = Rejected(3, 18.0, 21.0, 21.1, Reason.PARTIAL, "range 12° < 60%", rep(3, 18.0))
        small = Rejected(5, 40.0, 41.0, 41.1, Reason.TOO_SMALL, "range 5° < 8°")
        journal.save(uuid, ScoredRejected(measured=partial), ScoredRejected(measured=small))
        journal.save(uuid, ScoredGap(measured=Gap(50.0, 50.4, 39)))
        journal.answer(uuid, "reps-in-reserve", 2, set_number=1)
        logged = journal.session(uuid).sets[0]
        assert logged.reps[0].rep_id is not None
        journal.edit(uuid, DeleteRep(logged.reps[0].rep_id))
        journal.edit(uuid, AddRep(logged.set_id))
        journal.undo(journal.edit(uuid, ChangeSide(logged.set_id, "left")))
        journal.edit(uuid, ChangeLoad(logged.set_id, 12.5))
        journal.end_session(uuid, Ending.PAIN)
        return uuid


def test_nothing_yet(kickback: Kickback, data: Path) -> None:
    assert "No sessions yet" in kickback("log").out
    assert json.loads(kickback("log", "--json").out) == {"schema": 1, "sessions": []}
    assert not data.exists()


def test_log(kickback: Kickback, session: str) -> None:
    line = kickback("log").out.splitlines()[-1]
    for part in (session[:8], "2025-03-01 18:30", "band", "right", "12.5", "pain"):  # its only set was corrected
        assert part in line
    (listed,) = json.loads(kickback("log", "--json").out)["sessions"]
    assert (listed["session"], listed["ending"], listed["state"]) == (session, "pain", "ended")
    assert (listed["sets"], listed["reps"], listed["partials"], listed["edits"]) == (1, 3, 1, 5)


@pytest.mark.parametrize("columns", [20, 40, 60, 72, 80, 100])
def test_a_narrow_log_keeps_the_ids(
    kickback: Kickback, session: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = kickback("log").out
    head, line = out.splitlines()
    assert max(len(head), len(line)) <= columns
    assert line.split()[0] == session[:8]
    assert kickback("show", line.split()[0]).code == 0
    assert ("pain" in line) == (columns >= 40)
    assert ("0:06" in line) == (columns >= 80)


def test_an_empty_journal(kickback: Kickback, data: Path) -> None:
    Journal.open(journal_path(data)).close()
    assert kickback("log").out.startswith("No sessions yet")


def test_one_repetition(kickback: Kickback, tmp_path: Path) -> None:
    assert "·  1 repetition  ·" in kickback("demo", "--reps", "1", "--speed", "max").out
    out = kickback("simulate", "--sets", "1", "--reps", "1", "-o", tmp_path / "a.csv").out
    assert "1 repetition, " in out


def test_limit_and_order(kickback: Kickback, data: Path) -> None:
    with Journal.open(journal_path(data)) as journal:
        for day in (3, 1, 2):
            began = datetime(2025, 1, day, tzinfo=UTC)
            journal.begin_session(SessionStart(started_at=began, algorithm_version="1"))
    listed = json.loads(kickback("log", "--json", "-n", "2").out)["sessions"]
    assert [one["started_at"][:10] for one in listed] == ["2025-01-03", "2025-01-02"]
    assert kickback("log").out.count("cut off") == 3
    assert "2025-01-03" in kickback("show").out


def test_show(kickback: Kickback, session: str) -> None:
    for name in (session, session[:6], session.upper(), "last"):
        out = kickback("show", name).out
        assert "\x1b" not in out
        assert "Set 1  ·  3 reps" in out
        assert "right leg" in out
        assert "12.5 kg" in out
        assert "warm-up" in out
        assert "second [bold]line" in out
        assert "1 partial, not counted" in out
        assert "1 deleted, not counted" in out
        assert "Not counted: 1" in out
        assert "range 5° < 8°" in out
        assert "1 gap, 39 samples lost, the longest 0.40 s at 0:50.0" in out
        assert "repetition deleted" in out
        assert "undone" in out
        assert "reps-in-reserve: 2" in out


def test_show_json(kickback: Kickback, session: str) -> None:
    shown = json.loads(kickback("show", session, "--json").out)
    assert (shown["schema"], shown["session"], shown["exercise"]) == (1, session, "cable")
    (one,) = shown["sets"]
    assert (one["working_side"], one["exercise"], one["load_kg"], one["kind"]) == ("right", "band", 12.5, "warm-up")
    assert [(r["rep"], r["start_s"], r["flags"], r["added"]) for r in one["reps"]] == [
        (1, 14.0, ["gap"], False),
        (2, 22.0, [], False),
        (3, None, [], True),
    ]
    assert [r["start_s"] for r in one["deleted"]] == [10.0]
    assert [r["range_deg"] for r in one["partials"]] == [12.0]
    assert [r["reason"] for r in shown["rejected"]] == ["too-small"]
    assert [e["what"]["kind"] if e["what"] else None for e in shown["edits"]] == [
        "DeleteRep",
        "AddRep",
        "ChangeSide",
        None,
        "ChangeLoad",
    ]
    assert shown["answers"][0]["value"] == 2


def test_export_of_a_corrected_session(kickback: Kickback, session: str) -> None:
    lines = kickback("export", session).out.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith(f"{session},1,1,right,band,warm-up,12.5,")
    assert ",14.0,15.0,15.5,17.0," in lines[1]
    assert lines[3].startswith(f"{session},1,3,right,band,warm-up,12.5,")
    done = kickback("export", session, "--what", "samples")
    assert (done.code, done.err) == (2, f"kickback: session {session[:8]} has no recording\n")


def test_reading_changes_nothing(kickback: Kickback, data: Path, session: str) -> None:
    def content() -> bytes:
        return journal_path(data).read_bytes()

    before = content()
    for arguments in (["log"], ["show"], ["export", "last"]):
        assert kickback(*arguments).code == 0
    assert content() == before
    assert [path.name for path in data.iterdir()] == [journal_path(data).name]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_lacks_characters(data: Path, session: str, encoding: str) -> None:
    for arguments in (["show"], ["demo", "--speed", "max", "--reps", "1"], ["--help"]):
        command = [sys.executable, "-m", "tracker", *arguments]
        env = {**environment(data), "PYTHONIOENCODING": encoding}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
        assert done.stderr == b""
        assert done.stdout.decode(encoding)


def viewed(*values: object, terminal: bool = False) -> str:
    text = io.StringIO()
    out: Console = PlainConsole(file=text, width=80, force_terminal=terminal, color_system=None, markup=False)
    view = View(out, "title \x1b[2J")
    view.begin()
    for value in values:
        view.show(value)  # type: ignore[arg-type]
    return text.getvalue()


def test_the_first_was_a_partial_after_all() -> None:
    one = ExerciseSet(1, (rep(2, 14.0), rep(3, 18.0)), (rep(1, 10.0, range_deg=12.0),), (1.0, None), 30.0)
    text = viewed(rep(1, 10.0, range_deg=12.0), rep(2, 14.0), rep(3, 18.0), one)
    assert "the first was a partial after all" in text
    assert "Set 1  ·  2 reps  ·  1 partial" in text


def test_the_count_is_said_at_the_top() -> None:
    values = [rep(1, 10.0), Peak(2, 15.0, 15.1), rep(2, 14.0)]
    assert "\n  2  …\r" in viewed(*values, terminal=True)
    assert "…" not in viewed(*values)
    assert "\x1b" not in viewed(*values)


def test_what_is_not_counted_during_a_set() -> None:
    small = Rejected(2, 14.0, 15.0, 15.1, Reason.TOO_SMALL, "range 5° < 8°")
    assert "too-small, range 5°" not in viewed(small)
    assert "not counted: too-small, range 5° < 8°" in viewed(rep(1, 10.0), small)
    assert "walking" not in viewed(rep(1, 10.0), replace(small, reason=Reason.WALKING))
    assert "2.5 s without data" in viewed(Gap(1.0, 3.5, 249))


def test_pieces_of_what_was_counted_are_not_told() -> None:
    piece = Rejected(2, 12.5, 14.5, 15.1, Reason.INCOMPLETE, "went on to a higher top")
    end = Rejected(5, 30.0, 31.0, 31.0, Reason.INCOMPLETE, "the stream ended")
    one = ExerciseSet(1, (rep(1, 9.0), rep(3, 14.0)), (), (1.0, None), 30.0)
    text = viewed(rep(1, 9.0), piece, rep(3, 14.0), replace(piece, start_s=17.5, end_s=18.0), end, one)
    assert text.count("incomplete") == 1
    assert text.index("incomplete") < text.index("Set 1")


@pytest.mark.parametrize("exercise", ["cable", "glute-bridge", "band"])
def test_show_tells_what_the_live_view_told(kickback: Kickback, exercise: str) -> None:
    live = kickback("demo", "--exercise", exercise, "--speed", "max").out
    assert "6 of 6 counted" in live
    assert "incomplete" not in live + kickback("show").out
    rejected = json.loads(kickback("show", "--json").out)["rejected"]
    assert not rejected or f"Not counted: {len(rejected)}" in kickback("show", "--all").out


def test_lines_fit_a_narrow_terminal() -> None:
    slow = Rep(1, 10.0, 20.0, 30.0, 40.0, 40.1, 34.5, 60.0, (Flag.GAP,))
    lines = viewed(slow).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].endswith("…  gap")


def test_steps_of_a_walk() -> None:
    walk = [Line(float(i), i + 0.5, ("walking", "too-fast")[i % 2], "") for i in range(5)]
    small = Line(9.0, 9.5, "too-small", "range 5° < 8°")
    assert without_steps([*walk, small]) == [Line(0.0, 4.5, "walking", "5 steps"), small]
    assert without_steps(walk[:2]) == walk[:2]
    assert without_steps([replace(line, reason="too-fast") for line in walk])[0].reason == "too-fast"
    assert without_steps([]) == []


def test_clock() -> None:
    assert [clock(t) for t in (0.0, 59.96, 3599.99, -1.25)] == ["0:00.0", "1:00.0", "60:00.0", "-0:01.2"]
