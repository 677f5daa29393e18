from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.coaching.form import FormFlag
from tracker.coaching.range_band import Calibration, RangeBand
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    Scored,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Sensor,
    SessionStart,
    SetContext,
    SetKind,
)
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Flag, Reason, Rejected, Rep

from .conftest import form_of

numbers = st.floats(-1e300, 1e300)  # their sums are finite too
perhaps = st.none() | numbers
reps = st.builds(
    Rep,
    peak=st.integers(0, 2**40),
    start_s=numbers,
    peak_start_s=perhaps,
    peak_end_s=perhaps,
    end_s=numbers,
    reported_s=numbers,
    range_deg=perhaps,
    peak_speed_deg_s=perhaps,
    flags=st.sets(st.sampled_from(Flag)).map(lambda flags: tuple(sorted(flags))),
)
moderate = st.floats(-1e6, 1e6)


@st.composite
def sets(draw: st.DrawFn, number: int = 1) -> ExerciseSet:
    counted = tuple(draw(st.lists(reps, min_size=1, max_size=4)))
    pauses = draw(st.lists(perhaps, min_size=len(counted), max_size=len(counted)))
    return ExerciseSet(number, counted, tuple(draw(st.lists(reps, max_size=2))), tuple(pauses), draw(numbers))


contexts = st.builds(
    SetContext,
    side=st.sampled_from(["left", "right", None]),
    exercise=st.none() | st.sampled_from(["cable", "band"]),
    load_kg=st.none() | st.floats(0, 500),
    load_label=st.none() | st.just("red"),
    kind=st.sampled_from(SetKind),
)
rejections = st.builds(
    Rejected,
    peak=st.integers(0, 10**6),
    start_s=numbers,
    end_s=numbers,
    reported_s=numbers,
    reason=st.sampled_from(Reason),
    detail=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    measured=st.none() | reps,
)
gaps = st.builds(Gap, start_s=numbers, end_s=numbers, samples_lost=st.integers(0, 10**9))


@settings(max_examples=60, deadline=None)
@given(
    exercise_sets=st.lists(st.integers(1, 1).flatmap(sets), max_size=3),
    context=contexts,
    rejected=st.lists(rejections, max_size=3),
    holes=st.lists(gaps, max_size=2),
)
def test_what_goes_in_comes_out(
    exercise_sets: list[ExerciseSet], context: SetContext, rejected: list[Rejected], holes: list[Gap]
) -> None:
    exercise_sets = [replace(item, number=i) for i, item in enumerate(exercise_sets, start=1)]
    start = SessionStart(started_at=datetime(2025, 1, 1, tzinfo=UTC), algorithm_version="1")
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "journal.sqlite3") as journal:
        session = journal.begin_session(start)
        for item in exercise_sets:
            journal.save_set(session, item, context)
        others = [ScoredRejected(measured=item) for item in rejected], [ScoredGap(measured=item) for item in holes]
        journal.save(session, *others[0], *others[1])
        live = journal.session(session)
        journal.add_scoring(
            session,
            Scored(
                algorithm_version="1",
                sets=tuple(ScoredSet(measured=item, context=context) for item in exercise_sets),
                rejected=tuple(ScoredRejected(measured=item) for item in reversed(rejected)),
                gaps=tuple(ScoredGap(measured=item) for item in reversed(holes)),
            ),
        )
        again = journal.session(session)
    assert [row.measured for row in live.sets] == exercise_sets
    assert {row.said for row in live.sets} <= {context}
    assert [
        Rejected(row.peak, row.start_s, row.end_s, row.reported_s, Reason(row.reason), row.detail, row.measured)
        for row in live.rejected
    ] == rejected
    assert [row.gap for row in live.gaps] == holes
    assert again.content() == live.content()
    assert again.fingerprint == live.fingerprint


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_totals_in_the_file_are_those_of_the_tree(data: st.DataObject) -> None:
    shape = st.builds(
        Rep,
        peak=st.integers(0, 99),
        start_s=moderate,
        peak_start_s=st.none() | moderate,
        peak_end_s=st.none() | moderate,
        end_s=moderate,
        reported_s=moderate,
        range_deg=st.none() | moderate,
        peak_speed_deg_s=st.none() | moderate,
    )
    counted = tuple(data.draw(st.lists(shape, min_size=1, max_size=6)))
    measured = ExerciseSet(1, counted, (), tuple(None for _ in counted), 0.0)
    start = SessionStart(started_at=datetime(2025, 1, 1, tzinfo=UTC), algorithm_version="1")
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "journal.sqlite3") as journal:
        session = journal.begin_session(start)
        journal.save_set(session, measured)
        tree, (line,) = journal.session(session), journal.set_history()
    assert line.totals == tree.sets[0].totals
    assert line.totals.reps == len(counted)


