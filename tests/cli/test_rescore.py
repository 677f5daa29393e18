"""Today's engine over old recordings: both results are kept, nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

import pytest

from tracker.cli.console import console
from tracker.cli.sessions import begun, perform, record
from tracker.cli.view import View
from tracker.coaching.plan import PLAN, WorkoutPlan
from tracker.coaching.range_band import Calibration, RangeBand
from tracker.commands import answer
from tracker.exercises import exercise
from tracker.journal import (
    AddRep,
    ChangeLoad,
    DeleteRep,
    Journal,
    Scored,
    Session,
    SessionId,
    SessionStart,
    SetKind,
    journal_path,
)
from tracker.live import Lane, Put, paced
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.playback import said_of
from tracker.recording import GattEvent, Marker, MarkerKind
from tracker.rescore import difference, figures, scored_of
from tracker.sensors.virtual import FAMILY, SENSOR, VirtualSensor, watch
from tracker.simulation import demo_plan
from tracker.stream import Stream

from .conftest import Kickback
from .test_two_sensors import perform as perform_with_two

Start = Callable[..., Popen[bytes]]
OLD = "3"
"""An engine that missed the second repetition and found one degree less."""
REPS = (4, 3, 5, 3, 4, 3)
BEGUN = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)


def as_an_older_one_had_it(scored: Scored) -> Scored:
    """Return what an older engine would have logged."""
    sets = []
    for one in scored.sets:
        kept = [(rep, pause) for i, (rep, pause) in enumerate(_with_pauses(one.measured)) if i != 1]
        reps = tuple(replace(rep, range_deg=(rep.range_deg or 0.0) - 1.0) for rep, _ in kept)
        measured = replace(one.measured, reps=reps, bottom_pauses_s=tuple(pause for _, pause in kept))
        sets.append(replace(one, measured=measured, form=None))
    return replace(scored, algorithm_version=OLD, sets=tuple(sets))


def _with_pauses(measured):
    return zip(measured.reps, measured.bottom_pauses_s, strict=True)


def log_again(journal: Journal, one: Session, *, alter: bool = True, begun_at: datetime | None = None) -> SessionId:
    """Log a session as an older version had it, in another journal; return its UUID."""
    start = SessionStart(
        started_at=begun_at or one.started_at,
        algorithm_version=OLD,
        exercise=one.exercise,
        working_side=one.working_side,
        sensor_side=one.sensor_side,
        load_kg=one.load_kg,
    )
    uuid = journal.begin_session(start, session=one.uuid)
    for sensor in one.sensors:
        journal.add_sensor(uuid, sensor)
    for recording in one.recordings:
        journal.add_recording(uuid, recording.path, sha256=recording.sha256, seconds=recording.seconds)
    scored = scored_of(one)
    scored = as_an_older_one_had_it(scored) if alter else scored
    journal.save(uuid, *scored.sets, *scored.rejected, *scored.gaps)
    assert one.ending is not None
    journal.end_session(uuid, one.ending, ended_at=one.ended_at)
    return uuid


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Session, ...]]:
    """A data folder with sessions of an older version, and the same sessions as they are counted live today."""
    today, folder = tmp_path_factory.mktemp("today"), tmp_path_factory.mktemp("old")
    for seed, reps in enumerate(REPS):
        id_ = "cable" if seed % 2 else "glute-bridge"
        perform(watch(demo_plan(id_, reps), seed=seed), exercise(id_), today, View(console(), "t"), float("inf"))
    shutil.copytree(today / "recordings", folder / "recordings")
    with Journal.open(journal_path(today)) as live, Journal.open(journal_path(folder)) as old:
        sessions = tuple(live.session(one.uuid) for one in reversed(live.sessions()))
        for day, one in enumerate(sessions):
            moved = [replace(r, path=folder / "recordings" / r.path.name) for r in one.recordings]
            log_again(old, replace(one, recordings=tuple(moved)), begun_at=BEGUN + timedelta(days=day))
    return folder, sessions


@pytest.fixture
def old(data: Path, logged: tuple[Path, tuple[Session, ...]]) -> tuple[Session, ...]:
    """Put the sessions of an older version into the data folder; return them as they are counted today."""
    shutil.copytree(logged[0], data)
    return logged[1]


def read(data: Path) -> dict[SessionId, Session]:
    with Journal.open(journal_path(data)) as journal:
        return {one.uuid: journal.session(one.uuid) for one in journal.sessions()}


def rows(data: Path) -> list[str]:
    connection = sqlite3.connect(journal_path(data))
    dumped = list(connection.iterdump())
    connection.close()
    return dumped


def versions(one: Session) -> list[str]:
    return [scoring.algorithm_version for scoring in one.scorings]


def test_both_results_are_kept_and_the_new_one_is_what_counting_live_gives(
    kickback: Kickback, data: Path, old: tuple[Session, ...]
) -> None:
    before = read(data)
    done = kickback("rescore")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(f"{len(old)} changed\n")
    after = read(data)
    for live in old:
        one = after[live.uuid]
        assert versions(one) == [OLD, ALGORITHM_VERSION]
        assert one.scoring.current
        assert one.scoring.algorithm_version == ALGORITHM_VERSION
        assert one.fingerprint == live.fingerprint
        with Journal.open(journal_path(data)) as journal:
            kept = journal.session(one.uuid, scoring_id=one.scorings[0].scoring_id)
        assert kept.fingerprint == before[one.uuid].fingerprint != one.fingerprint


def test_the_difference_is_shown_session_by_session(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    lines = kickback("rescore", "--workers", "1").out.splitlines()
    for day, live in enumerate(old):
        when = BEGUN + timedelta(days=day)
        title = f"Session {live.uuid[:8]}  ·  {when:%Y-%m-%d %H:%M}  ·  {live.exercise}"
        at = lines.index(f"{title}  ·  algorithm {OLD} → {ALGORITHM_VERSION}")
        now = figures(live.sets)
        assert lines[at + 3].startswith(f"1 set    {now.reps - 1} → {now.reps} ")
        assert lines[at + 4].startswith(f"  set 1  {now.reps - 1} → {now.reps} ")
        assert now.range_deg is not None
        assert f"→ {now.range_deg:.1f}°" in lines[at + 3]


def test_for_scripts(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    before = read(data)
    found = json.loads(kickback("rescore", "--json").out)
    assert (found["schema"], found["algorithm_version"], found["dry_run"]) == (1, ALGORITHM_VERSION, False)
    sessions = {one["session"]: one for one in found["sessions"]}
    assert set(sessions) == {one.uuid for one in old}
    for live in old:
        one, was, now = sessions[live.uuid], figures(before[live.uuid].sets), figures(live.sets)
        assert one["state"] == "changed"
        assert (one["before"]["algorithm_version"], one["after"]["algorithm_version"]) == (OLD, ALGORITHM_VERSION)
        assert (one["before"]["reps"], one["after"]["reps"]) == (was.reps, now.reps) == (now.reps - 1, now.reps)
        assert one["before"]["range_deg"] == pytest.approx(was.range_deg, abs=1e-3)
        assert one["after"]["concentric_s"] == pytest.approx(now.concentric_s, abs=1e-4)
        (pair,) = one["sets"]
        assert (pair["before"]["reps"], pair["after"]["reps"]) == (was.reps, now.reps)


def test_a_dry_run_shows_the_same_and_keeps_nothing(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    before = rows(data)
    tried = kickback("rescore", "--dry-run", "--workers", "1")
    assert tried.code == 0
    assert rows(data) == before
    done = kickback("rescore", "--workers", "1").out
    assert tried.out == done.replace("changed\n", "changed; nothing was kept (--dry-run)\n")
    assert rows(data) != before


def test_what_is_scored_already_is_passed_over(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    first, second = old[0].uuid, old[1].uuid
    assert kickback("rescore", first[:8]).out.endswith("1 changed\n")
    since = f"{BEGUN + timedelta(days=len(old) - 1):%Y-%m-%d}"
    assert kickback("rescore", "--since", since).out.endswith("1 changed\n")
    done = kickback("rescore", first, second, "last").out
    assert done.endswith(f"1 changed, 2 scored by algorithm {ALGORITHM_VERSION} before\n")
    assert versions(read(data)[first]) == [OLD, ALGORITHM_VERSION]
    again = kickback("rescore", "--again", first).out
    assert again.endswith("1 the same\n")
    assert f"algorithm {ALGORITHM_VERSION} → {ALGORITHM_VERSION}  ·  the same\n" in again
    assert versions(read(data)[first]) == [OLD, ALGORITHM_VERSION, ALGORITHM_VERSION]


def test_what_cannot_be_read_is_said_and_the_others_go_on(
    kickback: Kickback, data: Path, old: tuple[Session, ...]
) -> None:
    missing, damaged, other, *fine = old
    paths = {one.uuid: data / "recordings" / one.recordings[0].path.name for one in old}
    spare = data / "spare"
    shutil.copytree(data / "recordings", spare)
    paths[missing.uuid].unlink()
    body = bytearray(paths[damaged.uuid].read_bytes())
    body[len(body) // 2] ^= 0xFF
    paths[damaged.uuid].write_bytes(body)
    paths[other.uuid].write_bytes(b"something else")
    done = kickback("rescore")
    assert done.code == 2
    assert done.out.endswith(f"{len(fine)} changed, 3 failed\n")
    told = {line.split(": ")[1]: line for line in done.err.splitlines()}
    assert len(told) == done.err.count("\n") == 3
    assert "no such file" in told[missing.uuid[:8]]
    assert "is not as it was when it was logged (" in told[damaged.uuid[:8]]
    assert "not an MCAP file" in told[other.uuid[:8]]
    after = read(data)
    assert {versions(after[one.uuid])[-1] for one in (missing, damaged, other)} == {OLD}
    assert all(versions(after[one.uuid]) == [OLD, ALGORITHM_VERSION] for one in fine)
    for path in spare.iterdir():
        shutil.copy(path, data / "recordings")
    assert kickback("rescore").out.endswith(f"3 changed, {len(fine)} scored by algorithm {ALGORITHM_VERSION} before\n")


def test_another_recording_in_its_place_is_not_counted(
    kickback: Kickback, data: Path, old: tuple[Session, ...]
) -> None:
    first, second = (data / "recordings" / one.recordings[0].path.name for one in old[:2])
    shutil.copy(second, first)
    done = kickback("rescore", old[0].uuid)
    assert (done.code, done.out) == (2, "1 failed\n")
    assert "is not as it was when it was logged" in done.err


def test_what_the_person_said_stands(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    uuid = old[2].uuid
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.session(uuid).sets
        journal.edit(uuid, DeleteRep(one.reps[2].rep_id or 0))
        journal.edit(uuid, ChangeLoad(one.set_id, 17.5))
        journal.edit(uuid, AddRep(one.set_id))  # the one that was missed
        journal.answer(uuid, "reserve", 2, set_number=1)
        journal.answer(uuid, "pain", 0)
        before = journal.session(uuid)
    assert len(before.sets[0].reps) == REPS[2] - 1
    done = kickback("rescore", uuid)
    assert "1 edit with nothing at that place any more" in done.out  # the missed one is found now
    after = read(data)[uuid]
    (now,) = after.sets
    assert len(now.measured.reps) == REPS[2]
    assert len(now.reps) == REPS[2] - 1
    assert now.deleted[0].rep == old[2].sets[0].reps[3].rep
    assert now.context.load_kg == 17.5
    assert [(told.question, told.value, told.set_number) for told in after.answers] == [
        ("reserve", 2, 1),
        ("pain", 0, None),
    ]
    assert after.answers == before.answers
    with Journal.open(journal_path(data)) as journal:
        earlier = journal.session(uuid, scoring_id=after.scorings[0].scoring_id)
        assert earlier.sets == before.sets
        assert journal.sessions()[3].reps == REPS[2] - 1


def test_marks_in_the_recording_and_two_sensors(kickback: Kickback, data: Path, tmp_path: Path) -> None:
    """Ends of sets, loads, legs, what a set is for; what was taken back is the journal's, not taken back twice."""
    sensors = {1: watch(demo_plan("cable", 4), seed=2), 2: watch(demo_plan("cable", 3), seed=5)}
    marks = (
        (0.4, answer(0, PLAN, WorkoutPlan(exercise="cable", tempo_s=(1.0, 4.0, 1.0, 0.0)).said())),
        (0.5, Marker(0, MarkerKind.LOAD, "12.5", sensor=2)),
        (0.6, Marker(0, MarkerKind.KIND, SetKind.WARM_UP.value)),
        (11.0, Marker(0, MarkerKind.SET_END)),
        (11.1, Marker(0, MarkerKind.SIDE, "right", sensor=1)),
        (11.2, answer(0, "reserve", 3, set_number=1)),
        (14.0, Marker(0, MarkerKind.UNDO, sensor=1)),
    )
    done = perform_with_two(sensors, tmp_path, marks)
    with Journal.open(journal_path(tmp_path)) as journal:
        live = journal.session(done.session)
    assert len(live.sets) == 4
    assert sum(len(one.deleted) for one in live.sets) == 1
    with Journal.open(journal_path(data)) as journal:
        log_again(journal, live)
    assert kickback("rescore").code == 0
    (one,) = read(data).values()
    assert versions(one) == [OLD, ALGORITHM_VERSION]
    assert one.fingerprint == live.fingerprint
    assert [logged.said for logged in one.sets] == [logged.said for logged in live.sets]
    assert [logged.form for logged in one.sets] == [logged.form for logged in live.sets]
    flags = {verdict.flag.value: verdict.limit for logged in one.sets for rep in logged.reps for verdict in rep.form}
    assert flags["no-hold"] == 1.5, "by the tempo of the plan"
    assert (one.edits, one.answers) == ((), ())
    again = kickback("--data-dir", tmp_path, "rescore", "--again")
    assert again.out.endswith("1 the same\n")
    (same,) = read(tmp_path).values()
    assert [len(logged.reps) for logged in same.sets] == [len(logged.reps) for logged in live.sets]
    assert len(same.edits) == 1
    assert same.answers == live.answers


