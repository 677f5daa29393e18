"""The families of sensors that this version knows: one table, and which of them an advertisement belongs to.

In: what a sensor says of itself before anybody connects. Out: a `Family`, or None.

Rule: **an advertisement is untrusted.** Anybody may send any name; what is not text, bytes or a UUID is passed over,
and only the first characters of a name are looked at. A name alone proves nothing: what the driver then decodes does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from firmware_protocol import UUIDs
from tracker.sensors import bluest, dot, metamotion, movesense, polar, thingy, witmotion
from tracker.sensors.driver import SensorDriver
from tracker.sensors.kickback import KickbackSensor

Evidence = Literal["official vectors", "field capture", "spec only"]
"""What a driver was checked with: the maker's own test vectors, bytes that somebody recorded from a sensor, or bytes
made by us from the specification. None was tried on a sensor."""
Clock = Literal["index", "time", "none"]
"""What tells the time: numbered samples, a time stamp, or nothing but the arrival."""

LONGEST_NAME = 80
"""Characters of a name that are looked at; the radio carries 29 in an advertisement, 248 elsewhere."""


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a device says of itself to everybody.

    Attributes
    ----------
    name
        As sent; empty if there is none. Show it through `tracker.journal.text.plain` only.
    address
        Bluetooth address, or the operating system's handle.
    rssi
        Signal strength, dBm.
    services
        UUIDs, 128-bit, lower case, with dashes.
    manufacturer
        Bytes by company id.
    """

    name: str = ""
    address: str = ""
    rssi: int = 0
    services: tuple[str, ...] = ()
    manufacturer: Mapping[int, bytes] = field(default_factory=dict)


class MakesDriver(Protocol):
    """A driver's class."""

    def __call__(self, *, rate_hz: int | None = None) -> SensorDriver:
        """Make a driver that asks for a rate, Hz; None: the family's usual one."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family of sensors.

    Attributes
    ----------
    id
        As in ``SensorEntry.family``.
    name
        For people.
    make
        Makes its driver.
    evidence
        What the driver was checked with.
    rates_hz
        What can be asked for, Hz; empty: the sensor's own.
    clock
        What tells the time.
    cannot
        What it cannot do, in a few words.
    recognises
        Whether an advertisement (its name cut, its types checked) is of this family.
    """

    id: str
    name: str
    make: MakesDriver
    evidence: Evidence
    rates_hz: tuple[int, ...]
    clock: Clock
    cannot: str
    recognises: Callable[[Advertisement], bool]


def _is_kickback(said: Advertisement) -> bool:
    return str(UUIDs.MOTION_SERVICE) in said.services


def _is_dot(said: Advertisement) -> bool:
    named = said.name.startswith(("Movella DOT", "Xsens DOT"))
    return named or dot.COMPANY in said.manufacturer or bool(set(dot.SERVICES) & set(said.services))


def _is_thingy(said: Advertisement) -> bool:
    return said.name == "Thingy" or bool(set(thingy.SERVICES) & set(said.services))


def _is_blue_st(said: Advertisement) -> bool:
    """Version 1 has no company id: version and board stand in its place, then features, then perhaps an address."""
    return any(
        company & 0xFF == bluest.PROTOCOL
        and len(data) in (4, 10)
        and int.from_bytes(data[:4], "big") & bluest.ACC_GYR_FEATURES == bluest.ACC_GYR_FEATURES
        for company, data in said.manufacturer.items()
    )


def _is_metamotion(said: Advertisement) -> bool:
    return metamotion.SERVICE in said.services


def _is_witmotion(said: Advertisement) -> bool:
    """Other makers use the service too, and vibration sensors (WTVB) the name."""
    ours = said.name.startswith("WT") or bool(set(witmotion.SERVICES[:1]) & set(said.services))
    return ours and not said.name.startswith("WTVB")


def _is_polar(said: Advertisement) -> bool:
    return said.name.startswith("Polar Sense")


def _is_movesense(said: Advertisement) -> bool:
    return said.name.startswith("Movesense") or movesense.ADVERTISED in said.services


