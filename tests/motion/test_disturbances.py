"""What a sensor and its link do to a stream must not add repetitions, and cost few."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Flag, Rep
from tracker.simulation import SensorModel

from .streams import block, reps, run, sensed, without


def overlap(a, b):
    both = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    return both / (max(a.end_s, b.end_s) - min(a.start_s, b.start_s))


def true_reps(stream):
    return [rep for one in stream.truth.sets for rep in one.reps]


def assert_none_added(found, stream, plain, *, told):
    """No set has more than were done, and nothing is counted where nothing was without losses.

    Untold, a set may be seen from its tops, and then has one more; and a leg that takes up another posture may seem to
    have come back in a hole: its range is not known then.
    """
    outside = list(found)
    for one in stream.truth.sets:
        both = [*one.reps, *one.partials]
        begin, end = min(r.start_s for r in both) - 1.0, max(r.end_s for r in both) + 1.0
        inside = [r for r in found if r.end_s > begin and r.start_s < end]
        known = [r for r in plain if r.end_s > begin and r.start_s < end]
        outside = [r for r in outside if r not in inside]
        assert len(inside) <= max(len(one.reps) + (not told), len(known)), inside
    for rep in outside:
        unseen = not told and rep.range_deg is None
        assert unseen or max((overlap(rep, known) for known in plain), default=0.0) > 0.5, rep
    for one, two in itertools.pairwise(found):
        assert overlap(one, two) <= 0.0


def lost_packets(seed, length, share, *, packet=8, burst=1):
    """Holes of up to ``burst`` packets of ``packet`` samples, never side by side."""
    rng = np.random.default_rng(seed)
    holes = []
    begin = packet
    while begin < length - (burst + 1) * packet:
        if rng.random() < share / ((1 + burst) / 2):
            holes.append((begin, begin + packet * int(rng.integers(1, burst + 1))))
            begin = holes[-1][1]
        begin += packet
    return holes


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("burst", "lost_most"), [(1, 0.03), (3, 0.15)], ids=["packets", "bursts"])
@pytest.mark.parametrize("name", ["cable", "machine", "glute-bridge"])
def test_short_losses_add_nothing_and_cost_little(name, burst, lost_most, told):
    """1–10 % of the packets are lost: single ones (80 ms), or in bursts up to a quarter of a second."""
    stream = sensed(name)
    plain = reps(run(stream.tracker(told=told), [stream.samples]))
    counted = 0
    shares = np.linspace(0.01, 0.10, 10)
    for seed, share in enumerate(shares):
        blocks = without(stream.samples, lost_packets(seed, len(stream.samples), share, burst=burst))
        found = reps(run(stream.tracker(told=told), blocks))
        assert_none_added(found, stream, plain, told=told)
        counted += len(found)
    assert not told or counted >= (1.0 - lost_most) * len(shares) * len(plain)


@settings(max_examples=25)
@given(
    holes=st.lists(st.tuples(st.floats(5.0, 70.0), st.floats(0.01, 4.0)), max_size=6),
    name=st.sampled_from(["cable", "machine", "glute-bridge"]),
    told=st.booleans(),
)
def test_holes_of_any_length_never_add(holes, name, told):
    stream = sensed(name)
    rows = [(round(at * 100), round((at + length) * 100)) for at, length in holes]
    plain = reps(run(stream.tracker(told=told), [stream.samples]))
    found = reps(run(stream.tracker(told=told), without(stream.samples, rows)))
    assert_none_added(found, stream, plain, told=told)


def test_a_partial_whose_lift_was_lost_stays_a_partial():
    """What bridges the hole turns farther than the leg did; only what was received tells how far it was."""
    stream = sensed("glute-bridge")
    partial = stream.truth.sets[0].partials[0]
    begin = round((partial.start_s - 0.66) * 100) - 1
    out = run(stream.tracker(), without(stream.samples, [(begin, begin + 99)]))
    first = next(value for value in out if isinstance(value, ExerciseSet))
    assert (len(first.reps), len(first.partials)) == (len(stream.truth.sets[0].reps), 1)


def test_short_holes_do_not_hide_what_was_received_between_them():
    """A long hole in the hold and a lost packet at either end: the top was seen between them."""
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    starts = ((rep.start_s + 0.1, 0.08), (rep.peak_start_s + 0.1, 0.3), (rep.end_s - 0.2, 0.08))
    blocks = without(stream.samples, [(round(at * 100), round((at + length) * 100)) for at, length in starts])
    found = reps(run(stream.tracker(), blocks))
    assert len(found) == stream.truth.rep_count
    assert found[2].range_deg is None


@pytest.mark.parametrize("at", ["start_s", "peak_start_s", "peak_end_s", "end_s"])
def test_a_quarter_second_at_any_border_costs_nothing(at):
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    middle = round(getattr(rep, at) * 100)
    blocks = without(stream.samples, [(middle - 12, middle + 12)])
    found = reps(run(stream.tracker(), blocks))
    assert len(found) == stream.truth.rep_count


def test_a_hole_is_reported_once():
    stream = sensed()
    out = run(stream.tracker(), without(stream.samples, [(2000, 2024), (4000, 4500)]))
    gaps = [v for v in out if isinstance(v, Gap)]
    assert [(g.samples_lost, round(g.end_s - g.start_s, 9)) for g in gaps] == [(24, 0.25), (500, 5.01)]


@pytest.mark.parametrize("seconds", [0.4, 0.7, 0.95])
def test_a_repetition_across_a_hole_is_flagged_or_rejected(seconds):
    """Over a quarter of a second the numbers that the hole touched are unknown."""
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    begin = round((rep.peak_start_s - 0.3) * 100)
    hole = (begin, begin + round(seconds * 100))
    out = run(stream.tracker(), without(stream.samples, [hole]))
    across = [r for r in out if isinstance(r, Rep) and r.start_s < hole[0] / 100 and r.end_s > hole[1] / 100]
    for found in across:
        assert Flag.GAP in found.flags
        assert found.peak_start_s is None


def test_a_repetition_far_from_a_hole_is_not_flagged():
    stream = sensed()
    rep = stream.truth.sets[0].reps[2]
    middle = round((rep.peak_start_s + rep.peak_end_s) * 50)
    out = reps(run(stream.tracker(), without(stream.samples, [(middle - 5, middle + 5)])))
    plain = reps(run(stream.tracker(), [stream.samples]))
    assert len(out) == len(plain)
    assert all(Flag.GAP not in r.flags for r in out if overlap(r, rep) <= 0.0)


def test_repeated_packets_change_nothing():
    """Some Bluetooth stacks deliver a notification twice."""
    stream = sensed()
    pieces = without(stream.samples, [])
    twice = [p for p in pieces for _ in range(2)]
    assert run(stream.tracker(), twice) == run(stream.tracker(), pieces)


RATE = 100


def still(seconds, *, bias_deg_s=0.0, tremor_deg_s=0.0, rate_hz=RATE, seed=0, up=(0.1, 0.2, 1.0)):
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    pose = np.array(up) / np.linalg.norm(up)
    axis = rng.normal(size=3)
    axis /= np.linalg.norm(axis)
    t = np.arange(n) / rate_hz
    shake = np.radians(tremor_deg_s) * np.sin(2 * np.pi * 9.3 * t)[:, None] * rng.normal(size=3)
    gyr = np.radians(bias_deg_s) * axis + shake + np.radians(0.05) * rng.normal(size=(n, 3))
    return block(9.81 * pose + 0.02 * rng.normal(size=(n, 3)), gyr, 1 / rate_hz)


@pytest.mark.parametrize("told", ["cable", "glute-bridge", None])
@pytest.mark.parametrize("bias_deg_s", [0.0, 2.5, 10.0])
@pytest.mark.parametrize("tremor_deg_s", [0.0, 0.8])
def test_a_still_sensor_has_no_repetitions(told, bias_deg_s, tremor_deg_s):
    tracker = Tracker(1 / RATE, exercise=exercise(told) if told else None)
    samples = still(120, bias_deg_s=bias_deg_s, tremor_deg_s=tremor_deg_s)
    assert not [v for v in run(tracker, [samples]) if isinstance(v, Rep | ExerciseSet)]


def test_a_sensor_that_sends_zeros_has_no_repetitions():
    assert not reps(run(Tracker(0.01), [block(np.zeros((3000, 3)), np.zeros((3000, 3)), 0.01)]))


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), size=st.floats(0.0, 300.0))
def test_noise_has_no_repetitions_and_no_errors(seed, size):
    rng = np.random.default_rng(seed)
    acc = rng.normal(size=(2000, 3)) * size / 10 + [0, 0, 9.81]
    out = run(Tracker(0.01), [block(acc, np.radians(size) * rng.normal(size=(2000, 3)), 0.01)])
    assert not reps(out)


@pytest.mark.parametrize("bias_deg_s", [0.0, 2.0, 2.5, 5.0, 10.0])
@pytest.mark.parametrize("name", ["cable", "glute-bridge"])
def test_bias_costs_no_count(bias_deg_s, name):
    model = SensorModel(gyr_bias_deg_s=bias_deg_s)
    stream = sensed(name, model=model)
    found = reps(run(stream.tracker(), [stream.samples]))
    assert len(found) == stream.truth.rep_count


@pytest.mark.parametrize("rate_hz", [25, 50, 100, 200, 500])
@pytest.mark.parametrize("name", ["cable", "dumbbell", "glute-bridge"])
def test_the_rate_does_not_matter(rate_hz, name):
    stream = sensed(name, model=SensorModel(rate_hz=rate_hz))
    found = reps(run(stream.tracker(), [stream.samples]))
    wanted = true_reps(stream)
    assert len(found) == len(wanted)
    for rep, true in zip(found, wanted, strict=True):
        assert overlap(rep, true) > 0.8
        assert rep.range_deg == pytest.approx(true.range_deg, abs=2.5)


@pytest.mark.parametrize("rate_hz", [24.0, 520.0, 10.0])
def test_other_rates_are_refused(rate_hz):
    with pytest.raises(ValueError, match="25 to 500 Hz"):
        Tracker(1 / rate_hz)


@pytest.mark.parametrize("seed", range(3))
def test_another_place_on_the_ankle_costs_no_count(seed):
    stream = sensed("cable", "workout", 1, SensorModel(above_ankle_m=0.02 + 0.06 * seed, off_axis_m=0.03))
    assert len(reps(run(stream.tracker(), [stream.samples]))) == stream.truth.rep_count
