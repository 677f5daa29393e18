"""What others would count repetitions with, and this project, all behind one interface: a course in, spans out.

In: a ``Course``, one stream of samples with what a contestant may be told about it. Out: when each repetition began and
ended. Remembered: nothing between courses.

Rule: each is used as its own authors recommend it. What they leave open says "chosen": it was tried on the race's
sessions of the seeds from 0 on, and what gave the most exact sets was taken; the race is run on others. Where a
direction or a template is needed, the first true repetition is given. Those that say nothing of edges get them from
``edges``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet

from .course import Array, Course, Span, edges, low_passed, principal_axis
from .recofit import autocorrelation, autocorrelation_in_sets

FASTEST_S = 0.5
"""Half a second per repetition is the fastest that people train."""
LOW_PASS_HZ = 5.0
"""For templates: takes out noise and impacts, and no lift."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to count.

    Attributes
    ----------
    name
        As in the table.
    count
        From a course to the repetitions' starts and ends, in order of time.
    live
        It could say a repetition as it ends; the others need the whole stream.
    told
        What it is given besides the samples.
    needs
        Library that is no part of the test extra.
    """

    name: str
    count: Callable[[Course], list[Span]]
    live: bool
    told: str
    needs: str | None = None


TILT_PROMINENCE_DEG = 10.0
TILT_FOOT = 0.1
"""Chosen (on the real ankles 14 of 24 sets, with 5 % 7); 3 % halves the edge error and costs 3 of 226 sets."""


def tilt_peaks(course: Course) -> list[Span]:
    """Peaks of the shank's tilt.

    VQF (Laidig & Seel, doi:10.1016/j.inffus.2022.10.014) and ``scipy.signal.find_peaks`` with a prominence of 10° and
    the fastest cadence as least distance: what a script would do. The tilt is gravity's angle about the axis of most
    turning (its angle from the session's median pose gave the right number in 128 of 240 sets, this in 233).
    """
    tilt_deg = np.degrees(tilt(course.samples))
    if _lies_below(tilt_deg[course.first_rows]):
        tilt_deg = -tilt_deg
    distance = max(1, round(FASTEST_S / course.period_s))
    peaks, _ = find_peaks(tilt_deg, prominence=TILT_PROMINENCE_DEG, distance=distance)
    return course.spans(edges(tilt_deg, peaks, TILT_FOOT))


def tilt(samples: Samples) -> Array:
    """Angle of gravity about the axis of most turning, rad, shape (n,)."""
    from vqf import VQF

    w, x, y, z = VQF(samples.period_s).updateBatch(samples.gyr, samples.acc)["quat6D"].T
    up = np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
    axis = principal_axis(samples.gyr)
    across = np.median(up, axis=0)
    across -= (across @ axis) * axis
    angle: Array = np.unwrap(np.arctan2(up @ np.cross(axis, across), up @ across))
    return angle


def _lies_below(repetition: Array) -> bool:
    """The middle third of a repetition lies below its ends."""
    third = len(repetition) // 3
    return bool(repetition[third:-third].mean() < (repetition[0] + repetition[-1]) / 2.0)


GYR_LOW_PASS_HZ = 2.0
GYR_PROMINENCE_DEG_S = 30.0
"""Chosen, both (77 of 121 sets, 64 %; 5 Hz and 10 to 40 °/s: 38 to 56 %). 1.5 Hz gives two sets more, with a larger
edge error at the start."""
GYR_FOOT = 0.1
"""Ten per cent of the phase's own peak speed, as the definition has it."""


def gyr_peaks(course: Course) -> list[Span]:
    """Peaks of the gyroscope's first principal component.

    ``scipy.signal.find_peaks`` on the turning rate about the axis of most turning, low-passed. The first true
    repetition says which way a lift turns; a repetition is a lift and the fastest return before the next one.
    """
    samples = course.samples
    gyr_deg_s = np.degrees(low_passed(samples.gyr, samples.period_s, GYR_LOW_PASS_HZ))
    rate = gyr_deg_s @ principal_axis(gyr_deg_s)
    lift = rate[course.first_rows]
    if lift.argmax() > lift.argmin():
        rate = -rate
    distance = max(1, round(FASTEST_S / samples.period_s))
    peaks, _ = find_peaks(rate, prominence=GYR_PROMINENCE_DEG_S, height=GYR_PROMINENCE_DEG_S / 2, distance=distance)
    spans = []
    for peak, following in zip(peaks, [*peaks[1:], len(rate)], strict=True):
        slow = rate[: peak + 1][::-1] < GYR_FOOT * rate[peak]
        begin = peak - int(slow.argmax()) if slow.any() else 0
        back = peak + int(rate[peak:following].argmin())
        slow = rate[back:] > GYR_FOOT * rate[back]
        spans.append((begin, back + int(slow.argmax()) if slow.any() else len(rate) - 1))
    return course.spans(spans)


DTW_COST = 6.0 / 200**0.5
"""Per root of the template's samples. Chosen (102 of 121 sets; 4, the default for their own template of 200 samples,
92; 8, 100)."""
DTW_STRETCH = (0.4, 2.5)
"""Shortest and longest match, times the template: the corpus's tempos differ by that between sets."""


def barth_dtw(course: Course) -> list[Span]:
    """Subsequence dynamic time warping with the first repetition as template.

    gaitmap's ``BarthDtw`` (Barth et al., "Stride segmentation during free walk movements using multi-dimensional
    subsequence dynamic time warping on inertial sensor data", Sensors 2015, doi:10.3390/s150306419) on the three axes
    of the gyroscope, scaled so that the template lies within ±1, as its documentation advises. Borders are not snapped
    to minima: a repetition begins and ends in rest, not at a minimum. The rest are its defaults.
    """
    import warnings

    import pandas as pd
    from gaitmap.data_transform import FixedScaler
    from gaitmap.stride_segmentation import BarthDtw, DtwTemplate

    rate_hz = 1.0 / course.period_s
    gyr = pd.DataFrame(
        low_passed(course.samples.gyr, course.period_s, LOW_PASS_HZ), columns=["gyr_x", "gyr_y", "gyr_z"]
    )
    first = gyr.iloc[course.first_rows].reset_index(drop=True)
    template = DtwTemplate(
        data=first, sampling_rate_hz=rate_hz, scaling=FixedScaler(scale=float(first.abs().max().max()))
    )
    dtw = BarthDtw(
        template=template,
        max_cost=DTW_COST * len(first) ** 0.5,
        min_match_length_s=DTW_STRETCH[0] * len(first) / rate_hz,
        max_match_length_s=DTW_STRETCH[1] * len(first) / rate_hz,
        snap_to_min_win_ms=None,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There are still overlapping strides")
        found = dtw.segment(gyr, sampling_rate_hz=rate_hz).matches_start_end_
    return course.spans(found.reshape(-1, 2).tolist())


MATCH_SDS = 2.0
"""Standard deviations under the mean distance: stumpy's default. Chosen (62 of 121 sets; 1: 59, 1.5: 62 with more than
twice as many false ones, 2.5: 43)."""


def template_matches(course: Course) -> list[Span]:
    """Find what is most like the first repetition, by its distance profile.

    ``stumpy.match`` (Law, "STUMPY: a powerful and scalable Python library for time series data mining", JOSS 2019,
    doi:10.21105/joss.01504; distance profile by MASS): z-normalised Euclidean distance of the first repetition to every
    window as long, on the turning rate about the axis of that repetition, low-passed. Of matches that overlap by more
    than half, the best is kept: stumpy's own exclusion zone is a quarter of the template.
    """
    import stumpy

    gyr = low_passed(course.samples.gyr, course.period_s, LOW_PASS_HZ)
    rate = gyr @ principal_axis(gyr[course.first_rows])
    query = rate[course.first_rows]
    found = stumpy.match(
        query, rate, max_distance=lambda d: max(np.nanmean(d) - MATCH_SDS * np.nanstd(d), np.nanmin(d))
    )
    kept: list[int] = []
    for begin in (int(row[1]) for row in found):
        if all(abs(begin - other) > len(query) / 2 for other in kept):
            kept.append(begin)
    return course.spans([(begin, begin + len(query) - 1) for begin in sorted(kept)])


def kickback(course: Course) -> list[Span]:
    """Count with this project, told the exercise where there is a profile."""
    return _tracked(course, course.exercise_id)


def kickback_untold(course: Course) -> list[Span]:
    """Count with this project, told nothing: any leg lift counts."""
    return _tracked(course, None)


def _tracked(course: Course, exercise_id: str | None) -> list[Span]:
    profile = exercise(exercise_id) if exercise_id else None
    tracker = Tracker(course.period_s, t0_s=course.t0_s, exercise=profile)
    values = [value for block in course.blocks for value in tracker.push(block)] + tracker.flush()
    return [(rep.start_s, rep.end_s) for one in values if isinstance(one, ExerciseSet) for rep in one.reps]


FIRST = "the first repetition"
DIRECTION = "the first one's direction"
CONTESTANTS = (
    Contestant("kickback, told", kickback, live=True, told="the exercise"),
    Contestant("kickback, untold", kickback_untold, live=True, told="nothing"),
    Contestant("find_peaks, VQF tilt", tilt_peaks, live=False, told=DIRECTION),
    Contestant("find_peaks, gyroscope's first component", gyr_peaks, live=False, told=DIRECTION),
    Contestant("autocorrelation, as RecoFit counts", autocorrelation, live=False, told=DIRECTION),
    Contestant("the same, given the sets", autocorrelation_in_sets, live=False, told=f"{DIRECTION}, all sets"),
    Contestant("subsequence DTW (gaitmap's BarthDtw)", barth_dtw, live=False, told=FIRST, needs="gaitmap_mad"),
    Contestant("distance profile (stumpy.match)", template_matches, live=False, told=FIRST, needs="stumpy"),
)
