"""From sets to trends: like with like, a point per session, what changed, and what the best was.

In: the sets of all sessions, oldest first. Out: a ``Trend`` for each kind of set. Remembered: nothing.

Rule: only work sets count. What differs in exercise, leg, placement in the workout, or label of the load (a band's
colour, a machine) is another kind and is never put on one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from tracker.coaching.asymmetry import Asymmetry, asymmetry
from tracker.journal import SetKind, Side, TrendSet
from tracker.trends.metrics import METRICS, alike_in_band

RECENT = 6
"""Sessions that say how it is now: two weeks or three for most people."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes sets alike."""

    exercise: str | None
    side: Side | None
    placement: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """One session.

    Attributes
    ----------
    session
        Its UUID.
    at
        When it began.
    sets, reps
        Work sets and their repetitions.
    in_band, judged
        Repetitions in band, of how many.
    ranged
        A range of one's own counted; else only the tempo was judged.
    values
        By the metric's id; a number that nothing is known of is None.
    """

    session: str
    at: datetime
    sets: int
    reps: int
    in_band: int
    judged: int
    ranged: bool
    values: Mapping[str, float | None]


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

    def values(self, metric: str) -> list[tuple[Point, float]]:
        """Return the points at which a number is known, judged alike, with the number."""
        ranged = metric == "in_band" and any(point.ranged for point in self.points)
        return [
            (point, value)
            for point in self.points
            if (value := point.values[metric]) is not None and (point.ranged or not ranged)
        ]

    def now(self, metric: str) -> float | None:
        """Return the median of the newest sessions."""
        known = [value for _, value in self.values(metric)[-RECENT:]]
        return median(known) if known else None

    def before(self, metric: str) -> float | None:
        """Return the median of as many sessions before those."""
        known = [value for _, value in self.values(metric)[-2 * RECENT : -RECENT]]
        return median(known) if known else None

    def best(self, metric: str) -> tuple[Point, float] | None:
        """Return the highest value and the session that had it first."""
        return max(self.values(metric), key=lambda one: one[1], default=None)

    def change(self, metric: str) -> Asymmetry | None:
        """Hold the newest sessions against those before, as legs are: shown only above the person's own noise."""
        known = [value for _, value in self.values(metric)]
        was, now = known[-2 * RECENT : -RECENT], known[-RECENT:]
        return asymmetry(was, now) if min((*was, *now), default=0.0) > 0.0 else None

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
        Trend(kind, tuple(_point(alike) for alike in sessions.values()), left_out.get(kind, 0))
        for kind, sessions in work.items()
    ]
    return tuple(sorted(found, key=lambda trend: trend.points[-1].at, reverse=True))


def _point(sets: Sequence[TrendSet]) -> Point:
    judged = alike_in_band(sets)
    return Point(
        session=sets[0].uuid,
        at=datetime.fromisoformat(sets[0].started_at),
        sets=len(sets),
        reps=sum(one.reps for one in sets),
        in_band=sum(one.in_band for one in judged),
        judged=sum(one.judged for one in judged),
        ranged=bool(judged) and judged[0].range_in_band is not None,
        values={metric.id: metric.of(sets) for metric in METRICS},
    )
