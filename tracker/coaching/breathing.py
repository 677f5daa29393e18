"""Guides the breath: out while the leg rises, in while it comes back, by the leg as it moves or by the plan's tempo.

In: what the leg is doing, and how far the stream is. Out: cues. Remembered: when the set's first lift began, and since
when the leg rests. By the clock, the breath begins with a lift and ends with the set, or with a leg that rests: a stray
lift between sets starts no set, and who pauses breathes on with the next lift.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracker.coaching.cues import Breath, Cue, CueKind
from tracker.motion.now import Now, Phase

LEAST_S = 1.0
"""Nobody breathes faster than once a second."""


RESTED_S = 4.0
"""Beyond the plan's pause: longer than people halt between two repetitions, shorter than a set's end is waited for."""


class Breathing:
    """The breath of one session.

    Parameters
    ----------
    follows
        The leg or the clock.
    tempo_s
        Lift, hold, return and pause of the plan, seconds.
    early_s
        What the clock foresees comes this much sooner.
    """

    def __init__(self, follows: Breath, tempo_s: tuple[float, float, float, float], early_s: float) -> None:
        self._follows = follows
        self._out_s, self._in_s = tempo_s[0] + tempo_s[1], tempo_s[2] + tempo_s[3]
        self._rested_s = tempo_s[3] + RESTED_S
        self._early_s = early_s
        self._rests_from_s: float | None = None
        self._from_s: float | None = None
        self._breaths = 0

    def turn(self, now: Now, before: Phase) -> Iterator[Cue]:
        """Take that the leg does something else than before."""
        self._rests_from_s = now.since_s if now.phase is Phase.REST else None
        lifts = now.phase is Phase.LIFT and before is not Phase.HOLD
        if lifts and self._from_s is None:
            self._from_s, self._breaths = now.since_s, 0
        if self._follows is not Breath.LEG:
            return
        if lifts:
            yield _cue(now.at_s, out=True)
        if now.phase is Phase.RETURN:
            yield _cue(now.at_s, out=False)

    def tick(self, at_s: float) -> Iterator[Cue]:
        """Take how far the stream is."""
        if self._rests_from_s is not None and at_s > self._rests_from_s + self._rested_s:
            self._from_s = None
        if self._follows is not Breath.CLOCK or self._from_s is None or self._out_s + self._in_s < LEAST_S:
            return
        while True:
            out = self._breaths % 2 == 0
            due_s = self._from_s + self._breaths // 2 * (self._out_s + self._in_s) + (0.0 if out else self._out_s)
            if due_s > at_s + self._early_s:
                return
            self._breaths += 1
            if due_s > at_s - LEAST_S:  # after a break in the link nothing is made up for
                yield _cue(at_s, out=out)

    def end_set(self) -> None:
        """Take that the set is over."""
        self._from_s = None


def _cue(at_s: float, *, out: bool) -> Cue:
    return Cue(CueKind.BREATHE_OUT, at_s, "breathe out") if out else Cue(CueKind.BREATHE_IN, at_s, "breathe in")
