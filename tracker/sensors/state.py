"""How a sensor is doing, as values that any screen can show: its link, its battery, what arrives and what does not.

In: the samples as they are placed, and word that the link broke. Remembered: counts, and the arrivals of the last
seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from tracker.motion.samples import Samples

RATE_OVER_S = 5.0
"""The delivered rate is that of the last seconds: long enough for a sensor that sends once a second."""


class Phase(StrEnum):
    """Where a link stands (closed vocabulary)."""

    CONNECTING = "connecting"
    """The first connection is being made."""
    UP = "up"
    """Samples flow."""
    LOST = "lost"
    """It broke; it is being made again."""
    GONE = "gone"
    """The sensor did not come back in time."""
    ENDED = "ended"
    """The person ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """A link as it stands.

    Attributes
    ----------
    phase
        Where it stands.
    losses
        How often it broke.
    attempts
        How often it has been tried since it was last up.
    why
        What broke it, or what the last attempt failed of; empty while it is up.
    """

    phase: Phase
    losses: int = 0
    attempts: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorState:
    """A sensor as it stands.

    Attributes
    ----------
    number
        Its number in the recording.
    link
        Of the connection.
    battery_percent
        None where the sensor does not say.
    rate_hz
        Samples that arrived in the last seconds, per second; None before there were any.
    lost_percent
        Share of the samples that did not arrive while the link stood.
    lost_estimated
        That share is estimated: the sensor neither numbers nor times its samples.
    errors
        How often the sensor sent nonsense.
    last_error
        The newest nonsense, one line; empty if there was none.
    doubt
        Why its readings cannot be right, one line; empty if they may be.
    """

    number: int
    link: LinkState
    battery_percent: int | None
    rate_hz: float | None
    lost_percent: float
    lost_estimated: bool
    errors: int
    last_error: str
    doubt: str = ""


class Reception:
    """How well samples arrive.

    Attributes
    ----------
    delivered, lost
        Samples that arrived; that are missing between others, outages of the link apart.

    Examples
    --------
    >>> reception = Reception()
    >>> reception.lost_percent, reception.rate_hz
    (0.0, None)
    """

    def __init__(self) -> None:
        self.delivered = 0
        self.lost = 0
        self._next: int | None = None
        self._arrivals: deque[tuple[int, int]] = deque()
        self._within = 0

    @property
    def lost_percent(self) -> float:
        """Share of the samples that did not arrive."""
        return 100.0 * self.lost / max(1, self.lost + self.delivered)

    @property
    def rate_hz(self) -> float | None:
        """Samples per second over the last seconds; None before two arrivals."""
        if len(self._arrivals) < 2:
            return None
        seconds = (self._arrivals[-1][0] - self._arrivals[0][0]) / 1e9
        # what arrived first stands for the time before it
        return (self._within - self._arrivals[0][1]) / seconds if seconds > 0 else None

    def push(self, samples: Samples, host_ns: int) -> None:
        """Take a block that was placed, and when it arrived."""
        if self._next is not None:
            self.lost += samples.start_index - self._next
        self._next = samples.start_index + len(samples)
        self.delivered += len(samples)
        self._within += len(samples)
        self._arrivals.append((host_ns, len(samples)))
        while self._arrivals[0][0] < host_ns - RATE_OVER_S * 1e9:
            self._within -= self._arrivals.popleft()[1]

    def broke(self) -> None:
        """Take that the link broke: what is missing until it is back was not lost on it."""
        self._next = None
        self._within = 0
        self._arrivals.clear()
