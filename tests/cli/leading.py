"""A session that is led, on a leg whose movements a test makes up: coach, board, marks, log, all but the sensor."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tracker.cli.led import LOOK_S, Led
from tracker.cli.streaming import LiveSensor
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Cue, Settings
from tracker.coaching.plan import WorkoutPlan
from tracker.exercises import exercise
from tracker.journal import Ending, Journal, Session, SessionId, SessionStart, SetContext
from tracker.live import Entry, Lane, LiveSession
from tracker.motion.engine import Value
from tracker.motion.now import Now
from tracker.motion.values import ExerciseSet, Peak, Rejected, Rep
from tracker.motion.vectors import Vector
from tracker.recording import Marker, MarkerKind
from tracker.sensors.state import LinkState, Phase, SensorState

PLAN = WorkoutPlan(exercise="cable", sets=3, reps=(4, 6), sides=("left",), rest_s=20.0)
REP_S, REST_S = 6.0, 8.0
UPRIGHT: Vector = (0.0, 0.0, 1.0)


class Rest:
    """Long enough for a set to be over."""


Item = Marker | Peak | Rep | Rejected | Rest


@dataclass
class Leg:
    """Stages that find what they are told to find."""

    duration_s: float = 0.0
    now: Now | None = None
    up: Vector | None = None
    sets: int = 0
    reps: list[Rep] = field(default_factory=list)

    def push(self, item: Item, /) -> list[Value]:
        if isinstance(item, Rest) or (isinstance(item, Marker) and item.kind is MarkerKind.SET_END):
            return self.flush()
        if isinstance(item, Marker):
            return []
        if isinstance(item, Rep):
            self.reps.append(item)
        return [item]

    def flush(self) -> list[Value]:
        if not self.reps:
            return []
        self.sets, reps, self.reps = self.sets + 1, tuple(self.reps), []
        return [ExerciseSet(self.sets, reps, (), (None,) * len(reps), self.duration_s)]


class Stand:
    """A session under way; ``recorded`` is what went through its queue."""

    def __init__(
        self,
        folder: Path,
        plan: WorkoutPlan = PLAN,
        *,
        id_: str = "cable",
        settings: Settings | None = None,
        goes_on: SessionId | None = None,
    ) -> None:
        self.journal = Journal.open(folder / "kickback.db")
        start = SessionStart(started_at=datetime.now(UTC), algorithm_version="1", exercise=id_)
        self.uuid = goes_on or self.journal.begin_session(start)
        self.leg, self.peak, self.cues = Leg(), 0, list[Cue]()
        self.led = Led(Coach(plan, exercise(id_), settings=settings), self.cues.extend)
        if goes_on:
            self.led.took_up(self.journal.session(goes_on))
        self.recorded: list[Item] = []
        self.queue: deque[Item] = deque()
        path = folder / f"{len(list(folder.iterdir()))}.mcap"
        path.touch()
        number = self.journal.add_recording(self.uuid, path)
        entry = Entry(journal=self.journal, session=self.uuid, recording=number, path=path)
        state = SensorState(
            number=1, link=LinkState(phase=Phase.UP), battery_percent=80, rate_hz=100.0, lost_percent=0.0,
            lost_estimated=False, errors=0, last_error="",
        )  # fmt: skip
        worn = cast(LiveSensor, SimpleNamespace(stream=self.leg, state=state))
        (show,) = self.led.lanes([worn])
        said = SetContext(side="left", exercise=id_)
        self.live: LiveSession[Item] = LiveSession([Lane(stage=self.leg, show=show, said=said)], entry)
        self.led.handed(self.queue.append)
        self.drain()

    def drain(self) -> None:
        """Consume what is in the queue."""
        while self.queue:
            self.recorded.append(self.queue.popleft())
            self.live.take(self.recorded[-1])

    @property
    def hanging(self) -> list[int]:
        """Peaks that were reached and whose repetition is not over."""
        over = {item.peak for item in self.recorded if isinstance(item, Rep | Rejected)}
        return [item.peak for item in self.recorded if isinstance(item, Peak) and item.peak not in over]

    def do(self, *items: Item) -> None:
        self.queue.extend(items)
        self.drain()

    def press(self, *whats: str) -> None:
        for what in whats:
            self.led.press(what)
            self.drain()

    def lift(self, times: int = 1, *, drained: bool = True) -> list[int]:
        """Do whole repetitions; return their peaks."""
        return [self.back(self.top(drained=drained), drained=drained) for _ in range(times)]

    def top(self, *, drained: bool = True) -> int:
        self.peak += 1
        self.leg.duration_s += REP_S / 2
        self.queue.append(Peak(self.peak, self.leg.duration_s, self.leg.duration_s))
        if drained:
            self.drain()
        return self.peak

    def back(self, peak: int, *, drained: bool = True) -> int:
        at_s = self.leg.duration_s - REP_S / 2
        self.leg.duration_s += REP_S / 2
        self.queue.append(Rep(peak, at_s, at_s + 2, at_s + 3, at_s + 5.9, at_s + 6, 40.0, 30.0))
        if drained:
            self.drain()
        return peak

    def rest(self) -> None:
        self.leg.duration_s += REST_S
        self.do(Rest())

    def look(self, seconds: float, up: Vector | None = UPRIGHT) -> None:
        """Look at the leg for some time, which stands as it stands."""
        for _ in range(round(seconds / LOOK_S)):
            self.leg.duration_s += LOOK_S
            self.led.look(up, None)
            self.drain()

    def swing(self) -> None:
        """Stand still, swing once and stand still again, as a check asks for; the swing is found as a repetition."""
        self.look(3.2)
        peak = self.top()
        for tilt in (0.1, 0.3, 0.5, 0.3, 0.1):
            self.look(LOOK_S, (math.sin(tilt), 0.0, math.cos(tilt)))
        self.back(peak)
        self.look(2.5)

    def done(self, reps: int) -> list[int]:
        """Do a whole set."""
        peaks = self.lift(reps)
        self.rest()
        return peaks

    def end(self, ending: Ending = Ending.FINISHED) -> Session:
        """End it; return what the log says."""
        self.led.close()
        self.live.close(ending)
        return self.journal.session(self.uuid)

    @property
    def board(self) -> Any:
        return self.led.board.state

    def marks(self, kind: MarkerKind) -> list[str]:
        return [item.text for item in self.recorded if isinstance(item, Marker) and item.kind is kind]


def replayed(folder: Path, items: Iterable[Item], *, id_: str = "cable") -> Session:
    """Run what a session recorded once more, as a new session; return what the log says."""
    with Journal.open(folder / "again.db") as journal:
        uuid = journal.begin_session(SessionStart(started_at=datetime.now(UTC), algorithm_version="1", exercise=id_))
        path = folder / f"again {uuid}.mcap"
        path.touch()
        entry = Entry(journal=journal, session=uuid, recording=journal.add_recording(uuid, path), path=path)
        lane: Lane[Item] = Lane(stage=Leg(), show=lambda _: None, said=SetContext(side="left", exercise=id_))
        live: LiveSession[Item] = LiveSession([lane], entry)
        for item in items:
            live.take(item)
        live.close(Ending.FINISHED)
        return journal.session(uuid)
