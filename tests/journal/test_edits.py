from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.journal import (
    AddRep,
    ChangeExercise,
    ChangeKind,
    ChangeLabel,
    ChangeLoad,
    ChangeNotes,
    ChangeSide,
    DeleteRep,
    DeleteSet,
    Edit,
    Journal,
    JournalError,
    Scored,
    ScoredSet,
    Session,
    SessionStart,
    SetContext,
    SetKind,
)

MEASURED = ("sets", "reps", "rejected", "gaps")


def measured_rows(path: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in MEASURED]


@pytest.fixture
def saved(journal: Journal, session: str, make_set) -> Session:
    journal.save_set(session, make_set(1))
    journal.save_set(session, make_set(2))
    return journal.session(session)


def test_a_deleted_repetition_is_shown_as_deleted(journal: Journal, saved: Session) -> None:
    gone = saved.sets[0].reps[1]
    edit_id = journal.edit(saved.uuid, DeleteRep(gone.rep_id))
    read = journal.session(saved.uuid)
    assert [rep.number for rep in read.sets[0].reps] == [1, 2, 3]
    assert [rep.rep_id for rep in read.sets[0].deleted] == [gone.rep_id]
    assert read.sets[0].deleted[0].edit_id == edit_id
    assert read.sets[0].edits == (edit_id,)
    assert read.sets[0].measured == saved.sets[0].measured
    assert read.sets[0].totals.reps == 3
    assert [(item.edit, item.applied, item.undone) for item in read.edits] == [(DeleteRep(gone.rep_id), True, False)]
    (summary,) = journal.sessions()
    assert (summary.reps, summary.edits) == (7, 1)


def test_a_repetition_without_numbers_counts_last(journal: Journal, saved: Session) -> None:
    edit_id = journal.edit(saved.uuid, AddRep(saved.sets[0].set_id))
    read = journal.session(saved.uuid).sets[0]
    assert (read.reps[-1].number, read.reps[-1].rep, read.reps[-1].edit_id) == (5, None, edit_id)
    before, after = saved.sets[0].totals, read.totals
    assert after.reps == before.reps + 1
    assert after.time_under_tension_s == before.time_under_tension_s


def test_a_partial_can_be_counted(journal: Journal, saved: Session) -> None:
    partial = saved.sets[0].partials[0]
    journal.edit(saved.uuid, DeleteRep(partial.rep_id))
    journal.edit(saved.uuid, AddRep(saved.sets[0].set_id, partial.rep))
    read = journal.session(saved.uuid).sets[0]
    assert (len(read.reps), len(read.partials)) == (5, 0)
    assert read.reps[-1].rep == partial.rep


def test_load_side_and_exercise_change_what_is_shown(journal: Journal, saved: Session) -> None:
    wrong = saved.sets[1]
    for edit in (
        ChangeLoad(wrong.set_id, 10.0),
        ChangeSide(wrong.set_id, "right"),
        ChangeExercise(wrong.set_id, "band"),
    ):
        journal.edit(saved.uuid, edit)
    read = journal.session(saved.uuid).sets[1]
    assert (read.context.load_kg, read.context.side, read.context.exercise) == (10.0, "right", "band")
    assert read.said == wrong.said
    (line,) = journal.set_history("band")
    assert line.context == read.context


def test_the_last_change_wins_and_undo_brings_the_one_before(journal: Journal, saved: Session) -> None:
    first = saved.sets[0].set_id
    journal.edit(saved.uuid, ChangeLoad(first, 8.0))
    second = journal.edit(saved.uuid, ChangeLoad(first, 9.0))
    undo = journal.undo(second)
    assert journal.session(saved.uuid).sets[0].context.load_kg == 8.0
    with pytest.raises(JournalError, match="already undone"):
        journal.undo(second)
    journal.undo(undo)  # redo
    read = journal.session(saved.uuid)
    assert read.sets[0].context.load_kg == 9.0
    assert [item.undone for item in read.edits] == [False, False, True, False]
    assert [item.applied for item in read.edits] == [True, True, False, True]


def test_edits_that_fit_nothing_are_refused_and_leave_no_trace(journal: Journal, saved: Session, start) -> None:
    other = journal.begin_session(start)
    rep_id = saved.sets[0].reps[0].rep_id
    for session, edit in (
        (other, DeleteRep(rep_id)),
        (other, ChangeLoad(saved.sets[0].set_id, 1.0)),
        (saved.uuid, DeleteRep(10**6)),
        (saved.uuid, AddRep(10**6)),
    ):
        with pytest.raises(JournalError, match="the session has no"):
            journal.edit(session, edit)
    journal.edit(saved.uuid, DeleteRep(rep_id))
    with pytest.raises(JournalError, match="already deleted"):
        journal.edit(saved.uuid, DeleteRep(rep_id))
    with pytest.raises(ValueError, match="negative"):
        journal.edit(saved.uuid, ChangeLoad(saved.sets[0].set_id, -2.0))
    with pytest.raises(JournalError, match="no edit 77"):
        journal.undo(77)
    assert len(journal.session(saved.uuid).edits) == 1


