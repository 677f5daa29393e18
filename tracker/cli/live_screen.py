"""What a live session shows: lines for people, or JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.text import Text

from tracker import wording
from tracker.cli import json_lines
from tracker.cli.console import Waiting, console
from tracker.cli.sessions import Performed, leg_of, print_summary, saved_bands
from tracker.cli.streaming import LiveSensor, Screen
from tracker.cli.view import View
from tracker.coaching.cues import Cue, CueKind
from tracker.coaching.targets import Tempo
from tracker.exercises import exercises
from tracker.live import Show
from tracker.playback import said_of
from tracker.recording import Header
from tracker.sensors.state import Phase, SensorState

BATTERY_LOW = 15
"""Percent: an hour or less, with most sensors."""
LOST_MUCH = 5.0
"""Percent of the samples: beyond it, repetitions begin to be lost (holes over 250 ms)."""
LINES = (
    CueKind.SETUP,
    CueKind.PAUSED,
    CueKind.JOLT,
    CueKind.PHRASE,
    CueKind.SWITCH_LEGS,
    CueKind.REST_LEFT,
    CueKind.CALIBRATION,
    CueKind.WORKOUT_DONE,
)
"""Cues that no line about a repetition, a set or the link has said already."""
STATE_EVERY = 5
"""Seconds between two lines of JSON about a sensor that does well."""


class LiveScreen(Screen):
    """A screen that also shows what is told, and the end."""

    def told(self, cues: Iterable[Cue]) -> None:
        """Take what a person is told besides the values."""

    def end(self, done: Performed) -> None:
        """Say what became of it."""
        raise NotImplementedError


class TextScreen(LiveScreen):
    """Lines for people."""

    def __init__(self) -> None:
        self._out = console()
        self._waiting = Waiting()
        self._view = View(self._out, "kickback")
        self._introductions: list[str] = []
        self._names: dict[int, str] = {}
        self._views: dict[int, View] = {}
        self._told: set[tuple[int, str]] = set()
        self._states: Sequence[SensorState] = ()

    def busy(self, what: str) -> None:
        """Show a spinner, where there is a terminal."""
        self._waiting.say(what)

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return the views of the sensors."""
        profile = exercises().get(header.exercise or "")
        alone = len(worn) == 1
        self._view = View(self._out, profile.name if profile else "Any leg lift")
        self._introductions = [_introduced(one) for one in worn]
        for one in worn:
            number = one.entry.number
            self._names[number] = one.entry.name or one.entry.address
            self._views[number] = self._view.of(None if alone else leg_of(header, number))
        return [self._views[one.entry.number].show for one in worn]

    def begin(self) -> None:
        """Print the title."""
        self._view.begin()
        for line in self._introductions:
            self._out.print(line, soft_wrap=True)
        self._out.print("Ctrl-C ends the session.", style="dim")

    def states(self, states: Sequence[SensorState]) -> None:
        """Warn, once of each thing."""
        self._states = states
        for state in states:
            for what, line in _warnings(state):
                if (state.number, what) not in self._told:
                    self._told.add((state.number, what))
                    self._views[state.number].note(line)

    def told(self, cues: Iterable[Cue]) -> None:
        """Print what is said; of a rest its end alone."""
        for cue in cues:
            if cue.kind in LINES and not (cue.kind is CueKind.REST_LEFT and cue.value):
                self._view.note(cue.text)

    def end(self, done: Performed) -> None:
        """Print what became of it, and how the sensors did."""
        print_summary(self._out, self._view, done, None)
        for state in self._states:
            line = Text.assemble((f"{'Sensor':<11}", "dim"), wording.name(self._names[state.number]), _did(state))
            self._out.print(line, soft_wrap=True)


class JsonScreen(LiveScreen):
    """A JSON object per line for scripts.

    Parameters
    ----------
    folder
        The data folder: personal range bands are in its journal.
    tempo
        What was asked for; None: the exercise's own.
    """

    def __init__(self, folder: Path, tempo: Tempo | None = None) -> None:
        self._folder = folder
        self._tempo = tempo
        self._begin: tuple[Header, Sequence[LiveSensor]] | None = None
        self._lanes: list[json_lines.JsonLane] = []
        self._phases: dict[int, Phase] = {}
        self._seconds = 0

    def busy(self, what: str) -> None:
        """Say nothing."""

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what prints the lines of each sensor."""
        self._begin = header, worn
        profile = exercises().get(header.exercise or "")
        bands = saved_bands(self._folder)
        for one in worn:
            said = said_of(header, None if len(worn) == 1 else one.entry.number)
            band = bands.get((said.exercise or "", said.side))
            self._lanes.append(json_lines.JsonLane(one.entry.number, profile, band, self._tempo))
        return [lane.show for lane in self._lanes]

    def begin(self) -> None:
        """Print the session."""
        assert self._begin is not None
        header, worn = self._begin
        json_lines.say_session(header, {one.entry.number: one.rate_hz for one in worn})

    def states(self, states: Sequence[SensorState]) -> None:
        """Print each sensor every few seconds, and at once when its link changed."""
        for state in states:
            if self._seconds % STATE_EVERY == 0 or self._phases.get(state.number) is not state.link.phase:
                json_lines.say_state(state)
            self._phases[state.number] = state.link.phase
        self._seconds += 1

    def told(self, cues: Iterable[Cue]) -> None:
        """Print each cue."""
        for cue in cues:
            json_lines.say_cue(cue)

    def end(self, done: Performed) -> None:
        """Print how it ended."""
        sets = sum(lane.sets for lane in self._lanes)
        json_lines.say("end", session=done.session, ending=done.ending.value, sets=sets, recording=str(done.recording))


def screen_of(folder: Path, *, json_: bool, tempo: Tempo | None = None) -> LiveScreen:
    """Return the screen that was asked for."""
    return JsonScreen(folder, tempo) if json_ else TextScreen()


def _introduced(one: LiveSensor) -> str:
    parts = [wording.name(one.entry.name or one.entry.address)]
    if one.entry.side:
        parts.append(f"on the {one.entry.side} ankle")
    if one.rate_hz:
        parts.append(f"at {one.rate_hz:.0f} Hz")
    if one.battery_percent is not None:
        parts.append(f"with the battery at {one.battery_percent} %")
    return " ".join(parts)


def _warnings(state: SensorState) -> list[tuple[str, str]]:
    out = []
    if state.battery_percent is not None and state.battery_percent <= BATTERY_LOW:
        out.append(("battery", f"battery at {state.battery_percent} %"))
    if state.lost_percent > LOST_MUCH:
        lost = f"{'about ' * state.lost_estimated}{state.lost_percent:.0f} %"
        out.append(("lost", f"{lost} of the samples do not arrive: nearer to the computer is better"))
    if state.errors:
        out.append(("errors", f"the sensor sent nonsense: {wording.name(state.last_error) or 'it does not fit'}"))
    if state.doubt:
        out.append(("doubt", state.doubt))
    if state.link.phase is Phase.GONE:
        out.append(("gone", f"the sensor did not come back: {wording.name(state.link.why)}"))
    return out


def _did(state: SensorState) -> str:
    parts = [f": {'about ' * state.lost_estimated}{state.lost_percent:.1f} % lost"]
    if state.link.losses:
        parts.append(f"link lost {wording.count(state.link.losses, 'time')}")
    if state.battery_percent is not None:
        parts.append(f"battery {state.battery_percent} %")
    if state.errors:
        parts.append(f"{wording.count(state.errors, 'message')} not understood")
    return ", ".join(parts)
