"""``kickback scan`` and ``kickback live``: real sensors."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BAD_INPUT, BadInputError, tell
from tracker.cli.options import DataDir, ExerciseId, Json, TempoText, folder_of, profile_of

if TYPE_CHECKING:
    from tracker.cli.unfinished import Unfinished
    from tracker.exercises import Exercise
    from tracker.recording import Side
    from tracker.sensors.scanning import Found

VIRTUAL = "virtual"
"""What to call the sensor that is simulated, on a radio that is."""
LOAD_KG = (0.0, 1000.0)


def scan(
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="SECONDS", min=0.5, max=120.0, help="How long to listen.")
    ] = 5.0,
    all_: Annotated[bool, typer.Option("--all", metavar="", help="List devices of every kind.")] = False,
    virtual: Annotated[bool, typer.Option("--virtual", metavar="", help="Scan a simulated radio.")] = False,
    json_: Json = False,
) -> None:
    """List the sensors that are near.

    The last column says what the support of a family rests on; none was tried on hardware yet.

    [dim]Examples[/dim]
      kickback scan
      kickback scan --all --json
    """
    import asyncio

    from tracker.cli.console import Waiting, console
    from tracker.cli.scan_view import found_json, print_found
    from tracker.cli.streaming import bluetooth_of
    from tracker.sensors.scanning import listen

    waiting = Waiting()

    async def heard() -> list[Found]:
        async with bluetooth_of(virtual=virtual) as bluetooth:
            waiting.say(f"listening for {seconds:g} s")
            try:
                return await listen(bluetooth, seconds)
            finally:
                waiting.say("")

    near = [one for one in asyncio.run(heard()) if all_ or one.family is not None]
    if json_:
        print(json.dumps({"schema": 1, "devices": [found_json(one) for one in near]}, allow_nan=False))
    else:
        print_found(console(), near, all_=all_)


def live(
    ctx: typer.Context,
    sensor: Annotated[
        list[str] | None,
        typer.Option(
            "--sensor",
            "-s",
            metavar="ADDRESS|NAME|virtual",
            help="Which one; twice for both ankles [dim](else the saved one, else the only one that is near)[/dim].",
        ),
    ] = None,
    exercise: ExerciseId = None,
    side: Annotated[
        list[str] | None,
        typer.Option("--side", metavar="left|right", help="The ankle that wears it; once for each sensor."),
    ] = None,
    load: Annotated[float | None, typer.Option("--load", metavar="KG", help="The load, per leg.")] = None,
    rate: Annotated[
        int | None, typer.Option("--rate", metavar="HZ", min=25, max=500, help="Samples per second to ask for.")
    ] = None,
    give_up: Annotated[
        float,
        typer.Option("--give-up", metavar="SECONDS", min=1.0, max=86400.0, help="Look for a lost sensor so long."),
    ] = 300.0,
    save: Annotated[
        bool, typer.Option("--save", metavar="", help="Keep the sensor: next time it is used without asking.")
    ] = False,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--new",
            metavar="",
            help="Go on with a session that was cut off, by its plan, or not [dim](else it asks)[/dim].",
        ),
    ] = None,
    goal: Annotated[
        str, typer.Option("--goal", metavar="muscle|strength|activation", help="What the plan is for.")
    ] = "muscle",
    sets: Annotated[int | None, typer.Option("--sets", min=1, max=20, help="Sets of each leg.")] = None,
    reps: Annotated[
        str | None, typer.Option("--reps", metavar="FROM-TO", help="Repetitions of a set, such as 10-15.")
    ] = None,
    tempo: TempoText = None,
    rest: Annotated[float | None, typer.Option("--rest", metavar="SECONDS", help="Between sets.")] = None,
    warm_up: Annotated[
        int,
        typer.Option(
            "--warm-up", metavar="SETS", min=0, max=5, help="Sets of each leg to warm up, not counted as work."
        ),
    ] = 0,
    label: Annotated[
        str | None, typer.Option("--label", metavar="TEXT", help="A load that is no mass: the band's colour.")
    ] = None,
    placement: Annotated[
        str | None,
        typer.Option(
            "--placement", metavar="warm-up|pre-exhaust|accessory|alone", help="Where in the workout this stands."
        ),
    ] = None,
    mute: Annotated[bool, typer.Option("--mute", metavar="", help="Do not speak.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", metavar="", help="A line per repetition, for screen readers and logs.")
    ] = False,
    json_: Annotated[
        bool, typer.Option("--json", metavar="", help="Print JSON, an object per line, as it happens.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Train with a sensor: count and measure as it happens.

    In a terminal, one sensor and an exercise show a board with count, range, phase and rest; keys end the set, take a
    repetition back, switch legs, pause and stop. Everything is recorded and logged. If the link breaks, the sensor is
    looked for and the set goes on. Ctrl-C ends the session.

    [dim]Examples[/dim]
      kickback live --exercise cable --side left --load 12.5
      kickback live --sensor virtual
      kickback live --sensor "kickback A" --sensor "kickback B" --exercise cable
    """
    import asyncio

    from tracker.cli.board_screen import BoardScreen
    from tracker.cli.coached import Coached
    from tracker.cli.live_screen import screen_of
    from tracker.cli.planned import Asked, coach_of, keeper, placement_of, plan_of, screened, taken_up
    from tracker.cli.sessions import Performed, stoppable
    from tracker.cli.streaming import VIRTUAL_ADDRESS, Wish, bluetooth_of, stream
    from tracker.cli.unfinished import finish
    from tracker.sensors.favourites import favourites

    names = tuple(sensor or ())
    if len(names) > 2:
        raise BadInputError(f"--sensor: {len(names)} were given, expected one, or two for both ankles")
    simulated = VIRTUAL in names
    if simulated and len(names) > 1:
        raise BadInputError(f"--sensor: {VIRTUAL} goes with no other")
    if simulated and save:
        raise BadInputError(f"--save: there is no use in keeping the {VIRTUAL} sensor")
    folder = folder_of(ctx, data_dir)
    one = _offered(folder, resume, profile_of(exercise), asks=not json_)
    wish = Wish(
        sensors=(VIRTUAL_ADDRESS,) if simulated else names,
        sides=_sides(side or []),
        profile=profile_of(one.exercise if one else exercise),
        load_kg=_load(load),
        rate_hz=rate,
        give_up_s=give_up,
        save=save,
        goes_on=one.session if one else None,
    )
    asked = Asked(goal=goal, sets=sets, reps=reps, tempo=tempo, rest=rest, warm_up=warm_up, label=label)
    plan = plan_of(wish, asked)
    told: dict[str, str | list[bool]] = {"placement": placement_of(placement)} if placement else {}
    board = not json_ and not plain and sys.stdout.isatty()
    if board and sys.stdin.isatty() and plan is not None:
        told |= screened(folder)
    going_on = None if one is None else finish(folder, one, again=True)
    if plan is not None and going_on is not None:
        plan = taken_up(plan, going_on)
    screen = screen_of(folder, json_=json_, tempo=plan.tempo if plan else None)
    coached: BoardScreen | Coached | None = None
    if plan is not None and len(names or favourites(folder)) < 2:
        coach, keep = coach_of(plan, folder), keeper(folder, plan.exercise)
        coached = BoardScreen(coach, keep, speaks=not mute) if board else Coached(screen, coach, keep)
        coached.led.tell_before(told)
        if going_on is not None:
            coached.led.took_up(going_on)
        screen = coached

    async def performed() -> Performed:
        async with bluetooth_of(virtual=simulated, exercise=wish.profile) as bluetooth:
            try:
                if coached is None:
                    return await stream(bluetooth, wish, folder, screen)
                return await stream(
                    bluetooth, wish, folder, screen, over=lambda: coached.ending, hand=coached.led.handed
                )
            finally:
                screen.busy("")
                if coached is not None:
                    coached.close()

    done = asyncio.run(stoppable(performed()))
    screen.end(done)
    trouble = [str(done.failure)] if done.failure is not None else []
    if done.ending == "link-lost":
        trouble.append(f"the sensor did not come back within {give_up:.0f} s; all until then is kept")
    for line in trouble:
        tell(line)
    if trouble:
        raise typer.Exit(BAD_INPUT)


