"""The drawings of a report, as SVG that prints: shades of grey carry everything, colour nothing.

Data lie in an inner ``svg`` whose view box is in seconds and degrees; the page's script zooms by changing it and moves
what has ``data-x`` along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from tracker.coaching.targets import inside
from tracker.exercises import Metric, Span
from tracker.journal import LoggedRep
from tracker.motion.values import Rep
from tracker.report.svg import CLOCK, NICE, Scale, joined, lines, tag, thinned
from tracker.report.view import SetView, StripView

WIDE, STRIP_HIGH = 1100.0, 230.0
SMALL, SMALL_HIGH = 380.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 10.0, 24.0, 28.0
STRIP_POINTS, REP_POINTS = 16_000, 240
LONG_GAP_S = 0.5
"""A shorter gap is drawn, but gets no mark above."""
AROUND_S = 0.3
"""Drawn before and after a repetition."""
MOST_S, LEAST_DEG = 2.0, 10.0
"""The least that a tempo's and an angle's axis reach to."""


def clock(seconds: float) -> str:
    """Return minutes and seconds.

    Examples
    --------
    >>> clock(81.25)
    '1:21'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def strip(view: StripView) -> Markup:
    """Return the whole session: angle, sets, gaps, and what was not counted."""
    low, high = -LEAST_DEG, 45.0
    curve: list[str] = []
    if view.trace is not None:
        x, y = thinned(view.trace.time_s, view.trace.angle_deg, STRIP_POINTS)
        far = [view.trace.between(r.start_s, r.end_s)[1] for s in view.sets for r in s.measured.reps] or [y]
        whole = np.concatenate(far)
        # what lies far beyond the repetitions, such as steps, is cut off rather than flattening them
        if not np.isnan(whole).all():
            low, high = min(low, float(np.nanmin(whole)) - 10.0), max(20.0, float(np.nanmax(whole)) + 10.0)
        curve = lines(x, y)
    frame = _Frame(WIDE, STRIP_HIGH, view.begin_s, view.end_s, low - 3.0, high + 3.0)
    data = [
        *(frame.span(one.measured.start_s, one.measured.end_s, "set", f"set {one.number}") for one in view.sets),
        *(
            frame.span(g.start_s, g.end_s, "gap", f"gap of {g.end_s - g.start_s:.2f} s, {g.samples_lost} samples lost")
            for g in view.gaps
        ),
        *(
            frame.span(r.start_s, r.end_s, "rejected", f"{clock(r.start_s)} not counted: {r.reason}, {r.detail}")
            for r in view.rejected
        ),
        *(tag("polyline", points=points, class_="curve") for points in curve),
    ]
    labels = [
        *(frame.label((one.measured.start_s + one.measured.end_s) / 2, str(one.number), TOP - 6) for one in view.sets),
        *(
            frame.marker(
                (r.start_s + r.end_s) / 2, "rejected", f"{clock(r.start_s)} not counted: {r.reason}, {r.detail}"
            )
            for r in view.rejected
        ),
        *(
            frame.marker((g.start_s + g.end_s) / 2, "gap", f"{clock(g.start_s)} gap, {g.samples_lost} samples lost")
            for g in view.gaps
            if g.end_s - g.start_s >= LONG_GAP_S
        ),
        *(
            frame.marker((p.rep.start_s + p.rep.end_s) / 2, "rejected", f"{clock(p.rep.start_s)} partial, not counted")
            for one in view.sets
            for p in one.partials
            if p.rep is not None
        ),
        *(frame.marker(at, "moved", f"{clock(at)} the strap moved") for at in view.strap_moved),
    ]
    y_ticks = () if view.trace is None else frame.y.ticks(4)
    return frame.figure(
        data, labels, "Angle of the shank over the whole session", y_ticks, clock, unit="°", kind="clock"
    )


def overlay(view: SetView) -> Markup | None:
    """Return all repetitions on top of each other, their tops aligned; None where there is nothing to draw."""
    if view.trace is None or view.by_travel:
        return None
    drawn: list[tuple[LoggedRep, Rep, list[str], float, float]] = []
    for one in view.logged.reps:
        rep = one.rep
        if rep is None:
            continue
        x, y = view.trace.between(rep.start_s - AROUND_S, rep.end_s + AROUND_S)
        inner = (x >= rep.start_s) & (x <= rep.end_s)
        if len(x) < 2 or not inner.any() or np.isnan(y[inner]).any():
            continue
        y = y - y[inner][0]
        # a hold is flat: where it begins is surer than where it is highest
        top_s = float(x[inner][np.argmax(y[inner])]) if rep.peak_start_s is None else rep.peak_start_s
        x, y = thinned(x - top_s, y, REP_POINTS)
        drawn.append((one, rep, lines(x, y), float(np.nanmax(y)), max(abs(float(x[0])), abs(float(x[-1])))))
    if not drawn:
        return None
    band = view.targets.band if view.targets else None
    high = max(LEAST_DEG, *(item[3] for item in drawn), band.ceiling_deg if band else 0.0)
    reach = max(item[4] for item in drawn)
    frame = _Frame(SMALL, SMALL_HIGH, -reach, reach, -5.0, high * 1.06)
    data = []
    if band:
        data.append(frame.level(band.floor_deg, band.ceiling_deg, "band"))
        data += [frame.rule(value) for value in (band.floor_deg, band.ceiling_deg)]
    for place, (one, rep, curves, _, _) in enumerate(drawn):
        which = "first" if place == 0 else "last" if place == len(drawn) - 1 else "middle"
        said = f"repetition {one.number}" + ("" if rep.range_deg is None else f", {rep.range_deg:.1f}°")
        data += [tag("polyline", points=points, class_=f"rep {which}", data_tip=said) for points in curves]
    labels = []
    if band:
        labels = [
            frame.side(band.ceiling_deg, f"ceiling {band.ceiling_deg:.0f}°"),
            frame.side(band.floor_deg, f"floor {band.floor_deg:.0f}°"),
        ]
    title = "Repetitions from the top reached (°, s); thick: first, dashed: last"
    return frame.figure(data, labels, title, frame.y.ticks(4), lambda t: f"{t:g}", unit="°", kind="seconds")


