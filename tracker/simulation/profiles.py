"""Smooth shapes in time: what a joint angle or a foot's path is put together from.

Everything is sampled at `RATE_HZ`, far above what a sensor reads, so that differences of positions are
accelerations and a sensor may sample at any rate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

RATE_HZ = 1000
"""Inner sample rate, Hz."""


def count(seconds: float) -> int:
    """How many inner samples a time takes (at least one)."""
    return max(1, round(seconds * RATE_HZ))


def min_jerk(n: int) -> Array:
    """From 0 to 1 in `n` samples with zero speed and acceleration at both ends.

    The minimum-jerk profile of Flash and Hogan, doi:10.1523/JNEUROSCI.05-07-01688.1985.

    Examples
    --------
    >>> min_jerk(5).round(3).tolist()
    [0.0, 0.104, 0.5, 0.896, 1.0]
    """
    t = np.linspace(0, 1, n)
    return np.asarray(t**3 * (10 + t * (6 * t - 15)))


def phase(n: int, rise: float, fall: float, stall_at: float = 0.5, stall_depth: float = 0.0) -> Array:
    """From 0 to 1 in `n` samples with speed ∝ t^rise (1 − t)^fall, optionally with a hesitation.

    Parameters
    ----------
    n
        Samples.
    rise, fall
        Exponents: 2, 2 is minimum jerk; 1, 1 turns like a pendulum; unequal ones are skewed;
        `fall` under 0.5 arrives with speed, as against a bench.
    stall_at, stall_depth
        Share of the time, and of the speed, that a hesitation takes.
    """
    t = (np.arange(n) + 0.5) / n
    speed = t**rise * (1 - t) ** fall
    speed *= 1 - stall_depth * np.exp(-0.5 * ((t - stall_at) / 0.09) ** 2)
    angle = np.cumsum(speed)
    return np.asarray(angle / angle[-1])


def smooth(values: Array, sigma_s: float) -> Array:
    """Zero-phase Gaussian along the first axis; beyond the ends the first and last value go on."""
    reach = count(4 * sigma_s)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (sigma_s * RATE_HZ)) ** 2)
    kernel /= kernel.sum()
    width = [(reach, reach)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, width, mode="edge")
    if values.ndim == 1:
        return np.convolve(padded, kernel, mode="valid")
    columns = padded.reshape(len(padded), -1).T
    return np.stack([np.convolve(c, kernel, mode="valid") for c in columns], axis=-1).reshape(values.shape)


def through(times_s: ArrayLike, values: ArrayLike, n: int, sigma_s: float = 0.0) -> Array:
    """Draw a curve through knots that never overshoots them (monotone cubic), then smoothed.

    Fritsch and Carlson's limiter in Brodlie's form, doi:10.1137/0717021; flat runs stay flat.

    Parameters
    ----------
    times_s
        Knots, increasing, seconds from the curve's first sample; before and after, the end values hold.
    values
        Value at each knot.
    n
        Samples to return.
    sigma_s
        Standard deviation of the Gaussian, seconds; 0 leaves it out.

    Examples
    --------
    >>> through([0, 0.002], [0, 1], 4).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    x, y = np.asarray(times_s, dtype=float), np.asarray(values, dtype=float)
    width, rise = np.diff(x), np.diff(y)
    secant = rise / width
    slope = np.zeros_like(y)
    same = secant[:-1] * secant[1:] > 0
    w1, w2 = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope[1:-1] = np.where(same, (w1 + w2) / (w1 / secant[:-1] + w2 / secant[1:]), 0.0)
    t = np.clip(np.arange(n) / RATE_HZ, x[0], x[-1])
    k = np.clip(np.searchsorted(x, t, side="right") - 1, 0, len(width) - 1)
    h = width[k]
    u = (t - x[k]) / h
    curve = (
        y[k]
        + u * u * (3 - 2 * u) * (y[k + 1] - y[k])
        + h * (u * (1 - u) ** 2 * slope[k] - u * u * (1 - u) * slope[k + 1])
    )
    return smooth(curve, sigma_s) if sigma_s else curve


def band_noise(rng: np.random.Generator, n: int, columns: int, low_hz: float, high_hz: float) -> Array:
    """Gaussian noise of unit variance between two frequencies, shape (n, columns), infinitely smooth."""
    size = 1 << (n + RATE_HZ).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE_HZ)
    inside = np.flatnonzero((frequency >= low_hz) & (frequency <= high_hz))
    spectrum = np.zeros((columns, len(frequency)), dtype=complex)
    for row in spectrum:
        row[inside] = rng.normal(size=len(inside)) + 1j * rng.normal(size=len(inside))
    noise = np.fft.irfft(spectrum, size, axis=1)[:, :n].T * size / (2 * np.sqrt(len(inside)))
    return np.ascontiguousarray(noise)


def ringing(n: int, at: int, frequency_hz: float, decay_s: float) -> Array:
    """Displacement (n,) of a damped oscillation that starts at sample `at`; its peak acceleration is about 1.

    What an impact leaves behind in soft tissue and strap. It rises with t², so that even its acceleration is
    continuous.
    """
    out = np.zeros(n)
    t = np.arange(max(0, min(n - at, count(12 * decay_s)))) / RATE_HZ
    scale = (2 * np.pi * frequency_hz) ** 2 * 0.54
    out[at : at + len(t)] = (t / decay_s) ** 2 * np.exp(-t / decay_s) * np.sin(2 * np.pi * frequency_hz * t) / scale
    return out
