"""How close measured repetitions came to the true ones of a simulation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol


class Movement(Protocol):
    """What a measured and a true repetition have in common."""

    @property
    def start_s(self) -> float: ...  # noqa: D102
    @property
    def peak_start_s(self) -> float | None: ...  # noqa: D102
    @property
    def peak_end_s(self) -> float | None: ...  # noqa: D102
    @property
    def end_s(self) -> float: ...  # noqa: D102
    @property
    def range_deg(self) -> float | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Closeness:
    """Measured against true.

    Attributes
    ----------
    measured, true
        How many repetitions.
    matched
        How many of them overlap by at least half.
    phase_mae_s
        Mean absolute error of concentric, hold and eccentric times; None without a match.
    range_mae_deg
        Mean absolute error of the range; None without a match.
    """

    measured: int
    true: int
    matched: int
    phase_mae_s: float | None
    range_mae_deg: float | None


def closeness(measured: Sequence[Movement], true: Sequence[Movement]) -> Closeness:
    """Compare repetitions on the same time axis; numbers that are None do not enter."""
    pairs = [(m, t) for t in true for m in measured if _overlap(m, t) >= 0.5]
    phases = _errors((a, b) for m, t in pairs for a, b in zip(_phases(m), _phases(t), strict=True))
    ranges = _errors((m.range_deg, t.range_deg) for m, t in pairs)
    return Closeness(len(measured), len(true), len(pairs), _mean(phases), _mean(ranges))


def _overlap(a: Movement, b: Movement) -> float:
    """Share of the longer one that both cover."""
    common = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    return common / max(a.end_s - a.start_s, b.end_s - b.start_s)


def _phases(one: Movement) -> tuple[float | None, ...]:
    if one.peak_start_s is None or one.peak_end_s is None:
        return None, None, None
    return one.peak_start_s - one.start_s, one.peak_end_s - one.peak_start_s, one.end_s - one.peak_end_s


def _errors(numbers: Iterable[tuple[float | None, float | None]]) -> list[float]:
    return [abs(a - b) for a, b in numbers if a is not None and b is not None]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
