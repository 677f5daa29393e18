"""Repetitions with a known fault: what a swung, dropped or sideways one looks like.

In: how a movement would be made. Out: how it is made with the fault. Nothing is drawn: without faults, a seed gives the
same movement as ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .profiles import smooth

Array = NDArray[np.float64]
Shape = tuple[float, float]
FaultKind = Literal[
    "swing",
    "dropped-return",
    "short",
    "above-ceiling",
    "no-hold",
    "touchdown",
    "bottom-rest",
    "snap-back",
    "off-plane",
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

PENDULUM: Shape = (1.0, 1.0)
"""Turns round without a stop, as a leg does that swings."""
FALL: Shape = (1.0, 0.4)
"""Grows faster and faster, as under gravity, and is caught at the end."""
SNAP: Shape = (0.4, 2.5)
"""Fastest at once, as a stretched band lets go, and slower from there."""
RECOIL_SHARE = 0.06
"""Of the range: how far a leg that a band pulled back goes through its rest pose."""
RECOIL_S = 0.25
LYING = 0.2
"""Share of its sway and tremor that a leg keeps while something else carries it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One repetition of a set, made wrongly.

    Attributes
    ----------
    rep
        Its number among the set's full repetitions, from 1.
    kind
        ``swing`` (thrown up, turning round without a stop, falling back, going on at once), ``dropped-return``,
        ``short``, ``above-ceiling``, ``no-hold``, ``touchdown`` (knocks at the bottom), ``bottom-rest`` (laid down
        softly), ``snap-back`` or ``off-plane``.
    size
        Of ``swing`` the seconds of the lift, of ``dropped-return`` and ``snap-back`` those of the return, of
        ``bottom-rest`` those of lying; of ``short`` and ``above-ceiling`` the share of the usual range; of
        ``touchdown`` the peak acceleration in m/s²; of ``off-plane`` degrees, either sign; of ``no-hold`` nothing.
    """

    rep: int
    kind: FaultKind
    size: float = 0.0

    def __post_init__(self) -> None:
        """Check number and size.

        Raises
        ------
        ValueError
            For a number under 1, an unknown kind, or a size that this kind cannot have.
        """
        if self.rep < 1 or self.kind not in FAULT_KINDS:
            raise ValueError(f"no such fault: {self.kind!r} in repetition {self.rep}")
        if self.kind not in ("no-hold", "off-plane") and not self.size > 0:
            raise ValueError(f"the size of {self.kind} must be positive, got {self.size}")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a movement is made: seconds, top and bottom in rad, and the shapes of lift and return."""

    top: float
    bottom: float
    lift_s: float
    hold_s: float
    return_s: float
    pause_s: float
    lift_shape: Shape | None = None
    return_shape: Shape | None = None
    recoil: float = 0.0


def wrongly(manner: Manner, fault: Fault) -> Manner:
    """Return how a movement is made with a fault."""
    size = fault.size
    match fault.kind:
        case "swing":
            thrown = replace(manner, lift_shape=PENDULUM, return_shape=PENDULUM)
            return replace(thrown, lift_s=size, hold_s=0.0, return_s=1.15 * size, pause_s=0.0)
        case "dropped-return":
            return replace(manner, return_s=size, return_shape=FALL)
        case "short" | "above-ceiling":
            return replace(manner, top=size * manner.top)
        case "no-hold":
            return replace(manner, hold_s=0.0, lift_shape=(1.6, 1.0), return_shape=(1.0, 1.6))
        case "touchdown":
            return replace(manner, bottom=0.0, return_shape=(1.6, 0.6))
        case "bottom-rest":
            return replace(manner, bottom=0.0, pause_s=size)
        case "snap-back":
            recoil = RECOIL_SHARE * manner.top
            return replace(manner, return_s=size, return_shape=SNAP, recoil=recoil, pause_s=max(0.4, manner.pause_s))
        case "off-plane":
            return manner


def aside(angle: Array, spans: list[tuple[int, int]], degrees: list[float]) -> Array:
    """Turn about the level axis (n,), rad, that takes each movement between two samples out of its plane by so much."""
    lean = np.zeros_like(angle)
    if not any(degrees):
        return lean
    for (begin, end), tilt in zip(spans, degrees, strict=True):
        lean[begin:end] = np.tan(np.radians(tilt)) * angle[begin:end]
    return smooth(lean, 0.02)