def test_a_whole_session(journal: Journal, start: SessionStart, make_set, tmp_path: Path) -> None:
    session = journal.begin_session(start)
    assert str(uuid.UUID(session)) == session
    left = journal.add_sensor(
        session, Sensor(family="bosch", name="IMU", address="AA:BB", side="left", info={"hz": 100})
    )
    inside = journal.add_recording(session, journal.path.parent / "recordings" / "a.mcap")
    outside = journal.add_recording(session, tmp_path / "elsewhere.mcap", sha256="ab" * 32, seconds=60.5)
    assert (left, inside, outside) == (1, 1, 2)
    journal.close_recording(session, inside, sha256="cd" * 32, seconds=81.2)
    set_id = journal.save_set(session, make_set(), recording=1, form=form_of({2: FormFlag.NO_HOLD, 5: FormFlag.SHORT}))
    journal.answer(session, "reps-in-reserve", 2, set_number=1)
    ended = datetime(2025, 3, 1, 14, 0, tzinfo=UTC)
    journal.end_session(session, Ending.FINISHED, ended_at=ended)
    read = journal.session(session)
    assert (read.started_at, read.started_at.utcoffset()) == (start.started_at, start.started_at.utcoffset())
    assert (read.ended_at, read.ending, read.notes) == (ended, Ending.FINISHED, start.notes)
    assert read.sensors == (
        Sensor(family="bosch", name="IMU", address="AA:BB", side="left", info={"hz": 100}, number=1),
    )
    assert [(item.path, item.sha256, item.seconds) for item in read.recordings] == [
        (journal.path.parent / "recordings" / "a.mcap", "cd" * 32, 81.2),
        (tmp_path / "elsewhere.mcap", "ab" * 32, 60.5),
    ]
    (logged,) = read.sets
    assert (logged.set_id, logged.number, logged.recording, logged.sensor) == (set_id, 1, 1, 1)
    assert logged.context == SetContext(side="left", exercise="cable", load_kg=7.5)
    assert logged.form == form_of({2: FormFlag.NO_HOLD, 5: FormFlag.SHORT})
    assert logged.measured == make_set()
    assert logged.reps[1].flags == ("no-hold",)
    assert logged.partials[0].flags == ("clipped", "short")
    assert [rep.bottom_pause_s for rep in logged.reps] == [0.8, 0.8, 0.8, None]
    assert [(item.question, item.value, item.set_number) for item in read.answers] == [("reps-in-reserve", 2, 1)]
    assert read.scoring.recordings == (1, 2)


def test_a_form_of_a_newer_version_reads(journal: Journal, session: str, make_set) -> None:
    journal.save_set(session, make_set())
    with closing(sqlite3.connect(journal.path)) as raw:
        raw.executescript("DROP TRIGGER sets_update_refused; DROP TRIGGER reps_update_refused;")
        newer = [{"flag": f, "value": 1.0, "limit": 2.0, "unit": "s"} for f in ("wobble", "swing")]
        raw.execute("UPDATE reps SET form = ?, axis_x = NULL WHERE peak = 1", (json.dumps(newer),))
        raw.execute("UPDATE sets SET form = ?", (json.dumps({"tempo_in_band": 0.5, "wobble": 1.0}),))
        raw.commit()
    (logged,) = journal.session(session).sets
    assert logged.form is not None
    assert (logged.form.tempo_in_band, logged.form.velocity_loss) == (0.5, None)
    assert [found.flag for found in logged.form.reps[0]] == [FormFlag.SWING]
    assert logged.measured.reps[0].shape is None
    assert logged.measured.reps[1].shape is not None


