"""``kickback import``: samples that other apps recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError, tell
from tracker.cli.outputs import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.imports import Imported

FORMATS = ("phyphox", "sensor-logger", "metabase", "xsens-dot", "witmotion")
"""For the help, which must not load what reads them; a test compares."""

_UNITS = {"m/s2": "m/s²", "g": "g", "rad/s": "rad/s", "deg/s": "°/s"}


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", readable=False, help="An app's files of one recording, their folder or archive."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="PATH", readable=False, help="A .csv or .csv.gz for kickback analyze."),
    ],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="APP", help=f"{', '.join(FORMATS)} [dim](else as the columns say)[/dim]."
        ),
    ] = None,
    acc_unit: Annotated[
        str | None, typer.Option("--acc-unit", metavar="m/s2|g", help="Where the columns name none.")
    ] = None,
    gyr_unit: Annotated[
        str | None, typer.Option("--gyr-unit", metavar="rad/s|deg/s", help="Where the columns name none.")
    ] = None,
    time_unit: Annotated[
        str | None, typer.Option("--time-unit", metavar="us|ms|s|...", help="Where nothing tells it.")
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            "--platform",
            metavar="NAME",
            help="android, ios or ios-standardised: for Sensor Logger without its metadata.",
        ),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", metavar="NAME", help="Which sensor, where a file holds several.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            "--rate", metavar="name|stamps", help="Which is true, where a file's name and its stamps disagree."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace a file that exists.")] = False,
) -> None:
    """Turn another app's recording into samples that can be analyzed.

    Accelerometer and gyroscope may lie in one file or in two; both are needed. Units and time are read off the
    columns; what they do not say is asked for, never guessed.

    [dim]Examples[/dim]
      kickback import Accelerometer.csv Gyroscope.csv -o samples.csv.gz
      kickback import phyphox.zip -o samples.csv.gz
    """
    from tracker.imports import APPS, Asked, import_samples
    from tracker.imports.asked import ACC_UNITS, GYR_UNITS, PLATFORMS, RATES, TIME_UNITS

    _check("--format", format_, APPS)
    _check("--acc-unit", acc_unit, ACC_UNITS)
    _check("--gyr-unit", gyr_unit, GYR_UNITS)
    _check("--time-unit", time_unit, TIME_UNITS)
    _check("--rate", rate, RATES)
    _check("--platform", platform, PLATFORMS)
    if not output.name.lower().endswith((".csv", ".csv.gz")):
        raise BadInputError(f"{output}: its name must end in .csv or .csv.gz")
    asked = Asked(
        acc_unit=acc_unit, gyr_unit=gyr_unit, time_unit=time_unit, platform=platform, device=device, rate=rate
    )
    with written(output, force=force, sources=files) as (aside,):
        done = import_samples(files, aside, app=format_, asked=asked)
    _print(done, output)


def _check(option: str, said: str | None, known: Iterable[str]) -> None:
    if said is not None and said not in known:
        raise BadInputError(f"{option}: {said!r} is none of {', '.join(known)}")


def _print(done: Imported, output: Path) -> None:
    from tracker.cli import tables
    from tracker.cli.console import say

    reading, joined = done.reading, done.joined
    say(f"{done.app.title}, time from {reading.clock}")
    for one, rate_hz in zip((reading.acc, reading.gyr), done.rates_hz, strict=True):
        say(f"  {one.what}: {', '.join(one.columns)}")
        say(f"    in {_UNITS[one.unit]} at {rate_hz:.1f} Hz, from {one.path}")
    if joined.interpolated:
        say("  the gyroscope was interpolated onto the accelerometer's times" + _left_out(joined.left_out))
    for note in reading.notes:
        say(f"  {note}")
    if done.rest is not None and done.rest.fits:
        say(f"  {done.rest}")
    gaps = tables.gap_line(done.gaps) if done.gaps else "no gaps"
    say(f"{output}: {done.duration_s:.1f} s at {done.rates_hz[0]:.1f} Hz, {gaps}")
    for doubt in done.doubts:
        tell(f"{output}: {doubt}")


def _left_out(count: int) -> str:
    from tracker import wording

    return f"; {wording.count(count, 'row')} without one left out" if count else ""
