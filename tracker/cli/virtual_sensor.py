"""``kickback virtual-sensor``: a simulated ankle on a real Bluetooth adapter, for those who write clients."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.cli.errors import BadInputError, needs
from tracker.cli.options import profile_of

ANSWER_WITHIN_S = 5.0
"""An adapter that has not answered its first commands by then is not one."""
LONGEST_NAME = 29
"""Bytes: what a scan response holds."""


def virtual_sensor(
    transport: Annotated[
        str,
        typer.Option(
            "--transport", metavar="SPEC", help="The adapter, as bumble has it: usb:0, hci-socket:0, serial:…"
        ),
    ] = "usb:0",
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What it is called.")] = "Kickback virtual",
    exercise: Annotated[str, typer.Option("--exercise", "-e", metavar="ID", help="What the leg does.")] = "cable",
    reps: Annotated[int, typer.Option("--reps", min=1, max=100, help="Repetitions per set.")] = 8,
    rate: Annotated[int, typer.Option("--rate", min=50, max=200, metavar="HZ", help="Samples per second.")] = 100,
) -> None:
    """Be a kickback sensor: stream a simulated leg over Bluetooth.

    It advertises, and streams to whoever connects. The leg does one set after another. It needs a Bluetooth adapter
    that the system does not use itself, and the extra "virtual". Ctrl-C ends it.

    [dim]Examples[/dim]
      kickback virtual-sensor --transport usb:0
      kickback virtual-sensor --transport hci-socket:0 --name "Kickback left"
    """
    import asyncio
    from contextlib import suppress

    profile = profile_of(exercise)
    assert profile is not None
    if not 1 <= len(name.encode()) <= LONGEST_NAME:
        raise BadInputError(f"--name: expected 1 to {LONGEST_NAME} bytes")
    with needs("virtual-sensor", "virtual"):
        from tracker.sensors.virtual.kickback import RATES_HZ
    if rate not in RATES_HZ:
        raise BadInputError(f"--rate: {rate}, expected one of {', '.join(map(str, RATES_HZ))}")
    with suppress(KeyboardInterrupt):
        asyncio.run(advertise(transport, name, profile.id, reps, rate))


async def advertise(transport: str, name: str, exercise_id: str, reps: int, rate_hz: int) -> None:
    """Advertise until cancelled, and say what happens.

    Raises
    ------
    BadInputError
        There is no adapter, or it does not answer, or it is gone.
    """
    import asyncio
    from contextlib import suppress

    from bumble.core import BaseBumbleError
    from bumble.hci import Address
    from bumble.transport import open_transport
    from bumble.transport.common import BaseSource, TransportLostError

    from tracker.cli.simulate import known_exercise
    from tracker.sensors.virtual.kickback import KickbackFirmware
    from tracker.sensors.virtual.peripheral import Peripheral
    from tracker.sensors.virtual.worn import Worn
    from tracker.simulation import SensorModel, demo_plan

    plan = demo_plan(known_exercise(exercise_id), reps)
    firmware = KickbackFirmware(Worn.simulated_by(plan, SensorModel(rate_hz=rate_hz), repeat=True))
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            opened = await open_transport(transport)
    except Exception as error:  # each transport's library raises what it likes; all of it means this
        raise BadInputError(f"--transport: no Bluetooth adapter at {transport} ({_why(error)})") from error
    async with opened:
        address = Address.generate_static_address().to_string(with_type_qualifier=False)
        sensor = Peripheral(firmware, opened.source, opened.sink, name=name, address=address)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await sensor.power_on()
        except (BaseBumbleError, TimeoutError) as error:
            raise BadInputError(f"--transport: the adapter at {transport} does not answer ({_why(error)})") from error
        print(f'"{name}" advertises as {address}; Ctrl-C ends it', flush=True)
        try:
            assert isinstance(opened.source, BaseSource)
            with suppress(TransportLostError):
                await opened.source.wait_for_termination()
        finally:
            print(f"{sensor.connections} connections, {firmware.sent} samples sent", flush=True)
    raise BadInputError(f"--transport: the adapter at {transport} is gone")


def _why(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
