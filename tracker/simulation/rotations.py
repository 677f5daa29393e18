"""Quaternions in arrays: w-x-y-z, shape (..., 4), rotating body coordinates into earth coordinates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_BLOCK = 8192
"""Rows at a time: what is in between stays in the processor's cache, which makes long sessions twice as fast."""


def about(axis: ArrayLike, angle: ArrayLike) -> Array:
    """Quaternion of a turn by `angle` about a unit vector.

    Parameters
    ----------
    axis
        Unit vector(s), shape (3,) or (n, 3).
    angle
        Radians, scalar or shape (n,).

    Examples
    --------
    >>> about([0, 0, 1], np.pi).round(6).tolist()
    [0.0, 0.0, 0.0, 1.0]
    """
    half, axis = np.asarray(angle, dtype=float) / 2, np.asarray(axis, dtype=float)
    sine = np.sin(half)
    return np.stack([np.cos(half), sine * axis[..., 0], sine * axis[..., 1], sine * axis[..., 2]], axis=-1)


def from_rotvec(vector: Array) -> Array:
    """Quaternions of rotation vectors (n, 3), radians."""
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.concatenate([np.cos(angle / 2), 0.5 * np.sinc(angle / (2 * np.pi)) * vector], axis=-1)


def to_rotvec(quat: Array) -> Array:
    """Rotation vectors (n, 3), radians, of quaternions; the shorter way round."""
    quat = np.where(quat[..., :1] < 0, -quat, quat)
    sine = np.linalg.norm(quat[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, quat[..., :1])
    return np.asarray(quat[..., 1:] * np.divide(angle, sine, out=np.full_like(sine, 2.0), where=sine > 1e-12))


def multiply(left: Array, right: Array) -> Array:
    """Hamilton product; first `right`, then `left`."""
    return _in_blocks(_product, left, right)


def _product(left: Array, right: Array) -> tuple[Array, ...]:
    w, x, y, z = np.moveaxis(left, -1, 0)
    a, b, c, d = np.moveaxis(right, -1, 0)
    return (
        w * a - x * b - y * c - z * d,
        w * b + x * a + y * d - z * c,
        w * c - x * d + y * a + z * b,
        w * d + x * c - y * b + z * a,
    )


def conjugate(quat: Array) -> Array:
    """Return the inverse of unit quaternions."""
    return np.asarray(quat * np.array([1.0, -1.0, -1.0, -1.0]))


def rotate(quat: Array, vector: ArrayLike) -> Array:
    """Body vectors in earth coordinates.

    Examples
    --------
    >>> bool(np.allclose(rotate(about([0, 1, 0], np.pi / 2), [0, 0, -1]), [-1, 0, 0]))
    True
    """
    return _in_blocks(_turned, quat, np.asarray(vector, dtype=float))


def _turned(quat: Array, vector: Array) -> tuple[Array, ...]:
    """Turn v by adding w t + (x, y, z) × t, where t = 2 (x, y, z) × v; np.cross takes four times as long."""
    w, x, y, z = np.moveaxis(quat, -1, 0)
    a, b, c = np.moveaxis(vector, -1, 0)
    p, q, r = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return a + w * p + (y * r - z * q), b + w * q + (z * p - x * r), c + w * r + (x * q - y * p)


def twist(quat: Array, axis: ArrayLike) -> Array:
    """Continuous angle of each rotation about a unit axis (n,), radians: the twist of swing and twist.

    Examples
    --------
    >>> float(twist(about([1, 0, 0], [0.0, 0.5]), [1, 0, 0])[1])
    0.5
    """
    along = np.sum(quat[..., 1:] * np.asarray(axis, dtype=float), axis=-1)
    return np.asarray(np.unwrap(2 * np.arctan2(along, quat[..., 0])))


def random_rotation(rng: np.random.Generator, *, tilt_rad: float | None = None) -> Array:
    """One unit quaternion (4,): uniform on SO(3), or a turn by at most `tilt_rad` about a random axis."""
    vector = rng.normal(size=4)
    if tilt_rad is None:
        return np.asarray(vector / np.linalg.norm(vector))
    return about(vector[:3] / np.linalg.norm(vector[:3]), rng.uniform(0, tilt_rad))


def _in_blocks(make: Callable[[Array, Array], tuple[Array, ...]], quat: Array, other: Array) -> Array:
    """Columns made of rows of quaternions and of quaternions or vectors; one of the two may be a single row."""
    rows = np.broadcast_shapes(quat.shape[:-1], other.shape[:-1])
    quat, other = np.broadcast_to(quat, (*rows, 4)), np.broadcast_to(other, (*rows, other.shape[-1]))
    out = np.empty(other.shape)
    if not rows:
        out[:] = make(quat, other)
        return out
    for begin in range(0, rows[0], _BLOCK):
        part = slice(begin, begin + _BLOCK)
        for k, column in enumerate(make(quat[part], other[part])):
            out[part, ..., k] = column
    return out
