"""Travel: where an ankle that is carried up without turning goes out, and comes back, as it happens.

In: mean turning rate, gravity-free acceleration and up direction, 25 times a second. Out: ``Trip``: from rest to a top
and back, with the stillnesses in it. Remembered: the ankle's height, how fast it changes, the accelerometer's offset
along the vertical, and the trip that is open.

Rule: an up direction that is off by ε spoils a level acceleration by gε, but the vertical one by gε²/2 only. So it is
the height that is followed, by a Kalman filter of three states; wherever the leg is still, its speed is zero [1]_. A
leg that glides slowly is as still to an accelerometer as one that rests: a stillness is believed where the filter's own
speed says so too.

::

     height        ╭───────╮  top
                  ╱  still  ╲
                 ╱           ╲  back: gave back half of the rise
     ── still ──╱ opened      ╲── still: over

.. [1] Skog, Händel, Nilsson & Rantakokko, "Zero-velocity detection — an algorithm evaluation", IEEE Transactions on
   Biomedical Engineering 57(11), 2010. doi:10.1109/TBME.2010.2060723
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from tracker.motion.samples import Array
from tracker.motion.vectors import Vector, angle

STILL_S = 0.3
"""Shortest stillness: a shorter one is like the turn of a leg that does not pause."""
TREMOR_S = 0.12
"""Means over so long leave little of an 8–12 Hz tremor."""
STILL_M_S2, STILL_RAD_S = 0.5, math.radians(6.0)
"""A stillness has no acceleration farther from its mean, and no faster turn (a trembling hold: 0.21 in the middle of
simulated ones, 0.65 at the 95th percentile; a lift of 1 s: 1.3 and more, of 2.5 s: from 0.07). At 0.4, one set in eight
of those that only stand at the top was lost …"""
PUSH_M_S2, LEVEL_M_S2 = 0.6, 0.10
"""… no more mean acceleration against the last rest, and no more of it along the vertical …"""
SPEED_M_S, SPEED_SIGMAS = 0.05, 2.0
"""… and, as far as the filter knows it, no more speed than this and so many of its standard deviations. (A lift of
3.5 s passes its middle at 0.2 m/s, and its acceleration there is less than that of sway.)"""
SPEED_SD_M_S = 0.1
"""How far a step of stillness is trusted: 0.03 m/s, in a dozen steps that are not independent."""
SPEED_WALK, OFFSET_WALK = 0.005, 0.002
"""Random walks of the speed, m/s per √s, and of the offset, m/s² per √s. (With 0.01, every second slow set was lost:
the filter believed stillnesses on the way.)"""
RESTED_S, RESTED_M_S2, RESTED_LEVEL_M_S2 = 0.8, 0.25, 0.12
"""The filter begins at a stillness so long, with less spread, and with less of it along the vertical."""
OFFSET_SD_M_S2 = 0.15
"""How well that tells the offset: a body sways."""
FOLLOW_SHARE = 0.02
"""Share by which each step of stillness corrects the resting acceleration that the next one is held against."""
LOST_S = 8.0
"""After so long without a stillness the height is not known any more."""
HIGHEST_M = 1.2
"""No leg lifts its ankle so high, nor lowers it: it is the filter that went astray."""
TILTED_RAD = math.radians(35.0)
"""A shank that lies otherwise than at rest by more has taken up another posture, or steps. (A straightening leg's turns
by up to 20° on its way.)"""
OUT_M = 0.08
"""A trip opens so high above rest: above sway, and above the drift of a long rest."""
BACK_SHARE = 0.5
"""On the way back when this share of the rise is given back: the height drifts by up to a third of it in 10 s."""
AGAIN_SHARE = 0.25
"""Rising again by this share of the rise: the leg turned round at the bottom without a stillness."""
BEFORE_S = 2.0
"""A trip begins at most so long before it opens: a leg that straightens goes back before it goes up."""
AFTER_S = 0.8
"""It is over so long after the leg came to rest, for the same reason, or when the leg moves again."""
LONGEST_S = 20.0


@dataclass(frozen=True, slots=True)
class Trip:
    """From rest to a top and back, in steps.

    Attributes
    ----------
    begin
        A step at rest before it.
    opened, top, end
        Where it had left rest, was highest, and was lowest again.
    stills
        First and last step of the stillnesses from the one before it to the one after it.
    rise_m
        Height gained, by the filter.
    tilt_rad
        Largest angle between the shank's up directions at rest and on the way.
    returned
        It came back; else it stayed away, or its height was lost.
    """

    begin: int
    opened: int
    top: int
    end: int
    stills: tuple[tuple[int, int], ...]
    rise_m: float
    tilt_rad: float
    returned: bool


class Height:
    """Height, its speed, and the accelerometer's offset along the vertical: a Kalman filter.

    Parameters
    ----------
    step_s
        Time between steps, seconds.
    """

    __slots__ = ("_covariance", "_step_s", "offset_m_s2", "speed_m_s", "value_m")

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self.begin(0.0)

    def begin(self, offset_m_s2: float) -> None:
        """Begin anew, at rest."""
        self.value_m = self.speed_m_s = 0.0
        self.offset_m_s2 = offset_m_s2
        self._covariance = (0.0, 0.0, SPEED_SD_M_S**2 / 25.0, 0.0, OFFSET_SD_M_S2**2)

    def go_on(self, acc_m_s2: float) -> None:
        """Take one step with this vertical acceleration."""
        dt = self._step_s
        acc_m_s2 -= self.offset_m_s2
        self.value_m += dt * (self.speed_m_s + 0.5 * dt * acc_m_s2)
        self.speed_m_s += dt * acc_m_s2
        zv, zb, vv, vb, bb = self._covariance
        zv, zb = zv + dt * (vv - zb - dt * vb), zb + dt * vb
        vv, vb = vv + dt * (dt * bb - 2.0 * vb + SPEED_WALK**2), vb - dt * bb
        self._covariance = zv, zb, vv, vb, bb + dt * OFFSET_WALK**2

    def stand(self) -> None:
        """Take a step of stillness: the speed is zero."""
        zv, zb, vv, vb, bb = self._covariance
        total = vv + SPEED_SD_M_S**2
        surprise = self.speed_m_s / total
        self.value_m -= zv * surprise
        self.speed_m_s -= vv * surprise
        self.offset_m_s2 -= vb * surprise
        left = 1.0 - vv / total
        self._covariance = zv * left, zb - zv * vb / total, vv * left, vb * left, bb - vb * vb / total

    def may_stand(self, acc_m_s2: float) -> bool:
        """The ankle may be still at this mean acceleration, as far as speed and offset are known."""
        _, _, vv, _, bb = self._covariance
        slow = abs(self.speed_m_s) < SPEED_M_S + SPEED_SIGMAS * math.sqrt(vv)
        return slow and abs(acc_m_s2 - self.offset_m_s2) < max(LEVEL_M_S2, 3.0 * math.sqrt(bb))


class Traveller:
    """Follows the ankle's height and finds trips.

    Parameters
    ----------
    step_s
        Time between steps, seconds.
    """

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._means = max(1, round(TREMOR_S / step_s))
        self.span = max(self._means + 1, round(STILL_S / step_s))
        """Steps of the shortest stillness."""
        self._rest = round(RESTED_S / step_s)
        self._raw: deque[Array] = deque(maxlen=self._means)
        self._smooth: deque[Array] = deque(maxlen=self._rest)
        self._height = Height(step_s)
        self.restart()

    def restart(self) -> None:
        """Forget everything: the stream had a hole too long to bridge."""
        self._raw.clear()
        self._smooth.clear()
        self._turned: list[Trip] = []
        self._lose()

    def _lose(self) -> None:
        """Forget the height."""
        self._known = False
        self._quiet_for = 0
        self._opened: int | None = None

    @property
    def open_since(self) -> int | None:
        """Step at which the open trip left rest; None at rest."""
        return self._turned[0].opened if self._turned else self._opened

    def push(self, step: int, row: Array, up: Vector) -> list[Trip]:
        """Take one step.

        Parameters
        ----------
        step
            Its number.
        row
            Mean turning rate (rad/s) and gravity-free acceleration (m/s²), sensor frame, and the acceleration along the
            vertical, shape (7,).
        up
            Unit vector to the zenith, sensor frame.
        """
        self._raw.append(row)
        if len(self._raw) < self._means:
            return []
        self._smooth.append(np.mean(self._raw, axis=0))
        quiet = self._quiet()
        if not self._known:
            if self._rested():
                self._begin(step, up)
            return []
        self._height.go_on(float(row[6]))
        other = quiet and angle(up, self._up) > TILTED_RAD
        if (
            abs(self._height.value_m - self._home_m) > HIGHEST_M
            or other
            or step - self._stills[-1][1] > LOST_S / self._step_s
        ):
            return self.flush(step)
        still = quiet and self._still()
        if still:
            self._stand(step)
        return self._rests(step, up, still=still) if self._opened is None else self._travels(step, up, still=still)

    def flush(self, step: int) -> list[Trip]:
        """Give up what is open: the stream ends, or the height is not known any more."""
        out = [replace(trip, returned=False) for trip in self._turned]
        if self._opened is not None:
            back = self._arrived is not None
            out.append(self._trip(self._opened, self._low if back else step, returned=back))
        self._turned = []
        self._lose()
        return out

    def _quiet(self) -> bool:
        """Little acceleration and turning over the shortest stillness."""
        rows = self._newest(self.span - self._means + 1)
        acc = rows[:, 3:6] - rows[:, 3:6].sum(axis=0) / len(rows)
        spread = float((acc * acc).sum(axis=1).max())
        slow = float((rows[:, :3] ** 2).sum(axis=1).max()) < STILL_RAD_S**2
        self._quiet_for = self._quiet_for + 1 if slow and spread < RESTED_M_S2**2 else 0
        return slow and spread < STILL_M_S2**2

    def _newest(self, count: int) -> Array:
        return np.array(list(self._smooth)[-count:])

    def _rested(self) -> bool:
        """Quiet for long enough to begin."""
        if self._quiet_for < self._rest:
            return False
        level = self._newest(self._rest)[:, 6]
        return float(np.abs(level - level.mean()).max()) < RESTED_LEVEL_M_S2

    def _begin(self, step: int, up: Vector) -> None:
        mean = self._newest(self._rest).mean(axis=0)
        self._height.begin(float(mean[6]))
        self._resting = mean[3:6]
        self._known = True
        self._stills = [(step - self.span + 1, step)]
        self._settle(up)

    def _settle(self, up: Vector) -> None:
        """Be at rest here."""
        self._home_m, self._up = self._height.value_m, up
        self._opened = None
        self._stills = self._stills[-1:]

    def _still(self) -> bool:
        """The leg does not glide either, as far as can be known."""
        mean = self._newest(self.span - self._means + 1).mean(axis=0)
        push = mean[3:6] - self._resting
        return float(push @ push) < PUSH_M_S2**2 and self._height.may_stand(float(mean[6]))

    def _stand(self, step: int) -> None:
        """Note a step of stillness."""
        self._height.stand()
        self._resting = self._resting + FOLLOW_SHARE * (self._smooth[-1][3:6] - self._resting)
        first, last = self._stills[-1]
        if step - last < self.span:
            self._stills[-1] = (first, step)
        else:
            self._stills.append((step - self.span + 1, step))

    def _rests(self, step: int, up: Vector, *, still: bool) -> list[Trip]:
        height_m = self._height.value_m
        if still:
            self._settle(up)
        elif height_m - self._home_m > OUT_M:
            self._open(step, max(self._stills[-1][0], step - round(BEFORE_S / self._step_s)))
        else:
            self._home_m = min(self._home_m, height_m + OUT_M)
        return []

    def _open(self, step: int, begin: int) -> None:
        """Leave rest."""
        self._opened, self._left = step, begin
        self._top_m, self._top = self._height.value_m, step
        self._low_m = math.inf
        self._low, self._tilt_rad = step, 0.0
        self._arrived: int | None = None

    def _travels(self, step: int, up: Vector, *, still: bool) -> list[Trip]:
        """Go on with an open trip, which begins at ``opened``."""
        out: list[Trip] = []
        if still and self._turned:
            out = [replace(trip, stills=(*trip.stills, self._stills[-1])) for trip in self._turned]
            self._turned = []
        height_m, opened = self._height.value_m, self._opened or step
        self._tilt_rad = max(self._tilt_rad, angle(up, self._up))
        rise_m = self._top_m - self._home_m
        if self._low_m == math.inf:
            if height_m >= self._top_m:
                self._top_m, self._top = height_m, step
            elif self._top_m - height_m > BACK_SHARE * rise_m:
                self._low_m, self._low = height_m, step
            elif step - opened > LONGEST_S / self._step_s:
                out.append(self._trip(opened, step, returned=False))
                self._settle(up)
            return out
        if height_m < self._low_m:
            self._low_m, self._low = height_m, step
        if still and self._arrived is None:
            self._arrived = step
        if self._arrived is not None:
            if not still or step - self._arrived >= AFTER_S / self._step_s:
                out.append(self._trip(opened, self._low, returned=True))
                self._settle(up)
        elif height_m - self._low_m > AGAIN_SHARE * rise_m:
            self._turn(opened, step)
        return out

    def _turn(self, opened: int, step: int) -> None:
        """Turn round at the bottom: what is measured of the trip waits for the next stillness."""
        self._turned.append(self._trip(opened, self._low, returned=True))
        self._stills = [still for still in self._stills if still[0] <= self._low][-1:]
        self._home_m = self._low_m
        self._open(step, self._low)

    def _trip(self, opened: int, end: int, *, returned: bool) -> Trip:
        rise_m = self._top_m - self._home_m
        return Trip(self._left, opened, self._top, end, tuple(self._stills), rise_m, self._tilt_rad, returned)
