"""The log as an HTML page: a line per session, each with the way to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tracker import wording
from tracker.exercises import exercises
from tracker.journal import SessionId, SessionSummary
from tracker.report.page import environment, inline
from tracker.wording import day_and_time


def render(found: Sequence[SessionSummary], endings: Mapping[SessionId, str]) -> str:
    """Return the page; sessions newest first."""
    years = groupby(found, key=lambda one: one.started_at.year)
    return (
        environment()
        .get_template("log.html")
        .render(
            years=[(year, [_row(one, endings[one.uuid]) for one in group]) for year, group in years],
            count=len(found),
            style=inline("page.css"),
        )
    )


def _row(one: SessionSummary, ending: str) -> dict[str, str]:
    id_ = one.exercise or ""
    return {
        "id": one.uuid[:8],
        "began": day_and_time(one.started_at),
        "exercise": exercises()[id_].name if id_ in exercises() else id_ or "any leg lift",
        "side": one.working_side or wording.MISSING,
        "load": wording.MISSING if one.load_kg is None else f"{one.load_kg:g} kg",
        "sets": str(one.sets),
        "reps": str(one.reps),
        "tension": wording.clock(one.time_under_tension_s, 0),
        "ended": ending,
    }
