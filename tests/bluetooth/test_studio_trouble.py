"""What goes wrong behind the page is said on it, and leaves it where something can be done."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import studio as room
from tracker.cli.past import Past
from tracker.cli.planned import plan_logged
from tracker.cli.start_form import day_json
from tracker.cli.studio import Studio
from tracker.coaching.answers import check_answers, check_stop
from tracker.journal import Journal, Session, journal_path
from tracker.sensors.virtual.radio import Radio

from .seated import START, Seat, firmware
from .test_studio import logged


async def over(seat: Seat, **how: Any) -> None:
    """Train until the summary."""
    await seat.studio.do(START | how)
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    await seat.studio.do({"do": "stop"})
    await seat.until(lambda: seat.studio.state()["screen"] == "over")


def cut_off(folder: Path) -> Session:
    """Make the session one that was cut off, a minute ago."""
    session = logged(folder)
    with Journal.open(journal_path(folder)) as journal:
        journal.resume_session(session.uuid)
    os.utime(session.recordings[0].path, (time.time() - 60, time.time() - 60))
    return session


async def test_a_damaged_log_is_said_and_the_start_stays(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    journal_path(tmp_path).write_bytes(b"no log at all " * 100)
    with pytest.raises(ValueError, match="database"):
        await seat.studio.do(START)
    assert (seat.studio.state()["screen"], seat.studio.state()["board"]) == ("start", None)


async def test_where_nothing_can_be_recorded_it_is_said(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await emulated_radio.add_peripheral(firmware(), name="Kickback A")
    (tmp_path / "recordings").write_text("a file")
    await seat.studio.do(START)
    await seat.until(lambda: seat.studio.state()["screen"] == "start")
    assert "is not a folder" in seat.studio.state()["trouble"]


async def test_a_bug_ends_on_the_start_too(emulated_radio: Radio, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(room, "stream", broken)
    seen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context["exception"]))
    await seat.studio.do(START)
    await seat.until(lambda: seat.studio.state()["screen"] == "start")
    assert "RuntimeError: boom" in seat.studio.state()["trouble"]
    assert [str(error) for error in seen] == ["boom"]


async def test_a_log_that_breaks_between_sessions(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await emulated_radio.add_peripheral(firmware(4, 1), name="Kickback A")
    await over(seat)
    path = journal_path(tmp_path)
    whole, broken = path.read_bytes(), b"no log at all " * 100
    path.write_bytes(broken)
    for command in ({"do": "companions", "companions": ["step-ups"]}, {"do": "again"}):
        with pytest.raises(ValueError, match="database"):
            await seat.studio.do(command)
        assert seat.studio.state()["screen"] == "over"
    path.write_bytes(whole)
    await seat.studio.do({"do": "again"})
    path.write_bytes(broken)
    with pytest.raises(ValueError, match="database"):
        await seat.studio.do({"do": "decide", "exercise": "cable", "accepted": True})
    assert seat.studio.state()["screen"] == "start"


async def test_two_who_begin_anew_at_once_end_nothing(emulated_radio: Radio, seat: Seat) -> None:
    await emulated_radio.add_peripheral(firmware(4, 3), name="Kickback A")
    await over(seat)
    await asyncio.gather(*(seat.studio.do(command) for command in ({"do": "again"}, {"do": "again"}, START)))
    assert (seat.studio.state()["screen"], seat.board["ended"]) == ("live", False)
    with pytest.raises(ValueError, match="a session is running"):
        await seat.studio.do({"do": "again"})
    await seat.studio.close()


async def test_what_was_cut_off_goes_on_as_it_was_planned(
    emulated_radio: Radio, seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emulated_radio.add_peripheral(firmware(4, 3), name="Kickback A")
    await over(seat, tempo="2-1-4-0", label="red")
    before = cut_off(tmp_path)
    planned = plan_logged(before)
    assert planned is not None
    where: list[bool] = []
    finish = room.finish

    def noted(*args: Any, **named: Any) -> Session:
        where.append(threading.current_thread() is threading.main_thread())
        return finish(*args, **named)

    monkeypatch.setattr(room, "finish", noted)
    seat = Seat(Studio(tmp_path))
    offered = seat.studio.state()["unfinished"]
    assert (offered["exercise"], offered["plan"]["reps"], offered["plan"]["tempo"]) == ("cable", (4, 5), "2-1-4-0")
    assert (offered["plan"]["sides"], offered["plan"]["load_kg"], offered["plan"]["label"]) == (
        ("left", "right"),
        7.5,
        "red",
    )
    with pytest.raises(ValueError, match="is one of cable"):
        await seat.studio.do(START | {"resume": True, "exercise": "band"})
    assert where == []
    await seat.studio.do(START | {"resume": True, "sets": 5, "from": 9, "to": 12, "tempo": "1-1-1-1"})
    assert where == [False], "a long recording is read beside the loop"
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 2)
    assert (seat.board["sets"], seat.board["reps_from"], seat.board["reps_to"]) == (2, 4, 5)
    await seat.studio.do({"do": "stop"})
    await seat.until(lambda: seat.studio.state()["screen"] == "over")
    session = logged(tmp_path)
    assert (session.uuid, len(session.recordings), len(session.sets)) == (before.uuid, 2, 2)
    plans = [one.value for one in session.answers if one.question == "plan"]
    assert plans == [planned.said()] * 2, "one session has one plan"


@pytest.mark.parametrize(("last", "days"), [("2026-03-01T23:30:00+01:00", 1), ("2026-03-02T00:10:00+01:00", 0)])
def test_days_are_those_of_the_calendar(last: str, days: int) -> None:
    now = datetime(2026, 3, 2, 7, 0, tzinfo=timezone(timedelta(hours=1)))
    for told in (datetime.fromisoformat(last), datetime.fromisoformat(last).astimezone(UTC)):
        assert day_json(Past(last_at=told), now)["days_since"] == days


@pytest.mark.parametrize("pain", ["much", "7", 4.5, True, 11])
def test_a_pain_that_is_no_number_is_one_clear_line(pain: object) -> None:
    for check in (lambda said: check_stop({"reason": "pain"} | said), lambda said: check_answers(said, sets=1)):
        with pytest.raises(ValueError, match=r"^pain: a whole number from 0 to 10, not ") as told:
            check({"pain": pain})
        assert str(told.value).endswith(repr(pain))
