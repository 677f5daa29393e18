"""What to do next time: one sentence per form flag, a table and no judgement beyond it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.coaching.form import FormFlag

NEXT_TIME: Mapping[FormFlag, str] = {
    FormFlag.SWING: "Begin each lift from a standstill and take a full second for it; less load if that does not go.",
    FormFlag.DROPPED_RETURN: "Lead the leg all the way down: count two to three on the return.",
    FormFlag.SHORT: "Lift until your own floor is reached; where it is not any more, end the set or take less load.",
    FormFlag.ABOVE_CEILING: "Stop at your own ceiling: what goes beyond it tends to come from the pelvis and the back.",
    FormFlag.NO_HOLD: "Stay at the top for a whole second before you return.",
    FormFlag.TOUCHDOWN: "Stop just above the bottom, and let nothing knock: neither foot, knee nor stack.",
    FormFlag.BOTTOM_REST: "Go on within two seconds at the bottom, so that the tension stays.",
    FormFlag.SNAP_BACK: "Brake against the band on the way back; a lighter one if it pulls the leg.",
    FormFlag.OFF_PLANE: "Keep one direction: look at where the foot points before each lift.",
}
WORTH_SHARE = 0.2
"""A flag that fewer repetitions have is chance rather than habit."""
AT_MOST = 3
"""More than this, nobody remembers."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, and how many repetitions say so."""

    flag: FormFlag
    repetitions: int
    of: int
    text: str


def advice_of(flags: Iterable[Iterable[FormFlag]]) -> tuple[Advice, ...]:
    """Return what to do next time, what concerns most repetitions first.

    Parameters
    ----------
    flags
        The form flags of each repetition.

    Examples
    --------
    >>> [one.flag.value for one in advice_of([[FormFlag.SHORT], [FormFlag.SHORT, FormFlag.SWING], [], [], [], []])]
    ['short']
    """
    each = [set(one) for one in flags]
    counted = Counter(flag for one in each for flag in one)
    order = sorted(counted.items(), key=lambda item: (-item[1], list(FormFlag).index(item[0])))
    worth = [(flag, n) for flag, n in order if n >= WORTH_SHARE * len(each)]
    return tuple(Advice(flag, n, len(each), NEXT_TIME[flag]) for flag, n in worth[:AT_MOST])
