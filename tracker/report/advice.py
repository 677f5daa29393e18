"""What to do next time: a sentence per form flag and per phase of the tempo, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

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
TEMPO: Mapping[tuple[str, str], str] = {
    ("lift", "short"): "Lift more slowly",
    ("lift", "long"): "Lift more briskly",
    ("hold", "short"): "Hold longer at the top",
    ("hold", "long"): "Hold less long at the top",
    ("return", "short"): "Take longer for the return",
    ("return", "long"): "Return a little sooner",
}
"""For a phase of the tempo that was too short or too long."""
Pace = Mapping[str, tuple[float | None, tuple[float, float]]]
"""How long each phase of a repetition took, and what was asked for, seconds."""
WORTH_SHARE = 0.2
"""A flag that fewer repetitions have is chance rather than habit."""
AT_MOST = 3
"""More than this, nobody remembers."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, and how many repetitions say so."""

    about: str
    repetitions: int
    of: int
    text: str


def advice_of(flags: Iterable[Iterable[FormFlag]], paces: Iterable[Pace] = ()) -> tuple[Advice, ...]:
    """Return what to do next time, what concerns most repetitions first.

    Parameters
    ----------
    flags
        The form flags of each repetition.
    paces
        Of each repetition where a tempo was asked for.

    Examples
    --------
    >>> [one.about for one in advice_of([[FormFlag.SHORT], [FormFlag.SHORT, FormFlag.SWING], [], [], [], []])]
    ['short']
    """
    each = [set(one) for one in flags]
    counted = Counter(flag for one in each for flag in one)
    found = [Advice(flag.value, counted[flag], len(each), NEXT_TIME[flag]) for flag in FormFlag if flag in counted]
    worth = [one for one in (*found, *_tempo(list(paces))) if one.repetitions >= WORTH_SHARE * one.of]
    return tuple(sorted(worth, key=lambda one: -one.repetitions / one.of)[:AT_MOST])


def _tempo(paces: Sequence[Pace]) -> Iterator[Advice]:
    for (phase, how), text in TEMPO.items():
        known = [(took, span) for pace in paces for took, span in [pace[phase]] if took is not None]
        beyond = [(took, span) for took, span in known if (took < span[0] if how == "short" else took > span[1])]
        if beyond:
            usual, (low, high) = median(took for took, _ in beyond), beyond[-1][1]
            said = f"{text}: {usual:.1f} s in these, {low:.1f} to {high:.1f} s asked for."
            yield Advice(f"{phase} too {how}", len(beyond), len(known), said)
