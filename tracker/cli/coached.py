"""A session that prints lines, or JSON, and is led all the same: rests, legs, remarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracker.cli.led import Led
from tracker.cli.live_screen import LiveScreen
from tracker.cli.sessions import Performed
from tracker.cli.streaming import LiveSensor
from tracker.coaching.coach import Coach
from tracker.coaching.range_band import Calibration
from tracker.exercises import Leg
from tracker.journal import Ending
from tracker.live import Show
from tracker.motion.engine import Value
from tracker.recording import Header, Marker
from tracker.sensors.state import SensorState


class Coached(LiveScreen):
    """Another screen, told the cues too.

    Parameters
    ----------
    screen
        Prints.
    coach
        Knows the plan.
    keep
        Keeps a range that was calibrated.

    Attributes
    ----------
    ending
        None: nobody can end it here, but for Ctrl-C.
    """

    ending: Ending | None = None

    def __init__(self, screen: LiveScreen, coach: Coach, keep: Callable[[Calibration, Leg | None], None]) -> None:
        coach.holds = False  # there are no keys here
        self.led = Led(coach, screen.told, keep)
        self._screen = screen

    def busy(self, what: str) -> None:
        """Say what takes a moment."""
        self._screen.busy(what)

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told the sensor's values: the screen, then who leads."""
        (shows,), (leads,) = self._screen.lanes(header, worn), self.led.lanes(worn)

        def show(value: Value | Marker) -> None:
            shows(value)
            leads(value)

        return [show]

    def begin(self) -> None:
        """Say what has begun."""
        self._screen.begin()
        self.led.begin()

    def states(self, states: Sequence[SensorState]) -> None:
        """Take how the sensor is doing."""
        self._screen.states(states)

    def close(self) -> None:
        """Lead no more."""
        self.led.close()

    def end(self, done: Performed) -> None:
        """Say what became of it."""
        self._screen.end(done)
