"""A session led from a page: planned, coached, corrected, answered, logged."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.studio import Studio
from tracker.journal import Ending, Journal, Session, SetKind, journal_path
from tracker.sensors.favourites import Favourite, save_favourites
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import Activity, Plan, SetPlan

from .seated import START, Seat, firmware


def suggested(studio: Studio) -> dict[str, Any]:
    """What to do next with the cable."""
    return next(one["next"] for one in studio.state()["exercises"] if one["id"] == "cable")


def logged(folder: Path) -> Session:
    with Journal.open(journal_path(folder), readonly=True) as journal:
        (one,) = journal.sessions()
        return journal.session(one.uuid)


async def test_a_whole_session(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    sensor = await emulated_radio.add_peripheral(firmware(), name="Kickback A")
    studio = seat.studio
    await studio.do(START)
    await seat.until(lambda: len(studio.state()["sets"]) == 1)
    assert [cue["value"] for cue in seat.said("count")] == [1, 2, 3, 4, 5]
    assert [cue["text"] for cue in seat.said("few-left")] == ["3 more", "2 more", "last one"]
    assert [row["rep"] for row in seat.board["last_set"]] == [1, 2, 3, 4, 5]
    assert (seat.board["side"], seat.board["set_number"]) == ("right", 1)
    await studio.do({"do": "undo"})
    assert [row["rep"] for row in seat.board["last_set"]] == [1, 2, 3, 4, None]
    await studio.do({"do": "answers", "set": 1, "reserve": 3, "felt": ["glute"], "pain": 0})
    assert studio.state()["answered"] == [1]
    await seat.until(lambda: seat.board["count"] == 2)
    await studio.do({"do": "undo"})
    assert seat.board["count"] == 1
    await seat.until(lambda: len(studio.state()["sets"]) == 2)
    assert len(seat.said("rest-left")) >= 4
    for _ in range(2):  # sent again by a page that was not sure: kept once
        await studio.do({"do": "stop", "reason": "pain", "pain": 6, "place": "hip"})
    assert studio.state()["ending"] is True
    with pytest.raises(ValueError, match="too late"):
        await studio.do({"do": "answers", "set": 2, "reserve": 0})
    await seat.until(lambda: studio.state()["screen"] == "over")
    assert "it hurt" in seat.board["message"]
    session = logged(tmp_path)
    assert session.ending is Ending.PAIN
    assert [(len(one.reps), len(one.deleted), one.context.side, one.context.load_kg) for one in session.sets] == [
        (4, 1, "left", 7.5),
        (4, 1, "right", 7.5),
    ]
    told = [(one.question, one.value, one.set_number) for one in session.answers]
    plan = {"goal": "muscle", "sets": 2, "from": 4, "to": 5, "tempo": "2-1-3-0", "rest_s": 60.0}
    assert told == [
        ("plan", plan, None),
        ("reserve", 3, 1),
        ("felt", ["glute"], 1),
        ("pain", 0, 1),
        ("stop", "pain", None),
        ("pain", 6, None),
        ("place", "hip", None),
    ]
    assert not sensor.is_connected
    await studio.do({"do": "again"})
    assert studio.state()["screen"] == "start"
    assert (asked := suggested(studio))["headline"].startswith("Less: ")
    assert (asked["changes"], asked["now"]["load_kg"], asked["now"]["reps"]) == (True, 7.5, (4, 5))
    with pytest.raises(ValueError, match="nothing is suggested"):
        await studio.do({"do": "decide", "exercise": "band", "accepted": True})
    await studio.do({"do": "decide", "exercise": "cable", "accepted": True})
    assert (then := suggested(studio))["headline"] == "As you chose"
    assert (then["changes"], then["now"]) == (False, asked["next"])


async def test_a_lost_link_is_told_and_the_session_goes_on(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    sensor = await emulated_radio.add_peripheral(firmware(), name="Kickback A")
    await seat.studio.do(START)
    await seat.until(lambda: seat.board.get("count") == 2)
    emulated_radio.drop(sensor)
    await seat.until(lambda: bool(seat.said("sensor-back")))
    assert len(seat.said("sensor-lost")) == 1
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    await seat.studio.do({"do": "stop"})
    await seat.until(lambda: seat.studio.state()["screen"] == "over")
    assert len(logged(tmp_path).sets[0].reps) >= 3


async def test_activation_is_no_work(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await emulated_radio.add_peripheral(firmware(4, 1), name="Kickback A")
    await seat.studio.do(START | {"goal": "activation", "load_kg": None})
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    await seat.studio.close()
    assert {one.context.kind for one in logged(tmp_path).sets} == {SetKind.ACTIVATION}


async def test_what_was_told_of_the_day_and_corrected_is_in_the_log(
    emulated_radio: Radio, seat: Seat, tmp_path: Path
) -> None:
    await emulated_radio.add_peripheral(firmware(4, 2), name="Kickback A")
    day = seat.studio.state()["day"]
    assert (len(day["screening"]["questions"]), day["days_since"]) == (3, None)
    told = {"placement": "accessory", "soreness": 2, "pulley": "hole 2", "screening": [False, False, True]}
    await seat.studio.do(START | {"sides": ["left"], "warm_up": 1, "label": "red", "sets": 1} | told)
    assert seat.board["kind"] == "warm-up"
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    assert seat.board["kind"] == "work"
    peaks = [row["peak"] for row in seat.board["last_set"]]
    for what, value in (("deleted", peaks[:2]), ("deleted", peaks[:1]), ("added", 2), ("side", "right"), ("load", "4")):
        await seat.studio.do({"do": "correct", "set": 1, "what": what, "value": value})
    assert [row["rep"] for row in seat.board["last_set"]] == [None, 1, 2, 3]
    assert seat.studio.state()["sets"][0]["words"].startswith("5 repetitions")
    assert seat.studio.state()["sets"][0]["side"] == "right"
    await seat.studio.do({"do": "answers", "set": 1, "felt": ["low-back"], "reserve": 0})
    assert any("lower back" in line for line in seat.studio.state()["advice"])
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 2)
    await seat.studio.do({"do": "stop", "reason": "done"})
    await seat.until(lambda: seat.studio.state()["screen"] == "over")
    assert "step-ups" in seat.studio.state()["companions"]
    await seat.studio.do({"do": "companions", "companions": ["step-ups"]})
    session = logged(tmp_path)
    first, second = session.sets
    assert (first.context.kind, first.context.load_kg, first.context.side) == (SetKind.WARM_UP, 4.0, "right")
    assert (len(first.reps), len(first.deleted), first.said.load_kg) == (5, 1, None)
    assert (second.context.kind, second.context.load_kg, second.context.load_label) == (SetKind.WORK, 7.5, "red")
    answers = {one.question: one.value for one in session.answers}
    assert answers.items() >= (told | {"companions": ["step-ups"]}).items()
    await seat.studio.do({"do": "again"})
    day = seat.studio.state()["day"]
    assert (day["screening"], day["days_since"]) == (None, 0)


async def test_a_checked_strap_is_no_set_of_the_plan(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    swing = SetPlan(1, hold_s=0.3)
    real = SetPlan(4, concentric_s=1.2, hold_s=1.0, eccentric_s=2.0, bottom_pause_s=0.8)
    still = Activity("stand", 10.0, posture="exercise")
    plan = Plan("cable", (Activity("stand", 2.0), still, swing, still, real, still))
    await emulated_radio.add_peripheral(KickbackFirmware(Worn.simulated_by(plan, seed=2)), name="Kickback A")
    await seat.studio.do(START | {"sides": ["left"]})
    await seat.until(lambda: bool(seat.board.get("sensors")))
    await seat.studio.do({"do": "check"})
    await seat.until(lambda: any("strap holds" in cue["text"] for cue in seat.said("setup")))
    assert seat.said("count") == []
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 2)
    checked, done = seat.studio.state()["sets"]
    assert (checked["planned"], done["planned"]) == (False, True)
    assert [cue["value"] for cue in seat.said("count")] == [1, 2, 3, 4]
    assert seat.board["set_number"] == 2
    await seat.studio.close()
    assert [(one.context.kind, len(one.reps)) for one in logged(tmp_path).sets] == [
        (SetKind.CHECK, 1),
        (SetKind.WORK, 4),
    ]


async def test_paused_nothing_is_counted_aloud(emulated_radio: Radio, seat: Seat) -> None:
    await emulated_radio.add_peripheral(firmware(), name="Kickback A")
    await seat.studio.do(START)
    await seat.until(lambda: seat.board.get("count") == 1)
    await seat.studio.do({"do": "pause"})
    before = len(seat.said("count"))
    await asyncio.sleep(8.0)
    assert len(seat.said("count")) == before
    await seat.studio.do({"do": "resume"})
    await seat.until(lambda: len(seat.said("count")) > before)
    await seat.studio.close()


async def test_no_sensor_is_said_and_the_start_is_back(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await seat.studio.do(START)
    await seat.until(lambda: seat.studio.state()["screen"] == "start")
    assert "no sensor" in seat.studio.state()["trouble"]
    assert not journal_path(tmp_path).exists()


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.5, 1.0])
async def test_stopped_before_the_sensor_is_there_nothing_begins(
    emulated_radio: Radio, seat: Seat, tmp_path: Path, after_s: float
) -> None:
    if after_s < 0.5:  # it is found and connected, perhaps, before it is heard
        await emulated_radio.add_peripheral(firmware(), name="Kickback A")
    await seat.studio.do(START)
    assert (seat.studio.state()["screen"], seat.studio.state()["begun"]) == ("live", False)
    for press in ("undo", "pause", "answers"):
        with pytest.raises(ValueError, match="not yet: the sensor is not there"):
            await seat.studio.do({"do": press})
    await asyncio.sleep(after_s)
    await seat.studio.do({"do": "stop"})
    await seat.until(lambda: seat.studio.state()["screen"] == "start", within_s=1.0 if after_s >= 0.5 else 30.0)
    assert "nothing was recorded" in seat.studio.state()["trouble"]
    assert not journal_path(tmp_path).exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ({"do": "undo"}, "no session is running"),
        ({"do": "companions", "companions": ["x"]}, "no session is running"),
        (START | {"placement": "never"}, "never"),
        (START | {"screening": [True]}, "3 times yes or no"),
        (START | {"warm_up": 9}, "0 to 5 to warm up"),
        (START | {"breath": "held"}, "held"),
        (START | {"exercise": "squat"}, "no exercise 'squat'"),
        (START | {"sides": ["left", "left"]}, "legs are left and right"),
        (START | {"sides": "left"}, "legs are left and right"),
        (START | {"from": 9, "to": 3}, "repetitions go from 1"),
        (START | {"sets": "many"}, "sets is a number"),
        (START | {"tempo": "slow"}, "such as 2-1-3-0"),
        (START | {"load_kg": "nan"}, "load_kg is a number"),
        (START | {"levels": {"count": "loud"}}, "loud"),
        (START | {"goal": "fame"}, "fame"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    emulated_radio: Radio, seat: Seat, command: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        await seat.studio.do(command)
    assert seat.studio.state()["screen"] == "start"


@pytest.mark.parametrize(
    "command",
    [
        {"do": "dance"},
        {"do": "correct", "set": 1, "what": "load", "value": 5},
        {"do": "answers", "set": 9},
        {"do": "answers", "set": None, "pain": 11},
        {"do": "stop", "reason": "pain", "pain": "much"},
        {"do": "answers", "set": None, "felt": ["knee"]},
        {"do": "answers", "set": None, "felt": "glute"},
        {"do": "stop", "reason": "bored"},
        {"do": "stop", "reason": "pain", "place": "x" * 100},
    ],
)
async def test_nonsense_during_a_session_changes_nothing(
    emulated_radio: Radio, seat: Seat, command: dict[str, Any]
) -> None:
    await emulated_radio.add_peripheral(firmware(4, 1), name="Kickback A")
    await seat.studio.do(START)
    await seat.until(lambda: bool(seat.board.get("sensors")))
    with pytest.raises(ValueError, match=r"\w"):
        await seat.studio.do(command)
    assert seat.studio.state()["screen"] == "live"
    await seat.studio.close()


async def test_a_calibrated_range_is_kept(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await emulated_radio.add_peripheral(firmware(5, 1), name="Kickback A")
    await seat.studio.do(START | {"sides": ["left"]})
    await seat.until(lambda: bool(seat.board.get("sensors")))
    await seat.studio.do({"do": "calibrate"})
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    assert seat.board["floor_deg"] is not None
    await seat.studio.close()
    session = logged(tmp_path)
    assert [one.context.kind for one in session.sets] == [SetKind.CALIBRATION]
    for _ in range(100):
        with Journal.open(journal_path(tmp_path)) as journal:
            if bands := journal.bands():
                break
        time.sleep(0.05)
    assert [(band.exercise, band.side) for band in bands] == [("cable", "left")]


async def test_two_saved_sensors_are_one_too_many(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    save_favourites(tmp_path, [Favourite("kickback", name, name, None) for name in ("A", "B")])
    with pytest.raises(ValueError, match="two are saved"):
        await seat.studio.do(START)
    assert seat.studio.state()["screen"] == "start"
