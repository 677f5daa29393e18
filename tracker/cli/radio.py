"""A virtual sensor's set over an emulated Bluetooth link: scanned for, connected to and streamed as a real one is."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from pathlib import Path

from tracker.cli.console import Waiting
from tracker.cli.errors import BadInputError, needs
from tracker.cli.sessions import Performed, stoppable
from tracker.cli.streaming import VIRTUAL_ADDRESS, LiveSensor, Wish, stream
from tracker.cli.view import View
from tracker.exercises import Exercise
from tracker.journal import Ending
from tracker.live import Show
from tracker.recording import Header
from tracker.sensors.link import Bluetooth
from tracker.sensors.state import SensorState
from tracker.simulation import Simulated


def perform_on_radio(
    simulated: Simulated, profile: Exercise, folder: Path, view: View, speed: float, *, seed: int
) -> Performed:
    """Run a simulated set as a session with a sensor on an emulated radio.

    Parameters
    ----------
    simulated
        The leg.
    profile
        What it does.
    folder
        The data folder.
    view
        Shows the session.
    speed
        1, or infinite: without waiting.
    seed
        Draws the sensor's errors.

    Raises
    ------
    BadInputError
        Another speed, or bumble is not installed.
    """
    if speed not in (1.0, math.inf):
        raise BadInputError(f"--speed: {speed:g}, with --bluetooth expected 1 or max")
    with needs("--bluetooth", "virtual"):
        from tracker.sensors.virtual.kickback import KickbackFirmware
        from tracker.sensors.virtual.loop import SkippingLoop
        from tracker.sensors.virtual.radio import Radio
        from tracker.sensors.virtual.worn import Worn

    async def performed() -> Performed:
        loop, begun_ns = asyncio.get_running_loop(), time.monotonic_ns()
        begun_s = loop.time()
        wish = Wish(sensors=(VIRTUAL_ADDRESS,), sides=(simulated.side,), profile=profile)
        async with Radio() as radio:
            sensor = await radio.add_peripheral(
                KickbackFirmware(Worn(simulated, seed=seed)), name="virtual", address=VIRTUAL_ADDRESS
            )
            way = Bluetooth(
                radio.scanner_backend, radio.client_backend, lambda: begun_ns + round((loop.time() - begun_s) * 1e9)
            )
            ended = sensor.firmware.chip.ended
            return await stream(
                way, wish, folder, _Screen(view), over=lambda: Ending.FINISHED if ended.is_set() else None
            )

    with asyncio.Runner(loop_factory=None if speed == 1.0 else SkippingLoop) as runner:
        return runner.run(stoppable(performed()))


class _Screen:
    """The demo's view, as a live session needs it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._waiting = Waiting()

    def busy(self, what: str) -> None:
        """Show a spinner, where there is a terminal."""
        self._waiting.say(what)

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return the view."""
        return [self._view.show for _ in worn]

    def begin(self) -> None:
        """Print the title."""
        self._view.begin()

    def states(self, states: Sequence[SensorState]) -> None:
        """Say nothing: nothing happens to an emulated link by itself."""
