"""Trends as tables: what it is now, how it went, and how far the number can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.cli import tables
from tracker.trends import IN_BAND, METRICS, Kind, Series, SideBySide, Trend
from tracker.trends.metrics import OVERVIEW
from tracker.trends.words import (
    LEGEND,
    days_words,
    error_lines,
    error_words,
    kind_words,
    now_words,
    side_lines,
    side_words,
)

BARS = "▁▂▃▄▅▆▇█"
BARS_MEAN = "Bars go from the lowest to the highest value, the newest last."
MOST_BARS = 24
LEAST_BARS = 8
LEAST_WORDS = 20


def print_overview(out: Console, found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> None:
    """Print a line for each kind of set."""
    rows = []
    for one in found:
        in_band = one.series(IN_BAND)
        cells = {
            "exercise": wording.name(kind_words(one.kind)),
            "side": one.kind.side or wording.MISSING,
            "sessions": str(len(one.points)),
            "last": days_words(one.days_since(today)),
            IN_BAND.name: now_words(in_band),
            "over time": spark(in_band.values, LEAST_BARS) if in_band.values else "",
            **{metric.name: now_words(one.series(metric)) for metric in OVERVIEW},
        }
        rows.append({name: Text(cell) for name, cell in cells.items()})
    numbers = ("sessions", "last", IN_BAND.name, *(metric.name for metric in OVERVIEW))
    expendable = (*(metric.name for metric in reversed(OVERVIEW)), "sessions", "over time", "last", "side")
    tables.print_fitting(out, rows, right=numbers, expendable=expendable, shrinks="exercise", shortest=LEAST_WORDS)
    for side in sides:
        if side.found is not None and side.found.shown:
            what = kind_words(Kind(side.exercise, None, side.placement, side.label))
            out.print(f"{wording.name(what)}: {side_words(side, side.found)}", style="yellow")
    out.print(f"\n{LEGEND} {BARS_MEAN}", style="dim")
    shown = ", ".join(f"{metric.name} {error_words(metric)}" for metric in (IN_BAND, *OVERVIEW) if metric.error)
    out.print(f"Errors: {shown}; kickback trends EXERCISE says more.", style="dim")


def print_trends(out: Console, found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> None:
    """Print a table for each kind of set, both legs side by side."""
    kinds: dict[tuple[str | None, str | None, str | None], list[Trend]] = {}
    for one in found:
        kinds.setdefault((one.kind.exercise, one.kind.placement, one.kind.label), []).append(one)
    for common, trends in kinds.items():
        _print_kind(out, sorted(trends, key=lambda one: one.kind.side or ""), today)
        for line in side_lines([one for one in sides if (one.exercise, one.placement, one.label) == common]):
            out.print(line)
        out.print()
    first, *lines = error_lines()
    for line in (f"{LEGEND} {BARS_MEAN}", first, *(f"  {line}" for line in lines)):
        out.print(line, style="dim")


def spark(values: Sequence[float], most: int) -> str:
    """Return bars from the lowest to the highest value, the newest last; neighbours are averaged where there are many.

    Examples
    --------
    >>> spark([1.0, 2.0, 3.0], 10), spark([5.0, 5.0], 10), spark([0.0, 0.0], 10), spark([0.0, 0.0, 8.0, 8.0], 2)
    ('▁▅█', '▄▄', '▁▁', '▁█')
    """
    count = min(most, len(values))
    edges = [round(i * len(values) / count) for i in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    if high == low:
        return BARS[3 if high else 0] * count
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in means)


def _print_kind(out: Console, trends: Sequence[Trend], today: date) -> None:
    newest = min(one.days_since(today) for one in trends)
    sessions = len({point.session for one in trends for point in one.points})
    out.print(
        tables.heading(wording.name(kind_words(trends[0].kind)), wording.count(sessions, "session"), days_words(newest))
    )
    width = max(LEAST_BARS, min(MOST_BARS, (out.width - 32) // len(trends) - 14))
    table = tables.grid()
    table.add_column("", no_wrap=True)
    for one in trends:
        table.add_column(one.kind.side or "now", justify="right", no_wrap=True)
        table.add_column("over time", no_wrap=True)
    table.add_column("error", no_wrap=True)
    for metric in METRICS:
        all_series = [one.series(metric) for one in trends]
        if any(series.values for series in all_series):
            cells = [cell for series in all_series for cell in _cells(series, width)]
            now = max(series.now for series in all_series if series.now is not None)
            table.add_row(metric.name, *cells, error_words(metric, now))
    out.print(table)
    left_out = sum(one.left_out for one in trends)
    if left_out:
        out.print(f"Not in it: {wording.count(left_out, 'set')} that were no work.", style="dim")


def _cells(series: Series, width: int) -> tuple[Text, Text]:
    if not series.values:
        return Text(wording.MISSING), Text("")
    words = now_words(series)
    words += "" if words[-1] in "↑↓" else "  "  # so that numbers stand under each other
    return Text(words, "bold" if series.metric is IN_BAND else ""), Text(spark(series.values, width))
