"""What a person is asked, and what may be answered: closed vocabularies, the same on every screen and in the log."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

MOST_RESERVE = 10
PAIN = (0, 10)
LONGEST_PLACE = 60


class Felt(StrEnum):
    """Where a set was felt."""

    GLUTE = "glute"
    HAMSTRING = "hamstring"
    LOW_BACK = "low-back"
    OTHER = "other"


class StopReason(StrEnum):
    """Why a session was stopped."""

    DONE = "done"
    PAIN = "pain"
    FATIGUE = "fatigue"
    OTHER = "other"


def check_answers(said: Mapping[str, Any], *, sets: int) -> tuple[int | None, dict[str, Any]]:
    """Read what was answered after a set: its number, and the answers.

    Parameters
    ----------
    said
        ``set``, and what was answered of ``reserve`` (repetitions), ``felt`` (a list), ``pain`` (0 to 10), ``place``.
    sets
        How many sets there are.

    Raises
    ------
    ValueError
        Something is no answer; the message says what.

    Examples
    --------
    >>> check_answers({"set": 1, "reserve": 2, "felt": ["glute"]}, sets=1)
    (1, {'reserve': 2, 'felt': ['glute']})
    """
    number = said.get("set")
    if number is not None and (not isinstance(number, int) or not 1 <= number <= sets):
        raise ValueError(f"there is no set {number!r}")
    out: dict[str, Any] = {}
    if said.get("reserve") is not None:
        out["reserve"] = _whole(said["reserve"], 0, MOST_RESERVE, "repetitions in reserve")
    if not isinstance(said.get("felt") or [], list):
        raise ValueError(f"felt: a list of {', '.join(Felt)}, not {said['felt']!r}")
    if said.get("felt"):
        out["felt"] = [Felt(one).value for one in said["felt"]]
    return number, out | _pain(said)


def check_stop(said: Mapping[str, Any]) -> dict[str, Any]:
    """Read why a session was stopped; ValueError where it is no reason.

    Examples
    --------
    >>> check_stop({"reason": "pain", "pain": 7, "place": "hip"})
    {'stop': 'pain', 'pain': 7, 'place': 'hip'}
    """
    return {"stop": StopReason(said.get("reason", StopReason.DONE)).value} | _pain(said)


def _pain(said: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if said.get("pain") is not None:
        out["pain"] = _whole(said["pain"], *PAIN, "pain")
    place = said.get("place")
    if place:
        if not isinstance(place, str) or len(place) > LONGEST_PLACE:
            raise ValueError(f"a place is up to {LONGEST_PLACE} characters of text")
        out["place"] = place
    return out


def _whole(value: Any, low: int, high: int, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name}: a whole number from {low} to {high}, not {value!r}")
    return value
