"""A set that is over, as the coach and the board remember it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.coaching.form import tempo_in_band
from tracker.coaching.set_form import SetForm
from tracker.coaching.targets import Targets
from tracker.motion.values import ExerciseSet


@dataclass(frozen=True, slots=True)
class Judged:
    """A set that is over, how it was judged, and what the person made of it since.

    Attributes
    ----------
    measured, targets, form
        The set, what was asked for in it, and its form.
    taken
        Peaks of the repetitions that the person took back.
    added
        How many repetitions the person says were not found.
    number
        Its number in the log of the session; 0: it is in none.
    """

    measured: ExerciseSet
    targets: Targets
    form: SetForm
    taken: frozenset[int]
    added: int = 0
    number: int = 0

    @property
    def reps(self) -> int:
        """How many count."""
        return sum(rep.peak not in self.taken for rep in self.measured.reps) + self.added

    def corrected(self, *, taken: Iterable[int] | None = None, added: int | None = None) -> Judged:
        """Return it as the person says that it was."""
        return replace(
            self,
            taken=self.taken if taken is None else frozenset(taken),
            added=self.added if added is None else added,
        )

    @property
    def tempo_words(self) -> str:
        """How many kept the tempo; empty where that is not known."""
        kept = [tempo_in_band(rep, self.targets) for rep in self.measured.reps if rep.peak not in self.taken]
        return "" if None in kept or not kept else f", {sum(map(bool, kept))} in tempo"


def repetitions(count: int) -> str:
    """Return a number of repetitions in words."""
    return f"{count} repetition{'' if count == 1 else 's'}"
