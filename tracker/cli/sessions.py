"""From a source of items to a session in the journal: what demo and replay have in common."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from tracker.cli.console import LINE_LENGTH
from tracker.cli.errors import BadInputError
from tracker.cli.view import View
from tracker.exercises import Exercise
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    Sensor,
    SessionId,
    SessionStart,
    SetContext,
    journal_path,
    recordings_folder,
)
from tracker.journal.text import plain
from tracker.live import Entry, Item, LiveSession, Put, paced, run
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.recording import GattEvent, Header, RecordingError, RecordingWriter
from tracker.replay import Replay
from tracker.sensors.virtual import FAMILY, SENSOR, VirtualSensor
from tracker.simulation.closeness import closeness
from tracker.stream import Stream


@dataclass(frozen=True, slots=True)
class Performed:
    """A session that is over.

    Attributes
    ----------
    session
        Its UUID.
    ending
        How it ended.
    recording
        Where the recording lies.
    failure
        Why the recording broke off, if it did.
    """

    session: SessionId
    ending: Ending
    recording: Path
    failure: RecordingError | None


def perform(sensor: VirtualSensor, profile: Exercise, folder: Path, view: View, speed: float) -> Performed:
    """Run a virtual sensor's session: record, track, journal."""
    begun_at = datetime.now().astimezone()
    session = SessionId(str(uuid4()))
    header = sensor.header(session, begun_at.isoformat(), time.monotonic_ns())
    path = recordings_folder(folder) / f"{begun_at:%Y-%m-%dT%H-%M-%S}_{session[:8]}.mcap"
    with ExitStack() as opened:
        journal = journal_path(folder)
        # what is there is looked at first; what is not is made only where the recording can be
        known = opened.enter_context(Journal.open(journal)) if journal.exists() else None
        writer = _recorder(path, header)
        try:
            known = known or opened.enter_context(Journal.open(journal))
            known.begin_session(_start(begun_at, profile, header), session=session)
        except BaseException:
            writer.close()
            path.unlink()
            raise
        with writer:
            entry = _entry(known, session, path, header)
            stream = Stream(profile, family=FAMILY, info=sensor.stream.info, sensor=SENSOR)
            live: LiveSession[GattEvent] = LiveSession(stream, entry, view.show, writer)
            events = ((event.host_ns, event) for event in sensor.events(header.origin_ns))
            try:
                ending = asyncio.run(_until_stopped(live, view, events, speed))
            except JournalError as error:
                raise JournalError(f"{error}; the recording is whole: kickback replay {path}") from error
        return Performed(session, ending, path, live.failure)


def repeat(source: Replay[Item], folder: Path, view: View, speed: float) -> Performed:
    """Run a recording as a session."""
    begun_at = source.begun_at or datetime.now().astimezone()
    with Journal.open(journal_path(folder)) as journal:
        start = _start(begun_at, source.profile, source.header, f"replay of {source.path.name}")
        session = journal.begin_session(start)
        entry = _entry(journal, session, source.path.absolute(), source.header, begun_at)
        live: LiveSession[Item] = LiveSession(source.stage, entry, view.show)
        ending = asyncio.run(_until_stopped(live, view, source.items, speed))
        return Performed(session, ending, source.path, None)


def print_summary(out: Console, view: View, done: Performed, sensor: VirtualSensor | None) -> None:
    """Say what became of it and where it lies."""
    rows = [("Recording", str(done.recording)), ("Log", f"kickback show {done.session[:8]}")]
    if sensor is not None and done.ending is Ending.FINISHED:
        rows.append(("Truth", _truth(view, sensor)))
    if done.ending is not Ending.FINISHED:
        rows.insert(0, ("Ended", f"{done.ending.value}; everything up to here is kept"))
    out.print()
    if not view.sets:
        out.print("No repetitions found.", style="bold")
    for label, text in rows:
        line = Text.assemble((f"{label:<11}", "dim"), plain(text, LINE_LENGTH))
        out.print(line, soft_wrap=True)


def _truth(view: View, sensor: VirtualSensor) -> str:
    measured = [rep for one in view.sets for rep in one.reps]
    close = closeness(measured, [rep for one in sensor.simulated.sets for rep in one.reps])
    counted = f"{close.measured} of {close.true} counted"
    if close.phase_mae_s is None or close.range_mae_deg is None:
        return counted
    return f"{counted}, mean error {close.phase_mae_s * 1000:.0f} ms per phase, {close.range_mae_deg:.1f}° of range"


async def _until_stopped(
    live: LiveSession[Item], view: View, items: Iterable[tuple[int, Item]], speed: float
) -> Ending:
    """Run the loop; a request to terminate, or a terminal that closes, ends it as Ctrl-C does."""

    async def produce(put: Put[Item]) -> None:
        view.begin()
        await paced(items, put, speed)

    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError, AttributeError):  # Windows has no such signals
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await run(live, produce)


def _start(begun_at: datetime, profile: Exercise | None, header: Header | None, notes: str = "") -> SessionStart:
    return SessionStart(
        started_at=begun_at,
        algorithm_version=ALGORITHM_VERSION,
        exercise=profile.id if profile else None,
        working_side=header.working_side if header else None,
        sensor_side=header.sensors[0].side if header else None,
        load_kg=header.load_kg if header else None,
        notes=notes,
    )


def _recorder(path: Path, header: Header) -> RecordingWriter:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadInputError(f"{path.parent}: is not a folder") from None
    return RecordingWriter(path, header)


def _entry(
    journal: Journal, session: SessionId, path: Path, header: Header | None, begun_at: datetime | None = None
) -> Entry:
    summary = journal.session(session)
    if header is not None:
        worn = header.sensors[0]
        sensor = Sensor(family=worn.family, name=worn.name, address=worn.address, side=worn.side)
        journal.add_sensor(session, sensor)
    return Entry(
        journal=journal,
        session=session,
        recording=journal.add_recording(session, path),
        path=path,
        said=SetContext(side=summary.working_side, exercise=summary.exercise, load_kg=summary.load_kg),
        begun_at=begun_at,
        bands={(one.exercise, one.side): one.band for one in journal.bands()},
    )
