"""The session behind the page: started, led and ended by what people press, coached, recorded and logged.

browsers ⇄ server ⇄ Studio ─ stream() ─ sensor
                      └─ Led     marks ─→ the session's queue
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.cli.errors import BadInputError, explain
from tracker.cli.led import Led
from tracker.cli.pages import served
from tracker.cli.past import past_of
from tracker.cli.planned import bands_of, keeper, taken_up
from tracker.cli.sessions import Performed
from tracker.cli.start_form import day_json, exercises_json, plan_of, settings_of, unfinished_json
from tracker.cli.streaming import VIRTUAL_ADDRESS, LiveSensor, Wish, bluetooth_of, stream
from tracker.cli.unfinished import Unfinished, finish, unfinished
from tracker.coaching.advice import advice
from tracker.coaching.answers import StopReason, check_answers, check_correction, check_day, check_stop
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Cue
from tracker.coaching.range_band import RangeBand
from tracker.commands import Correction
from tracker.exercises import Exercise, Leg, exercises
from tracker.guide import guide, screening
from tracker.journal import Ending, Journal, JournalError, Session, journal_path
from tracker.live import Show
from tracker.next_session import decide
from tracker.recording import Header, RecordingError
from tracker.sensors.errors import SensorError
from tracker.sensors.favourites import favourites
from tracker.sensors.state import SensorState

_ENDED = {
    Ending.FINISHED: "done",
    Ending.PAIN: "stopped because it hurt: the questions come again before the next session",
    Ending.LINK_LOST: "the sensor did not come back; all until then is kept",
}
_BETWEEN = ("start", "again", "decide", "companions")
"""What is pressed while no session runs: one after another, whoever presses it."""
Changed = Callable[[Iterable[dict[str, Any]]], None]


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
        self._between = asyncio.Lock()
        self._look_back()
        self._forget()

    def _look_back(self) -> None:
        """Read what the log says before a session."""
        self._unfinished = unfinished(self._folder)
        self._past = past_of(self._folder)

    def _forget(self) -> None:
        self._screen, self._busy, self._trouble, self._session = "start", "", "", ""
        self._led: Led | None = None
        self._begun = False
        self._ending: Ending | None = None
        self._answered: set[int] = set()
        self._advice: tuple[str, ...] = ()

    # What is to be seen

    def state(self) -> dict[str, Any]:
        """Return everything that is to be seen."""
        return {
            "screen": self._screen,
            "busy": self._busy,
            "begun": self._begun,
            "ending": self._ending is not None,
            "trouble": self._trouble,
            "session": self._session[:8],
            "sets": self._led.sets if self._led else [],
            "answered": sorted(self._answered),
            "board": asdict(self._led.board.state) if self._led else None,
            "levels": dict(self._led.coach.settings.levels) if self._led else None,
            "advice": self._advice,
            "companions": guide(self._led.coach.exercise.id).companions if self._led and self._screen == "over" else (),
            "exercises": exercises_json(self._past) if self._screen == "start" else None,
            "day": day_json(self._past, datetime.now().astimezone()) if self._screen == "start" else None,
            "unfinished": unfinished_json(self._unfinished) if self._screen == "start" else None,
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
        try:
            await self._do(command)
        except (SensorError, JournalError, RecordingError, BadInputError, OSError) as error:
            raise ValueError(_line(error)) from error

    async def _do(self, command: dict[str, Any]) -> None:
        what = command.get("do")
        if what in _BETWEEN:
            async with self._between:
                await self._do_between(what, command)
        elif self._screen != "live" or self._led is None:
            raise ValueError("no session is running")
        elif what == "stop":
            self._stop(self._led, check_stop(command))
        elif not self._begun:
            raise ValueError("not yet: the sensor is not there")
        elif self._ending is not None:
            raise ValueError("too late: the session is ending")
        elif what == "answers":
            self._answer(self._led, *check_answers(command, sets=self._led.newest))
        elif what == "correct":
            self._led.correct(Correction(*check_correction(command, sets=self._led.newest, exercises=exercises())))
        else:
            self._led.press(str(what))

    async def _do_between(self, what: str, command: dict[str, Any]) -> None:
        """Do what has its time while no session runs; what takes a moment is done in a thread."""
        match what, self._screen:
            case "start", "start" | "over":
                await self._start(command)
            case "start", _:
                raise ValueError("a session is running already")
            case "again", "start":  # somebody else was faster
                return
            case "again", "over":
                await asyncio.to_thread(self._look_back)  # a second, with ten years of training
                self._forget()
            case "decide", "start":
                await asyncio.to_thread(self._decide, command)
                await asyncio.to_thread(self._look_back)
            case "companions", "over":
                await asyncio.to_thread(self._done_besides, command)
            case _, screen:
                raise ValueError("a session is running" if screen == "live" else "no session is running")
        self._tell()

    def _stop(self, led: Led, said: Mapping[str, Any]) -> None:
        ending = Ending.PAIN if said["stop"] == StopReason.PAIN else Ending.FINISHED
        if self._ending is ending:  # pressed twice, or sent again by a page that was not sure
            return
        for question, value in said.items():
            led.answer(question, value)
        self._end(ending)
        self._tell()

    def _end(self, ending: Ending) -> None:
        """End the session; one that has not begun is not begun any more."""
        self._ending = ending
        if not self._begun and self._running is not None:
            self._running.cancel()

    def _answer(self, led: Led, number: int | None, answers: Mapping[str, Any]) -> None:
        for question, value in answers.items():
            led.answer(question, value, number)
        if number is not None:
            self._answered.add(number)
        if number == led.board.state.last_set_number:
            self._advice = _words(advice(answers, led.coach.last), led.coach.exercise)
        self._tell()

    def _decide(self, command: dict[str, Any]) -> None:
        """Keep what the person made of a suggestion."""
        made, accepted = self._past.suggestions.get(str(command.get("exercise"))), command.get("accepted")
        if made is None or not isinstance(accepted, bool):
            raise ValueError("nothing is suggested there that could be accepted or declined")
        with Journal.open(journal_path(self._folder)) as journal:
            decide(journal, made, accepted=accepted, at=datetime.now().astimezone())

    def _done_besides(self, command: dict[str, Any]) -> None:
        """Keep which exercises were done besides: the session is over, and its recording closed."""
        companions = check_day(command, questions=0).get("companions")
        if companions:
            with Journal.open(journal_path(self._folder)) as journal:
                journal.answer(self._session, "companions", companions)

    def review(self, what: str, which: str) -> str:
        """Return a page of what was trained.

        Raises
        ------
        ValueError
            There is none, or the log cannot be read.
        """
        try:
            return served(self._folder, what, which)
        except (JournalError, RecordingError, BadInputError) as error:
            raise ValueError(_line(error)) from error

    async def close(self) -> None:
        """End the session that runs, if one does, and wait for it."""
        if self._running is not None:
            self._end(self._ending or Ending.FINISHED)
            await asyncio.wait((self._running,))

    async def _start(self, command: dict[str, Any]) -> None:
        """Begin a session, or go on with the one that was cut off; nothing is changed before all is well."""
        if len(self._sensors or favourites(self._folder)) > 1:
            raise ValueError("the page leads one sensor, and two are saved: choose one with --sensor")
        plan, settings = plan_of(command), settings_of(command)
        told = check_day(command, questions=len(screening().questions))
        one = self._unfinished if command.get("resume") else None
        if one is not None and one.exercise not in (None, plan.exercise):
            raise ValueError(f"the session that was cut off is one of {one.exercise}: go on with that, or begin anew")
        self.busy("reading what was recorded" if one else "")
        try:
            bands, logged = await asyncio.to_thread(self._read, plan.exercise, one)
        finally:
            self._busy = ""
        plan, profile = taken_up(plan, logged) if logged else plan, exercises()[plan.exercise]
        keep = keeper(self._folder, plan.exercise)
        led = Led(Coach(plan, profile, bands=bands, settings=settings), self._tell, keep)
        led.tell_before(told)
        if logged is not None:
            led.took_up(logged)
        side: Leg | None = plan.sides[0] if plan.sides else None
        worn = None if side is None else profile.working_leg(side)  # the same rule both ways: the other leg in a bridge
        wish = Wish(
            sensors=self._sensors,
            sides=(worn,) if worn else (),
            profile=profile,
            load_kg=plan.load_kg,
            goes_on=one.session if one else None,
        )
        self._forget()
        self._screen, self._led = "live", led
        if logged is not None:
            self._answered = {told.set_number for told in logged.answers if told.set_number is not None}
        self._running = asyncio.create_task(self._run(wish, led))
        await asyncio.sleep(0)  # it is under way: who is stopped before that never hears of it

    def _read(self, exercise: str, one: Unfinished | None) -> tuple[Mapping[Leg | None, RangeBand], Session | None]:
        """Return the known ranges, and the session that goes on, its log finished up to where it was cut off."""
        logged = None if one is None else finish(self._folder, one, again=True)
        return bands_of(self._folder, exercise), logged

    # The session

    async def _run(self, wish: Wish, led: Led) -> None:
        try:
            async with bluetooth_of(virtual=self._virtual, exercise=wish.profile) as bluetooth:
                done = await stream(bluetooth, wish, self._folder, self, over=lambda: self._ending, hand=led.handed)
            self._over(led, done)
        except asyncio.CancelledError:
            self._trouble = "stopped before the sensor was there: nothing was recorded"
        except Exception as error:  # noqa: BLE001 whatever it was: the page shows no session that is none
            self._trouble = _line(error)
            if explain(error) is None:  # a bug: its traceback goes to the terminal
                asyncio.get_running_loop().call_exception_handler({"message": "in a session", "exception": error})
        finally:
            self._screen = "over" if self._begun else "start"
            led.close()
            self._busy = ""
            self._tell()

    def _over(self, led: Led, done: Performed) -> None:
        self._session, self._begun = done.session, True
        led.board.end(_ENDED.get(done.ending, done.ending.value))
        if done.failure is not None:
            self._trouble = str(done.failure)

    # As a screen of the session (`streaming.Screen`)

    def busy(self, what: str) -> None:
        """Show what takes a moment."""
        self._busy = what
        self._tell()

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told the sensor's values."""
        if self._ending is not None:  # stopped while it connected, and what connected did not hear of it
            raise asyncio.CancelledError
        self._session = header.session
        assert self._led is not None
        return self._led.lanes(worn)

    def begin(self) -> None:
        """Look at the leg from here on."""
        assert self._led is not None
        self._begun = True
        self._led.begin()

    def states(self, states: Sequence[SensorState]) -> None:
        """Show how the sensor is doing."""
        if self._led is not None:
            self._led.states(states)


def _words(mistakes: Sequence[str], exercise: Exercise) -> tuple[str, ...]:
    words = {one.id: f"{one.issue} {one.correction}" for one in guide(exercise.id).mistakes}
    return tuple(words[one] for one in mistakes)


def _line(error: Exception) -> str:
    """Return what went wrong, in one line."""
    return " ".join((explain(error) or f"an error of the program: {type(error).__name__}: {error}").split())
