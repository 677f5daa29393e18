"""Errors, losses and bytes: what a sensor adds to a movement."""

import csv
import gzip
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_protocol import Info, MotionFlags, MotionPacket
from tracker.simulation import Activity, Link, Plan, SensorModel, SetPlan, sense, simulate, write_csv

BAD_LINK = Link(loss=0.03, bursts_per_min=6)


@pytest.fixture(scope="module")
def session():
    return simulate(Plan("cable", (Activity("walk", 6), SetPlan(4))), seed=1)


def unpack(stream):
    """Indices, raw samples and packets of a stream's notifications."""
    packets = [MotionPacket.from_bytes(value) for _, value in stream.notifications]
    raw = np.concatenate([np.frombuffer(p.payload, "<i2").reshape(-1, 6) for p in packets])
    index = np.concatenate([p.index + np.arange(p.count) for p in packets])
    return index, raw, packets


@settings(max_examples=25, deadline=None)
@given(
    rate=st.sampled_from([25, 50, 104, 200]),
    mtu=st.sampled_from([23, 128, 185, 247, 517]),
    loss=st.sampled_from([0.0, 0.05]),
    bursts=st.sampled_from([0.0, 10.0]),
    seed=st.integers(0, 1000),
)
def test_the_wire_says_what_the_arrays_say(session, rate, mtu, loss, bursts, seed):
    model = SensorModel(rate_hz=rate, link=Link(mtu=mtu, loss=loss, bursts_per_min=bursts))
    stream = sense(session, model, seed)
    info = Info.from_bytes(stream.info)
    index, raw, _ = unpack(stream)
    np.testing.assert_array_equal(index, stream.index)
    np.testing.assert_allclose(raw[:, :3] * info.scales.acc_scale, stream.acc, atol=1e-6)
    np.testing.assert_allclose(raw[:, 3:] * info.scales.gyr_scale, stream.gyr, atol=1e-7)
    assert all(len(value) <= mtu - 3 for _, value in stream.notifications)


def test_arrival_is_late_in_order_and_on_the_interval(session):
    stream = sense(session, SensorModel(link=Link(jitter_s=0.0, host_start_ns=5_000_000_000)))
    arrival = np.array([ns for ns, _ in stream.notifications]) / 1e9 - 5.0
    _, _, packets = unpack(stream)
    last = stream.time_s[np.cumsum([p.count for p in packets]) - 1]
    assert np.all(np.diff(arrival) > 0)
    assert np.all(arrival - last > -1e-9)
    assert np.all(arrival - last <= 0.0301)


def test_losses_show_in_the_index_and_the_flag(session):
    stream = sense(session, SensorModel(link=BAD_LINK), seed=2)
    _, _, packets = unpack(stream)
    jumps = [b.index - a.index - a.count for a, b in pairwise(packets)]
    assert any(jumps)
    assert all(bool(p.flags & MotionFlags.LOST) == bool(j) for p, j in zip(packets[1:], jumps, strict=True))
    assert np.diff(stream.time_s).max() > 0.05


def test_clock_and_rate_errors_show_where_they_should(session):
    model = SensorModel(rate_error=0.03, clock_ppm=200)
    stream = sense(session, model)
    _, _, packets = unpack(stream)
    assert 1 / np.diff(stream.time_s).mean() == pytest.approx(103.0)
    assert Info.from_bytes(stream.info).rate.hz == pytest.approx(103.0 / (1 + 200e-6), abs=0.001)
    clock = (packets[-1].time_us - packets[0].time_us) / 1e6
    true = stream.time_s[packets[-1].index] - stream.time_s[packets[0].index]
    assert clock / true == pytest.approx(1 + 200e-6, abs=1e-6)


def test_counters_wrap(session):
    model = SensorModel(link=Link(first_index=65_500, boot_age_s=4294.0))
    _, _, packets = unpack(sense(session, model))
    assert packets[0].index == 65_500
    assert any(b.index < a.index for a, b in pairwise(packets))
    assert any(b.time_us < a.time_us for a, b in pairwise(packets))


