"""Marks of a drawing: tags whose text and attributes are escaped, and the scales they are placed by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from tracker.motion.samples import Array

NICE = (1.0, 2.0, 5.0, 10.0)
CLOCK = (60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0)
"""Round steps of a clock, from a minute on."""


def tag(name: str, *inside: str, **attributes: str | float | None) -> Markup:
    """Return an element; an underscore in an attribute's name is a hyphen, a trailing one is dropped.

    Examples
    --------
    >>> tag("text", "<b>", x=1.25, class_="tick", data_x=None)
    Markup('<text x="1.25" class="tick">&lt;b&gt;</text>')
    """
    given = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(escape(name)), given, Markup("").join(inside))


@dataclass(frozen=True, slots=True)
class Scale:
    """From a value to a place: ``low`` lies at ``begin``, ``high`` at ``end``."""

    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self, about: int, steps: Sequence[float] = NICE) -> list[float]:
        """Return round values, about so many.

        Examples
        --------
        >>> Scale(0.0, 47.0, 0.0, 100.0).ticks(5)
        [0.0, 10.0, 20.0, 30.0, 40.0]
        """
        rough = (self.high - self.low) / about
        clock = next((step for step in steps if step >= rough), None) if steps is CLOCK and rough > 30.0 else None
        power = 10.0 ** math.floor(math.log10(rough))
        step = clock or next(n * power for n in NICE if n * power >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]


def lines(x: Array, y: Array) -> list[str]:
    """Return the points of the polylines through these, one per stretch without not-a-number; y upwards."""
    known = ~np.isnan(y)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(int)))
    return [
        " ".join(f"{a:.2f},{-b:.1f}" for a, b in zip(x[i:j].tolist(), y[i:j].tolist(), strict=True))
        for i, j in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if j - i > 1
    ]


def thinned(x: Array, y: Array, most: int) -> tuple[Array, Array]:
    """Return at most so many points: of each stretch its lowest and its highest, in their order."""
    size = math.ceil(2 * len(x) / most)
    if size <= 2:
        return x, y
    count = len(x) // size
    whole = y[: count * size].reshape(count, size)
    hole = np.isnan(whole).any(axis=1)
    filled = np.where(np.isnan(whole), 0.0, whole)
    low, high = filled.argmin(axis=1), filled.argmax(axis=1)
    picked = np.sort(np.stack([low, high], axis=1), axis=1) + (np.arange(count) * size)[:, None]
    values = y[picked]
    values[hole, 0] = np.nan
    return x[picked].ravel(), values.ravel()


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def joined(parts: Iterable[Markup]) -> Markup:
    """Return them one after the other."""
    return Markup("").join(parts)
