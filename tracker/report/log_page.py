"""The log as an HTML page: a line per session, each with the way to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tracker import wording
from tracker.exercises import exercises
from tracker.journal import SessionId, SessionSummary
from tracker.report.page import environment, inline


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
    cells, id_ = wording.session_cells(one, ending), one.exercise
    shown = {"exercise": exercises()[id_].name} if id_ in exercises() else {}
    return cells | shown | ({} if one.load_kg is None else {"kg": f"{cells['kg']} kg"})
