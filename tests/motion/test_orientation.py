"""The up direction against a known one, the bias against a known one."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.motion.orientation import Orienter
from tracker.recording import read_samples_csv
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from .streams import block, cut, run, sensed


def joined(motions, name):
    return np.concatenate([getattr(m, name) for m in motions])


def turning(seconds, rate_hz=100.0, *, bias_deg_s=0.0, still_s=2.0, seed=3):
    """A sensor that rests and then turns to and fro in place: samples and the true up direction."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    moving = np.clip(t - still_s, 0.0, None)
    rotvec = 0.5 * np.column_stack([1 - np.cos(1.7 * moving), 1 - np.cos(1.1 * moving), 1 - np.cos(moving)])
    turn = Rotation.from_rotvec(rotvec)
    step = (turn[:-1].inv() * turn[1:]).as_rotvec() * rate_hz
    gyr = np.concatenate([step[:1], step])
    up = turn.inv().apply([0.0, 0.0, 1.0])
    axis = rng.normal(size=3)
    bias = np.radians(bias_deg_s) * axis / np.linalg.norm(axis)
    gyr = gyr + bias + np.radians(0.05) * rng.normal(size=gyr.shape)
    acc = 9.81 * up + 0.02 * rng.normal(size=gyr.shape)
    return block(acc, gyr, 1.0 / rate_hz), up, bias


def error_deg(found, up):
    return np.degrees(2.0 * np.arcsin(np.minimum(1.0, 0.5 * np.linalg.norm(found - up, axis=1))))


@pytest.mark.parametrize("bias_deg_s", [0.0, 1.0, 2.5, 5.0, 10.0])
@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 500.0])
def test_bias_is_taken_out_at_the_first_stillness(bias_deg_s, rate_hz):
    samples, up, bias = turning(30.0, rate_hz, bias_deg_s=bias_deg_s)
    motions = run(Orienter(1.0 / rate_hz), [samples])
    after = round(2.0 * rate_hz)
    left = samples.gyr[after:] - joined(motions, "gyr")[after:]
    assert np.degrees(np.abs(left - bias).max()) < 0.5
    assert np.sqrt(np.mean(error_deg(joined(motions, "up"), up)[after:] ** 2)) < 1.0


@pytest.mark.parametrize(("speed_deg_s", "level", "within_deg_s"), [(6.0, 1.0, 0.3), (2.6, 0.5, 1.8)])
def test_a_slow_steady_turn_is_not_bias(speed_deg_s, level, within_deg_s):
    """A leg that turns for two seconds; of what is slow and half about the vertical, VQF takes a part for bias."""
    t = np.arange(600) / 100.0
    angle = np.radians(speed_deg_s) * np.clip(t - 2.0, 0.0, 2.0)
    axis = np.array([0.0, level, np.sqrt(1.0 - level**2)])
    turn = Rotation.from_rotvec(np.outer(angle, axis))
    gyr = np.outer(np.gradient(angle, 0.01), axis)
    motions = run(Orienter(0.01), [block(9.81 * turn.inv().apply([0.0, 0.0, 1.0]), gyr, 0.01)])
    assert np.degrees(np.linalg.norm(joined(motions, "gyr") - gyr, axis=1).max()) < within_deg_s


def test_bias_that_grows_later_is_taken_out_at_a_later_stillness():
    samples, _, _ = turning(20.0, bias_deg_s=0.0)
    rest, _, _ = turning(3.0, still_s=3.0)
    gyr = np.concatenate([samples.gyr, rest.gyr + np.radians([3.0, -2.0, 4.0])])
    acc = np.concatenate([samples.acc, rest.acc])
    motions = run(Orienter(0.01), [block(acc, gyr, 0.01)])
    assert np.degrees(np.abs(joined(motions, "gyr")[-100:]).max()) < 1.5


