"""How sure a figure is: 95 % intervals from sessions that are not alike.

Repetitions of one session share a person, a strap and a sensor, so they are no independent draws. Every interval comes
from drawing whole sessions again with replacement (cluster bootstrap, percentiles) [1]_. Where events are rare that
alone says too little (no miscount in any session gives an interval of no width), so shares and rates are given the
wider of it and the exact interval of independent events, at each end: Clopper and Pearson's for shares [2]_, Garwood's
for rates [3]_. Limits of agreement are Bland and Altman's, bias ± 1.96 standard deviations [4]_.

.. [1] Field & Welsh, "Bootstrapping clustered data", J. R. Stat. Soc. B 2007. doi:10.1111/j.1467-9868.2007.00593.x
.. [2] Clopper & Pearson, Biometrika 1934. doi:10.1093/biomet/26.4.404
.. [3] Garwood, Biometrika 1936. doi:10.1093/biomet/28.3-4.437
.. [4] Bland & Altman, The Lancet 1986. doi:10.1016/S0140-6736(86)90837-8
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, chi2

Array = NDArray[np.float64]

LEVEL = 0.95
DRAWS = 1000
"""The ends of an interval are then known to about a tenth of its width."""
SEED = 20
"""The same sessions give the same report."""
AGREEMENT = 1.96
TAILS = (50.0 * (1.0 - LEVEL), 50.0 * (1.0 + LEVEL))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None where there is nothing to tell it from.

    Attributes
    ----------
    value, low, high
        In the figure's own unit.
    n
        How many sets, repetitions, hours … it was told from.
    """

    value: float | None
    low: float | None
    high: float | None
    n: float


NOTHING = Figure(None, None, None, 0)


def clopper_pearson(hits: float, total: float) -> tuple[float, float]:
    """Exact interval of a share of independent trials.

    >>> [round(end, 3) for end in clopper_pearson(0, 100)]
    [0.0, 0.036]
    """
    rest, tail = total - hits, (1.0 - LEVEL) / 2.0
    low = float(beta.ppf(tail, hits, rest + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, rest)) if rest > 0 else 1.0
    return low, high


def poisson(events: float, exposure: float) -> tuple[float, float]:
    """Exact interval of a rate of independent events per unit of exposure.

    >>> [round(end, 3) for end in poisson(0, 10.0)]
    [0.0, 0.369]
    """
    tail = (1.0 - LEVEL) / 2.0
    low = float(chi2.ppf(tail, 2 * events)) / 2.0 if events > 0 else 0.0
    return low / exposure, float(chi2.ppf(1.0 - tail, 2 * (events + 1))) / 2.0 / exposure


def share(hits: Sequence[float], totals: Sequence[float]) -> Figure:
    """Share of trials, counted per session."""
    hit, total = sum(hits), sum(totals)
    if not total:
        return NOTHING
    return _wider(ratio(hits, totals), clopper_pearson(min(hit, total), total))


def rate(events: Sequence[float], exposures: Sequence[float]) -> Figure:
    """Events per unit of exposure, counted per session."""
    exposure = sum(exposures)
    return _wider(ratio(events, exposures), poisson(sum(events), exposure)) if exposure else NOTHING


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Figure:
    """Sum over sum, each given per session."""
    sums = np.column_stack([numerators, denominators]).astype(float).reshape(-1, 2)
    whole = sums.sum(axis=0)
    if whole[1] <= 0:
        return NOTHING
    drawn = _weights(len(sums)) @ sums
    drawn = drawn[drawn[:, 1] > 0]
    return _figure(whole[0] / whole[1], drawn[:, 0] / drawn[:, 1], whole[1])


def mean(sessions: Sequence[Array]) -> Figure:
    """Mean of values given per session."""
    return ratio([float(one.sum()) for one in sessions], [len(one) for one in sessions])


def root_mean_square(sessions: Sequence[Array]) -> Figure:
    """Root of the mean square of values given per session."""
    square = mean([one**2 for one in sessions])
    if square.value is None:
        return square
    return Figure(*(math.sqrt(end) for end in (square.value, square.low or 0.0, square.high or 0.0)), square.n)


def percentile(sessions: Sequence[Array], percent: float) -> Figure:
    """Percentile of values given per session: the smallest of which so many percent are no larger."""
    lengths = np.array([len(one) for one in sessions])
    if not lengths.sum():
        return NOTHING
    values = np.concatenate(list(sessions))
    order = np.argsort(values, kind="stable")
    values, owner = values[order], np.repeat(np.arange(len(lengths)), lengths)[order]

    def at(weights: Array) -> float:
        reached = np.cumsum(weights[owner])
        return float(values[min(np.searchsorted(reached, percent / 100.0 * reached[-1]), len(values) - 1)])

    drawn = [at(weights) for weights in _weights(len(lengths))[:200] if weights @ lengths > 0]
    return _figure(at(np.ones(len(lengths))), np.array(drawn), len(values))


def agreement(sessions: Sequence[Array]) -> tuple[Figure, Figure, Figure]:
    """Bias and the lower and upper limit of agreement of differences given per session."""
    sums = np.array([[len(one), one.sum(), (one**2).sum()] for one in sessions], dtype=float).reshape(-1, 3)
    whole = sums.sum(axis=0)
    if whole[0] < 2:
        return NOTHING, NOTHING, NOTHING
    drawn = _weights(len(sums)) @ sums
    drawn = drawn[drawn[:, 0] >= 2]
    (bias, sd), (biases, sds) = _moments(whole), _moments(drawn)
    sides = (0.0, -AGREEMENT, AGREEMENT)
    low, middle, high = (_figure(float(bias + k * sd), biases + k * sds, whole[0]) for k in sorted(sides))
    return middle, low, high


def _moments(sums: Array) -> tuple[Array, Array]:
    """Mean and standard deviation from count, sum and sum of squares, in the last axis."""
    n, total, squares = np.moveaxis(sums, -1, 0)
    variance = (squares - total**2 / n) / (n - 1)
    return total / n, np.sqrt(np.maximum(variance, 0.0))


@lru_cache(maxsize=4)
def _weights(sessions: int) -> Array:
    """How often each session is drawn, shape (DRAWS, sessions)."""
    return np.random.default_rng(SEED).multinomial(sessions, [1.0 / sessions] * sessions, size=DRAWS).astype(float)


def _figure(value: float, drawn: Array, n: float) -> Figure:
    low, high = np.percentile(drawn, TAILS)
    return Figure(float(value), float(low), float(high), float(n))


def _wider(one: Figure, exact: tuple[float, float]) -> Figure:
    assert one.low is not None
    assert one.high is not None
    return Figure(one.value, min(one.low, exact[0]), max(one.high, exact[1]), one.n)
