"""What people do between sets, none of it a repetition: standing, changing posture, fidgeting, squatting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .leg import FOOT_M, SHANK_M, STANDING, THIGH_M, Posture, Stretch, ankle_of, direction, still
from .profiles import RATE_HZ, band_noise, count, min_jerk, ringing, smooth, through
from .rotations import about, rotate

Array = NDArray[np.float64]


def stand_on(stretch: Stretch, ankle: Array) -> None:
    """Place the knee over an ankle path (n, 3), along the stretch's pitch, roll and yaw; the hip above it."""
    pitch, roll, yaw = stretch.pitch, stretch.roll, stretch.yaw
    back, side = -np.sin(pitch), np.sin(roll) * np.cos(pitch)
    shank = np.stack(
        [
            back * np.cos(yaw) - side * np.sin(yaw),
            back * np.sin(yaw) + side * np.cos(yaw),
            -np.cos(roll) * np.cos(pitch),
        ],
        axis=-1,
    )
    stretch.knee = ankle - SHANK_M * shank
    stretch.hip = stretch.knee + np.array([0.0, 0.0, THIGH_M])


def stay(pose: Posture, seconds: float) -> Stretch:
    """Keep a pose; sway and tremor are added to every stretch later."""
    return still(pose, count(seconds))


def change(start: Posture, end: Posture, seconds: float, rng: np.random.Generator) -> Stretch:
    """Go from one pose to another, every joint in its own time."""
    n = count(seconds)
    stretch = still(start, n)

    def blend(a: float, b: float) -> Array:
        lead, tail = rng.uniform(0.02, 0.25, size=2)
        head, rest = round(lead * n), round(tail * n)
        return a + (b - a) * np.concatenate([np.zeros(head), min_jerk(n - head - rest), np.ones(rest)])

    stretch.hip = np.stack([blend(a, b) for a, b in zip(start.hip, end.hip, strict=True)], axis=-1)
    thigh = blend(start.thigh, end.thigh)
    stretch.pitch = blend(start.shank, end.shank)
    stretch.knee = stretch.hip + THIGH_M * direction(thigh)
    stretch.free = blend(start.free, end.free)
    sunk = FOOT_M - (stretch.knee + SHANK_M * direction(stretch.pitch))[:, 2]
    step_over = smooth(np.maximum(0.0, sunk - max(0.0, sunk[0], sunk[-1])), 0.08)  # feet stay above the floor
    stretch.hip[:, 2] += step_over
    stretch.knee[:, 2] += step_over
    bump = np.sin(np.pi * min_jerk(n)) ** 2
    stretch.roll = np.radians(rng.normal(0, 5)) * bump
    stretch.spin = np.radians(rng.normal(0, 8)) * bump
    return stretch


def _out_and_back(rng: np.random.Generator, *, quick_s: tuple[float, float], hold_s: float) -> Array:
    """One movement 0 → 1 → 0 with a hold, still before and after; as long as it takes."""
    up, down = rng.uniform(*quick_s, size=2)
    times = np.cumsum([rng.uniform(0.2, 0.8), up, max(0.02, hold_s), down])
    return through(times, [0.0, 1.0, 1.0, 0.0], count(times[-1] + rng.uniform(0.25, 0.8)), 0.04)


def fidget(pose: Posture, rng: np.random.Generator) -> Stretch:
    """One fidget: a shift of the shank over the foot, a weight shift, foot taps, or a shuffle of the leg."""
    move = _out_and_back(rng, quick_s=(0.3, 0.8), hold_s=float(rng.choice([0.0, 0.1, 0.5, 1.0])))
    stretch = still(pose, len(move))
    ankle = np.tile(ankle_of(pose), (len(move), 1))
    kinds = ("lean", "weight", "taps") if pose is STANDING else ("shift", "weight", "shift")
    kind = rng.choice(kinds)
    sign = rng.choice([-1.0, 1.0])
    on_floor = abs(np.cos(pose.shank)) < 0.5 and pose.hip[2] > 0.3  # all fours: the foot can only go up
    if kind == "lean":  # the knee goes forward over the standing foot, the heel may rise
        stretch.pitch = stretch.pitch + np.radians(rng.uniform(13, 22)) * move
        ankle = ankle + move[:, None] * np.array([0.02, 0.0, rng.uniform(0.0, 0.05)])
        stand_on(stretch, ankle)
    elif kind == "taps":
        _foot_taps(stretch, ankle, rng)
    elif pose is STANDING:
        stretch.roll = sign * np.radians(rng.uniform(4, 9)) * move
        stretch.pitch = stretch.pitch + np.radians(rng.uniform(-4, 4)) * move
        stand_on(stretch, ankle)
    else:  # the lower leg moves, or the body leans, and comes back
        turn = np.radians(rng.uniform(13, 22)) if kind == "shift" else np.radians(rng.uniform(2, 6))
        stretch.pitch = stretch.pitch + (1.0 if on_floor else sign) * turn * move
        stretch.roll = sign * np.radians(rng.uniform(2, 8)) * move
        away = rng.uniform(-1, 1, size=3) * np.array([0.08, 0.05, 0.02])
        stretch.hip = stretch.hip + move[:, None] * away
        stretch.knee = stretch.knee + move[:, None] * away
    return stretch


