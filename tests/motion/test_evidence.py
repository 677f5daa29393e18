"""What speaks for an excursion being a repetition: judged on made-up candidates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion import company, evidence, way
from tracker.motion.axis import PivotFit, fit_pivots
from tracker.motion.candidate import Candidate, Lift
from tracker.motion.sets import SetBuilder
from tracker.motion.values import Reason, Rejected, Rep

STEP_S = 0.04
AXIS, ARM = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, -0.8])


def swing(arm, *, seconds=3.0, range_deg=40.0, offset=(0.0, 0.0, 0.0), seed=None):
    """Turning rate and acceleration of an ankle at ``arm`` from a fixed pivot, out and back."""
    t = np.arange(0.0, seconds, STEP_S)
    angle = math.radians(range_deg) * np.sin(np.pi * t / seconds) ** 2
    rate = np.gradient(angle, STEP_S)[:, None] * AXIS
    turn = np.gradient(rate, STEP_S, axis=0)
    acc = np.cross(turn, arm) + np.cross(rate, np.cross(rate, arm)) + np.asarray(offset)
    if seed is not None:
        acc = acc + np.random.default_rng(seed).normal(scale=0.3, size=acc.shape)
    return fit_pivots(rate, acc, STEP_S, len(t) // 2)


def candidate(pivot=None, **changes) -> Candidate:
    out, back = pivot or swing(ARM)
    rep = Rep(1, 0.0, 1.0, 1.5, 3.0, 3.1, changes.pop("range_deg", 40.0), 60.0)
    fit = changes.pop("fit", evidence_of(out, back))
    plain = Candidate(rep, out + back, fit, 0.2, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), rep.range_deg, 2.0)
    return replace(plain, **changes)


def evidence_of(out, back) -> PivotFit:
    from tracker.motion.axis import judge

    return judge(out, back)


def test_an_accelerometers_offset_is_no_evidence_against_a_pivot():
    for offset in ((0.0, 0.0, 0.0), (0.3, -0.2, 0.4)):
        fit = evidence_of(*swing(ARM, seconds=5.0, offset=offset))
        assert fit.explained > 0.95
        assert fit.lever_m == pytest.approx(0.8, rel=0.1)


def test_one_pivot_for_all():
    same = [candidate(swing(ARM, seconds=s)) for s in (2.5, 3.0, 3.5)]
    assert evidence.one_pivot(same, exercise("cable"))
    assert evidence.same_pivot(candidate(swing(ARM)), same)
    assert not evidence.same_pivot(candidate(swing(0.15 * ARM)), same)
    assert not evidence.one_pivot([*same[:2], candidate(swing(0.2 * ARM, seconds=2.0))], exercise("cable"))


def test_nothing_but_noise_has_no_pivot():
    noise = [candidate(swing(0.0 * ARM, seconds=6.0, range_deg=10.0, seed=k), range_deg=10.0) for k in range(3)]
    assert not evidence.one_pivot(noise, exercise("cable"))


@pytest.mark.parametrize(
    ("what", "is_one"),
    [
        ({}, True),
        ({"hold_s": 4.5}, True),
        ({"hold_s": 4.5, "explained": 0.8}, False),  # a hand at the cuff
        ({"hold_s": 4.5, "eccentric_s": 0.5}, False),
        ({"hold_s": 6.5}, False),
        ({"range_deg": 130.0}, False),
        ({"eccentric_s": 0.5}, True),
        ({"eccentric_s": 0.5, "range_deg": 21.0}, False),
        ({"eccentric_s": 0.5, "range_deg": 28.0}, True),
        ({"eccentric_s": 0.4, "range_deg": 28.0}, False),  # a shift of the leg on top of a change of posture
        ({"range_deg": 28.0}, True),
    ],
)
def test_one_alone_is_neither_a_fidget_nor_another_posture(what, is_one):
    top = 1.0 + what.get("hold_s", 0.5)
    rep = Rep(1, 0.0, 1.0, top, top + what.get("eccentric_s", 1.5), top + 2.0, what.get("range_deg", 40.0), 60.0)
    one = candidate(rep=rep)
    one = replace(one, fit=replace(one.fit, explained=what.get("explained", one.fit.explained)))
    assert evidence.controlled(one, 20.0) is is_one


@pytest.mark.parametrize(
    ("lift_s", "hold_s", "range_deg", "turned_deg", "resumes"),
    [
        (1.0, 0.5, 12.0, 0.0, True),
        (0.6, 1.3, 10.0, 10.0, True),
        (0.4, 0.5, 12.0, 0.0, False),  # too quick a lift
        (1.0, 3.5, 12.0, 0.0, False),  # too long a hold
        (1.0, 0.5, 8.0, 0.0, False),
        (1.0, 0.5, 12.0, 25.0, True),  # small ones' directions are not known better
        (1.0, 0.5, 12.0, 45.0, False),
    ],
)
def test_the_first_of_a_later_set_is_like_those_before(lift_s, hold_s, range_deg, turned_deg, resumes):
    before = [candidate(rep=Rep(k, 0.0, 1.0, 1.5, 3.0, 3.1, 12.0, 20.0)) for k in range(4)]
    rep = Rep(9, 0.0, lift_s, lift_s + hold_s, lift_s + hold_s + 1.5, 9.0, range_deg, 20.0)
    turn = math.radians(turned_deg)
    one = candidate(rep=rep, direction=(math.cos(turn), math.sin(turn), 0.0))
    assert evidence.resumes(one, before) is resumes
    assert not evidence.resumes(one, [])
    elsewhere = replace(one, rest=(math.sin(0.4), 0.0, math.cos(0.4)))
    assert not evidence.resumes(elsewhere, before)


@pytest.mark.parametrize(
    ("id_", "climb", "due_m_s2", "rested_s", "wrong"),
    [
        ("cable", -0.08, 1.0, 2.0, True),
        ("cable", -0.08, 0.25, 2.0, False),  # slow: the climb is not known so well
        ("cable", -0.20, 0.25, 2.0, True),
        ("machine", 0.055, 1.0, 2.0, False),  # a long push ends higher than it began
        ("machine", 0.055, 1.0, 0.2, True),
        ("machine", 0.09, 1.0, 2.0, True),
        ("glute-bridge", 0.5, 1.0, 0.2, False),  # it depends on the person
    ],
)
def test_the_wrong_way(id_, climb, due_m_s2, rested_s, wrong):
    one = candidate()
    one = replace(one, climb=climb, rested_s=rested_s, fit=replace(one.fit, due_m_s2=due_m_s2))
    assert way.wrong_way(one, exercise(id_), 0.0, vouched=False) is wrong


def test_the_sets_before_tell_which_way_a_bridge_goes():
    bridge, up, down = exercise("glute-bridge"), replace(candidate(), climb=0.3), replace(candidate(), climb=-0.3)
    assert way.wrong_way(up, bridge, -0.3, vouched=False)
    assert not way.wrong_way(down, bridge, -0.3, vouched=False)
    assert not way.wrong_way(up, bridge, 0.0, vouched=False)


def test_the_climb_of_several_is_their_mean():
    clear, unclear, other = (replace(candidate(), climb=climb) for climb in (0.09, 0.01, -0.3))
    other = replace(other, direction=(-1.0, 0.0, 0.0))  # it went another way
    assert way.together(clear, [unclear, other]).climb == pytest.approx(0.05)
    near = replace(unclear, fit=replace(unclear.fit, lever_m=0.5 * clear.fit.lever_m))
    assert way.together(clear, [near]) is clear
    assert way.together(replace(clear, climb=0.0), [unclear]).climb == 0.0  # it could not tell


def test_company_vouches_for_the_way():
    one = candidate()
    one = replace(one, climb=-0.08)
    assert way.wrong_way(one, exercise("cable"), 0.0, vouched=False)
    assert not way.wrong_way(one, exercise("cable"), 0.0, vouched=True)


def test_kin_is_closer_than_alike():
    one = candidate()
    turned = replace(one, direction=(math.cos(math.radians(30)), math.sin(math.radians(30)), 0.0))
    assert evidence.same_way(one, turned)
    assert not evidence.kin(one, turned)
    assert evidence.kin(one, candidate(range_deg=33.0))
    assert not evidence.kin(one, candidate(range_deg=25.0))


def test_steps_aside_are_small_short_and_without_a_clear_pivot():
    rep = Rep(1, 0.0, 0.5, 0.6, 1.2, 1.3, 12.0, 40.0)
    one = candidate(rep=rep)
    doubtful = replace(one, fit=replace(one.fit, due_m_s2=1.5, explained=0.6, even=0.6))
    assert evidence.side_steps([doubtful] * 3, exercise("cable"))
    assert not evidence.side_steps([one] * 3, exercise("cable"))
    large = replace(doubtful, rep=replace(rep, range_deg=30.0))
    assert not evidence.side_steps([large] * 3, exercise("cable"))


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, True),
        ({"direction": (0.0, 1.0, 0.0)}, False),
        ({"rest": (1.0, 0.0, 0.0)}, False),
    ],
)
def test_a_lift_is_fitted_only_where_nothing_simpler_speaks_against_it(changes, asked):
    fits = []
    like = candidate()

    def fit() -> tuple[PivotFit, float]:
        fits.append(like.fit)
        return like.fit, like.climb

    lift = replace(Lift(0.0, 40.0, like.direction, like.rest, fit), **changes)
    assert evidence.one_more(lift, [like]) is asked
    assert len(fits) == asked


def test_a_shank_that_turned_too_far_is_no_lift_whatever_the_fit():
    fit = evidence_of(*swing(ARM))
    near = Lift(0.0, 40.0, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), lambda: (fit, 0.2))
    assert evidence.lifted(near, exercise("cable"))
    assert not evidence.lifted(replace(near, range_deg=1.0 + evidence.ALONE_DEG), exercise("cable"))


def test_a_lift_that_goes_the_wrong_way_is_not_said_at_its_top():
    fit = evidence_of(*swing(ARM))
    said = {
        id_: [
            evidence.lifted(Lift(0.0, 40.0, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), lambda c=climb: (fit, c)), exercise(id_))
            for climb in (-0.1, 0.0, 0.1)
        ]
        for id_ in ("cable", "machine", "glute-bridge")
    }
    assert said["cable"] == [False, False, True]
    assert said["machine"] == [True, False, False]
    assert said["glute-bridge"] == [True, True, True]  # it depends on the person


def test_shares_due_are_straight_lines_between_the_points():
    due = np.linspace(0.0, 5.0, 101)
    wanted = np.interp(due, evidence.DUE_M_S2, evidence.ALONE_SHARE, left=-math.inf)
    assert [evidence.share_due(d, evidence.ALONE_SHARE) for d in due.tolist()] == wanted.tolist()


@pytest.mark.parametrize(
    ("due_m_s2", "explained", "alone", "in_company"),
    [
        (2.0, 0.80, True, True),
        (5.0, 0.80, False, False),  # thrown, as on stairs
        (5.0, 0.90, False, True),
        (9.0, 0.86, False, False),
        (9.0, 0.95, True, True),
    ],
)
def test_what_is_thrown_must_show_its_pivot_clearly(due_m_s2, explained, alone, in_company):
    one = candidate()
    one = replace(one, fit=replace(one.fit, due_m_s2=due_m_s2, explained=explained, even=explained))
    assert evidence.swings([one], evidence.ALONE_SHARE) is alone
    assert evidence.swings([one], evidence.COMPANY_SHARE) is in_company


def quick(start_s, *, range_deg=16.0, lift_s=0.6, hold_s=0.1, return_s=0.7) -> Candidate:
    times = np.cumsum([start_s, lift_s, hold_s, return_s]).tolist()
    return candidate(rep=Rep(1, *times, times[-1] + 0.1, range_deg, 40.0))


@pytest.mark.parametrize(
    ("pause_s", "changes", "rhythm"),
    [
        (0.5, {}, True),
        (1.2, {}, True),
        (1.35, {}, False),  # nearly as long as they are
        (0.5, {"range_deg": 11.0}, False),
        (0.5, {"hold_s": 1.5}, False),
    ],
)
def test_small_quick_ones_follow_each_other_at_once(pause_s, changes, rhythm):
    assert evidence.in_rhythm(quick(0.0), quick(1.4 + pause_s, **changes), pause_s) is rhythm


def small_and_quick(arms) -> list[Candidate]:
    """Follow each other at once, each about its own point."""
    swings = [swing(np.array(arm), seconds=1.4, range_deg=16.0, seed=seed) for seed, arm in enumerate(arms)]
    reps = [quick(2.0 * k).rep for k in range(len(arms))]
    return [candidate(pivot, rep=rep, range_deg=16.0) for pivot, rep in zip(swings, reps, strict=True)]


@pytest.mark.parametrize(
    ("arms", "alike"),
    [
        ([(0.0, 0.0, -0.8)] * 3, 3),
        ([(0.0, 0.0, -0.45), (0.0, 0.0, -0.8), (0.0, 0.0, -0.8)], 2),
        ([(0.3, 0.0, -0.4), (0.0, 0.0, -0.5), (-0.3, 0.0, -0.4)], 1),
    ],
)
def test_small_ones_begin_a_set_where_they_swing_about_one_point(arms, alike):
    assert len(company.family(small_and_quick(arms), [], exercise("cable"))) == alike


def test_small_ones_need_their_rhythm_beside_a_larger_one():
    first, second = small_and_quick([(0.0, 0.0, -0.8)] * 2)
    late = replace(first.rep, start_s=9.0, peak_start_s=9.6, peak_end_s=9.7, end_s=10.4, range_deg=26.0)
    larger = replace(first, rep=late)
    assert not evidence.small(larger, exercise("cable"))
    assert company.family([first, second, larger], [], exercise("cable")) == [larger]


@pytest.mark.parametrize(
    ("seconds", "arm_m", "close"),
    [
        (4.0, 0.20, True),  # a slow squat, whose lever looks longer than it is
        (4.0, 0.27, True),
        (4.0, 0.30, False),
        (3.0, 0.20, True),
        (3.0, 0.27, False),
        (20.0, 0.05, False),  # so slow that nothing shows
    ],
)
def test_squats_turn_about_a_point_too_close_for_a_lift(seconds, arm_m, close):
    one = candidate(swing(np.array([0.0, 0.0, -arm_m]), seconds=seconds, range_deg=25.0))
    assert evidence.too_close(one, exercise("cable")) is close


@pytest.mark.parametrize(
    ("arm_m", "explained", "close"), [(0.22, 0.85, True), (0.22, 0.60, False), (0.18, 0.60, True), (0.30, 0.85, False)]
)
def test_a_leg_that_is_carried_shows_its_pivot_less_clearly(arm_m, explained, close):
    one = candidate(swing(np.array([0.0, 0.0, -arm_m]), seconds=4.0))
    one = replace(one, fit=replace(one.fit, explained=explained))
    assert evidence.too_close(one, exercise("glute-bridge")) is close


@pytest.mark.parametrize(
    ("changes", "usual_hold_s", "other"),
    [
        ({"hold_s": 4.0}, 0.5, True),
        ({"hold_s": 4.0}, 3.0, False),
        ({"hold_s": 2.0}, 0.5, False),
        ({"lift_s": 4.0}, 0.5, True),
    ],
)
def test_another_posture_for_a_while_begins_no_set(changes, usual_hold_s, other):
    group = [quick(10.0, hold_s=usual_hold_s), quick(12.0, hold_s=usual_hold_s)]
    assert evidence.other_posture(quick(0.0, **changes), group) is other


def test_a_squat_among_lifts_turns_about_the_ankle():
    lifts = [candidate()] * 3
    assert evidence.much_closer(candidate(swing(0.2 * ARM)), lifts)
    assert not evidence.much_closer(candidate(swing(0.6 * ARM)), lifts)
    slow = candidate(swing(0.2 * ARM, seconds=20.0))
    assert not evidence.much_closer(slow, lifts)  # no lever shows


@pytest.mark.parametrize(
    ("arm", "seconds", "counts"),
    [
        (1.0, 3.0, True),
        (0.2, 3.0, False),  # a squat, however like them in range and time
        (0.2, 1.5, True),  # turned so much faster that the cuff must have slipped in a repetition
    ],
)
def test_what_turns_about_the_ankle_is_none_of_an_open_set(arm, seconds, counts):
    sets = SetBuilder(exercise("cable"))
    for k in range(5):
        of = 1.0 if k < 4 else arm
        one = candidate(swing(of * ARM, seconds=3.0 if k < 4 else seconds))
        out = sets.push(
            replace(one, rep=Rep(k, 4.0 * k, 4.0 * k + 1.0, 4.0 * k + 1.5, 4.0 * k + 3.0, 0.0, 40.0, 60.0)), 0.0
        )
    last = out or sets.end_set(0.0)  # one in which the cuff may have slipped waits for the next
    assert isinstance(last[0], Rep) is counts


@pytest.mark.parametrize(
    ("headings_deg", "turning"),
    [
        ((14.0, 16.0, 12.0), True),
        ((-14.0, -16.0, -12.0), True),
        ((14.0, -16.0, 12.0), False),  # to and fro
        ((14.0, 2.0, 12.0), False),
        ((40.0, 0.0, 0.0), False),  # the cuff turned once
        ((7.0, 7.0, 7.0), False),  # as ankles do
    ],
)
def test_short_ones_that_turn_the_body_on_are_steps(headings_deg, turning):
    reps = [quick(2.0 * k).rep for k in range(len(headings_deg))]
    group = [candidate(rep=rep, heading_deg=turned) for rep, turned in zip(reps, headings_deg, strict=True)]
    assert evidence.turning(group) is turning
    slow = replace(group[0], rep=quick(9.0, lift_s=1.5, return_s=1.5).rep)
    assert not evidence.turning([*group, slow])


@pytest.mark.parametrize(("hold_s", "found"), [(0.1, 1), (1.4, 1), (2.4, 1)])
def test_what_moves_as_quickly_as_a_shift_needs_the_rhythm_however_long_it_stays(hold_s, found):
    first, second = small_and_quick([(0.0, 0.0, -0.8)] * 2)
    times = [quick(start_s, hold_s=hold_s).rep for start_s in (0.0, 1.3 + hold_s + 4.0)]
    late = [replace(c, rep=rep) for c, rep in zip((first, second), times, strict=True)]
    assert len(company.family(late, [], exercise("cable"))) == found


@pytest.mark.parametrize(("tries", "found"), [(2, 2), (6, 1)])
def test_a_set_does_not_begin_across_long_fidgeting(tries, found):
    def large(start_s):
        return candidate(rep=quick(start_s, range_deg=60.0, lift_s=1.5, return_s=1.5).rep, range_deg=60.0)

    between = [candidate(rep=quick(4.0 + 3.5 * k).rep, range_deg=16.0) for k in range(tries)]
    waiting = [large(0.0), *between, large(4.0 + 3.5 * tries)]
    assert len(company.family(waiting, [], exercise("cable"))) == found


def test_who_shifts_on_without_a_rest_does_not_fill_the_memory():
    sets, given_up = SetBuilder(exercise("cable")), []
    for k in range(2 * company.MOST_WAIT):
        range_deg = 10.0 if k % 2 else 17.0
        one = quick(4.0 * k, range_deg=range_deg)
        rep = replace(one.rep, peak=k + 1, range_deg=range_deg)
        given_up += sets.push(replace(one, rep=rep, swing_deg=range_deg), rep.end_s + 0.1)
    assert all(isinstance(v, Rejected) and v.reason is Reason.TOO_FEW for v in given_up)
    assert [v.peak for v in given_up] == list(range(1, company.MOST_WAIT + 1))


@pytest.mark.parametrize(
    ("id_", "climb", "range_deg", "climbs", "settled", "wrong"),
    [
        ("machine", 0.03, 35.0, 3, False, True),
        ("machine", 0.03, 35.0, 2, False, False),
        ("machine", 0.03, 35.0, 3, True, False),
        ("machine", 0.03, 50.0, 3, False, False),  # so long a push may end where it began
        ("machine", -0.03, 35.0, 3, False, False),
        ("cable", -0.03, 35.0, 3, False, True),
        ("cable", -0.03, 10.0, 3, False, False),  # so small a lift hardly climbs
    ],
)
def test_three_that_begin_a_set_tell_by_their_mean_which_end_is_rest(id_, climb, range_deg, climbs, settled, wrong):
    one = candidate(climb=climb, climbs=climbs, range_deg=range_deg)
    one = replace(one, rep=replace(one.rep, range_deg=range_deg))
    assert way.wrong_way(one, exercise(id_), 0.0, vouched=True, settled=settled) is wrong
