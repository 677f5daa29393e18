"""Bridged: how far the leg was, where holes in the stream were bridged with turning that nobody measured.

In: up directions of an excursion, and which of them were lost. Out: an angle that what was received proves.
Remembered: nothing.
"""

from __future__ import annotations

import math

import numpy as np

from tracker.motion.samples import Array, Mask
from tracker.motion.vectors import Vector


def seen_deg(up: Array, lost: Mask, rest: Vector) -> float:
    """How far the leg was where samples were received, degrees; infinite without a hole.

    It is measured from the pose that the leg left, or the one that it came back to, whichever shows more, less the
    turning that holes on the way there were bridged with: a bridge that makes too much of it shifts all behind it.

    Parameters
    ----------
    up
        Up direction, sensor frame, shape (n, 3).
    lost
        Shape (n,), True where a sample was lost.
    rest
        Up direction at the pose that the leg left.
    """
    if not lost.any():
        return math.inf
    bridged = np.append(False, lost[1:] | lost[:-1]) * np.linalg.norm(np.diff(up, axis=0, prepend=up[:1]), axis=1)
    turned = np.cumsum(bridged)
    before = np.linalg.norm(up - np.array(rest), axis=1) - turned
    behind = np.linalg.norm(up - up[-1], axis=1) - (turned[-1] - turned)
    chord = float(np.maximum(before, behind)[~lost].max(initial=0.0))
    return math.degrees(2.0 * math.asin(min(1.0, 0.5 * chord)))
