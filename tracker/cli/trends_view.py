"""Trends as tables: what it is now, how it went, and how far the number can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from tracker.cli import tables
from tracker.coaching.asymmetry import Asymmetry
from tracker.trends import IN_BAND, METRICS, Kind, Series, SideBySide, Trend
from tracker.trends.errors import errors, published
from tracker.trends.metrics import OVERVIEW
from tracker.trends.over_time import RECENT

BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 24
LEAST_BARS = 8
LEGEND = (
    f"Now: median of the newest {RECENT} sessions; ↑ ↓: moved against the {RECENT} before them by more than your own"
    " variation."
)


def print_overview(out: Console, found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> None:
    """Print a line for each kind of set."""
    table = tables.grid()
    for name in ("exercise", "side"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    table.add_column("sessions", justify="right", no_wrap=True)
    table.add_column("last", justify="right", no_wrap=True)
    for metric in OVERVIEW:
        table.add_column(metric.name, justify="right", no_wrap=True)
        if metric is IN_BAND:
            table.add_column("over time", no_wrap=True)
    for one in found:
        cells = [_kind(one.kind), one.kind.side or tables.MISSING, str(len(one.points)), _days(one.days_since(today))]
        for metric in OVERVIEW:
            series = one.series(metric)
            cells.append(_now(series))
            if metric is IN_BAND:
                cells.append(spark(series.values, LEAST_BARS) if series.values else "")
        table.add_row(*map(Text, cells))
    out.print(table)
    for line in _apart(sides):
        out.print(line, style="yellow")
    out.print("\n" + LEGEND, style="dim")
    shown = [
        f"{metric.name} {errors()[metric.error].short}" for metric in OVERVIEW if metric.error and metric is not IN_BAND
    ]
    out.print(f"Errors: {', '.join(shown)} (kickback trends EXERCISE says more).", style="dim")


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
    for line in (LEGEND, *error_lines()):
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


def side_lines(sides: Sequence[SideBySide]) -> Iterator[str]:
    """Yield left against right: each difference that stands out, and one line for those that do not."""
    yield from (_side(one, one.found) for one in sides if one.found is not None and one.found.shown)
    quiet = [one.name for one in sides if one.found is not None and not one.found.shown]
    if quiet:
        yield f"Left and right within your own variation: {', '.join(quiet)}."


def error_lines() -> Iterator[str]:
    """Yield how far the numbers can be trusted."""
    version, _ = published()
    yield f"Errors of one repetition, in simulated sessions, engine {version} (ACCURACY.md):"
    for words in dict.fromkeys(errors()[metric.error].words for metric in METRICS if metric.error):
        yield f"  {words}"


def _apart(sides: Iterable[SideBySide]) -> Iterator[str]:
    for one in sides:
        if one.found is not None and one.found.shown:
            yield f"{_kind(Kind(one.exercise, None, one.placement, one.label))}: {_side(one, one.found)}"


def _side(one: SideBySide, found: Asymmetry) -> str:
    left, right = (
        f"{value:.{one.digits}f}{one.unit if one.unit[0] == '°' else ' ' + one.unit}"
        for value in (found.left, found.right)
    )
    return f"{one.name} {left} left, {right} right ({found.difference:+.0%}; up to {found.noise:.0%} may be noise)"


def _kind(kind: Kind) -> str:
    """Return what makes the sets alike, but for the leg."""
    words = (kind.exercise or "any leg lift", kind.placement, kind.label)
    return ", ".join(tables.name(word) for word in words if word)


def _print_kind(out: Console, trends: Sequence[Trend], today: date) -> None:
    newest = min(one.days_since(today) for one in trends)
    sessions = len({point.session for one in trends for point in one.points})
    out.print(tables.heading(_kind(trends[0].kind), tables.count(sessions, "session"), f"last {_days(newest)}"))
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
            table.add_row(metric.name, *cells, errors()[metric.error].short if metric.error else "you said")
    out.print(table)
    left_out = sum(one.left_out for one in trends)
    if left_out:
        out.print(f"Not in it: {tables.count(left_out, 'set')} that were no work.", style="dim")


def _cells(series: Series, width: int) -> tuple[Text, Text]:
    if not series.values:
        return Text(tables.MISSING), Text("")
    return Text(_now(series), "bold" if series.metric is IN_BAND else ""), Text(spark(series.values, width))


def _now(series: Series) -> str:
    """Return the number as it is now, with an arrow where it has moved."""
    change = series.change
    moved = " " if change is None or not change.shown else "↑" if change.difference > 0.0 else "↓"
    return f"{series.metric.text(series.now)} {moved}"


def _days(days: int) -> str:
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
