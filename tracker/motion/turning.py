"""How the shank turned, as the room sees it: a repetition that leaves its plane bends the plane's axis in the sensor.

In: a window's turning rate and up direction, sensor frame. Out: what it turned about, as a ``Spread`` that adds up over
repetitions, and the speed of its twist about any axis. Remembered: nothing.

Rule: gravity says how the sensor leans, the turning rate about the vertical how it heads. So the directions that stay
fixed in the room are known in the sensor's frame at every instant. An axis is given in the sensor's frame as it was
when the leg left rest. The angle about it is the twist of the whole turn since then, by swing and twist: its speed is
the turning rate's part along the mean of the axis that stays in the room and of the one that goes with the sensor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracker.motion.axis import Spread, spread_of
from tracker.motion.samples import Array
from tracker.motion.vectors import Vector, cross, dot

STEEP = 0.25
"""Least square of the level part of what is followed around the vertical: it turns with the sensor, and must not come
near the vertical, where it has no heading."""
LEAST_LEVEL = 0.01
"""It does in what is no lift; numbers stay finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """A window's turning.

    Attributes
    ----------
    gyr, up
        Turning rate (rad/s) and up direction, sensor frame, shape (3, n).
    fixed
        Turning rate about three directions that are fixed in the room, shape (3, n): up, one level, the other level.
    mark
        Unit vector in the sensor whose heading is followed.
    heading
        Cosine and sine of that heading, over the length of the mark's level part, shape (2, n).
    home
        The three directions in the sensor's frame when the leg left rest.
    """

    gyr: Array
    up: Array
    fixed: Array
    mark: Vector
    heading: Array
    home: tuple[Vector, Vector, Vector]

    def spread(self, first: int, last: int) -> Spread:
        """What was turned about in rows ``first`` … ``last`` − 1, in the sensor's frame when it left rest."""
        a, b, c, d, e, f = spread_of(self.fixed[:, first:last])
        rows = ((a, b, c), (b, d, e), (c, e, f))
        half = [[dot(row, side) for side in zip(*self.home, strict=True)] for row in rows]
        xx, xy, xz, yy, yz, zz = (
            dot([home[i] for home in self.home], [row[j] for row in half])
            for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
        )
        return xx, xy, xz, yy, yz, zz

    def about(self, axis: Vector) -> Array:
        """Speed of the twist about an axis, rad/s, shape (n,)."""
        p, q, r = (dot(home, axis) for home in self.home)
        along_up = _along(self.up, axis)
        level = dot(self.mark, axis) - _along(self.up, self.mark) * along_up
        across = _along(self.up, cross(self.mark, axis))
        cosine, sine = self.heading
        stays = p * along_up + cosine * (q * level + r * across) + sine * (r * level - q * across)
        speed = _along(self.fixed, (p, q, r)) + _along(self.gyr, axis)
        return np.asarray(speed / (1.0 + stays))


def turning(gyr: Array, up: Array, axis: Vector, home: int, period_s: float) -> Turning:
    """Look at a window from the room.

    Parameters
    ----------
    gyr, up
        Turning rate (rad/s) and up direction, sensor frame, shape (n, 3).
    axis
        About what it mostly turns, sensor frame.
    home
        Row at which the leg left rest.
    period_s
        Sample spacing, seconds.
    """
    rate, above = np.ascontiguousarray(gyr.T), np.ascontiguousarray(up.T)
    first = u0, v0, w0 = tuple(above[:, home].tolist())
    mark = _mark(axis, first)
    high = _along(above, mark)
    level = np.maximum(1.0 - high * high, LEAST_LEVEL)
    about_up, about_mark = (rate * above).sum(axis=0), _along(rate, mark)
    heading = ((about_up - high * about_mark) / level).cumsum() * period_s
    heading -= heading[home]
    turned = np.stack((np.cos(heading), np.sin(heading))) / np.sqrt(level)
    along = about_mark - high * about_up
    x, y, z = rate
    u, v, w = above
    across = mark[0] * (w * y - v * z) + mark[1] * (u * z - w * x) + mark[2] * (v * x - u * y)
    cosine, sine = turned
    fixed = np.stack((about_up, cosine * along - sine * across, sine * along + cosine * across))
    length = math.sqrt(float(level[home]))
    down = -float(high[home])
    flat = ((mark[0] + down * u0) / length, (mark[1] + down * v0) / length, (mark[2] + down * w0) / length)
    return Turning(rate, above, fixed, mark, turned, (first, flat, cross(first, flat)))


def _mark(axis: Vector, up: Vector) -> Vector:
    """Return the axis where it is level enough, else a direction across it: neither comes near the vertical."""
    if 1.0 - dot(axis, up) ** 2 >= STEEP:
        return axis
    least = min(range(3), key=lambda i: abs(axis[i]))
    side = cross(axis, (float(least == 0), float(least == 1), float(least == 2)))
    length = math.hypot(*side)
    return side[0] / length, side[1] / length, side[2] / length


def _along(columns: Array, direction: Vector) -> Array:
    """Part of each column (3, n) along a direction, shape (n,)."""
    x, y, z = columns
    return np.asarray(x * direction[0] + y * direction[1] + z * direction[2])