def _foot_taps(stretch: Stretch, ankle: Array, rng: np.random.Generator) -> None:
    n = len(stretch)
    taps = int(rng.integers(2, 6))
    period = min(rng.uniform(0.28, 0.5), (n / RATE_HZ - 0.5) / taps)
    times, values = [0.3], [0.0]
    for k in range(taps):
        times += [0.3 + (k + 0.5) * period, 0.3 + (k + 0.95) * period]
        values += [1.0, 0.0]
    move = through(times, values, n, 0.02)
    for k in range(taps):
        shock = ringing(n, count(0.3 + (k + 0.95) * period), 20, 0.015)
        stretch.shock += rng.uniform(0.5, 3) * shock[:, None] * np.array([0.2, 0.0, 1.0])
    stretch.pitch = stretch.pitch + np.radians(rng.uniform(1, 4)) * move
    stand_on(stretch, ankle + move[:, None] * np.array([0.0, 0.0, 0.004]))


def squat(rng: np.random.Generator, *, sit: bool = False) -> Stretch:
    """One squat, or sitting down, a while on the chair, and standing up; the foot stays where it is."""
    down, up = rng.uniform(0.8, 1.8, size=2)
    below = rng.uniform(2, 5) if sit else rng.uniform(0.05, 0.6)
    n = count(down + below + up + 0.8)
    move = through(np.cumsum([0.3, down, below, up]), [0.0, 1.0, 1.0, 0.0], n, 0.06)
    stretch = still(STANDING, n)
    stretch.pitch = np.radians(rng.uniform(4, 14) if sit else rng.uniform(22, 35)) * move
    stretch.roll = np.radians(rng.normal(0, 3)) * move
    stand_on(stretch, np.tile(ankle_of(STANDING), (n, 1)))
    stretch.hip = stretch.knee + np.array([0.0, 0.0, THIGH_M]) - move[:, None] * np.array([0.35, 0.0, 0.3])
    return stretch


def adjust_cuff(pose: Posture, seconds: float, rng: np.random.Generator) -> Stretch:
    """Hands at the cuff: the sensor is tugged and turned with the shank."""
    move = _out_and_back(rng, quick_s=(0.3, 0.5), hold_s=seconds)
    n, envelope = len(move), move[:, None]
    stretch = still(pose, n)
    turn = band_noise(rng, n, 3, 0.8, 4.0) * np.radians(rng.uniform(2, 5)) * envelope
    stretch.pitch = stretch.pitch + turn[:, 0]
    stretch.roll = turn[:, 1]
    stretch.spin = 1.5 * turn[:, 2]
    stand_on(stretch, np.tile(ankle_of(pose), (n, 1)))
    stretch.hip = stretch.knee - THIGH_M * direction(np.full(n, pose.thigh))
    stretch.shock = band_noise(rng, n, 3, 2.0, 7.0) * 0.004 * envelope
    return stretch


def strap_on(seconds: float, rng: np.random.Generator) -> Stretch:
    """The sensor comes to the leg: it lies somewhere, is lifted, turned by up to 180°, fastened, and the hands let go.

    Only a session can begin with it: what lies there is not yet on the leg.
    """
    lies, carried = rng.uniform(0.5, 2.0), rng.uniform(1.2, 2.5)
    n = count(lies + carried + seconds + 0.8)
    far = through([lies, lies + carried], [1.0, 0.0], n, 0.08)
    fastening = through(np.cumsum([lies + carried, 0.3, max(0.1, seconds - 0.6), 0.3]), [0, 1, 1, 0], n, 0.04)
    stretch = still(STANDING, n)
    axis = rng.normal(size=3)
    stretch.axis = axis / np.linalg.norm(axis)
    stretch.swing = np.radians(rng.uniform(40, 180)) * far
    turn = band_noise(rng, n, 3, 0.8, 4.0) * np.radians(rng.uniform(2, 5)) * fastening[:, None]
    stretch.pitch, stretch.roll, stretch.spin = stretch.pitch + turn[:, 0], turn[:, 1], 1.5 * turn[:, 2]
    from_where = np.array([rng.uniform(0.2, 0.5), rng.uniform(-0.4, 0.4), rng.uniform(0.3, 0.7)])
    path = ankle_of(STANDING) + far[:, None] * from_where
    stretch.knee = path - rotate(about(stretch.axis, stretch.swing), [0.0, 0.0, -SHANK_M])
    stretch.shock = band_noise(rng, n, 3, 2.0, 7.0) * 0.004 * fastening[:, None]
    stretch.sway = stretch.tremor = 1.0 - far  # nothing trembles that lies on a bench
    return stretch