_TABLE = (
    Family(
        id="kickback",
        name="kickback firmware",
        make=KickbackSensor,
        evidence="official vectors",
        rates_hz=(50, 100, 200),
        clock="index",
        cannot="",
        recognises=_is_kickback,
    ),
    Family(
        id="movella-dot",
        name="Movella (Xsens) DOT",
        make=dot.DotSensor,
        evidence="spec only",
        rates_hz=dot.RATES_HZ,
        clock="time",
        cannot="more than 60 Hz",
        recognises=_is_dot,
    ),
    Family(
        id="witmotion",
        name="WitMotion with Bluetooth 5",
        make=witmotion.WitMotionSensor,
        evidence="field capture",
        rates_hz=witmotion.RATES_HZ,
        clock="none",
        cannot="tell what was lost: losses are only estimated",
        recognises=_is_witmotion,
    ),
    Family(
        id="polar",
        name="Polar Verity Sense",
        make=polar.PolarSensor,
        evidence="official vectors",
        rates_hz=polar.RATES_HZ,
        clock="time",
        cannot="be followed live: samples come one to two seconds late",
        recognises=_is_polar,
    ),
    Family(
        id="movesense",
        name="Movesense",
        make=movesense.MovesenseSensor,
        evidence="spec only",
        rates_hz=movesense.RATES_HZ,
        clock="time",
        cannot="tell that a value was at the end of its range",
        recognises=_is_movesense,
    ),
    Family(
        id="thingy52",
        name="Nordic Thingy:52",
        make=thingy.ThingySensor,
        evidence="spec only",
        rates_hz=thingy.RATES_HZ,
        clock="none",
        cannot="more than 2 g: knocks are clipped; losses are only estimated",
        recognises=_is_thingy,
    ),
    Family(
        id="metamotion",
        name="MbientLab MetaMotion",
        make=metamotion.MetaMotionSensor,
        evidence="official vectors",
        rates_hz=metamotion.RATES_HZ,
        clock="none",
        cannot="tell when the acceleration belongs to which turning rate: they are paired by count; losses are only "
        "estimated",
        recognises=_is_metamotion,
    ),
    Family(
        id="blue-st",
        name="ST BlueST boards",
        make=bluest.BlueStSensor,
        evidence="spec only",
        rates_hz=(),
        clock="time",
        cannot="be set to a rate: much firmware sends 20 Hz, which is too slow; boards of version 2",
        recognises=_is_blue_st,
    ),
)

FAMILIES: dict[str, Family] = {family.id: family for family in _TABLE}
"""By ``SensorEntry.family``; what comes first is recognised first."""


def identify(advertisement: Advertisement) -> Family | None:
    r"""Return the family that an advertisement belongs to; None: not one that is known.

    Never raises, whatever the advertisement holds.

    Examples
    --------
    >>> identify(Advertisement(services=("4dd80001-21d0-4c9a-8316-cbb075115b74",))).id
    'kickback'
    >>> identify(Advertisement(name="\x1b[31m" * 100)) is None
    True
    """
    said = _checked(advertisement)
    return next((family for family in FAMILIES.values() if family.recognises(said)), None)


def estimates_losses(family: str | None) -> bool:
    """Whether what was lost is only estimated: samples of the family have neither number nor time.

    Examples
    --------
    >>> estimates_losses("witmotion"), estimates_losses("kickback"), estimates_losses("another")
    (True, False, False)
    """
    known = FAMILIES.get(family or "")
    return known is not None and known.clock == "none"


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
        There is no such family, or it does not know the rate; the message lists what there is.

    Examples
    --------
    >>> driver_for("kickback").period_s is None
    True
    """
    known = FAMILIES.get(family)
    if known is None:
        raise ValueError(f"no sensor family {family!r}; there are: {', '.join(FAMILIES)}")
    if rate_hz is not None and known.rates_hz and rate_hz not in known.rates_hz:
        rates = ", ".join(map(str, known.rates_hz))
        raise ValueError(f"{known.name} cannot be set to {rate_hz} Hz; there are: {rates}")
    return known.make(rate_hz=rate_hz)


def _checked(said: Advertisement) -> Advertisement:
    """Keep of an advertisement what has the right type."""
    services = said.services if isinstance(said.services, tuple | list) else ()
    manufacturer = said.manufacturer if isinstance(said.manufacturer, Mapping) else {}
    return Advertisement(
        name=said.name[:LONGEST_NAME] if isinstance(said.name, str) else "",
        services=tuple(uuid.lower() for uuid in services if isinstance(uuid, str)),
        manufacturer={
            company: bytes(data)
            for company, data in manufacturer.items()
            if isinstance(company, int) and isinstance(data, bytes | bytearray)
        },
    )
