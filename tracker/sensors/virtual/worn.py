"""A leg that wears a motion chip: what the chip measures, sample by sample, as the event loop's time passes.

In: a simulated session, a sensor model, the chip's settings. Out: blocks of samples when they are due. Rule: the leg
moves by the loop's clock from `Chip.begin` on, whether or not anybody listens; a sample that was not taken is gone.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tracker.simulation import Plan, SensorModel, SensorStream, Simulated, sense, simulate
from tracker.simulation.wire import Link

Array = NDArray[np.float64]
_GLANCE_S = 0.01
_LOWEST, _HIGHEST = -(2**15), 2**15 - 1


@dataclass(frozen=True, slots=True)
class Worn:
    """A leg, and the sensor on it.

    Attributes
    ----------
    simulated
        The leg and the truth about it.
    model
        The sensor; its link is not used, and its rate and ranges are where a firmware begins.
    seed
        Draws the sensor's errors and how it is strapped on.
    repeat
        Whether the leg begins again when it is done; otherwise it rests.
    """

    simulated: Simulated
    model: SensorModel = field(default_factory=SensorModel)
    seed: int = 0
    repeat: bool = False

    @classmethod
    def simulated_by(cls, plan: Plan, model: SensorModel | None = None, *, seed: int = 0, repeat: bool = False) -> Worn:
        """Simulate a session."""
        return cls(simulate(plan, seed), model or SensorModel(), seed, repeat)

    def at(self, rate_hz: int) -> SensorStream:
        """Return the whole session as measured at a rate: SI units, not rounded, nothing lost."""
        model = replace(self.model, rate_hz=rate_hz, quantised=False, link=Link())
        return sense(self.simulated, model, self.seed, notify=False)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Consecutive samples.

    Attributes
    ----------
    first
        Number of the first sample since the leg began to move, at the rate in force.
    time_s
        True time of each sample, by the event loop's clock, shape (n,).
    acc, gyr
        Specific force m/s², turning rate rad/s, sensor frame, shape (n, 3).
    """

    first: int
    time_s: Array
    acc: Array
    gyr: Array


def in_steps(values: Array, step: float) -> NDArray[np.int64]:
    """Return what a 16-bit chip reads: whole steps, no further than its range."""
    return np.clip(np.round(values / step), _LOWEST, _HIGHEST).astype(np.int64)


class Chip:
    """The motion chip on a leg.

    Parameters
    ----------
    worn
        The leg.
    rate_hz
        Sampling rate to begin with; None for the model's.
    begun_s
        When the leg began to move, if it has; several chips of one sensor share it.

    Attributes
    ----------
    ended
        Set when the leg has done everything (never, if it repeats).
    """

    def __init__(self, worn: Worn, rate_hz: int | None = None, *, begun_s: float | None = None) -> None:
        self.worn = worn
        self.ended = asyncio.Event()
        self._rate_hz = rate_hz or worn.model.rate_hz
        self._stream = worn.at(self._rate_hz)
        self._begun_s = begun_s
        self._next = 0

    @property
    def begun_s(self) -> float | None:
        """When the leg began to move, by the event loop's clock; None before."""
        return self._begun_s

    @property
    def rate_hz(self) -> int:
        """Nominal sampling rate."""
        return self._rate_hz

    @rate_hz.setter
    def rate_hz(self, rate_hz: int) -> None:
        if rate_hz != self._rate_hz:
            self._rate_hz, self._stream = rate_hz, self.worn.at(rate_hz)
            self.resume()

    @property
    def true_rate_hz(self) -> float:
        """Samples per second of true time."""
        return self._rate_hz * (1 + self.worn.model.rate_error)

    def begin(self) -> None:
        """Let the leg begin to move now, if it has not."""
        if self._begun_s is None:
            self._begun_s = asyncio.get_running_loop().time()

    async def reached(self, leg_s: float) -> None:
        """Wait until the leg has moved so long; before it has begun, for that too."""
        loop = asyncio.get_running_loop()
        while self._begun_s is None or self._begun_s + leg_s > loop.time():
            await asyncio.sleep(_GLANCE_S if self._begun_s is None else self._begun_s + leg_s - loop.time())

    def resume(self) -> None:
        """Take the next sample that the chip makes from now on; what was due before is gone."""
        if self._begun_s is not None:
            passed_s = asyncio.get_running_loop().time() - self._begun_s
            self._next = max(0, math.ceil(passed_s * self.true_rate_hz - 0.5))

    def skip(self, count: int) -> None:
        """Lose the next samples."""
        self._next += count

    async def take(self, count: int) -> Block:
        """Wait until the next samples are there, and return them."""
        self.begin()
        assert self._begun_s is not None
        first, self._next = self._next, self._next + count
        time_s: Array = self._begun_s + (np.arange(first, self._next, dtype=np.float64) + 0.5) / self.true_rate_hz
        wait_s = float(time_s[-1]) - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, wait_s))
        length = len(self._stream.acc)
        if self.worn.repeat:
            rows = np.arange(first, first + count) % length
        else:
            rows = np.minimum(np.arange(first, first + count), length - 1)
            if first + count >= length:
                self.ended.set()
        return Block(first, time_s, self._stream.acc[rows], self._stream.gyr[rows])
