"""A session with real sensors: find them, connect, stream, and close, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tracker import __version__
from tracker.cli.errors import needs
from tracker.cli.sessions import Performed, begun, record
from tracker.cli.simulate import known_exercise
from tracker.exercises import Exercise
from tracker.journal import Ending, SessionId
from tracker.live import Lane, Put, Show
from tracker.playback import said_of
from tracker.recording import GattEvent, Header, Marker, SensorEntry, Side
from tracker.sensors import SensorDriver, driver_for
from tracker.sensors.client import GIVE_UP_S, SensorClient
from tracker.sensors.errors import SensorError
from tracker.sensors.favourites import Favourite, chosen, favourites, save_favourites
from tracker.sensors.link import Bluetooth
from tracker.sensors.scanning import SCAN_S, Found, listen, named, only
from tracker.sensors.state import Phase, SensorState
from tracker.stream import Decoder, Stream

LOOK_EVERY_S = 1.0
"""How often the screen is told how the sensors are doing."""
VIRTUAL_ADDRESS = "C0:00:00:00:00:01"
"""Of the simulated sensor."""
VIRTUAL_SETS, VIRTUAL_REPS, VIRTUAL_REST_S = 5, 8, 20.0
"""What the simulated leg does: five minutes of it, then it stands."""

Item = GattEvent | Marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for.

    Attributes
    ----------
    sensors
        Addresses or names; empty: the saved ones, or the only one that is near.
    sides
        The legs that wear them, in the same order.
    profile
        The exercise; None: any leg lift counts.
    load_kg
        Per leg.
    rate_hz
        Samples per second to ask the sensors for; None: the driver's choice.
    give_up_s
        How long a lost sensor is looked for, seconds.
    save
        Keep these sensors for the next session.
    goes_on
        The session that is taken up again; None: a new one begins.
    """

    sensors: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    profile: Exercise | None = None
    load_kg: float | None = None
    rate_hz: int | None = None
    give_up_s: float = GIVE_UP_S
    save: bool = False
    goes_on: SessionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSensor:
    """A sensor that streams, and the leg that wears it.

    Attributes
    ----------
    client
        Its link.
    stream
        The stages behind it.
    entry
        How the recording's header describes it.
    rate_hz, battery_percent
        As told while it was set up; None: not yet.
    """

    client: SensorClient
    stream: Stream
    entry: SensorEntry
    rate_hz: float | None
    battery_percent: int | None

    @property
    def state(self) -> SensorState:
        """How it is doing."""
        decoder = self.stream.decoder
        return SensorState(
            number=self.entry.number,
            link=self.client.state,
            battery_percent=decoder.battery_percent,
            rate_hz=decoder.reception.rate_hz if self.client.state.phase is Phase.UP else None,
            lost_percent=decoder.reception.lost_percent,
            lost_estimated=decoder.losses_estimated,
            errors=decoder.errors,
            last_error=str(decoder.last_error or ""),
            doubt=str(decoder.rest) if decoder.rest is not None and not decoder.rest.fits else "",
        )


class Screen(Protocol):
    """What shows a session."""

    def busy(self, what: str) -> None:
        """Say what takes a moment; empty: nothing any more."""

    def lanes(self, header: Header, worn: Sequence[LiveSensor]) -> Sequence[Show]:
        """Return what is told each sensor's values."""

    def begin(self) -> None:
        """Say what has begun."""

    def states(self, states: Sequence[SensorState]) -> None:
        """Take how the sensors are doing, once a second and at the end."""


def _nobody() -> Ending | None:
    """Nobody has ended it yet."""
    return None


async def stream(
    bluetooth: Bluetooth,
    wish: Wish,
    folder: Path,
    screen: Screen,
    *,
    over: Callable[[], Ending | None] = _nobody,
    hand: Callable[[Put[Item]], None] | None = None,
) -> Performed:
    """Run a session with real sensors, until it is stopped, they are gone, or ``over`` says how it ended.

    ``hand`` is given the way into the session's queue when samples flow: for the marks that a person sets.

    Raises
    ------
    SensorError
        They cannot be found or reached; there is no session then.
    """
    async with AsyncExitStack() as opened:
        screen.busy("looking for the sensor")
        found, sides = await _choice(bluetooth, wish, folder)
        worn = []
        for number, (one, side) in enumerate(zip(found, sides, strict=True), start=1):
            screen.busy(f"connecting to {one}")
            worn.append(await opened.enter_async_context(_opened(bluetooth, wish, one, number, side)))
        screen.busy("")
        if wish.save:
            save_favourites(folder, map(_favourite, worn))
        return await _session(wish, folder, screen, worn, over, hand)


async def _choice(bluetooth: Bluetooth, wish: Wish, folder: Path) -> tuple[list[Found], list[Side | None]]:
    """Return the sensors to use, and the legs that wear them."""
    saved = [] if wish.sensors else favourites(folder)
    if saved:
        found = await _saved(bluetooth, saved)
        sides: list[Side | None] = list(wish.sides) or [one.side for one in saved]
        return found, _fitting(sides, len(found))
    asked = {text.strip().casefold() for text in wish.sensors}

    def enough(near: Iterable[Found]) -> bool:
        return bool(asked) and asked <= {one.address.casefold() for one in near}

    near = await listen(bluetooth, SCAN_S, enough=enough)
    found = [named(near, text) for text in wish.sensors] or [only(near)]
    if len({one.address for one in found}) < len(found):
        raise SensorError(f"{found[0]}: is both of the sensors that were asked for")
    return found, _fitting(list(wish.sides), len(found))


