"""What is followed over time: each number's name, unit, and how a session's sets come to one value.

In: the work sets of one session that are alike. Out: a value, or None where nothing is known. Remembered: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median

from tracker.coaching.answers import Felt
from tracker.journal import TrendSet

Sets = Sequence[TrendSet]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Metric:
    """One number over time.

    Attributes
    ----------
    id, name, unit
        For scripts and for people. ``%`` is a share from 0 to 1.
    of
        A session's value.
    digits
        After the point, as it is shown (of a share: of its percent).
    means
        In words.
    error
        Key of its error in ``errors.toml``; None: the person told it, or it is what was told of the set.
    """

    id: str
    name: str
    unit: str
    of: Callable[[Sets], float | None]
    digits: int
    means: str
    error: str | None = None

    def text(self, value: float | None) -> str:
        """Return a value as people read it.

        Examples
        --------
        >>> METRICS[0].text(0.875), METRICS[0].text(None)
        ('88 %', '–')
        """
        if value is None:
            return "–"
        return with_unit(f"{100.0 * value if self.unit == '%' else value:.{self.digits}f}", self.unit)


def with_unit(number: str, unit: str) -> str:
    """Return a number with its unit; only a degree sign stands close.

    Examples
    --------
    >>> with_unit("35.0", "°"), with_unit("12", "kg"), with_unit("12", "")
    ('35.0°', '12 kg', '12')
    """
    return number + (unit if unit.startswith("°") else f" {unit}" if unit else "")


def _in_band(sets: Sets) -> float | None:
    """Share in both bands; sets from before there was a range of one's own are left out beside such as have one."""
    return _share(judged_alike(sets), lambda one: one.in_band)


def judged_alike(sets: Sets) -> Sets:
    """Return the sets that were judged by the same: tempo and range if any was, else tempo."""
    judged = [one for one in sets if one.judged]
    return [one for one in judged if one.range_in_band is not None] or judged


def _share(sets: Sets, count: Callable[[TrendSet], int | None]) -> float | None:
    known = [(found, one.judged) for one in sets if (found := count(one)) is not None and one.judged]
    return sum(found for found, _ in known) / sum(of for _, of in known) if known else None


def _median(name: str) -> Callable[[Sets], float | None]:
    """Median of the sets' medians."""
    cell = attrgetter(name)

    def of(sets: Sets) -> float | None:
        known = [value for one in sets if (value := cell(one)) is not None]
        return median(known) if known else None

    return of


def _volume_kg(sets: Sets) -> float | None:
    known = [one.load_kg * one.reps for one in sets if one.load_kg is not None]
    return sum(known) if known else None


def _load_kg(sets: Sets) -> float | None:
    return max((one.load_kg for one in sets if one.load_kg is not None), default=None)


def _pain(sets: Sets) -> float | None:
    return max((float(one.pain) for one in sets if one.pain is not None), default=None)


def _felt(place: str) -> Callable[[Sets], float | None]:
    """Share of the answers that name a place."""

    def of(sets: Sets) -> float | None:
        told = [one.felt.split() for one in sets if one.felt]
        return sum(place in places for places in told) / len(told) if told else None

    return of


IN_BAND = Metric(
    id="in_band",
    name="reps in band",
    unit="%",
    digits=0,
    of=_in_band,
    error="in_band",
    means="repetitions that kept the tempo and, where there was one, the person's own range",
)
METRICS: tuple[Metric, ...] = (
    IN_BAND,
    Metric(
        id="reps",
        name="reps",
        unit="",
        digits=0,
        of=lambda sets: sum(one.reps for one in sets),
        error="reps",
        means="counted repetitions of the work sets",
    ),
    Metric(
        id="range_deg",
        name="range",
        unit="°",
        digits=1,
        of=_median("range_deg"),
        error="range_deg",
        means="how far the shank turned, median",
    ),
    Metric(id="range_m", name="range", unit="m", digits=2, of=_median("range_m"), means="how far the ankle went"),
    Metric(
        id="concentric_s",
        name="lift",
        unit="s",
        digits=2,
        of=_median("concentric_s"),
        error="concentric_s",
        means="time of the lift, median",
    ),
    Metric(
        id="hold_s",
        name="hold",
        unit="s",
        digits=2,
        of=_median("hold_s"),
        error="hold_s",
        means="time at the top, median",
    ),
    Metric(
        id="eccentric_s",
        name="return",
        unit="s",
        digits=2,
        of=_median("eccentric_s"),
        error="eccentric_s",
        means="time of the return, median",
    ),
    Metric(
        id="bottom_pause_s",
        name="pause",
        unit="s",
        digits=2,
        of=_median("bottom_pause_s"),
        error="bottom_pause_s",
        means="time at the bottom, median",
    ),
    Metric(
        id="time_under_tension_s",
        name="under tension",
        unit="s",
        digits=0,
        of=lambda sets: sum(one.time_under_tension_s for one in sets),
        error="time_under_tension_s",
        means="lift, hold and return of all repetitions",
    ),
    Metric(
        id="velocity_loss",
        name="velocity loss",
        unit="%",
        digits=0,
        of=_median("velocity_loss"),
        error="velocity_loss",
        means="how much slower a set's last lift was than its fastest, median",
    ),
    Metric(id="load_kg", name="load", unit="kg", digits=1, of=_load_kg, means="heaviest work set, kg per leg"),
    Metric(
        id="volume_kg",
        name="volume",
        unit="kg",
        digits=0,
        of=_volume_kg,
        error="volume_kg",
        means="kg × repetitions, per leg; none where the load is not a mass",
    ),
    Metric(
        id="reserve",
        name="in reserve",
        unit="",
        digits=1,
        of=_median("reserve"),
        means="repetitions that would still have been possible, median",
    ),
    *(
        Metric(
            id=f"felt_{place.replace('-', '_')}",
            name=f"felt: {place.replace('-', ' ')}",
            unit="%",
            digits=0,
            of=_felt(place),
            means="share of the answers that name it",
        )
        for place in (Felt.GLUTE.value, Felt.LOW_BACK.value)
    ),
    Metric(id="pain", name="pain", unit="of 10", digits=0, of=_pain, means="the worst that was told"),
)
"""The headline first."""
OVERVIEW: tuple[Metric, ...] = tuple(one for one in METRICS if one.id in ("range_deg", "eccentric_s", "load_kg"))
"""What a line of all that was trained has room for beside the headline: range, the slow return, load."""
