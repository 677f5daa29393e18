"""The corpus of legs that straighten as they rise: what is varied, and by how much.

``python -m tests.accuracy.travelling [SEEDS] [FIRST]`` prints a line for each cell. Seeds below 9000 are there to look
at; those from 9000 on are sealed: nothing is tuned on them.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace

import numpy as np

from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from ..motion.streams import block
from .scoring import Score, counted, score

ID = "ankle-weight-straightening"
Span = tuple[float, float]
USUAL = SensorModel(gyr_bias_deg_s=1.0)
NOISY = SensorModel(gyr_bias_deg_s=2.0, gyr_drift_deg_s=0.1, acc_bias_m_s2=0.3, noise=3.0, scale_error=0.01)


@dataclass(frozen=True, slots=True)
class Cell:
    """One way of training: ranges of concentric, hold, eccentric and bottom pause, and what else differs."""

    name: str
    c: Span = (0.8, 1.3)
    h: Span = (0.4, 1.1)
    e: Span = (1.2, 1.9)
    p: Span = (0.4, 1.2)
    reps: tuple[int, int] = (6, 12)
    sets: int = 2
    partials: int = 0
    fatigue: float = 0.1
    tremor: float = 1.0
    tap_m_s2: float = 0.0
    sensor: SensorModel = USUAL
    rests_s: Span = (1.5, 3.0)


CELLS = (
    Cell("usual"),
    Cell("fast", c=(0.55, 0.8), h=(0.2, 0.5), e=(0.6, 1.0), p=(0.4, 0.7)),
    Cell("2 s up, 3 s down", c=(1.6, 2.2), h=(0.8, 2.0), e=(2.5, 3.2), p=(0.4, 1.5), reps=(5, 8)),
    Cell("3 s up, 4 s down", c=(2.6, 3.2), h=(0.8, 2.0), e=(3.4, 4.0), p=(0.5, 2.0), reps=(5, 8)),
    Cell("no hold", h=(0.0, 0.0)),
    Cell("no pause", h=(0.5, 1.2), p=(0.0, 0.0)),
    Cell("long holds", h=(2.0, 5.0), reps=(4, 8)),
    Cell("partials", partials=2),
    Cell("tired and trembling", fatigue=0.45, tremor=2.0, reps=(10, 14)),
    Cell("taps", p=(0.4, 0.9), tap_m_s2=12.0),
    Cell("one to three", reps=(1, 3), sets=4),
    Cell("noise × 3, bias 2°/s", sensor=NOISY),
    Cell("25 Hz", sensor=SensorModel(rate_hz=25)),
    Cell("200 Hz, bias 2°/s", sensor=SensorModel(rate_hz=200, gyr_bias_deg_s=2.0)),
    Cell("at once after kneeling down", rests_s=(0.05, 0.1)),
)
"""What the profile is for."""
BEYOND = (
    Cell("5 s up, 6 s down", c=(4.6, 5.5), h=(0.8, 2.0), e=(5.0, 7.0), p=(0.5, 2.0), reps=(4, 6)),
    Cell("neither hold nor pause", h=(0.0, 0.0), p=(0.0, 0.0)),
)
"""What it cannot do, and says so in its rejections."""


def plan(cell: Cell, seed: int) -> Plan:
    """One session: sets with standing, walking and fidgets between them."""
    rng = np.random.default_rng([seed, 77])

    def draw(span: Span) -> float:
        return float(rng.uniform(*span))

    steps: list[Activity | SetPlan] = [Activity("stand", draw((3, 5))), Activity("walk", draw((5, 10)))]
    for _ in range(cell.sets):
        steps.append(Activity("stand", draw(cell.rests_s), posture="exercise"))
        if rng.random() < 0.5 and cell.rests_s[0] > 1.0:
            steps += [Activity("fidget", 2.0, posture="exercise"), Activity("stand", 1.5, posture="exercise")]
        steps.append(
            SetPlan(
                int(rng.integers(cell.reps[0], cell.reps[1] + 1)),
                concentric_s=draw(cell.c),
                hold_s=draw(cell.h),
                eccentric_s=draw(cell.e),
                bottom_pause_s=draw(cell.p),
                partials=cell.partials,
                fatigue=cell.fatigue,
                tap_m_s2=cell.tap_m_s2,
                tremor_deg=draw((0.0015, 0.006)) * cell.tremor,
            )
        )
        gait = "slow-walk" if rng.random() < 0.4 else "walk"
        steps += [Activity(gait, draw((6, 15))), Activity("fidget", draw((3, 6)))]
    return Plan(ID, tuple(steps), label=cell.name)


def score_cell(cell: Cell, seeds: range) -> Score:
    """Simulate, sense and count one session for each seed."""
    total = Score()
    for seed in seeds:
        truth = simulate(plan(cell, seed), seed)
        stream = sense(truth, cell.sensor, seed)
        period_s = 1.0 / cell.sensor.rate_hz
        found = counted([block(stream.acc, stream.gyr, period_s)], period_s, exercise_id=ID, t0_s=0.5 * period_s)
        total += score(found, {"sets": [{"reps": [asdict(rep) for rep in one.reps]} for one in truth.sets]})
    return total


def idle(seed: int, minutes: float = 5.0) -> tuple[int, float]:
    """Repetitions counted, told the exercise, while none is done; and the hours that it took."""
    rng = np.random.default_rng([seed, 78])
    doings = ("walk", "slow-walk", "fidget", "squat", "sit", "cuff", "stand")
    steps: list[Activity] = []
    while sum(step.seconds for step in steps) < 60.0 * minutes:
        doing = str(rng.choice(doings))
        on_floor = doing in ("fidget", "cuff", "stand") and rng.random() < 0.5
        where = "exercise" if on_floor else "standing"
        steps.append(Activity(doing, float(rng.uniform(4, 20)), posture=where))  # type: ignore[arg-type]
    truth = simulate(Plan(ID, tuple(steps), label="idle"), seed)
    sensor = replace(SensorModel(), gyr_bias_deg_s=float(rng.uniform(0, 2)))
    stream = sense(truth, sensor, seed)
    found = counted([block(stream.acc, stream.gyr, 0.01)], 0.01, exercise_id=ID)
    return len(found), truth.duration_s / 3600.0


def main(seeds: int = 6, first: int = 0) -> None:
    """Print the corpus."""
    total = Score()
    for cell in (*CELLS, *BEYOND):
        one = score_cell(cell, range(first, first + seeds))
        if cell in CELLS:
            total += one
        errors = np.quantile(np.abs(one.range_errors_m), 0.95) if one.range_errors_m else np.nan
        print(f"{cell.name:28} {one}, 95 % {errors:.3f} m", flush=True)
    print(f"{'all that it is for':28} {total}")
    false, hours = (sum(x) for x in zip(*(idle(seed) for seed in range(first, first + 2 * seeds)), strict=True))
    print(f"idle: {false} in {hours:.1f} h")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
