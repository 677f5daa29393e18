"""The live loop: one queue, one consumer that records, tracks and journals.

In: items (GATT traffic and marks, or blocks of samples) from a producer that only puts them into the queue.
Out: the core's values, shown as they come; a closed recording; a journal entry that says how the session ended.
Replay and live run the same lines.

    producer ─ queue ─ consumer ─ record ─ track ─ show
                                             └─── journal (a thread, in order: no count waits for the disk)

Several sensors are several lanes of one session: each has its own stages and is shown on its own. Traffic goes to
its sensor's lane; a mark that names no sensor concerns all of them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tracker.coaching.plan import PLAN, tempo_said
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import SetForm, judge_set
from tracker.coaching.targets import Tempo, targets_of
from tracker.commands import Correction, TakenBack, Told, correct, take_back, told
from tracker.exercises import exercises
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    SessionId,
    SetContext,
    SetKind,
)
from tracker.motion.engine import Value
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Peak, Rejected, Rep
from tracker.recording import GattEvent, Marker, MarkerKind, RecordingError, RecordingWriter, Side

Item = TypeVar("Item")
Input = TypeVar("Input", contravariant=True)
Put = Callable[[Item], None]
Show = Callable[[Value | Marker], None]
"""Is told what the core found, and the marks, in the order in which they take effect."""


class Stage(Protocol[Input]):
    """What the core's stages have in common."""

    def push(self, item: Input, /) -> list[Value]:
        """Take one item; return what became known."""

    def flush(self) -> list[Value]:
        """End the stream; return the rest."""

    @property
    def duration_s(self) -> float:
        """From the first sample to the newest, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session's place in the journal.

    Attributes
    ----------
    journal, session
        Where values are saved.
    recording
        Number of the recording; None without one.
    path
        Its file.
    begun_at
        When what is replayed began; None while it happens.
    bands
        Personal range bands by exercise and working side.
    """

    journal: Journal
    session: SessionId
    recording: int | None
    path: Path
    begun_at: datetime | None = None
    bands: Mapping[tuple[str, Side | None], RangeBand] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Lane(Generic[Item]):
    """One sensor's part of a session.

    Attributes
    ----------
    stage
        Turns its items into values.
    show
        Is told every value, at once.
    said
        What the sensor cannot know, of the sets to come.
    sensor
        Its number; None: it is the only one.
    set_said
        The same of the set that is under way; None between sets.
    counted, taken_back
        Peaks of the set under way, from the top on, and those of them that the person took back.
    last_set
        The repetitions of the set before it; None: there is none.
    """

    stage: Stage[Item]
    show: Show
    said: SetContext
    sensor: int | None = None
    set_said: SetContext | None = None
    counted: list[int] = field(default_factory=list)
    taken_back: set[int] = field(default_factory=set)
    last_set: TakenBack | None = None

    def concerns(self, item: Item) -> bool:
        """Return whether an item goes to this sensor."""
        named = item.sensor if isinstance(item, GattEvent | Marker) else None
        return None in (named, self.sensor) or named == self.sensor


Saved = ScoredSet | ScoredRejected | ScoredGap | TakenBack | Told | Correction
Word = TakenBack | Told | Correction
"""What the person said."""


