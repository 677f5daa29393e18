"""What to simulate: sessions as frozen values, and ready scenarios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from .faults import Fault
from .leg import EXERCISES, ExerciseId

Doing = Literal[
    "stand",
    "walk",
    "slow-walk",
    "fidget",
    "squat",
    "sit",
    "cuff",
    "squats",
    "stand-ups",
    "stairs",
    "march",
    "turn",
    "side-steps",
    "strap-on",
]
Scenario = Literal["nominal", "slow", "fast", "fast-no-pause", "short-sets", "taps", "walking", "fatigue"]

EXERCISE_IDS: tuple[ExerciseId, ...] = get_args(ExerciseId)
TURNING_IDS = tuple(id_ for id_ in EXERCISE_IDS if not EXERCISES[id_].straightens)
"""Those whose repetitions turn the shank."""
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something between sets.

    Attributes
    ----------
    doing
        ``stand``, ``walk``, ``slow-walk``, ``fidget``, ``squat``, ``sit`` or ``cuff``; again and again: ``squats``,
        ``stand-ups`` (from a chair), ``stairs`` (up, about, and down), ``march`` and ``turn`` (on the spot) or
        ``side-steps``; at the beginning of a session ``strap-on`` (the sensor is put on).
    seconds
        About how long (one ``squat`` or ``sit`` takes its own time, a series is of at least three).
    posture
        ``standing``, or in the exercise's own rest pose (``stand``, ``fidget`` and ``cuff`` only).
    """

    doing: Doing
    seconds: float = 3.0
    posture: Literal["standing", "exercise"] = "standing"

    def __post_init__(self) -> None:
        """Check the posture.

        Raises
        ------
        ValueError
            For walking or squatting in the exercise's rest pose, or a time that is not positive.
        """
        if self.posture == "exercise" and self.doing not in ("stand", "fidget", "cuff"):
            raise ValueError(f"{self.doing} is done standing")
        if not self.seconds > 0:
            raise ValueError(f"seconds must be positive, got {self.seconds}")


@dataclass(frozen=True, slots=True)
class SetPlan:
    """One set. Times are of the first repetition and vary from one to the next.

    Attributes
    ----------
    reps
        Full repetitions, at least 1.
    concentric_s, hold_s, eccentric_s, bottom_pause_s
        The tempo; a hold or pause of 0 turns round smoothly.
    range_deg
        Shank range (of a leg that straightens: the thigh's); None takes the exercise's usual one.
    partials
        How many smaller ones (25–50 % of the range) come in between; none is the first.
    tempo_spread, range_spread
        Standard deviation from repetition to repetition, as a share.
    fatigue
        The last repetition is this share slower, and 0.4 of it smaller (range ≥ 0.78 of the first).
    hesitations
        Probability of a stall in the middle of a concentric.
    tap_m_s2
        Peak acceleration of the ringing when the foot or knee hits floor or bench at the bottom; 0 for none.
    tremor_deg
        Root mean square of the 8–12 Hz tremor of the rested leg; it grows with fatigue.
    direction_spread_deg
        Standard deviation of the movement's direction from repetition to repetition.
    faults
        Repetitions that are made wrongly, at most one fault each.
    """

    reps: int
    concentric_s: float = 1.0
    hold_s: float = 0.7
    eccentric_s: float = 1.5
    bottom_pause_s: float = 0.6
    range_deg: float | None = None
    partials: int = 0
    tempo_spread: float = 0.08
    range_spread: float = 0.05
    fatigue: float = 0.1
    hesitations: float = 0.05
    tap_m_s2: float = 0.0
    tremor_deg: float = 0.003
    direction_spread_deg: float = 0.0
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no leg can do.

        Raises
        ------
        ValueError
            For a set without repetitions, phases under 0.2 s or negative times.
        """
        if self.reps < 1 or self.partials < 0:
            raise ValueError(f"a set needs at least one repetition, got {self.reps} and {self.partials} partials")
        if min(self.concentric_s, self.eccentric_s) < 0.2:
            raise ValueError("concentric_s and eccentric_s must be at least 0.2 s")
        if min(self.hold_s, self.bottom_pause_s, self.tap_m_s2, self.tremor_deg) < 0:
            raise ValueError("hold_s, bottom_pause_s, tap_m_s2 and tremor_deg must not be negative")
        wrong = [fault.rep for fault in self.faults]
        if len(set(wrong)) < len(wrong) or max(wrong, default=0) > self.reps:
            raise ValueError(f"a set of {self.reps} has no place for faults in repetitions {wrong}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A session to simulate: activities and sets in order. Posture changes come in by themselves.

    Attributes
    ----------
    exercise
        One of the exercise ids.
    steps
        In order of time.
    label
        What the truth file says it is.
    side
        Which ankle wears the sensor; None draws one.
    off_plane_deg
        Tilt of the movement's plane; None draws 0–20°.
    unrest
        Factor on the whole body's sway and tremor; 1 is a calm, healthy person.
    """

    exercise: ExerciseId
    steps: tuple[Activity | SetPlan, ...]
    label: str = "custom"
    side: Literal["left", "right"] | None = None
    off_plane_deg: float | None = None
    unrest: float = 1.0

    def __post_init__(self) -> None:
        """Check the exercise.

        Raises
        ------
        ValueError
            For an unknown exercise id, a plan in which nothing happens, or a sensor that is put on later than first.
        """
        if not self.steps:
            raise ValueError("nothing to simulate: a plan needs at least one step")
        if self.exercise not in EXERCISES:
            raise ValueError(f"unknown exercise {self.exercise!r}, expected one of {', '.join(EXERCISES)}")
        if any(isinstance(step, Activity) and step.doing == "strap-on" for step in self.steps[1:]):
            raise ValueError("strap-on is the first step of a plan")

    @property
    def rep_count(self) -> int:
        """Full repetitions asked for."""
        return sum(step.reps for step in self.steps if isinstance(step, SetPlan))


