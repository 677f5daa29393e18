"""The live loop: what marks say, and what happens when a part of it fails."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from tracker.cli.console import console
from tracker.cli.sessions import perform
from tracker.cli.view import View
from tracker.coaching.plan import PLAN, WorkoutPlan
from tracker.commands import Correction, answer, told
from tracker.exercises import exercise
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Session,
    SessionStart,
    SetContext,
    SetKind,
    journal_path,
)
from tracker.live import Entry, Lane, LiveSession, Put, paced, run
from tracker.motion.engine import Value
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording import GattEvent, Marker, MarkerKind, RecordingError, RecordingWriter, open_recording
from tracker.sensors.virtual import FAMILY, SENSOR, VirtualSensor, watch
from tracker.simulation import demo_plan
from tracker.stream import Stream

from .conftest import Kickback

Item = GattEvent | Marker


@pytest.fixture(scope="session")
def sensor() -> VirtualSensor:
    return watch(demo_plan("cable", 4), seed=2)


@pytest.fixture
def journal(data: Path) -> Iterator[Journal]:
    with Journal.open(journal_path(data)) as opened:
        yield opened


class Made:
    """A live session with its parts within reach."""

    def __init__(self, journal: Journal, sensor: VirtualSensor, path: Path) -> None:
        start = SessionStart(started_at=datetime.now(UTC), algorithm_version="1", exercise="cable")
        self.journal = journal
        self.uuid = journal.begin_session(start)
        self.path = path
        self.writer = RecordingWriter(path, sensor.header(self.uuid, "2025-01-01", sensor.start_ns))
        self.shown: list[Value | Marker] = []
        self.fail_at: type | None = None
        said = SetContext(side="left", exercise="cable", load_kg=5.0)
        number = journal.add_recording(self.uuid, path)
        entry = Entry(journal=journal, session=self.uuid, recording=number, path=path)
        stream = Stream(exercise("cable"), family=FAMILY, info=sensor.stream.info, sensor=SENSOR)
        lane: Lane[Item] = Lane(stage=stream, show=self.show, said=said)
        self.live: LiveSession[Item] = LiveSession([lane], entry, self.writer)

    def show(self, value: Value | Marker) -> None:
        if self.fail_at is not None and isinstance(value, self.fail_at):
            raise BrokenPipeError(errno.EPIPE, "gone")
        self.shown.append(value)

    def run(self, items: list[Item], *, error: Exception | None = None) -> Ending:
        async def produce(put: Put[Item]) -> None:
            await paced(((item.host_ns, item) for item in items), put, float("inf"))
            if error is not None:
                raise error

        return asyncio.run(run(self.live, produce))

    @property
    def session(self) -> Session:
        return self.journal.session(self.uuid)

    @property
    def recorded(self) -> list[Item]:
        recording = open_recording(self.path)
        items = list(recording)
        assert recording.ending.complete
        return items


@pytest.fixture
def made(journal: Journal, sensor: VirtualSensor, tmp_path: Path) -> Made:
    return Made(journal, sensor, tmp_path / "live.mcap")


@pytest.fixture(scope="session")
def items(sensor: VirtualSensor) -> list[Item]:
    return list(sensor.events())


def test_everything_is_recorded_shown_and_saved(made: Made, items: list[Item]) -> None:
    assert made.run(items) is Ending.FINISHED
    assert made.recorded == items
    (shown,) = (value for value in made.shown if isinstance(value, ExerciseSet))
    assert [one.measured for one in made.session.sets] == [shown]
    assert made.session.ending is Ending.FINISHED
    assert made.session.recordings[0].seconds == pytest.approx(items[-1].host_ns / 1e9 - 1, abs=0.2)


def test_marks_tell_what_the_sensor_cannot(made: Made, items: list[Item], sensor: VirtualSensor) -> None:
    """Said before the set begins it belongs to the set; said during the set, to the next one."""
    half = sensor.start_ns + 12_000_000_000
    cut = next(i for i, item in enumerate(items) if item.host_ns > half)
    said = [(MarkerKind.LOAD, "7.5"), (MarkerKind.KIND, "warm-up"), (MarkerKind.NOTE, "hello")]
    before = [Marker(items[2].host_ns, kind, text) for kind, text in said]
    end = Marker(items[cut].host_ns, MarkerKind.SET_END)
    during = Marker(items[cut].host_ns, MarkerKind.SIDE, "right")
    made.run([*items[:3], *before, *items[3:cut], during, end, *items[cut:]])
    contexts = [one.context for one in made.session.sets]
    assert [(one.side, one.load_kg) for one in contexts] == [("left", 7.5), ("right", 7.5)]
    assert {one.kind for one in contexts} == {SetKind.WARM_UP}
    assert sum(len(one.reps) for one in made.session.sets) == 4
    assert end in made.recorded


def test_what_is_taken_back_is_an_edit(made: Made, items: list[Item], sensor: VirtualSensor) -> None:
    """During the set and after it; the measured rows stay."""
    half = next(i for i, item in enumerate(items) if item.host_ns > sensor.start_ns + 16_000_000_000)
    undo = Marker(items[half].host_ns, MarkerKind.UNDO)
    late = Marker(items[-1].host_ns, MarkerKind.UNDO)
    made.run([*items[:half], undo, *items[half:], Marker(items[-1].host_ns, MarkerKind.SET_END), late])
    (one,) = made.session.sets
    assert (len(one.measured.reps), len(one.reps), len(one.deleted)) == (4, 2, 2)
    last = one.measured.reps[-1].peak
    gone = [logged.rep.peak for logged in one.deleted if logged.rep is not None]
    assert last in gone
    assert len(set(gone)) == 2


def test_answers_are_logged(made: Made, items: list[Item]) -> None:
    at_ns = items[-1].host_ns
    nonsense = Marker(at_ns, MarkerKind.ANSWER, "no json")
    made.run([*items, answer(at_ns, "felt", ["glute"], set_number=1), nonsense, answer(at_ns, "pain", 0)])
    told = [(one.question, one.value, one.set_number) for one in made.session.answers]
    assert told == [("felt", ["glute"], 1), ("pain", 0, None)]


def test_a_correction_makes_a_set_what_it_was_and_said_twice_changes_nothing(made: Made, items: list[Item]) -> None:
    at_ns = items[-1].host_ns
    end = Marker(at_ns, MarkerKind.SET_END)
    said = [("load", 7.5), ("side", "right"), ("exercise", "band"), ("added", 2), ("deleted", [1, 2]), ("deleted", [2])]
    said += [("added", 1), ("colour", "red"), ("side", 5), ("deleted", [2]), ("load", 7.5)]
    marks = [Correction(1, what, value).mark(at_ns) for what, value in said]
    nonsense = Marker(at_ns, MarkerKind.CORRECTION, "no json")
    made.run([*items, end, *marks, nonsense, Correction(9, "load", 1.0).mark(at_ns)])
    (one,) = made.session.sets
    assert (one.context.load_kg, one.context.side, one.context.exercise) == (7.5, "right", "band")
    assert [logged.rep.peak for logged in one.deleted if logged.rep is not None] == [2]
    assert [logged.rep is None for logged in one.reps] == [False] * 3 + [True]
    assert (one.said.load_kg, len(one.measured.reps)) == (5.0, 4)


def test_form_is_judged_by_the_tempo_of_the_plan(made: Made, items: list[Item]) -> None:
    plan = WorkoutPlan(exercise="cable", tempo_s=(1.0, 4.0, 1.0, 0.0))
    made.run([items[0], answer(items[0].host_ns, PLAN, plan.said()), *items[1:]])
    (one,) = made.session.sets
    limits = {verdict.limit for logged in one.reps for verdict in logged.form if verdict.flag == "no-hold"}
    assert limits == {1.5}


def test_a_set_to_warm_up_has_a_load_that_nobody_said() -> None:
    said = SetContext(load_kg=5.0, load_label="red")
    assert told(said, Marker(0, MarkerKind.LOAD, "")).load_kg is None
    assert told(said, Marker(0, MarkerKind.LABEL, "blue")).load_label == "blue"
    assert told(said, Marker(0, MarkerKind.LABEL, "")).load_label is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (MarkerKind.LOAD, "heavy"),
        (MarkerKind.LOAD, "nan"),
        (MarkerKind.SIDE, "up"),
        (MarkerKind.KIND, "fun"),
        (MarkerKind.NOTE, "left"),
    ],
)
def test_marks_that_say_nothing(kind: MarkerKind, text: str) -> None:
    said = SetContext(side="left", load_kg=5.0)
    assert told(said, Marker(0, kind, text)) == said


def test_a_full_disk_does_not_stop_the_counting(made: Made, items: list[Item], monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = made.writer.write, 0

    def full(event: GattEvent) -> None:
        nonlocal written
        written += 1
        if written == 100:
            raise RecordingError(made.path, "cannot write (no space left on device)")
        assert written < 100
        write(event)

    monkeypatch.setattr(made.writer, "write", full)
    assert made.run(items) is Ending.FINISHED
    assert [len(one.reps) for one in made.session.sets] == [4]
    assert "no space" in str(made.live.failure)
    assert len(made.recorded) == 99


def test_a_journal_that_fails_leaves_the_recording(
    made: Made, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise JournalError("damaged")

    monkeypatch.setattr(made.journal, "save", fail)
    with pytest.raises(JournalError, match="damaged"):
        made.run(items)
    assert made.recorded == items
    assert sum(isinstance(value, Rep) for value in made.shown) == 4
    assert made.session.ending is None


def test_what_waits_for_the_journal_is_saved_at_once(
    made: Made, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the disk, a backlog is one transaction."""
    save, gate = made.journal.save, Event()
    batches: list[int] = []

    def slow(session: str, *found: ScoredSet | ScoredRejected | ScoredGap) -> None:
        batches.append(len(found))
        assert gate.wait(20)
        save(session, *found)

    monkeypatch.setattr(made.journal, "save", slow)
    closing = made.live.close

    def close(ending: Ending, *, quietly: bool = False) -> None:
        gate.set()
        closing(ending, quietly=quietly)

    monkeypatch.setattr(made.live, "close", close)
    cut = [item for i, item in enumerate(items) if not 30 <= i % 60 < 36]
    made.run(cut)
    found = made.session
    assert sum(batches) == len(found.sets) + len(found.rejected) + len(found.gaps)
    assert sum(batches) > len(batches)
    assert batches[0] == 1
    assert len(batches) <= 3


