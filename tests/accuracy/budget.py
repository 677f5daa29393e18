"""The error budget: what each thing that can go wrong adds, and what no method can get below.

Contributions are read off from cells that change one thing about the ordinary session. Floors are derived here, from
the sensor model and the definitions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.motion.engine import STEP_S
from tracker.motion.orientation import GRAVITY_M_S2
from tracker.motion.reps import LONG_HOLE_S, LOOK_AHEAD_S, TRUTH_SIGMA_S
from tracker.simulation import SensorModel
from tracker.simulation.sensor import GYR_DENSITY

from .cells import CELLS, Cell, case_of

BASE = "ordinary"
CONTRIBUTORS = {
    "movement of real people instead of smooth phases": ("ordinary, traced",),
    "sway and wobble": ("unsteady", "hesitations", "fatigue"),
    "sensor noise": ("noise 3×", "noise 10×"),
    "gyroscope bias": ("bias 2.5 °/s", "bias 5 °/s", "bias 10 °/s", "bias drift 0.5 °/s"),
    "gyroscope scale and axes": ("scale 2 %, axes 2°",),
    "end of the sensor's range": ("clipped at 125 °/s, 2 g",),
    "sampling": ("25 Hz", "50 Hz", "200 Hz", "jitter 1 ms"),
    "lost packets": ("loss 1 %", "loss 5 %", "loss 10 %", "bursts 300 ms, 3 a minute", "bursts 500 ms, 2 a minute"),
    "strap and place": (
        "worn at mid-shank",
        "worn on the foot's edge",
        "off plane 15-20°",
        "cuff slips 5-20°",
        "cuff slips 20-40°",
        "cuff slides 20° in 5 s",
    ),
    "slow phases, and the smoothing that they need": ("cadence 5 s", "cadence 8 s"),
    "small ranges": ("range 10-14°", "range 14-20°"),
    "impacts": ("taps",),
}
MEAN_OF_NORMAL = math.sqrt(2.0 / math.pi)
"""Mean size of a normal variable over its standard deviation."""
DIAGONAL = 0.6
"""Mean of Σ nᵢ⁴ over random directions n: what a gain along the axes has of the error of a turn; the rest is the angles
between the axes'."""
SLOPE = 3.92
"""dω/dt at the border of a minimum-jerk phase (Flash & Hogan 1985, doi:10.1523/JNEUROSCI.05-07-01688.1985) of range R
in time T, over R/T²: the speed is 30 x²(1 − x)² R/T at x = t/T and passes 10 % of its peak at x(1 − x) = 0.0791."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A limit that no method gets below, in words and as a number with its unit."""

    metric: str
    why: str
    least: str


def floors(range_deg: float) -> list[Floor]:
    """Derive the floors for repetitions of a mean range."""
    burst = next(cell for cell in CELLS if cell.name == "bursts 500 ms, 2 a minute")
    offset = math.degrees(_model(BASE).acc_bias_m_s2 / GRAVITY_M_S2)
    return [
        Floor(
            "range, peak speed",
            "A gyroscope whose gains are off and whose axes are not square measures every turn so much wrong. That "
            "the leg is back at rest afterwards says nothing about it, and gravity at the top, if one holds still, "
            f"is no better known: an accelerometer's offset of the ordinary sensor's size tilts it by {offset:.1f}°.",
            "; ".join(_gain_floor(name, range_deg) for name in (BASE, "scale 2 %, axes 2°")),
        ),
        Floor(
            "borders",
            f"Gyroscope noise, after the definition's smoothing of {1000 * TRUTH_SIGMA_S:.0f} ms, moves the instant at "
            "which the speed passes 10 % of its peak. Sway of the leg itself is many times as large: where it makes "
            "the speed pass that mark more than once, which passing is the border depends on how much is smoothed, and "
            "two honest estimates differ by the time between the passings.",
            "noise alone: " + ", ".join(_noise_floor(range_deg, phase_s) for phase_s in (1.0, 2.0, 4.0)),
        ),
        Floor(
            "latency of a repetition",
            "The measurement looks ahead, so that the end is known from both sides; the segmentation looks in steps.",
            f"{1000 * LOOK_AHEAD_S[0]:.0f} to {1000 * (LOOK_AHEAD_S[1] + STEP_S):.0f} ms",
        ),
        Floor(
            "count, packet bursts",
            f"A repetition whose lift and return both lost more than {1000 * LONG_HOLE_S:.0f} ms is not counted, by "
            "rule: what was lost could have been another movement.",
            f"about {_both_touched(burst):.2%} of the repetitions of “{burst.name}”",
        ),
    ]


def _model(name: str) -> SensorModel:
    """A cell's sensor."""
    cell = next(cell for cell in CELLS if cell.name == name)
    return case_of(cell, 0).model(100.0)


def _gain_floor(name: str, range_deg: float) -> str:
    """Mean error of a turn about an axis of random direction in the sensor."""
    model = _model(name)
    error = math.sqrt(DIAGONAL * model.scale_error**2 + (1 - DIAGONAL) * math.radians(model.misalignment_deg) ** 2)
    return f"“{name}”: {MEAN_OF_NORMAL * error:.1%}, {MEAN_OF_NORMAL * error * range_deg:.2f}° of {range_deg:.0f}°"


def _noise_floor(range_deg: float, phase_s: float) -> str:
    """Mean shift of a border by noise: rate noise over the slope of the speed there."""
    noise = math.degrees(GYR_DENSITY) * math.sqrt(1.0 / (4.0 * math.sqrt(math.pi) * TRUTH_SIGMA_S))
    shift_s = MEAN_OF_NORMAL * noise * phase_s**2 / (SLOPE * range_deg)
    return f"{1000 * shift_s:.1f} ms for a phase of {phase_s:g} s"


def _both_touched(cell: Cell) -> float:
    """Chance that long bursts touch both the lift and the return: they come at random, with exponential lengths."""
    link = _model(cell.name).link
    per_s = link.bursts_per_min / 60.0 * math.exp(-LONG_HOLE_S / link.burst_s)
    hole_s = LONG_HOLE_S + link.burst_s
    lift, back = (sum(span) / 2.0 + hole_s for span in (cell.ways.lift_s, cell.ways.return_s))
    return (1.0 - math.exp(-per_s * lift)) * (1.0 - math.exp(-per_s * back))
