"""Repetitions in band and what the person told, as trends read them; files from before there were such totals."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.form import range_in_band, tempo_in_band
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import Targets, Tempo, targets_of
from tracker.exercises import exercise
from tracker.journal import (
    AddRep,
    ChangeExercise,
    ChangeSide,
    DeleteRep,
    Journal,
    SessionId,
    SessionStart,
    SetContext,
    database,
    form_rows,
    sql,
)
from tracker.motion.values import ExerciseSet, Rep

from .conftest import SHAPE

OWN = targets_of(exercise("cable"), band=RangeBand(30.0, 35.0, 40.0))
SAID = SetContext(side="left", exercise="cable", load_kg=10.0)


def performed(*phases: tuple[float, float, float, float]) -> ExerciseSet:
    """A set of repetitions: lift, hold, return, range."""
    reps = []
    for i, (lift, hold, back, far) in enumerate(phases):
        at = 100.0 + 20.0 * i
        reps.append(Rep(i + 1, at, at + lift, at + lift + hold, at + lift + hold + back, at + 19.0, far, 60.0))
    return ExerciseSet(1, tuple(reps), (), (*[1.0] * (len(reps) - 1), None), 500.0)


GOOD = (2.0, 1.0, 3.0, 35.0)
HASTY = (0.5, 0.0, 0.4, 35.0)
SHORT = (2.0, 1.0, 3.0, 20.0)


def kept(one: ExerciseSet, targets: Targets) -> list[tuple[bool | None, bool | None]]:
    return [(tempo_in_band(rep, targets), range_in_band(rep, targets)) for rep in one.reps]


def test_good_is_good() -> None:
    assert kept(performed(GOOD, HASTY, SHORT), OWN) == [(True, True), (False, True), (True, False)]


def in_band(journal: Journal) -> list[tuple[int, int, int, int | None]]:
    return [(one.judged, one.in_band, one.tempo_in_band, one.range_in_band) for one in journal.trend_sets()]


def save(journal: Journal, session: str, one: ExerciseSet, targets: Targets = OWN) -> int:
    return journal.save_set(session, one, SAID, form=judge_set(one, targets))


def test_a_repetition_is_in_band_if_it_kept_tempo_and_range(journal: Journal, session: SessionId) -> None:
    save(journal, session, performed(GOOD, HASTY, SHORT, GOOD))
    assert in_band(journal) == [(4, 2, 3, 3)]


def test_without_a_range_of_ones_own_tempo_alone_is_judged(journal: Journal, session: SessionId) -> None:
    save(journal, session, performed(GOOD, HASTY, SHORT), replace(OWN, band=None))
    assert in_band(journal) == [(3, 2, 2, None)]


def test_the_plans_tempo_is_what_was_asked_for(journal: Journal, session: SessionId) -> None:
    slow = (2.0, 1.0, 6.0, 35.0)
    one, planned = performed(slow, slow, HASTY), replace(OWN, tempo=Tempo.around(2, 1, 6, 0))
    save(journal, session, one, planned)
    assert in_band(journal) == [(0, 0, 0, None)]  # the exercise's own tempo does not give the share that was kept
    journal.answer(session, "plan", {"tempo": "2-1-6-0", "sets": 3})
    assert in_band(journal) == [(3, 2, 2, 3)]
    assert journal.session(session).sets[0].totals.in_band == 2


def test_a_set_that_was_not_judged_has_none_in_band(journal: Journal, session: SessionId) -> None:
    journal.save_set(session, performed(GOOD, GOOD), SAID)
    assert in_band(journal) == [(0, 0, 0, None)]


def test_edits_are_applied(journal: Journal, session: SessionId) -> None:
    set_id = save(journal, session, performed(GOOD, HASTY, SHORT, GOOD))
    reps = journal.session(session).sets[0].reps
    journal.edit(session, DeleteRep(reps[1].rep_id))
    assert in_band(journal) == [(3, 2, 3, 2)]
    journal.edit(session, AddRep(set_id))
    assert in_band(journal) == [(3, 2, 3, 2)]
    assert journal.trend_sets()[0].reps == 4
    changed = journal.edit(session, ChangeSide(set_id, "right"))  # the other leg's range was not what it was held to
    assert in_band(journal) == [(0, 0, 0, None)]
    journal.undo(changed)
    journal.edit(session, ChangeExercise(set_id, "band"))
    assert in_band(journal) == [(0, 0, 0, None)]


phase = st.floats(0.3, 6.0)
moved = st.lists(st.tuples(phase, st.floats(0.0, 3.0), phase, st.floats(10.0, 60.0)), min_size=1, max_size=8)


@given(moved, st.booleans())
def test_totals_count_what_the_form_of_each_repetition_says(
    tmp_path_factory: pytest.TempPathFactory, phases: list[tuple[float, float, float, float]], banded: bool
) -> None:
    targets = OWN if banded else replace(OWN, band=None)
    one = performed(*phases)
    found = _totals(tmp_path_factory.mktemp("t") / "j.sqlite3", one, targets)
    judged = kept(one, targets)
    assert found == (
        len(judged),
        sum(bool(tempo) and far is not False for tempo, far in judged),
        sum(bool(tempo) for tempo, _ in judged),
        sum(bool(far) for _, far in judged) if banded else None,
    )


def _totals(path: Path, one: ExerciseSet, targets: Targets) -> tuple[int, int, int, int | None]:
    from datetime import UTC, datetime

    with Journal.open(path) as journal:
        start = SessionStart(started_at=datetime(2025, 3, 1, tzinfo=UTC), algorithm_version="4")
        save(journal, journal.begin_session(start), one, targets)
        (found,) = in_band(journal)
        return found


def told(journal: Journal) -> list[tuple[int | None, int | None, str | None, str | None]]:
    return [(one.reserve, one.pain, one.felt, one.placement) for one in journal.trend_sets()]


def test_answers_come_with_their_set_or_the_session(journal: Journal, session: SessionId, make_set) -> None:
    journal.answer(session, "placement", "accessory")
    journal.save(session, *(scored(make_set(number)) for number in (1, 2)))
    assert told(journal) == [(None, None, None, "accessory")] * 2
    journal.answer(session, "reserve", 3, set_number=1)
    journal.answer(session, "reserve", 2, set_number=1)
    journal.answer(session, "felt", ["glute", "hamstring"], set_number=2)
    journal.answer(session, "pain", 1)
    journal.answer(session, "pain", 4, set_number=2)
    journal.answer(session, "soreness", 4, set_number=2)
    journal.answer(session, "reserve", "some", set_number=2)
    expected = [(2, 1, None, "accessory"), (None, 4, "glute hamstring", "accessory")]
    assert told(journal) == expected
    journal.edit(session, DeleteRep(journal.session(session).sets[0].reps[0].rep_id))  # adds everything up again
    assert told(journal) == expected


def scored(one: ExerciseSet):
    from tracker.journal import ScoredSet

    return ScoredSet(measured=one, context=SAID)


def test_a_file_of_an_earlier_version_is_added_up(path: Path) -> None:
    one = performed(GOOD, HASTY, SHORT, GOOD)
    reps = tuple(replace(rep, shape=SHAPE) for rep in one.reps)
    one = replace(one, reps=reps)
    path.parent.mkdir()
    database.connect(path, readonly=False, migrations=sql.MIGRATIONS[:3]).close()
    with closing(sqlite3.connect(path)) as raw:
        _write_version_3(raw, one)
    with pytest.raises(Exception, match="journal of version 3"):
        Journal.open(path, readonly=True)
    with Journal.open(path) as journal:
        assert in_band(journal) == [(4, 2, 3, 3)]
        assert told(journal) == [(2, None, None, "alone")]
        assert journal.trend_sets()[0].velocity_loss == pytest.approx(1.0 - 17.5 / 70.0)
        (logged,) = journal.session("0").sets
        assert logged.measured == one
        assert logged.measured.reps[0].shape == SHAPE


def _write_version_3(raw: sqlite3.Connection, one: ExerciseSet) -> None:
    def put(table: str, **cells: object) -> None:
        marks: Sequence[str] = "?" * len(cells)
        raw.execute(f"INSERT INTO {table} ({', '.join(cells)}) VALUES ({', '.join(marks)})", tuple(cells.values()))

    form, at = judge_set(one, OWN), "2024-01-01T10:00:00+00:00"
    put("sessions", session_id=1, uuid="0" * 36, started_at=at, started_us=1_704_103_200_000_000, notes="")
    put("scorings", scoring_id=1, session_id=1, algorithm_version="3", created_at=at, current=1)
    put("sets", set_id=1, scoring_id=1, session_id=1, number=1, stream_number=1, start_s=one.start_s, end_s=one.end_s,
        reported_s=one.reported_s, side="left", exercise="cable", load_kg=10.0, kind="work",
        form=form_rows.form_text(form))  # fmt: skip
    for number, (rep, pause, verdicts) in enumerate(zip(one.reps, one.bottom_pauses_s, form.reps, strict=True), 1):
        put("reps", set_id=1, partial=0, number=number, peak=rep.peak, start_s=rep.start_s,
            peak_start_s=rep.peak_start_s, peak_end_s=rep.peak_end_s, end_s=rep.end_s, reported_s=rep.reported_s,
            range_deg=rep.range_deg, peak_speed_deg_s=rep.peak_speed_deg_s, bottom_pause_s=pause, flags="[]",
            form=form_rows.verdicts_text(verdicts), shape=json.dumps(form_rows.shape_object(rep.shape)))  # fmt: skip
    put("set_totals", set_id=1, session_id=1, number=1, side="left", exercise="cable", load_kg=10.0, kind="work",
        reps=4, partials=0, start_s=one.start_s, end_s=one.end_s, time_under_tension_s=1.0)  # fmt: skip
    put("answers", session_id=1, at=at, question="placement", value='"alone"')
    put("answers", session_id=1, at=at, set_number=1, question="reserve", value="2")
    raw.commit()