class LiveSession(Generic[Item]):
    """One session as it happens.

    Parameters
    ----------
    lanes
        One for each sensor.
    entry
        Where values are saved.
    writer
        Records every item; None if they come from a recording.
    logged, answered
        So many findings and answers, the first ones, are in the journal already: what was cut off runs again.

    Attributes
    ----------
    failure
        Why the recording broke off, if it did; counting and the journal go on without it.
    """

    def __init__(
        self,
        lanes: Iterable[Lane[Item]],
        entry: Entry,
        writer: RecordingWriter | None = None,
        *,
        logged: int = 0,
        answered: int = 0,
    ) -> None:
        self.failure: RecordingError | None = None
        self._lanes = tuple(lanes)
        self._entry = entry
        self._writer = writer
        self._logged, self._answered = logged, answered
        self._unsaved: JournalError | None = None
        self._tempo: Tempo | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._waiting: deque[Saved] = deque()
        self._saving: deque[Future[None]] = deque()

    def take(self, item: Item) -> None:
        """Record one item, track it, save and show what became known."""
        self._record(item)
        for lane in self._lanes:
            if lane.concerns(item):
                self._push(lane, item)

    def close(self, ending: Ending, *, quietly: bool = False) -> None:
        """End the stream, save the rest, close the recording and say in the journal how it ended.

        ``quietly`` shows nothing any more: showing is what failed, perhaps. Where it fails only now, everything
        is saved all the same, and the session was interrupted.

        Raises
        ------
        JournalError
            Something could not be saved; everything was counted, shown and recorded all the same.
        """
        try:
            for lane in self._lanes:
                if quietly:
                    lane.show = nothing
                self._tell(lane, lane.stage.flush())
        except BaseException:
            with suppress(JournalError):  # the first error is the one to tell
                self._settle(Ending.INTERRUPTED)
            raise
        self._settle(ending)

    def _record(self, item: Item) -> None:
        if self._writer is None or self.failure is not None:
            return
        with self._told_later():
            if isinstance(item, Marker):
                self._writer.mark(item)
            elif isinstance(item, GattEvent):
                self._writer.write(item)

    @contextmanager
    def _told_later(self) -> Iterator[None]:
        try:
            yield
        except RecordingError as error:
            self.failure = error

    def _push(self, lane: Lane[Item], item: Item) -> None:
        if isinstance(item, Marker):
            self._mark(lane, item)
        self._tell(lane, lane.stage.push(item))
        if isinstance(item, Marker):
            lane.show(item)

    def _mark(self, lane: Lane[Item], marker: Marker) -> None:
        """Take the person's word."""
        lane.said = told(lane.said, marker)
        if marker.kind is MarkerKind.UNDO:
            self._undo(lane, marker.text)
        elif lane.set_said is not None and lane.set_said.kind is SetKind.CHECK:  # it was none: the person has begun
            lane.set_said = replace(lane.set_said, kind=lane.said.kind)
        if lane is not self._lanes[0]:  # of the whole session, not of each sensor
            return
        said = Told.of(marker) if marker.kind is MarkerKind.ANSWER else None
        if said is not None and said.question == PLAN:
            self._tempo = tempo_said(said.value)
        word = Correction.of(marker) if marker.kind is MarkerKind.CORRECTION else said
        if word is not None:
            self._save(word)

    def _undo(self, lane: Lane[Item], peak: str) -> None:
        """Take a repetition back: the one that is named, else the newest; none under way: of the set before."""
        left = [one for one in lane.counted if one not in lane.taken_back and peak in ("", str(one))]
        if left:
            lane.taken_back.add(left[-1])
            return
        before = lane.last_set.peaks if lane.last_set is not None else ()
        newest = next((one for one in reversed(before) if peak in ("", str(one))), None)
        if lane.last_set is not None and newest is not None:
            self._save(replace(lane.last_set, peaks=(newest,)))
            lane.last_set = replace(lane.last_set, peaks=tuple(one for one in before if one != newest))

    def _tell(self, lane: Lane[Item], values: list[Value]) -> None:
        """Save, then show: what a screen refuses is not lost."""
        for value in values:
            self._keep(lane, value)
        for value in values:
            lane.show(value)

    def _keep(self, lane: Lane[Item], value: Value) -> None:
        recording, sensor = self._entry.recording, lane.sensor
        match value:
            case Rep():
                lane.set_said = lane.set_said or lane.said
                if value.peak not in lane.counted:
                    lane.counted.append(value.peak)
            case Peak():
                lane.counted.append(value.peak)
            case ExerciseSet():
                said, lane.set_said = lane.set_said or lane.said, None
                form = form_of(value, said, self._entry.bands, self._tempo)
                self._save(ScoredSet(measured=value, context=said, recording=recording, sensor=sensor, form=form))
                peaks = tuple(rep.peak for rep in value.reps)
                taken = tuple(peak for peak in peaks if peak in lane.taken_back)
                if taken:
                    self._save(TakenBack(recording, sensor, value.number, taken))
                left = tuple(peak for peak in peaks if peak not in taken)
                lane.last_set = TakenBack(recording, sensor, value.number, left)
                lane.counted, lane.taken_back = [], set()
            case Rejected():
                if value.peak in lane.counted:
                    lane.counted.remove(value.peak)
                self._save(ScoredRejected(measured=value, recording=recording, sensor=sensor))
            case Gap():
                self._save(ScoredGap(measured=value, recording=recording, sensor=sensor))

    def _save(self, found: Saved) -> None:
        if isinstance(found, Told) and self._answered:
            self._answered -= 1
            return
        if self._logged and not isinstance(found, Word):
            self._logged -= 1
            return
        self._waiting.append(found)
        self._saving.append(self._thread.submit(self._save_waiting))
        self._collect()

    def _save_waiting(self) -> None:
        """In the thread: one transaction for all that came while the last one went to the disk."""
        found = [self._waiting.popleft() for _ in range(len(self._waiting))]
        journal, session = self._entry.journal, self._entry.session
        measured = [one for one in found if not isinstance(one, Word)]
        if measured:
            journal.save(session, *measured)
        for one in found:
            if isinstance(one, TakenBack):
                take_back(journal, session, one)
            elif isinstance(one, Correction):
                correct(journal, session, one)
            elif isinstance(one, Told):
                journal.answer(session, one.question, one.value, set_number=one.set_number)

    def _collect(self, *, everything: bool = False) -> None:
        """Look at what became of the saving; the first failure is told in the end."""
        while self._saving and (everything or self._saving[0].done()):
            try:
                self._saving.popleft().result()
            except JournalError as error:
                self._unsaved = self._unsaved or error

    def _settle(self, ending: Ending) -> None:
        self._thread.shutdown()
        with self._told_later():
            if self._writer is not None:
                self._writer.close()
        self._collect(everything=True)
        if self._unsaved is not None:
            raise self._unsaved
        self._sign(ending)

    def _sign(self, ending: Ending) -> None:
        entry, seconds = self._entry, max(lane.stage.duration_s for lane in self._lanes)
        if entry.recording is not None:
            digest = sha256_of(entry.path)
            entry.journal.close_recording(entry.session, entry.recording, sha256=digest, seconds=seconds)
        ended_at = None if entry.begun_at is None else entry.begun_at + timedelta(seconds=seconds)
        entry.journal.end_session(entry.session, ending, ended_at=ended_at)


