"""Repetitions, sets and what was not counted, for people who read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker import wording
from tracker.journal.text import plain
from tracker.motion.gap import Gap
from tracker.motion.values import Rep
from tracker.not_counted import Line, without_steps

_HEADINGS = (
    ("rep", ""),
    ("start", ""),
    ("concentric", "s"),
    ("hold", "s"),
    ("eccentric", "s"),
    ("pause", "s"),
    ("range", "°"),
    ("peak", "°/s"),
)
_NUMBERS = ("concentric_s", "hold_s", "eccentric_s")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of repetitions; ``rep`` is None for one that was added without numbers."""

    number: int
    rep: Rep | None
    pause_s: float | None
    flags: Sequence[str] = ()


def number(value: float | None, digits: int = 2) -> str:
    """Return a number or a dash."""
    return wording.MISSING if value is None else f"{value:.{digits}f}"


def range_of(rep: Rep) -> str:
    """Return a repetition's range with its unit: metres where it is measured by its travel."""
    return f"{number(rep.range_deg, 1)}°" if rep.range_m is None else f"{rep.range_m:.2f} m"


def grid() -> Table:
    """Return an empty table in the house's look."""
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", show_edge=False)


def print_fitting(
    out: Console,
    rows: Sequence[Mapping[str, Text]],
    *,
    right: Sequence[str],
    expendable: Sequence[str],
    shrinks: str,
    shortest: int = 8,
) -> None:
    """Print a table, or where the terminal is narrow, what fits of it.

    Parameters
    ----------
    rows
        At least one; cells by their heading.
    right
        Headings of numbers.
    expendable
        Columns to do without, these first.
    shrinks, shortest
        The column that gives way before, and how far.
    """
    widths = {name: max(len(name), *(row[name].cell_len for row in rows)) for name in rows[0]}
    spare = out.width - sum(width + 2 for width in widths.values())
    if spare < 0:
        widths[shrinks] = max(shortest, widths[shrinks] + spare)
    for name in expendable:
        if sum(width + 2 for width in widths.values()) > out.width:
            del widths[name]
    table = grid()
    for name, width in widths.items():
        justify: Literal["left", "right"] = "right" if name in right else "left"
        table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        table.add_row(*(row[name] for name in widths))
    out.print(table)


def rep_table(rows: Iterable[Row], *, medians: bool = True) -> Table:
    """Return a table of repetitions, with their medians as the last line."""
    rows = list(rows)
    table = grid()
    for heading, unit in _HEADINGS:
        table.add_column(Text.assemble(heading, ("\n" + unit, "dim")), justify="right", no_wrap=True)
    table.add_column("flags")
    for row in rows:
        table.add_row(*_cells(row), Text(" ".join(row.flags), style="yellow"))
    if medians and len(rows) > 2:
        table.add_row(*_medians(rows), style="dim")
    return table


def print_set(
    out: Console, title: Text, reps: Iterable[Row], partials: Iterable[Row] = (), deleted: Iterable[Row] = ()
) -> None:
    """Print a set: its title, its repetitions, and apart what was not counted."""
    out.print(title)
    out.print(rep_table(reps))
    for what, rows in (("partial", list(partials)), ("deleted", list(deleted))):
        if rows:
            noun = wording.count(len(rows), what) if what == "partial" else f"{len(rows)} {what}"
            out.print(f"{noun}, not counted:", style="dim")
            out.print(rep_table(rows, medians=False))


def print_not_counted(out: Console, lines: Sequence[Line], told: Iterable[Line], *, all_: bool) -> None:
    """Print what was not counted; by default what is worth telling, and a walk as one line."""
    chosen = list(lines if all_ else told)
    if chosen:
        out.print(f"\nNot counted: {len(chosen)}", style="bold")
        out.print(ledger(chosen if all_ else without_steps(chosen)))


def ledger(lines: Iterable[Line]) -> Table:
    """Return a table of what was not counted."""
    table = grid()
    for heading in ("from", "to"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("reason", no_wrap=True)
    table.add_column("detail", overflow="fold")
    for line in lines:
        table.add_row(
            wording.clock(line.start_s),
            wording.clock(line.end_s),
            Text(wording.name(line.reason)),
            Text(plain(line.detail, 500)),
        )
    return table


def gap_line(gaps: Sequence[Gap], *, estimated: bool = False) -> str:
    """Return what was lost on the way, in one line; ``estimated``: nothing numbers or times the samples."""
    lost = sum(gap.samples_lost for gap in gaps)
    longest = max(gaps, key=lambda gap: gap.end_s - gap.start_s)
    long_s = longest.end_s - longest.start_s
    where = f"the longest {long_s:.2f} s at {wording.clock(longest.start_s)}"
    about = "about " * estimated
    return f"{wording.count(len(gaps), 'gap')}, {about}{wording.count(lost, 'sample')} lost, {where}"


def heading(*parts: str | None) -> Text:
    """Return a title: the first part bold, the others after dots."""
    first, *others = [part for part in parts if part]
    return Text.assemble((first, "bold"), *("  ·  " + other for other in others))


def _cells(row: Row) -> list[str]:
    rep = row.rep
    if rep is None:
        return [str(row.number), *[wording.MISSING] * (len(_HEADINGS) - 1)]
    return [
        str(row.number),
        wording.clock(rep.start_s, 2),
        *(number(getattr(rep, field)) for field in _NUMBERS),
        number(row.pause_s),
        number(rep.range_deg, 1) if rep.range_m is None else f"{rep.range_m:.2f} m",
        number(rep.peak_speed_deg_s, 0) if rep.peak_speed_m_s is None else f"{rep.peak_speed_m_s:.2f} m/s",
    ]


def _medians(rows: list[Row]) -> list[str]:
    reps = [row.rep for row in rows if row.rep is not None]
    columns = [[getattr(rep, field) for rep in reps] for field in _NUMBERS]
    columns.append([row.pause_s for row in rows])
    cells = [number(_median(column)) for column in columns]
    wide, fast = _median([rep.range_deg for rep in reps]), _median([rep.peak_speed_deg_s for rep in reps])
    far, quick = _median([rep.range_m for rep in reps]), _median([rep.peak_speed_m_s for rep in reps])
    if far is not None and quick is not None:
        return ["", "median", *cells, f"{far:.2f} m", f"{quick:.2f} m/s"]
    return ["", "median", *cells, number(wide, 1), number(fast, 0)]


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
