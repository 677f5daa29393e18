"""A set that was measured just now, as the journal would give it."""

from __future__ import annotations

from tracker.coaching.set_form import SetForm
from tracker.journal.logged import LoggedRep, LoggedSet
from tracker.journal.values import SetContext
from tracker.motion.values import ExerciseSet

ONLY = 1
"""Number of the one recording of what was not logged."""


def as_logged(number: int, one: ExerciseSet, said: SetContext, form: SetForm | None) -> LoggedSet:
    """Return a measured set as a logged one without edits.

    Parameters
    ----------
    number
        From 1.
    one, said, form
        What was measured, what is known besides, and what was said of its form.
    """
    counted = zip(one.reps, one.bottom_pauses_s, form.reps if form else ((),) * len(one.reps), strict=True)
    others = zip(one.partials, form.partials if form else ((),) * len(one.partials), strict=True)
    return LoggedSet(
        set_id=number,
        number=number,
        recording=ONLY,
        sensor=None,
        measured=one,
        said=said,
        form=form,
        context=said,
        reps=tuple(
            LoggedRep(number=i, rep=rep, bottom_pause_s=pause_s, form=wrong, signal=rep.flags, rep_id=i)
            for i, (rep, pause_s, wrong) in enumerate(counted, start=1)
        ),
        partials=tuple(
            LoggedRep(number=i, rep=rep, form=wrong, signal=rep.flags, rep_id=len(one.reps) + i)
            for i, (rep, wrong) in enumerate(others, start=1)
        ),
    )
