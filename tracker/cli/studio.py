"""The session behind the page: started, led and ended by what people press, coached, recorded and logged.

browsers ⇄ server ⇄ Studio ─ stream() ─ sensor
                      └─ Coach, Board     marks ─→ the session's queue
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tracker.cli.sessions import Performed
from tracker.cli.streaming import VIRTUAL_ADDRESS, LiveSensor, Wish, bluetooth_of, stream
from tracker.cli.unfinished import Unfinished, finish, unfinished
from tracker.coaching.answers import check_answers, check_stop
from tracker.coaching.board import Board, SensorRow
from tracker.coaching.coach import Coach
from tracker.coaching.cues import CountAt, Cue, CueKind, Feedback, Level, Mode, Settings
from tracker.coaching.plan import Goal, WorkoutPlan, preset, tempo_of, tempo_text
from tracker.coaching.range_band import RangeBand
from tracker.commands import answer
from tracker.exercises import Leg, exercises
from tracker.journal import Ending, Journal, JournalError, LoggedSet, Session, journal_path
from tracker.live import Put, Show
from tracker.motion.values import ExerciseSet
from tracker.recording import GattEvent, Header, Marker, MarkerKind, RecordingError
from tracker.sensors.errors import SensorError
from tracker.sensors.state import SensorState

LOOK_S = 0.04
"""How often the leg is looked at between two values of the core: as often as the core looks at it."""
Changed = Callable[[Iterable[dict[str, Any]]], None]
Item = GattEvent | Marker


class Studio:
    """One session at a time, from its start on a page to its summary.

    Parameters
    ----------
    folder
        The data folder.
    sensors
        Names or addresses that were asked for; empty: the saved one, or the only one near.
    virtual
        A simulated sensor on a simulated radio.
    """

    def __init__(self, folder: Path, *, sensors: tuple[str, ...] = (), virtual: bool = False) -> None:
        self._folder = folder
        self._sensors = (VIRTUAL_ADDRESS,) if virtual else sensors
        self._virtual = virtual
        self._listeners: list[Changed] = []
        self._running: asyncio.Task[None] | None = None
        self._forget()

    def _forget(self) -> None:
        self._screen, self._busy, self._trouble = "start", "", ""
        self._coach: Coach | None = None
        self._board: Board | None = None
        self._worn: LiveSensor | None = None
        self._put: Put[Item] | None = None
        self._until = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._sets: list[dict[str, Any]] = []
        self._answered: set[int] = set()
        self._session = self._side_told = ""
        self._unfinished = unfinished(self._folder)

    # What is to be seen

    def state(self) -> dict[str, Any]:
        """Return everything that is to be seen."""
        return {
            "screen": self._screen,
            "busy": self._busy,
            "trouble": self._trouble,
            "session": self._session[:8],
            "sets": self._sets,
            "answered": sorted(self._answered),
            "board": asdict(self._board.state) if self._board else None,
            "plan": _plan_json(self._coach.plan) if self._coach else None,
            "levels": dict(self._coach.settings.levels) if self._coach else None,
            "exercises": _exercises_json() if self._screen == "start" else None,
            "unfinished": _unfinished_json(self._unfinished) if self._screen == "start" else None,
        }

    def listen(self, changed: Changed) -> Callable[[], None]:
        """Tell of every change; return what ends it."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def _tell(self, cues: Iterable[Cue] = ()) -> None:
        told = [
            {"kind": cue.kind, "mode": cue.mode, "text": cue.text, "value": cue.value, "at_s": cue.at_s} for cue in cues
        ]
        for changed in list(self._listeners):
            changed(told)

    # What people press

    async def do(self, command: dict[str, Any]) -> None:
        """Do what somebody pressed.

        Raises
        ------
        ValueError
            It makes no sense, or not now.
        """
        what = command.get("do")
        if what == "start":
            self._start(command)
        elif what == "again" and self._screen == "over":
            self._forget()
            self._tell()
        elif self._screen != "live" or self._coach is None or self._board is None:
            raise ValueError("no session is running")
        elif what == "stop":
            self._stop(command)
        elif what == "answers":
            number, answers = check_answers(command, sets=len(self._sets))
            for question, value in answers.items():
                self._mark(answer(self._now_ns(), question, value, set_number=number))
            if number is not None:
                self._answered.add(number)
            self._tell()
        else:
            self._press(str(what), self._coach, self._board)

    async def close(self) -> None:
        """End the session that runs, if one does, and wait for it."""
        self._until.set()
        if self._running is not None:
            await asyncio.wait((self._running,))

    def _start(self, command: dict[str, Any]) -> None:
        if self._screen not in ("start", "over"):
            raise ValueError("a session is running already")
        plan, settings = _plan_of(command), _settings_of(command)
        one = self._unfinished if command.get("resume") else None
        self._forget()
        self._screen = "live"
        profile = exercises()[plan.exercise]
        side: Leg | None = plan.sides[0] if plan.sides else None
        band = self._band(plan.exercise, side)
        self._coach = Coach(plan, profile, band=band, settings=settings)
        if one is not None:
            logged = self._taken_up(one)
            self._sets = [_set_json(done) for done in logged.sets]
            self._answered = {told.set_number for told in logged.answers if told.set_number is not None}
            self._coach.done = min(len(logged.sets), len(plan.steps()))
        self._board = Board(self._coach)
        worn = None if side is None else profile.working_leg(side)  # the same rule both ways: the other leg in a bridge
        wish = Wish(
            sensors=self._sensors,
            sides=(worn,) if worn else (),
            profile=profile,
            load_kg=plan.load_kg,
            goes_on=one.session if one else None,
        )
        self._running = asyncio.create_task(self._run(wish))
        self._tell()

    def _taken_up(self, one: Unfinished) -> Session:
        try:
            return finish(self._folder, one, again=True)
        except (JournalError, RecordingError) as error:
            self._screen = "start"
            raise ValueError(" ".join(str(error).split())) from error

    def _band(self, exercise: str, side: Leg | None) -> RangeBand | None:
        path = journal_path(self._folder)
        if not path.exists():
            return None
        with Journal.open(path) as journal:
            known = {(one.exercise, one.side): one.band for one in journal.bands()}
        return known.get((exercise, side))

    def _stop(self, command: dict[str, Any]) -> None:
        for question, value in check_stop(command).items():
            self._mark(answer(self._now_ns(), question, value))
        self._until.set()

    def _press(self, what: str, coach: Coach, board: Board) -> None:
        at_s = self._at_s()
        match what:
            case "end-set":
                cues: list[Cue] = []
                self._mark(Marker(self._now_ns(), MarkerKind.SET_END))
            case "undo":
                cues = coach.undo(at_s)
                if not cues:
                    board.undo()
                self._mark(Marker(self._now_ns(), MarkerKind.UNDO))
            case "pause":
                cues = coach.pause(at_s)
                self._mark(Marker(self._now_ns(), MarkerKind.PAUSE))
            case "resume":
                cues = coach.resume(at_s)
                self._mark(Marker(self._now_ns(), MarkerKind.RESUME))
            case "switch":
                other: Leg = "left" if coach.current is not None and coach.current.side == "right" else "right"
                cues = coach.switch(other, at_s)
                self._say_side()
            case _:
                raise ValueError(f"nothing is called {what!r}")
        board.push(None, cues)
        self._tell(cues)

    def _mark(self, marker: Marker) -> None:
        if self._put is not None:
            self._put(marker)

    def _now_ns(self) -> int:
        return time.monotonic_ns()

    def _at_s(self) -> float:
        return self._worn.stream.duration_s if self._worn else 0.0

    # The session

    async def _run(self, wish: Wish) -> None:
        try:
            async with bluetooth_of(virtual=self._virtual, exercise=wish.profile) as bluetooth:
                done = await stream(bluetooth, wish, self._folder, self, until=self._until, hand=self._handed)
            self._over(done)
        except (SensorError, JournalError, RecordingError, ValueError, OSError) as error:
            self._trouble = " ".join(str(error).split())
            self._screen = "over" if self._session else "start"
        finally:
            if self._looking is not None:
                self._looking.cancel()
            self._busy, self._put = "", None
            self._tell()

    def _over(self, done: Performed) -> None:
        self._session, self._screen = done.session, "over"
        words = {Ending.FINISHED: "done", Ending.LINK_LOST: "the sensor did not come back; all until then is kept"}
        if self._board is not None:
            self._board.end(words.get(done.ending, done.ending.value))
        if done.failure is not None:
            self._trouble = str(done.failure)

    def _handed(self, put: Put[Item]) -> None:
        self._put = put
        self._say_side()
        if self._coach is not None and self._coach.current is not None:
            self._mark(Marker(self._now_ns(), MarkerKind.KIND, self._coach.current.kind.value))

    def _say_side(self) -> None:
        """Tell the log which leg works from here on, where that is known and new."""
        current = self._coach.current if self._coach else None
        if current is not None and current.side is not None and current.side != self._side_told:
            self._side_told = current.side
            self._mark(Marker(self._now_ns(), MarkerKind.SIDE, current.side))

    # As a screen of the session (`streaming.Screen`)

    def busy(self, what: str) -> None:
        """Show what takes a moment."""
        self._busy = what
        self._tell()

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told the sensor's values."""
        self._session = header.session
        (self._worn,) = worn
        return [self._show]

    def begin(self) -> None:
        """Look at the leg from here on."""
        self._looking = asyncio.create_task(self._look())

    def states(self, states: Sequence[SensorState]) -> None:
        """Show how the sensor is doing."""
        if self._board is not None:
            self._board.sensors(_sensor_row(one) for one in states)
            self._tell()

    def _show(self, value: object) -> None:
        coach, board = self._coach, self._board
        assert coach is not None
        assert board is not None
        match value:
            case Marker(kind=MarkerKind.LINK_LOST):
                cues = coach.lost(self._at_s())
            case Marker(kind=MarkerKind.LINK_BACK):
                cues = coach.back(self._at_s())
            case _:
                cues = coach.push(value)
        board.push(value, cues)
        if isinstance(value, ExerciseSet):
            words = {"set": len(self._sets) + 1, "side": self._side_told, "words": board.state.last_set_words}
            self._sets = [*self._sets, words]
        if any(cue.kind is CueKind.SWITCH_LEGS for cue in cues):
            self._say_side()
        self._tell(cues)

    async def _look(self) -> None:
        """Follow the leg between the values."""
        worn, coach, board = self._worn, self._coach, self._board
        assert worn is not None
        assert coach is not None
        assert board is not None
        before = None
        while True:
            now = worn.stream.now
            if now is not None and now != before:
                cues = coach.push(now)
                board.push(now, cues)
                self._tell(cues)
            before = now
            await asyncio.sleep(LOOK_S)


