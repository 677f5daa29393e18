r"""The moment of a weight about the hip over the shank's angle: a model, not a measurement.

In: an exercise, a load, an angle of the shank from rest. Out: newton metres. Remembered: nothing.

Rule: a weight pulls down with the same force all the way, but what the hip has to hold is force times the horizontal
distance to the weight, and that changes with the angle θ. The posture says how::

    standing, leg straight          all fours, knee at a right angle
         o hip                        hip o─── trunk
          \                               │\
           \  thigh + shank               │ \ thigh          distance of the ankle: thigh · sin θ + shank · cos θ
            \                             │  \                          of the knee: thigh · sin θ
             ● distance (…) · sin θ       └───●──── ● ankle (at rest the shank is level)

It is told of exercises with a weight on the leg alone. A cable's pull turns with the leg, a band's grows, and in a
bridge the sensor does not see the pelvis. Left out: the leg's own weight (a sixth of the body's), how fast it is moved,
how far the pelvis goes along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

G_M_S2 = 9.81
HEIGHT_M = 1.70
"""Where a person's height is not known; 10 cm more or less are 6 % of the moment."""
THIGH_SHARE, SHANK_SHARE = 0.245, 0.246
"""Hip to knee and knee to ankle, of the height. Drillis and Contini 1966, in Winter, Biomechanics and Motor Control of
Human Movement, doi:10.1002/9780470549148, chapter 4."""

_SHARES: dict[str, tuple[float, float]] = {
    "ankle-weight-standing": (THIGH_SHARE + SHANK_SHARE, 0.0),
    "ankle-weight-quadruped": (THIGH_SHARE, SHANK_SHARE),
    "dumbbell": (THIGH_SHARE, 0.0),
}
"""Of the height, by exercise: what grows with the sine of the angle, and what with its cosine."""


@dataclass(frozen=True, slots=True)
class Lever:
    """Where the weight is from the hip: ``rising_m`` · sin θ + ``level_m`` · cos θ, horizontally."""

    rising_m: float
    level_m: float

    def distance_m(self, angle_deg: float) -> float:
        """Return the horizontal distance from the hip at an angle of the shank from rest."""
        angle = math.radians(angle_deg)
        return self.rising_m * math.sin(angle) + self.level_m * math.cos(angle)

    def moment_nm(self, angle_deg: float, load_kg: float) -> float:
        """Return the moment of the weight about the hip, newton metres.

        Examples
        --------
        >>> standing = lever_of("ankle-weight-standing")
        >>> [round(standing.moment_nm(angle_deg, 5.0), 1) for angle_deg in (0.0, 15.0, 30.0)]
        [0.0, 10.6, 20.5]
        """
        return G_M_S2 * load_kg * self.distance_m(angle_deg)

    @property
    def hardest_deg(self) -> float:
        """Angle at which the moment is largest."""
        return math.degrees(math.atan2(self.rising_m, self.level_m))


def lever_of(exercise: str, *, height_m: float = HEIGHT_M) -> Lever | None:
    """Return an exercise's lever; None where the load is no weight on the leg, or the posture is not known.

    Parameters
    ----------
    exercise
        Id.
    height_m
        Of the person.

    Raises
    ------
    ValueError
        Nobody is that tall.
    """
    if not 0.5 < height_m < 2.8:
        raise ValueError(f"height_m must be a person's height in metres, got {height_m}")
    shares = _SHARES.get(exercise)
    return Lever(shares[0] * height_m, shares[1] * height_m) if shares else None
