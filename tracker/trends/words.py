"""Trends in words, the same on every screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.coaching.asymmetry import Asymmetry
from tracker.trends.errors import errors, published
from tracker.trends.metrics import METRICS, Metric, with_unit
from tracker.trends.over_time import RECENT, Kind, Series
from tracker.trends.sides import SideBySide

LEGEND = (
    f"Now: median of the newest {RECENT} sessions; ↑ ↓: moved against the {RECENT} before them by more than your own"
    " variation."
)


def kind_words(kind: Kind) -> str:
    """Return what makes sets alike, but for the leg.

    Examples
    --------
    >>> kind_words(Kind("band", "left", "alone", "red"))
    'band, alone, red'
    """
    return ", ".join(word for word in (kind.exercise or "any leg lift", kind.placement, kind.label) if word)


def side_lines(sides: Sequence[SideBySide]) -> Iterator[str]:
    """Yield left against right: each difference that stands out, and one line for those that do not."""
    yield from (side_words(one, one.found) for one in sides if one.found is not None and one.found.shown)
    quiet = [one.name for one in sides if one.found is not None and not one.found.shown]
    if quiet:
        yield f"Left and right within your own variation: {', '.join(quiet)}."


def side_words(one: SideBySide, found: Asymmetry) -> str:
    """Return a difference between the legs."""
    left, right = (with_unit(f"{value:.{one.digits}f}", one.unit) for value in (found.left, found.right))
    return f"{one.name} {left} left, {right} right ({found.difference:+.0%}; up to {found.noise:.0%} may be noise)"


def now_words(series: Series) -> str:
    """Return the number as it is now, with an arrow where it has moved."""
    change = series.change
    moved = "" if change is None or not change.shown else " ↑" if change.difference > 0.0 else " ↓"
    return series.metric.text(series.now) + moved


def error_words(metric: Metric, value: float | None = None) -> str:
    """Return a number's error for a column, that of this value where it depends on it."""
    return errors()[metric.error].of(value) if metric.error else "you said"


def error_lines() -> Iterator[str]:
    """Yield how far the numbers can be trusted."""
    version, _ = published()
    yield f"Errors of one repetition, in simulated sessions, engine {version} (ACCURACY.md):"
    yield from dict.fromkeys(errors()[metric.error].words for metric in METRICS if metric.error)


def days_words(days: int) -> str:
    """Return how long ago a day was."""
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
