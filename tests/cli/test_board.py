"""The board in a terminal, the plan it follows, and its keys."""

from __future__ import annotations

import io
import os
import re
import select
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from types import SimpleNamespace

import pytest
from rich.console import Console

from tracker.cli.board_screen import BoardScreen
from tracker.cli.board_view import DIGITS, board, large
from tracker.cli.errors import BadInputError
from tracker.cli.planned import Asked, placement_of, plan_of
from tracker.cli.streaming import Wish
from tracker.coaching.board import BoardState, RepRow, SensorRow
from tracker.coaching.coach import Coach
from tracker.coaching.plan import WorkoutPlan
from tracker.exercises import exercise
from tracker.guide import screening
from tracker.journal import Ending, Journal, journal_path
from tracker.motion.now import Now, Phase

SENSOR = SensorRow(number=1, link="up", rate_hz=100, lost_percent=1.5, lost_estimated=True, battery_percent=80)
STATE = BoardState(
    exercise="Cable kickback", count=7, reps_from=10, reps_to=15, set_number=2, sets=3, side="left", kind="work",
    phase="hold", phase_s=0.8, phase_target_s=1.0, angle_deg=34.0, floor_deg=30.0, ceiling_deg=44.0, sensors=(SENSOR,),
)  # fmt: skip


def drawn(state: BoardState) -> str:
    console = Console(width=80, record=True, file=io.StringIO(), legacy_windows=False)
    console.print(board(state))
    return console.export_text()


def test_everything_is_there() -> None:
    text = drawn(STATE)
    for words in ("Cable kickback · left leg · set 2 of 3", "100 Hz, about 1.5 % lost, battery 80 %", "of 10–15"):
        assert words in text
    assert "■ Hold  0.8 of 1 s" in text
    assert "34°  (band 30 to 44°)" in text
    assert large(7)[0] in text


def test_after_a_set() -> None:
    row = RepRow(
        rep=1, peak=1, concentric_s=1.5, hold_s=None, eccentric_s=2.0, range_deg=35.0,
        tempo_in_band=False, range_in_band=None, flags=("no-hold",),
    )  # fmt: skip
    rows = (row, replace(row, rep=None, peak=2, concentric_s=9.9))
    text = drawn(replace(STATE, count=0, rest_left_s=12.0, last_set=rows, last_set_words="1 repetition", phase="rest"))
    assert "Rest 12 s" in text
    assert "9.90" not in text, "it was taken back"
    assert re.search(r"1 +1\.50 +– +2\.00 +35\.0° +✗ tempo, no-hold", text)


def test_a_paused_session_says_so() -> None:
    assert "Paused" in drawn(replace(STATE, paused=True))


@pytest.mark.parametrize("number", [0, 10, 123])
def test_large_numbers_fit(number: int) -> None:
    assert len(large(number)) == len(DIGITS) == 5
    assert max(map(len, large(number))) <= 8 * len(str(number))


def planned(**asked: object) -> WorkoutPlan | None:
    wish = Wish(profile=exercise("glute-bridge"), sides=("left",))
    return plan_of(wish, Asked(**({"goal": "muscle"} | asked)))  # type: ignore[arg-type]


def test_the_plan_that_was_asked_for() -> None:
    plan = planned(sets=2, reps="6", tempo="2-1-3-0", rest=45.0)
    assert plan is not None
    assert (plan.sets, plan.reps, plan.tempo_s, plan.rest_s) == (2, (6, 6), (2.0, 1.0, 3.0, 0.0), 45.0)
    assert plan.sides == ("right",), "the leg that does not wear the sensor works"
    assert plan_of(Wish(), Asked(goal="muscle")) is None
    warmed = planned(warm_up=1, label="red")
    assert warmed is not None
    assert (warmed.steps()[0].kind, warmed.load_label) == ("warm-up", "red")


@pytest.mark.parametrize(
    "wrong",
    [{"goal": "fame"}, {"reps": "many"}, {"reps": "9-3"}, {"tempo": "slow"}, {"rest": -1.0}, {"warm_up": 6}],
)
def test_a_plan_that_makes_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        planned(**wrong)


def test_a_place_in_the_workout() -> None:
    assert placement_of("accessory") == "accessory"
    with pytest.raises(BadInputError, match="pre-exhaust"):
        placement_of("sometimes")


@pytest.mark.parametrize("keys", [True, False])
def test_a_jolt_pauses_only_where_there_are_keys(monkeypatch: pytest.MonkeyPatch, keys: bool) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: keys))
    plan = WorkoutPlan(exercise="dumbbell")
    screen = BoardScreen(Coach(plan, exercise("dumbbell")), lambda made, side: None, speaks=False)
    screen.led.look(None, Now(3.0, Phase.LIFT, 2.5, 20.0, 40.0))
    assert screen.led.board.state.paused is keys
    assert "jolt" in screen.led.board.state.message


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
def test_in_a_terminal_the_board_is_drawn_and_q_stops(data: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tracker", "--data-dir", str(data), "live", "--sensor", "virtual"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "90", "LINES": "34"}
    with Popen(
        [*command, "--exercise", "cable", "--mute"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as child:
        os.close(theirs)
        seen, deadline = "", time.monotonic() + 30

        def until(words: str) -> None:
            nonlocal seen
            while words not in seen and time.monotonic() < deadline:
                if select.select([ours], [], [], 0.5)[0]:
                    with suppress(OSError):  # the terminal is closed
                        seen += os.read(ours, 65536).decode(errors="replace")

        for question in screening().questions:
            until(question.split()[-1])
            os.write(ours, b"n\n")
        until("100 Hz")
        os.write(ours, b"k")
        until("stand upright")
        os.write(ours, b"q")
        until("kickback show")
        assert child.wait(timeout=10) == 0
    os.close(ours)
    assert "Cable kickback" in seen
    assert "No sets." in seen
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.sessions()
        assert one.ending is Ending.FINISHED
        assert [told.value for told in journal.answers_to("screening")] == [[False, False, False]]
