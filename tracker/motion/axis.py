"""What turned about what: the flexion axis, and whether the ankle swung about one fixed pivot.

A leg lift swings the ankle about the hip or the knee, which stay where they are: the ankle's acceleration is then fully
given by the turning rate and one lever arm r, ``a = α × r + ω × (ω × r)``, the same r on the way out and back. In a step
the hip travels, the knee bends and the foot stands; in a shake nothing turns about anything; in a squat the shank turns
about the ankle. So the least-squares r and the share of the acceleration it explains are the physical evidence that an
excursion was a lift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.motion.samples import Array


@dataclass(frozen=True, slots=True)
class Pivot:
    """How well one fixed pivot explains a window of motion.

    Attributes
    ----------
    lever_m
        Distance from the pivot to the sensor, metres.
    explained
        Share of the mean square acceleration that it explains, 0 … 1.
    rms_m_s2
        Root mean square acceleration in the window, gravity removed.
    """

    lever_m: float
    explained: float
    rms_m_s2: float


def fit_pivot(gyr: Array, lin: Array, step_s: float) -> Pivot:
    """Fit one fixed pivot to a window.

    Parameters
    ----------
    gyr, lin
        Turning rate (rad/s) and gravity-free acceleration (m/s²), sensor frame, shape (n, 3), n ≥ 5, evenly spaced.
    step_s
        Their spacing, seconds.
    """
    w, a = _smooth(gyr), _smooth(lin)
    al = (w[2:] - w[:-2]) / (2.0 * step_s)
    w, a = w[1:-1], a[1:-1]
    n = len(w)
    design = np.empty((3, n, 3))  # design[i] @ r is component i of the modelled acceleration
    xx, yy, zz = w[:, 0] ** 2, w[:, 1] ** 2, w[:, 2] ** 2
    xy, xz, yz = w[:, 0] * w[:, 1], w[:, 0] * w[:, 2], w[:, 1] * w[:, 2]
    design[0, :, 0], design[0, :, 1], design[0, :, 2] = -yy - zz, xy - al[:, 2], xz + al[:, 1]
    design[1, :, 0], design[1, :, 1], design[1, :, 2] = xy + al[:, 2], -xx - zz, yz - al[:, 0]
    design[2, :, 0], design[2, :, 1], design[2, :, 2] = xz - al[:, 1], yz + al[:, 0], -xx - yy
    rows = design.reshape(3 * n, 3)
    target = a.T.reshape(3 * n)
    normal = rows.T @ rows
    ridge = 1e-3 * (normal[0, 0] + normal[1, 1] + normal[2, 2]) / 3.0 + 1e-9
    lever = np.linalg.solve(normal + ridge * np.eye(3), rows.T @ target)
    left = target - rows @ lever
    total = float(target @ target)
    explained = 1.0 - float(left @ left) / total if total > 0.0 else 0.0
    return Pivot(float(np.sqrt(lever @ lever)), explained, float(np.sqrt(total / n)))


def flexion_axis(gyr: Array) -> Array:
    """Unit vector about which a window turns most, sensor frame, shape (3,); its sign is arbitrary."""
    values, vectors = np.linalg.eigh(gyr.T @ gyr)
    axis: Array = vectors[:, int(np.argmax(values))]
    return axis


def climb(up: Array, lin: Array, step_s: float, top: int) -> float:
    """Height gained by row ``top``, metres: vertical acceleration integrated twice, at rest at both ends."""
    vertical = lin[:, 0] * up[:, 0] + lin[:, 1] * up[:, 1] + lin[:, 2] * up[:, 2]
    speed = np.cumsum(vertical) * step_s
    speed -= speed[-1] * np.arange(1, len(speed) + 1) / len(speed)
    return float(np.cumsum(speed)[top] * step_s)


def _smooth(x: Array) -> Array:
    """Binomial (¼ ½ ¼), ends dropped."""
    return 0.25 * x[:-2] + 0.5 * x[1:-1] + 0.25 * x[2:]
