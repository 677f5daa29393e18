"""What a person is asked, and what may be answered: closed vocabularies, the same on every screen and in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

MOST_RESERVE = 10
PAIN = (0, 10)
PAIN_ASKED = 3
"""From here on a pain is one that is asked about again; 2 is what most people call hardly any."""
LONGEST_PLACE = 60
MOST_LISTED = 10
MOST_ADDED = 20
HEAVIEST_KG = 500.0


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


class Placement(StrEnum):
    """Where in the workout the exercise stood: numbers are compared with those of the same place."""

    WARM_UP = "warm-up"
    PRE_EXHAUST = "pre-exhaust"
    ACCESSORY = "accessory"
    ALONE = "alone"


PLACEMENT_WORDS = {
    Placement.WARM_UP: "to warm up, before anything else",
    Placement.PRE_EXHAUST: "to tire the buttock, before squats or lifts",
    Placement.ACCESSORY: "after the main exercises",
    Placement.ALONE: "alone",
}


def check_day(said: Mapping[str, Any], *, questions: int) -> dict[str, Any]:
    """Read what was told of the day, before or after a session.

    Parameters
    ----------
    said
        ``placement``, ``soreness`` (0 to 10), ``pulley`` (a note), ``companions`` (exercises done besides, a list), and
        ``screening``, an answer for each of its questions.
    questions
        How many the screening has.

    Raises
    ------
    ValueError
        Something is no answer; the message says what.

    Examples
    --------
    >>> check_day({"placement": "accessory", "soreness": 2}, questions=3)
    {'placement': 'accessory', 'soreness': 2}
    """
    out: dict[str, Any] = {}
    if said.get("placement"):
        out["placement"] = Placement(said["placement"]).value
    if said.get("soreness") is not None:
        out["soreness"] = _whole(said["soreness"], *PAIN, "soreness")
    if said.get("pulley"):
        out["pulley"] = _text(said["pulley"], "a note on the pulley")
    if said.get("companions"):
        if not isinstance(said["companions"], list) or len(said["companions"]) > MOST_LISTED:
            raise ValueError(f"companions: a list of up to {MOST_LISTED} exercises, not {said['companions']!r}")
        out["companions"] = [_text(one, "an exercise") for one in said["companions"]]
    if said.get("screening") is not None:
        answers = said["screening"]
        if not isinstance(answers, list) or len(answers) != questions or {type(one) for one in answers} - {bool}:
            raise ValueError(f"screening: {questions} times yes or no, not {answers!r}")
        out["screening"] = answers
    return out


def screening_due(asked: Iterable[datetime], hurt: Iterable[datetime]) -> bool:
    """Return whether the screening is to be asked: once, and again after a session that hurt."""
    last = max(asked, default=None)
    return last is None or any(at > last for at in hurt)


def check_correction(said: Mapping[str, Any], *, sets: int, exercises: Iterable[str]) -> tuple[int, str, Any]:
    """Read what a set really was: its number, ``what`` and the value (`tracker.commands.Correction`).

    Raises
    ------
    ValueError
        It makes no sense; the message says what.

    Examples
    --------
    >>> check_correction({"set": 1, "what": "load", "value": "7.5"}, sets=1, exercises=())
    (1, 'load', 7.5)
    """
    number, what, value = said.get("set"), said.get("what"), said.get("value")
    if not isinstance(number, int) or not 1 <= number <= sets:
        raise ValueError(f"there is no set {number!r}")
    match what:
        case "load":
            return number, "load", None if value in (None, "") else _load(value)
        case "side" if value in ("left", "right"):
            return number, "side", value
        case "exercise" if value in tuple(exercises):
            return number, "exercise", value
        case "deleted" if isinstance(value, list) and all(type(peak) is int for peak in value):
            return number, "deleted", value
        case "added":
            return number, "added", _whole(value, 0, MOST_ADDED, "repetitions that were not found")
    raise ValueError(f"{what!r} of a set cannot be {value!r}")


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
        out["place"] = _text(place, "a place")
    return out


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PLACE:
        raise ValueError(f"{name} is up to {LONGEST_PLACE} characters of text")
    return value


def _load(value: Any) -> float:
    try:
        load_kg = float(value)
    except (TypeError, ValueError):
        load_kg = -1.0
    if not 0.0 <= load_kg <= HEAVIEST_KG:
        raise ValueError(f"a load is 0 to {HEAVIEST_KG:g} kg, not {value!r}")
    return load_kg


def _whole(value: Any, low: int, high: int, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name}: a whole number from {low} to {high}, not {value!r}")
    return value
