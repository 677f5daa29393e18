"""From a report to one HTML file: everything inline, everything that a person or a device wrote escaped."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tracker.coaching.judged import repetitions
from tracker.exercises import exercises
from tracker.journal import LoggedSet, SetKind
from tracker.report import plots
from tracker.report.model import RESTS_ON, moment, said_of_moment
from tracker.report.view import REASONS, Report, SetView
from tracker.wording import answer_words

DIRECTION_UNKNOWN = (
    "which way is straight back, and whether a lift went outwards or inwards: it has no compass, and compares "
    "directions with your own while the strap stays as it is; a cuff that turned looks like another direction"
)


def environment() -> Environment:
    """Return what makes pages out of the templates of this folder."""
    return Environment(
        loader=PackageLoader("tracker.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(report: Report, *, home: str = "") -> str:
    """Return the page; ``home``: where the other sessions are, for a page that is served."""
    template = environment().get_template("page.html")
    sets = [{**_set(view), "said": _said(report, view.logged.number)} for view in report.sets]
    return template.render(
        report=report,
        home=home,
        name=workout_name(report),
        workout=report.workout,
        title=_title(report),
        facts=_facts(report),
        strips=[(view, plots.strip(view)) for view in report.strips],
        sets=sets,
        models=_models(sets),
        said=_said(report, None),
        reasons=REASONS,
        several=len(report.strips) > 1,
        unknown=_unknown(report),
        clock=plots.clock,
        style=inline("page.css"),
        script=inline("page.js"),
    )


def inline(name: str) -> Markup:
    """Return a file of this folder, to stand in the page as it is."""
    return Markup(files("tracker.report").joinpath(name).read_text(encoding="utf-8"))


def workout_name(report: Report) -> str:
    """Return what is shown: a session's short id, or a file without the folders that it lies in."""
    name = report.workout.name
    return name if name.startswith("session ") else Path(name).name


def _title(report: Report) -> str:
    names = list(dict.fromkeys(_exercise(one.logged.context.exercise) for one in report.sets))
    return ", ".join(names) if names else _exercise(report.workout.exercise)


def _exercise(id_: str | None) -> str:
    if id_ is None:
        return "Leg lifts"
    return exercises()[id_].name if id_ in exercises() else id_


def _load(kg: float | None, label: str | None) -> str:
    return " ".join(filter(None, ("" if kg is None else f"{kg:g} kg", label)))


def _facts(report: Report) -> list[tuple[str, str]]:
    """Headline numbers: what they are, and how much."""
    reps = [rep for one in report.sets for rep in one.logged.reps]
    tension_s = sum(rep.rep.under_tension_s for rep in reps if rep.rep)
    facts = [("sets", sets_words(one.logged for one in report.sets)), ("repetitions", str(len(reps)))]
    for what, kept in (
        ("tempo in band", [one.tempo_in_band for one in report.sets]),
        ("range in band", [one.range_in_band for one in report.sets]),
    ):
        known = [one for one in kept if one is not None]
        if known:
            yes, of = sum(one[0] for one in known), sum(one[1] for one in known)
            facts.append((what, f"{yes / of:.0%}"))
    facts.append(("under tension", f"{tension_s:.0f} s"))
    facts.append(("partial, not counted", str(sum(len(one.logged.partials) for one in report.sets))))
    return facts


def sets_words(sets: Iterable[LoggedSet]) -> str:
    """Return how many work sets there are: one of each leg is one, as people count them."""
    work = [one.context.side for one in sets if one.context.kind is SetKind.WORK]
    left, right, unsaid = work.count("left"), work.count("right"), work.count(None)
    if not (left and right) or unsaid:
        return str(len(work))
    return f"{left} with each leg" if left == right else f"{left} left, {right} right"


def _set(view: SetView) -> dict[str, Any]:
    one = view.logged
    facts = [repetitions(len(one.reps))]
    said = one.context
    facts += filter(None, (said.side and f"{said.side} leg", _load(said.load_kg, said.load_label)))
    if said.kind.value != "work":
        facts.append(said.kind.value)
    if view.rest_s is not None:
        facts.append(f"after {plots.clock(view.rest_s)} of rest")
    for what, kept in (("tempo", view.tempo_in_band), ("range", view.range_in_band)):
        if kept:
            facts.append(f"{what} in band {kept[0]} of {kept[1]}")
    overlay = plots.overlay(view)
    return {
        "view": view,
        "name": f"Set {one.number}",
        "exercise": _exercise(said.exercise),
        "facts": facts,
        "plots": [plot for plot in (overlay, plots.tempo(view), plots.ranges(view), moment(view)) if plot is not None],
        "no_overlay": "" if overlay is not None else _no_overlay(view),
        "fade": _fade(view),
        "direction": _direction(view),
        "model": said_of_moment(view),
        "partials": _numbers(one, view.by_travel),
        "deleted": [rep.number for rep in one.deleted],
    }


def _said(report: Report, number: int | None) -> str:
    """What the person answered about a set, or about the whole session."""
    given = {one.question: one.value for one in report.workout.answers if one.set_number == number}
    return ", ".join(f"{question.replace('-', ' ')} {answer_words(value)}" for question, value in given.items())


def _no_overlay(view: SetView) -> str:
    if view.by_travel:
        return "This exercise is measured by the ankle's travel, so no angle is drawn for its repetitions."
    return "" if view.trace is not None else "Without the recording there is no angle to draw."


def _fade(view: SetView) -> str:
    if not view.fades and view.velocity_loss is None:
        return ""
    parts = [f"{name} {share:+.0%}" for name, share in view.fades]
    text = f"From the first repetition to the last: {', '.join(parts)}." if parts else ""
    if view.velocity_loss is not None:
        text += f" The last lift was {view.velocity_loss:.0%} slower than the fastest."
    return text.strip()


def _direction(view: SetView) -> str:
    if view.direction is None:
        return ""
    spread = f"the repetitions differ by {view.direction.spread_deg:.1f}°"
    if view.direction.offset_deg is None:
        return f"Direction: {spread}."
    return f"Direction: {view.direction.offset_deg:.0f}° from the usual one of these sets, {spread}."


def _numbers(one: LoggedSet, by_travel: bool) -> list[str]:
    out = []
    for partial in one.partials:
        if partial.rep is None:
            continue
        rep = partial.rep
        far = f"{rep.range_m * 100:.0f} cm" if by_travel and rep.range_m else ""
        far = far or ("" if rep.range_deg is None else f"{rep.range_deg:.0f}°")
        out.append(f"{plots.clock(rep.start_s)}{far and f' ({far})'}")
    return out


def _unknown(report: Report) -> list[str]:
    ids = dict.fromkeys(one.logged.context.exercise for one in report.sets)
    unknown = [exercises()[id_].unknown for id_ in ids if id_ in exercises()]
    return [*unknown, DIRECTION_UNKNOWN] if any(one.direction for one in report.sets) else unknown


def _models(sets: list[dict[str, Any]]) -> list[str]:
    return [RESTS_ON] if any(one["model"] for one in sets) else []