def go_on(sensor: VirtualSensor, data: Path, session: SessionId, marks: list[Marker]) -> None:
    """Record a session's next part."""
    header = begun(sensor.header, session)
    stream = Stream(exercise("cable"), family=FAMILY, info=sensor.stream.info, sensor=SENSOR)
    lane: Lane[GattEvent | Marker] = Lane(stage=stream, show=lambda value: None, said=said_of(header))

    async def produce(put: Put[GattEvent | Marker]) -> None:
        events: list[GattEvent | Marker] = list(sensor.events(header.origin_ns))
        events[2:2] = [replace(mark, host_ns=events[2].host_ns) for mark in marks]
        await paced(((event.host_ns, event) for event in events), put, float("inf"))

    asyncio.run(record(header, [lane], data, produce, goes_on=True))


def test_a_session_of_several_recordings(kickback: Kickback, data: Path, tmp_path: Path) -> None:
    profile = exercise("cable")
    first = perform(watch(demo_plan("cable", 3), seed=1), profile, tmp_path, View(console(), "t"), float("inf"))
    with Journal.open(journal_path(tmp_path)) as journal:
        journal.resume_session(first.session)
    go_on(watch(demo_plan("cable", 4), seed=7), tmp_path, first.session, [Marker(0, MarkerKind.LOAD, "5")])
    (live,) = read(tmp_path).values()
    assert [(one.recording, len(one.reps), one.said.load_kg) for one in live.sets] == [(1, 3, None), (2, 4, 5.0)]
    with Journal.open(journal_path(data)) as journal:
        log_again(journal, live)
    assert kickback("rescore").code == 0
    (one,) = read(data).values()
    assert one.fingerprint == live.fingerprint
    assert one.scoring.recordings == (1, 2)
    live.recordings[0].path.unlink()
    done = kickback("rescore", "--again")
    assert (done.code, done.out) == (2, "1 failed\n")
    assert "no such file" in done.err


