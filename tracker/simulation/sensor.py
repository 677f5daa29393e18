"""A strapped-on motion sensor: from a leg in space to what a chip reads.

In: a `Simulated` leg and a `SensorModel`. Out: a `SensorStream` with the samples that arrived, as arrays and
as the notifications that carried them.

Specific force is f = Rᵀ(a − g) and the turning rate is that of the body frame, both from central differences
at 1 kHz, averaged over one sample period as a chip's low-pass does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firmware_protocol import CLIPPED_HIGH, CLIPPED_LOW, Scales

from . import rotations
from .profiles import RATE_HZ, through
from .session import Simulated
from .wire import Link, Notification, deliver, info_bytes

Array = NDArray[np.float64]

GRAVITY = np.array([0.0, 0.0, -9.80665])
"""Earth frame, m/s²."""
ACC_DENSITY = 120e-6 * 9.80665
"""m/s²/√Hz: LSM6DS3 90 µg/√Hz, BMI270 160 µg/√Hz (data sheets)."""
GYR_DENSITY = np.radians(0.006)
"""rad/s/√Hz: LSM6DS3 5 mdps/√Hz, BMI270 7 mdps/√Hz (data sheets)."""


@dataclass(frozen=True, slots=True)
class SensorModel:
    """What kind of sensor, how good, and how it is worn.

    Attributes
    ----------
    rate_hz
        Nominal sampling rate, 25–200 Hz.
    rate_error
        Share by which the chip's own rate is off.
    clock_ppm
        How much too fast the sensor's microsecond clock runs.
    jitter_s
        Standard deviation of each sample's true instant around its place on the even grid (at most 0.45 periods off).
    strap
        ``random`` (uniform on SO(3)), ``tilted`` (up to 25° off the shank's axes) or ``aligned``.
    above_ankle_m, off_axis_m
        Place along the shank and distance from its axis; the direction is random.
    gyr_bias_deg_s, gyr_drift_deg_s
        Size of the constant bias (random direction) and of its slow change over the session.
    acc_bias_m_s2
        Size of the accelerometer's offset.
    noise
        Factor on the data sheets' noise densities; 0 switches noise off.
    scale_error, misalignment_deg
        Standard deviations of the gain error (share) and of the angle between the axes.
    slip_deg, slip_at_s, slip_s
        How far, when, and within what time the cuff turns on the leg (about a random axis).
    acc_range_g, gyr_range_dps
        Full scale.
    quantised
        Round to 16 bits and clip at full scale. Notifications always are.
    link
        Batching, losses and arrival times.
    """

    rate_hz: int = 100
    rate_error: float = 0.0
    clock_ppm: float = 0.0
    jitter_s: float = 0.0
    strap: Literal["random", "tilted", "aligned"] = "random"
    above_ankle_m: float = 0.08
    off_axis_m: float = 0.05
    gyr_bias_deg_s: float = 1.0
    gyr_drift_deg_s: float = 0.05
    acc_bias_m_s2: float = 0.15
    noise: float = 1.0
    scale_error: float = 0.005
    misalignment_deg: float = 0.5
    slip_deg: float = 0.0
    slip_at_s: float = 0.0
    slip_s: float = 0.2
    acc_range_g: int = 16
    gyr_range_dps: int = 2000
    quantised: bool = True
    link: Link = field(default_factory=Link)

    def __post_init__(self) -> None:
        """Check the rate and the times.

        Raises
        ------
        ValueError
            For a rate outside 10–500 Hz, a negative jitter or a slip that takes no time.
        """
        if not 10 <= self.rate_hz <= 500:
            raise ValueError(f"rate_hz must lie between 10 and 500, got {self.rate_hz}")
        if self.jitter_s < 0 or not self.slip_s > 0:
            raise ValueError(
                f"jitter_s must not be negative and slip_s positive, got {self.jitter_s} and {self.slip_s}"
            )

    @property
    def true_rate_hz(self) -> float:
        """Samples per second of true time."""
        return self.rate_hz * (1 + self.rate_error)

    @classmethod
    def ideal(cls, rate_hz: int = 100) -> SensorModel:
        """Make a sensor without any error, strapped on straight."""
        return cls(
            rate_hz=rate_hz,
            strap="aligned",
            gyr_bias_deg_s=0.0,
            gyr_drift_deg_s=0.0,
            acc_bias_m_s2=0.0,
            noise=0.0,
            scale_error=0.0,
            misalignment_deg=0.0,
            quantised=False,
        )

    def at(self, rate_hz: int) -> SensorModel:
        """Return the same sensor at another rate."""
        return replace(self, rate_hz=rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class SensorStream:
    """What arrived from a sensor.

    Attributes
    ----------
    time_s
        True time of each sample since the session began (the truth's time), shape (n,).
    index
        Number of each sample since the first; a jump is a loss, shape (n,).
    acc, gyr
        Specific force m/s², turning rate rad/s, sensor frame, shape (n, 3).
    clipped
        Where an axis was at the end of its range, shape (n,).
    info
        Value of the Info characteristic.
    notifications
        (host arrival time in ns, value) in order of arrival; empty if they were not asked for.
    """

    time_s: Array
    index: NDArray[np.int64]
    acc: Array
    gyr: Array
    clipped: NDArray[np.bool_]
    info: bytes
    notifications: list[Notification]


def sense(
    simulated: Simulated, model: SensorModel | None = None, seed: int = 0, *, notify: bool = True
) -> SensorStream:
    """Wear the sensor through a session. The same arguments give the same stream.

    Parameters
    ----------
    simulated
        The leg.
    model
        The sensor; None for a usual one.
    seed
        Draws its errors, how it is strapped on, and what gets lost.
    notify
        Make the notifications too; without them the arrays are the same.
    """
    model = model or SensorModel()
    rng = np.random.default_rng([seed, 1])
    instants_s = _instants(simulated.duration_s, model, np.random.default_rng([seed, 2]))
    acc, gyr = _ideal(simulated, instants_s, model, rng)
    acc, gyr = _flaws(acc, gyr, model, rng)
    scales = Scales.for_ranges(model.acc_range_g, model.gyr_range_dps)
    raw = np.concatenate([acc / scales.acc_scale, gyr / scales.gyr_scale], axis=1)
    raw = np.clip(np.round(raw), CLIPPED_LOW, CLIPPED_HIGH).astype(np.int16)
    if model.quantised:
        acc, gyr = raw[:, :3] * scales.acc_scale, raw[:, 3:] * scales.gyr_scale
    boot_id = int(rng.integers(1, 2**32))
    info = info_bytes(scales, model.rate_hz, model.true_rate_hz / (1 + model.clock_ppm * 1e-6), boot_id)
    clock_us = instants_s * (1 + model.clock_ppm * 1e-6) * 1e6
    arrived, notifications = deliver(raw, instants_s, clock_us, model.rate_hz, boot_id, model.link, rng, notify=notify)
    index = np.flatnonzero(arrived)
    clipped = ((raw == CLIPPED_LOW) | (raw == CLIPPED_HIGH)).any(axis=1)
    return SensorStream(instants_s[arrived], index, acc[arrived], gyr[arrived], clipped[arrived], info, notifications)


def _instants(duration_s: float, model: SensorModel, rng: np.random.Generator) -> Array:
    """Middle of each sample's period, seconds: on an even grid, or a little off it."""
    half = 0.5 / model.true_rate_hz
    even = np.arange(half, duration_s - half - 2 / RATE_HZ, 2 * half)
    if not model.jitter_s:
        return even
    off = np.clip(rng.normal(0, model.jitter_s, size=len(even)), -0.9 * half, 0.9 * half)
    return np.clip(even + off, half, duration_s - half)


def _ideal(
    simulated: Simulated, instants_s: Array, model: SensorModel, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Specific force and turning rate at these instants, without errors."""
    around = rng.uniform(-np.pi, np.pi)
    place = np.array([model.off_axis_m * np.cos(around), model.off_axis_m * np.sin(around), model.above_ankle_m])
    position = simulated.ankle + rotations.rotate(simulated.quat, place) + simulated.shock
    linear = np.zeros_like(position)
    linear[1:-1] = np.diff(position, 2, axis=0) * RATE_HZ**2
    strap = _strap(model, simulated, rng)
    quat = rotations.multiply(simulated.quat, strap)
    force = rotations.rotate(rotations.conjugate(quat), linear - GRAVITY)
    turn = np.zeros_like(position)
    step = rotations.multiply(rotations.conjugate(quat[:-2]), quat[2:])
    turn[1:-1] = rotations.to_rotvec(step) * RATE_HZ / 2
    turn[0], turn[-1] = turn[1], turn[-2]
    half = 0.5 / model.true_rate_hz
    return _averaged(force, instants_s, half), _averaged(turn, instants_s, half)


def _strap(model: SensorModel, simulated: Simulated, rng: np.random.Generator) -> Array:
    """Sensor frame → shank frame, shape (4,) or, where the cuff slips, (n, 4)."""
    strap = np.array([1.0, 0.0, 0.0, 0.0])
    if model.strap != "aligned":
        tilt = np.radians(25) if model.strap == "tilted" else None
        strap = rotations.random_rotation(rng, tilt_rad=tilt)
    if not model.slip_deg:
        return strap
    slid = through([model.slip_at_s, model.slip_at_s + model.slip_s], [0.0, 1.0], len(simulated.quat), 0.02)
    return rotations.multiply(rotations.about(_unit(rng), np.radians(model.slip_deg) * slid), strap)


def _averaged(values: Array, time_s: Array, half_s: float) -> Array:
    """Mean over time_s ± half_s; sample k of `values` stands for the millisecond around k / RATE_HZ."""
    total = np.concatenate([np.zeros((1, 3)), np.cumsum(values, axis=0)])

    def at(when: Array) -> Array:
        place = np.clip(when * RATE_HZ + 0.5, 0, len(values))
        below = np.minimum(place.astype(int), len(values) - 1)
        part = (place - below)[:, None]
        return np.asarray(total[below] * (1 - part) + total[below + 1] * part)

    return (at(time_s + half_s) - at(time_s - half_s)) / (2 * half_s * RATE_HZ)


def _flaws(acc: Array, gyr: Array, model: SensorModel, rng: np.random.Generator) -> tuple[Array, Array]:
    """Gain, misalignment, bias, drift and noise."""
    n = len(acc)

    def distort(values: Array) -> Array:
        gain = np.diag(1 + rng.normal(0, model.scale_error, size=3))
        cross = np.radians(model.misalignment_deg) * rng.normal(size=(3, 3))
        np.fill_diagonal(cross, 0.0)
        return np.asarray(values @ (gain + cross).T)

    acc, gyr = distort(acc), distort(gyr)
    phase = rng.uniform(0, 2 * np.pi)
    wander = np.sin(np.linspace(phase, phase + rng.uniform(2, 6), n))[:, None]
    acc = acc + model.acc_bias_m_s2 * _unit(rng)
    gyr = gyr + np.radians(model.gyr_bias_deg_s) * _unit(rng)
    gyr = gyr + np.radians(model.gyr_drift_deg_s) * _unit(rng) * wander
    spread = model.noise * np.sqrt(model.rate_hz / 2)
    return acc + ACC_DENSITY * spread * rng.normal(size=(n, 3)), gyr + GYR_DENSITY * spread * rng.normal(size=(n, 3))


def _unit(rng: np.random.Generator) -> Array:
    vector = rng.normal(size=3)
    return np.asarray(vector / np.linalg.norm(vector))
