"""``kickback simulate``: recordings of a virtual leg, with the truth beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import ExerciseId
from tracker.cli.outputs import check_outputs, written

if TYPE_CHECKING:
    from tracker.sensors.virtual import VirtualSensor
    from tracker.simulation import ExerciseId as SimulatedId
    from tracker.simulation import Plan

SUFFIXES = {"mcap": ".mcap", "csv": ".csv.gz"}


def simulate(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            readable=False,
            help="Where to write; the truth goes to PATH's .truth.json.",
        ),
    ],
    exercise: ExerciseId = "cable",
    scenario: Annotated[
        str,
        typer.Option("--scenario", "-s", metavar="NAME", help="What is done."),
    ] = "nominal",
    sets: Annotated[int | None, typer.Option(min=1, max=100, help="Sets; else as the scenario has it.")] = None,
    reps: Annotated[
        int | None, typer.Option(min=1, max=200, help="Repetitions per set; else as the scenario has it.")
    ] = None,
    rate: Annotated[int, typer.Option(metavar="HZ", help="Sampling rate.")] = 100,
    loss: Annotated[
        float,
        typer.Option(metavar="PCT", min=0, max=90, help="Share of notifications that get lost, percent."),
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same file.")] = 0,
    format_: Annotated[str | None, typer.Option("--format", metavar="mcap|csv", help="Else by PATH's ending.")] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace files that exist.")] = False,
) -> None:
    """Write a virtual recording, with the truth beside it.

    An .mcap holds the whole conversation with the sensor over the air; a .csv or .csv.gz the samples that
    arrived. Scenarios: nominal, slow, fast, fast-no-pause, short-sets, taps, walking, fatigue.

    [dim]Examples[/dim]
      kickback simulate -o nominal.mcap
      kickback simulate -s walking -e band --loss 5 --seed 3 -o hard.csv.gz
    """
    from tracker.cli.console import say
    from tracker.wording import count

    kind = _kind(output, format_)
    plan = _plan(scenario, exercise or "cable", seed, sets, reps)
    truth = _truth_beside(output)
    check_outputs((output, truth), force=force)
    made = _watch(plan, rate, loss, seed)
    _write(made, plan, seed, kind, output, truth, force=force)
    what = f"{count(made.simulated.rep_count, 'repetition')}, {made.simulated.duration_s:.1f} s"
    say(f"{output}: {what}; truth in {truth}")


def _kind(output: Path, asked: str | None) -> str:
    name = output.name.lower()
    by_name = "mcap" if name.endswith(".mcap") else "csv" if name.endswith((".csv", ".csv.gz")) else None
    if asked is not None and asked not in SUFFIXES:
        raise BadInputError(f"--format: {asked!r} is not mcap or csv")
    if by_name is None:
        raise BadInputError(f"{output}: its name must end in .mcap, .csv or .csv.gz")
    if asked not in (None, by_name):
        raise BadInputError(f"{output}: its name does not fit --format {asked}")
    return by_name


def _truth_beside(output: Path) -> Path:
    stem = output.name.removesuffix(".gz")
    return output.with_name(stem[: stem.rindex(".")] + ".truth.json")


def known_exercise(id_: str) -> SimulatedId:
    """Return the id of an exercise that can be simulated."""
    from tracker.simulation import EXERCISE_IDS

    known = next((one for one in EXERCISE_IDS if one == id_), None)
    if known is None:
        raise BadInputError(f"--exercise: no exercise {id_!r} to simulate; there are: {', '.join(EXERCISE_IDS)}")
    return known


def _plan(name: str, exercise: str, seed: int, sets: int | None, reps: int | None) -> Plan:
    from tracker.simulation import SCENARIOS, session_plan

    known = known_exercise(exercise)
    chosen = next((one for one in SCENARIOS if one == name), None)
    if chosen is None:
        raise BadInputError(f"--scenario: no scenario {name!r}; there are: {', '.join(SCENARIOS)}")
    return session_plan(chosen, known, seed, sets=sets, reps=reps)


def _watch(plan: Plan, rate: int, loss: float, seed: int) -> VirtualSensor:
    from tracker.recording.samples_csv import MAX_RATE_HZ, MIN_RATE_HZ
    from tracker.sensors.virtual import watch
    from tracker.simulation import Link, SensorModel

    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise BadInputError(f"--rate: {rate} Hz, expected {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g}")
    return watch(plan, SensorModel(rate_hz=rate, link=Link(loss=loss / 100)), seed=seed)


def _write(made: VirtualSensor, plan: Plan, seed: int, kind: str, output: Path, truth: Path, *, force: bool) -> None:
    """Write both files aside and move them to their places, so that neither is ever half there."""
    from tracker.recording import write_recording
    from tracker.sensors.virtual import STARTED_AT, session_id
    from tracker.simulation import truth_json, write_csv

    with written(truth, output, force=force) as (truth_aside, aside):
        if kind == "csv":
            write_csv(aside, made.stream)
        else:
            header = made.header(session_id(plan, seed), STARTED_AT, made.start_ns)
            write_recording(aside, header, made.events())
        truth_aside.write_text(truth_json(made.simulated), encoding="utf-8")
