"""Another segmentation in the engine: what it finds is measured and judged as ever, and without one nothing changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.segmentation import Segmentation, Segmenter
from tracker.motion.values import ExerciseSet, Peak, Reason, Rejected, Rep
from tracker.motion.vectors import Vector, angle
from tracker.motion.watch import Ending, Excursion, Top
from tracker.simulation.closeness import closeness

from .streams import cut, exact, sensed, without


class Thresholds(Segmentation):
    """Away from the last still pose by 10° and back within 5°: what anybody would try first."""

    def __init__(self, step_s: float) -> None:
        self.step_s = step_s
        self.rest: Vector | None = None
        self.opened: int | None = None
        self.peaks = self.free = 0
        self.restarts: list[int] = []

    def restart(self, step: int, /) -> None:
        self.rest = self.opened = None
        self.free = step
        self.restarts.append(step)

    def push(self, step: int, pose: Vector, speed: float, /) -> list[Top | Excursion]:
        self.rest = self.rest or pose
        away = angle(self.rest, pose)
        if self.opened is None:
            if away > math.radians(10):
                self.opened = self.top = step
                self.far, self.swing = pose, away
            elif speed < math.radians(5):
                self.rest = pose
            return []
        if away > self.swing:
            self.top, self.far, self.swing = step, pose, away
        if away < math.radians(5) and speed < math.radians(10):
            return [self.close(step, Ending.RETURNED)]
        return []

    def flush(self, step: int, /) -> list[Top | Excursion]:
        return [] if self.opened is None else [self.close(step, Ending.LEFT)]

    def close(self, step: int, ending: Ending) -> Excursion:
        assert self.opened is not None
        assert self.rest is not None
        self.peaks += 1
        begin, opened = max(self.free, self.opened - round(1.0 / self.step_s)), self.opened
        self.opened, self.free = None, step
        return Excursion(self.peaks, begin, opened, self.top, step, step, self.rest, self.far, ending)


def values(blocks, period_s, **how):
    tracker = Tracker(period_s, exercise=exercise("cable"), **how)
    return [value for block in blocks for value in tracker.push(block)] + tracker.flush()


def counted(found):
    return [rep for one in found if isinstance(one, ExerciseSet) for rep in one.reps]


def test_without_one_it_is_the_engines_own():
    stream = sensed()
    assert exact(values([stream.samples], stream.period_s, segmenter=Segmenter)) == exact(
        values([stream.samples], stream.period_s)
    )


def test_what_it_finds_is_measured_and_judged_by_the_engine():
    stream = sensed()
    found = values([stream.samples], stream.period_s, segmenter=Thresholds)
    true = [rep for one in stream.truth.sets for rep in one.reps]
    close = closeness(counted(found), true)
    assert close.matched == close.measured
    assert close.matched >= 4
    assert close.phase_mae_s is not None
    assert close.phase_mae_s < 0.05
    assert not any(isinstance(value, Peak) for value in found)  # it announces none
    assert {Reason.WALKING, Reason.NO_LEVER} & {value.reason for value in found if isinstance(value, Rejected)}


def test_it_is_cut_anywhere_too():
    stream = sensed()
    places = np.random.default_rng(3).integers(0, len(stream.samples), size=50).tolist()
    whole = exact(values([stream.samples], stream.period_s, segmenter=Thresholds))
    assert exact(values(cut(stream.samples, places), stream.period_s, segmenter=Thresholds)) == whole


def test_it_is_told_of_holes_and_adds_nothing_behind_them():
    stream = sensed()
    made: list[Thresholds] = []

    def make(step_s: float) -> Thresholds:
        made.append(Thresholds(step_s))
        return made[-1]

    begin = round(17.0 / stream.period_s)
    hole = (begin, begin + round(3.0 / stream.period_s))
    found = values(without(stream.samples, [hole]), stream.period_s, segmenter=make)
    (mine,) = made
    assert len(mine.restarts) == 2
    assert mine.restarts[1] * mine.step_s == pytest.approx(20.0, abs=0.1)
    whole = values([stream.samples], stream.period_s, segmenter=Thresholds)
    assert len(counted(found)) <= len(counted(whole))


def test_what_only_a_screen_asks_for_may_be_missing():
    stream = sensed()
    tracker = Tracker(stream.period_s, exercise=exercise("cable"), segmenter=Thresholds)
    tracker.push(stream.samples)
    assert tracker.now is None


def test_an_open_end_is_told_as_incomplete():
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    end = round((rep.peak_start_s or 0.0) / stream.period_s)
    found = values([stream.samples.part(0, end)], stream.period_s, segmenter=Thresholds)
    (last,) = [value for value in found if isinstance(value, Rejected | Rep)][-1:]
    assert isinstance(last, Rejected)
    assert last.reason is Reason.INCOMPLETE