def test_the_exercise_that_was_chosen_for_a_table(kickback: Kickback, data: Path, files: dict[str, Path]) -> None:
    """A replay may be told another exercise than the recording; a table says none."""
    for kind in ("csv.gz", "mcap"):
        assert kickback("replay", files[kind], "--exercise", "band").code == 0
    done = kickback("rescore", "--again")
    assert done.out.endswith("2 the same\n")
    for one in read(data).values():
        assert {logged.said.exercise for logged in one.sets} == {"band"}


def test_form_is_judged_by_the_range_that_was_known_then(kickback: Kickback, data: Path) -> None:
    def band(floor: float, ceiling: float) -> Calibration:
        return Calibration(RangeBand(floor, (floor + ceiling) / 2, ceiling), (floor, ceiling), 0.1)

    data.mkdir()
    with Journal.open(journal_path(data)) as journal:
        for side in (None, "left", "right"):
            journal.save_band("cable", band(60.0, 70.0), side=side, at=datetime.now(UTC) - timedelta(days=1))
    assert kickback("demo", "--speed", "max", "--reps", "3").code == 0
    (live,) = read(data).values()
    assert live.sets[0].form is not None
    assert live.sets[0].form.range_in_band == 0.0
    with Journal.open(journal_path(data)) as journal:
        for side in (None, "left", "right"):
            journal.save_band("cable", band(10.0, 70.0), side=side)
    assert kickback("rescore", "--again").out.endswith("1 the same\n")
    (one,) = read(data).values()
    assert one.sets[0].form == live.sets[0].form


