"""Whatever is done and pressed, in whatever order: the screen, the log and a replay say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.coaching.board import set_words
from tracker.coaching.plan import WorkoutPlan
from tracker.commands import Correction
from tracker.journal import Session, SetKind
from tracker.motion.values import Reason, Rejected
from tracker.recording import Marker, MarkerKind

from .leading import PLAN, Stand, replayed

NOT_PLANNED = "to check the strap, not counted"
PRESSED = ("undo", "check", "pause", "resume", "switch", "calibrate", "end-set")
DONE = ("lift", "top", "back", "reject", "rest", "swing", "stand", "lost", "delete", "restore", "add", "side", "first")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: most of the time would go into making them."""
    return tmp_path_factory.mktemp("led")


def do(stand: Stand, what: str) -> None:
    """Do one thing, as far as it can be done now."""
    tops, number = stand.hanging, stand.board.last_set_number
    match what:
        case "set" if not tops:
            stand.done(2)
        case "lift":
            stand.lift()
        case "top" if not tops:
            stand.top()
        case "back" if tops:
            stand.back(tops[-1])
        case "reject" if tops:
            at_s = stand.leg.duration_s
            stand.do(Rejected(tops[-1], at_s - 2, at_s, at_s, Reason.TOO_SMALL, ""))
        case "rest" if not tops:
            stand.rest()
        case "swing":
            stand.swing()
        case "stand":
            stand.look(61.0)
        case "lost":
            stand.do(Marker(0, MarkerKind.LINK_LOST), Marker(0, MarkerKind.LINK_BACK))
        case "delete" | "restore" if number is not None:
            gone = [row.peak for row in stand.board.last_set if row.rep is None]
            left = [row.peak for row in stand.board.last_set if row.rep is not None]
            stand.led.correct(Correction(number, "deleted", gone[1:] if what == "restore" else [*gone, *left[:1]]))
        case "first" if any(row["set"] == 1 and row["planned"] for row in stand.led.sets):
            stand.led.correct(Correction(1, "deleted", [1]))
        case "add" | "side" if number is not None:
            stand.led.correct(Correction(number, *{"add": ("added", 2), "side": ("side", "right")}[what]))
        case _ if what in PRESSED:
            stand.led.press(what)
        case "late undo":  # while a repetition is on its way through the queue
            stand.lift(drained=False)
            stand.led.press("undo")
    stand.drain()


Shown = list[tuple[int, bool, str, str]]


def in_log(session: Session) -> Shown:
    """Number, whether it is of the plan, leg, and what each set comes to in words."""
    out: Shown = []
    for one in session.sets:
        planned, totals = one.context.kind is not SetKind.CHECK, one.totals
        words = f"{set_words(totals.reps, totals.time_under_tension_s)}, {totals.in_band} of {totals.judged} in band"
        words = words.removesuffix(", 0 of 0 in band")
        out.append((one.number, planned, one.context.side or "", words if planned else NOT_PLANNED))
    return out


def unjudged(sets: Shown) -> Shown:
    """Without what was in band."""
    return [
        (number, planned, side, re.sub(r", \d+ of \d+ in band", "", words)) for number, planned, side, words in sets
    ]


def check(where: Path, whats: list[str], plan: WorkoutPlan) -> None:
    stand = Stand(where, plan)
    for what in whats:
        do(stand, what)
    stand.press("end-set")
    board, rows = stand.board, stand.led.sets
    session = stand.end()
    shown = [(row["set"], row["planned"], row["side"], row["words"]) for row in rows]
    for read in (session, replayed(where, stand.recorded)):
        logged = in_log(read)
        if {"calibrate", "side"}.intersection(whats):  # the log judges by the range and the leg that it was told before
            logged, shown = unjudged(logged), unjudged(shown)
        assert logged == shown
        last = next((one for one in read.sets if one.number == board.last_set_number), None)
        if last is not None:
            gone = {one.rep.peak for one in last.deleted if one.rep is not None}
            assert [(rep.peak, rep.peak in gone) for rep in last.measured.reps] == [
                (row.peak, row.rep is None) for row in board.last_set
            ]
            assert board.last_set_added == sum(one.rep is None for one in last.reps)
    planned = [number for number, of_plan, *_ in shown if of_plan]
    assert board.last_set_number == (planned[-1] if planned else None)
    stand.journal.close()
    again = Stand(where, plan, goes_on=session.uuid)
    assert again.led.newest == len(rows)
    if "calibrate" not in whats:  # a range that was made since judges on from there
        assert again.led.sets == rows
        assert (again.board.last_set, again.board.last_set_number) == (board.last_set, board.last_set_number)
        assert again.board.last_set_added == board.last_set_added
    again.journal.close()


@settings(max_examples=60, deadline=None)
@given(
    whats=st.lists(st.sampled_from((*DONE, "lift", "set", "set", "late undo", *PRESSED)), min_size=8, max_size=30),
    both=st.booleans(),
)
@example(whats=["lift", "check", "lift", "lift", "rest", "undo", "delete", "undo"], both=False)
@example(whats=["set", "side", "set", "check", "swing", "add", "undo", "restore"], both=True)
def test_screen_log_and_replay_agree(folder: Path, whats: list[str], both: bool) -> None:
    check(folder, whats, replace(PLAN, sides=("left", "right")) if both else PLAN)
