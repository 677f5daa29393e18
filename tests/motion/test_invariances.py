"""What must not change a result, on every stage that takes samples."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

import tracker.motion
from tracker.motion.samples import Samples
from tracker.motion.values import Peak, Rep
from tracker.simulation import SensorModel

from .streams import Stream, cut, exact, reps, rotated, run, sensed, without

EXERCISES = ("cable", "glute-bridge", "machine", "dumbbell")


def stages():
    """Classes with ``push`` and ``flush`` in tracker.motion."""
    found = {}
    for info in pkgutil.walk_packages(tracker.motion.__path__, "tracker.motion."):
        module = importlib.import_module(info.name)
        for name, cls in vars(module).items():
            if inspect.isclass(cls) and cls.__module__ == info.name and {"push", "flush"} <= set(vars(cls)):
                found[name] = cls
    return found


def takes_samples(cls):
    parameters = list(inspect.signature(cls.push).parameters.values())
    return len(parameters) == 2 and parameters[1].annotation in (Samples, "Samples")


STAGES = {name: cls for name, cls in stages().items() if takes_samples(cls)}
each_stage = pytest.mark.parametrize("name", sorted(STAGES))


def make(name, period_s):
    known = {"period_s": period_s, "t0_s": 0.0}
    asked = inspect.signature(STAGES[name]).parameters
    return STAGES[name](**{key: known[key] for key in asked if key in known})


def test_the_stages_are_found():
    assert {"Tracker", "Orienter", "Grid", "Segmenter"} <= set(stages())
    assert {"Tracker", "Orienter", "Grid"} <= set(STAGES)


def contiguous(name: str) -> bool:
    """The orientation expects a gapless grid."""
    return name == "Orienter"


def holes_of(draw_seed: int, length: int, period_s: float) -> list[tuple[int, int]]:
    """Random holes, from one sample to two seconds."""
    rng = np.random.default_rng(draw_seed)
    begins = rng.integers(1, length - 1, size=rng.integers(0, 8))
    sizes = np.ceil(np.exp(rng.uniform(np.log(1), np.log(2.0 / period_s), size=len(begins)))).astype(int)
    return [(int(b), min(length - 1, int(b + s))) for b, s in zip(begins, sizes, strict=True)]


@each_stage
@settings(max_examples=12)
@given(seed=st.integers(0, 2**32 - 1), pieces=st.sampled_from([1, 3, 40, 600]))
@example(seed=0, pieces=3)
def test_cutting_anywhere_changes_nothing(name, seed, pieces):
    stream = sensed()
    rng = np.random.default_rng(seed)
    samples = stream.samples
    holes = [] if contiguous(name) else holes_of(seed, len(samples), stream.period_s)
    whole = without(samples, holes)
    places = rng.integers(0, len(samples), size=pieces)
    places = {*places.tolist(), *(places + 1).tolist()}  # some pieces of a single sample
    small = [piece for one in whole for piece in cut(one, [p - one.start_index for p in places if p > one.start_index])]
    assert exact(run(make(name, stream.period_s), small)) == exact(run(make(name, stream.period_s), whole))


@each_stage
@pytest.mark.parametrize("size", [1, 7, 1023, 1025])
def test_pieces_of_one_size_are_one_push(name, size):
    stream = sensed()
    samples = stream.samples.part(0, 4000)
    small = cut(samples, range(0, len(samples), size))
    assert exact(run(make(name, stream.period_s), small)) == exact(run(make(name, stream.period_s), [samples]))


@each_stage
@pytest.mark.parametrize("rate_hz", [25, 200])
def test_cutting_at_other_rates_changes_nothing(name, rate_hz):
    stream = sensed(model=SensorModel(rate_hz=rate_hz))
    rng = np.random.default_rng(rate_hz)
    small = cut(stream.samples, rng.integers(0, len(stream.samples), size=300).tolist())
    whole = exact(run(make(name, stream.period_s), [stream.samples]))
    assert exact(run(make(name, stream.period_s), small)) == whole


@each_stage
def test_empty_blocks_say_nothing(name):
    stream = sensed()
    samples = stream.samples.part(0, 3000)
    stage = make(name, stream.period_s)
    out = []
    for piece in cut(samples, range(0, 3000, 100)):
        out += stage.push(piece.part(0, 0))
        out += stage.push(piece)
    assert exact(out + stage.flush()) == exact(run(make(name, stream.period_s), [samples]))


@each_stage
def test_a_second_flush_says_nothing(name):
    stage = make(name, sensed().period_s)
    run(stage, [sensed().samples.part(0, 3000)])
    assert stage.flush() == []


@each_stage
def test_flushing_what_was_never_pushed_says_nothing(name):
    assert make(name, 0.01).flush() == []


def test_an_excursion_left_open_is_flushed_once():
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    stage = stream.tracker()
    stage.push(stream.samples.part(0, round((rep.peak_start_s + 0.1) / stream.period_s)))
    assert stage.flush()
    assert stage.flush() == []


def assert_same_reps(one, other, *, seconds: float, degrees: float, shift_s: float = 0.0):
    """Same sets; repetitions alike within these tolerances."""
    a, b = reps(one), reps(other)
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        for border in ("start_s", "peak_start_s", "peak_end_s", "end_s"):
            assert getattr(y, border) - getattr(x, border) == pytest.approx(shift_s, abs=seconds), border
        assert y.range_deg == pytest.approx(x.range_deg, abs=degrees)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("told", [True, False])
def test_how_the_sensor_is_strapped_does_not_matter(exercise, told):
    stream = sensed(exercise)
    plain = run(stream.tracker(told=told), [stream.samples])
    assert reps(plain)
    for seed in range(3):
        turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
        other = run(stream.tracker(told=told), [rotated(stream.samples, turn)])
        assert_same_reps(plain, other, seconds=0.006, degrees=0.2)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_sensor_upside_down(axis):
    stream = sensed()
    turn = -np.eye(3)
    turn[axis, axis] = 1.0
    plain, other = (run(stream.tracker(), [s]) for s in (stream.samples, rotated(stream.samples, turn)))
    assert_same_reps(plain, other, seconds=0.006, degrees=0.2)


@pytest.mark.parametrize("t0_s", [-3.7, 1000.0, 86_400.0 * 20_000])
def test_when_the_stream_began_does_not_matter(t0_s):
    stream = sensed()
    plain = run(stream.tracker(), [stream.samples])
    other = run(stream.tracker(t0_s=t0_s), [stream.samples])
    assert [type(v) for v in plain] == [type(v) for v in other]
    assert_same_reps(plain, other, seconds=1e-5, degrees=1e-9, shift_s=t0_s)


@pytest.mark.parametrize("first", [1, 3, 4_999, 2**33])
def test_what_the_first_sample_is_numbered_does_not_matter(first):
    """A stream may begin at any index; only what is decided every n samples may move by less than n."""
    stream = sensed()
    plain = run(stream.tracker(), [stream.samples])
    moved = Samples(first, *(getattr(stream.samples, f) for f in ("period_s", "acc", "gyr", "valid", "clipped")))
    other = run(stream.tracker(), [moved])
    assert_same_reps(plain, other, seconds=0.03, degrees=0.5, shift_s=first * stream.period_s)


@pytest.mark.parametrize("name", ["cable", "glute-bridge"])
def test_the_end_of_a_stream_takes_nothing_back(name):
    """What came out before does not depend on what comes after."""
    stream = sensed(name)
    whole = run(stream.tracker(), [stream.samples])
    for stop in range(1500, len(stream.samples), 1500):
        begun = stream.tracker().push(stream.samples.part(0, stop))
        assert whole[: len(begun)] == begun


def test_a_value_says_when_it_came_out():
    stream = sensed()
    tracker, now = stream.tracker(), 0.0
    for piece in cut(stream.samples, range(0, len(stream.samples), 4)):
        before, now = now, (piece.start_index + len(piece) - 1) * stream.period_s
        for value in tracker.push(piece):
            assert before - 1e-9 <= value.reported_s <= now + 1e-9


def test_splitting_two_sessions_is_two_trackers():
    """Nothing is shared between trackers."""
    stream = sensed()
    one, two = stream.tracker(), stream.tracker()
    a, b = [], []
    for piece in cut(stream.samples, range(0, len(stream.samples), 333)):
        a += one.push(piece)
        b += two.push(piece)
    assert a + one.flush() == b + two.flush() == run(stream.tracker(), [stream.samples])


def test_peaks_are_said_at_the_top():
    stream: Stream = sensed()
    values = run(stream.tracker(), [stream.samples])
    peaks = {p.peak: p for p in values if isinstance(p, Peak)}
    counted = [rep for rep in values if isinstance(rep, Rep) and rep.peak in peaks]
    assert counted
    for rep in counted:
        assert abs(peaks[rep.peak].at_s - rep.peak_start_s) < 0.35
