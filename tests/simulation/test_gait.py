"""Simulated walking against what is known about walking, and against a recording."""

import numpy as np
import pytest

from tracker.simulation import Activity, Plan, SensorModel, rotations, sense, simulate
from tracker.simulation.gait import gait, walk
from tracker.simulation.profiles import RATE_HZ


def walking(seed, doing="walk"):
    return simulate(Plan("cable", (Activity(doing, 40),)), seed)


def pitch_deg(simulated):
    up = rotations.rotate(simulated.quat, [0, 0, 1])
    return np.degrees(np.arccos(np.clip(up[:, 2], -1, 1)))


@pytest.mark.parametrize("seed", range(6))
def test_every_stride_travels(seed):
    rng = np.random.default_rng(seed)
    style = gait(rng)
    stretch = walk(20, style, rng)
    away = np.hypot(*stretch.end[:2])
    strides = max(2, round(20 / style.stride_s))
    assert 1.0 < away / strides < 1.5
    assert 0.8 <= 1 / style.stride_s <= 1.06


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("doing", ["walk", "slow-walk"])
def test_the_foot_stands_still_in_stance_and_swings_fast(seed, doing):
    simulated = walking(seed, doing)
    speed = np.linalg.norm(np.diff(simulated.ankle, axis=0), axis=1) * RATE_HZ
    middle = speed[5000:-5000]
    assert 0.25 < np.mean(middle < 0.1) < 0.55
    assert (2.5 if doing == "walk" else 0.7) < middle.max() < 6.5


@pytest.mark.parametrize("seed", range(6))
def test_the_shank_swings_as_shanks_do(seed):
    simulated = walking(seed)
    stream = sense(simulated, SensorModel.ideal(), seed)
    rate = np.degrees(stream.gyr[:, 1])  # strapped on straight: y is the flexion axis
    assert 250 < -np.percentile(rate, 0.5) < 560  # forward swing, the fastest
    assert 90 < np.percentile(rate, 99.5) < 320  # push-off
    assert 40 < np.max(pitch_deg(simulated)) < 65


@pytest.mark.parametrize("seed", range(6))
def test_the_ankle_is_about_three_times_as_fast_as_the_walker(seed):
    rng = np.random.default_rng(seed)
    style = gait(rng)
    stretch = walk(30, style, rng)
    ankle = stretch.knee + 0.42 * np.stack([-np.sin(stretch.pitch), 0 * stretch.pitch, -np.cos(stretch.pitch)], 1)
    fastest = np.percentile(np.abs(np.diff(ankle[:, 0])) * RATE_HZ, 99.5)
    assert 2.3 < fastest / (style.stride_m / style.stride_s) < 3.5


def test_turning_about_changes_the_heading():
    rng = np.random.default_rng(0)
    assert walk(12, gait(rng), rng, turn_rad=np.pi).end[2] == pytest.approx(np.pi, abs=1e-6)


def test_magnitudes_match_a_recorded_walk(reference_data):
    data = np.genfromtxt(reference_data / "negatives" / "walking-shin.csv.gz", delimiter=",", skip_header=1)[750:5500]
    simulated = [sense(walking(s), SensorModel(rate_hz=50, above_ankle_m=0.2), s) for s in range(6)]
    ours = (
        np.concatenate([s.acc[150:-150] for s in simulated]),
        np.concatenate([s.gyr[150:-150] for s in simulated]),
    )
    for mine, theirs, slack in ((ours[0], data[:, 1:4], 0.35), (ours[1], data[:, 4:7], 0.35)):
        mine, theirs = np.linalg.norm(mine, axis=1), np.linalg.norm(theirs, axis=1)
        for share in (50, 90, 99):
            assert np.percentile(mine, share) == pytest.approx(np.percentile(theirs, share), rel=slack), share
