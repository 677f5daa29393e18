"""Orientation: grid samples in, motion out.

In: ``Samples`` on a gapless grid. Out: ``Motion`` blocks: the same samples with the gyroscope's bias taken out and
the up direction in the sensor frame. Remembered: the VQF filter, a bias of our own, and the samples of the half-
second block that is still open.

Rule: VQF (6-axis) [1]_ does the fusion. It clips its own bias estimate at 2 °/s and never detects rest above that,
so a stillness seen by a detector of ours takes out what VQF does not know yet, before VQF sees the samples,
whenever that is more than 1.5 °/s. The detector looks at lengths of vectors only, so that the mounting does not
matter. Everything that is decided per block is decided at sample indices divisible by the block length, so that
cutting the stream elsewhere changes nothing.

.. [1] Laidig & Seel, "VQF: Highly accurate IMU orientation estimation with bias estimation and magnetic disturbance
   rejection", Information Fusion 2023. doi:10.1016/j.inffus.2022.10.014
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vqf import VQF

from tracker.motion.samples import Array, Mask, Samples

GRAVITY_M_S2 = 9.81
STILL_BLOCK_S = 0.5
"""Stillness is judged over two blocks of this length, so over one second."""
STILL_GYR_SD_RAD_S = np.deg2rad(1.6)
"""Tremor passes, any turn of a leg does not (an accelerometer's spread would mistake tremor for movement)."""
STILL_TILT_RAD = np.deg2rad(0.75)
"""Gravity's direction may differ by this between the two blocks."""
STEADY_TILT_RAD, STEADY_SHARE = np.deg2rad(0.2), 0.3
"""A leg that creeps turns gravity's direction by what its rate says, a bias does not: it may change by so much of that,
or by what sway makes of it."""
BIAS_STEP_RAD_S = np.deg2rad(1.5)
"""A stillness corrects the bias only when it is off by more than this; VQF takes care of less."""
BIAS_SIGMA_RAD_S = np.deg2rad(0.5)
"""How sure VQF is to be of what is left after a correction."""
LEVEL_S = 2.5
"""Behind a hole the up direction is that of the acceleration over so long, weighted by a bell: what moves the leg to
and fro cancels out. In fast swings it is within 5° (2 s: 9°), where one sample is off by up to 74°, which VQF takes
seconds to forget."""
SETTLED_S = 6.0
"""VQF averages over 3 s; so long on one direction, and it holds that for sure."""
BIAS_LIMIT_RAD_S = np.deg2rad(20.0)
"""No sensor that works has more bias; more is a turn about the vertical."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A block of samples with orientation.

    Attributes
    ----------
    start_index, period_s
        As in ``Samples``.
    gyr
        Turning rate without bias, rad/s, shape (n, 3), sensor frame.
    up
        Unit vector to the zenith, shape (n, 3), sensor frame.
    lin
        Acceleration without gravity, m/s², shape (n, 3), sensor frame.
    valid, clipped
        As in ``Samples``.
    """

    start_index: int
    period_s: float
    gyr: Array
    up: Array
    lin: Array
    valid: Mask
    clipped: Mask

    def __len__(self) -> int:
        return len(self.gyr)


class Orienter:
    """Turns samples into motion.

    Parameters
    ----------
    period_s
        Grid step, seconds.
    still_blocks
        Blocks of half a second, at least 2, that a stillness lasts before it tells the bias again, after the first one
        of two blocks: a shank that is carried along turns so slowly that it looks still for a second or two.
    """

    def __init__(self, period_s: float, *, still_blocks: int = 2) -> None:
        self._period_s = period_s
        self._pairs = still_blocks - 1
        self._in_row = 0
        self._bias_seen = False
        self._block = max(2, round(STILL_BLOCK_S / period_s))
        self._vqf = VQF(period_s)
        self._bias = np.zeros(3)
        self._open = np.empty((7, 0))
        self._last_block: Array | None = None
        self._level = round(LEVEL_S / period_s)
        self._behind: list[Samples] | None = None

    def restart(self) -> None:
        """Forget the orientation, keep the bias: the stream had a hole too long to bridge.

        What follows is held back until the up direction is known.
        """
        self._behind = []
        self._open = np.empty((7, 0))
        self._last_block = None
        self._in_row = 0

    def push(self, samples: Samples) -> list[Motion]:
        """Return the motion of these samples; behind a hole, nothing until there are enough of them."""
        if self._behind is None:
            return self._pushed(samples)
        self._behind.append(samples)
        return self.flush() if sum(map(len, self._behind)) >= self._level else []

    def flush(self) -> list[Motion]:
        """Return the motion of what is held back."""
        behind, self._behind = self._behind, None
        if not behind or not sum(map(len, behind)):
            return []
        first = [np.concatenate([getattr(one, name) for one in behind])[: self._level] for name in ("gyr", "acc")]
        self._begin_level(*first)
        return [motion for one in behind for motion in self._pushed(one)]

    def _begin_level(self, gyr: Array, acc: Array) -> None:
        """Begin with the up direction that the first samples have on average, each turned back to where they began."""
        residual = self._vqf.getBiasEstimate()[0]
        turning = VQF(self._period_s, restBiasEstEnabled=False, motionBiasEstEnabled=False)
        quat = np.empty((len(gyr), 4))
        for i, rate in enumerate(gyr - self._bias - residual):
            turning.updateGyr(rate)
            quat[i] = turning.getQuat3D()
        weight = np.sin(np.pi * (np.arange(len(acc)) + 0.5) / len(acc)) ** 2
        up = (weight[:, None] * _rotated(quat, acc)).sum(axis=0)
        up *= GRAVITY_M_S2 / _lengths(up[None])[0]
        self._vqf.resetState()
        self._vqf.setRestBiasEstEnabled(False)
        rows = round(SETTLED_S / self._period_s)
        self._vqf.updateBatch(np.zeros((rows, 3)), np.tile(up, (rows, 1)))
        self._vqf.setBiasEstimate(residual, BIAS_SIGMA_RAD_S)
        self._vqf.setRestBiasEstEnabled(True)

    def _pushed(self, samples: Samples) -> list[Motion]:
        if not len(samples):
            return []
        ends, biases = self._still_blocks(samples)
        parts: list[Motion] = []
        begin, n = 0, len(samples)
        while len(ends):
            state = self._vqf.state
            until = self._doubtful(ends, biases, n)
            motion, residual = self._fuse(samples, begin, until)
            seen = int(np.searchsorted(ends, until, side="right"))
            # does a stillness say something that this filter and VQF's do not know yet?
            news = _lengths(biases[:seen] - self._bias - residual[ends[:seen] - 1 - begin]) > BIAS_STEP_RAD_S
            if not news.any():
                parts.append(motion)
                begin, ends, biases = until, ends[seen:], biases[seen:]
                continue
            k = int(news.argmax())
            end = int(ends[k])
            if end < until:  # go back: what follows is to be seen without this bias
                self._vqf.state = state
                motion, _ = self._fuse(samples, begin, end)
            parts.append(motion)
            self._bias = biases[k].copy()
            self._vqf.setBiasEstimate(np.zeros(3), BIAS_SIGMA_RAD_S)
            begin, ends, biases = end, ends[k + 1 :], biases[k + 1 :]
        if begin < n:
            parts.append(self._fuse(samples, begin, n)[0])
        return parts

    def _fuse(self, samples: Samples, begin: int, end: int) -> tuple[Motion, Array]:
        """Motion of some of the samples, and the bias that VQF found in them on top of ours."""
        gyr = samples.gyr[begin:end] - self._bias
        acc = np.ascontiguousarray(samples.acc[begin:end])
        out = self._vqf.updateBatch(gyr, acc)
        w, x, y, z = out["quat6D"].T
        up = np.empty((end - begin, 3))
        up[:, 0] = 2 * (x * z - w * y)
        up[:, 1] = 2 * (y * z + w * x)
        up[:, 2] = 1 - 2 * (x * x + y * y)
        residual: Array = out["bias"]
        motion = Motion(
            samples.start_index + begin,
            self._period_s,
            gyr - residual,
            up,
            acc - GRAVITY_M_S2 * up,
            samples.valid[begin:end],
            samples.clipped[begin:end],
        )
        return motion, residual

    def _doubtful(self, ends: NDArray[np.intp], biases: Array, n: int) -> int:
        """How far to fuse at once: to the first stillness that VQF, as it is now, does not know.

        What is fused beyond one that does bring news is fused in vain: a seventh of the samples of ordinary sessions.
        """
        known = self._bias + self._vqf.getBiasEstimate()[0]
        news = _lengths(biases - known) > BIAS_STEP_RAD_S
        return int(ends[news.argmax()]) if news.any() else n

    def _still_blocks(self, samples: Samples) -> tuple[NDArray[np.intp], Array]:
        """Ends (offsets into ``samples``) of blocks that complete a stillness, and the mean rates over it, (k, 3)."""
        n, held = self._block, self._open.shape[1]
        skip = -samples.start_index % n if self._last_block is None and not held else 0
        whole = np.empty((7, held + len(samples)))
        whole[:, :held] = self._open
        whole[:3, held:], whole[3:6, held:], whole[6, held:] = samples.gyr.T, samples.acc.T, ~samples.valid
        count = max(0, (whole.shape[1] - skip) // n)
        self._open = whole[:, skip + count * n :].copy()
        if not count:
            return np.empty(0, dtype=np.intp), np.empty((0, 3))
        blocks = self._blocks(whole[:, skip : skip + count * n])
        before, after = blocks[:-1], blocks[1:]
        rate, change = (after[:, :3] + before[:, :3]) / 2, after[:, :6] - before[:, :6]
        still = (before[:, 6] < STILL_GYR_SD_RAD_S) & (after[:, 6] < STILL_GYR_SD_RAD_S)
        speed, tilted = _lengths(rate), _lengths(change[:, 3:])
        still &= (_lengths(change[:, :3]) < STILL_GYR_SD_RAD_S) & (tilted < STILL_TILT_RAD)
        still &= speed < BIAS_LIMIT_RAD_S
        still &= tilted < np.maximum(STEADY_TILT_RAD, STEADY_SHARE * STILL_BLOCK_S * speed)
        found = np.array([i for i, one in enumerate(still.tolist()) if self._tells_bias(one)], dtype=np.intp)
        return skip - held + (found + 1) * n, rate[found]

    def _tells_bias(self, still: bool) -> bool:
        """Take one more pair of blocks; True where they, and enough before them, were still."""
        self._in_row = self._in_row + 1 if still else 0
        tells = still and (self._in_row >= self._pairs or not self._bias_seen)
        self._bias_seen |= tells
        return tells

    def _blocks(self, columns: Array) -> Array:
        """Mean rate, direction of gravity and spread of the rate, one row for the last block and for each of these."""
        n = self._block
        rows = np.empty((1 + columns.shape[1] // n, 7))
        rows[0] = np.inf if self._last_block is None else self._last_block
        samples = columns.reshape(7, -1, n).transpose(2, 0, 1).copy()  # long rows are quick to add up
        mean = samples.sum(axis=0) / n
        gyr = samples[:, :3]
        spread = (gyr * gyr).sum(axis=0) / n - mean[:3] ** 2
        sd = np.sqrt(np.maximum(0.0, spread[0] + spread[1] + spread[2]))
        sd[mean[6] > 0] = np.inf  # filled in, not measured
        x, y, z = mean[3:6]
        rows[1:, :3] = mean[:3].T
        rows[1:, 3:6] = (mean[3:6] / np.sqrt(x**2 + y**2 + z**2 + 1e-12)).T
        rows[1:, 6] = sd
        self._last_block = rows[-1].copy()
        return rows


def _lengths(vectors: Array) -> Array:
    """Lengths of vectors, shape (n, 3)."""
    x, y, z = vectors.T
    return np.asarray(np.sqrt(x * x + y * y + z * z))


def _rotated(quat: Array, vectors: Array) -> Array:
    """Turn vectors, shape (n, 3), by quaternions w-x-y-z, shape (n, 4)."""
    axis = quat[:, 1:]
    twice = 2.0 * np.cross(axis, vectors)
    return np.asarray(vectors + quat[:, :1] * twice + np.cross(axis, twice))
