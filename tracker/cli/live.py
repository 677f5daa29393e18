"""``kickback demo`` and ``kickback replay``: sessions as they happen."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from tracker.cli.errors import BAD_INPUT, BadInputError, tell
from tracker.cli.options import DataDir, ExerciseId, folder_of, profile_of

Speed = Annotated[
    str, typer.Option("--speed", metavar="X|max", help="Times real time; max: as fast as the computer can.")
]


def demo(
    ctx: typer.Context,
    exercise: ExerciseId = "cable",
    reps: Annotated[int, typer.Option("--reps", min=1, max=100, help="Repetitions to perform.")] = 6,
    speed: Speed = "1",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same movement.")] = 0,
    bluetooth: Annotated[
        bool, typer.Option("--bluetooth", metavar="", help="Over an emulated Bluetooth link (speed 1 or max).")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Perform a set with a virtual sensor, in half a minute.

    It is recorded, counted, measured and logged as a real sensor's set would be. In the end it says how close
    that came to the truth. Ctrl-C ends the session properly.

    [dim]Examples[/dim]
      kickback demo
      kickback demo --exercise glute-bridge --reps 12 --speed max
      kickback demo --bluetooth
    """
    pace, profile = speed_of(speed), profile_of(exercise or "cable")
    assert profile is not None

    from tracker.cli.console import console
    from tracker.cli.radio import perform_on_radio
    from tracker.cli.sessions import perform, print_summary
    from tracker.cli.simulate import known_exercise
    from tracker.cli.view import View
    from tracker.sensors.virtual import watch
    from tracker.simulation import demo_plan, simulate
    from tracker.wording import count

    plan, out, folder = demo_plan(known_exercise(profile.id), reps), console(), folder_of(ctx, data_dir)
    simulated = simulate(plan, seed)
    sensor = f"virtual sensor on the {simulated.side} ankle"
    view = View(out, profile.name, count(reps, "repetition"), sensor + (" over Bluetooth" if bluetooth else ""))
    if bluetooth:
        done = perform_on_radio(simulated, profile, folder, view, pace, seed=seed)
    else:
        done = perform(watch(plan, seed=seed), profile, folder, view, pace)
    print_summary(out, view, done, simulated)
    if done.failure is not None:
        tell(str(done.failure))
        raise typer.Exit(BAD_INPUT)


def replay(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="A recording: .mcap, .csv or .csv.gz.")],
    speed: Speed = "max",
    exercise: ExerciseId = None,
    data_dir: DataDir = None,
) -> None:
    """Run a recording as if it happened now, and log it as a session.

    Each repetition is printed as it ends. The results are those of the live session and of analyze, to the last
    bit.

    [dim]Examples[/dim]
      kickback replay workout.mcap
      kickback replay samples.csv.gz --exercise band --speed 1
    """
    pace, profile = speed_of(speed), profile_of(exercise)

    from tracker.cli.console import console
    from tracker.cli.sessions import print_summary, repeat
    from tracker.cli.view import View
    from tracker.playback import Replay, open_replay

    source: Replay[Any] = open_replay(file, profile)
    if source.doubt:
        tell(f"{file}: {source.doubt}")
    out = console()
    view = View(out, file.name, source.profile.name if source.profile else "any leg lift")
    done = repeat(source, folder_of(ctx, data_dir), view, pace)
    if done.ending == "finished" and source.damage():
        tell(f"{file}: {source.damage()}")
    print_summary(out, view, done, None)


def speed_of(text: str) -> float:
    """Return the factor to real time; infinite for ``max``."""
    if text == "max":
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        raise BadInputError(f"--speed: {text!r}, expected a positive number or max")
    return speed
