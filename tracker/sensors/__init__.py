"""Sensor families: what goes over the air, as packets. One file per family, pure; the radio is elsewhere.

In: GATT traffic, live or recorded. Out: `Packet`, in SI units. Starting and stopping a sensor are data too:
steps that a client carries out in order.
"""

from __future__ import annotations

from collections.abc import Callable

from tracker.sensors.driver import SensorDriver
from tracker.sensors.kickback import KickbackSensor
from tracker.sensors.steps import ANSWER_WITHIN_S, Read, Step, Subscribe, Unsubscribe, Write

__all__ = [
    "ANSWER_WITHIN_S",
    "FAMILIES",
    "KickbackSensor",
    "Read",
    "SensorDriver",
    "Step",
    "Subscribe",
    "Unsubscribe",
    "Write",
    "driver_for",
]


FAMILIES: dict[str, Callable[..., SensorDriver]] = {"kickback": KickbackSensor}
"""What makes a driver, by ``SensorEntry.family``."""


def driver_for(family: str, *, rate_hz: int | None = None) -> SensorDriver:
    """Make the driver of a family.

    Parameters
    ----------
    family
        Its id.
    rate_hz
        Rate to ask the sensor for, Hz; None: the family's usual one.

    Raises
    ------
    ValueError
        There is no such family; the message lists those there are.

    Examples
    --------
    >>> driver_for("kickback").period_s is None
    True
    """
    try:
        return FAMILIES[family](rate_hz=rate_hz)
    except KeyError:
        raise ValueError(f"no sensor family {family!r}; there are: {', '.join(FAMILIES)}") from None
