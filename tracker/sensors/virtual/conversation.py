"""A virtual sensor: a simulated session as the conversation over the air that would have carried it.

In: a plan and a sensor model. Out: ``GattEvent``s in order of time: Info is read, the stream is started,
notifications come in, the stream is stopped. The same plan and seed give the same bytes.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from firmware_protocol import PROTOCOL_MAJOR, Info, Start, Started, Stop, Stopped, UUIDs
from tracker import __version__
from tracker.exercises import exercise
from tracker.recording import GattEvent, Header, Operation, SensorEntry, Side
from tracker.simulation import (
    Plan,
    SensorModel,
    SensorStream,
    Simulated,
    sense,
    simulate,
)

FAMILY = "kickback"
SENSOR = 1
"""Number of the sensor in the header."""
STARTED_AT = "2025-01-01T12:00:00+00:00"
"""When a simulated recording pretends to have begun: files must not differ from one run to the next."""
_STEP_NS = 1_000_000
_TOKEN = 1
_UNSAID = ", direction_spread_deg=0.0, faults=()"
"""What a set does not ask for and could not when the first recordings were made: their ids stay as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class VirtualSensor:
    """A session that was simulated, and the sensor that watched it.

    Attributes
    ----------
    simulated
        The leg and the truth about it.
    stream
        What arrived from the sensor.
    model
        The sensor.
    """

    simulated: Simulated
    stream: SensorStream
    model: SensorModel

    @property
    def start_ns(self) -> int:
        """Host time at which the session begins."""
        return self.model.link.host_start_ns

    def entry(self) -> SensorEntry:
        """Return the sensor as a recording's header describes it."""
        return SensorEntry(
            number=SENSOR,
            family=FAMILY,
            name="virtual sensor",
            side=self.simulated.side,
            protocol=PROTOCOL_MAJOR,
            info=self.stream.info,
        )

    def header(self, session: str, started_at: str, origin_ns: int) -> Header:
        """Return the header of a recording of it."""
        return Header(
            program=__version__,
            session=session,
            started_at=started_at,
            origin_ns=origin_ns,
            sensors=(self.entry(),),
            exercise=self.simulated.exercise,
            working_side=working_side(self.simulated),
        )

    def events(self, origin_ns: int | None = None) -> Iterator[GattEvent]:
        """Yield the whole conversation.

        Parameters
        ----------
        origin_ns
            Host time at which the session begins; None: the link's own.
        """
        shift = 0 if origin_ns is None else origin_ns - self.start_ns
        info = Info.from_bytes(self.stream.info)
        link = self.model.link
        started = Started(
            token=_TOKEN,
            boot_id=info.boot_id,
            time_us=round(link.boot_age_s * 1e6) % 2**32,
            index=link.first_index % 2**16,
            stream=(info.boot_id + 1) % 256,
        )
        at = self.start_ns + shift
        control = UUIDs.CONTROL.value
        yield GattEvent(at, SENSOR, Operation.READ, UUIDs.INFO.value, self.stream.info)
        yield GattEvent(at + _STEP_NS, SENSOR, Operation.WRITE, control, bytes(Start(token=_TOKEN)))
        yield GattEvent(at + 2 * _STEP_NS, SENSOR, Operation.INDICATE, control, bytes(started))
        for at_ns, value in self.stream.notifications:
            at = at_ns + shift
            yield GattEvent(at, SENSOR, Operation.NOTIFY, UUIDs.MOTION.value, value)
        yield GattEvent(at + _STEP_NS, SENSOR, Operation.WRITE, control, bytes(Stop(token=_TOKEN + 1)))
        stopped = bytes(Stopped(token=_TOKEN + 1))
        yield GattEvent(at + 2 * _STEP_NS, SENSOR, Operation.INDICATE, control, stopped)


def watch(plan: Plan, model: SensorModel | None = None, *, seed: int = 0) -> VirtualSensor:
    """Simulate a session and a sensor that watches it."""
    model = model or SensorModel()
    simulated = simulate(plan, seed)
    return VirtualSensor(simulated, sense(simulated, model, seed), model)


def session_id(plan: Plan, seed: int) -> str:
    """Return a UUID that depends on nothing but what is simulated."""
    told = str(plan).replace(_UNSAID, "")
    return str(uuid.UUID(int=random.Random(f"{told}{seed}").getrandbits(128), version=4))


def working_side(simulated: Simulated) -> Side:
    """Return the leg that works: the one with the sensor, or the other one in a bridge."""
    if exercise(simulated.exercise).same_leg:
        return simulated.side
    return "right" if simulated.side == "left" else "left"