def test_bands_stand_beside_each_other(journal: Journal, start: SessionStart) -> None:
    first = Calibration(RangeBand(36.0, 40.0, 43.2), (40.0, 40.0, 40.0), 0.0)
    later = Calibration(RangeBand(34.0, 41.0, 45.0), (39.5, 41.0, 42.0, 41.0), 0.025)
    assert journal.bands() == ()
    journal.save_band("cable", first, side="left", at=start.started_at)
    journal.save_band("cable", later, side="left")
    journal.save_band("band", later)
    found = journal.bands()
    assert [(one.exercise, one.side, one.band) for one in found] == [
        ("cable", "left", first.band),
        ("cable", "left", later.band),
        ("band", None, later.band),
    ]
    assert found[0].at == start.started_at
    assert found[1].ranges_deg == later.ranges_deg
    with closing(sqlite3.connect(journal.path)) as raw, pytest.raises(sqlite3.IntegrityError, match="beside the old"):
        raw.execute("DELETE FROM bands")
    with pytest.raises(ValueError, match="side"):
        journal.save_band("cable", first, side="both")


def test_a_moved_data_folder_keeps_its_recordings(path: Path, start: SessionStart, tmp_path: Path) -> None:
    with Journal.open(path) as journal:
        session = journal.begin_session(start)
        journal.add_recording(session, path.parent / "recordings" / "a.mcap")
    moved = path.parent.rename(tmp_path / "moved")
    with Journal.open(moved / path.name) as journal:
        assert journal.session(session).recordings[0].path == moved / "recordings" / "a.mcap"


def test_newest_first_whatever_the_offset(journal: Journal, start: SessionStart) -> None:
    moments = [
        datetime.fromisoformat(text)
        for text in ("2025-03-01T23:30:00-05:00", "2025-03-02T03:00:00+05:30", "2025-03-02T00:30:00+00:00")
    ]
    for moment in moments:
        journal.begin_session(replace(start, started_at=moment))
    listed = [summary.started_at for summary in journal.sessions()]
    assert listed == sorted(moments, reverse=True)
    assert len(journal.sessions(limit=2)) == 2


def test_a_summary_counts_work_apart(journal: Journal, session: str, make_set) -> None:
    journal.save_set(session, make_set(1), SetContext(kind=SetKind.WARM_UP))
    journal.save_set(session, make_set(2, reps=6))
    (summary,) = journal.sessions()
    assert (summary.sets, summary.reps, summary.work_reps, summary.partials) == (2, 10, 6, 2)
    assert summary.time_under_tension_s == pytest.approx(33.0)


def test_trends_are_by_exercise(journal: Journal, session: str, make_set) -> None:
    journal.save_set(session, make_set(1), SetContext(exercise="band", load_label="red"))
    journal.save_set(session, make_set(2))
    assert [line.context.exercise for line in journal.set_history()] == ["band", "cable"]
    (line,) = journal.set_history("cable")
    assert (line.number, line.totals.reps, line.totals.median_range_deg) == (2, 4, 31.5)


def test_a_session_by_the_beginning_of_its_id(journal: Journal, start: SessionStart) -> None:
    ids = [journal.begin_session(start) for _ in range(17)]  # 17 ids begin with 16 digits: two share one
    assert journal.session(ids[0][:23].upper()).uuid == ids[0]
    shared = next(a[0] for i, a in enumerate(ids) for b in ids[:i] if a[0] == b[0])
    with pytest.raises(JournalError, match=f"more than one session's id begins with '{shared}'"):
        journal.session(shared)
    with pytest.raises(JournalError, match="no session's id begins"):
        journal.session("0" * 36)
    for nonsense in ("", "%", "g", "' OR 1", "a" * 37):
        with pytest.raises(JournalError, match="not the beginning"):
            journal.session(nonsense)


def test_two_sensors_must_be_told_apart(journal: Journal, session: str, make_set) -> None:
    assert [journal.add_sensor(session, Sensor(family="x", side=side)) for side in ("left", "right")] == [
        1,
        2,
    ]
    with pytest.raises(JournalError, match="one per ankle"):
        journal.add_sensor(session, Sensor(family="x"))
    with pytest.raises(JournalError, match="two sensors"):
        journal.save_set(session, make_set())
    journal.save_set(session, make_set(), sensor=2)
    journal.save_set(session, make_set(), sensor=1)
    assert [(row.number, row.sensor) for row in journal.session(session).sets] == [(1, 2), (2, 1)]
    assert [row["sensor"] for row in journal.session(session).content()["sets"]] == [1, 2]