async def _saved(bluetooth: Bluetooth, saved: Sequence[Favourite]) -> list[Found]:
    addresses = {one.address for one in saved}
    near = await listen(bluetooth, SCAN_S, enough=lambda near: addresses <= {one.address for one in near})
    found = []
    for one in saved:
        here = chosen(one, near)
        if here is None:
            raise SensorError(f"the saved sensor {one} is not near: is it switched on? (--sensor chooses another)")
        found.append(here)
    return found


def _fitting(sides: list[Side | None], count: int) -> list[Side | None]:
    """Return a leg for each sensor: as said; two sensors of which nothing was said are left and right."""
    if not sides or sides == [None] * count:
        return ["left", "right"] if count == 2 else [None] * count
    if len(sides) != count:
        raise SensorError(f"--side was given {len(sides)} times for {count} sensors")
    return sides


@asynccontextmanager
async def bluetooth_of(*, virtual: bool, exercise: Exercise | None = None) -> AsyncIterator[Bluetooth]:
    """Give the computer's Bluetooth, or a simulated one with one sensor near, on a leg that does the exercise.

    Raises
    ------
    BadInputError
        What the simulated one needs is not installed.
    """
    if not virtual:
        yield Bluetooth()
        return
    with needs("the virtual sensor", "virtual"):
        from tracker.sensors.virtual.kickback import KickbackFirmware
        from tracker.sensors.virtual.radio import Radio
        from tracker.sensors.virtual.worn import Worn
    from tracker.simulation import Activity, Plan, demo_plan

    id_ = known_exercise(exercise.id if exercise else "cable")
    first, one, last = demo_plan(id_, VIRTUAL_REPS).steps
    plan = Plan(id_, (first, *(one, Activity("stand", VIRTUAL_REST_S)) * VIRTUAL_SETS, last))
    async with Radio() as radio:
        await radio.add_peripheral(KickbackFirmware(Worn.simulated_by(plan)), name="virtual", address=VIRTUAL_ADDRESS)
        yield Bluetooth(radio.scanner_backend, radio.client_backend)


@asynccontextmanager
async def _opened(
    bluetooth: Bluetooth, wish: Wish, found: Found, number: int, side: Side | None
) -> AsyncIterator[LiveSensor]:
    assert found.family is not None
    driver = driver_for(found.family.id, rate_hz=wish.rate_hz)
    client = SensorClient(found, driver, number=number, bluetooth=bluetooth, give_up_s=wish.give_up_s)
    try:
        await client.open()
        yield _introduced(client, driver, found, number, side, wish.profile)
    finally:
        await client.close()


def _introduced(
    client: SensorClient, driver: SensorDriver, found: Found, number: int, side: Side | None, profile: Exercise | None
) -> LiveSensor:
    """Read what the sensor said of itself while it was set up."""
    assert found.family is not None
    heard = Decoder(family=found.family.id, info=driver.info)
    for event in client.setup:
        heard.push(event)
    entry = SensorEntry(number, found.family.id, found.name, found.address, side, info=driver.info)
    return LiveSensor(
        client=client,
        stream=Stream(profile, family=entry.family, info=entry.info, sensor=number),
        entry=entry,
        rate_hz=heard.rate_hz,
        battery_percent=heard.battery_percent,
    )


async def _session(
    wish: Wish,
    folder: Path,
    screen: Screen,
    worn: Sequence[LiveSensor],
    over: Callable[[], Ending | None],
    hand: Callable[[Put[Item]], None] | None,
) -> Performed:
    header = begun(lambda session, at, origin_ns: _header(wish, worn, session, at, origin_ns), wish.goes_on)
    alone = len(worn) == 1
    lanes = [
        Lane(
            stage=one.stream,
            show=show,
            said=said_of(header, None if alone else one.entry.number),
            sensor=None if alone else one.entry.number,
        )
        for one, show in zip(worn, screen.lanes(header, worn), strict=True)
    ]

    async def produce(put: Put[Item]) -> Ending:
        if hand is not None:
            hand(put)
        screen.begin()
        running = [asyncio.create_task(one.client.run(put)) for one in worn]
        try:
            pending = set(running)
            while pending and over() is None:
                _, pending = await asyncio.wait(pending, timeout=LOOK_EVERY_S)
                screen.states([one.state for one in worn])
        finally:
            screen.busy("disconnecting")
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            screen.busy("")
            screen.states([one.state for one in worn])
        for task in running:
            if not task.cancelled():
                task.result()
        return over() or Ending.LINK_LOST

    return await record(header, lanes, folder, produce, goes_on=wish.goes_on is not None)


def _header(wish: Wish, worn: Sequence[LiveSensor], session: str, at: str, origin_ns: int) -> Header:
    profile, side = wish.profile, worn[0].entry.side
    return Header(
        program=__version__,
        session=session,
        started_at=at,
        origin_ns=origin_ns,
        sensors=tuple(one.entry for one in worn),
        exercise=profile.id if profile else None,
        working_side=profile.working_leg(side) if profile and len(worn) == 1 else None,
        load_kg=wish.load_kg,
    )


def _favourite(worn: LiveSensor) -> Favourite:
    entry = worn.entry
    return Favourite(entry.family, entry.name, entry.address, entry.side)
