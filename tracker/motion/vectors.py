"""Vectors of three plain floats: where there is one at a time, they are quicker than arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = tuple[float, float, float]


def angle(a: Vector, b: Vector) -> float:
    """Angle between two unit vectors, rad."""
    return 2.0 * math.asin(min(1.0, 0.5 * math.dist(a, b)))


def cross(a: Vector, b: Vector) -> Vector:
    """Cross product.

    >>> cross((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    (0.0, 0.0, 1.0)
    """
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def tangent(a: Vector, b: Vector) -> Vector:
    """Unit tangent at ``a`` towards ``b``."""
    along = dot(a, b)
    x, y, z = b[0] - along * a[0], b[1] - along * a[1], b[2] - along * a[2]
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length
