"""A session that is led: plan, cues and board beside a stream, and what people press on its way into the recording.

In: the core's values, the leg as it moves, what is pressed. Out: cues and the board's state, to whoever shows them;
marks, into the session's queue. The page and the terminal lead a session through this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from tracker.cli.streaming import Item, LiveSensor
from tracker.coaching.board import Board, SensorRow, judged_words
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Cue, CueKind
from tracker.coaching.judged import Judged
from tracker.coaching.plan import PLAN, Kind
from tracker.coaching.range_band import Calibration
from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import targets_of
from tracker.commands import Correction, answer
from tracker.exercises import Leg, exercises
from tracker.journal import Session, SetKind
from tracker.journal.logged import LoggedSet
from tracker.live import Put, Show
from tracker.motion.now import Now
from tracker.motion.values import ExerciseSet
from tracker.motion.vectors import Vector
from tracker.recording import Marker, MarkerKind
from tracker.sensors.state import SensorState

LOOK_S = 0.04
"""How often the leg is looked at between two values of the core: as often as the core looks at it."""


class Led:
    """One session that is led.

    Parameters
    ----------
    coach
        Knows the plan.
    tell
        Is told of every change, with the cues that came with it.
    keep
        Keeps a range that was calibrated, of the leg that works.

    Attributes
    ----------
    board
        What is to be seen.
    sets
        The sets that are done: number, leg, words.
    """

    def __init__(
        self,
        coach: Coach,
        tell: Callable[[Iterable[Cue]], None],
        keep: Callable[[Calibration, Leg | None], None] | None = None,
    ) -> None:
        self.coach = coach
        self.board = Board(coach)
        self.sets: list[dict[str, Any]] = []
        self._over: dict[int, Judged] = {}
        self._tell = tell
        self._keep = keep
        self._kept: Calibration | None = None
        self._worn: LiveSensor | None = None
        self._put: Put[Item] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._side_told: Leg | Literal[""] = ""
        self._kind_told: tuple[SetKind, float | None] | None = None
        self._settled = 0
        self._told_before: dict[str, Any] = {}

    def took_up(self, session: Session) -> None:
        """Go on behind the sets that a session has already."""
        for one in session.sets:
            planned = one.context.kind is not SetKind.CHECK
            if planned:
                self._over[one.number] = self._judged(one)
            self._list(one.number, one.context.side or "", planned=planned)
        newest = max((one.number for one in (*session.sets, *session.deleted_sets)), default=0)
        self.coach.go_on_behind(len(self._over), newest, next(reversed(self._over.values()), None))
        self.board.push(None)

    @property
    def newest(self) -> int:
        """Number of the newest set in the log; 0: there is none."""
        return self.coach.logged

    def tell_before(self, told: Mapping[str, Any]) -> None:
        """Take what the person told of the day before it begins: questions and answers."""
        self._told_before |= told

    def handed(self, put: Put[Item]) -> None:
        """Take the way into the session's queue."""
        self._put = put
        plan = self.coach.plan
        self.answer(PLAN, plan.said())
        for question, value in self._told_before.items():
            self.answer(question, value)
        if plan.load_label:
            self.mark(MarkerKind.LABEL, plan.load_label)
        self._say()

    def lanes(self, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told the values of the one sensor that is led (`streaming.Screen`)."""
        (self._worn,) = worn
        return [self.show]

    def begin(self) -> None:
        """Look at the leg from here on."""
        assert self._worn is not None
        self._looking = asyncio.create_task(self._look(self._worn))

    def close(self) -> None:
        """Look no more."""
        self._put = None
        if self._looking is not None:
            self._looking.cancel()

    def show(self, value: object) -> None:
        """Take one of the core's values, or a mark."""
        match value:
            case Marker(kind=MarkerKind.LINK_LOST):
                cues = self.coach.lost(self._at_s())
            case Marker(kind=MarkerKind.LINK_BACK):
                cues = self.coach.back(self._at_s())
            case _:
                cues = self.coach.push(value)
        self.board.push(value, cues)
        if isinstance(value, Marker) and self._worn is not None:  # told with its cue, not a second later
            self.board.sensors([_sensor_row(self._worn.state)])
        self._keep_calibration()
        if isinstance(value, ExerciseSet):
            last = self.coach.last
            planned = last is not None and last.measured is value
            if last is not None and planned:
                self._over[last.number] = last
            self._list(self.newest, self._side_told, planned=planned)
        self._say()
        self._tell(cues)

    def states(self, states: Sequence[SensorState]) -> None:
        """Show how the sensors are doing."""
        self.board.sensors(_sensor_row(one) for one in states)
        self._tell(())

    def press(self, what: str) -> None:
        """Do what somebody pressed.

        Raises
        ------
        ValueError
            Nothing is called that.
        """
        at_s, cues = self._at_s(), list[Cue]()
        match what:
            case "end-set":
                self.mark(MarkerKind.SET_END)
            case "undo":
                cues = self._undo(at_s)
            case "pause":
                cues = self.coach.pause(at_s)
                self.mark(MarkerKind.PAUSE)
            case "resume":
                cues = self.coach.resume(at_s)
                self.mark(MarkerKind.RESUME)
            case "calibrate":
                cues = self.coach.calibrate(at_s)
            case "check":
                cues = self.coach.check_strap(at_s)
                if self.coach.checking:
                    self.mark(MarkerKind.SET_END)
            case "switch":
                other: Leg = "left" if self.coach.side == "right" else "right"
                cues = self.coach.switch(other, at_s)
                self._say()  # a set that was taken for part of a check is none: said before it ends
                self.mark(MarkerKind.SET_END)
            case _:
                raise ValueError(f"nothing is called {what!r}")
        self._say()
        self.board.push(None, cues)
        self._rewritten()
        self._tell(cues)

    def correct(self, said: Correction) -> None:
        """Take what a set really was.

        Raises
        ------
        ValueError
            There is no such set.
        """
        if all(one["set"] != said.set_number for one in self.sets):
            raise ValueError(f"there is no set {said.set_number}")
        self.mark(MarkerKind.CORRECTION, said.mark(0).text)
        if said.what == "side":
            self._relist(said.set_number, side=said.value)
        elif said.what in ("deleted", "added"):
            self._corrected(said.set_number, **{"taken" if said.what == "deleted" else "added": said.value})
        self._tell(())

    def _corrected(self, number: int, **said: Any) -> None:
        """Show what a set comes to now; of a check nothing is shown."""
        last = self.coach.last
        if last is not None and number == last.number:
            self.coach.correct(**said)
            self.board.push(None)
            self._rewritten()
        elif number in self._over:
            self._over[number] = self._over[number].corrected(**said)
            self._relist(number, words=judged_words(self._over[number]))

    def _rewritten(self) -> None:
        """Write what the last set came to again: something in it was taken back or added."""
        last = self.coach.last
        if last is not None:
            self._over[last.number] = last
            self._relist(last.number, words=judged_words(last))

    def _list(self, number: int, side: str, *, planned: bool) -> None:
        words = judged_words(self._over[number]) if planned else "to check the strap, not counted"
        self.sets = [*self.sets, {"set": number, "side": side, "words": words, "planned": planned}]

    def _relist(self, number: int, **changed: str) -> None:
        """Change what is listed of a set."""
        self.sets = [one | changed if one["set"] == number else one for one in self.sets]

    def _judged(self, one: LoggedSet) -> Judged:
        """Return a set of the log as it was judged when it was done."""
        profile = exercises().get(one.context.exercise or "", self.coach.exercise)
        targets = targets_of(profile, tempo=one.tempo, band=self.coach.bands.get(one.context.side))
        return Judged(
            one.measured,
            targets,
            judge_set(one.measured, targets),
            frozenset(logged.rep.peak for logged in one.deleted if logged.rep is not None),
            added=sum(logged.rep is None for logged in one.reps),
            number=one.number,
        )

    def mark(self, kind: MarkerKind, text: str = "") -> None:
        """Set a mark, where samples flow."""
        if self._put is not None:
            self._put(Marker(time.monotonic_ns(), kind, text))

    def answer(self, question: str, value: Any, set_number: int | None = None) -> None:
        """Keep what the person told."""
        if self._put is not None:
            self._put(answer(time.monotonic_ns(), question, value, set_number=set_number))

    def _say(self) -> None:
        """Tell the log what is new of the sets to come; a check that is over has ended its set."""
        if self._put is None:
            return
        if self.coach.settled != self._settled:
            self._settled = self.coach.settled
            self.mark(MarkerKind.SET_END)
        self._say_kind()
        side = self.coach.side
        if side is not None and side != self._side_told:
            self._side_told = side
            self.mark(MarkerKind.SIDE, side)

    def _say_kind(self) -> None:
        """Tell what the next set is for, and its load: that of a set to warm up is not the plan's."""
        coach = self.coach
        planned = coach.current or coach.plan.steps()[-1]
        load_kg = None if planned.kind is Kind.WARM_UP else coach.plan.load_kg
        kind = SetKind.CHECK if coach.checking else SetKind.CALIBRATION if coach.calibrating else SetKind(planned.kind)
        if (kind, load_kg) == self._kind_told:
            return
        self._kind_told = kind, load_kg
        self.mark(MarkerKind.KIND, kind.value)
        if coach.plan.load_kg is not None and coach.plan.warm_up_sets:
            self.mark(MarkerKind.LOAD, "" if load_kg is None else repr(load_kg))

    def _undo(self, at_s: float) -> list[Cue]:
        """Take a repetition back: of the set under way by its mark, of one that is over as a correction."""
        newest, cues, last = self.coach.newest, self.coach.undo(at_s), self.coach.last
        if cues and newest is not None:
            self.mark(MarkerKind.UNDO, str(newest))
        elif cues and last is not None:
            self.mark(MarkerKind.CORRECTION, Correction(last.number, "deleted", sorted(last.taken)).mark(0).text)
        return cues

    def _keep_calibration(self) -> None:
        made = self.coach.calibrated
        if made is not None and made is not self._kept and self._keep is not None:
            self._kept = made
            self._keep(made, self._side_told or None)

    def _at_s(self) -> float:
        return self._worn.stream.duration_s if self._worn else 0.0

    async def _look(self, worn: LiveSensor) -> None:
        """Follow the leg between the values."""
        before = None
        while True:
            self.look(worn.stream.up, now=None if worn.stream.now == before else worn.stream.now)
            before = worn.stream.now
            await asyncio.sleep(LOOK_S)

    def look(self, up: Vector | None, now: Now | None) -> None:
        """Take where the leg is, as far as that is known and new."""
        at_s = self._at_s()
        if up is not None and (checking := self.coach.look(at_s, up)):
            self.board.push(None, checking)
            self._tell(checking)
        if now is not None:
            cues = self.coach.push(now)
            if any(cue.kind is CueKind.PAUSED for cue in cues):
                self.mark(MarkerKind.PAUSE, "jolt")
            self.board.push(now, cues)
            self._tell(cues)
        due = self.coach.tick(at_s)
        self._say()
        self.board.tick(at_s, due)
        if due:
            self._tell(due)


def _sensor_row(state: SensorState) -> SensorRow:
    return SensorRow(
        number=state.number,
        link=state.link.phase.value,
        rate_hz=None if state.rate_hz is None else round(state.rate_hz),
        lost_percent=round(state.lost_percent, 1),
        lost_estimated=state.lost_estimated,
        battery_percent=state.battery_percent,
    )
