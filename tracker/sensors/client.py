"""A sensor as a source of traffic: connect, set up, stream, and get over what radios do.

In: a sensor that a scan found, and its driver. Out: into a queue, everything that goes over the air, and a mark
where the link broke and where it was back. Remembered: the link as it stands.

    open ─► set up ─► run ─── broken, silent ───► disconnect ─► pause ─► look for it ─► set up ─► run
                       │                              ▲                       │ failed
                       │                              └──── longer pause ◄────┘
                       └─ the person's own stop ─► stop steps ─► disconnect      too long: gone

Every connection has a fresh client and sets the sensor up anew. What follows from a loss (the hole, the place of
the samples behind it, repeated samples) is the sample clock's business; here nothing is counted or decoded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from bleak.backends.device import BLEDevice

from firmware_protocol import ProtocolError
from tracker.recording.model import GattEvent, Marker, MarkerKind, Side
from tracker.sensors import SensorDriver
from tracker.sensors.errors import LinkError, SensorError
from tracker.sensors.link import Bluetooth, Link
from tracker.sensors.scanning import Found, NoBluetoothError, listen
from tracker.sensors.state import LinkState, Phase
from tracker.sensors.steps import Step

OPEN_WITHIN_S = 30.0
"""The first connection: what a person waits for before looking whether the sensor is on."""
GIVE_UP_S = 300.0
"""After a loss: long enough to fetch water in another room, or to change a battery."""
FIRST_PAUSE_S = 0.5
"""Connecting again within milliseconds of a loss fails: the system is still clearing away the old connection."""
LONGEST_PAUSE_S = 4.0
"""Pauses double up to this: what a person who has come back waits for at most, beside the scan."""
LOOK_FOR_S = 3.0
"""One scan while it is tried again: sensors advertise at least once a second. Two sensors take turns."""
FLOWING_WITHIN_S = 6.0
"""From the start command to the first samples: Polar sends the first frame after 2 s."""
SILENT_S = 10.0
"""A link that stands but brings nothing is taken for lost. Fading links are quiet for up to 6 s, the usual
supervision timeout, and some systems notice a loss late."""
STOP_WITHIN_S = 3.0
"""The stop steps of a person's own stop; with the disconnection after them it takes 8 s at most."""
BATTERY_EVERY_S = 120.0
_WATCH_S = 1.0

Put = Callable[[GattEvent | Marker], None]


