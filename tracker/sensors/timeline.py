"""Time for sensors that do not number their samples: rows in, packets on one grid out.

In: rows as a driver decoded them, with the sensor's stamp if it has a clock, and the time of their arrival. Out:
`Packet`s for the sample clock, resampled onto a grid of the nominal rate, with an index and a clock like those of our
own sensor. Remembered: how the count of samples, the sensor's clock and the host's time belong together.

    family                          has                  timeline
    Movella DOT, Movesense, BlueST  a stamp per packet   `Clocked`
    WitMotion, Thingy:52, MetaMotion nothing             `Counted`
    Polar                           a stamp per frame,   `Merged`
                                    two streams

Rule: **a driver makes one timeline per sensor, hands it every row once and in order, and calls `restart` when its
traffic shows that a new connection begins** (the command that starts the stream, or its answer; never `start()`
itself, which a replay does not call).
"""

from __future__ import annotations

from typing import Literal

from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask

__all__ = ["Clocked", "Counted", "Merged", "Repeats"]


class Clocked:
    """Sensors that stamp their packets but do not number the samples.

    Parameters
    ----------
    nominal_hz
        Sampling rate as set, Hz. The true one may be some percent off it.
    turn_s
        After how long the stamp begins again from 0, seconds; None: it never does.

    Attributes
    ----------
    estimated
        Whether losses are inferred from arrival times instead of known: False.
    lost
        Samples that did not arrive, over all connections, without the time between these.
    """

    estimated = False

    def __init__(self, nominal_hz: float, turn_s: float | None = None) -> None:
        self.lost = 0
        raise NotImplementedError

    @property
    def period_s(self) -> float | None:
        """Step of the grid, seconds; None until it is known (it is before the first packet comes out)."""
        raise NotImplementedError

    @property
    def measured_hz(self) -> float | None:
        """Sampling rate as measured, Hz; None until it is known."""
        raise NotImplementedError

    def place(self, clock_s: float, host_ns: int, acc: Array, gyr: Array, clipped: Mask) -> list[Packet]:
        """Place consecutive samples.

        Parameters
        ----------
        clock_s
            The sensor's stamp at the first of them, seconds, as it came (not unwrapped).
        host_ns
            Host's monotonic time of arrival, ns.
        acc, gyr
            Specific force m/s², turning rate rad/s, sensor frame, shape (n, 3), n ≥ 1.
        clipped
            Shape (n,); True where an axis was at the end of its range.

        Returns
        -------
        list of Packet
            What can be placed by now. The same stamp once more gives nothing.
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Say that a new connection begins. Before the first sample, and twice in a row, it changes nothing."""
        raise NotImplementedError


class Counted:
    """Sensors that neither stamp nor number what they send.

    Parameters
    ----------
    nominal_hz
        Sampling rate as set, Hz. The true one may be some percent off it, or another one altogether: the first
        seconds are held back until that is known.

    Attributes
    ----------
    estimated
        Whether losses are inferred from arrival times instead of known: True.
    lost
        Samples that did not arrive, as far as can be told, over all connections, without the time between these.
    """

    estimated = True

    def __init__(self, nominal_hz: float) -> None:
        self.lost = 0
        raise NotImplementedError

    @property
    def period_s(self) -> float | None:
        """Step of the grid, seconds; None until it is known (it is before the first packet comes out)."""
        raise NotImplementedError

    @property
    def measured_hz(self) -> float | None:
        """Sampling rate as measured, Hz; None until it is known."""
        raise NotImplementedError

    def place(self, host_ns: int, acc: Array, gyr: Array, clipped: Mask) -> list[Packet]:
        """Place consecutive samples; parameters and result are those of `Clocked.place`.

        Notifications that come twice must not get here (`Repeats`).
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Say that a new connection begins. Before the first sample, and twice in a row, it changes nothing."""
        raise NotImplementedError


class Merged:
    """Sensors that send acceleration and turning rate apart, each with stamps of one clock.

    Parameters
    ----------
    nominal_hz
        Rate of the grid, Hz.

    Attributes
    ----------
    estimated, lost
        As for `Clocked`; a sample is lost if either half of it is.
    """

    estimated = False

    def __init__(self, nominal_hz: float) -> None:
        self.lost = 0
        raise NotImplementedError

    @property
    def period_s(self) -> float | None:
        """Step of the grid, seconds; None until it is known (it is before the first packet comes out)."""
        raise NotImplementedError

    @property
    def measured_hz(self) -> float | None:
        """Sampling rate of the acceleration as measured, Hz; None until it is known."""
        raise NotImplementedError

    def place(
        self, which: Literal["acc", "gyr"], last_s: float, host_ns: int, rows: Array, clipped: Mask
    ) -> list[Packet]:
        """Place one frame of one stream.

        Parameters
        ----------
        which
            The stream.
        last_s
            Sensor's clock at the **last** row, seconds.
        host_ns, clipped
            As for `Clocked.place`.
        rows
            m/s² or rad/s, shape (n, 3), n ≥ 1.
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Say that a new connection begins. Before the first sample, and twice in a row, it changes nothing."""
        raise NotImplementedError


class Repeats:
    """Tells notifications that came twice from two alike: for what carries neither stamp nor number.

    Some Bluetooth stacks hand out each notification two to four times after a reconnect, one right after the other.

    Examples
    --------
    >>> repeats = Repeats()
    >>> [repeats.seen(data, at_ns) for data, at_ns in ((b"a", 0), (b"a", 100), (b"b", 200), (b"b", 10_000_200))]
    [False, True, False, False]
    """

    def seen(self, data: bytes, host_ns: int) -> bool:
        """Whether these bytes came just now already."""
        raise NotImplementedError
