"""What a person says about a file that does not say it itself, and units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .table import Table

ACC_UNITS: Mapping[str, float] = MappingProxyType({"m/s2": 1.0, "g": 9.80665})
"""m/s² per unit."""
GYR_UNITS: Mapping[str, float] = MappingProxyType({"rad/s": 1.0, "deg/s": math.radians(1.0)})
"""rad/s per unit."""
TIME_UNITS: Mapping[str, float] = MappingProxyType({"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "100us": 1e-4})
"""Seconds per unit. 100 µs is what Xsens' wired sensors count."""
RATES = ("name", "stamps")
PLATFORMS = ("android", "ios", "ios-standardised")
_SPELLINGS = {
    "m/s2": "m/s2",
    "m/s^2": "m/s2",
    "m/s²": "m/s2",
    "ms-2": "m/s2",
    "g": "g",
    "rad/s": "rad/s",
    "deg/s": "deg/s",
    "°/s": "deg/s",
    "º/s": "deg/s",
    "dps": "deg/s",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says; None: nothing.

    Attributes
    ----------
    acc_unit, gyr_unit, time_unit
        A key of `ACC_UNITS`, `GYR_UNITS`, `TIME_UNITS`.
    platform
        Whose conventions the phone's axes follow, one of `PLATFORMS`.
    device
        Which sensor, where a file holds several.
    rate
        Which rate is true where a file's name and its stamps disagree, one of `RATES`.
    """

    acc_unit: str | None = None
    gyr_unit: str | None = None
    time_unit: str | None = None
    platform: str | None = None
    device: str | None = None
    rate: str | None = None


def unit_of(table: Table, columns: Iterable[str], units: Mapping[str, float], asked: str | None, option: str) -> str:
    """Return the unit that columns name in brackets, or the one that was asked for.

    Raises
    ------
    RecordingError
        They name none and none was asked for; they name different ones, an unknown one, or not the one asked for.
    """
    said = {_bracketed(name) for name in columns}
    if len(said) > 1:
        raise table.error(f"columns in different units: {', '.join(sorted(said))}")
    (text,) = said
    known = _SPELLINGS.get(text.replace(" ", "").casefold() if text != "G" else text)
    choices = " or ".join(units)
    if not text:
        if asked is None:
            raise table.error(f"the columns name no unit, say it with {option} ({choices})")
        return asked
    if known not in units:
        raise table.error(f"unknown unit {text!r}, expected {choices}")
    assert known is not None
    if asked not in (None, known):
        raise table.error(f"{option} {asked}: but the columns say {text}")
    return known


def _bracketed(name: str) -> str:
    """Return what stands in the last brackets.

    Examples
    --------
    >>> _bracketed("Acceleration x (m/s^2)"), _bracketed("Acc_X")
    ('m/s^2', '')
    """
    before, _, inside = name.rpartition("(")
    return inside.partition(")")[0].strip() if before else ""
