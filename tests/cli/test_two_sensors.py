"""Two sensors in one session: each its own stream, side and count; live and replayed alike."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.cli.console import console
from tracker.cli.sessions import Performed, begun, record
from tracker.cli.view import View
from tracker.exercises import exercise
from tracker.journal import Ending, Journal, Session, journal_path
from tracker.live import Lane, Put, paced
from tracker.playback import said_of
from tracker.recording import GattEvent, Header, Marker, MarkerKind
from tracker.sensors.virtual import FAMILY, VirtualSensor, watch
from tracker.simulation import demo_plan
from tracker.stream import Stream

from .conftest import Kickback

Item = GattEvent | Marker


@pytest.fixture(scope="module")
def sensors() -> dict[int, VirtualSensor]:
    """Four repetitions on one side, three on the other, at the same time."""
    return {1: watch(demo_plan("cable", 4), seed=2), 2: watch(demo_plan("cable", 3), seed=5)}


def header(sensors: dict[int, VirtualSensor], id_: str = "cable") -> Header:
    worn = zip(sensors.items(), ("left", "right"), strict=True)
    entries = tuple(replace(sensor.entry(), number=number, side=side) for (number, sensor), side in worn)

    def made(session: str, started_at: str, origin_ns: int) -> Header:
        return replace(
            sensors[1].header(session, started_at, origin_ns), sensors=entries, working_side=None, exercise=id_
        )

    return begun(made)


def together(sensors: dict[int, VirtualSensor], origin_ns: int) -> Iterator[GattEvent]:
    each = [[replace(event, sensor=n) for event in one.events(origin_ns)] for n, one in sensors.items()]
    return heapq.merge(*each, key=lambda event: event.host_ns)


def perform(
    sensors: dict[int, VirtualSensor], data: Path, marks: tuple[tuple[float, Marker], ...] = (), id_: str = "cable"
) -> Performed:
    head = header(sensors, id_)
    view = View(console(), "both")
    items: list[Item] = list(together(sensors, head.origin_ns))
    for at_s, mark in marks:
        items.append(replace(mark, host_ns=head.origin_ns + round(at_s * 1e9)))
    items.sort(key=lambda item: item.host_ns)
    lanes: list[Lane[Item]] = [
        Lane(
            stage=Stream(exercise(id_), family=FAMILY, sensor=worn.number),
            show=view.of(worn.side).show,
            said=said_of(head, worn.number),
            sensor=worn.number,
        )
        for worn in head.sensors
    ]

    async def produce(put: Put[Item]) -> None:
        await paced(((item.host_ns, item) for item in items), put, float("inf"))

    return asyncio.run(record(head, lanes, data, produce))


def session_of(data: Path, done: Performed) -> Session:
    with Journal.open(journal_path(data), readonly=True) as journal:
        return journal.session(done.session)


def counts(session: Session) -> list[tuple[int | None, str | None, int]]:
    return sorted((one.sensor, one.context.side, len(one.reps)) for one in session.sets)


def test_each_has_its_own_sets(data: Path, sensors: dict[int, VirtualSensor]) -> None:
    session = session_of(data, perform(sensors, data))
    assert session.ending is Ending.FINISHED
    assert counts(session) == [(1, "left", 4), (2, "right", 3)]
    assert [(one.number, one.side) for one in session.sensors] == [(1, "left"), (2, "right")]
    assert (session.working_side, session.sensor_side) == (None, None)


def test_in_a_bridge_the_other_leg_works(data: Path) -> None:
    sensors = {1: watch(demo_plan("glute-bridge", 4), seed=2), 2: watch(demo_plan("glute-bridge", 3), seed=5)}
    session = session_of(data, perform(sensors, data, id_="glute-bridge"))
    assert counts(session) == [(1, "right", 4), (2, "left", 3)]


def test_each_counts_what_it_counts_alone(data: Path, sensors: dict[int, VirtualSensor]) -> None:
    session = session_of(data, perform(sensors, data))
    for number, sensor in sensors.items():
        alone = Stream(exercise("cable"), family=FAMILY)
        values = [value for event in sensor.events() for value in alone.push(event)]
        values += alone.flush()
        assert all(one.measured in values for one in session.sets if one.sensor == number)


def test_replay_gives_the_same(data: Path, sensors: dict[int, VirtualSensor], kickback: Kickback) -> None:
    done = perform(sensors, data)
    out = kickback("replay", done.recording)
    assert out.code == 0
    assert "left  Set 1  ·  4 reps" in out.out
    assert "right Set 1  ·  3 reps" in out.out
    with Journal.open(journal_path(data), readonly=True) as journal:
        live, replayed = journal.session(done.session), journal.session(journal.sessions()[0].uuid)
        if replayed.uuid == live.uuid:
            replayed = journal.session(journal.sessions()[1].uuid)
    assert replayed.fingerprint == live.fingerprint
    assert replayed.notes.startswith("replay")


def test_the_page_draws_each(data: Path, sensors: dict[int, VirtualSensor], kickback: Kickback, tmp_path: Path) -> None:
    done = perform(sensors, data)
    assert kickback("report", "last", "-o", tmp_path / "both.html").code == 0
    page = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert page.count('class="plot zooms strip"') == 2
    assert page.index("<h3>left ankle</h3>") < page.index("<h3>right ankle</h3>")
    assert page.count('class="curve"') == 2
    assert sum(page.count(f'class="rep {which}"') for which in ("first", "middle", "last")) == 4 + 3
    first = kickback("report", done.recording, "-o", tmp_path / "first.html")
    assert "has 2 sensors, and this is the one on the left ankle" in first.err


def test_analysis_measures_the_first_and_says_so(
    data: Path, sensors: dict[int, VirtualSensor], kickback: Kickback
) -> None:
    done = perform(sensors, data)
    out = kickback("analyze", done.recording, "--json")
    assert out.code == 0
    assert [len(one["reps"]) for one in json.loads(out.out)["sets"]] == [4]
    line = "has 2 sensors, and this is the one on the left ankle; kickback replay runs all of them"
    assert out.err == f"kickback: {done.recording}: {line}\n"


@pytest.mark.parametrize(("sensor", "ended"), [(None, {1, 2}), (1, {1}), (2, {2})])
def test_the_end_of_a_set_concerns_one_or_both(
    data: Path, sensors: dict[int, VirtualSensor], sensor: int | None, ended: set[int]
) -> None:
    middle = Marker(0, MarkerKind.SET_END, sensor=sensor)
    session = session_of(data, perform(sensors, data, ((11.0, middle),)))
    sets = {number: sum(one.sensor == number for one in session.sets) for number in (1, 2)}
    assert sets == {number: 2 if number in ended else 1 for number in (1, 2)}
    assert sum(len(one.reps) for one in session.sets) == 7


def test_what_is_said_of_one_sensor_is_not_said_of_the_other(data: Path, sensors: dict[int, VirtualSensor]) -> None:
    heavy = Marker(0, MarkerKind.LOAD, "12.5", sensor=2)
    both = Marker(0, MarkerKind.EXERCISE, "band")
    session = session_of(data, perform(sensors, data, ((0.5, heavy), (0.5, both))))
    said = {one.sensor: one.context for one in session.sets}
    assert (said[1].load_kg, said[2].load_kg) == (None, 12.5)
    assert said[1].exercise == said[2].exercise == "band"
