"""Corrections from the command line: what was measured stays, and all can be taken back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.journal import Journal, ScoredSet, SessionStart, SetContext, journal_path
from tracker.motion.values import ExerciseSet, Rep

from .conftest import Kickback, Outcome


def one_set(number: int, reps: int = 4) -> ExerciseSet:
    made = tuple(
        Rep(i + 1, at := 100.0 * number + 5.0 * i, at + 1.0, at + 1.5, at + 3.5, at + 3.6, 34.0 + i, 60.0)
        for i in range(reps)
    )
    return ExerciseSet(number, made, (), (*[1.5] * (reps - 1), None), made[-1].end_s + 8.0)


@pytest.fixture
def session(data: Path) -> str:
    start = SessionStart(started_at=datetime(2025, 3, 1, 18, tzinfo=UTC), algorithm_version="4", exercise="cable")
    with Journal.open(journal_path(data)) as journal:
        uuid = journal.begin_session(start)
        said = SetContext(side="left", exercise="cable", load_kg=10.0)
        journal.save(uuid, *(ScoredSet(measured=one_set(number), context=said) for number in (1, 2)))
    return uuid


def shown(kickback: Kickback) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(kickback("show", "--json").out)
    return out


def counts(kickback: Kickback) -> list[tuple[int, int]]:
    return [(one["set"], len(one["reps"])) for one in shown(kickback)["sets"]]


def ok(done: Outcome) -> str:
    assert (done.code, done.err) == (0, "")
    return done.out


def test_all_sets_or_one(kickback: Kickback, session: str) -> None:
    ok(kickback("edit", "last", "--load", "12.5", "--side", "right"))
    ok(kickback("edit", session[:6], "--set", "2", "--exercise", "band", "--label", "red", "--load", "none"))
    ok(kickback("edit", "last", "--set", "1", "--kind", "warm-up"))
    first, second = shown(kickback)["sets"]
    assert (first["load_kg"], first["working_side"], first["exercise"], first["kind"]) == (
        12.5,
        "right",
        "cable",
        "warm-up",
    )
    assert (second["load_kg"], second["load_label"], second["exercise"], second["kind"]) == (
        None,
        "red",
        "band",
        "work",
    )


def test_the_log_says_what_all_sets_say_now(kickback: Kickback, session: str) -> None:
    def line() -> tuple[object, ...]:
        one = json.loads(kickback("log", "--json").out)["sessions"][0]
        return one["exercise"], one["working_side"], one["load_kg"]

    assert line() == ("cable", None, None)
    ok(kickback("edit", "last", "--load", "12.5", "--exercise", "machine"))
    assert line() == ("machine", "left", 12.5)
    ok(kickback("edit", "last", "--set", "1", "--load", "none", "--side", "right"))
    assert line() == ("machine", None, None)
    ok(kickback("edit", "last", "--set", "2", "--delete"))
    assert line() == ("machine", "right", None)
    for _ in range(3):
        ok(kickback("edit", "last", "--undo"))
    assert line() == ("cable", "left", 10.0)


def test_undo_takes_back_what_one_command_did(kickback: Kickback, session: str) -> None:
    before = shown(kickback)["sets"]
    ok(kickback("edit", "last", "--load", "12.5"))
    ok(kickback("edit", "last", "--side", "right"))
    ok(kickback("edit", "last", "--undo"))
    assert [(one["load_kg"], one["working_side"]) for one in shown(kickback)["sets"]] == [(12.5, "left")] * 2
    ok(kickback("edit", "last", "--undo"))
    assert shown(kickback)["sets"] == before
    refused = kickback("edit", "last", "--undo")
    assert (refused.code, refused.err) == (2, "kickback: --undo: there is no edit left\n")


def test_an_undo_can_be_undone(kickback: Kickback, session: str) -> None:
    ok(kickback("edit", "last", "--set", "1", "--load", "12.5"))
    ok(kickback("edit", "last", "--undo"))
    undo = shown(kickback)["edits"][-1]["edit"]
    ok(kickback("edit", "last", "--undo-of", undo))
    assert [one["load_kg"] for one in shown(kickback)["sets"]] == [12.5, 10.0]


def test_a_repetition_is_deleted_and_restored(kickback: Kickback, session: str) -> None:
    ok(kickback("edit", "last", "--set", "2", "--rep", "3", "--delete"))
    assert counts(kickback) == [(1, 4), (2, 3)]
    ok(kickback("edit", "last", "--set", "2", "--rep", "3", "--delete"))
    assert counts(kickback) == [(1, 4), (2, 2)]
    ok(kickback("edit", "last", "--set", "2", "--rep", "3", "--restore"))
    ok(kickback("edit", "last", "--set", "2", "--rep", "3", "--restore"))
    assert counts(kickback) == [(1, 4), (2, 4)]
    assert kickback("edit", "last", "--set", "2", "--rep", "3", "--restore").code == 2


def test_a_set_is_deleted_and_restored(kickback: Kickback, session: str) -> None:
    before = shown(kickback)
    ok(kickback("edit", "last", "--set", "1", "--delete"))
    assert counts(kickback) == [(2, 4)]
    assert "Set 1" not in kickback("show").out
    assert json.loads(kickback("log", "--json").out)["sessions"][0]["reps"] == 4
    ok(kickback("edit", "last", "--set", "1", "--restore"))
    assert shown(kickback)["sets"] == before["sets"]
    assert shown(kickback)["fingerprint"] == before["fingerprint"]


def test_a_repetition_is_added(kickback: Kickback, session: str) -> None:
    ok(kickback("edit", "last", "--set", "1", "--add-rep"))
    assert counts(kickback) == [(1, 5), (2, 4)]
    refused = kickback("edit", "last", "--set", "1", "--rep", "5", "--delete")
    assert refused.code == 2
    assert "was added by edit" in refused.err


def test_notes_are_replaced_everywhere_and_come_back(kickback: Kickback, session: str) -> None:
    ok(kickback("edit", "last", "--note", "hole 3, left first"))
    assert shown(kickback)["notes"] == "hole 3, left first"
    assert json.loads(kickback("log", "--json").out)["sessions"][0]["notes"] == "hole 3, left first"
    ok(kickback("edit", "last", "--undo"))
    assert shown(kickback)["notes"] == json.loads(kickback("log", "--json").out)["sessions"][0]["notes"] == ""


def test_history_says_what_where_and_whether_it_stands(kickback: Kickback, session: str) -> None:
    assert "nothing was edited" in ok(kickback("edit", "last", "--history"))
    ok(kickback("edit", "last", "--set", "2", "--rep", "3", "--delete"))
    ok(kickback("edit", "last", "--set", "1", "--load", "11"))
    ok(kickback("edit", "last", "--undo"))
    lines = ok(kickback("edit", "last", "--history")).splitlines()
    assert len(lines) == 3
    assert "set 2, repetition 3: repetition deleted" in lines[0]
    assert "set 1: load is 11 kg" in lines[1]
    assert lines[1].endswith("undone")
    assert "undo of" in lines[2]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "nothing to do"),
        (["--load", "heavy"], "--load: 'heavy' is neither kilograms"),
        (["--load", "-1"], "--load: '-1' is neither kilograms"),
        (["--load", "inf"], "--load: 'inf'"),
        (["--side", "both"], "--side: 'both' is neither left nor right"),
        (["--kind", "play"], "--kind: 'play' is none of work"),
        (["--exercise", "squat"], "--exercise: no exercise 'squat'"),
        (["--set", "9", "--load", "1"], "has no set 9; there are: 1, 2"),
        (["--set", "1", "--rep", "9", "--delete"], "--rep: set 1 has repetitions 1 to 4, not 9"),
        (["--rep", "1", "--load", "1"], "--rep: only with"),
        (["--delete"], "--set: which one?"),
        (["--delete", "--set", "1", "--load", "1"], "stand alone"),
        (["--undo", "--history"], "stand alone"),
        (["--undo-of", "99"], "has no edit 99"),
        (["--set", "1", "--restore"], "--restore: set 1 was not taken out"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    kickback: Kickback, session: str, arguments: list[str], line: str
) -> None:
    before = shown(kickback)
    done = kickback("edit", "last", *arguments)
    assert (done.code, done.out) == (2, "")
    assert line in done.err
    assert done.err.count("\n") == 1
    assert shown(kickback) == before