def ranges(view: SetView) -> Markup | None:
    """Return the range of each repetition against floor and ceiling."""
    band = view.targets.band if view.targets else None
    unit, digits = ("cm", 1) if view.by_travel else ("°", 1)

    def value(rep: Rep) -> float | None:
        return None if view.by_travel and rep.range_m is None else rep.range_m * 100 if rep.range_m else rep.range_deg

    span = (band.floor_deg, band.ceiling_deg) if band and not view.by_travel else None
    return _bars([_Lane("range", unit, digits, value, span)], view.logged.reps, "Range of each repetition", SMALL_HIGH)


def tempo(view: SetView) -> Markup | None:
    """Return the four phases of each repetition, each against what was asked for."""
    asked = view.targets.tempo if view.targets else None
    tension = view.targets is not None and Metric.TENSION in view.targets.exercise.metrics
    pauses = {id(one.rep): one.bottom_pause_s for one in view.logged.reps}
    lanes = [
        _Lane("lift", "s", 1, lambda rep: rep.concentric_s, asked.concentric_s if asked else None),
        _Lane("hold", "s", 1, lambda rep: rep.hold_s, asked.hold_s if asked else None),
        _Lane("return", "s", 1, lambda rep: rep.eccentric_s, asked.eccentric_s if asked else None),
        _Lane("pause", "s", 1, lambda rep: pauses[id(rep)], (0.0, asked.pause_s) if asked and tension else None),
    ]
    return _bars(lanes, view.logged.reps, "Tempo of each repetition", SMALL_HIGH)


@dataclass(frozen=True, slots=True)
class _Lane:
    name: str
    unit: str
    digits: int
    value: Callable[[Rep], float | None]
    span: Span | None


def _bars(lanes: Sequence[_Lane], reps: Sequence[LoggedRep], title: str, high: float) -> Markup | None:
    """Return bars over the repetitions; dark ones are out of the band, a ring stands for what is not known."""
    if not reps:
        return None
    lane_high = (high - TOP - BOTTOM) / len(lanes)
    left = LEFT + (20.0 if len(lanes) > 1 else 0.0)
    x = Scale(0.5, len(reps) + 0.5, left, SMALL - RIGHT)
    wide = 0.7 * (x(1.0) - x(0.0))
    out = []
    for place, lane in enumerate(lanes):
        base, top = TOP + (place + 1) * lane_high - 5.0, TOP + place * lane_high + 4.0
        values = [None if one.rep is None else lane.value(one.rep) for one in reps]
        most = max([MOST_S if lane.unit == "s" else LEAST_DEG, *(v for v in values if v is not None)])
        y = Scale(0.0, max(most, lane.span[1] if lane.span else 0.0) * 1.05, base, top)
        if lane.span:
            low, up = y(lane.span[0]), y(lane.span[1])
            out.append(tag("rect", x=left, y=up, width=SMALL - RIGHT - left, height=low - up, class_="band"))
            for edge in lane.span if lane.span[0] else lane.span[1:]:
                out.append(tag("line", x1=left, x2=SMALL - RIGHT, y1=y(edge), y2=y(edge), class_="edge"))
                out.append(
                    tag(
                        "text",
                        f"{edge:g}" if lane.unit == "s" else f"{edge:.0f}",
                        x=left - 4,
                        y=y(edge) + 3,
                        class_="tick end",
                    )
                )
        else:
            out.append(tag("text", f"{most:.{lane.digits}f}", x=left - 4, y=y(most) + 3, class_="tick end"))
            out.append(tag("text", "0", x=left - 4, y=base + 3, class_="tick end"))
        out.append(tag("line", x1=left, x2=SMALL - RIGHT, y1=base, y2=base, class_="axis"))
        if len(lanes) > 1:
            out.append(tag("text", lane.name, x=2, y=(base + top) / 2 + 3, class_="lane"))
        for i, (one, value) in enumerate(zip(reps, values, strict=True), start=1):
            if value is None:
                last = lane.name == "pause" and i == len(reps)
                if not last:
                    tip = f"repetition {one.number}: {lane.name} not known"
                    out.append(tag("circle", cx=x(i), cy=base - 5, r=3, class_="unknown", data_tip=tip))
                continue
            kept = lane.span is None or inside(value, lane.span)
            said = f"{value:.{lane.digits + (lane.unit == 's')}f}{'' if lane.unit == '°' else ' '}{lane.unit}"
            tip = f"repetition {one.number}: {lane.name} {said}{'' if kept else ', out of band'}"
            out.append(
                tag(
                    "rect",
                    x=x(i) - wide / 2,
                    y=y(value),
                    width=wide,
                    height=max(0.5, base - y(value)),
                    class_="bar" if kept else "bar out",
                    data_tip=tip,
                )
            )
    every = max(1, round(len(reps) / 12))
    for i, one in enumerate(reps, start=1):
        if (i - 1) % every == 0:
            out.append(tag("text", str(one.number), x=x(i), y=high - BOTTOM + 14, class_="tick middle"))
    units = f" ({lanes[0].unit})"
    out.insert(0, tag("text", title + units, x=2, y=12, class_="title"))
    inside_ = joined(out)
    return tag(
        "figure", tag("svg", inside_, viewBox=f"0 0 {SMALL:g} {high:g}", role="img", aria_label=title), class_="plot"
    )


