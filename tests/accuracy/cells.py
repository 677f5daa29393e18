"""What the proving ground sweeps: cells, each a way to draw sessions.

A cell changes one thing about an ordinary session, so that the worst cell says what the core cannot take. Everything
that a cell does not fix is drawn as in the ordinary session: the person, the strap (uniform on SO(3)), the sensor's
place and flaws, the tempo, what is done between the sets.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from tracker.simulation import EXERCISES, TURNING_IDS, Activity, ExerciseId, Link, Plan, SensorModel, SetPlan

from . import traces

Rng = np.random.Generator
Range = tuple[float, float]
Corpus = Literal["nominal", "stress", "bursts", "idle"]

SEALED_FROM = 9000
"""Seeds from here on are never tuned on; their traced legs are none of the tuned ones'."""
BETWEEN = ("walk", "slow-walk", "fidget", "squat", "sit", "cuff", "stairs", "turn", "side-steps")
SERIES = ("squats", "stand-ups", "march")
"""Alike and in a row, as repetitions are."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a cell's sessions are drawn: ranges are uniform, tuples of names are chosen from.

    Attributes
    ----------
    sets, reps
        Sets per session, repetitions per set.
    lift_s, hold_s, return_s, pause_s
        Tempo.
    range_deg
        Shank range; None is the exercise's usual one,
    range_share
        times this.
    sensor
        Changes the ordinary sensor.
    set_plan
        Fixed parts of every set.
    between
        What is done between sets, one of them at a time, ``between_s`` long.
    """

    sets: tuple[int, int] = (3, 4)
    reps: tuple[int, int] = (8, 15)
    lift_s: Range = (0.7, 1.4)
    hold_s: Range = (0.3, 1.5)
    return_s: Range = (1.0, 2.5)
    pause_s: Range = (0.2, 1.2)
    range_deg: Range | None = None
    range_share: Range = (1.0, 1.0)
    partials: tuple[int, int] = (0, 0)
    off_plane_deg: Range = (0.0, 20.0)
    unrest: Range = (0.7, 1.5)
    fatigue: Range = (0.0, 0.2)
    tap_m_s2: Range = (0.0, 0.0)
    hesitations: float = 0.05
    between: tuple[str, ...] = BETWEEN
    between_s: Range = (4.0, 10.0)
    sensor: Callable[[SensorModel, Rng, float], SensorModel] = field(default=lambda model, rng, seconds: model)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the sweep."""

    name: str
    corpus: Corpus
    ways: Ways = field(default_factory=Ways)
    told: bool = True
    traced: bool = False
    """The leg is driven by real repetitions."""


@dataclass(frozen=True, slots=True)
class Case:
    """One session to simulate."""

    cell: str
    plan: Plan
    model: Callable[[float], SensorModel]
    """Sensor for a session of so many seconds."""
    told: bool
    seed: int
    traces: traces.Group | None
    """Whose real repetitions drive the leg; None for the kinematic one."""


def case_of(cell: Cell, seed: int) -> Case:
    """Draw a session; exercises take turns with the seeds."""
    rng = np.random.default_rng([seed, zlib.crc32(cell.name.encode())])
    exercise = TURNING_IDS[seed % len(TURNING_IDS)]
    plan = _idle(cell.ways, exercise, rng) if cell.corpus == "idle" else _session(cell.ways, exercise, rng)
    worn = _ordinary_sensor(rng)
    sensor_rng = np.random.default_rng(rng.integers(2**63))
    groups = traces.TUNED if seed < SEALED_FROM else traces.SEALED
    group = groups[seed // len(TURNING_IDS) % len(groups)] if cell.traced else None
    return Case(cell.name, plan, lambda seconds: cell.ways.sensor(worn, sensor_rng, seconds), cell.told, seed, group)


def _ordinary_sensor(rng: Rng) -> SensorModel:
    return SensorModel(
        rate_hz=int(rng.choice([50, 100, 104])),
        above_ankle_m=rng.uniform(0.04, 0.14),
        off_axis_m=rng.uniform(0.035, 0.06),
        gyr_bias_deg_s=rng.uniform(0.0, 1.5),
        gyr_drift_deg_s=rng.uniform(0.0, 0.1),
        acc_bias_m_s2=rng.uniform(0.0, 0.2),
        noise=rng.uniform(0.7, 1.5),
    )


def _session(ways: Ways, exercise: ExerciseId, rng: Rng) -> Plan:
    steps: list[Activity | SetPlan] = [Activity("stand", rng.uniform(1.5, 4.0)), *_between(ways, rng)]
    for _ in range(_whole(ways.sets, rng)):
        steps += [_set(ways, exercise, rng), *_between(ways, rng)]
        if rng.random() < 0.5:
            steps.append(Activity("fidget", rng.uniform(2, 5), "exercise" if rng.random() < 0.3 else "standing"))
        steps.append(Activity("stand", rng.uniform(2, 9)))
    return Plan(
        exercise,
        tuple(steps),
        label="proving",
        off_plane_deg=rng.uniform(*ways.off_plane_deg),
        unrest=rng.uniform(*ways.unrest),
    )


def _idle(ways: Ways, exercise: ExerciseId, rng: Rng) -> Plan:
    """Draw about five minutes in which nothing is trained."""
    steps: list[Activity | SetPlan] = [Activity("stand", 2.0)]
    while sum(step.seconds for step in steps if isinstance(step, Activity)) < 300:
        steps += _between(ways, rng)
        if rng.random() < 0.4:
            steps.append(Activity("stand", rng.uniform(0.5, 6)))
    return Plan(exercise, tuple(steps), label="idle", unrest=rng.uniform(*ways.unrest))


def _between(ways: Ways, rng: Rng) -> list[Activity]:
    doing = ways.between[int(rng.integers(len(ways.between)))]
    at_place = doing in ("fidget", "cuff", "stand") and rng.random() < 0.3
    return [Activity(doing, rng.uniform(*ways.between_s), "exercise" if at_place else "standing")]  # type: ignore[arg-type]


def _set(ways: Ways, exercise: ExerciseId, rng: Rng) -> SetPlan:
    return SetPlan(
        _whole(ways.reps, rng),
        concentric_s=rng.uniform(*ways.lift_s),
        hold_s=rng.uniform(*ways.hold_s),
        eccentric_s=rng.uniform(*ways.return_s),
        bottom_pause_s=rng.uniform(*ways.pause_s),
        range_deg=_range_deg(ways, exercise, rng),
        partials=_whole(ways.partials, rng),
        fatigue=rng.uniform(*ways.fatigue),
        tap_m_s2=rng.uniform(*ways.tap_m_s2),
        hesitations=ways.hesitations,
    )


def _range_deg(ways: Ways, exercise: ExerciseId, rng: Rng) -> float | None:
    if ways.range_deg is not None:
        return rng.uniform(*ways.range_deg)
    share = rng.uniform(*ways.range_share)
    return None if share == 1.0 else share * EXERCISES[exercise].range_deg


def _whole(span: tuple[int, int], rng: Rng) -> int:
    return int(rng.integers(span[0], span[1] + 1))


def _with(**changes: float | str) -> Callable[[SensorModel, Rng, float], SensorModel]:
    return lambda model, rng, seconds: replace(model, **changes)


def _linked(**changes: float) -> Callable[[SensorModel, Rng, float], SensorModel]:
    return lambda model, rng, seconds: replace(model, link=replace(Link(), **changes))


def _slip(size: Range, bias: float = 0.0, slip_s: float = 0.2) -> Callable[[SensorModel, Rng, float], SensorModel]:
    def slipped(model: SensorModel, rng: Rng, seconds: float) -> SensorModel:
        model = replace(model, slip_deg=rng.uniform(*size), slip_at_s=rng.uniform(0.15, 0.85) * seconds, slip_s=slip_s)
        return replace(model, gyr_bias_deg_s=bias) if bias else model

    return slipped


_TEMPO = {
    "0.5 s": Ways(lift_s=(0.22, 0.27), hold_s=(0, 0), return_s=(0.24, 0.29), pause_s=(0, 0.05), between_s=(4, 8)),
    "0.7 s": Ways(lift_s=(0.28, 0.36), hold_s=(0, 0.05), return_s=(0.3, 0.4), pause_s=(0, 0.1)),
    "1 s": Ways(lift_s=(0.35, 0.5), hold_s=(0, 0.15), return_s=(0.4, 0.6), pause_s=(0, 0.2)),
    "1.5 s": Ways(lift_s=(0.45, 0.8), hold_s=(0, 0.4), return_s=(0.5, 0.9), pause_s=(0, 0.4)),
    "3 s": Ways(lift_s=(0.8, 1.3), hold_s=(0.2, 1.0), return_s=(1.0, 1.6), pause_s=(0.2, 1.0)),
    "5 s": Ways(reps=(6, 10), lift_s=(1.2, 2.0), hold_s=(0.5, 1.5), return_s=(1.8, 3.0), pause_s=(0.3, 1.5)),
    "8 s": Ways(reps=(5, 8), lift_s=(2.0, 3.2), hold_s=(0.8, 2.0), return_s=(3.0, 4.5), pause_s=(0.3, 1.5)),
}

_ANYTHING = Ways(
    reps=(4, 12),
    lift_s=(0.4, 2.0),
    hold_s=(0.0, 2.0),
    return_s=(0.5, 3.0),
    pause_s=(0.0, 2.0),
    range_share=(0.6, 1.4),
    partials=(0, 1),
    fatigue=(0.0, 0.4),
    unrest=(0.7, 2.5),
    hesitations=0.2,
    between=BETWEEN + SERIES,
    sensor=lambda model, rng, seconds: replace(
        model,
        rate_hz=int(rng.choice([50, 100, 104, 200])),
        gyr_bias_deg_s=rng.uniform(0, 5),
        noise=rng.uniform(1, 4),
        scale_error=0.01,
        misalignment_deg=1.0,
        jitter_s=0.0005,
        link=Link(loss=rng.uniform(0, 0.03)),
    ),
)

CELLS: tuple[Cell, ...] = (
    Cell("ordinary", "nominal"),
    Cell("ordinary, traced", "nominal", traced=True),
    Cell("anything", "stress", _ANYTHING),
    Cell("anything, traced", "stress", _ANYTHING, traced=True),
    Cell("traced, cadence 1 s", "stress", replace(_TEMPO["1 s"]), traced=True),
    Cell("traced, cadence 5 s", "stress", replace(_TEMPO["5 s"]), traced=True),
    Cell("traced, range 14-20°", "stress", Ways(range_deg=(14, 20)), traced=True),
    Cell("traced, sets of one to three", "stress", Ways(sets=(5, 6), reps=(1, 3)), traced=True),
    Cell("untold", "stress", told=False),
    *(Cell(f"cadence {name}", "stress", ways) for name, ways in _TEMPO.items()),
    Cell("no pauses", "stress", Ways(hold_s=(0, 0), pause_s=(0, 0), lift_s=(0.4, 1.2), return_s=(0.5, 1.5))),
    Cell("bottom pauses 2-5 s", "stress", Ways(reps=(5, 9), pause_s=(2, 5))),
    Cell("holds 3-5 s", "stress", Ways(reps=(5, 9), hold_s=(3, 5))),
    Cell("range 10-14°", "stress", Ways(range_deg=(10, 14))),
    Cell("range 14-20°", "stress", Ways(range_deg=(14, 20))),
    Cell("range 1.3-1.6 × usual", "stress", Ways(range_share=(1.3, 1.6))),
    Cell("sets of one to three", "stress", Ways(sets=(5, 6), reps=(1, 3))),
    Cell("partials", "stress", Ways(partials=(1, 4))),
    Cell("fatigue", "stress", Ways(fatigue=(0.3, 0.6), reps=(12, 18))),
    Cell("hesitations", "stress", Ways(hesitations=0.6, lift_s=(0.9, 2.0))),
    Cell("off plane 15-20°", "stress", Ways(off_plane_deg=(15, 20))),
    Cell("taps", "stress", Ways(tap_m_s2=(4, 15), hold_s=(0, 0.4), pause_s=(0.05, 0.5))),
    Cell("unsteady", "stress", Ways(unrest=(2.5, 4.0))),
    Cell("noise 3×", "stress", Ways(sensor=_with(noise=3.0))),
    Cell("noise 10×", "stress", Ways(sensor=_with(noise=10.0))),
    Cell("bias 2.5 °/s", "stress", Ways(sensor=_with(gyr_bias_deg_s=2.5))),
    Cell("bias 5 °/s", "stress", Ways(sensor=_with(gyr_bias_deg_s=5.0))),
    Cell("bias 10 °/s", "stress", Ways(sensor=_with(gyr_bias_deg_s=10.0))),
    Cell("bias drift 0.5 °/s", "stress", Ways(sensor=_with(gyr_drift_deg_s=0.5))),
    Cell("scale 2 %, axes 2°", "stress", Ways(sensor=_with(scale_error=0.02, misalignment_deg=2.0))),
    Cell("clipped at 125 °/s, 2 g", "stress", Ways(sensor=_with(gyr_range_dps=125, acc_range_g=2))),
    Cell("25 Hz", "stress", Ways(sensor=_with(rate_hz=25))),
    Cell("50 Hz", "stress", Ways(sensor=_with(rate_hz=50))),
    Cell("200 Hz", "stress", Ways(sensor=_with(rate_hz=200))),
    Cell("jitter 1 ms", "stress", Ways(sensor=_with(jitter_s=0.001))),
    Cell("worn at mid-shank", "stress", Ways(sensor=_with(above_ankle_m=0.22))),
    Cell("worn on the foot's edge", "stress", Ways(sensor=_with(above_ankle_m=0.0, off_axis_m=0.08))),
    Cell("loss 1 %", "stress", Ways(sensor=_linked(loss=0.01))),
    Cell("loss 5 %", "stress", Ways(sensor=_linked(loss=0.05))),
    Cell("loss 10 %", "stress", Ways(sensor=_linked(loss=0.10))),
    Cell("bursts 300 ms, 3 a minute", "bursts", Ways(sensor=_linked(bursts_per_min=3.0, burst_s=0.3))),
    Cell("bursts 500 ms, 2 a minute", "bursts", Ways(sensor=_linked(bursts_per_min=2.0, burst_s=0.5))),
    Cell("cuff slips 5-20°", "stress", Ways(sensor=_slip((5, 20)))),
    Cell("cuff slips 20-40°", "stress", Ways(sensor=_slip((20, 40)))),
    Cell("cuff slides 20° in 5 s", "stress", Ways(sensor=_slip((15, 20), slip_s=5.0))),
    Cell("cuff slips, bias 5 °/s", "stress", Ways(sensor=_slip((5, 20), bias=5.0))),
    *(
        Cell(f"between: {doing}", "stress", Ways(sets=(5, 6), reps=(5, 8), between=(doing,), between_s=(5, 12)))
        for doing in BETWEEN + SERIES
    ),
    *(Cell(f"idle: {doing}", "idle", Ways(between=(doing,), between_s=(8, 40))) for doing in BETWEEN + SERIES),
)
"""All cells, in the order of the report."""