def test_one_that_may_still_run_is_left_alone(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    uuid = old[0].uuid
    with Journal.open(journal_path(data)) as journal:
        journal.resume_session(uuid)
    path = read(data)[uuid].recordings[0].path
    os.utime(path)
    done = kickback("rescore", uuid)
    assert done.code == 0
    assert "passed over: is still running" in done.out
    assert versions(read(data)[uuid]) == [OLD]
    os.utime(path, (time.time() - 7200, time.time() - 7200))  # cut off, and nobody took it up
    assert kickback("rescore", uuid).out.endswith("1 changed\n")
    assert read(data)[uuid].ending is None


def test_one_without_a_recording_is_passed_over(kickback: Kickback, data: Path) -> None:
    with Journal.open(journal_path(data)) as journal:
        journal.begin_session(SessionStart(started_at=BEGUN, algorithm_version=OLD))
    done = kickback("rescore")
    assert done.code == 0
    assert "passed over: has no recording" in done.out


def wait_for_scorings(data: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with Journal.open(journal_path(data), readonly=True) as journal:
            if sum(one.algorithm_version == ALGORITHM_VERSION for one in journal.sessions()) >= count:
                return
    raise AssertionError("nothing was scored")


@pytest.mark.parametrize("how", [signal.SIGINT, None], ids=["Ctrl-C", "kill"])
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_broken_off_it_goes_on_where_it_was(
    process: Start, kickback: Kickback, data: Path, old: tuple[Session, ...], how: signal.Signals | None
) -> None:
    child = process("rescore", "--workers", "1")
    wait_for_scorings(data, 1)
    if how is None:
        child.kill()
    else:
        child.send_signal(how)
    _, err = child.communicate(timeout=30)  # the workers have its pipes: they are gone as well
    if how is not None:
        assert child.returncode == 130
        assert err.decode().splitlines() == [
            "kickback: stopped; what is done is kept, and the same command goes on from there"
        ]
    assert "Traceback" not in err.decode()
    done = sum(ALGORITHM_VERSION in versions(one) for one in read(data).values())
    assert 1 <= done < len(old)
    again = kickback("rescore")
    assert again.code == 0
    assert again.out.endswith(f"{len(old) - done} changed, {done} scored by algorithm {ALGORITHM_VERSION} before\n")
    after = read(data)
    assert all(versions(after[live.uuid]) == [OLD, ALGORITHM_VERSION] for live in old)
    assert all(after[live.uuid].fingerprint == live.fingerprint for live in old)


def test_a_set_that_appears_and_one_that_goes(old: tuple[Session, ...]) -> None:
    (one,) = old[0].sets
    elsewhere = replace(one.measured, reps=tuple(_later(rep, 500.0) for rep in one.measured.reps), partials=())
    moved = replace(old[0], sets=(replace(one, measured=elsewhere),))
    found = difference(old[0], moved)
    assert not found.same
    assert [(pair.before is None, pair.after is None) for pair in found.pairs] == [(False, True), (True, False)]
    assert difference(old[0], old[0]).same


def _later(rep, by_s: float):
    return replace(rep, start_s=rep.start_s + by_s, end_s=rep.end_s + by_s)


def test_earlier_scorings_are_shown_and_listed(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    uuid, now = old[0].uuid, figures(old[0].sets)
    assert kickback("rescore", uuid).code == 0
    assert "  shown here  current\n" in kickback("show", uuid).out
    for asked in ("1", f"v{OLD}"):
        out = kickback("show", uuid, "--scoring", asked).out
        assert f"{now.reps - 1} reps" in out
        assert f"Scoring    1  algorithm {OLD}, 2025-03-01 18:30  shown here\n" in out
        assert f"Scoring    2  algorithm {ALGORITHM_VERSION}, " in out
    shown = json.loads(kickback("show", uuid, "--scoring", "1", "--json").out)
    assert shown["algorithm_version"] == OLD
    assert [(one["scoring"], one["current"], one["shown"]) for one in shown["scorings"]] == [
        (1, False, True),
        (2, True, False),
    ]
    wrong = kickback("show", uuid, "--scoring", "3")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.endswith(f"has no '3'; there are 1 (v{OLD}), 2 (v{ALGORITHM_VERSION})\n")


def test_bad_input(kickback: Kickback, data: Path, old: tuple[Session, ...]) -> None:
    for arguments in (["--since", "yesterday"], ["--workers", "0"], ["zzz"]):
        done = kickback("rescore", *arguments)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    shutil.rmtree(data)
    assert "there is no journal" in kickback("rescore").err
