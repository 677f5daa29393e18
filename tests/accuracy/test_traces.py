"""Legs driven by real repetitions: what was asked for, exactly measured, and more like people than smooth phases are.

``python -m pytest tests/accuracy/test_traces.py -s`` prints the comparison.
"""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from tracker.recording import read_samples_csv
from tracker.simulation import TURNING_IDS, Activity, Plan, SensorModel, SetPlan, rotations, sense, simulate
from tracker.simulation.profiles import RATE_HZ

from .traces import SEALED, TUNED, Trace, read_traces, traced

STAND = Activity("stand", 2.0)
PEOPLE = (("s1-*",), ("s2-*",))
each_person = pytest.mark.parametrize("person", PEOPLE, ids=["s1", "s2"])


def plan_of(exercise="cable", reps=10, **options):
    return Plan(exercise, (STAND, SetPlan(reps, **options), STAND))


@each_person
def test_every_labelled_repetition_gives_a_trace(reference_data, person):
    sets = read_traces(reference_data, person)
    assert [len(one.traces) for one in sets] == [10] * 12
    for trace in (t for one in sets for t in one.traces):
        assert 0 < trace.start < trace.peak_start <= trace.peak_end < trace.end < len(trace.angle)
        assert trace.angle[trace.start] == 0
        assert np.degrees(trace.range_rad) > 4
        assert trace.angle[trace.peak_start : trace.peak_end].min() > 0.4 * trace.range_rad
        assert abs(trace.angle[trace.end]) < 0.35 * trace.range_rad


@each_person
def test_the_real_kinds_show_in_the_traces(reference_data, person):
    sets = {one.name: one for one in read_traces(reference_data, person)}
    for exercise in ("seated-knee-extension", "straight-leg-raise", "side-lying-abduction", "prone-hip-extension"):
        correct, fast = (sets[f"{person[0][:2]}-{exercise} {kind}"] for kind in ("correct", "fast"))
        assert fast.times_s[1] < 0.3 * correct.times_s[1]


@each_person
@pytest.mark.parametrize("exercise", TURNING_IDS)
def test_the_truth_holds_what_was_asked_for(reference_data, exercise, person):
    plan = plan_of(exercise, 8, partials=2, bottom_pause_s=0.8, fatigue=0.0, range_deg=35.0)
    simulated = traced(plan, person, 5, reference_data)
    (one,) = simulated.sets
    assert (len(one.reps), len(one.partials)) == (8, 2)
    everything = sorted((*one.reps, *one.partials), key=lambda m: m.start_s)
    borders = [b for m in everything for b in (m.start_s, m.peak_start_s, m.peak_end_s, m.end_s)]
    assert borders == sorted(borders)
    assert all(m.range_deg < 0.6 * 35 for m in one.partials)
    assert all(m.range_deg > 0.65 * 35 for m in one.reps)
    assert simulated.ankle[:, 2].min() > 0.03


@each_person
@pytest.mark.parametrize(
    "tempo", [(0.35, 0.0, 0.45, 0.0), (0.8, 0.4, 1.2, 0.3), (1.5, 1.0, 2.0, 1.0), (3, 1.5, 3.5, 5)]
)
@pytest.mark.parametrize("range_deg", [12.0, 60.0])
def test_times_and_range_are_the_plans_in_the_mean(reference_data, person, tempo, range_deg):
    concentric_s, hold_s, eccentric_s, bottom_pause_s = tempo
    found = []
    for seed in range(3):
        plan = plan_of(
            reps=10,
            concentric_s=concentric_s,
            hold_s=hold_s,
            eccentric_s=eccentric_s,
            bottom_pause_s=bottom_pause_s,
            range_deg=range_deg,
            fatigue=0.0,
        )
        reps = traced(plan, person, seed, reference_data).sets[0].reps
        found += [(r.peak_start_s - r.start_s, r.end_s - r.peak_end_s, r.range_deg) for r in reps]
    mean = np.mean(found, axis=0)
    assert mean[:2] == pytest.approx([concentric_s, eccentric_s], rel=0.2)
    assert mean[2] == pytest.approx(range_deg, rel=0.06)
    assert np.std(found, axis=0)[0] > 0.03 * concentric_s  # no two are the same


@each_person
def test_the_same_seed_gives_the_same_movement(reference_data, person):
    first, again, other = (traced(plan_of(), person, seed, reference_data) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.quat, again.quat)
    assert first.truth() == again.truth() != other.truth()
    assert first.label.endswith(f"traced from {person[0]}")


def test_two_people_move_differently(reference_data):
    one, two = (traced(plan_of(), person, 1, reference_data) for person in PEOPLE)
    assert one.sets != two.sets


@each_person
def test_everything_is_continuous(reference_data, person):
    for seed in range(4):
        plan = plan_of(hold_s=0.0, concentric_s=0.5, eccentric_s=0.6, bottom_pause_s=0.0)
        simulated = traced(plan, person, seed, reference_data)
        speed = np.diff(simulated.ankle, axis=0) * RATE_HZ
        assert np.abs(speed).max() < 8
        assert np.abs(np.diff(speed, axis=0) * RATE_HZ).max() < 80
        turned = rotations.to_rotvec(rotations.multiply(rotations.conjugate(simulated.quat[:-1]), simulated.quat[1:]))
        assert np.degrees(np.abs(turned).max()) * RATE_HZ < 700
        assert np.degrees(np.abs(np.diff(turned, axis=0)).max()) * RATE_HZ < 60