_TEMPO: dict[Scenario, dict[str, tuple[float, float]]] = {
    # ranges of concentric, hold, eccentric, bottom pause
    "nominal": {"c": (0.8, 1.2), "h": (0.4, 1.1), "e": (1.2, 1.8), "p": (0.3, 1.2)},
    "slow": {"c": (2.2, 3.5), "h": (0.8, 2.5), "e": (3.0, 5.0), "p": (0.5, 5.0)},
    "fast": {"c": (0.5, 0.65), "h": (0.1, 0.3), "e": (0.55, 0.8), "p": (0.1, 0.3)},
    "fast-no-pause": {"c": (0.40, 0.52), "h": (0, 0), "e": (0.50, 0.66), "p": (0, 0)},
    "short-sets": {"c": (0.7, 1.4), "h": (0.3, 1.2), "e": (1.0, 2.0), "p": (0.3, 1.5)},
    "taps": {"c": (0.55, 0.9), "h": (0, 0.3), "e": (0.6, 1.1), "p": (0.05, 0.4)},
    "walking": {"c": (0.8, 1.2), "h": (0.2, 1.0), "e": (1.0, 1.6), "p": (0.2, 1.0)},
    "fatigue": {"c": (0.8, 1.0), "h": (0.3, 0.7), "e": (1.1, 1.5), "p": (0.3, 0.8)},
}