def test_a_demo_without_a_journal(kickback: Kickback, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise JournalError("damaged")

    monkeypatch.setattr(Journal, "save", fail)
    done = kickback("demo", "--speed", "max")
    (path,) = (data / "recordings").iterdir()
    assert (done.code, done.err) == (2, f"kickback: damaged; the recording is whole: kickback replay {path}\n")
    monkeypatch.undo()
    assert "6 reps" in kickback("replay", path, "--data-dir", data).out


def test_a_producer_that_fails(made: Made, items: list[Item]) -> None:
    with pytest.raises(ConnectionError):
        made.run(items[:200], error=ConnectionError("gone"))
    assert made.recorded == items[:200]
    assert made.session.ending is Ending.INTERRUPTED
    assert [len(one.reps) for one in made.session.sets] == [3]


def test_a_screen_that_fails(made: Made, items: list[Item]) -> None:
    made.fail_at = Rep
    with pytest.raises(BrokenPipeError):
        made.run(items)
    assert made.session.ending is Ending.INTERRUPTED
    assert len(made.recorded) > 50


def test_a_screen_that_fails_at_the_very_end(made: Made, items: list[Item]) -> None:
    made.fail_at = ExerciseSet  # it closes when the stream does
    with pytest.raises(BrokenPipeError):
        made.run(items)
    assert [len(one.reps) for one in made.session.sets] == [4]
    assert made.session.ending is Ending.INTERRUPTED
    assert made.recorded == items


def test_a_screen_that_fails_at_once(
    journal: Journal, sensor: VirtualSensor, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(console(), "title")

    def fail() -> None:
        raise BrokenPipeError(errno.EPIPE, "gone")

    monkeypatch.setattr(view, "begin", fail)
    with pytest.raises(BrokenPipeError):
        perform(sensor, exercise("cable"), data, view, float("inf"))
    (one,) = journal.sessions()
    assert one.ending is Ending.INTERRUPTED
    (path,) = (data / "recordings").iterdir()
    recording = open_recording(path)
    assert list(recording) == []
    assert recording.ending.complete


def test_a_journal_that_fails_at_once_leaves_no_open_recording(
    sensor: VirtualSensor, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise JournalError("full")

    monkeypatch.setattr(Journal, "add_recording", fail)
    with pytest.raises(JournalError, match="full"):
        perform(sensor, exercise("cable"), data, View(console(), "title"), float("inf"))
    (path,) = (data / "recordings").iterdir()
    recording = open_recording(path)
    assert list(recording) == []
    assert recording.ending.complete


def test_the_pace() -> None:
    async def taken(speed: float) -> float:
        clock = asyncio.get_running_loop().time
        begun = clock()
        await paced(((i * 10_000_000, i) for i in range(21)), lambda _: None, speed)
        return clock() - begun

    assert asyncio.run(taken(2.0)) == pytest.approx(0.1, abs=0.05)
    assert asyncio.run(taken(float("inf"))) < 0.05
