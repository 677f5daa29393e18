"""From a source of items to a session in the journal: what demo, live and replay have in common."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from tracker.cli.console import LINE_LENGTH
from tracker.cli.errors import BadInputError
from tracker.cli.view import View
from tracker.coaching.range_band import RangeBand
from tracker.exercises import Exercise
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    Sensor,
    SessionId,
    SessionStart,
    journal_path,
    recordings_folder,
)
from tracker.journal.text import plain
from tracker.live import Entry, Item, Lane, LiveSession, Produce, Put, paced, run
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.playback import Replay, lanes_of, said_of, worn_on
from tracker.recording import GattEvent, Header, RecordingError, RecordingWriter, Side
from tracker.sensors.virtual import FAMILY, SENSOR, VirtualSensor
from tracker.simulation import Simulated
from tracker.simulation.closeness import closeness
from tracker.stream import Stream

Result = TypeVar("Result")


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
    """Run a simulated conversation as a session."""
    header = begun(sensor.header)
    stream = Stream(profile, family=FAMILY, info=sensor.stream.info, sensor=SENSOR)
    lane: Lane[GattEvent] = Lane(stage=stream, show=view.show, said=said_of(header))
    events = ((event.host_ns, event) for event in sensor.events(header.origin_ns))

    async def produce(put: Put[GattEvent]) -> None:
        view.begin()
        await paced(events, put, speed)

    return asyncio.run(stoppable(record(header, [lane], folder, produce)))


def begun(header: Callable[[str, str, int], Header], session: SessionId | None = None) -> Header:
    """Return the header of a recording that begins now; ``header`` is told the session's UUID, time of day and clock.

    ``session`` is the one that goes on; None: a new one begins.
    """
    return header(session or str(uuid4()), datetime.now().astimezone().isoformat(), time.monotonic_ns())


async def record(
    header: Header, lanes: Sequence[Lane[Item]], folder: Path, produce: Produce[Item], *, goes_on: bool = False
) -> Performed:
    """Run a session as it happens: record, track, journal.

    Parameters
    ----------
    header
        Of the recording; it says when the session begins, and its UUID.
    lanes
        One per sensor.
    folder
        The data folder.
    produce
        Puts what happens into the queue.
    goes_on
        The header's session is in the log already; this is another recording of it.
    """
    begun_at, session = datetime.fromisoformat(header.started_at), SessionId(header.session)
    name = f"{begun_at:%Y-%m-%dT%H-%M-%S}_{session[:8]}"
    path = recordings_folder(folder) / f"{name}.mcap"
    if goes_on and path.exists():  # taken up again within the second
        path = path.with_name(f"{name}_{begun_at:%f}.mcap")
    with ExitStack() as opened:
        journal = journal_path(folder)
        # what is there is looked at first; what is not is made only where the recording can be
        known = opened.enter_context(Journal.open(journal)) if journal.exists() else None
        writer = _recorder(path, header)
        try:
            known = known or opened.enter_context(Journal.open(journal))
            if not goes_on:
                known.begin_session(_start(begun_at, header.exercise, header), session=session)
        except BaseException:
            writer.close()
            path.unlink()
            raise
        with writer:
            live = LiveSession(lanes, _entry(known, session, path, header), writer)
            try:
                ending = await run(live, produce)
            except JournalError as error:
                raise JournalError(f"{error}; the recording is whole: kickback replay {path}") from error
        return Performed(session, ending, path, live.failure)


def repeat(source: Replay[Item], folder: Path, view: View, speed: float) -> Performed:
    """Run a recording as a session."""
    begun_at = source.begun_at or datetime.now().astimezone()
    id_ = source.profile.id if source.profile else None
    with Journal.open(journal_path(folder)) as journal:
        start = _start(begun_at, id_, source.header, f"replay of {source.path.name}")
        session = journal.begin_session(start)
        entry = _entry(journal, session, source.path.absolute(), source.header, begun_at)
        lanes = lanes_of(source, lambda number: view.of(leg_of(source.header, number)).show)

        async def produce(put: Put[Item]) -> None:
            view.begin()
            await paced(source.items, put, speed)

        ending = asyncio.run(stoppable(run(LiveSession(lanes, entry), produce)))
        return Performed(session, ending, source.path, None)


def leg_of(header: Header | None, number: int | None) -> str | None:
    """Return what to call one of several sensors; None: it is the only one."""
    return None if number is None else worn_on(header, number) or f"sensor {number}"


def print_summary(out: Console, view: View, done: Performed, simulated: Simulated | None) -> None:
    """Say what became of it and where it lies."""
    rows = [("Recording", str(done.recording)), ("Log", f"kickback show {done.session[:8]}")]
    if simulated is not None and done.ending is Ending.FINISHED:
        rows.append(("Truth", _truth(view, simulated)))
    if done.ending is not Ending.FINISHED:
        rows.insert(0, ("Ended", f"{done.ending.value}; everything up to here is kept"))
    out.print()
    if not view.all_sets:
        out.print("No repetitions found.", style="bold")
    for label, text in rows:
        line = Text.assemble((f"{label:<11}", "dim"), plain(text, LINE_LENGTH))
        out.print(line, soft_wrap=True)


def _truth(view: View, simulated: Simulated) -> str:
    measured = [rep for one in view.sets for rep in one.reps]
    close = closeness(measured, [rep for one in simulated.sets for rep in one.reps])
    counted = f"{close.measured} of {close.true} counted"
    if close.phase_mae_s is None or close.range_mae_deg is None:
        return counted
    return f"{counted}, mean error {close.phase_mae_s * 1000:.0f} ms per phase, {close.range_mae_deg:.1f}° of range"


async def stoppable(what: Coroutine[Any, Any, Result]) -> Result:
    """Await; a request to terminate, or a terminal that closes, ends it as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError, AttributeError):  # Windows has no such signals
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await what


def _start(begun_at: datetime, exercise: str | None, header: Header | None, notes: str = "") -> SessionStart:
    return SessionStart(
        started_at=begun_at,
        algorithm_version=ALGORITHM_VERSION,
        exercise=exercise,
        working_side=header.working_side if header else None,
        sensor_side=header.sensors[0].side if header and len(header.sensors) == 1 else None,
        load_kg=header.load_kg if header else None,
        notes=notes,
    )


def saved_bands(folder: Path) -> dict[tuple[str, Side | None], RangeBand]:
    """Return the personal ranges in a data folder, by exercise and side; none where there is no journal yet."""
    path = journal_path(folder)
    if not path.exists():
        return {}
    with Journal.open(path) as journal:
        return journal.newest_bands()


def _recorder(path: Path, header: Header) -> RecordingWriter:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadInputError(f"{path.parent}: is not a folder") from None
    return RecordingWriter(path, header)


def _entry(
    journal: Journal, session: SessionId, path: Path, header: Header | None, begun_at: datetime | None = None
) -> Entry:
    known = journal.session(session).sensors
    for worn in header.sensors[len(known) :] if header else ():
        sensor = Sensor(family=worn.family, name=worn.name, address=worn.address, side=worn.side)
        journal.add_sensor(session, sensor)
    return Entry(
        journal=journal,
        session=session,
        recording=journal.add_recording(session, path),
        path=path,
        begun_at=begun_at,
        bands=journal.newest_bands(),
    )
