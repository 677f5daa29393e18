"""What a person is told of the sensors while they train."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracker.cli.live_screen import JsonScreen, TextScreen
from tracker.cli.sessions import Performed
from tracker.cli.streaming import LiveSensor
from tracker.journal import Ending, SessionId
from tracker.recording import Header, Marker, MarkerKind, SensorEntry
from tracker.sensors import driver_for
from tracker.sensors.client import SensorClient
from tracker.sensors.state import LinkState, Phase, SensorState
from tracker.stream import Stream

from .test_scanning import heard

WELL = SensorState(
    number=1,
    link=LinkState(phase=Phase.UP),
    battery_percent=87,
    rate_hz=100.0,
    lost_percent=0.1,
    lost_estimated=False,
    errors=0,
    last_error="",
)
AT = Header("1", "3f2c", "2025-01-01T12:00:00+00:00", 1, ())


def worn(number: int = 1, name: str = "kickback A", battery: int | None = 87) -> LiveSensor:
    found = heard(name)
    return LiveSensor(
        client=SensorClient(found, driver_for("kickback"), number=number),
        stream=Stream(sensor=number),
        entry=SensorEntry(number, "kickback", found.name, found.address, "left" if number == 1 else "right"),
        rate_hz=100.0,
        battery_percent=battery,
    )


def screen_with(*sensors: LiveSensor) -> TextScreen:
    screen = TextScreen()
    screen.lanes(replace(AT, sensors=tuple(one.entry for one in sensors), exercise="cable"), sensors)
    return screen


def test_the_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    screen_with(worn()).begin()
    assert capsys.readouterr().out.splitlines() == [
        "Cable kickback",
        "kickback A on the left ankle at 100 Hz with the battery at 87 %",
        "Ctrl-C ends the session.",
    ]


def test_hostile_names_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    screen = screen_with(worn(name="A\x1b]0;evil\x07\n" + "x" * 500, battery=None))
    screen.begin()
    screen.states([replace(WELL, errors=1, last_error="\x1b[2J" * 100)])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) < 200


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (replace(WELL, battery_percent=15), "battery at 15 %"),
        (replace(WELL, lost_percent=7.4), "7 % of the samples do not arrive: nearer to the computer is better"),
        (
            replace(WELL, lost_percent=7.4, lost_estimated=True),
            "about 7 % of the samples do not arrive: nearer to the computer is better",
        ),
        (replace(WELL, errors=3, last_error="3 bytes"), "the sensor sent nonsense: 3 bytes"),
        (replace(WELL, doubt="at rest it reads 1 m/s²"), "at rest it reads 1 m/s²"),
        (
            replace(WELL, link=LinkState(phase=Phase.GONE, why="it is not to be seen")),
            "the sensor did not come back: it is not to be seen",
        ),
    ],
)
def test_what_should_be_known_is_said_once(state: SensorState, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    screen = screen_with(worn())
    for _ in range(3):
        screen.states([WELL])
        screen.states([state])
    assert capsys.readouterr().out == f"  – {line}\n"


def test_of_two_it_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    screen = screen_with(worn(), worn(2, "kickback B"))
    screen.states([WELL, replace(WELL, number=2, battery_percent=3)])
    assert capsys.readouterr().out == "right   – battery at 3 %\n"


def test_an_outage(capsys: pytest.CaptureFixture[str]) -> None:
    screen = TextScreen()
    sensor = worn()
    (show,) = screen.lanes(replace(AT, sensors=(sensor.entry,)), [sensor])
    show(Marker(5_000_000_000, MarkerKind.LINK_LOST, "the connection broke", 1))
    show(Marker(8_200_000_000, MarkerKind.LINK_BACK, "", 1))
    assert capsys.readouterr().out.splitlines() == [
        "  – link lost: the connection broke; looking for the sensor …",
        "  – link back after 3.2 s",
    ]


def test_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    screen = screen_with(worn())
    screen.states([replace(WELL, errors=2, last_error="x", link=LinkState(phase=Phase.ENDED, losses=1))])
    capsys.readouterr()
    screen.end(Performed(SessionId("3f2c"), Ending.STOPPED, Path("x.mcap"), None))
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Sensor     kickback A: 0.1 % lost, link lost 1 time, battery 87 %, 2 messages not understood"
    )


def test_json_tells_of_a_sensor_every_five_seconds_and_when_its_link_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = JsonScreen(tmp_path)
    lost = replace(WELL, link=LinkState(phase=Phase.LOST, losses=1))
    for state in (*[WELL] * 7, *[lost] * 2, WELL):
        screen.states([state])
    assert [line.split('"link": ')[1][:6] for line in capsys.readouterr().out.splitlines()] == [
        '"up", ',
        '"up", ',
        '"lost"',
        '"up", ',
    ]
