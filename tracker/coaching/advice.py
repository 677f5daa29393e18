"""Which of the usual mistakes a set looks like, from what the person answered and how it was judged.

In: answers and the judged set. Out: ids of mistakes (`guide.toml` has their words), what may hurt first. A hint, never
a finding: one ankle knows neither the back nor a muscle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tracker.coaching.answers import Felt
from tracker.coaching.form import FormFlag, range_in_band, tempo_in_band
from tracker.coaching.judged import Judged

OFTEN = 1 / 3
"""A flag that so many of a set's repetitions have is a habit, no slip."""
EASY_RESERVE = 4
"""Who could have done so many more, all in band, has too little weight."""


class Mistake(StrEnum):
    """A usual mistake (closed vocabulary)."""

    LOW_BACK = "low-back"
    SWING = "swing"
    SHORT = "short"
    NOT_FELT = "not-felt"
    WEIGHT = "weight"


def advice(answers: Mapping[str, Any], last: Judged | None) -> tuple[Mistake, ...]:
    """Return what a set that is over looks like.

    Parameters
    ----------
    answers
        ``felt`` and ``reserve`` (`tracker.coaching.answers.check_answers`).
    last
        The set; None: it is not known.
    """
    felt, reserve = set(answers.get("felt", ())), answers.get("reserve")
    often = _often(last)
    found = []
    if Felt.LOW_BACK in felt or FormFlag.ABOVE_CEILING in often:
        found.append(Mistake.LOW_BACK)
    if often & {FormFlag.SWING, FormFlag.DROPPED_RETURN, FormFlag.SNAP_BACK, FormFlag.NO_HOLD}:
        found.append(Mistake.SWING)
    if FormFlag.SHORT in often:
        found.append(Mistake.SHORT)
    if felt and Felt.GLUTE not in felt:
        found.append(Mistake.NOT_FELT)
    share = _in_band(last)
    too_heavy = reserve == 0 and share is not None and share < 1 - OFTEN
    too_light = reserve is not None and reserve >= EASY_RESERVE and share == 1.0
    if too_heavy or too_light:
        found.append(Mistake.WEIGHT)
    return tuple(found)


def _often(last: Judged | None) -> set[FormFlag]:
    if last is None or not last.form.reps:
        return set()
    seen = Counter(verdict.flag for verdicts in last.form.reps for verdict in verdicts)
    return {flag for flag, times in seen.items() if times > OFTEN * len(last.form.reps)}


def _in_band(last: Judged | None) -> float | None:
    """Share of the repetitions that kept tempo and range; None without any."""
    if last is None or not last.measured.reps:
        return None
    kept = [
        tempo_in_band(rep, last.targets) is not False and range_in_band(rep, last.targets) is not False
        for rep in last.measured.reps
    ]
    return sum(kept) / len(kept)