def test_a_small_range_clips_and_says_so(session):
    stream = sense(session, SensorModel(acc_range_g=2, gyr_range_dps=250))
    _, raw, packets = unpack(stream)
    assert np.abs(stream.acc).max() <= 2 * 9.80665 + 1e-6
    assert np.any(raw == 32767) or np.any(raw == -32768)
    assert any(p.flags & MotionFlags.CLIPPED for p in packets)


@pytest.mark.parametrize(("acc_g", "gyr_dps"), [(2, 2000), (16, 125), (2, 125)])
def test_clipped_samples_are_named_one_by_one(session, acc_g, gyr_dps):
    model = SensorModel(acc_range_g=acc_g, gyr_range_dps=gyr_dps, link=BAD_LINK)
    stream = sense(session, model, 3, notify=False)
    full = np.array([acc_g * 9.80665] * 3 + [np.radians(gyr_dps)] * 3)
    at_the_end = np.abs(np.hstack([stream.acc, stream.gyr])) > full * (1 - 1.5 / 32768)
    assert 0 < np.mean(stream.clipped) < 0.5
    np.testing.assert_array_equal(stream.clipped, at_the_end.any(axis=1))
    assert not sense(session, SensorModel(), 3).clipped.any()


def test_without_notifications_the_arrays_are_the_same(session):
    model = SensorModel(link=BAD_LINK, slip_deg=10, slip_at_s=5, jitter_s=0.002)
    told, untold = sense(session, model, 3), sense(session, model, 3, notify=False)
    assert told.notifications
    assert not untold.notifications
    for name in ("time_s", "index", "acc", "gyr", "clipped"):
        np.testing.assert_array_equal(getattr(told, name), getattr(untold, name))


@pytest.mark.parametrize("rate_hz", [25, 100, 200])
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_samples_are_taken_a_little_off_the_grid(session, rate_hz, share):
    even = sense(session, replace(SensorModel.ideal(500)))
    jittery = sense(session, replace(SensorModel.ideal(rate_hz), jitter_s=share / rate_hz), seed=3)
    steady = sense(session, SensorModel.ideal(rate_hz), seed=3)
    off = jittery.time_s - steady.time_s
    assert np.std(off) == pytest.approx(share / rate_hz, rel=0.1)
    assert np.all(np.diff(jittery.time_s) > 0)
    np.testing.assert_array_equal(jittery.index, steady.index)
    # what was read belongs to the true instant, not to the place on the grid
    reference = np.interp(jittery.time_s, even.time_s, even.gyr[:, 1])
    slow = np.abs(np.gradient(np.gradient(reference))) < np.median(np.abs(np.gradient(np.gradient(reference))))
    assert np.std((jittery.gyr[:, 1] - reference)[slow]) < np.std((steady.gyr[:, 1] - reference)[slow])


def test_jitter_leaves_the_other_errors_alone():
    still = simulate(Plan("cable", (Activity("stand", 10),)), seed=1)
    steady, jittery = (sense(still, SensorModel(jitter_s=j), seed=3) for j in (0.0, 0.002))
    assert np.abs(steady.gyr - jittery.gyr).max() < np.radians(1.0)  # the leg trembles, the noise is the same
    assert steady.info == jittery.info


def test_errors_have_the_size_they_are_given():
    still = simulate(Plan("cable", (Activity("stand", 60),)), seed=1)
    clean = sense(still, replace(SensorModel.ideal(), strap="random"), seed=3)
    biased = sense(still, replace(SensorModel.ideal(), strap="random", gyr_bias_deg_s=5.0), seed=3)
    off = np.degrees((biased.gyr - clean.gyr).mean(axis=0))
    assert np.linalg.norm(off) == pytest.approx(5.0, abs=0.01)
    noisy = sense(still, replace(SensorModel.ideal(), strap="random", noise=1.0), seed=3)
    assert np.std(noisy.gyr - clean.gyr) == pytest.approx(np.radians(0.006) * np.sqrt(50), rel=0.05)
    assert np.std(noisy.acc - clean.acc) == pytest.approx(120e-6 * 9.80665 * np.sqrt(50), rel=0.05)


