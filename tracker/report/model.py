"""What a report adds to the measurements from models: the moment of an ankle weight over the shank's angle."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np
from markupsafe import Markup

from tracker.coaching.moment import HEIGHT_M, Lever, lever_of
from tracker.exercises import exercises
from tracker.report.plots import BOTTOM, LEFT, RIGHT, SMALL, SMALL_HIGH, TOP
from tracker.report.svg import Scale, joined, tag
from tracker.report.view import SetView

RESTS_ON = (
    "The moment is a model, not a measurement: a weight stays the same, but its distance from the hip does not. It is "
    f"that of the weight alone, without the leg, for a height of {HEIGHT_M:.2f} m and a leg that begins as the "
    "exercise says"
)
"""What the model leaves out and takes for granted."""
POINTS = 61
BEYOND_DEG = 5.0
"""Drawn beyond what was reached, to see how it goes on."""


@dataclass(frozen=True, slots=True)
class _Model:
    lever: Lever
    load_kg: float
    known: bool
    ranges_deg: tuple[float, ...]
    high_deg: float

    def at(self, angle_deg: float) -> float:
        return self.lever.moment_nm(angle_deg, self.load_kg)

    @property
    def unit(self) -> str:
        return "N·m" if self.known else "N·m per kg"


def moment(view: SetView) -> Markup | None:
    """Return the moment over the shank's angle; None where there is no model, or no range."""
    model = _model(view)
    if model is None:
        return None
    angles = np.linspace(0.0, model.high_deg, POINTS)
    moments = [model.at(deg) for deg in angles.tolist()]
    x = Scale(0.0, model.high_deg, LEFT, SMALL - RIGHT)
    y = Scale(0.0, max(moments) * 1.12, SMALL_HIGH - BOTTOM, TOP + 4.0)
    low, high, usual = min(model.ranges_deg), max(model.ranges_deg), median(model.ranges_deg)
    reached = tag("rect", x=x(low), y=TOP, width=max(1.0, x(high) - x(low)), height=y.begin - TOP, class_="band")
    grid = [tag("line", x1=LEFT, x2=x.end, y1=y(at), y2=y(at), class_="grid") for at in y.ticks(4)]
    names = [tag("text", f"{at:g}", x=LEFT - 4, y=y(at) + 3, class_="tick end") for at in y.ticks(4)]
    names += [tag("text", f"{at:g}°", x=x(at), y=SMALL_HIGH - BOTTOM + 14, class_="tick middle") for at in x.ticks(6)]
    points = " ".join(f"{x(deg):.1f},{y(nm):.1f}" for deg, nm in zip(angles.tolist(), moments, strict=True))
    curve = tag("polyline", points=points, class_="curve")
    top = f"{model.at(usual):.1f} {model.unit} at {usual:.0f}°"
    dot = tag("circle", cx=x(usual), cy=y(model.at(usual)), r=3.5, class_="dot", data_tip=top)
    title = f"Model: moment of the weight about the hip ({model.unit})"
    parts = [tag("text", title, x=2, y=12, class_="title"), reached, *grid, *names, curve, dot]
    svg = tag("svg", joined(parts), viewBox=f"0 0 {SMALL:g} {SMALL_HIGH:g}", role="img", aria_label=title)
    return tag("figure", svg, class_="plot")


def said_of_moment(view: SetView) -> str:
    """Return the same in words; empty where there is no model."""
    model = _model(view)
    if model is None:
        return ""
    usual = median(model.ranges_deg)
    return (
        f"Model: the moment of the weight about the hip is {model.at(0.0):.1f} {model.unit} at rest, "
        f"{model.at(usual):.1f} at this set’s usual top ({usual:.0f}°), and the most at {model.lever.hardest_deg:.0f}°."
    )


def _model(view: SetView) -> _Model | None:
    said = view.logged.context
    lever = lever_of(said.exercise or "")
    ranges = tuple(one.rep.range_deg for one in view.logged.reps if one.rep is not None and one.rep.range_deg)
    if lever is None or not ranges:
        return None
    usual = exercises()[said.exercise or ""].usual_range_deg
    high = max(*ranges, usual[1] if usual else 0.0) + BEYOND_DEG
    return _Model(lever, said.load_kg or 1.0, bool(said.load_kg), ranges, high)
