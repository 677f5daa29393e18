"""What is known of an exercise before its next training, and what is suggested for it: values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.coaching.prescription import Prescription
from tracker.coaching.training import Training
from tracker.rules import Axis


class Kind(StrEnum):
    """Where a suggestion goes (closed vocabulary)."""

    START = "start"
    SAME = "same"
    MORE = "more"
    LESS = "less"
    CHOSEN = "chosen"
    """What was accepted has not been trained yet."""


class Fit(StrEnum):
    """How the weight was in the newest training (closed vocabulary)."""

    TOO_LIGHT = "too light"
    TOO_HEAVY = "too heavy"
    FITS = "fits"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Source:
    """A training that a suggestion rests on: when, its sessions' ids, and what was done in words."""

    at: datetime
    sessions: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a suggestion: the change that was accepted or declined, and when."""

    at: datetime
    accepted: bool
    kind: Kind
    axis: Axis
    next: Prescription


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one exercise.

    Attributes
    ----------
    today
        When it is asked.
    trainings
        Oldest first.
    decisions
        On earlier suggestions, oldest first.
    stopped_elsewhere
        When a session of another exercise was last stopped for pain.
    """

    today: datetime
    trainings: tuple[Training, ...] = ()
    decisions: tuple[Decision, ...] = ()
    stopped_elsewhere: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to do next time.

    Attributes
    ----------
    exercise
        Its id.
    kind, axis
        Where it goes, and what changes; no axis: nothing does.
    now, next
        What is asked for so far, and next time. They differ on that axis alone.
    why
        Sentences without a full stop.
    sources
        The trainings that it rests on, oldest first.
    fit
        How the weight was in the newest training.
    blocked
        Why nothing more is offered whatever is done; empty: it is not blocked.
    remarks
        Besides: what does not fit together, and what may be tried.
    days_since
        Since the newest training; None: there is none.
    earliest
        The day from which on the legs have rested; None: they have.
    """

    exercise: str
    kind: Kind
    now: Prescription
    next: Prescription
    why: tuple[str, ...]
    axis: Axis | None = None
    sources: tuple[Source, ...] = ()
    fit: Fit = Fit.UNKNOWN
    blocked: str = ""
    remarks: tuple[str, ...] = ()
    days_since: int | None = None
    earliest: date | None = None

    @property
    def can_be_declined(self) -> bool:
        """It changes something."""
        return self.axis is not None

    @property
    def headline(self) -> str:
        """Where it goes, in one line."""
        return {Kind.MORE: "A step more: ", Kind.LESS: "Less: "}.get(self.kind, "") + self.words

    @property
    def words(self) -> str:
        """What changes, in one line."""
        if self.axis is None:
            return {Kind.START: "Begin light", Kind.CHOSEN: "As you chose"}.get(self.kind, "The same again")
        return f"{self.next.on(self.axis)} in place of {self.now.on(self.axis)}"