def test_edits_carry_over_to_a_newer_scoring(journal: Journal, saved: Session, make_set) -> None:
    first, second = saved.sets
    journal.edit(saved.uuid, DeleteRep(first.reps[1].rep_id))
    journal.edit(saved.uuid, ChangeLoad(second.set_id, 12.5))
    journal.edit(saved.uuid, AddRep(second.set_id))
    # The newer algorithm places every border a little later and numbers the sets the other way round.
    newer = Scored(
        algorithm_version="2",
        sets=(ScoredSet(measured=make_set(1, at_s=200.1)), ScoredSet(measured=make_set(2, at_s=100.1))),
    )
    journal.add_scoring(saved.uuid, newer)
    read = journal.session(saved.uuid)
    assert [len(item.reps) for item in read.sets] == [5, 3]
    assert read.sets[1].deleted[0].rep.start_s == pytest.approx(104.2)
    assert [item.context.load_kg for item in read.sets] == [12.5, 7.5]
    assert [item.applied for item in read.edits] == [True, True, True]
    assert journal.sessions()[0].reps == 8


@pytest.mark.parametrize(("found", "added"), [(3, 2), (4, 2), (5, 1), (6, 0), (7, 0)])
def test_what_was_added_without_numbers_counts_up_to_what_the_person_said(
    journal: Journal, saved: Session, make_set, found: int, added: int
) -> None:
    """Four were measured and the person counted six: two more, unless they are found now."""
    one = saved.sets[0]
    journal.edit(saved.uuid, AddRep(one.set_id))
    journal.edit(saved.uuid, AddRep(one.set_id))
    newer = make_set(1, at_s=100.0, reps=found, partials=0)
    journal.add_scoring(saved.uuid, Scored(algorithm_version="2", sets=(ScoredSet(measured=newer),)))
    read = journal.session(saved.uuid)
    assert len(read.sets[0].reps) == found + added
    assert sum(item.applied for item in read.edits) == added


@pytest.mark.parametrize("ghost_first", [True, False])
@pytest.mark.parametrize("ghost", [True, False])
@pytest.mark.parametrize("missing", [True, False])
def test_a_ghost_taken_out_and_one_added_stay_one_for_one(
    journal: Journal, saved: Session, make_set, ghost_first: bool, ghost: bool, missing: bool
) -> None:
    """Of four measured ones the first is a ghost, and one was missed at the end: whatever is found now, it is four."""
    one = saved.sets[0]
    edits = [DeleteRep(one.reps[0].rep_id), AddRep(one.set_id)]
    for edit in edits if ghost_first else reversed(edits):
        journal.edit(saved.uuid, edit)
    assert len(journal.session(saved.uuid).sets[0].reps) == 4
    newer = make_set(1, at_s=100.0 if ghost else 104.1, reps=3 + ghost + missing, partials=0)
    journal.add_scoring(saved.uuid, Scored(algorithm_version="2", sets=(ScoredSet(measured=newer),)))
    assert len(journal.session(saved.uuid).sets[0].reps) == 4


def test_answers_stay_with_the_set_they_were_given_for(journal: Journal, saved: Session, make_set) -> None:
    """A newer algorithm finds a set before the first one, and the second one not at all."""
    for number in (1, 2, None):
        journal.answer(saved.uuid, "reserve", number, set_number=number)
    newer = Scored(
        algorithm_version="2",
        sets=(ScoredSet(measured=make_set(1, at_s=50.0)), ScoredSet(measured=make_set(2, at_s=100.3))),
    )
    journal.add_scoring(saved.uuid, newer)
    read = journal.session(saved.uuid)
    assert [(told.value, told.set_number) for told in read.answers] == [(1, 2), (2, None), (None, None)]
    journal.answer(saved.uuid, "reserve", 7, set_number=2)  # given to what is shown now
    earlier = journal.session(saved.uuid, scoring_id=saved.scoring.scoring_id)
    assert [told.set_number for told in earlier.answers] == [1, 2, None, 1]
    assert journal.session(saved.uuid).answers[-1].set_number == 2