class _Frame:
    """A drawing with axes whose data can be zoomed along x."""

    def __init__(self, wide: float, high: float, x0: float, x1: float, y0: float, y1: float) -> None:
        self.wide, self.high = wide, high
        self.x = Scale(x0, x1, LEFT, wide - RIGHT)
        self.y = Scale(y0, y1, high - BOTTOM, TOP)

    def span(self, begin: float, end: float, class_: str, tip: str) -> Markup:
        wide, high = max(end - begin, 0.01), self.y.high - self.y.low
        return tag("rect", x=begin, y=-self.y.high, width=wide, height=high, class_=class_, data_tip=tip)

    def level(self, low: float, high: float, class_: str) -> Markup:
        x = self.x
        return tag("rect", x=x.low, y=-high, width=x.high - x.low, height=high - low, class_=class_)

    def rule(self, at: float) -> Markup:
        return tag("line", x1=self.x.low, x2=self.x.high, y1=-at, y2=-at, class_="edge")

    def label(self, at: float, text: str, y: float) -> Markup:
        inner = tag("text", text, y=y, class_="tick middle strong")
        return tag("g", inner, data_x=str(at), transform=f"translate({self.x(at):.2f} 0)")

    def side(self, at: float, text: str) -> Markup:
        return tag("text", text, x=self.wide - RIGHT - 2, y=self.y(at) - 3, class_="tick end strong")

    def marker(self, at: float, class_: str, tip: str) -> Markup:
        shapes = {"rejected": "M-4 0 L4 8 M4 0 L-4 8", "gap": "M-3 0 V8 M3 0 V8", "moved": "M0 0 L5 8 H-5 Z"}
        inner = tag("path", d=shapes[class_], class_=f"mark {class_}", data_tip=tip)
        return tag(
            "g",
            tag("g", inner, transform=f"translate(0 {TOP + 2:g})"),
            data_x=str(at),
            transform=f"translate({self.x(at):.2f} 0)",
        )

    def figure(
        self,
        data: Sequence[Markup],
        labels: Sequence[Markup],
        title: str,
        y_ticks: Sequence[float],
        text: Callable[[float], str],
        *,
        unit: str,
        kind: str,
    ) -> Markup:
        x, y = self.x, self.y
        view = f"{x.low:.3f} {-y.high:.3f} {x.high - x.low:.3f} {y.high - y.low:.3f}"
        inner = tag(
            "svg",
            self.level(y.low, y.high, "back"),  # so that the pointer is felt between the lines
            joined(data),
            x=LEFT,
            y=TOP,
            width=x.end - x.begin,
            height=y.begin - y.end,
            viewBox=view,
            preserveAspectRatio="none",
            class_="data",
            overflow="hidden",
        )
        rules = [tag("line", x1=LEFT, x2=x.end, y1=y(at), y2=y(at), class_="grid") for at in y_ticks]
        rules += [tag("text", f"{at:g}{unit}", x=LEFT - 4, y=y(at) + 3, class_="tick end") for at in y_ticks]
        ticks = [
            tag(
                "g",
                tag("text", text(at), y=self.high - BOTTOM + 14, class_="tick middle"),
                data_x=str(at),
                transform=f"translate({x(at):.2f} 0)",
            )
            for at in x.ticks(10 if self.wide > SMALL else 6, CLOCK if kind == "clock" else NICE)
        ]
        small = [tag("text", title, x=2, y=12, class_="title")] if self.wide <= SMALL else []
        drawn = joined([*small, *rules, inner, tag("g", *ticks, class_="ticks"), tag("g", *labels)])
        svg = tag("svg", drawn, viewBox=f"0 0 {self.wide:g} {self.high:g}", role="img", aria_label=title)
        return tag("figure", svg, class_="plot zooms" + (" strip" if self.wide > SMALL else ""), data_kind=kind)
