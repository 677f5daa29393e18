"""A whole live session: found, connected, recorded, tracked, logged, and closed whatever happens."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.analysis import analyze
from tracker.cli.live_screen import JsonScreen
from tracker.cli.sessions import Performed
from tracker.cli.streaming import LiveSensor, Wish, stream
from tracker.cli.unfinished import finish, unfinished
from tracker.exercises import exercise
from tracker.journal import Ending, Journal, Session, journal_path
from tracker.live import Show
from tracker.recording import GattEvent, Header, Marker, MarkerKind, open_recording
from tracker.sensors.errors import SensorError
from tracker.sensors.favourites import favourites
from tracker.sensors.state import Phase, SensorState
from tracker.sensors.virtual.air import SUPERVISION_S
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.radio import Radio

from .listening import bluetooth
from .stack import kickback
from .test_client import leg, true_reps

CABLE = exercise("cable")


class Screen:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.values: dict[int, list[object]] = {}
        self.told: list[Sequence[SensorState]] = []
        self.sensors: Sequence[LiveSensor] = ()
        self.begun = asyncio.Event()

    def busy(self, what: str) -> None:
        pass

    def lanes(self, header: Header, sensors: Sequence[LiveSensor]) -> list[Show]:
        self.sensors = sensors
        return [self.values.setdefault(one.entry.number, []).append for one in sensors]

    def begin(self) -> None:
        self.begun.set()

    def states(self, states: Sequence[SensorState]) -> None:
        self.told.append(states)


async def live(
    radio: Radio,
    folder: Path,
    wish: Wish,
    meanwhile: Callable[[], Awaitable[object]] | None = None,
    screen: Screen | None = None,
) -> tuple[Performed, Screen]:
    """Run a session; when ``meanwhile`` is over the person stops it."""
    screen = screen or Screen()
    running = asyncio.ensure_future(stream(bluetooth(radio), wish, folder, screen))
    if meanwhile is not None:
        begun = asyncio.ensure_future(screen.begun.wait())
        await asyncio.wait((running, begun), return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if not running.done():
            await meanwhile()
            running.cancel()
    return await running, screen


def logged(folder: Path, done: Performed) -> Session:
    with Journal.open(journal_path(folder), readonly=True) as journal:
        return journal.session(done.session)


async def test_a_session(radio: Radio, tmp_path: Path) -> None:
    firmware = leg(4)
    sensor = await radio.add_peripheral(firmware, name="Kickback left")
    wish = Wish(sensors=("kickback LEFT",), sides=("left",), profile=CABLE, load_kg=12.5)
    done, screen = await live(radio, tmp_path, wish, firmware.chip.ended.wait)
    session = logged(tmp_path, done)
    assert session.ending is done.ending is Ending.STOPPED
    assert (session.exercise, session.working_side, session.sensor_side, session.load_kg) == (
        "cable",
        "left",
        "left",
        12.5,
    )
    ((one,), (worn,)) = session.sets, session.sensors
    assert (worn.family, worn.name, worn.address) == ("kickback", "Kickback left", sensor.address)
    assert len(one.reps) == len(true_reps(firmware)) == 4
    assert (one.context.side, one.context.load_kg) == ("left", 12.5)
    assert session.gaps == ()
    recording = open_recording(done.recording)
    items = list(recording)
    assert recording.ending.complete
    assert recording.header.sensors[0].info == bytes(firmware.info)
    assert all(isinstance(item, GattEvent) for item in items)
    assert screen.sensors[0].rate_hz == pytest.approx(100)
    assert screen.sensors[0].battery_percent == 87
    assert screen.told[-1][0].link.phase is Phase.ENDED
    assert screen.told[-1][0].lost_percent == 0.0
    assert not sensor.is_connected


async def test_what_is_recorded_is_what_was_counted(emulated_radio: Radio, tmp_path: Path) -> None:
    """To the last bit, with two losses of the link on the way."""
    firmware = leg()
    await emulated_radio.add_peripheral(firmware)

    async def meanwhile() -> None:
        for _ in range(2):
            await asyncio.sleep(11.0)
            emulated_radio.drop()
        await firmware.chip.ended.wait()

    done, screen = await live(emulated_radio, tmp_path, Wish(profile=CABLE), meanwhile)
    found, session = analyze(done.recording), logged(tmp_path, done)
    assert tuple(one.measured for one in session.sets) == found.sets
    assert tuple(one.gap for one in session.gaps) == found.gaps
    assert len(found.gaps) == 2
    marks = [item for item in open_recording(done.recording) if isinstance(item, Marker)]
    assert [mark.kind for mark in marks] == [MarkerKind.LINK_LOST, MarkerKind.LINK_BACK] * 2
    assert [value for value in screen.values[1] if not isinstance(value, Marker)] == list(found.values)


async def test_switched_off_for_good(radio: Radio, tmp_path: Path) -> None:
    firmware, loop = leg(), asyncio.get_running_loop()
    sensor = await radio.add_peripheral(firmware)

    async def meanwhile() -> float:
        await firmware.chip.reached(true_reps(firmware)[3].end_s + 1.0)
        await sensor.power_off()
        return loop.time()

    switching = asyncio.ensure_future(meanwhile())
    done, screen = await live(radio, tmp_path, Wish(sensors=(sensor.address,), profile=CABLE, give_up_s=5.0))
    # supervision timeout, looking for it, and at most 5 s for the last try to let go
    assert loop.time() - await switching < SUPERVISION_S + 5.0 + 5.0 + 2.0
    session = logged(tmp_path, done)
    assert session.ending is done.ending is Ending.LINK_LOST
    assert sum(len(one.reps) for one in session.sets) == 4
    assert screen.told[-1][0].link.phase is Phase.GONE
    recording = open_recording(done.recording)
    marks = [item for item in recording if isinstance(item, Marker)]
    assert [mark.kind for mark in marks] == [MarkerKind.LINK_LOST]
    assert recording.ending.complete


async def test_both_ankles(emulated_radio: Radio, tmp_path: Path) -> None:
    left, right = leg(4), leg(3, seed=2)
    await emulated_radio.add_peripheral(left, name="A")
    await emulated_radio.add_peripheral(right, name="B")

    async def meanwhile() -> None:
        await left.chip.ended.wait()
        await right.chip.ended.wait()

    done, screen = await live(emulated_radio, tmp_path, Wish(sensors=("A", "B"), profile=CABLE), meanwhile)
    session = logged(tmp_path, done)
    counted = sorted((one.sensor, one.context.side, len(one.reps)) for one in session.sets)
    assert counted == [(1, "left", 4), (2, "right", 3)]
    assert [(one.name, one.side) for one in session.sensors] == [("A", "left"), ("B", "right")]
    assert {number: bool(values) for number, values in screen.values.items()} == {1: True, 2: True}


async def test_one_ankle_goes_on_without_the_other(emulated_radio: Radio, tmp_path: Path) -> None:
    left, right = leg(5), leg(5, seed=2)
    one = await emulated_radio.add_peripheral(left, name="A")
    await emulated_radio.add_peripheral(right, name="B")

    async def meanwhile() -> None:
        await asyncio.sleep(8.0)
        await one.power_off()
        await right.chip.ended.wait()

    wish = Wish(sensors=("B", "A"), sides=("right", "left"), profile=CABLE, give_up_s=5.0)
    done, screen = await live(emulated_radio, tmp_path, wish, meanwhile)
    session = logged(tmp_path, done)
    assert session.ending is Ending.STOPPED
    assert [(s.sensor, s.context.side, len(s.reps)) for s in session.sets] == [(1, "right", 5)]
    assert [state.link.phase for state in screen.told[-1]] == [Phase.ENDED, Phase.GONE]


async def test_the_second_cannot_be_reached_and_the_first_is_let_go(emulated_radio: Radio, tmp_path: Path) -> None:
    from .test_client_faults import Mute, made

    good = await emulated_radio.add_peripheral(kickback(), name="A")
    await emulated_radio.add_peripheral(made(Mute), name="B")
    with pytest.raises(SensorError, match=r"B .*no connection within 30 s"):
        await live(emulated_radio, tmp_path, Wish(sensors=("A", "B")))
    assert not good.is_connected
    assert list(tmp_path.iterdir()) == []


async def test_a_saved_sensor_is_used_without_asking(emulated_radio: Radio, tmp_path: Path) -> None:
    mine = await emulated_radio.add_peripheral(kickback(), name="mine")
    await emulated_radio.add_peripheral(kickback(seed=1), name="another")

    async def a_moment() -> None:
        await asyncio.sleep(1.0)

    with pytest.raises(SensorError, match="2 sensors are near"):
        await live(emulated_radio, tmp_path, Wish(), a_moment)
    wish = Wish(sensors=(mine.address.lower(),), sides=("right",), save=True)
    await live(emulated_radio, tmp_path, wish, a_moment)
    (saved,) = favourites(tmp_path)
    assert (saved.name, saved.address, saved.side) == ("mine", mine.address, "right")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    done, screen = await live(emulated_radio, tmp_path, Wish(profile=CABLE), a_moment)
    assert loop.time() - begun < 3.0  # it is not waited for others
    assert screen.sensors[0].entry.name == "mine"
    assert logged(tmp_path, done).working_side == "right"
    await mine.power_off()
    with pytest.raises(SensorError, match="the saved sensor mine is not near"):
        await live(emulated_radio, tmp_path, Wish(), a_moment)


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (Wish(sensors=("C",)), r"C: no such sensor is near; near: "),
        (Wish(sensors=("A", "A")), "is both of the sensors"),
        (Wish(sensors=("twin",)), "2 devices are called so"),
        (Wish(sensors=("A",), sides=("left", "right")), "--side was given 2 times for 1 sensor"),
        (Wish(), "3 sensors are near"),
    ],
)
async def test_what_cannot_be_chosen(emulated_radio: Radio, tmp_path: Path, wish: Wish, line: str) -> None:
    for name in ("A", "twin", "twin"):
        await emulated_radio.add_peripheral(kickback(), name=name)
    with pytest.raises(SensorError, match=line):
        await live(emulated_radio, tmp_path, wish)
    assert list(tmp_path.iterdir()) == []


async def test_as_lines_of_json(emulated_radio: Radio, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firmware: KickbackFirmware = leg(4)
    await emulated_radio.add_peripheral(firmware, name="K\x1b[31m\x07" + "x" * 20)

    async def meanwhile() -> None:
        await asyncio.sleep(true_reps(firmware)[1].start_s + 1.0)
        emulated_radio.drop()
        await firmware.chip.ended.wait()

    screen = JsonScreen(tmp_path)
    screen.begun = asyncio.Event()  # type: ignore[attr-defined]
    begin = screen.begin
    screen.begin = lambda: (begin(), screen.begun.set())  # type: ignore[method-assign, attr-defined]
    done, _ = await live(emulated_radio, tmp_path, Wish(profile=CABLE, sides=("left",)), meanwhile, screen)
    screen.end(done)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    session, *between, end = lines
    assert (session["event"], end["event"], end["ending"]) == ("session", "end", "stopped")
    assert session["session"] == end["session"] == done.session
    assert session["sensors"][0]["name"].startswith("K�[31m�xx")
    assert (session["exercise"], session["working_side"], session["sensors"][0]["rate_hz"]) == ("cable", "left", 100.0)
    assert {line["sensor"] for line in between} == {1}
    events = [line["event"] for line in between]
    assert [line["link"] for line in between if line["event"] == "link"] == ["lost", "back"]
    assert events.count("gap") == 1
    (one,) = (line for line in between if line["event"] == "set")
    reps = [line for line in between if line["event"] == "rep"]
    assert [rep["rep"] for rep in reps] == list(range(1, len(reps) + 1))
    assert [rep["start_s"] for rep in reps] == [rep["start_s"] for rep in one["reps"]]
    assert {*one["reps"][0], "event", "sensor", "peak"} == set(reps[0])
    states = [line for line in between if line["event"] == "sensor"]
    assert {line["link"] for line in states} >= {"up", "ended"}
    assert states[-1]["battery_percent"] == 87
    assert states[-1]["losses"] == 1


async def test_a_session_that_was_cut_off_goes_on(emulated_radio: Radio, tmp_path: Path) -> None:
    """Its log has what was recorded, and another recording follows in the same session."""
    await emulated_radio.add_peripheral(leg(3), name="Kickback left")
    wish = Wish(sensors=("kickback LEFT",), sides=("left",), profile=CABLE)
    done, _ = await live(emulated_radio, tmp_path, wish, lambda: asyncio.sleep(25.0))
    with Journal.open(journal_path(tmp_path)) as journal:
        first = journal.session(done.session)
        journal.resume_session(done.session)  # as if it had been killed
    os.utime(done.recording, (0, 0))
    one = unfinished(tmp_path)
    assert one is not None
    finish(tmp_path, one, again=True)
    again, _ = await live(emulated_radio, tmp_path, replace(wish, goes_on=one.session), lambda: asyncio.sleep(10.0))
    assert again.session == done.session
    session = logged(tmp_path, again)
    assert len(session.recordings) == 2
    assert len(session.sensors) == 1
    assert [one.measured for one in session.sets][: len(first.sets)] == [one.measured for one in first.sets]
    assert session.ending is Ending.STOPPED
