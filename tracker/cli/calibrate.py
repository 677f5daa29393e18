"""``kickback calibrate``: the personal range band from a few slow repetitions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tracker.cli.errors import BadInputError, tell
from tracker.cli.options import DataDir, ExerciseId, Json, folder_of, profile_of

if TYPE_CHECKING:
    from tracker.analysis import Analysis
    from tracker.coaching.range_band import Calibration, Step
    from tracker.journal import Side


def calibrate(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", readable=False, help="A recording of 3 to 5 slow repetitions.")
    ],
    exercise: ExerciseId = None,
    side: Annotated[
        str | None, typer.Option("--side", metavar="left|right", help="The leg that works, if the recording lacks it.")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", metavar="", help="Keep the band: sets to come are judged by it.")
    ] = False,
    json_: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find your own range: the band between too short and too far.

    Do 3 to 5 slow repetitions with a still back, as far as you can without arching it. Their median is the
    target; floor and ceiling follow from how much they differ. A band never decides whether a repetition counts.

    [dim]Examples[/dim]
      kickback calibrate slow.mcap --exercise cable --side left
      kickback calibrate slow.mcap --save && kickback log
    """
    from tracker.analysis import analyze
    from tracker.coaching.range_band import FEWEST, MOST

    if side not in (None, "left", "right"):
        raise BadInputError(f"--side: {side!r} is neither left nor right")
    found = analyze(file, profile_of(exercise))
    if found.targets is None:
        raise BadInputError(f"{file}: does not say which exercise it is; --exercise does")
    steps, made = _taken(found)
    if made is None:
        slow = steps[-1].used if steps else 0
        raise BadInputError(f"{file}: {slow} slow repetitions in it, expected {FEWEST} to {MOST}{_why(steps)}")
    working = cast("Side | None", side or found.working_side)
    for line in filter(None, (found.unmeasured, found.damage, found.doubt)):
        tell(f"{file}: {line}")
    if save:
        _save(folder_of(ctx, data_dir), found.targets.exercise.id, working, made)
    if json_:
        print(json.dumps(_json(found.targets.exercise.id, working, steps, made, saved=save), allow_nan=False))
    else:
        _print(found.targets.exercise.name, working, steps, made, saved=save)


def _taken(found: Analysis) -> tuple[list[Step], Calibration | None]:
    """What each counted repetition was good for, and the band if there were enough."""
    from tracker.coaching.range_band import Calibration, Calibrator, Step

    stage = Calibrator()
    values = [value for one in found.sets for rep in one.reps for value in stage.push(rep)] + stage.flush()
    made = next((value for value in values if isinstance(value, Calibration)), None)
    return [value for value in values if isinstance(value, Step)], made


def _why(steps: list[Step]) -> str:
    reasons = [step.why_not for step in steps if step.why_not]
    return f" ({reasons[0]})" if reasons else ""


def _save(folder: Path, exercise: str, side: Side | None, made: Calibration) -> None:
    from tracker.journal import Journal, journal_path

    with Journal.open(journal_path(folder)) as journal:
        journal.save_band(exercise, made, side=side)


def _json(exercise: str, side: Side | None, steps: list[Step], made: Calibration, *, saved: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from tracker.contract import DIGITS, SCHEMA

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, DIGITS)

    return {
        "schema": SCHEMA,
        "exercise": exercise,
        "working_side": side,
        "band": {name: rounded(value) for name, value in asdict(made.band).items()},
        "ranges_deg": [rounded(value) for value in made.ranges_deg],
        "spread": rounded(made.spread),
        "unsteady": made.unsteady,
        "reps": [
            {"range_deg": rounded(step.range_deg), "used": not step.why_not, "why_not": step.why_not} for step in steps
        ],
        "saved": saved,
    }


def _print(name: str, side: Side | None, steps: list[Step], made: Calibration, *, saved: bool) -> None:
    from tracker import wording
    from tracker.cli import tables
    from tracker.cli.console import console

    out, band = console(), made.band
    used = wording.count(len(made.ranges_deg), "slow repetition")
    out.print(tables.heading(name, side and f"{side} leg", used))
    for number, step in enumerate(steps, start=1):
        what = f"not used: {step.why_not}" if step.why_not else f"{step.used} of {step.needed}"
        out.print(f"{number:>3}  {tables.number(step.range_deg, 1):>5}°  {what}")
    out.print(
        f"Range band {band.floor_deg:.1f}° to {band.ceiling_deg:.1f}°, target {band.target_deg:.1f}°", style="bold"
    )
    if made.unsteady:
        out.print(f"They differ by {made.spread:.0%}: better make it again.", style="yellow")
    if saved:
        out.print("Kept; sets to come are judged by it.", style="dim")
    else:
        out.print(f"Use it: kickback analyze FILE --band {band.floor_deg:.1f}:{band.ceiling_deg:.1f}", style="dim")
