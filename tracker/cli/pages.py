"""Pages out of the log, as files and for the browser: the sessions, one of them, and training over time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tracker.cli.log import ending_of, find, open_journal
from tracker.coaching.targets import Targets, Tempo, targets_of
from tracker.exercises import exercises
from tracker.exports.workout import workout_of
from tracker.journal import Journal, LoggedBand, Session, SetContext, journal_path
from tracker.next_session import next_session, planned_of
from tracker.report import Asked, log_page, report_of, trends_page
from tracker.report.page import render
from tracker.trends import side_by_side, trends_of
from tracker.trends.calendar import Calendar


def report_page(journal: Journal, session: Session, *, home: str = "") -> str:
    """Return a session's page; ``home``: where the other sessions are.

    Raises
    ------
    JournalError
        The log cannot be read.
    """
    until = session.ended_at or session.started_at
    profile = exercises().get(session.exercise or "")
    bands = journal.bands()
    suggestion = next_session(journal, profile, until) if profile else None
    planned = planned_of(session.answers)
    asked = asked_then(bands, until, tempo=Tempo.around(*planned.tempo_s) if planned else None)
    return render(report_of(workout_of(session), asked, suggestion), home=home)


def served(folder: Path, what: str, which: str) -> str:
    """Return a page for the browser: ``log``, ``trends`` (of an exercise, or all) or ``report`` (of a session).

    Raises
    ------
    ValueError
        There is none.
    JournalError
        The log cannot be read.
    """
    path = journal_path(folder)
    if not path.exists():
        if what == "log":
            return log_page.render((), {})
        raise ValueError("no sessions yet")
    with open_journal(path) as journal:
        if what == "log":
            sessions = journal.sessions()
            return log_page.render(sessions, {one.uuid: ending_of(journal, one) for one in sessions})
        if what == "trends":
            sets, calendar = journal.trend_sets(which or None), Calendar.of(journal.days())
        else:
            return report_page(journal, find(journal, which), home="../log")
    found = trends_of(sets)
    if not found:
        raise ValueError("no work sets yet")
    return trends_page.render(found, side_by_side(sets), calendar, datetime.now().astimezone().date(), home="log")


def asked_then(bands: tuple[LoggedBand, ...], until: datetime, *, tempo: Tempo | None = None) -> Asked:
    """Return what was asked for then: the plan's tempo or the exercise's own, and the newest band that was there."""
    then = {(one.exercise, one.side): one.band for one in sorted(bands, key=lambda one: one.at) if one.at <= until}

    def asked(said: SetContext) -> Targets | None:
        profile = exercises().get(said.exercise or "")
        return targets_of(profile, tempo=tempo, band=then.get((profile.id, said.side))) if profile else None

    return asked
