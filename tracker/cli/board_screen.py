"""A session in the terminal: the board, redrawn as it changes, keys, the bell, and the system's voice."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from rich.console import RenderableType
from rich.live import Live
from rich.text import Text

from tracker.cli.board_view import board
from tracker.cli.console import Waiting, console
from tracker.cli.keys import Keys, keys
from tracker.cli.led import Led
from tracker.cli.live_screen import LiveScreen
from tracker.cli.sessions import Performed
from tracker.cli.streaming import LiveSensor
from tracker.coaching.coach import Coach
from tracker.coaching.cues import Cue, CueKind
from tracker.coaching.range_band import Calibration
from tracker.exercises import Leg
from tracker.journal import Ending
from tracker.live import Show
from tracker.recording import Header
from tracker.sensors.state import SensorState

PER_SECOND = 12
ASK_S = 0.05
KEYS = {"e": "end-set", "u": "undo", "l": "switch", "p": "pause", "c": "calibrate", "k": "check"}
BELL = (CueKind.COUNT, CueKind.SET_DONE, CueKind.SENSOR_LOST)
_SAPI = "Add-Type -A System.Speech; (New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($input)"
_VOICES = (("espeak-ng", "-s", "180"), ("espeak", "-s", "180"), ("spd-say", "--wait", "-e"), ("say",))


class BoardScreen(LiveScreen):
    """The board, drawn in place.

    Parameters
    ----------
    coach
        Knows the plan.
    keep
        Keeps a range that was calibrated.
    speaks
        Counts aloud where the system has a voice; else, and besides, the bell rings.

    Attributes
    ----------
    ending
        How the person ended the session; None: not yet.
    """

    def __init__(
        self,
        coach: Coach,
        keep: Callable[[Calibration, Leg | None], None],
        *,
        speaks: bool = True,
    ) -> None:
        coach.holds = sys.stdin.isatty()  # else there are no keys
        self.led = Led(coach, self._told, keep)
        self.ending: Ending | None = None
        self._out = console()
        self._waiting = Waiting()
        self._voice = Voice() if speaks else None
        self._opened = ExitStack()
        self._live: Live | None = None
        self._asking: asyncio.Task[None] | None = None

    def busy(self, what: str) -> None:
        """Show a spinner."""
        self._waiting.say(what if self._live is None else "")

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told the sensor's values."""
        return self.led.lanes(worn)

    def begin(self) -> None:
        """Draw, and listen to the keys."""
        pressed = self._opened.enter_context(keys())
        self._live = self._opened.enter_context(
            Live(console=self._out, screen=True, refresh_per_second=PER_SECOND, get_renderable=self._drawn)
        )
        self.led.begin()
        self._asking = asyncio.create_task(self._ask(pressed))

    def states(self, states: Sequence[SensorState]) -> None:
        """Show how the sensor is doing."""
        self.led.states(states)

    def close(self) -> None:
        """Leave the terminal as it was. Twice does no harm."""
        self.led.close()
        if self._asking is not None:
            self._asking.cancel()
        self._live = None
        self._opened.close()
        if self._voice is not None:
            self._voice.close()

    def end(self, done: Performed) -> None:
        """Print what became of it."""
        for one in self.led.sets:
            leg = f", {one['side']} leg" if one["side"] else ""
            self._out.print(f"Set {one['set']}{leg}: {one['words']}")
        if not self.led.sets:
            self._out.print("No sets.", style="bold")
        self._out.print(Text.assemble(("Recording  ", "dim"), str(done.recording)), soft_wrap=True)
        self._out.print(Text.assemble(("Log        ", "dim"), f"kickback show {done.session[:8]}"))

    def _drawn(self) -> RenderableType:
        return board(self.led.board.state)

    def _told(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            if cue.kind in BELL:
                self._out.bell()
            if self._voice is not None and cue.text:
                self._voice.say(cue)

    async def _ask(self, pressed: Keys) -> None:
        while True:
            key = pressed.poll()
            if key == "q":
                self.ending = Ending.FINISHED
            elif key in KEYS:
                paused = key == "p" and self.led.coach.paused
                self.led.press("resume" if paused else KEYS[key])
            await asyncio.sleep(ASK_S)


class Voice:
    """The system's speech, in a process of its own: it can neither block nor stop anything."""

    def __init__(self) -> None:
        found = next((voice for voice in _VOICES if shutil.which(voice[0])), None)
        powershell = sys.platform == "win32" and shutil.which("powershell")
        self._command = ["powershell", "-NoProfile", "-Command", _SAPI] if powershell else list(found or ())
        self._speaking: subprocess.Popen[bytes] | None = None
        self._counts = False

    def say(self, cue: Cue) -> None:
        """Speak; a newer count takes an older one's place, anything else waits for nobody and is dropped."""
        if not self._command or cue.kind in (CueKind.BREATHE_IN, CueKind.BREATHE_OUT):
            return
        counts = cue.kind in (CueKind.COUNT, CueKind.COUNT_BACK)
        if self._speaking is not None and self._speaking.poll() is None:
            if not (counts and self._counts):
                return
            self._speaking.kill()
        self._counts = counts
        quiet = subprocess.DEVNULL
        if self._command[0] == "powershell":
            self._speaking = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)
            assert self._speaking.stdin is not None
            self._speaking.stdin.write(cue.text.encode())
            self._speaking.stdin.close()
        else:
            self._speaking = subprocess.Popen([*self._command, cue.text], stdin=quiet, stdout=quiet, stderr=quiet)

    def close(self) -> None:
        """Be silent."""
        if self._speaking is not None and self._speaking.poll() is None:
            self._speaking.kill()
            self._speaking.wait()
