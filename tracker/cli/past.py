"""What the log says before a session: is the screening due, how often was an exercise done, and when last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tracker.cli.log import open_journal
from tracker.coaching.answers import PAIN_ASKED, StopReason, screening_due
from tracker.coaching.suggestion import Suggestion
from tracker.exercises import Leg, exercises
from tracker.journal import Journal, journal_path
from tracker.next_session import next_session

LEARNT_SESSIONS = 3
"""Who has done an exercise so often needs its whole checklist no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known.

    Attributes
    ----------
    screening_due
        It was never asked, or a session hurt since.
    last_at
        When the newest session began; None: there is none.
    sessions
        How many there are of each exercise.
    ranged
        Exercises and legs whose range is known.
    suggestions
        What to do next in each exercise that was done.
    """

    screening_due: bool = True
    last_at: datetime | None = None
    sessions: Counter[str] = field(default_factory=Counter)
    ranged: frozenset[tuple[str, Leg | None]] = frozenset()
    suggestions: Mapping[str, Suggestion] = field(default_factory=dict)

    def knows(self, exercise: str) -> bool:
        """Return whether its checklist may be short."""
        return self.sessions[exercise] >= LEARNT_SESSIONS


def past_of(folder: Path) -> Past:
    """Read it from the log.

    Raises
    ------
    JournalError
        The log cannot be read.
    """
    path = journal_path(folder)
    if not path.exists():
        return Past()
    with open_journal(path) as journal:
        sessions = journal.sessions()
        return Past(
            screening_due=_screening_due(journal),
            last_at=sessions[0].started_at if sessions else None,
            sessions=Counter(one.exercise for one in sessions if one.exercise),
            ranged=frozenset(journal.newest_bands()),
            suggestions={
                id_: next_session(journal, exercises()[id_], datetime.now().astimezone())
                for id_ in {one.exercise for one in sessions}
                if id_ in exercises()
            },
        )


def asks_screening(folder: Path) -> bool:
    """Return `Past.screening_due` alone: the suggestions take a second where there are ten years of training.

    Raises
    ------
    JournalError
        The log cannot be read.
    """
    path = journal_path(folder)
    if not path.exists():
        return Past().screening_due
    with open_journal(path) as journal:
        return _screening_due(journal)


def _screening_due(journal: Journal) -> bool:
    told_pains = (told for told in journal.answers_to("pain") if isinstance(told.value, int))
    pains = [told for told in told_pains if told.value >= PAIN_ASKED]
    stops = [told for told in journal.answers_to("stop") if told.value == StopReason.PAIN]
    return screening_due((told.at for told in journal.answers_to("screening")), (told.at for told in (*pains, *stops)))
