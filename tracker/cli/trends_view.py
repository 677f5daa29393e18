"""Trends as tables: what it is now, how it went, and how far the number can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from tracker.cli import tables
from tracker.trends import METRICS, Metric, SideBySide, Trend
from tracker.trends.errors import errors, published

BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 24
LEAST_BARS = 8


def print_trends(out: Console, found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> None:
    """Print a table for each kind of set, both legs side by side."""
    kinds: dict[tuple[str | None, str | None, str | None], list[Trend]] = {}
    for one in found:
        kinds.setdefault((one.kind.exercise, one.kind.placement, one.kind.label), []).append(one)
    for place, (common, trends) in enumerate(kinds.items()):
        if place:
            out.print()
        _print_kind(out, sorted(trends, key=lambda one: one.kind.side or ""), today)
        for line in side_lines(one for one in sides if (one.exercise, one.placement, one.label) == common):
            out.print(line, style="yellow" if "variation" not in line else "dim")
    out.print()
    for line in error_lines():
        out.print(line, style="dim")


def spark(values: Sequence[float], most: int) -> str:
    """Return bars from the lowest to the highest value, the newest last; neighbours are averaged where there are many.

    Examples
    --------
    >>> spark([1.0, 2.0, 3.0], 10), spark([5.0, 5.0], 10), spark([0.0, 0.0, 8.0, 8.0], 2)
    ('▁▅█', '▄▄', '▁█')
    """
    count = min(most, len(values))
    edges = [round(i * len(values) / count) for i in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    if high == low:
        return BARS[3] * count
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in means)


def side_lines(sides: Iterable[SideBySide]) -> Iterable[str]:
    """Yield left against right: each difference that stands out, and one line for those that do not."""
    quiet = []
    for one in sides:
        found = one.found
        if found is None:
            continue
        if found.shown:
            left, right = (f"{value:.{one.digits}f}{one.unit}" for value in (found.left, found.right))
            yield f"{one.name}: {left} left, {right} right ({found.difference:+.0%}; up to {found.noise:.0%} is noise)"
        else:
            quiet.append(one.name)
    if quiet:
        yield f"Left and right: {', '.join(quiet)} within your own variation."


def error_lines() -> list[str]:
    """Return how far the numbers can be trusted."""
    version, _ = published()
    told = dict.fromkeys(errors()[metric.error].words for metric in METRICS if metric.error)
    return [f"Errors of one repetition, simulated, engine {version} (ACCURACY.md). " + "; ".join(told) + "."]


def _print_kind(out: Console, trends: Sequence[Trend], today: date) -> None:
    kind = trends[0].kind
    newest = min(one.days_since(today) for one in trends)
    sessions = len({point.session for one in trends for point in one.points})
    out.print(
        tables.heading(
            tables.name(kind.exercise or "any leg lift"),
            kind.placement and tables.name(kind.placement),
            kind.label and tables.name(kind.label),
            tables.count(sessions, "session"),
            _since(newest),
        )
    )
    width = max(LEAST_BARS, min(MOST_BARS, (out.width - 32) // len(trends) - 14))
    table = tables.grid()
    table.add_column("", no_wrap=True)
    for one in trends:
        table.add_column(one.kind.side or "now", justify="right", no_wrap=True)
        table.add_column("over time", no_wrap=True)
    table.add_column("error", no_wrap=True)
    for metric in METRICS:
        if any(one.values(metric.id) for one in trends):
            cells = [cell for one in trends for cell in _cells(one, metric, width)]
            table.add_row(metric.name, *cells, errors()[metric.error].short if metric.error else "you said")
    out.print(table)


def _cells(one: Trend, metric: Metric, width: int) -> tuple[Text, Text]:
    known = [value for _, value in one.values(metric.id)]
    if not known:
        return Text(tables.MISSING), Text("")
    change = one.change(metric.id)
    moved = ("↑" if change.difference > 0.0 else "↓") if change is not None and change.shown else " "
    headline = "bold" if metric is METRICS[0] else ""
    return Text(f"{metric.text(one.now(metric.id))} {moved}", headline), Text(spark(known, width))


def _since(days: int) -> str:
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
