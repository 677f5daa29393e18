"""A session that is led: what is pressed, what is shown, and what the log says of it are one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.commands import Correction
from tracker.journal import AddRep, DeleteSet, Ending
from tracker.recording import MarkerKind

from .leading import Stand


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