def test_what_was_said_of_a_set_carries_over(journal: Journal, session: str, make_set) -> None:
    said = SetContext(side="right", exercise="band", load_label="red", kind=SetKind.WARM_UP)
    set_id = journal.save_set(session, make_set(1), said)
    journal.edit(session, ChangeSide(set_id, "left"))
    moved, new = make_set(1, at_s=100.2), make_set(2)
    both = Scored(algorithm_version="2", sets=(ScoredSet(measured=moved), ScoredSet(measured=new)))
    journal.add_scoring(session, both)
    first, second = journal.session(session).sets
    assert (first.said, first.context) == (said, replace(said, side="left"))
    assert second.said == SetContext(side="left", exercise="cable", load_kg=7.5)


def test_an_edit_at_a_place_the_new_scoring_leaves_empty_is_kept(journal: Journal, saved: Session, make_set) -> None:
    extra = saved.sets[0].partials[0].rep
    journal.edit(saved.uuid, DeleteRep(saved.sets[0].reps[0].rep_id))
    journal.edit(saved.uuid, AddRep(saved.sets[0].set_id, extra))
    found = make_set(1, at_s=100.0 + 4.1, reps=4)  # no ghost at the start, the partial counted
    journal.add_scoring(saved.uuid, Scored(algorithm_version="2", sets=(ScoredSet(measured=found),)))
    read = journal.session(saved.uuid)
    assert [item.applied for item in read.edits] == [False, False]
    assert len(read.sets[0].reps) == 4
    journal.make_current(saved.uuid, saved.scoring.scoring_id)
    assert [item.applied for item in journal.session(saved.uuid).edits] == [True, True]


def test_edits_do_not_enter_the_content(journal: Journal, saved: Session) -> None:
    journal.edit(saved.uuid, DeleteRep(saved.sets[0].reps[0].rep_id))
    journal.edit(saved.uuid, ChangeLoad(saved.sets[1].set_id, 99.0))
    assert journal.session(saved.uuid).fingerprint == saved.fingerprint


def test_the_file_itself_refuses_to_change_measured_rows(journal: Journal, saved: Session) -> None:
    with closing(sqlite3.connect(journal.path)) as raw:
        for statement in ("UPDATE reps SET range_deg = 90", "DELETE FROM sets", "DELETE FROM reps"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                raw.execute(statement)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_edits_and_undos_destroy_nothing(data: st.DataObject, start: SessionStart, make_set) -> None:
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "j.sqlite3") as journal:
        session = journal.begin_session(start)
        for number in (1, 2):
            journal.save_set(session, make_set(number, reps=3))
        untouched, raw = journal.session(session), measured_rows(journal.path)
        done: list[int] = []
        for _ in range(data.draw(st.integers(1, 8))):
            edit = data.draw(any_edit(untouched) | (st.sampled_from(done) if done else st.nothing()))
            with suppress(JournalError):  # already deleted or undone
                done.append(journal.undo(edit) if isinstance(edit, int) else journal.edit(session, edit))
            shown = journal.session(session)
            assert [line.totals for line in journal.set_history()] == [row.totals for row in shown.sets]
            assert journal.sessions()[0].reps == sum(len(row.reps) for row in shown.sets)
            assert journal.sessions()[0].notes == shown.notes
            assert [(line.number, line.reps, line.kind, line.load_label) for line in journal.trend_sets()] == [
                (row.number, len(row.reps), row.context.kind, row.context.load_label) for row in shown.sets
            ]
        for item in reversed(journal.session(session).edits):
            if item.edit is not None and not item.undone:
                journal.undo(item.edit_id)
        restored = journal.session(session)
        assert restored.sets == untouched.sets
        assert restored.notes == untouched.notes
        assert measured_rows(journal.path) == raw
        assert restored.fingerprint == untouched.fingerprint


def any_edit(session: Session) -> st.SearchStrategy[Edit]:
    set_ids = st.sampled_from([row.set_id for row in session.sets])
    rep_ids = st.sampled_from([rep.rep_id for row in session.sets for rep in (*row.reps, *row.partials)])
    return st.one_of(
        st.builds(DeleteRep, rep_ids),
        st.builds(AddRep, set_ids, st.none() | st.just(session.sets[0].partials[0].rep)),
        st.builds(ChangeLoad, set_ids, st.none() | st.floats(0, 300)),
        st.builds(ChangeSide, set_ids, st.sampled_from(["left", "right", None])),
        st.builds(ChangeExercise, set_ids, st.sampled_from(["band", "cable", None])),
        st.builds(ChangeKind, set_ids, st.sampled_from(list(SetKind))),
        st.builds(ChangeLabel, set_ids, st.sampled_from(["red", None])),
        st.builds(DeleteSet, set_ids),
        st.builds(ChangeNotes, st.text(max_size=20)),
    )
