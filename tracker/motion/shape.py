"""Shape: how a repetition was moved, beyond its borders and its range.

In: what ``measure`` found in a window, and the gravity-free acceleration of the same rows. Out: ``RepShape``.
Remembered: nothing; ``shape`` is a pure function.

Rule: numbers only. Whether one of them is a fault is for ``tracker.coaching`` to say.
"""

from __future__ import annotations

import math

import numpy as np

from tracker.motion.reps import Measures, at
from tracker.motion.samples import Array
from tracker.motion.values import RepShape

SPARC_STEP_S = 0.04
"""Speed is averaged over so much before its spectrum is taken: that leaves what is under ``SPARC_HZ`` as it is."""
SPARC_HZ = 10.0
SPARC_LEAST = 0.05
"""The spectrum is followed up to here, and no farther than where it is last this large (both as in [1]_)."""
SPARC_FINER = 8
"""Zeros make the spectrum this many times finer, and its end is set between two points: that gives the arc of a smooth
movement to 0.1 %, of a trembling one to 2 %."""
LEAST_ROWS = 3
BEFORE_S, AFTER_S = 0.10, 0.12
"""A knock is looked for so long around the end, as far as the window goes: it rings for 0.05 s."""
KNOCK_S = 0.02
"""A knock rings at 15 to 30 Hz; half a turn of that is about this long. A leg's movement hardly bends in it."""


def shape(found: Measures, lin: Array, period_s: float) -> RepShape | None:
    """Describe how a repetition was moved; None where lift or return are too short for it.

    Parameters
    ----------
    found
        What was measured.
    lin
        Acceleration without gravity, m/s², sensor frame, shape (n, 3); the rows that ``found`` counts.
    period_s
        Sample spacing, seconds.

    References
    ----------
    .. [1] Balasubramanian, Melendez-Calderon, Roby-Brami & Burdet, "On the analysis of movement smoothness", J
       NeuroEng Rehabil 2015. doi:10.1186/s12984-015-0090-9
    """
    if min(found.peak_start - found.start, found.end - found.peak_end) < LEAST_ROWS:
        return None
    rate, angle = found.rate, found.angle
    start, peak_start, peak_end, end = (
        at(angle, b) for b in (found.start, found.peak_start, found.peak_end, found.end)
    )
    last = math.ceil(found.end) + 1
    returning = rate[math.ceil(found.peak_end) : last]
    fastest = int(returning.argmin())
    return RepShape(
        mean_concentric_deg_s=_speed(peak_start - start, found.peak_start - found.start, period_s),
        mean_eccentric_deg_s=_speed(peak_end - end, found.end - found.peak_end, period_s),
        peak_eccentric_deg_s=math.degrees(-float(returning[fastest])),
        eccentric_rise_s=(math.ceil(found.peak_end) + fastest - found.peak_end) * period_s,
        concentric_sparc=sparc(rate[int(found.start) : math.ceil(found.peak_start) + 1], period_s),
        eccentric_sparc=sparc(rate[int(found.peak_end) : last], period_s),
        hold_drift_deg=math.degrees(peak_end - peak_start),
        rest_offset_deg=math.degrees(end - start),
        impact_m_s2=_knock(lin, found.end, period_s),
        axis=found.axis,
    )


def sparc(speed: Array, period_s: float) -> float:
    """Smoothness of a speed profile: spectral arc length, negative, nearer to zero for smoother movements.

    Parameters
    ----------
    speed
        Shape (n,), any unit.
    period_s
        Sample spacing, seconds.

    References
    ----------
    .. [1] doi:10.1186/s12984-015-0090-9
    """
    stride = max(1, round(SPARC_STEP_S / period_s))
    count = -(-len(speed) // stride)
    steps = np.zeros(count * stride)
    steps[: len(speed)] = speed
    steps = steps.reshape(count, stride).sum(axis=1)
    size = 1 << (SPARC_FINER * count - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(steps, size)[: int(SPARC_HZ * size * stride * period_s) + 1])
    spectrum /= spectrum[0]
    last = len(spectrum) - 1 - int((spectrum[::-1] >= SPARC_LEAST).argmax())
    path, end = spectrum[1 : last + 1] - spectrum[:last], float(last)
    tail = 0.0
    if last + 1 < len(spectrum):
        drop, step = float(spectrum[last]) - SPARC_LEAST, float(spectrum[last] - spectrum[last + 1])
        end += drop / step
        tail = math.hypot(drop / step / end, drop)
    return -float(np.sqrt(path * path + 1.0 / (end * end)).sum()) - tail


def _speed(turned_rad: float, samples: float, period_s: float) -> float:
    return math.degrees(turned_rad) / (samples * period_s)


def _knock(lin: Array, end: float, period_s: float) -> float:
    """Largest departure of the acceleration from its neighbours' mean around an end, m/s²."""
    m = max(1, round(KNOCK_S / period_s))
    first, last = int(end - BEFORE_S / period_s) - m, math.ceil(end + AFTER_S / period_s) + m + 1
    near = lin[max(0, first) : last]
    if len(near) <= 2 * m:
        return 0.0
    bend = near[m:-m] - 0.5 * (near[: -2 * m] + near[2 * m :])
    return math.sqrt(float((bend[:, 0] ** 2 + bend[:, 1] ** 2 + bend[:, 2] ** 2).max()))
