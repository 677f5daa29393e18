"""``kickback next`` on a log that really came about: simulated legs, recorded, replayed, judged, told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.coaching.range_band import Calibration, RangeBand
from tracker.commands import answer
from tracker.journal import Ending, Journal, SessionStart, Side, journal_path
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.recording import GattEvent, Marker, write_recording
from tracker.sensors.virtual import VirtualSensor, watch
from tracker.simulation import Activity, Plan, SetPlan

from .conftest import Kickback

REPS = 8
PLAN = {"goal": "strength", "sets": 1, "from": 6, "to": REPS, "tempo": "2-1-3-0", "rest_s": 120.0}
BAND = RangeBand(34.0, 40.0, 46.0)
NOW = datetime.now().astimezone()


def sensor(side: Side, *, return_s: float = 3.7) -> VirtualSensor:
    """A leg that does one set at 2-1-3-0 as it is measured (a phase ends where the speed does), or at another tempo."""
    one = SetPlan(
        reps=REPS,
        concentric_s=2.4,
        hold_s=0.4,
        eccentric_s=return_s,
        range_deg=40.0,
        tempo_spread=0.02,
        range_spread=0.02,
        fatigue=0.0,
        hesitations=0.0,
    )
    steps = (Activity("stand", 3.0), one, Activity("stand", 12.0))
    return watch(Plan("cable", steps, side=side, off_plane_deg=5.0), seed=3)


@pytest.fixture(scope="module")
def legs() -> dict[str, VirtualSensor]:
    return {"left": sensor("left"), "right": sensor("right"), "hasty": sensor("right", return_s=1.2)}


@pytest.fixture
def train(kickback: Kickback, data: Path, tmp_path: Path, legs: dict[str, VirtualSensor]) -> Any:
    """Train one day: each leg a session, out of a recording that says when it was, its load, and what was told."""
    with Journal.open(journal_path(data)) as journal:
        for side in ("left", "right"):
            made = Calibration(BAND, (40.0, 40.0, 40.0), 0.0)
            journal.save_band("cable", made, side=side, at=NOW - timedelta(days=400))

    def day(ago: float, *, kg: float = 5.0, told: dict[str, Any] | None = None, right: str = "right") -> None:
        for minutes, leg in ((0, "left"), (20, right)):
            one = legs[leg]
            at = NOW - timedelta(days=ago) + timedelta(minutes=minutes)
            path = tmp_path / f"{leg}-{ago}.mcap"
            header = one.header(
                "0" * 8 + f"-0000-4000-8000-{int(ago * 100 + minutes):012}", at.isoformat(), one.start_ns
            )
            events = list(one.events())
            write_recording(path, replace(header, load_kg=kg), [*marks(events, {"reserve": 2} | (told or {}))])
            assert kickback("replay", path).code == 0

    return day


def marks(events: list[GattEvent], told: dict[str, Any]) -> Iterator[GattEvent | Marker]:
    yield answer(events[0].host_ns, "plan", PLAN)
    yield from events
    for question, value in told.items():
        yield answer(events[-1].host_ns, question, value, set_number=1 if question == "reserve" else None)


def suggested(kickback: Kickback, *arguments: str) -> dict[str, Any]:
    done = kickback("next", *arguments, "--json")
    assert (done.code, done.err) == (0, "")
    made: dict[str, Any] = json.loads(done.out)
    return made


def test_from_the_first_question_to_a_heavier_load(kickback: Kickback, data: Path, train: Any) -> None:
    train(5)
    once = suggested(kickback)
    assert (once["kind"], once["why"]) == ("same", ["All that is asked for, in 1 of 2 trainings on end"])
    assert (once["next"]["sets"], once["next"]["reps"]) == (1, [6, 8])  # as was planned, not as is usual
    train(2)
    made = suggested(kickback, "cable")
    assert (made["kind"], made["axis"], made["weight"]) == ("more", "load", "fits")
    assert (made["now"]["left"]["load_kg"], made["next"]["left"]["load_kg"]) == (5.0, 7.5)
    assert [len(one["sessions"]) for one in made["from"]] == [2, 2]  # a leg each
    assert (made["days_since"], made["earliest"]) == (2, None)
    with Journal.open(journal_path(data)) as journal:
        known = {one.uuid for one in journal.sessions()}
    assert {uuid for one in made["from"] for uuid in one["sessions"]} == known

    out = kickback("next").out
    for words in ("7.5 kg per leg in place of 5 kg per leg", "Why", made["from"][0]["at"][:10], "--decline"):
        assert words in out
    declined = suggested(kickback, "--decline")
    assert declined["axis"] == "repetitions"
    assert any("You declined 7.5 kg per leg" in line for line in declined["why"])
    assert suggested(kickback)["axis"] == "repetitions"  # it is kept
    taken = suggested(kickback, "cable", "--accept")
    assert (taken["kind"], taken["next"]["reps"]) == ("chosen", [8, 10])
    shown = kickback("show").out
    assert "suggestion: accepted: 8-10 repetitions in place of 6-8 repetitions" in shown
    assert "plan: 1 × 6-8, tempo 2-1-3-0" in shown


def test_the_page_of_a_session_says_what_was_to_be_done_then(kickback: Kickback, data: Path, train: Any) -> None:
    train(5)
    train(2)
    suggested(kickback, "--accept")
    with Journal.open(journal_path(data)) as journal:
        left, right = (one.uuid for one in reversed(journal.sessions(limit=2)))
    for session, words in (
        (left, "right leg was not trained"),
        (right, "7.5 kg per leg in place of 5 kg per leg"),  # as it was offered: the answer came later
    ):
        page = data / f"{session}.html"
        assert kickback("report", session, "-o", page).code == 0
        text = page.read_text(encoding="utf-8")
        assert words in text
        assert "tempo in band 8 of 8" in text  # of the plan's tempo


@pytest.mark.parametrize(
    ("told", "right", "kind", "words"),
    [
        ({"pain": 5}, "right", "less", "It hurt (5 of 10)"),
        ({"stop": "pain", "pain": 7, "place": "hip"}, "right", "less", "stopped for pain (7 of 10)"),
        ({"reserve": 0}, "right", "same", "left leg: 0 in reserve"),
        ({}, "hasty", "same", "right leg: 0% in tempo and range, 90% are asked for"),
    ],
)
def test_what_was_told_and_measured_decides(
    kickback: Kickback, train: Any, told: dict[str, Any], right: str, kind: str, words: str
) -> None:
    train(5)
    train(2, told=told, right=right)
    made = suggested(kickback)
    assert made["kind"] == kind
    assert any(words in line for line in made["why"])
    assert bool(made["blocked"]) == ("stop" in told)


def test_an_edit_changes_what_is_suggested(kickback: Kickback, data: Path, train: Any) -> None:
    from tracker.journal import DeleteRep

    train(5)
    train(2)
    with Journal.open(journal_path(data)) as journal:
        session = journal.session(journal.sessions()[0].uuid)
        rep_id = session.sets[0].reps[-1].rep_id
        assert rep_id is not None
        edit = journal.edit(session.uuid, DeleteRep(rep_id))
        assert any("7 repetitions" in line for line in suggested(kickback)["why"])
        journal.undo(edit)
    assert suggested(kickback)["kind"] == "more"


def test_before_the_first_session(kickback: Kickback, data: Path) -> None:
    made = suggested(kickback, "band")
    assert (made["kind"], made["from"], made["days_since"]) == ("start", [], None)
    assert "Begin light" in kickback("next", "cable").out
    assert not data.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say which EXERCISE"),
        (["squat"], "no exercise 'squat'"),
        (["cable", "--accept", "--decline"], "not both"),
        (["cable", "--accept"], "there is no journal at"),
    ],
)
def test_bad_input(kickback: Kickback, data: Path, arguments: list[str], words: str) -> None:
    done = kickback("next", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert words in done.err
    assert not data.exists()


def test_nothing_to_answer(kickback: Kickback, data: Path) -> None:
    with Journal.open(journal_path(data)) as journal:
        start = SessionStart(started_at=NOW, algorithm_version=ALGORITHM_VERSION, exercise="cable")
        journal.end_session(journal.begin_session(start), Ending.FINISHED)
        journal.begin_session(replace(start, exercise=None))
    done = kickback("next", "--decline")
    assert (done.code, done.out) == (2, "")
    assert "nothing is suggested" in done.err
    assert kickback("next").out.startswith("Cable kickback")  # the newest that says which


def test_years_of_training_take_a_moment(kickback: Kickback, data: Path, train: Any) -> None:
    train(2)
    with Journal.open(journal_path(data)) as journal:
        one = journal.session(journal.sessions()[0].uuid).sets[0]
        for ago in range(10, 110):
            at = NOW - timedelta(days=ago)
            start = SessionStart(started_at=at, algorithm_version=ALGORITHM_VERSION, exercise="cable")
            uuid = journal.begin_session(start)
            journal.save_set(uuid, one.measured, one.said)
            journal.end_session(uuid, Ending.FINISHED, ended_at=at)
        begun = time.perf_counter()
        from tracker.exercises import exercise
        from tracker.next_session import LOOKED_AT, history_of

        told = history_of(journal, exercise("cable"), NOW)
        assert time.perf_counter() - begun < 2.0
    assert len(told.trainings) == LOOKED_AT - 1  # two sessions of one day are one training
