"""The session behind the page: started, led and ended by what people press, coached, recorded and logged.

browsers ⇄ server ⇄ Studio ─ stream() ─ sensor
                      └─ Led     marks ─→ the session's queue
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.cli.errors import BadInputError
from tracker.cli.led import Led
from tracker.cli.pages import served
from tracker.cli.past import Past, past_of
from tracker.cli.planned import bands_of, keeper
from tracker.cli.sessions import Performed
from tracker.cli.streaming import VIRTUAL_ADDRESS, LiveSensor, Wish, bluetooth_of, stream
from tracker.cli.unfinished import Unfinished, finish, unfinished
from tracker.coaching.advice import advice
from tracker.coaching.answers import (
    LONGEST_PLACE,
    PLACEMENT_WORDS,
    StopReason,
    check_answers,
    check_correction,
    check_day,
    check_stop,
)
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Breath, CountAt, Cue, Feedback, Level, Mode, Settings
from tracker.coaching.plan import Goal, WorkoutPlan, preset, tempo_of, tempo_text
from tracker.coaching.prescription import NOT_TOLD, Prescription
from tracker.coaching.suggestion import Suggestion
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
    Ending.PAIN: "done",
    Ending.LINK_LOST: "the sensor did not come back; all until then is kept",
}
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
        self._look_back()
        self._forget()

    def _look_back(self) -> None:
        """Read what the log says before a session."""
        self._unfinished = unfinished(self._folder)
        self._past = past_of(self._folder)

    def _forget(self) -> None:
        self._screen, self._busy, self._trouble, self._session = "start", "", "", ""
        self._led: Led | None = None
        self._ending: Ending | None = None
        self._answered: set[int] = set()
        self._advice: tuple[str, ...] = ()

    # What is to be seen

    def state(self) -> dict[str, Any]:
        """Return everything that is to be seen."""
        return {
            "screen": self._screen,
            "busy": self._busy,
            "trouble": self._trouble,
            "session": self._session[:8],
            "sets": self._led.sets if self._led else [],
            "answered": sorted(self._answered),
            "board": asdict(self._led.board.state) if self._led else None,
            "levels": dict(self._led.coach.settings.levels) if self._led else None,
            "advice": self._advice,
            "companions": guide(self._led.coach.exercise.id).companions if self._led and self._screen == "over" else (),
            "exercises": _exercises_json(self._past) if self._screen == "start" else None,
            "day": _day_json(self._past) if self._screen == "start" else None,
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
            await asyncio.to_thread(self._look_back)  # a second, with ten years of training
            self._forget()
            self._tell()
        elif what == "decide" and self._screen == "start":
            await asyncio.to_thread(self._decide, command)
            await asyncio.to_thread(self._look_back)
            self._tell()
        elif what == "companions" and self._screen == "over":
            self._done_besides(command)
        elif self._screen != "live" or self._led is None:
            raise ValueError("no session is running")
        elif what == "stop":
            said = check_stop(command)
            for question, value in said.items():
                self._led.answer(question, value)
            self._ending = Ending.PAIN if said["stop"] == StopReason.PAIN else Ending.FINISHED
        elif what == "answers":
            number, answers = check_answers(command, sets=len(self._led.sets))
            for question, value in answers.items():
                self._led.answer(question, value, number)
            if number is not None:
                self._answered.add(number)
            self._advice = _words(advice(answers, self._led.coach.last), self._led.coach.exercise)
            self._tell()
        elif what == "correct":
            self._led.correct(Correction(*check_correction(command, sets=len(self._led.sets), exercises=exercises())))
        else:
            self._led.press(str(what))

    def _decide(self, command: dict[str, Any]) -> None:
        """Keep what the person made of a suggestion."""
        made, accepted = self._past.suggestions.get(str(command.get("exercise"))), command.get("accepted")
        if made is None or not isinstance(accepted, bool):
            raise ValueError("nothing is suggested there that could be accepted or declined")
        try:
            with Journal.open(journal_path(self._folder)) as journal:
                decide(journal, made, accepted=accepted, at=datetime.now().astimezone())
        except JournalError as error:
            raise ValueError(str(error)) from error

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
            raise ValueError(" ".join(str(error).split())) from error

    async def close(self) -> None:
        """End the session that runs, if one does, and wait for it."""
        self._ending = self._ending or Ending.FINISHED
        if self._running is not None:
            await asyncio.wait((self._running,))

    def _start(self, command: dict[str, Any]) -> None:
        if self._screen not in ("start", "over"):
            raise ValueError("a session is running already")
        if len(self._sensors or favourites(self._folder)) > 1:
            raise ValueError("the page leads one sensor, and two are saved: choose one with --sensor")
        plan, settings = _plan_of(command), _settings_of(command)
        told = check_day(command, questions=len(screening().questions))
        one = self._unfinished if command.get("resume") else None
        self._forget()
        self._screen = "live"
        profile = exercises()[plan.exercise]
        side: Leg | None = plan.sides[0] if plan.sides else None
        bands = bands_of(self._folder, plan.exercise)
        keep = keeper(self._folder, plan.exercise)
        self._led = Led(Coach(plan, profile, bands=bands, settings=settings), self._tell, keep)
        self._led.tell_before(told)
        if one is not None:
            logged = self._taken_up(one)
            self._led.took_up(logged)
            self._answered = {told.set_number for told in logged.answers if told.set_number is not None}
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

    # The session

    async def _run(self, wish: Wish) -> None:
        assert self._led is not None
        try:
            async with bluetooth_of(virtual=self._virtual, exercise=wish.profile) as bluetooth:
                done = await stream(
                    bluetooth, wish, self._folder, self, over=lambda: self._ending, hand=self._led.handed
                )
            self._over(self._led, done)
        except (SensorError, JournalError, RecordingError, ValueError, OSError) as error:
            self._trouble = " ".join(str(error).split())
            self._screen = "over" if self._session else "start"
        finally:
            self._led.close()
            self._busy = ""
            self._tell()

    def _over(self, led: Led, done: Performed) -> None:
        self._session, self._screen = done.session, "over"
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
        self._session = header.session
        assert self._led is not None
        return self._led.lanes(worn)

    def begin(self) -> None:
        """Look at the leg from here on."""
        assert self._led is not None
        self._led.begin()

    def states(self, states: Sequence[SensorState]) -> None:
        """Show how the sensor is doing."""
        if self._led is not None:
            self._led.states(states)


def _unfinished_json(one: Unfinished | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"at": f"{one.started_at:%Y-%m-%d %H:%M}", "sets": one.sets, "exercise": one.exercise}


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
    names = ("sets", "rest_s", "warm_up")
    numbers = {name: _number(command[name], name) for name in names if command.get(name) is not None}
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
        load_label=str(command.get("label") or "")[:LONGEST_PLACE],
        warm_up_sets=int(numbers.get("warm_up", 0)),
    )


def _settings_of(command: dict[str, Any]) -> Settings:
    said = command.get("levels") or {}
    levels = Settings().levels | {Mode(mode): Level(level) for mode, level in said.items()}
    return Settings(
        levels=levels,
        count_at=CountAt(command.get("count_at", CountAt.TOP)),
        feedback=Feedback(command.get("feedback", Feedback.OUT_OF_BAND)),
        breath=Breath(command.get("breath", Breath.LEG)),
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


def _words(mistakes: Sequence[str], exercise: Exercise) -> tuple[str, ...]:
    words = {one.id: f"{one.issue} {one.correction}" for one in guide(exercise.id).mistakes}
    return tuple(words[one] for one in mistakes)


def _day_json(past: Past) -> dict[str, Any]:
    """What is asked, and told, before a session."""
    asked = screening()
    days = None if past.last_at is None else (datetime.now().astimezone() - past.last_at).days
    return {
        "screening": {"questions": asked.questions, "advice": asked.advice} if past.screening_due else None,
        "days_since": days,
        "placements": {place.value: words for place, words in PLACEMENT_WORDS.items()},
    }


def _next_json(made: Suggestion) -> dict[str, Any]:
    """What to do next, and as a plan to begin with: what is asked for so far, until a change is accepted."""
    return {
        "headline": made.headline,
        "words": made.next.words,
        "why": made.why,
        "remarks": made.remarks,
        "changes": made.can_be_declined,
        "now": _prescription_json(made.now if made.can_be_declined else made.next),
        "next": _prescription_json(made.next),
    }


def _prescription_json(one: Prescription) -> dict[str, Any]:
    load = one.left if one.left == one.right else NOT_TOLD
    return {
        "sets": one.sets,
        "reps": one.reps,
        "tempo": tempo_text(one.tempo_s),
        "load_kg": load.kg,
        "label": load.label or "",
    }


def _exercises_json(past: Past) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "guide": asdict(guide(one.id)),
            "known": past.knows(one.id),
            "next": _next_json(past.suggestions[one.id]) if one.id in past.suggestions else None,
            "ranged": any(id_ == one.id for id_, _ in past.ranged),
            "goals": {goal.value: _plan_json(preset(one, goal)) for goal in Goal},
        }
        for one in exercises().values()
    ]