def nothing(value: Value | Marker) -> None:
    """Show nothing."""


Produce = Callable[[Put[Item]], Awaitable[Ending | None]]
"""Puts items into the queue; returns how the session ended, None: it was finished."""


async def run(session: LiveSession[Item], produce: Produce[Item]) -> Ending:
    """Consume what a producer puts into the queue, until it ends, fails, or the task is cancelled (Ctrl-C).

    Whichever it is, the producer comes to its own end (a sensor is stopped), all that is in the queue is consumed,
    and the session is closed with the ending that is returned.

    Raises
    ------
    Exception
        What the producer, the consumer or the closing raised.
    """
    try:
        ending = await _consumed(session, produce)
    except BaseException:
        with suppress(JournalError):  # the first error is the one to tell
            session.close(Ending.INTERRUPTED, quietly=True)
        raise
    session.close(ending)
    return ending


async def _consumed(session: LiveSession[Item], produce: Produce[Item]) -> Ending:
    queue: asyncio.Queue[Item | None] = asyncio.Queue()
    producer = asyncio.ensure_future(produce(queue.put_nowait))
    consumer = asyncio.ensure_future(_consume(queue, session))
    stopped = False
    try:
        await asyncio.wait((producer, consumer), return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        stopped = True
    producer.cancel()
    await asyncio.wait((producer,))
    queue.put_nowait(None)
    outcomes = await asyncio.gather(producer, consumer, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
            raise outcome
    ending = outcomes[0] if isinstance(outcomes[0], Ending) else Ending.FINISHED
    return Ending.STOPPED if stopped else ending


async def _consume(queue: asyncio.Queue[Item | None], session: LiveSession[Item]) -> None:
    while (item := await queue.get()) is not None:
        session.take(item)


async def paced(items: Iterable[tuple[int, Item]], put: Put[Item], speed: float) -> None:
    """Put items when their time has come.

    Parameters
    ----------
    items
        Time in nanoseconds, item.
    put
        Takes them.
    speed
        Times real time; infinite: as fast as the consumer can.
    """
    clock = asyncio.get_running_loop().time
    begun, first_ns = clock(), None
    for at_ns, item in items:
        first_ns = at_ns if first_ns is None else first_ns
        ahead_s = (at_ns - first_ns) / 1e9 / speed - (clock() - begun)
        await asyncio.sleep(max(0.0, ahead_s))
        put(item)


def form_of(
    one: ExerciseSet,
    said: SetContext,
    bands: Mapping[tuple[str, Side | None], RangeBand],
    tempo: Tempo | None = None,
) -> SetForm | None:
    """Judge a set by what was said of it; None where no exercise of this version was.

    ``tempo`` is the plan's; None: the exercise's own.
    """
    profile = exercises().get(said.exercise or "")
    if profile is None:
        return None
    return judge_set(one, targets_of(profile, tempo=tempo, band=bands.get((profile.id, said.side))))


def sha256_of(path: Path) -> str | None:
    """Return a file's SHA-256; None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
