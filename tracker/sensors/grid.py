"""A fixed grid for samples that carry times: rows in, rows between them out, as packets.

In: rows with rising times, seconds. Out: `Packet`, one row per grid step, by straight lines between neighbours.
Remembered: the newest row and the boot id.

Rule: **the grid never moves.** Its step ``k`` lies at ``k · period_s``; a hole stays a hole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask

Times = NDArray[np.floating]
_INDEX_TURN, _CLOCK_TURN_US = 1 << 16, 1 << 32
_ROUNDING = 1e-9
"""Steps; a row that lies on a step by all that arithmetic can tell is taken as it is."""


class Grid:
    """Puts rows with times on a grid by interpolation.

    Parameters
    ----------
    period_s
        Grid step, seconds.

    Attributes
    ----------
    boot_id
        Of the packets that come next.
    """

    def __init__(self, period_s: float) -> None:
        self.period_s = period_s
        self.boot_id = 1
        self._last: tuple[float, Array, bool] | None = None

    def restart(self) -> None:
        """Go on under a new boot id: a new connection."""
        self.boot_id += 1
        self._last = None

    def hole(self) -> None:
        """Draw no line from the newest row to the next one."""
        self._last = None

    def begin(self, t_s: float, host_ns: int) -> Packet:
        """Return the packet that says: the first row lies at `t_s`, and arrives at `host_ns`."""
        step = self._steps_up_to(t_s, t_s)[0]
        return Packet.begin(self.boot_id, step % _INDEX_TURN, self._time_us(step), host_ns)

    def place(self, t: Times, rows: Array, clipped: Mask, host_ns: int) -> list[Packet]:
        """Return the grid's rows up to the newest row.

        Parameters
        ----------
        t
            Times, seconds, rising, shape (n,).
        rows
            Specific force and turning rate side by side, shape (n, 6).
        clipped
            Shape (n,).
        host_ns
            Arrival, nanoseconds.
        """
        last, self._last = self._last, (float(t[-1]), rows[-1], bool(clipped[-1]))
        after = t[0]
        if last is not None:
            after = last[0]
            t, rows = np.concatenate(([after], t)), np.vstack((last[1], rows))
            clipped = np.concatenate(([last[2]], clipped))
        first, end = self._steps_up_to(float(after), float(t[-1]), open_start=last is not None)
        if end <= first:
            return []
        at = np.arange(first, end) * self.period_s
        right = np.clip(np.searchsorted(t, at), 1, max(len(t) - 1, 1)) if len(t) > 1 else np.zeros(len(at), int)
        left = np.maximum(right - 1, 0)
        span = t[right] - t[left]
        share = np.divide(at - t[left], span, out=np.zeros(len(at)), where=span > 0).clip(0, 1)
        out = rows[left] + (rows[right] - rows[left]) * share[:, None]
        marks = (clipped[left] & (share < 1)) | (clipped[right] & (share > 0))
        index, time_us = first % _INDEX_TURN, self._time_us(first)
        return [Packet(self.boot_id, index, time_us, host_ns, out[:, :3].copy(), out[:, 3:].copy(), marks)]

    def _steps_up_to(self, after_s: float, until_s: float, *, open_start: bool = False) -> tuple[int, int]:
        """First step at or (`open_start`) behind a time, and the one behind the last up to another."""
        end = int(np.floor(until_s / self.period_s + _ROUNDING)) + 1
        if open_start:
            return int(np.floor(after_s / self.period_s + _ROUNDING)) + 1, end
        return int(np.ceil(after_s / self.period_s - _ROUNDING)), end

    def _time_us(self, step: int) -> int:
        return round(step * self.period_s * 1e6) % _CLOCK_TURN_US