def test_a_resumed_session_numbers_its_sets_on(journal: Journal, session: str, make_set, tmp_path: Path) -> None:
    journal.add_recording(session, tmp_path / "a")
    journal.save_set(session, make_set(1))
    journal.end_session(session, Ending.INTERRUPTED)
    assert journal.open_sessions() == ()
    assert journal.resume_session(session[:20]) == session
    assert journal.open_sessions() == (session,)
    journal.add_recording(session, tmp_path / "b")
    journal.save_set(session, make_set(1))
    read = journal.session(session)
    assert [(row.number, row.recording) for row in read.sets] == [(1, 1), (2, 2)]
    assert (read.ended_at, read.ending) == (None, None)


def test_saving_a_set_twice_is_refused(journal: Journal, session: str, make_set) -> None:
    journal.save_set(session, make_set(1))
    with pytest.raises(JournalError, match="already saved"):
        journal.save_set(session, make_set(1))
    assert len(journal.session(session).sets) == 1


def test_unknown_recordings_and_sensors_are_refused(journal: Journal, session: str, make_set) -> None:
    with pytest.raises(JournalError, match="no recording 3"):
        journal.save_set(session, make_set(), recording=3)
    with pytest.raises(JournalError, match="no sensor 1"):
        journal.save_set(session, make_set(), sensor=1)
    with pytest.raises(JournalError, match="no recording 1"):
        journal.close_recording(session, 1, sha256=None, seconds=None)
    with pytest.raises(JournalError, match="no scoring 99"):
        journal.make_current(session, 99)
    with pytest.raises(JournalError, match="no scoring 99"):
        journal.session(session, scoring_id=99)


def test_the_callers_mistakes_write_nothing(journal: Journal, session: str, start: SessionStart, make_set) -> None:
    whole = make_set()
    broken = replace(whole, reps=(*whole.reps[:-1], replace(whole.reps[-1], range_deg=float("nan"))))
    with pytest.raises(ValueError, match="finite"):
        journal.save_set(session, broken)
    endless = replace(whole, reps=(replace(whole.reps[0], start_s=-1e308, end_s=1e308), *whole.reps[1:]))
    with pytest.raises(ValueError, match="finite"):
        journal.save_set(session, endless)
    with pytest.raises(ValueError, match="no repetition"):
        journal.save_set(session, replace(whole, reps=()))
    with pytest.raises(ValueError, match="negative"):
        journal.save_set(session, whole, SetContext(load_kg=-1.0))
    with pytest.raises(ValueError, match="side"):
        journal.save_set(session, whole, SetContext(side="both"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="offset"):
        journal.begin_session(replace(start, started_at=datetime(2025, 1, 1)))
    assert journal.session(session).sets == ()
    assert len(journal.sessions()) == 1


def test_numpy_numbers_are_welcome(journal: Journal, session: str) -> None:
    one = np.float32(0.5)
    rep = Rep(np.int64(3), one, one, one, np.float64(2.5), one, one, None)  # type: ignore[arg-type]
    journal.save_set(session, ExerciseSet(1, (rep,), (), (None,), np.float64(9.0)))
    (read,) = journal.session(session).sets[0].measured.reps
    assert read == Rep(3, 0.5, 0.5, 0.5, 2.5, 0.5, 0.5, None)
    assert type(read.start_s) is float


def test_a_second_scoring_stands_beside_the_first(journal: Journal, session: str, make_set, tmp_path: Path) -> None:
    journal.add_recording(session, tmp_path / "a")
    journal.save_set(session, make_set(1, reps=4))
    newer = Scored(algorithm_version="2026.1", sets=(ScoredSet(measured=make_set(1, reps=5)),))
    second = journal.add_scoring(session, newer, current=False)
    assert len(journal.session(session).sets[0].reps) == 4
    assert len(journal.session(session, scoring_id=second).sets[0].reps) == 5
    journal.make_current(session, second)
    read = journal.session(session)
    assert [(item.algorithm_version, item.current) for item in read.scorings] == [
        ("2025.1", False),
        ("2026.1", True),
    ]
    assert read.scoring.recordings == (1,)
    (summary,) = journal.sessions()
    assert (summary.reps, summary.algorithm_version) == (5, "2026.1")
    assert len(journal.session(session, scoring_id=read.scorings[0].scoring_id).sets[0].reps) == 4
