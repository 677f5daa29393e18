"""Virtual sensors: a simulated leg, as a recorded conversation or on an emulated radio.

Two ways, one simulated leg:

- **The conversation** (`watch`, `VirtualSensor`): what would have gone over the air, as values. No Bluetooth in it.
- **The radio** (extra ``virtual``; needs bleak and bumble): peripherals that advertise, are connected to, take
  commands and notify, through HCI, L2CAP, ATT and GATT, in this process and on an emulated link. Nothing of it is
  imported from here; take it from the modules below.

How to use the radio::

    from bleak import BleakClient, BleakScanner
    from tracker.sensors.virtual.kickback import KickbackFirmware
    from tracker.sensors.virtual.radio import Radio
    from tracker.sensors.virtual.worn import Worn

    async with Radio() as radio:
        leg = Worn.simulated_by(demo_plan("cable", 6))
        ankle = await radio.add_peripheral(KickbackFirmware(leg), name="Kickback L")
        device = await BleakScanner.find_device_by_name("Kickback L", backend=radio.scanner_backend)
        async with BleakClient(device, backend=radio.client_backend) as client:
            ...
        radio.drop()                # supervision timeout on both sides
        await radio.fade(3.0)       # nothing goes through for 3 s, then everything at once
        radio.jam()                 # out of range until radio.clear(); after 6 s the links are lost
        await ankle.power_off()     # for good, or until .power_on(): another boot id, index from zero

`drop`, `fade`, `jam` and `clear` take peripherals, to concern these alone. ``add_peripheral(..., mtu=23)`` makes a
peripheral that accepts no larger MTU.

The leg begins to move with the first START, or with ``ankle.firmware.chip.begin()``; it moves on while the link is
lost; ``await ankle.firmware.chip.reached(seconds)`` waits for a moment of its movement. After its end it rests
(``ankle.firmware.chip.ended``), or begins again (``Worn(..., repeat=True)``).

Nothing here waits for anything but the event loop's timers. `loop.SkippingLoop` skips them: a session of an hour
takes seconds. So take times from ``asyncio.get_running_loop().time()`` (on the usual loops that is
``time.monotonic()``), never from ``time.monotonic()`` itself.

`witmotion`, `polar` and `movesense` are firmwares as `kickback` is. They know nothing of the drivers: both were
written from the makers' descriptions, by different hands.

Modules: `air` (link and controllers, with faults) · `adapter` (the host side of scanning and connecting) ·
`backend` (bleak's two classes) · `peripheral` (a device that runs a firmware) · `kickback`, `witmotion`, `polar`,
`movesense` (firmwares) · `worn` (the leg and its chip) · `radio` (all of it together) · `loop` · `conversation`.
"""

from tracker.sensors.virtual.conversation import (
    FAMILY,
    SENSOR,
    STARTED_AT,
    VirtualSensor,
    session_id,
    watch,
    working_side,
)

__all__ = [
    "FAMILY",
    "SENSOR",
    "STARTED_AT",
    "VirtualSensor",
    "session_id",
    "watch",
    "working_side",
]
