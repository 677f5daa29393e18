"""What is said of a repetition that is over: one remark at most.

In: the repetition and what was asked for. Out: at most one cue.

Rules
-----
- The first flag is said, in the order of ``ORDER``.
- What had no flag but missed the tempo is remarked upon by the phase that missed it most.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracker.coaching.cues import Cue, CueKind, Feedback
from tracker.coaching.form import FormFlag, judge, tempo_misses_s
from tracker.coaching.targets import Targets
from tracker.motion.values import Rep

REMARKS = {
    FormFlag.ABOVE_CEILING: "above your ceiling",
    FormFlag.SNAP_BACK: "let the band back slowly",
    FormFlag.DROPPED_RETURN: "lower it slowly",
    FormFlag.SWING: "no swing",
    FormFlag.SHORT: "a little farther",
    FormFlag.NO_HOLD: "hold at the top",
    FormFlag.TOUCHDOWN: "don't touch down",
    FormFlag.BOTTOM_REST: "keep the tension",
    FormFlag.OFF_PLANE: "same direction",
}
ORDER = tuple(REMARKS)
"""What is said first where there is more than one: what may hurt, then what swings, then what is missing."""
TEMPO_REMARKS = (
    ("slower up", "up a little faster"),
    ("hold longer", "hold less"),
    ("slower down", "down a little faster"),
)
"""Of lift, hold and return: too short, too long."""


def remark(rep: Rep, targets: Targets, feedback: Feedback) -> Iterator[Cue]:
    """Say at most one thing about a repetition."""
    if feedback is Feedback.SUMMARY:
        return
    flags = {verdict.flag for verdict in judge(rep, targets)}
    first = next((flag for flag in ORDER if flag in flags), None)
    if first is not None:
        yield Cue(CueKind.PHRASE, rep.reported_s, REMARKS[first])
        return
    misses = tempo_misses_s(rep, targets)
    if misses is None:
        return
    phase = max(range(len(misses)), key=lambda k: abs(misses[k]))
    if misses[phase]:
        yield Cue(CueKind.PHRASE, rep.reported_s, TEMPO_REMARKS[phase][misses[phase] > 0])
    elif feedback is Feedback.EVERY:
        yield Cue(CueKind.PHRASE, rep.reported_s, "good")
