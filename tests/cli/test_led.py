"""A session that is led: what is pressed, what is shown, and what the log says of it are one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.cli.coached import Coached
from tracker.cli.live_screen import JsonScreen
from tracker.coaching.coach import Coach
from tracker.commands import Correction
from tracker.exercises import exercise
from tracker.journal import AddRep, DeleteSet, Ending, Session, SetKind
from tracker.motion.now import Now, Phase
from tracker.motion.values import Peak
from tracker.recording import Marker, MarkerKind

from .leading import PLAN, Stand, replayed


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def test_what_is_said_of_the_last_set_bears_its_number_in_the_log(stand: Stand) -> None:
    assert stand.board.last_set_number is None
    stand.done(3)
    stand.press("check")
    stand.done(1)
    assert [(one["set"], one["planned"]) for one in stand.led.sets] == [(1, True), (2, False)]
    assert (stand.led.newest, stand.board.last_set_number) == (2, 1)
    stand.led.correct(Correction(1, "added", 2))
    stand.drain()
    assert stand.board.last_set_added == 2
    assert [one["words"].split(",")[0] for one in stand.led.sets] == ["5 repetitions", "to check the strap"]
    assert [len(one.reps) for one in stand.end().sets] == [5, 1]


def test_there_is_no_other_set(stand: Stand) -> None:
    stand.done(2)
    with pytest.raises(ValueError, match="no set 2"):
        stand.led.correct(Correction(2, "added", 1))
    assert stand.marks(MarkerKind.CORRECTION) == []


def test_taken_up_again_the_last_set_is_as_the_log_has_it(stand: Stand, tmp_path: Path) -> None:
    """With a set deleted meanwhile: numbers go on behind the highest, and rows are found by theirs."""
    stand.done(2)
    stand.done(3)
    stand.done(4)
    session = stand.end(Ending.INTERRUPTED)
    _, last, gone = session.sets
    stand.journal.edit(session.uuid, DeleteSet(gone.set_id))
    stand.journal.edit(session.uuid, AddRep(last.set_id))
    stand.journal.close()
    again = Stand(tmp_path, goes_on=session.uuid)
    assert [one["set"] for one in again.led.sets] == [1, 2]
    assert (again.led.newest, again.board.last_set_number, again.board.last_set_added) == (3, 2, 1)
    assert [row.rep for row in again.board.last_set] == [1, 2, 3]
    again.led.correct(Correction(2, "deleted", [last.measured.reps[0].peak]))
    assert [row.rep for row in again.board.last_set] == [None, 1, 2]
    assert again.led.sets[-1]["words"].startswith("3 repetitions")
    again.done(5)
    assert again.led.sets[-1]["set"] == again.board.last_set_number == 4
    again.led.correct(Correction(4, "side", "right"))
    again.drain()
    assert [one["side"] for one in again.led.sets] == ["left", "left", "right"]
    read = again.end()
    assert [(one.number, len(one.reps), one.context.side) for one in read.sets] == [
        (1, 2, "left"),
        (2, 3, "left"),
        (4, 5, "right"),
    ]


def listed(stand: Stand) -> list[tuple[int, bool, str]]:
    return [(one["set"], one["planned"], one["words"].split(" ")[0]) for one in stand.led.sets]


def kept(session: Session) -> list[tuple[SetKind, int]]:
    return [(one.context.kind, len(one.reps)) for one in session.sets]


def test_a_checked_strap_is_a_set_of_its_own(stand: Stand, tmp_path: Path) -> None:
    """Also where the set before it is still under way."""
    stand.lift(2)
    stand.press("check")
    assert (stand.board.checking, stand.led.coach.done) == (True, 1)
    stand.swing()
    assert not stand.board.checking
    assert stand.board.message == "the strap holds"
    assert listed(stand) == [(1, True, "2"), (2, False, "to")]
    stand.done(3)
    session = stand.end()
    assert kept(session) == [(SetKind.WORK, 2), (SetKind.CHECK, 1), (SetKind.WORK, 3)]
    assert kept(replayed(tmp_path, stand.recorded)) == kept(session)


@pytest.mark.parametrize("stands_still_s", [0.0, 5.0])
def test_who_begins_during_a_check_is_counted(stand: Stand, tmp_path: Path, stands_still_s: float) -> None:
    stand.press("check")
    stand.look(stands_still_s)
    stand.lift()
    assert stand.board.count == 0
    stand.top()
    assert (stand.board.count, stand.board.checking) == (2, False)
    stand.back(stand.peak)
    stand.done(2)
    assert listed(stand) == [(1, True, "4")]
    session = stand.end()
    assert kept(session) == [(SetKind.WORK, 4)]
    assert kept(replayed(tmp_path, stand.recorded)) == kept(session)


def test_a_check_gives_up_without_samples_of_the_pose_too(stand: Stand) -> None:
    stand.press("check")
    stand.look(58.0, None)
    stand.lift()
    assert stand.board.count == 0
    stand.look(1.0, None)
    assert (stand.board.count, stand.board.checking) == (1, False)
    assert stand.board.message == "the strap was not checked"
    stand.rest()
    assert kept(stand.end()) == [(SetKind.WORK, 1)]


@pytest.mark.parametrize("ends", ["check", "calibrate", "switch", "lost"])
def test_a_check_can_be_ended(stand: Stand, ends: str) -> None:
    stand.press("check")
    stand.lift()
    if ends == "lost":
        stand.do(Marker(0, MarkerKind.LINK_LOST))
    else:
        stand.press(ends)
    assert not stand.board.checking
    stand.done(2)
    reps = {"check": [3], "lost": [3], "calibrate": [3], "switch": [1, 2]}[ends]
    kind = SetKind.CALIBRATION if ends == "calibrate" else SetKind.WORK
    assert kept(stand.end()) == [(kind, count) for count in reps]


def test_undo_does_nothing_during_a_check(stand: Stand) -> None:
    stand.done(2)
    stand.press("check")
    stand.lift()
    before, marks = stand.board, len(stand.recorded)
    stand.press("undo")
    assert (stand.board, len(stand.recorded)) == (before, marks)


def test_a_check_goes_on_after_a_set_of_one_swing(stand: Stand) -> None:
    """The leg was not still enough: what is swung next is of the check too, also in the log."""
    stand.press("check")
    stand.done(1)
    stand.swing()
    assert [one["planned"] for one in stand.led.sets] == [False, False]
    assert kept(stand.end()) == [(SetKind.CHECK, 1), (SetKind.CHECK, 1)]


def test_an_exercise_whose_strap_cannot_be_checked(tmp_path: Path) -> None:
    stand = Stand(tmp_path, replace(PLAN, exercise="ankle-weight-straightening"), id_="ankle-weight-straightening")
    stand.press("check")
    assert not stand.board.checking
    assert "cannot be checked" in stand.board.message
    stand.done(2)
    assert kept(stand.end()) == [(SetKind.WORK, 2)]


@pytest.mark.parametrize("pressed", ["check", "calibrate"])
def test_behind_the_plan_sets_are_work_again(tmp_path: Path, pressed: str) -> None:
    stand = Stand(tmp_path, replace(PLAN, sets=1))
    stand.done(1)
    assert stand.board.set_number is None
    stand.press(pressed)
    stand.swing()
    stand.rest()
    stand.done(3)
    kind = {"calibrate": SetKind.CALIBRATION, "check": SetKind.CHECK}[pressed]
    assert kept(stand.end()) == [(SetKind.WORK, 1), (kind, 1), (SetKind.WORK, 3)]


def agree(stand: Stand, folder: Path) -> None:
    """Screen, log and replay say the same repetitions of every set of the plan."""
    shown = [(one["set"], int(one["words"].split(" ")[0])) for one in stand.led.sets if one["planned"]]
    rows = [(row.peak, row.rep is None) for row in stand.board.last_set]
    last = stand.board.last_set_number
    session = stand.end()
    assert [(one.number, len(one.reps)) for one in session.sets if one.context.kind is not SetKind.CHECK] == shown
    for read in (session, replayed(folder, stand.recorded)):
        assert kept(read) == kept(session)
        if last is not None:
            one = next(one for one in read.sets if one.number == last)
            gone = {logged.rep.peak for logged in one.deleted if logged.rep is not None}
            assert [(rep.peak, rep.peak in gone) for rep in one.measured.reps] == rows


def test_undo_after_a_set_and_its_corrections_agree(stand: Stand, tmp_path: Path) -> None:
    first, second, third = stand.done(3)
    stand.press("undo")
    stand.led.correct(Correction(1, "deleted", [second]))  # the third counts again
    stand.drain()
    stand.press("undo")
    assert [row.rep for row in stand.board.last_set] == [1, None, None]
    assert [row.peak for row in stand.board.last_set] == [first, second, third]
    stand.press("undo", "undo", "undo")
    agree(stand, tmp_path)


def test_undo_after_a_check_takes_back_what_is_shown(stand: Stand, tmp_path: Path) -> None:
    stand.done(3)
    stand.press("check")
    stand.swing()
    stand.press("undo")
    assert listed(stand) == [(1, True, "2"), (2, False, "to")]
    agree(stand, tmp_path)


def test_undo_during_a_set_names_the_repetition(stand: Stand, tmp_path: Path) -> None:
    """Another top that is reached before the mark is read stays."""
    first = stand.lift()[0]
    stand.queue.append(Peak(2, 9.0, 9.0))
    stand.press("undo")
    stand.back(2)
    assert stand.marks(MarkerKind.UNDO) == [str(first)]
    stand.rest()
    assert [row.rep for row in stand.board.last_set] == [None, 1]
    agree(stand, tmp_path)


def test_with_all_of_a_set_taken_back_undo_goes_on_in_the_one_before(stand: Stand, tmp_path: Path) -> None:
    stand.done(2)
    stand.lift()
    stand.press("undo", "undo")
    stand.rest()
    assert listed(stand) == [(1, True, "1"), (2, True, "0")]
    agree(stand, tmp_path)


def test_a_set_that_closes_while_paused_is_followed_by_the_other_leg(tmp_path: Path) -> None:
    stand = Stand(tmp_path, replace(PLAN, sides=("left", "right")))
    stand.lift(2)
    stand.press("pause")
    stand.rest()
    assert stand.marks(MarkerKind.SIDE) == ["left", "right"]
    stand.press("resume")
    stand.done(2)
    assert [one.context.side for one in stand.end().sets] == ["left", "right"]


def test_words_stay_after_a_resume(stand: Stand, tmp_path: Path) -> None:
    stand.done(2)
    uuid = stand.end(Ending.INTERRUPTED).uuid
    stand.journal.close()
    again = Stand(tmp_path, goes_on=uuid)
    again.press("pause", "resume")
    assert again.led.sets[0]["words"].startswith("2 repetitions")
    again.press("undo")
    assert again.led.sets[0]["words"].startswith("1 repetition,")
    assert [len(one.reps) for one in again.end().sets] == [1]


def test_the_other_leg_carries_on(stand: Stand, tmp_path: Path) -> None:
    """Also in the middle of a set, which is the first leg's; with the same exercise and load."""
    stand.lift(2)
    stand.press("switch")
    assert (stand.board.side, stand.board.set_number, stand.board.message) == ("right", 2, "right leg")
    stand.done(3)
    stand.press("switch")
    stand.done(4)
    stand.done(1)
    assert [one["side"] for one in stand.led.sets] == ["left", "right", "left", "left"]
    session = stand.end()
    assert [(one.context.side, len(one.reps)) for one in session.sets] == [
        ("left", 2),
        ("right", 3),
        ("left", 4),
        ("left", 1),
    ]
    assert {one.context.exercise for one in session.sets} == {"cable"}


def test_lines_and_json_are_never_silenced_by_a_jolt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody could press that it goes on."""
    plan = replace(PLAN, exercise="dumbbell")
    screen = Coached(JsonScreen(tmp_path), Coach(plan, exercise("dumbbell")), lambda made, side: None)
    screen.led.look(None, Now(3.0, Phase.LIFT, 2.5, 20.0, 40.0))
    screen.led.show(Peak(1, 3.0, 3.1))
    cues = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ("jolt", "that was a jolt: is the weight secure?") in [(cue["kind"], cue["text"]) for cue in cues]
    assert ("count", 1.0) in [(cue["kind"], cue["value"]) for cue in cues]
    assert not screen.led.board.state.paused