def scenario(name: Scenario, exercise: ExerciseId, seed: int = 0) -> Plan:
    """Draw a ready session of 1.5–4 minutes.

    Parameters
    ----------
    name
        ``nominal``, ``slow``, ``fast`` (with partials), ``fast-no-pause`` (0.9–1.2 s a repetition),
        ``short-sets`` (1–3 repetitions), ``taps``, ``walking`` (much of it, and fidgets) or ``fatigue``.
    exercise
        One of the exercise ids.
    seed
        Draws tempo, numbers and what lies between; `simulate` has a seed of its own for the movement.

    Examples
    --------
    >>> plan = scenario("short-sets", "cable")
    >>> sum(isinstance(step, SetPlan) for step in plan.steps)
    4
    """
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name!r}, expected one of {', '.join(SCENARIOS)}")
    rng = np.random.default_rng([seed, SCENARIOS.index(name), EXERCISE_IDS.index(exercise)])
    sets = {"slow": 2, "fast": 2, "fatigue": 2, "short-sets": 4}.get(name, 3)
    steps: list[Activity | SetPlan] = [
        Activity("stand", rng.uniform(3, 5)),
        Activity("walk", rng.uniform(6, 10)),
    ]
    for _ in range(sets):
        if name in ("short-sets", "walking") and rng.random() < 0.5:
            steps.append(Activity("fidget", 2.0, posture="exercise"))
        steps += [_set(name, rng), *_between(name, rng)]
    return Plan(exercise, tuple(steps), label=name)


def _set(name: Scenario, rng: np.random.Generator) -> SetPlan:
    tempo = {k: float(rng.uniform(*span)) for k, span in _TEMPO[name].items()}
    lowest, highest = {"slow": (5, 7), "short-sets": (1, 3), "fatigue": (12, 16)}.get(name, (7, 12))
    return SetPlan(
        reps=int(rng.integers(lowest, highest + 1)),
        concentric_s=tempo["c"],
        hold_s=tempo["h"],
        eccentric_s=tempo["e"],
        bottom_pause_s=tempo["p"],
        partials=int(rng.integers(1, 4)) if name == "fast" else 0,
        fatigue=float(rng.uniform(0.35, 0.6)) if name == "fatigue" else float(rng.uniform(0.0, 0.15)),
        hesitations=0.15 if name in ("fatigue", "slow") else 0.04,
        tap_m_s2=float(rng.uniform(5, 25)) if name == "taps" else 0.0,
        tremor_deg=float(rng.uniform(0.0015, 0.006)) * (2 if name == "fatigue" else 1),
    )


def _between(name: Scenario, rng: np.random.Generator) -> list[Activity | SetPlan]:
    fidgets, stand = Activity("fidget", rng.uniform(4, 8)), Activity("stand", rng.uniform(3, 6))
    gaits: tuple[Doing, ...] = ("walk", "walk", "slow-walk")
    others: tuple[Doing, ...] = ("squat", "sit", "cuff", "fidget")
    walk = Activity(gaits[rng.integers(3)], rng.uniform(6, 14))
    extra = Activity(others[rng.integers(4)], rng.uniform(3, 6))
    if name == "walking":
        slow = Activity("slow-walk", rng.uniform(10, 20))
        return [fidgets, Activity("walk", rng.uniform(15, 30)), extra, fidgets, slow, stand]
    return [stand, walk, extra, fidgets]


def session_plan(
    name: Scenario, exercise_id: ExerciseId, seed: int, *, sets: int | None = None, reps: int | None = None
) -> Plan:
    """Return a scenario's session, with as many sets and repetitions as asked for.

    Examples
    --------
    >>> session_plan("nominal", "cable", 0, sets=5, reps=4).rep_count
    20
    """
    plan = scenario(name, exercise_id, seed)
    first = next(i for i, step in enumerate(plan.steps) if isinstance(step, SetPlan))
    rounds: list[list[Activity | SetPlan]] = []
    for step in plan.steps[first:]:
        if isinstance(step, SetPlan):
            rounds.append([step if reps is None else replace(step, reps=reps)])
        else:
            rounds[-1].append(step)
    chosen = rounds if sets is None else [rounds[i % len(rounds)] for i in range(sets)]
    return replace(plan, steps=(*plan.steps[:first], *(step for one in chosen for step in one)))


def demo_plan(exercise_id: ExerciseId, reps: int) -> Plan:
    """Return one set at a usual tempo, with a moment of standing before and after."""
    one = SetPlan(reps=reps, concentric_s=1.0, hold_s=0.8, eccentric_s=1.6, bottom_pause_s=0.6)
    return Plan(exercise_id, (Activity("stand", 2.5), one, Activity("stand", 2.0)), label="demo")
