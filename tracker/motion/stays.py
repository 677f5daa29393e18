"""Where a leg rested before an excursion: second thoughts about which end of it is rest.

In: the newest poses, and an excursion. Out: when the leg rested at its top before. Remembered: nothing.

Rule: out and back look alike from either end. What tells them apart is which pose the leg took up first.
"""

from __future__ import annotations

from collections import deque
from math import dist

from tracker.motion.vectors import Vector
from tracker.motion.watch import PASSING_RAD_S, STILL_CHORD, Excursion

STAYED_SHARE, STAYED_S, STAYED_AGO_S = 0.25, 0.3, 8.0
"""Within this share of the swing from a pose for so long, not longer ago than this: the leg rested there."""
BEFORE_S = 6.0
"""Never slow near the rest pose for so long before it rested at the top: the leg had come from somewhere else."""

Recent = deque[tuple[int, Vector, float]]
"""Step, up direction in the sensor frame, and the speed at which it turns, rad/s; the newest last."""


def near_chord(e: Excursion) -> float:
    """Poses closer to each other than this are at the same end of the excursion."""
    return STAYED_SHARE * dist(e.rest, e.far)


def last_near(recent: Recent, pose: Vector, chord: float, otherwise: int) -> int:
    """Step at which the leg was last so near to a pose."""
    return next((step for step, then, _ in reversed(recent) if dist(then, pose) < chord), otherwise)


def from_top(recent: Recent, e: Excursion, step_s: float) -> bool:
    """Say whether the leg rested at the top before it rested where the excursion begins, and nowhere else."""
    found = stayed(recent, e, step_s)
    if found is None:
        return False
    steps, chord = round(BEFORE_S / step_s), near_chord(e)
    before = [(pose, speed) for step, pose, speed in recent if found[0] - steps <= step < found[0]]
    return len(before) == steps and all(speed > PASSING_RAD_S or dist(pose, e.rest) >= chord for pose, speed in before)


def stayed(recent: Recent, e: Excursion, step_s: float) -> tuple[int, int] | None:
    """First and last step at which the leg rested at the top shortly before the excursion opened."""
    stay, ago = round(STAYED_S / step_s), round(STAYED_AGO_S / step_s)
    first, last, chord = 0, 0, near_chord(e)
    pose: Vector = e.far
    for step, then, _ in reversed(recent):
        if step >= e.opened:
            continue
        if not last and dist(then, e.far) < chord:
            first, last, pose = step, step, then
        elif last and dist(then, pose) < STILL_CHORD:
            first = step
        elif last:
            if last - first >= stay:
                return first, last
            if dist(then, e.far) >= chord:
                return None
            first, last, pose = step, step, then
        if step < e.opened - ago:
            break
    return (first, last) if last and last - first >= stay else None
