"""``kickback log`` and ``kickback show``: what was trained."""

from __future__ import annotations

import json
import os
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import All, DataDir, Json, folder_of

if TYPE_CHECKING:
    from tracker.journal import Journal, Session, SessionSummary, TrainingDay

SCHEMA = 1
LAST = "last"
NOTHING_YET = "No sessions yet: kickback demo makes one."
COMPARED = 100
"""Newest sessions in which left is held against right."""
YEAR = timedelta(days=365)
RUNNING_S = 2.0
"""A recording that was written to so recently belongs to a session that is still running."""


def log(
    ctx: typer.Context,
    json_: Json = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Newest sessions to list.")] = 20,
    calendar: Annotated[bool, typer.Option("--calendar", metavar="", help="Show days of training instead.")] = False,
    year: Annotated[
        int | None, typer.Option("--year", min=1970, max=9999, metavar="YYYY", help="Which year of the calendar.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """List the sessions, newest first, or the days of training."""
    if year is not None and not calendar:
        raise BadInputError("--year: only with --calendar")
    from tracker.journal import journal_path

    path = journal_path(folder_of(ctx, data_dir))
    if calendar:
        _show_calendar(path, year, json_=json_)
        return
    if not path.exists():
        print(json.dumps({"schema": SCHEMA, "sessions": []}) if json_ else NOTHING_YET)
        return
    with open_journal(path) as journal:
        found = journal.sessions(limit=limit)
        endings = {one.uuid: ending_of(journal, one) for one in found}
        recent = [] if json_ else journal.newest_trend_sets(COMPARED)
    if json_:
        from tracker.cli.session_json import summary_json

        sessions = [summary_json(one, endings[one.uuid]) for one in found]
        print(json.dumps({"schema": SCHEMA, "sessions": sessions}, allow_nan=False))
        return
    if not found:
        print(NOTHING_YET)
        return
    from tracker.cli.console import console
    from tracker.cli.log_view import print_log, side_lines
    from tracker.trends.sides import side_by_side

    out = console()
    print_log(out, found, endings)
    for line in side_lines(side_by_side(recent)):
        out.print(line, style="yellow")


def _show_calendar(path: Path, year: int | None, *, json_: bool) -> None:
    from tracker.trends.calendar import Calendar

    days: list[TrainingDay] = []
    if path.exists():
        with open_journal(path) as journal:
            days = journal.days()
    if year is not None:
        days = [one for one in days if int(one.day[:4]) == year] if json_ else days
    if json_:
        print(json.dumps({"schema": SCHEMA, "days": [one._asdict() for one in days]}))
        return
    if not days:
        print(NOTHING_YET)
        return
    from tracker.cli.console import console
    from tracker.cli.log_view import print_calendar

    found, today = Calendar.of(days), datetime.now().astimezone().date()
    newest = max(found.days)
    # a year without training has nothing to show: then the year before the newest session
    last = today if (today - newest).days < YEAR.days else newest
    first = last - YEAR
    if year is not None:
        if year not in found.years:
            raise BadInputError(f"--year: no session in {year}; there are: {', '.join(map(str, found.years))}")
        first, last = date(year, 1, 1), date(year, 12, 31)
    print_calendar(console(), found, first, last)


def show(
    ctx: typer.Context,
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="The beginning of its id as log lists it, or: last.")
    ] = LAST,
    scoring: Annotated[
        str | None,
        typer.Option(
            "--scoring",
            metavar="N|vVERSION",
            help="An earlier result that rescore kept: its number as listed, such as 1, or its algorithm, such as v3.",
        ),
    ] = None,
    json_: Json = False,
    all_: All = False,
    data_dir: DataDir = None,
) -> None:
    """Show one session, repetition by repetition."""
    from tracker.journal import journal_path

    with open_journal(journal_path(folder_of(ctx, data_dir))) as journal:
        found = find(journal, session)
        if scoring is not None:
            found = journal.session(found.uuid, scoring_id=scoring_of(found, scoring))
        ending = ending_of(journal, found)
    if json_:
        from tracker.cli.session_json import session_json

        print(json.dumps(session_json(found, ending), allow_nan=False))
    else:
        from tracker.cli.console import console
        from tracker.cli.sessions_view import print_session

        print_session(console(), found, ending, all_=all_)


def open_journal(path: Path) -> Journal:
    """Open an existing journal to read it; an older one is brought up to date if it may be written."""
    from tracker.journal import Journal

    if not path.exists():
        raise BadInputError(f"there is no journal at {path}: kickback demo makes one")
    return Journal.open(path, readonly=not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK))


def find(journal: Journal, session: str) -> Session:
    """Return the session whose id begins so, or the newest."""
    if session == LAST:
        newest = journal.sessions(limit=1)
        if not newest:
            raise BadInputError(f"{journal.path}: no sessions yet")
        session = newest[0].uuid
    return journal.session(session)


def scoring_of(session: Session, asked: str) -> int:
    """Return the id of the scoring with this number, or the newest one of this version.

    Raises
    ------
    BadInputError
        There is none; the line lists those there are.
    """
    numbered = enumerate(session.scorings, start=1)
    fitting = [one for number, one in numbered if asked in (str(number), f"v{one.algorithm_version}")]
    if not fitting:
        there = ", ".join(f"{n} (v{one.algorithm_version})" for n, one in enumerate(session.scorings, start=1))
        raise BadInputError(f"--scoring: session {session.uuid[:8]} has no {asked!r}; there are {there}")
    return fitting[-1].scoring_id


def ending_of(journal: Journal, one: SessionSummary | Session) -> str:
    """Return how a session ended; one that nobody closed is running, or was cut off."""
    if one.ending is not None:
        return one.ending.value
    recordings = journal.session(one.uuid).recordings
    try:
        quiet_s = time.time() - recordings[-1].path.stat().st_mtime if recordings else RUNNING_S
    except OSError:
        quiet_s = RUNNING_S
    return "running" if quiet_s < RUNNING_S else "cut off"
