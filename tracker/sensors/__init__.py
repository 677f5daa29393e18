"""Sensor families: what goes over the air, as packets. One file per family, pure; the radio is elsewhere.

In: GATT traffic, live or recorded. Out: `Packet`, in SI units. Starting and stopping a sensor are data too:
steps that a client carries out in order.
"""

from __future__ import annotations

from tracker.sensors.driver import SensorDriver
from tracker.sensors.families import FAMILIES, Advertisement, Family, driver_for, estimates_losses, identify
from tracker.sensors.kickback import KickbackSensor
from tracker.sensors.steps import ANSWER_WITHIN_S, Read, Step, Subscribe, Unsubscribe, Write

__all__ = [
    "ANSWER_WITHIN_S",
    "FAMILIES",
    "Advertisement",
    "Family",
    "KickbackSensor",
    "Read",
    "SensorDriver",
    "Step",
    "Subscribe",
    "Unsubscribe",
    "Write",
    "driver_for",
    "estimates_losses",
    "identify",
]
