"""One connection to one sensor: made once, lost once, never used again.

In: steps to carry out. Out: everything that was read, written and notified, as `GattEvent` in the order in which
it happened. Remembered: the answer that a step waits for, and when the sensor was last heard.

Rule: **the callback puts time and bytes into a queue and does nothing else**; one task hands them on. What a dead
connection still delivers (some stacks repeat notifications after a loss) ends in its own queue.

Asking and being answered has a time limit everywhere: stacks have been seen to wait for ever. The client is bleak's
own, without bleak-retry-connector. That takes injected backends too, but tries again with the same client, and has
time limits of its own: for a sensor that is away, 30 s with one attempt, 121 s with its usual four (on the emulated
radio). What it mends in BlueZ (a link that still stands, an aborted first try), bleak does by itself since 3.0.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakError

from firmware_protocol import UUIDs
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.errors import LinkError
from tracker.sensors.steps import ANSWER_WITHIN_S, Read, Step, Subscribe, Unsubscribe, Write

CONNECT_WITHIN_S = 15.0
"""Connecting and looking up the services takes 0.3 to 5 s; Windows is the slowest."""
ASK_WITHIN_S = 5.0
"""A read, a write or a subscription takes a few connection intervals, of at most 4 s (Bluetooth Core)."""
DISCONNECT_WITHIN_S = 5.0
"""BlueZ takes 1.8 to 2.5 s by a timer of its own."""
BATTERY_LEVEL = str(UUIDs.BATTERY_LEVEL)

RADIO_ERRORS = (BleakError, TimeoutError, OSError, EOFError, AttributeError, KeyError, AssertionError)
"""What bleak raises: its own, the operating system's, and where a connection ends in the middle of a call, what
comes of looking at things that are no longer there."""

T = TypeVar("T")
Take = Callable[[GattEvent], None]
_Arrival = tuple[int, Operation, str, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Bluetooth:
    """The way to the air, and the clock that stamps what comes from there.

    Attributes
    ----------
    scanner, client
        bleak backends; None: those of the operating system.
    now_ns
        Monotonic time, nanoseconds.
    turn
        Held by whoever scans or connects: most adapters do one of it at a time.
    """

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    now_ns: Callable[[], int] = time.monotonic_ns
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Link:
    """A connection.

    Parameters
    ----------
    device
        As a scan found it.
    number
        Of the sensor in the recording.
    take
        Is told everything that went over the air.
    bluetooth
        The way there.
    elsewhere
        Where else a characteristic may stand (`SensorDriver.elsewhere`).

    Attributes
    ----------
    lost
        Set once the connection has broken.
    flowing
        Set once the sensor has sent what no step waited for.
    heard_ns
        When it last sent anything.
    """

    def __init__(
        self, device: BLEDevice, number: int, take: Take, bluetooth: Bluetooth, elsewhere: Callable[[str], str]
    ) -> None:
        self.lost = asyncio.Event()
        self.flowing = asyncio.Event()
        self.heard_ns = bluetooth.now_ns()
        self._number = number
        self._take = take
        self._bluetooth = bluetooth
        self._elsewhere = elsewhere
        self._client = BleakClient(device, self._on_loss, timeout=CONNECT_WITHIN_S, backend=bluetooth.client)
        self._inbox: asyncio.Queue[_Arrival] = asyncio.Queue()
        self._awaited: tuple[str, bytes, asyncio.Future[None]] | None = None
        self._pump: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect and look up what the sensor offers.

        Raises
        ------
        LinkError
            It did not work.
        """
        await _asked("connecting", self._client.connect(), CONNECT_WITHIN_S)
        self._pump = asyncio.create_task(self._hand_on())

    async def carry_out(self, steps: Iterable[Step]) -> None:
        """Do one step after the other; what one of them brought is handed on before the next is asked for.

        Raises
        ------
        LinkError
            One failed, or was not answered; the others were not done.
        """
        for step in steps:
            match step:
                case Read(uuid):
                    await self._read(uuid)
                case Subscribe(uuid):
                    await self._subscribe(uuid)
                case Unsubscribe(uuid):
                    await _asked(f"unsubscribing from {uuid}", self._client.stop_notify(self._named(uuid)))
                case Write():
                    await self._write(step)
            self.drain()

    async def read_battery(self) -> None:
        """Read the standard battery level where there is one; that it cannot be read is no reason to stop."""
        with suppress(LinkError):
            await self._read(BATTERY_LEVEL)

    async def close(self) -> None:
        """Disconnect, within a bounded time, and hand on what had arrived. Twice does no harm.

        Also after a loss: bleak leaves its connection to the system open, and notifications then arrive twice.
        """
        with suppress(LinkError):  # gone is gone
            await _asked("disconnecting", self._client.disconnect(), DISCONNECT_WITHIN_S)
        self.lost.set()
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            await asyncio.wait((pump,))
            self.drain()

    def drain(self) -> None:
        """Hand on what has arrived so far."""
        while not self._inbox.empty():
            self._receive(self._inbox.get_nowait())

    def _on_loss(self, _: BleakClient) -> None:
        self.lost.set()

    def _named(self, uuid: str) -> BleakGATTCharacteristic:
        try:
            services = self._client.services
            found = services.get_characteristic(uuid) or services.get_characteristic(self._elsewhere(uuid))
        except RADIO_ERRORS as error:
            raise LinkError(f"looking for {uuid}: {why(error)}") from error
        if found is None:  # the system may hold an old table of what the sensor offers
            raise LinkError(f"it does not offer {uuid}")
        return found

    async def _read(self, uuid: str) -> None:
        characteristic = self._named(uuid)
        data = await _asked(f"reading {uuid}", self._client.read_gatt_char(characteristic))
        self._inbox.put_nowait((self._bluetooth.now_ns(), Operation.READ, characteristic.uuid, bytes(data)))

    async def _subscribe(self, uuid: str) -> None:
        characteristic = self._named(uuid)
        indicated = "notify" not in characteristic.properties
        operation = Operation.INDICATE if indicated else Operation.NOTIFY
        put, now_ns, name = self._inbox.put_nowait, self._bluetooth.now_ns, characteristic.uuid

        def arrived(_: BleakGATTCharacteristic, data: bytearray) -> None:
            put((now_ns(), operation, name, bytes(data)))

        await _asked(f"subscribing to {uuid}", self._client.start_notify(characteristic, arrived))

    async def _write(self, step: Write) -> None:
        characteristic = self._named(step.uuid)
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if step.answer:
            self._awaited = (self._named(step.answer_on or step.uuid).uuid, step.answer, answered)
        operation = Operation.WRITE if step.response else Operation.WRITE_NO_RESPONSE
        self._inbox.put_nowait((self._bluetooth.now_ns(), operation, characteristic.uuid, step.data))
        write = self._client.write_gatt_char(characteristic, step.data, response=step.response)
        try:
            await _asked(f"writing {step.data.hex(' ')}", write)
            if step.answer:
                await _asked(f"the answer to {step.data.hex(' ')}", answered, ANSWER_WITHIN_S)
        finally:
            self._awaited = None

    async def _hand_on(self) -> None:
        while True:
            self._receive(await self._inbox.get())

    def _receive(self, arrival: _Arrival) -> None:
        at_ns, operation, uuid, data = arrival
        self._take(GattEvent(at_ns, self._number, operation, uuid, data))
        if operation in (Operation.NOTIFY, Operation.INDICATE):
            self.heard_ns = at_ns
            self._match(uuid, data)

    def _match(self, uuid: str, data: bytes) -> None:
        if self._awaited is None:
            self.flowing.set()
            return
        on, beginning, answered = self._awaited
        if uuid == on and data.startswith(beginning) and not answered.done():
            answered.set_result(None)


async def _asked(what: str, awaitable: Awaitable[T], within_s: float = ASK_WITHIN_S) -> T:
    """Wait for the radio, not for ever.

    Raises
    ------
    LinkError
        It refused, or did not answer in time.
    """
    try:
        async with asyncio.timeout(within_s):
            return await awaitable
    except RADIO_ERRORS as error:
        raise LinkError(f"{what}: {why(error)}") from error


def why(error: BaseException) -> str:
    r"""Return what went wrong in a few words, on one line.

    Examples
    --------
    >>> why(TimeoutError()), why(BleakError("device\nnot found"))
    ('no answer in time', 'device not found')
    """
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__