class SensorClient:
    """One sensor's link, from the first connection to the person's stop.

    Parameters
    ----------
    found
        The sensor.
    driver
        Says how to start and stop it; sees what goes over the air meanwhile, and no more.
    number
        Of the sensor in the recording.
    side
        The leg that wears it.
    bluetooth
        The way to the air.
    give_up_s
        How long it is looked for after a loss, seconds.

    Attributes
    ----------
    state
        The link as it stands.
    """

    def __init__(
        self,
        found: Found,
        driver: SensorDriver,
        *,
        number: int = 1,
        side: Side | None = None,
        bluetooth: Bluetooth | None = None,
        give_up_s: float = GIVE_UP_S,
    ) -> None:
        self.found = found
        self.number = number
        self.side = side
        self.state = LinkState(phase=Phase.CONNECTING)
        self._driver = driver
        self._bluetooth = bluetooth or Bluetooth()
        self._give_up_s = give_up_s
        self._link: Link | None = None
        self._put: Put | None = None
        self._held: list[GattEvent] = []
        self._holds = False
        self._stepping = False

    @property
    def setup(self) -> tuple[GattEvent, ...]:
        """What went over the air since `open` and was not handed on yet."""
        return tuple(self._held)

    async def open(self, within_s: float = OPEN_WITHIN_S) -> None:
        """Connect and set up, so that samples flow; they are held until `run`.

        Raises
        ------
        SensorError
            It did not work within the time; nothing is left connected.
        """
        last: SensorError | None = None
        pause_s = FIRST_PAUSE_S
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    try:
                        self._link = await self._connected(None if last else self.found)
                        self.state = LinkState(phase=Phase.UP)
                        return
                    except NoBluetoothError:
                        raise
                    except SensorError as error:
                        last = error
                        self._held.clear()
                        self._note(Phase.CONNECTING, str(error))
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        self._held.clear()
        raise LinkError(f"{self.found}: no connection within {within_s:.0f} s ({last or 'no answer in time'})")

    async def run(self, put: Put) -> bool:
        """Stream until the task is cancelled, or the sensor is gone for good.

        Cancelled, or whatever else ends it: the sensor is stopped and disconnected within a bounded time.

        Returns
        -------
        bool
            False: the sensor did not come back.
        """
        self._put = put
        try:
            self._hand_on()
            while True:
                lost = await self._until_lost()
                put(Marker(self._bluetooth.now_ns(), MarkerKind.LINK_LOST, lost, self.number))
                self.state = LinkState(phase=Phase.LOST, losses=self.state.losses + 1, why=lost)
                if not await self._came_back():
                    self._note(Phase.GONE, self.state.why)
                    return False
                put(Marker(self._held[0].host_ns, MarkerKind.LINK_BACK, "", self.number))
                self._hand_on()
                self._holds = False
                self.state = LinkState(phase=Phase.UP, losses=self.state.losses)
        finally:
            self._hand_on()
            self._holds = False
            await self.close()

    async def close(self) -> None:
        """End the stream and disconnect, within a bounded time; twice does no harm."""
        link, self._link = self._link, None
        if link is not None:
            if not link.lost.is_set():
                with suppress(LinkError, TimeoutError):  # it is ended by the disconnection as well
                    async with asyncio.timeout(STOP_WITHIN_S):
                        await self._carry_out(link, self._driver.stop())
            await link.close()
        if self.state.phase is not Phase.GONE:
            self._note(Phase.ENDED, "")

    async def _until_lost(self) -> str:
        """Wait for the loss of the link; return how it showed."""
        link, battery_s = self._link, 0.0
        assert link is not None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_S):
                    await link.lost.wait()
            link.drain()
            if link.lost.is_set():
                return "the connection broke"
            if self._bluetooth.now_ns() - link.heard_ns > SILENT_S * 1e9:
                return f"nothing came for {SILENT_S:.0f} s"
            battery_s += _WATCH_S
            if battery_s >= BATTERY_EVERY_S:
                battery_s = 0.0
                await link.read_battery()

    async def _came_back(self) -> bool:
        link, self._link = self._link, None
        assert link is not None
        self._holds = True
        pause_s = FIRST_PAUSE_S
        with suppress(TimeoutError):
            async with asyncio.timeout(self._give_up_s):
                await link.close()
                while True:
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                    try:
                        self._link = await self._connected(None)
                        return True
                    except SensorError as error:
                        self._note(Phase.LOST, str(error))
                        self._hand_on()
        return False

    async def _connected(self, found: Found | None) -> Link:
        """Return a link over which samples flow.

        Raises
        ------
        SensorError
            It did not work; nothing is left connected.
        """
        device = found.device if found else await self._seen()
        link = Link(device, self.number, self._take, self._bluetooth, self._driver.elsewhere)
        try:
            async with self._bluetooth.turn:
                await link.connect()
            await link.read_battery()
            await self._carry_out(link, self._driver.start())
            await _flowing(link)
        except BaseException:
            await link.close()
            raise
        return link

    async def _seen(self) -> BLEDevice:
        address = self.found.address

        def here(near: Iterable[Found]) -> BLEDevice | None:
            return next((one.device for one in near if one.address == address), None)

        device = here(await listen(self._bluetooth, LOOK_FOR_S, enough=lambda near: here(near) is not None))
        if device is None:
            raise LinkError("it is not to be seen")
        return device

    async def _carry_out(self, link: Link, steps: Iterable[Step]) -> None:
        self._stepping, errors = True, self._driver.errors
        try:
            await link.carry_out(steps)
        except ProtocolError as error:
            raise LinkError(str(error)) from error
        except LinkError as error:
            if self._driver.errors == errors:
                raise
            raise LinkError(f"{error}; it sent this: {self._driver.last_error}") from error
        finally:
            self._stepping = False

    def _take(self, event: GattEvent) -> None:
        if self._stepping:
            self._driver.push(event)
        if self._holds or self._put is None:
            self._held.append(event)
        else:
            self._put(event)

    def _hand_on(self) -> None:
        """Hand on what was held."""
        assert self._put is not None
        for event in self._held:
            self._put(event)
        self._held.clear()

    def _note(self, phase: Phase, why: str) -> None:
        old = self.state
        attempts = old.attempts + (phase in (Phase.CONNECTING, Phase.LOST))
        self.state = LinkState(phase=phase, losses=old.losses, attempts=attempts, why=why)


async def _flowing(link: Link) -> None:
    """Wait for the first samples.

    Raises
    ------
    LinkError
        None came in time.
    """
    try:
        async with asyncio.timeout(FLOWING_WITHIN_S):
            await link.flowing.wait()
    except TimeoutError:
        raise LinkError(f"it was started, and sent nothing within {FLOWING_WITHIN_S:.0f} s") from None