def test_a_tired_leg_gets_slower_and_lifts_less(reference_data):
    reps = traced(plan_of(reps=16, fatigue=0.5), PEOPLE[1], 3, reference_data).sets[0].reps
    first, last = reps[:4], reps[-4:]
    assert np.mean([r.end_s - r.start_s for r in last]) > 1.2 * np.mean([r.end_s - r.start_s for r in first])
    assert np.mean([r.range_deg for r in last]) < 0.95 * np.mean([r.range_deg for r in first])


def test_unknown_people_are_refused(reference_data):
    with pytest.raises(ValueError, match="no recordings of s9"):
        read_traces(reference_data, ("s9-*",))


def test_tuned_and_sealed_groups_share_no_recording(reference_data):
    tuned, sealed = (
        {one.name for group in groups for one in read_traces(reference_data, group)} for groups in (TUNED, SEALED)
    )
    assert tuned.isdisjoint(sealed)
    assert len(tuned) + len(sealed) == 24


def smoothness(speed, rate_hz):
    """Spectral arc length up to 10 Hz: nearer to 0 is smoother (doi:10.1186/s12984-015-0090-9)."""
    size = 1 << (len(speed).bit_length() + 4)
    spectrum = np.abs(np.fft.rfft(speed, size))[: round(10 * size / rate_hz)]
    spectrum /= spectrum.max()
    last = np.flatnonzero(spectrum >= 0.05)[-1]
    step = np.diff(spectrum[: last + 1])
    return -float(np.sum(np.sqrt((1 / last) ** 2 + step**2)))


def lift_figures(angle, start, end):
    """Peak over mean speed, and smoothness, of a lift."""
    speed = np.gradient(angle[start:end]) * RATE_HZ
    return float(speed.max() / speed.mean()), smoothness(speed, RATE_HZ)


def of_traces(traces: list[Trace]):
    return np.array([lift_figures(t.angle, t.start, t.peak_start) for t in traces])


def of_simulated(simulated):
    """The same, from the tilt of the shank between the truth's borders."""
    out = []
    for one in simulated.sets:
        for rep in one.reps:
            a, b = round(rep.start_s * RATE_HZ), round(rep.peak_start_s * RATE_HZ)
            rest = rotations.conjugate(simulated.quat[a])
            turned = rotations.to_rotvec(rotations.multiply(simulated.quat[a:b], rest))
            axis = turned[-1] / np.linalg.norm(turned[-1])
            out.append(lift_figures(turned @ axis, 0, b - a))
    return np.array(out)


def out_of_line(gyr, at_s, spans):
    """Share of the turning that is not about the sensor's one main axis, set by set."""
    shares = []
    for begin, end in spans:
        part = gyr[(at_s >= begin) & (at_s <= end)]
        part = part - np.median(gyr, axis=0)
        strength = np.linalg.eigvalsh(part.T @ part)
        shares.append(1 - strength[-1] / strength.sum())
    return shares


@each_person
def test_traced_legs_are_more_like_people_than_smooth_ones(reference_data, person):
    """At each real set's own tempo and range, so that only the way of moving differs."""
    sets = read_traces(reference_data, person)
    real = of_traces([t for one in sets for t in one.traces])
    models = {"traced": [], "kinematic": []}
    shares = {"traced": [], "kinematic": []}
    for seed, one in enumerate(sets):
        c, h, e = one.times_s
        plan = plan_of(concentric_s=c, hold_s=h, eccentric_s=e, bottom_pause_s=1.0, range_deg=np.degrees(one.range_rad))
        for name, simulated in (
            ("traced", traced(plan, person, seed, reference_data)),
            ("kinematic", simulate(plan, seed)),
        ):
            models[name].append(of_simulated(simulated))
            stream = sense(simulated, SensorModel(rate_hz=25), seed, notify=False)
            reps = simulated.sets[0].reps
            shares[name] += out_of_line(stream.gyr, stream.time_s, [(reps[0].start_s, reps[-1].end_s)])
    real_shares = []
    for path in sorted((reference_data / "ankle-pt").glob(f"pt-{person[0]}.csv.gz")):
        recording = read_samples_csv(path)
        gyr = np.concatenate([s.gyr for s in recording.samples])
        at_s = np.arange(len(gyr)) * recording.period_s
        borders = _labelled(path)
        real_shares += out_of_line(gyr, at_s, borders)
    figures = {"real": real} | {name: np.concatenate(found) for name, found in models.items()}
    shares["real"] = real_shares
    for name, found in figures.items():
        peak, arc = np.median(found, axis=0)
        spread = np.subtract(*np.percentile(found[:, 0], [75, 25]))
        print(
            f"{person[0]} {name:10} lift peak/mean speed {peak:.2f} (quartiles {spread:.2f} apart), "
            f"smoothness {arc:.2f}, out of line {np.median(shares[name]):.1%}"
        )
    gap = {name: abs(np.median(shares[name]) - np.median(real_shares)) for name in models}
    assert gap["traced"] < gap["kinematic"]
    spread = {name: np.std(found[:, 0]) for name, found in figures.items()}
    assert abs(spread["traced"] - spread["real"]) < abs(spread["kinematic"] - spread["real"])


def _labelled(path):
    truth = json.loads((path.parent / path.name.replace(".csv.gz", ".truth.json")).read_text(encoding="utf-8"))
    return [(one["reps"][0]["start_s"], one["reps"][-1]["end_s"]) for one in truth["sets"]]


def test_borders_of_a_trace_follow_each_other(reference_data):
    for person in PEOPLE:
        for one in read_traces(reference_data, person):
            assert all(np.abs(b.aside[0] - a.aside[-1]).max() < 0.5 for a, b in pairwise(one.traces))
