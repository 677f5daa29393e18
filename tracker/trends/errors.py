"""The error that stands beside each number: from the published figures, never from the person's own data.

The figures are those of one repetition: in 95 of 100 the error is smaller. A median over a session's repetitions is
steadier by chance alone, but shares what a sensor does to all of them, so no more is claimed than for one.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LONG_S = 2.0
"""Phases up to here and longer ones were measured apart."""


@dataclass(frozen=True, slots=True)
class Error:
    """A number's error, short for a column and in a sentence; ``long_share`` is that of a phase of over 2 s."""

    short: str
    words: str
    long_share: float | None = None

    def of(self, value: float | None) -> str:
        """Return the error that a value has, short."""
        if self.long_share is None or value is None or value <= LONG_S:
            return self.short
        return f"±{self.long_share * value:.2f} s"


@cache
def published() -> tuple[str, dict[str, float]]:
    """Return the engine version that was measured, and the figures by their names."""
    return _kept()["algorithm_version"], _kept()["figures"]


@cache
def flags() -> dict[str, dict[str, float]]:
    """Return, by the form flag, how often it is ``falsely`` said, and how often it is rightly ``flagged``."""
    found: dict[str, dict[str, float]] = _kept()["form"]
    return found


@cache
def longs() -> dict[str, dict[str, Any]]:
    """Return, by the phase, the limits of agreement over 2 s, as a share, and the ``corpus`` they are of."""
    found: dict[str, dict[str, Any]] = _kept()["long"]
    return found


@cache
def _kept() -> dict[str, Any]:
    return tomllib.loads(files("tracker.trends").joinpath("errors.toml").read_text(encoding="utf-8"))


@cache
def errors() -> dict[str, Error]:
    """Return the error of each metric that was measured, by its key."""
    _, figures = published()

    def limits(name: str) -> float:
        """Return the larger of the two limits of agreement."""
        return max(abs(figures[f"{name} {which}"]) for which in ("lower", "upper"))

    def phase(name: str, words: str) -> Error:
        within, share = limits(f"{name} short"), max(abs(longs()[name][which]) for which in ("lower", "upper"))
        return Error(
            f"±{_up(within, 2)} s",
            f"{words}: 95 of 100 repetitions within {_up(within, 2)} s up to {LONG_S:g} s,"
            f" within {100 * share:.0f} % beyond",
            share,
        )

    miscount, far, tension = figures["miscount"], figures["range_p95"], limits("under tension")
    return {
        "reps": Error(f"±{100 * miscount:.1f} %", f"repetitions: {100 * miscount:.1f} % miscounted"),
        "in_band": _in_band(),
        "range_deg": Error(f"±{_up(far, 1)}°", f"range: 95 of 100 repetitions within {_up(far, 2)}°"),
        "concentric_s": phase("concentric", "lift"),
        "hold_s": phase("hold", "hold"),
        "eccentric_s": phase("eccentric", "return"),
        "bottom_pause_s": phase("bottom_pause", "pause"),
        "time_under_tension_s": Error(
            f"±{_up(tension, 2)} s a rep", f"under tension: 95 of 100 repetitions within {_up(tension, 2)} s"
        ),
        "velocity_loss": Error("not known", "velocity loss: not measured by itself, it is made of range and lift"),
        "volume_kg": Error(f"±{100 * miscount:.1f} %", "volume: as the count"),
    }


def _up(value: float, digits: int) -> str:
    """Round up: what is said holds."""
    return f"{math.ceil(value * 10**digits) / 10**digits:.{digits}f}"


def _in_band() -> Error:
    """What is known of the range's part; the tempo's is that of the phase times."""
    falsely = 100.0 * sum(one["falsely"] for one in flags().values())
    missed = 100.0 * (1.0 - min(one["flagged"] for one in flags().values()))
    return Error(
        f"{falsely:.0f} to {missed:.0f} %",
        f"in band: {falsely:.1f} of 100 good repetitions are called out of the range, up to {missed:.1f} of 100"
        " bad ones are not; tempo as its phases",
    )
