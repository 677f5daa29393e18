"""The log as a table: nothing else is loaded for it than what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from tracker.cli import tables
from tracker.journal import SessionId, SessionSummary
from tracker.trends.sides import SideBySide

_ENDINGS = {"running": "green", "cut off": "red", "pain": "red", "interrupted": "red", "link-lost": "yellow"}

_LOG = ("session", "began", "exercise", "side", "kg", "sets", "reps", "tension", "ended")
_RIGHT = ("kg", "sets", "reps", "tension")
_EXPENDABLE = ("tension", "kg", "sets", "side", "exercise", "reps", "ended", "began")
"""Columns that a narrow terminal does without, these first."""
_SHORTEST_EXERCISE = 8


def print_log(out: Console, found: Sequence[SessionSummary], endings: Mapping[SessionId, str]) -> None:
    """Print a line per session; where the terminal is narrow, of what fits beside the ids."""
    rows = [_log_cells(one, endings[one.uuid]) for one in found]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in _LOG}
    spare = out.width - sum(width + 2 for width in widths.values())
    if spare < 0:
        widths["exercise"] = max(_SHORTEST_EXERCISE, widths["exercise"] + spare)
    for name in _EXPENDABLE:
        if sum(width + 2 for width in widths.values()) > out.width:
            del widths[name]
    table = tables.grid()
    for name, width in widths.items():
        right = name in _RIGHT
        table.add_column(name, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        table.add_row(*(row[name] for name in widths))
    out.print(table)


def _log_cells(one: SessionSummary, ending: str) -> dict[str, Text]:
    cells = {
        "session": one.uuid[:8],
        "began": day_and_time(one.started_at),
        "exercise": tables.name(one.exercise or "any leg lift"),
        "side": one.working_side or tables.MISSING,
        "kg": tables.MISSING if one.load_kg is None else f"{one.load_kg:g}",
        "sets": str(one.sets),
        "reps": str(one.reps),
        "tension": tables.clock(one.time_under_tension_s, 0),
        "ended": ending,
    }
    return {name: Text(cells[name], _ENDINGS.get(ending, "") if name == "ended" else "") for name in _LOG}


def day_and_time(when: datetime) -> str:
    """Return a time of day as the person's own clock showed it."""
    return f"{when:%Y-%m-%d %H:%M}"


def side_lines(sides: Iterable[SideBySide]) -> Iterator[str]:
    """Yield a line where the legs' ranges differ by more than the person's own noise."""
    for one in sides:
        found = one.found
        if one.metric != "range_deg" or found is None or not found.shown:
            continue
        what = ", ".join(
            tables.name(word) for word in (one.exercise or "any leg lift", one.placement, one.label) if word
        )
        yield (
            f"{what}: range {found.left:.1f}° left, {found.right:.1f}° right ({found.difference:+.0%};"
            f" up to {found.noise:.0%} may be noise)"
        )