def _unfinished_json(one: Unfinished | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"at": f"{one.started_at:%Y-%m-%d %H:%M}", "sets": one.sets, "exercise": one.exercise}


def _set_json(one: LoggedSet) -> dict[str, Any]:
    words = f"{len(one.reps)} repetitions, {one.totals.time_under_tension_s:.0f} s under tension"
    return {"set": one.number, "side": one.context.side or "", "words": words}


def _sensor_row(state: SensorState) -> SensorRow:
    return SensorRow(
        number=state.number,
        link=state.link.phase.value,
        rate_hz=None if state.rate_hz is None else round(state.rate_hz),
        lost_percent=round(state.lost_percent, 1),
        lost_estimated=state.lost_estimated,
        battery_percent=state.battery_percent,
    )


def _plan_of(command: dict[str, Any]) -> WorkoutPlan:
    """Read the plan that a page asks for.

    Raises
    ------
    ValueError
        Something in it makes no sense.
    """
    id_ = command.get("exercise")
    if not isinstance(id_, str) or id_ not in exercises():
        raise ValueError(f"no exercise {id_!r}; there are: {', '.join(exercises())}")
    plan = preset(exercises()[id_], Goal(command.get("goal", Goal.MUSCLE)))
    sides = command.get("sides", [])
    if sides not in ([], ["left"], ["right"], ["left", "right"], ["right", "left"]):
        raise ValueError(f"legs are left and right, each once, not {sides!r}")
    numbers = {name: _number(command[name], name) for name in ("sets", "rest_s") if command.get(name) is not None}
    low, high = (
        _number(command.get(name) or usual, name) for name, usual in zip(("from", "to"), plan.reps, strict=True)
    )
    load = command.get("load_kg")
    return replace(
        plan,
        sides=tuple(sides),
        sets=int(numbers.get("sets", plan.sets)),
        rest_s=numbers.get("rest_s", plan.rest_s),
        reps=(int(low), int(high)),
        tempo_s=tempo_of(command["tempo"]) if command.get("tempo") else plan.tempo_s,
        load_kg=None if load in (None, "") else _number(load, "load_kg"),
    )


def _settings_of(command: dict[str, Any]) -> Settings:
    said = command.get("levels") or {}
    levels = Settings().levels | {Mode(mode): Level(level) for mode, level in said.items()}
    return Settings(
        levels=levels,
        count_at=CountAt(command.get("count_at", CountAt.TOP)),
        feedback=Feedback(command.get("feedback", Feedback.OUT_OF_BAND)),
        early_s=min(1.0, max(0.0, _number(command.get("early_s", 0.0), "early_s"))),
    )


def _number(value: Any, name: str) -> float:
    with suppress(TypeError, ValueError):
        number = float(value)
        if math.isfinite(number) and not isinstance(value, bool):
            return number
    raise ValueError(f"{name} is a number, not {value!r}")


def _plan_json(plan: WorkoutPlan) -> dict[str, Any]:
    return asdict(plan) | {"tempo": tempo_text(plan.tempo_s)}


def _exercises_json() -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "unknown": one.unknown,
            "goals": {goal.value: _plan_json(preset(one, goal)) for goal in Goal},
        }
        for one in exercises().values()
    ]
