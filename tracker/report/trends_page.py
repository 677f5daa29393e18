"""Trends as one HTML file: the days of training, and each number over the sessions, both legs in one drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from markupsafe import Markup

from tracker.report.page import environment, inline
from tracker.report.svg import Scale, joined, tag
from tracker.trends import IN_BAND, METRICS, Kind, Metric, Series, SideBySide, Trend
from tracker.trends.calendar import LEVELS, Calendar, weeks
from tracker.trends.over_time import RECENT
from tracker.trends.words import LEGEND, days_words, error_lines, error_words, kind_words, now_words, side_lines

WIDE, HIGH = 380.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 16.0, 24.0, 20.0
CELL = 12.0
LETTER_HIGH = 10.0
FROM_ZERO = frozenset(
    {"in_band", "reps", "velocity_loss", "volume_kg", "felt_glute", "felt_low_back", "pain", "reserve"}
)
"""Shares and amounts are drawn from zero; of a range or a time, the change is what matters."""
NEAR_YEARS = 2
"""Calendars that are open when the page is; the others are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One kind of set, as the page has it."""

    title: str
    facts: tuple[str, ...]
    sides: tuple[str, ...]
    plots: tuple[Markup, ...]
    rows: tuple[tuple[str, ...], ...]


def render(
    found: Sequence[Trend], sides: Sequence[SideBySide], calendar: Calendar, today: date, *, home: str = ""
) -> str:
    """Return the page; ``found`` has at least one trend. ``home``: where the sessions are, if it is served."""
    years = [(year, year_drawn(calendar, year)) for year in calendar.years]
    return (
        environment()
        .get_template("trends.html")
        .render(
            home=home,
            facts=_facts(found, calendar, today),
            years=years[:NEAR_YEARS],
            earlier=years[NEAR_YEARS:],
            levels=_levels(calendar),
            kinds=_shown(found, sides, today),
            legend=LEGEND,
            errors=list(error_lines()),
            today=today,
            style=inline("page.css"),
        )
    )


def _facts(found: Sequence[Trend], calendar: Calendar, today: date) -> list[tuple[str, str]]:
    sessions = {point.session for one in found for point in one.points}
    newest = min(one.days_since(today) for one in found)
    return [
        ("sessions", f"{len(sessions)}"),
        ("work sets", f"{sum(len(point.alike) for one in found for point in one.points)}"),
        ("repetitions", f"{sum(alike.reps for one in found for point in one.points for alike in point.alike)}"),
        ("last session", days_words(newest)),
        ("longest pause", f"{calendar.longest_pause()} days"),
    ]


def _shown(found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> list[Shown]:
    kinds: dict[tuple[str | None, str | None, str | None], list[Trend]] = {}
    for one in found:
        kinds.setdefault((one.kind.exercise, one.kind.placement, one.kind.label), []).append(one)
    return [
        _kind(
            sorted(trends, key=lambda one: one.kind.side or ""),
            [one for one in sides if (one.exercise, one.placement, one.label) == common],
            today,
        )
        for common, trends in kinds.items()
    ]


def _kind(trends: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> Shown:
    known = [
        (metric, series)
        for metric in METRICS
        if (series := [(one.kind.side or "", one.series(metric)) for one in trends])
        and any(s.values for _, s in series)
    ]
    sessions = len({point.session for one in trends for point in one.points})
    left_out = sum(one.left_out for one in trends)
    facts = [f"{sessions} session{'s' * (sessions != 1)}", days_words(min(one.days_since(today) for one in trends))]
    if left_out:
        facts.append(f"{left_out} set{'s' * (left_out != 1)} that were no work are not in it")
    return Shown(
        title=kind_words(Kind(trends[0].kind.exercise, None, trends[0].kind.placement, trends[0].kind.label)),
        facts=tuple(facts),
        sides=tuple(side_lines(sides)),
        plots=tuple(drawn(metric, series) for metric, series in known),
        rows=tuple(_row(metric, side, one) for metric, series in known for side, one in series if one.values),
    )


def _row(metric: Metric, side: str, one: Series) -> tuple[str, ...]:
    best = one.best
    highest = "" if best is None or not best[1] else f"{metric.text(best[1])}, {best[0].at:%Y-%m-%d}"
    return (
        metric.name,
        side,
        now_words(one),
        metric.text(one.before),
        highest,
        error_words(metric, one.now),
        metric.means,
    )


def drawn(metric: Metric, series: Sequence[tuple[str, Series]]) -> Markup:
    """Return one number over time: a dot for each session, a line for the median of the newest ones at each.

    The left leg's line is whole, the right one's is dashed, so that both are told apart in grey.
    """
    values = [value for _, one in series for value in one.values]
    days = [point.at.date() for _, one in series if one.points for point in (one.points[0], one.points[-1])]
    x = Scale(min(days).toordinal() - 1.0, max(days).toordinal() + 1.0, LEFT, WIDE - RIGHT)
    y = _upright(metric, values)
    parts = []
    for at in y.ticks(4):
        parts.append(tag("line", x1=LEFT, x2=WIDE - RIGHT, y1=y(at), y2=y(at), class_="grid"))
        shown = f"{100 * at:.0f}" if metric.unit == "%" else f"{at:g}"
        parts.append(tag("text", shown, x=LEFT - 4, y=y(at) + 3, class_="tick end"))
    for day, text in dates(min(days), max(days)):
        parts.append(tag("text", text, x=x(day.toordinal()), y=HIGH - 5, class_="tick middle"))
    there = [(side, one) for side, one in series if one.values]
    for side, one in there:
        parts += _line(x, y, side, one)
    parts += _ends(x, y, [(side, one) for side, one in there if side])
    name = f"{metric.name}{f', {metric.unit}' if metric.unit else ''}"
    title = f"{name}  ({error_words(metric, max(one.now or 0.0 for _, one in series))})"
    parts.append(tag("text", title, x=2, y=12, class_="title"))
    about = f"{metric.name} over time: {metric.means}"
    svg = tag("svg", joined(parts), viewBox=f"0 0 {WIDE:g} {HIGH:g}", role="img", aria_label=about)
    return tag("figure", svg, class_="plot")


def _upright(metric: Metric, values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    if metric is IN_BAND or metric.id.startswith("felt"):
        low, high = 0.0, 1.0
    elif metric.id in FROM_ZERO:
        low = min(0.0, low)
    pad = 0.06 * (high - low) or max(0.05 * abs(high), 0.5)
    return Scale(low if metric.id in FROM_ZERO else low - pad, high + pad, HIGH - BOTTOM, TOP)


def _line(x: Scale, y: Scale, side: str, one: Series) -> list[Markup]:
    places = [x(point.at.date().toordinal()) for point in one.points]
    dots = "".join(f"M{a:.1f} {y(value):.1f}h0" for a, value in zip(places, one.values, strict=True))
    line = " ".join(f"{a:.1f},{y(value):.1f}" for a, value in zip(places, _running(one), strict=True))
    return [tag("path", d=dots, class_=f"dots {side}"), tag("polyline", points=line, class_=f"line {side}")]


def _ends(x: Scale, y: Scale, series: Sequence[tuple[str, Series]]) -> list[Markup]:
    """Return the legs' letters at the ends of their lines, one above the other where they would meet."""
    ends = sorted((y(_running(one)[-1]), x(one.points[-1].at.date().toordinal()), side) for side, one in series)
    if len(ends) == 2 and ends[1][0] - ends[0][0] < LETTER_HIGH and abs(ends[1][1] - ends[0][1]) < LETTER_HIGH:
        middle = (ends[0][0] + ends[1][0]) / 2.0
        ends = [
            (middle + sign * LETTER_HIGH / 2.0, at, side) for sign, (_, at, side) in zip((-1, 1), ends, strict=True)
        ]
    return [tag("text", side[0].upper(), x=at + 4, y=place + 3, class_="tick strong") for place, at, side in ends]


