"""``kickback trends``: whether it is getting better, and whether one leg is behind."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tracker.cli.errors import BadInputError, needs
from tracker.cli.log import NOTHING_YET, open_journal
from tracker.cli.options import DataDir, Json, folder_of
from tracker.cli.outputs import check_outputs, written
from tracker.exercises import exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.journal import TrainingDay, TrendSet
    from tracker.trends import SideBySide, Trend

SCHEMA = 1


def trends(
    ctx: typer.Context,
    exercise: Annotated[
        str | None, typer.Argument(metavar="[EXERCISE]", help="Its id; else all that were trained.")
    ] = None,
    side: Annotated[str | None, typer.Option("--side", metavar="left|right", help="One leg only.")] = None,
    placement: Annotated[
        str | None, typer.Option("--placement", metavar="WHERE", help="Where in the workout it stood, such as alone.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Leave out what was before, such as 2025-03-01.")
    ] = None,
    json_: Json = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", readable=False, help="Make a page of it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace a file that exists.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Show what changed over the sessions, and left against right.

    Repetitions in band first, then range, tempo, load and what you told.

    Only work sets count, and like is compared with like: exercise, leg, placement in the workout, and band or machine.

    [dim]Examples[/dim]
      kickback trends
      kickback trends cable --side left --since 2025-03-01
    """
    if exercise is not None and exercise not in exercises():
        raise BadInputError(f"EXERCISE: no exercise {exercise!r}; there are: {', '.join(exercises())}")
    leg, first = side_of(side), date_of(since)
    if html is not None:
        if json_:
            raise BadInputError("--json and --html: one of them")
        check_outputs([html], force=force)

    from tracker.journal import journal_path
    from tracker.trends import side_by_side, trends_of

    path = journal_path(folder_of(ctx, data_dir))
    sets: list[TrendSet] = []
    days: list[TrainingDay] = []
    if path.exists():
        with open_journal(path) as journal:
            sets = placed(journal.trend_sets(exercise), placement)
            days = journal.days() if html is not None else []
    found = trends_of(sets if leg is None else [one for one in sets if one.side == leg], since=first)
    sides = side_by_side(sets)
    today = datetime.now().astimezone().date()
    if json_:
        from tracker.cli.trends_json import trends_json

        print(json.dumps({"schema": SCHEMA, **trends_json(found, sides, today)}, allow_nan=False))
    elif not found:
        print("No work sets." if sets else f"Nothing of {exercise} yet." if exercise else NOTHING_YET)
    elif html is not None:
        _write_page(html, found, sides, days, today, force=force)
    else:
        from tracker.cli.console import console
        from tracker.cli.trends_view import print_overview, print_trends

        (print_overview if exercise is None else print_trends)(console(), found, sides, today)


def _write_page(
    path: Path,
    found: Sequence[Trend],
    sides: Sequence[SideBySide],
    days: list[TrainingDay],
    today: date,
    *,
    force: bool,
) -> None:
    with needs("--html", "report"):
        from tracker.report.trends_page import render
    from tracker.trends.calendar import Calendar

    page = render(found, sides, Calendar.of(days), today)
    with written(path, force=force) as (target,):
        target.write_text(page, encoding="utf-8")
    print(path)


def side_of(text: str | None) -> Literal["left", "right"] | None:
    """Return a leg.

    Raises
    ------
    BadInputError
        It is none.
    """
    match text:
        case None | "left" | "right":
            return text
    raise BadInputError(f"--side: {text!r} is neither left nor right")


def date_of(text: str | None) -> date | None:
    """Return a day.

    Raises
    ------
    BadInputError
        It is none.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--since: {text!r} is not a day such as 2025-03-01") from None


def placed(sets: list[TrendSet], placement: str | None) -> list[TrendSet]:
    """Return the sets of one placement.

    Raises
    ------
    BadInputError
        No set has it; the line lists those there are.
    """
    if placement is None:
        return sets
    kept = [one for one in sets if one.placement == placement]
    if not kept:
        there = sorted({one.placement for one in sets if one.placement})
        raise BadInputError(f"--placement: no set stood at {placement!r}; there are: {', '.join(there) or 'none'}")
    return kept
