"""The table of families: what is in it, and that no advertisement can hurt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_protocol import UUIDs
from tracker.journal.text import NAME_LENGTH, plain
from tracker.sensors import FAMILIES, Advertisement, Family, SensorDriver, Step, driver_for, identify
from tracker.sensors.families import LONGEST_NAME

from .traffic import first_steps

each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)

GENUINE = {
    "kickback": [Advertisement("kickback A1", services=(str(UUIDs.MOTION_SERVICE),))],
    "movella-dot": [
        Advertisement("Movella DOT"),
        Advertisement("Xsens DOT"),
        Advertisement(manufacturer={2182: b"\x00\x01"}),
        Advertisement(services=("15172000-4947-11e9-8646-d663bd873d93",)),
    ],
    "witmotion": [
        Advertisement("WT901BLE67"),
        Advertisement(services=("0000ffe5-0000-1000-8000-00805f9a34fb",)),
    ],
    "polar": [Advertisement("Polar Sense 1A2B3C4D")],
    "movesense": [
        Advertisement("Movesense 174630000192"),
        Advertisement(services=("0000fdf3-0000-1000-8000-00805f9b34fb",)),
    ],
    "thingy52": [
        Advertisement("Thingy", manufacturer={0x0059: bytes(4)}),
        Advertisement("leg", services=("ef680100-9b35-4933-9b10-52ffa9740042",)),
    ],
    "metamotion": [Advertisement("MetaWear", services=("326a9000-85cb-9195-d9dd-464cfbbae75a",))],
    "blue-st": [
        Advertisement("STB_110", manufacturer={0x0601: bytes.fromhex("00e00000")}),
        Advertisement("AM1V330", manufacturer={0x0201: bytes.fromhex("00ff0000 c0 50 21 30 34 12")}),
    ],
}
"""Advertisements as sensors of each family send them."""
STRANGERS = [
    Advertisement(),
    Advertisement("MetaWear"),
    Advertisement("a Thingy"),
    Advertisement("WTVB01-BT50"),
    Advertisement("heart", services=("0000ffe5-0000-1000-8000-00805f9b34fb",)),
    Advertisement("My Movella DOT"),
    Advertisement("no gyroscope", manufacturer={0x0601: bytes.fromhex("00a00000")}),
    Advertisement("protocol 2", manufacturer={0x0030: bytes.fromhex("02060100000000")}),
    Advertisement("too long", manufacturer={0x0601: bytes.fromhex("00e0000000")}),
    Advertisement("Polar H10 12345678", services=("0000180d-0000-1000-8000-00805f9b34fb",)),
]
"""Of none, though they look like it."""


def family_of(said: Advertisement) -> str | None:
    family = identify(said)
    return family.id if family else None


@each_family
def test_every_family_is_recognised(family: Family) -> None:
    assert GENUINE[family.id], "else nobody would ever be offered it"
    assert {family_of(said) for said in GENUINE[family.id]} == {family.id}


@pytest.mark.parametrize("said", STRANGERS, ids=lambda said: said.name or "silent")
def test_strangers_are_not(said: Advertisement) -> None:
    assert family_of(said) is None


@each_family
def test_uuids_are_compared_without_case(family: Family) -> None:
    for said in GENUINE[family.id]:
        loud = Advertisement(
            said.name, said.address, said.rssi, tuple(map(str.upper, said.services)), said.manufacturer
        )
        assert family_of(loud) == family.id


@each_family
def test_every_family_has_a_driver(family: Family) -> None:
    for rate_hz in (None, *family.rates_hz):
        driver: SensorDriver = driver_for(family.id, rate_hz=rate_hz)
        assert (driver.errors, driver.last_error, driver.battery_percent) == (0, None, None)
        assert driver.info == b""
        assert all(isinstance(step, Step) for step in [*first_steps(driver), *driver.stop()])


@each_family
def test_what_people_read_is_one_plain_line(family: Family) -> None:
    for text in (family.id, family.name, family.cannot):
        assert text == plain(text, 300)
        assert "\n" not in text
        assert "|" not in text, "it stands in a table"


@each_family
def test_rates_are_those_that_can_be_tracked(family: Family) -> None:
    assert list(family.rates_hz) == sorted(family.rates_hz)
    assert all(25 <= rate <= 500 for rate in family.rates_hz)


def test_a_rate_that_cannot_be_had_is_refused() -> None:
    with pytest.raises(ValueError, match="kickback firmware cannot be set to 77 Hz; there are: 50, 100, 200"):
        driver_for("kickback", rate_hz=77)


# Hostile advertisements

HOSTILE_NAMES = [
    "\x1b[2J\x1b]0;owned\x07",
    "a\nb\r\nc\0d",
    "x" * 500,
    "\u202egnp.exe\u2066",
    "WT" * 250,
    "Movella DOT\n" * 50,
    "\ud800",
    "{0.__class__} %s %n ../../etc",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_hostile_name_shows_nowhere(name: str) -> None:
    """What a family says of itself does not hold the name; who shows the name goes through the cleaner."""
    family = identify(Advertisement(name, services=(str(UUIDs.MOTION_SERVICE),)))
    assert family is FAMILIES["kickback"]
    assert name not in repr(family)
    shown = plain(name, NAME_LENGTH)
    assert len(shown) <= NAME_LENGTH
    assert all(char.isprintable() for char in shown)


@each_family
def test_a_long_name_is_looked_at_only_in_front(family: Family) -> None:
    for said in GENUINE[family.id]:
        long = Advertisement("x" * LONGEST_NAME + said.name)
        assert family_of(long) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", b"WT901"),
        ("name", 7),
        ("services", None),
        ("services", "0000ffe5-0000-1000-8000-00805f9a34fb"),
        ("services", (None, 7, b"x", ["y"])),
        ("manufacturer", None),
        ("manufacturer", [(1, b"x")]),
        ("manufacturer", {"1": b"x", 1: "x", 2: None, None: b""}),
        ("address", None),
        ("rssi", "strong"),
    ],
)
def test_wrong_types_are_passed_over(field: str, value: Any) -> None:
    said: dict[str, Any] = {"services": (str(UUIDs.MOTION_SERVICE),), field: value}
    assert family_of(Advertisement(**said)) == (None if field == "services" else "kickback")


anything = st.one_of(st.none(), st.integers(), st.binary(), st.text(), st.lists(st.integers()))
company_ids = st.one_of(st.integers(-1, 2**17), st.none(), st.text())
manufacturer = st.dictionaries(company_ids, st.one_of(st.binary(max_size=40), anything))


@given(
    st.one_of(st.text(max_size=500), anything),
    st.one_of(st.lists(anything), anything),
    st.one_of(manufacturer, anything),
)
def test_identify_never_raises(name: Any, services: Any, data: Any) -> None:
    family = identify(Advertisement(name, services=services, manufacturer=data))
    assert family is None or family in FAMILIES.values()
