"""Counting by autocorrelation, in RecoFit's manner [1]_.

In: a ``Course``. Out: spans. Remembered: nothing.

Rule: windows, one every 200 ms, are exercise or not. Each stretch of exercise is counted by itself: its acceleration is
projected on its first principal component, and of the local maxima the higher one stays of two that are closer than the
shortest period, then than three quarters of the local period (by autocorrelation); then none under half of the 40th
percentile. The paper's classifier of windows is a support vector machine trained on people; here one of its features
decides alone, the height of the first peak of the autocorrelation behind its zero crossing.

.. [1] Morris, Saponas, Guillory & Kelner, "RecoFit: using a wearable sensor to find, recognize, and count repetitive
   exercises", CHI 2014. doi:10.1145/2556288.2557116
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from .course import Array, Course, Rows, Span, edges, low_passed, principal_axis

HOP_S = 0.2
COUNTED_AT_HZ, COUNTED_LOW_PASS_HZ = 25.0, 2.0
WINDOW_S = 10.0
LEAST_CORRELATED = 0.9
LEAST_TURNING_DEG_S = 5.0
"""Chosen, all three (103 of 121 sets; with 0.65: 77, with 0.95: 87; in windows of 8 s: 83, of the paper's 5 s, up
to 0.65: at most 13, since legs repeat themselves more slowly than arms)."""
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.7, 9.0
"""The corpus's tempos."""
PERIOD_SHARE = 0.75
USUAL_PERCENTILE, USUAL_SHARE = 40, 0.5
COUNTED_FOOT = 0.05
"""Chosen, for its edges."""
BESIDE_S = 0.3
"""What is given with a set that is told: chosen (a second: 113 of 121, this: 116)."""


def autocorrelation(course: Course) -> list[Span]:
    """Find the sets and count them."""
    at = _at_counting_rate(course)
    return _counted(course, at, exercise_stretches(at))


def autocorrelation_in_sets(course: Course) -> list[Span]:
    """Count alone: when each set begins and ends is given."""
    step = course.period_s * COUNTED_AT_HZ
    rows = [course.rows((begin - BESIDE_S, end + BESIDE_S)) for begin, end in course.sets]
    return _counted(course, _at_counting_rate(course), [(int(r.start * step), int(r.stop * step)) for r in rows])


def _at_counting_rate(course: Course) -> Array:
    """Acceleration and turning rate, low-passed, at ``COUNTED_AT_HZ``, shape (n, 6)."""
    samples = course.samples
    both = low_passed(np.hstack([samples.acc, samples.gyr]), samples.period_s, COUNTED_LOW_PASS_HZ)
    rows = np.arange(0.0, len(both) - 1.0, 1.0 / (samples.period_s * COUNTED_AT_HZ))
    return np.column_stack([np.interp(rows, np.arange(len(both)), column) for column in both.T])


def _counted(course: Course, at: Array, stretches: Rows) -> list[Span]:
    """Count each stretch on its acceleration's first principal component, up where the first repetition was up."""
    step = course.period_s * COUNTED_AT_HZ
    first = at[int(course.first_rows.start * step) : int(course.first_rows.stop * step) + 1, :3]
    away = first[len(first) // 3 : -len(first) // 3].mean(axis=0) - (first[0] + first[-1]) / 2.0
    found: Rows = []
    for begin, end in stretches:
        acc = at[begin:end, :3]
        axis = principal_axis(acc)
        height = (acc - acc.mean(axis=0)) @ (axis if axis @ away >= 0.0 else -axis)
        found += [(begin + a, begin + b) for a, b in edges(height, thinned(height), COUNTED_FOOT)]
    return course.spans([(round(a / step), round(b / step)) for a, b in found])


def exercise_stretches(at: Array) -> Rows:
    """Rows of the stretches of at least a window that repeat themselves, by the windows whose middles lie there."""
    n, hop = round(WINDOW_S * COUNTED_AT_HZ), round(HOP_S * COUNTED_AT_HZ)
    if len(at) < n:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(at, n, axis=0)[::hop]
    turning = np.degrees(windows[:, 3:].std(axis=2).max(axis=1))
    yes = np.zeros(len(windows), dtype=bool)
    for i in np.flatnonzero(turning >= LEAST_TURNING_DEG_S):
        yes[i] = max(_repeating(windows[i, :3].T), _repeating(windows[i, 3:].T)) >= LEAST_CORRELATED
    turns = np.flatnonzero(np.diff(np.concatenate([[False], yes, [False]]).astype(np.int8)))
    runs = [(int(a) * hop, (int(b) - 1) * hop + n) for a, b in zip(turns[::2], turns[1::2], strict=True)]
    joined: Rows = []
    for begin, end in runs:
        if joined and begin <= joined[-1][1]:
            begin = joined.pop()[0]
        joined.append((begin, end))
    return joined


def _repeating(window: Array) -> float:
    """Height of the first peak of the autocorrelation of a window, shape (n, 3), behind its first zero crossing."""
    series = (window - window.mean(axis=0)) @ principal_axis(window)
    r = correlated(series)
    below = np.flatnonzero(r < 0.0)
    if not len(below):
        return 0.0
    peaks, _ = find_peaks(r[below[0] : (3 * len(r)) // 4])
    return float(r[below[0] + peaks[0]]) if len(peaks) else 0.0


def correlated(series: Array) -> Array:
    """Autocorrelation by lag, each lag by the rows that overlap; 1 at lag 0."""
    n = len(series)
    spectrum = np.fft.rfft(series, 2 * n)
    r: Array = np.fft.irfft(spectrum * spectrum.conj())[:n]
    return r / (r[0] or 1.0) * n / np.arange(n, 0, -1)


def _period(series: Array) -> int:
    """Lag of the highest peak of the autocorrelation behind its zero crossing; 0 without one."""
    n = len(series)
    r = correlated(series - series.mean()) * np.arange(n, 0, -1) / n  # a long lag has little to say
    below = np.flatnonzero(r < 0.0)
    begin = int(below[0]) if len(below) else n
    peaks, _ = find_peaks(r[begin:])
    return begin + int(peaks[r[begin + peaks].argmax()]) if len(peaks) else 0


def thinned(height: Array) -> NDArray[np.int64]:
    """Local maxima that stand for repetitions."""
    shortest, longest = round(SHORTEST_PERIOD_S * COUNTED_AT_HZ), round(LONGEST_PERIOD_S * COUNTED_AT_HZ)
    peaks, _ = find_peaks(height, distance=shortest)
    kept: list[int] = []
    for peak in peaks[np.argsort(-height[peaks])].tolist():
        around = height[max(0, peak - longest) : peak + longest]
        period = max(shortest, min(longest, _period(around)))
        if all(abs(peak - other) >= PERIOD_SHARE * period for other in kept):
            kept.append(peak)
    least = USUAL_SHARE * np.percentile(height[kept], USUAL_PERCENTILE) if kept else 0.0
    return np.array(sorted(p for p in kept if height[p] >= least), dtype=np.int64)