def test_up_is_a_unit_vector_and_lin_is_what_gravity_leaves():
    stream = sensed()
    motions = run(Orienter(stream.period_s), [stream.samples.part(0, 3000)])
    up, lin = joined(motions, "up"), joined(motions, "lin")
    np.testing.assert_allclose(np.linalg.norm(up, axis=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(lin + 9.81 * up, stream.samples.acc[:3000])


def test_blocks_follow_each_other_without_a_hole():
    stream = sensed()
    orienter, at = Orienter(stream.period_s), 0
    for piece in cut(stream.samples, range(0, 3000, 37)):
        for motion in orienter.push(piece):
            assert motion.start_index == at
            at += len(motion)
    assert at == len(stream.samples)


def test_what_is_pushed_is_not_changed():
    stream = sensed()
    samples = stream.samples.part(0, 2000)
    before = samples.acc.tobytes(), samples.gyr.tobytes()
    run(Orienter(stream.period_s), [samples])
    assert (samples.acc.tobytes(), samples.gyr.tobytes()) == before


def test_a_restart_keeps_the_bias():
    samples, _, bias = turning(10.0, bias_deg_s=8.0)
    orienter = Orienter(0.01)
    orienter.push(samples)
    orienter.restart()
    moving = samples.part(500, 600)
    assert orienter.push(moving) == []
    left = moving.gyr - joined(orienter.flush(), "gyr")
    np.testing.assert_allclose(left, np.tile(bias, (100, 1)), atol=np.radians(0.5))


@pytest.mark.parametrize("concentric_s", [0.5, 1.0, 2.5])
def test_behind_a_hole_the_up_direction_is_known_within_a_fast_swing(concentric_s):
    """The acceleration that moves the leg is no gravity: a single sample would be off by up to 74°."""
    plan = SetPlan(8, concentric_s=concentric_s, hold_s=0.2, eccentric_s=concentric_s, bottom_pause_s=0.2)
    truth = simulate(Plan("cable", (Activity("stand", 3.0), plan, Activity("stand", 3.0))), 3)
    out = sense(truth, SensorModel(), 3)
    samples = block(out.acc, out.gyr, 0.01)
    up = joined(run(Orienter(0.01), [samples]), "up")
    middle = round(100 * truth.truth()["sets"][0]["reps"][3]["start_s"])
    for begin in range(middle, middle + round(200 * concentric_s), 20):
        orienter = Orienter(0.01)
        orienter.push(samples.part(0, begin - 150))
        orienter.restart()
        again = run(orienter, [samples.part(begin, begin + 100), samples.part(begin + 100, begin + 400)])
        assert error_deg(joined(again, "up"), up[begin : begin + 400]).max() < 5.0, begin


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "glute-bridge"])
def test_the_strap_turns_the_up_direction_and_nothing_else(exercise):
    """VQF alone is within 0.3° (it clips by component); stillness must not depend on the sensor's axes either."""
    stream = sensed(exercise)
    plain = run(Orienter(stream.period_s), [stream.samples])
    for seed in range(3):
        turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
        moved = block(stream.samples.acc @ turn.T, stream.samples.gyr @ turn.T, stream.period_s)
        other = run(Orienter(stream.period_s), [moved])
        assert error_deg(joined(other, "up"), joined(plain, "up") @ turn.T).max() < 0.7


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "glute-bridge"])
def test_standing_sway_is_not_taken_for_bias(exercise):
    """While a person sways, a second's mean rate is up to 0.8°/s off: less is VQF's business."""
    stream = sensed(exercise, "nominal", 1, SensorModel(gyr_bias_deg_s=0.0, gyr_drift_deg_s=0.0))
    motions = run(Orienter(stream.period_s), [stream.samples])
    taken = np.degrees(np.linalg.norm(stream.samples.gyr - joined(motions, "gyr"), axis=1))
    assert np.sqrt(np.mean(taken**2)) < 0.35


def broad_up(path):
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    quat = np.array([[float(r[f"opt_quat_{k}"]) for k in "xyzw"] for r in rows])
    moving = np.array([float(r["movement"]) for r in rows]) > 0.5
    known = np.isfinite(quat).all(axis=1)
    up = np.full((len(rows), 3), np.nan)
    up[known] = Rotation.from_quat(quat[known]).inv().apply([0.0, 0.0, 1.0])
    return up, moving & known


def test_inclination_on_the_optical_reference(reference_data):
    for path in sorted((reference_data / "broad").glob("*.csv.gz")):
        recording = read_samples_csv(path)
        up, moving = broad_up(path)
        motions = run(Orienter(recording.period_s), recording.blocks)
        error = error_deg(joined(motions, "up")[: len(up)], up[: sum(len(m) for m in motions)])
        rmse = float(np.sqrt(np.mean(error[moving] ** 2)))
        print(f"{path.name}: inclination RMSE {rmse:.2f}°")
        assert rmse < 1.5
