"""Quaternions in arrays: w-x-y-z, shape (..., 4), rotating body coordinates into earth coordinates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


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
    half = np.asarray(angle, dtype=float)[..., None] / 2
    return np.concatenate([np.cos(half), np.sin(half) * np.asarray(axis, dtype=float)], axis=-1)


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
    w, x, y, z = np.moveaxis(left, -1, 0)
    a, b, c, d = np.moveaxis(right, -1, 0)
    return np.stack(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ],
        axis=-1,
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
    vector = np.asarray(vector, dtype=float)
    twice = 2 * np.cross(quat[..., 1:], vector)
    return np.asarray(vector + quat[..., :1] * twice + np.cross(quat[..., 1:], twice))


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
