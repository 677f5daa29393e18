"""Single cells: numbers that are finite, names that do no harm, sides, moments."""

from __future__ import annotations

import math
from datetime import datetime
from typing import cast

from tracker.journal.text import NAME_LENGTH, plain
from tracker.journal.values import Side

SIDES = ("left", "right")


def real(value: float) -> float:
    """Return a finite plain float.

    Raises
    ------
    ValueError
        SQLite would store not-a-number as NULL, unseen.
    """
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"a number of the log must be finite, not {number}")
    return number


def maybe(value: float | None) -> float | None:
    """Return a finite plain float or None."""
    return None if value is None else real(value)


def load(value: float | None) -> float | None:
    """Return a load in kg: finite, not negative, or None."""
    if value is not None and real(value) < 0:
        raise ValueError(f"a load cannot be negative: {value} kg")
    return maybe(value)


def side(value: str | None) -> Side | None:
    """Return a side or None."""
    if value is not None and value not in SIDES:
        raise ValueError(f"a side is 'left', 'right' or None, not {value!r}")
    return cast("Side | None", value)


def name(value: str | None) -> str | None:
    """Return a name without control characters, or None."""
    return None if value is None else plain(value, NAME_LENGTH)


def moment(value: datetime) -> str:
    """Return an aware datetime as ISO 8601 with its offset."""
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no offset to UTC")
    return value.isoformat()