def test_the_strap_turns_the_readings_and_nothing_else(session):
    straight = sense(session, SensorModel.ideal(), seed=1)
    turned = sense(session, replace(SensorModel.ideal(), strap="random"), seed=1)
    assert not np.allclose(straight.acc, turned.acc, atol=1)
    for a, b in ((straight.acc, turned.acc), (straight.gyr, turned.gyr)):
        np.testing.assert_allclose(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1), rtol=1e-9)


def test_a_slipping_cuff_changes_the_rest_pose():
    still = simulate(Plan("cable", (Activity("stand", 10),)), seed=1)
    stream = sense(still, replace(SensorModel.ideal(), slip_deg=30, slip_at_s=5.0), seed=4)
    before, after = stream.acc[:400].mean(axis=0), stream.acc[600:].mean(axis=0)
    turn = np.degrees(np.arccos(before @ after / np.linalg.norm(before) / np.linalg.norm(after)))
    assert 3 < turn < 30.5


def test_a_cuff_may_slip_slowly():
    still = simulate(Plan("cable", (Activity("stand", 20),)), seed=1)
    stream = sense(still, replace(SensorModel.ideal(), slip_deg=30, slip_at_s=5.0, slip_s=10.0), seed=4)
    sudden = sense(still, replace(SensorModel.ideal(), slip_deg=30, slip_at_s=5.0), seed=4)
    up, other = (s.acc / np.linalg.norm(s.acc, axis=1, keepdims=True) for s in (stream, sudden))
    np.testing.assert_allclose(up[:400], other[:400], atol=1e-6)
    np.testing.assert_allclose(up[1700:], other[1700:], atol=1e-6)
    half_way = np.degrees(np.arccos(up[995:1005].mean(axis=0) @ up[:400].mean(axis=0)))
    whole = np.degrees(np.arccos(up[1700:].mean(axis=0) @ up[:400].mean(axis=0)))
    assert half_way == pytest.approx(whole / 2, abs=2)
    assert np.degrees(np.abs(stream.gyr).max()) < 8 < np.degrees(np.abs(sudden.gyr).max())


def test_rates_agree(session):
    slow, fast = (sense(session, SensorModel.ideal(rate)) for rate in (50, 200))
    again = np.stack([np.interp(slow.time_s, fast.time_s, fast.gyr[:, k]) for k in range(3)], axis=1)
    assert np.degrees(np.sqrt(np.mean((again - slow.gyr) ** 2))) < 5


def test_the_same_seed_gives_the_same_bytes(session, tmp_path):
    model = SensorModel(link=BAD_LINK)
    first, again, other = sense(session, model, 1), sense(session, model, 1), sense(session, model, 2)
    assert first.notifications == again.notifications != other.notifications
    assert first.info == again.info
    write_csv(tmp_path / "a.csv.gz", first)
    write_csv(tmp_path / "b.csv.gz", again)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_the_csv_follows_the_contract(session, tmp_path):
    stream = sense(session)
    path = tmp_path / "walk.csv.gz"
    write_csv(path, stream)
    with gzip.open(path, "rt") as file:
        rows = list(csv.reader(file))
    assert ",".join(rows[0]) == ("time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s")
    table = np.array(rows[1:], dtype=float)
    np.testing.assert_allclose(table[:, 0], stream.time_s, atol=1e-6)
    np.testing.assert_allclose(table[:, 1:4], stream.acc, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rate_hz": 5}, "between 10 and 500"),
        ({"jitter_s": -0.001}, "must not be negative"),
        ({"slip_s": 0.0}, "slip_s positive"),
    ],
)
def test_an_impossible_sensor_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        SensorModel(**wrong)