def _running(one: Series) -> list[float]:
    """Return the median of the newest sessions at each session."""
    return [median(one.values[max(0, i + 1 - RECENT) : i + 1]) for i in range(len(one.values))]


def dates(first: date, last: date) -> list[tuple[date, str]]:
    """Return days to mark on an axis, and how they are called: years, months or days, six at most.

    Examples
    --------
    >>> [text for _, text in dates(date(2023, 5, 1), date(2026, 2, 1))]
    ['2024', '2025', '2026']
    >>> [text for _, text in dates(date(2025, 1, 20), date(2025, 3, 10))]
    ['Feb', 'Mar']
    >>> [text for _, text in dates(date(2025, 3, 1), date(2025, 3, 1))]
    ['1 Mar']
    """
    whole_years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    if len(whole_years) > 2:
        return [(day, f"{day.year}") for day in whole_years[:: -(-len(whole_years) // 6)]]
    months = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    months = [day for day in months if first <= day <= last]
    if len(months) > 1:
        months = months[:: -(-len(months) // 6)]
        before = [first.year if first.year == last.year else None, *(day.year for day in months)]
        return [
            (day, f"{day:%b}" if day.year == year else f"{day:%b} {day.year}")
            for day, year in zip(months, before, strict=False)
        ]
    step = max(1, -(-((last - first).days + 1) // 4))
    return [
        (day, f"{day.day} {day:%b}")
        for day in (first + timedelta(days=i) for i in range(0, (last - first).days + 1, step))
    ]


def year_drawn(calendar: Calendar, year: int) -> Markup:
    """Return a year's days: a column for each week, Monday at the top; the darker, the more repetitions."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    shown = weeks(first, last)
    parts = []
    for place, (monday, after) in enumerate(pairwise([*shown, shown[-1] + timedelta(days=7)])):
        left = 30.0 + place * CELL
        sunday = after - timedelta(days=1)
        if sunday.day <= 7 and sunday.year == year:
            parts.append(tag("text", f"{sunday:%b}", x=left, y=10, class_="tick"))
        top, end = max(first, monday).weekday(), min(last, sunday).weekday()
        parts.append(
            tag("rect", x=left, y=16 + top * CELL, width=CELL - 1, height=(end - top + 1) * CELL - 1, class_="week")
        )
    for day, done in calendar.days.items():
        if day.year != year:
            continue
        place = (day - shown[0]).days // 7
        tip = f"{day.isoformat()}: {done.sets} work sets, {done.reps} repetitions"
        parts.append(
            tag(
                "rect",
                tag("title", tip),
                x=30.0 + place * CELL,
                y=16 + day.weekday() * CELL,
                width=CELL - 1,
                height=CELL - 1,
                class_=f"day level{calendar.level(day)}",
            )
        )
    for weekday, name in ((0, "Mon"), (2, "Wed"), (4, "Fri")):
        parts.append(tag("text", name, x=26, y=25.5 + weekday * CELL, class_="tick end"))
    wide, high = 32.0 + len(shown) * CELL, 18.0 + 7 * CELL
    svg = tag(
        "svg", joined(parts), viewBox=f"0 0 {wide:g} {high:g}", role="img", aria_label=f"Days of training in {year}"
    )
    return tag("figure", svg, class_="calendar")


def _levels(calendar: Calendar) -> list[tuple[int, str]]:
    """Return the shades and what they stand for."""
    steps = [*(f"up to {limit:.0f}" for limit in calendar.limits), "more" if calendar.limits else "trained"]
    return list(enumerate(steps, start=LEVELS + 1 - len(steps)))