def _offered(folder: Path, resume: bool | None, profile: Exercise | None, *, asks: bool) -> Unfinished | None:
    """Return the session that is to go on; None: a new one begins. One of another exercise does not go on."""
    from tracker.cli.unfinished import unfinished

    one = None if resume is False else unfinished(folder)
    if one is None:
        if resume:
            raise BadInputError("--resume: no session was cut off, or one runs in another window")
        return None
    if profile is not None and one.exercise not in (None, profile.id):
        if resume:
            raise BadInputError(f"--resume: the session that was cut off is one of {one.exercise}, not {profile.id}")
        return None
    if resume is None:
        if not asks or not sys.stdin.isatty():
            return None
        question = (
            f"A session of {one.started_at:%Y-%m-%d %H:%M} was cut off ({one.sets} sets in the log). Go on with it?"
        )
        if not typer.confirm(question, default=True):
            return None
    return one


def _sides(texts: list[str]) -> tuple[Side, ...]:
    sides: list[Side] = []
    for text in texts:
        if text not in ("left", "right"):
            raise BadInputError(f"--side: {text!r} is neither left nor right")
        sides.append("left" if text == "left" else "right")
    if len(set(sides)) < len(sides):
        raise BadInputError(f"--side: {sides[0]} was given twice")
    return tuple(sides)


def _load(load: float | None) -> float | None:
    if load is not None and not (math.isfinite(load) and LOAD_KG[0] <= load <= LOAD_KG[1]):
        raise BadInputError(f"--load: {load:g} is not a load in kilograms")
    return load
