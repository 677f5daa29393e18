"""The log as a table: nothing else is loaded for it than what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.cli import tables
from tracker.journal import SessionId, SessionSummary
from tracker.trends.calendar import Calendar, weeks
from tracker.trends.sides import SideBySide

_ENDINGS = {"running": "green", "cut off": "red", "pain": "red", "interrupted": "red", "link-lost": "yellow"}

_LOG = ("session", "began", "exercise", "side", "kg", "sets", "reps", "tension", "ended")
_RIGHT = ("kg", "sets", "reps", "tension")
_EXPENDABLE = ("tension", "kg", "sets", "side", "exercise", "reps", "ended", "began")
"""Columns that a narrow terminal does without, these first."""
SHADES = "·░▒▓█"
WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")


def print_log(out: Console, found: Sequence[SessionSummary], endings: Mapping[SessionId, str]) -> None:
    """Print a line per session; where the terminal is narrow, of what fits beside the ids."""
    rows = [_log_cells(one, endings[one.uuid]) for one in found]
    tables.print_fitting(out, rows, right=_RIGHT, expendable=_EXPENDABLE, shrinks="exercise")


def _log_cells(one: SessionSummary, ending: str) -> dict[str, Text]:
    cells = wording.session_cells(one, ending)
    return {name: Text(cells[name], _ENDINGS.get(ending, "") if name == "ended" else "") for name in _LOG}


def side_lines(sides: Iterable[SideBySide]) -> Iterator[str]:
    """Yield a line where the legs' ranges differ by more than the person's own noise."""
    for one in sides:
        found = one.found
        if one.metric != "range_deg" or found is None or not found.shown:
            continue
        what = ", ".join(
            wording.name(word) for word in (one.exercise or "any leg lift", one.placement, one.label) if word
        )
        yield (
            f"{what}: range {found.left:.1f}° left, {found.right:.1f}° right ({found.difference:+.0%};"
            f" up to {found.noise:.0%} may be noise)"
        )


def print_calendar(out: Console, calendar: Calendar, first: date, last: date) -> None:
    """Print a column for each week between two days; where the terminal is narrow, for the newest."""
    shown = weeks(first, last)[-(out.width - 4) :]
    months, free = "", 0
    for place, monday in enumerate(shown):
        begins = place == 0 or monday.month != shown[place - 1].month
        if begins and place >= free and place + 3 <= len(shown):
            months, free = months.ljust(place) + f"{monday:%b}", place + 4
    out.print(Text(" " * 4 + months, "dim"))
    for weekday, name in enumerate(WEEKDAYS):
        days = [monday + timedelta(days=weekday) for monday in shown]
        cells = "".join(SHADES[calendar.level(day)] if first <= day <= last else " " for day in days)
        out.print(Text.assemble((f"{name:<4}", "dim"), cells))
    done = [one for day, one in calendar.days.items() if max(first, shown[0]) <= day <= last]
    per_week = len(done) / len(shown)
    out.print(
        f"{wording.count(len(done), 'day')} with {wording.count(sum(one.sessions for one in done), 'session')},"
        f" {wording.count(sum(one.reps for one in done), 'rep')} of work; {per_week:.1f} days a week;"
        f" longest pause ever {wording.count(calendar.longest_pause(), 'day')}"
    )
    if calendar.limits:
        steps = [*(f"up to {limit:.0f}" for limit in calendar.limits), "more"]
        shades = zip(SHADES[-len(steps) :], steps, strict=True)
        out.print("  ".join(f"{shade} {step}" for shade, step in shades) + " reps", style="dim")
