"""From sets to trends: like with like, a point per session, what changed, and what the best was.

In: the sets of all sessions, oldest first. Out: a ``Trend`` for each kind of set. Remembered: nothing.

Rule: only work sets count. What differs in exercise, leg, placement in the workout, or label of the load (a band's
colour, a machine) is another kind and is never put on one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import NamedTuple

from tracker.coaching.asymmetry import Asymmetry, asymmetry
from tracker.journal import SetKind, Side, TrendSet
from tracker.trends.metrics import IN_BAND, Metric, Sets, judged_alike

RECENT = 6
"""Sessions that say how it is now: two weeks or three for most people."""


class Kind(NamedTuple):
    """What makes sets alike."""

    exercise: str | None
    side: Side | None
    placement: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """The work sets of one kind in one session; there is at least one.

    Numbers are worked out when they are asked for: years have many, and a screen shows few.
    """

    alike: tuple[TrendSet, ...]

    @property
    def session(self) -> str:
        """The session's UUID."""
        return self.alike[0].uuid

    @property
    def at(self) -> datetime:
        """When the session began."""
        return datetime.fromisoformat(self.alike[0].started_at)

    @property
    def judged_alike(self) -> Sets:
        """Sets that were judged by the same: tempo and range if any was, else tempo."""
        return judged_alike(self.alike)

    @property
    def ranged(self) -> bool:
        """A range of one's own counted; else only the tempo was judged, or nothing."""
        return any(one.range_in_band is not None for one in self.alike)

    def value(self, metric: Metric) -> float | None:
        """Return the session's number; None where nothing is known."""
        return metric.of(self.alike)


@dataclass(frozen=True, slots=True)
class Series:
    """One number over time: the sessions at which it is known, and were judged alike, oldest first."""

    metric: Metric
    points: tuple[Point, ...]
    values: tuple[float, ...]

    @property
    def now(self) -> float | None:
        """Median of the newest sessions."""
        return median(self.values[-RECENT:]) if self.values else None

    @property
    def before(self) -> float | None:
        """Median of as many sessions before those."""
        earlier = self.values[-2 * RECENT : -RECENT]
        return median(earlier) if earlier else None

    @property
    def best(self) -> tuple[Point, float] | None:
        """The highest value, and the session that had it first."""
        return max(zip(self.points, self.values, strict=True), key=lambda one: one[1], default=None)

    @property
    def change(self) -> Asymmetry | None:
        """The newest sessions against those before, as legs are compared: shown only above the person's own noise."""
        was, now = self.values[-2 * RECENT : -RECENT], self.values[-RECENT:]
        return asymmetry(was, now) if min((*was, *now), default=0.0) > 0.0 else None


@dataclass(frozen=True, slots=True)
class Trend:
    """One kind of set over time; there is at least one point, the oldest first.

    Attributes
    ----------
    kind
        What the sets have in common.
    points
        One per session.
    left_out
        Sets of this kind that were no work: to warm up, to activate, to calibrate.
    """

    kind: Kind
    points: tuple[Point, ...]
    left_out: int

    def series(self, metric: Metric) -> Series:
        """Return one number over time."""
        points: Sequence[Point] = self.points
        if metric is IN_BAND:
            points = [point for point in points if point.ranged] or points
        known = [(point, value) for point in points if (value := point.value(metric)) is not None]
        return Series(metric, tuple(point for point, _ in known), tuple(value for _, value in known))

    def days_since(self, today: date) -> int:
        """Return the days since the last session."""
        return (today - self.points[-1].at.date()).days


def trends_of(sets: Iterable[TrendSet], *, since: date | None = None) -> tuple[Trend, ...]:
    """Return the trends, the most recently trained kind first.

    Parameters
    ----------
    sets
        Oldest first.
    since
        Leave out what was before this day.
    """
    work: dict[Kind, dict[str, list[TrendSet]]] = {}
    left_out: dict[Kind, int] = {}
    first = "" if since is None else since.isoformat()
    for one in sets:
        if one.started_at < first:
            continue
        kind = Kind(one.exercise, one.side, one.placement, one.load_label)
        if one.kind == SetKind.WORK:
            work.setdefault(kind, {}).setdefault(one.uuid, []).append(one)
        else:
            left_out[kind] = left_out.get(kind, 0) + 1
    found = [
        Trend(kind, tuple(Point(tuple(alike)) for alike in sessions.values()), left_out.get(kind, 0))
        for kind, sessions in work.items()
    ]
    return tuple(sorted(found, key=lambda trend: trend.points[-1].alike[0].started_us, reverse=True))
