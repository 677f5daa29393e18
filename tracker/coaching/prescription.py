"""What is to be done in a training, and one step more or less of it.

In: a ``Prescription`` and the rules of its exercise. Out: another one that differs on one axis, or None where that axis
has no room. Remembered: nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from tracker.coaching.plan import tempo_text
from tracker.exercises import Leg
from tracker.rules import Axis, ExerciseRules, Steps

BODYWEIGHT = "bodyweight"
OR_BAND = "bodyweight or a light band"
"""Where a load of kilograms ends."""
ASIDE = "slightly out to the side"
LIGHTER = "lighter than last time"
_STRONGER, _WEAKER = "the next stronger one than ", "the next weaker one than "


@dataclass(frozen=True, slots=True)
class Load:
    """A load of one leg: kilograms, or a label where it is no mass; neither where nobody told."""

    kg: float | None = None
    label: str | None = None

    @property
    def known(self) -> bool:
        """Somebody told."""
        return self.kg is not None or bool(self.label)

    def __str__(self) -> str:
        return f"{self.kg:g} kg" if self.kg is not None else self.label or "a load that was not told"


NOT_TOLD = Load()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """A training of one exercise.

    Attributes
    ----------
    sets
        Work sets of each leg.
    reps
        Repetitions of a set, from and to.
    tempo_s
        Lift, hold, return and pause, seconds.
    left, right
        Load of each leg.
    angle
        Direction of the kick, where it is not straight back.
    """

    sets: int
    reps: tuple[int, int]
    tempo_s: tuple[float, float, float, float]
    left: Load = NOT_TOLD
    right: Load = NOT_TOLD
    angle: str = ""

    @property
    def loads(self) -> dict[Leg, Load]:
        """By leg."""
        return {"left": self.left, "right": self.right}

    @property
    def load_words(self) -> str:
        """The loads for people; empty where neither was told."""
        if self.left == self.right:
            return str(self.left) + " per leg" * (self.left.kg is not None) if self.left.known else ""
        return f"left {self.left}, right {self.right}"

    @property
    def words(self) -> str:
        """All of it, for people."""
        low, high = self.reps
        sets = f"{self.sets} set{'s' * (self.sets > 1)} of {low}-{high} with each leg"
        parts = [sets, f"tempo {tempo_text(self.tempo_s)}"]
        return ", ".join(filter(None, (*parts, self.load_words, self.angle)))

    def on(self, axis: Axis) -> str:
        """Return what it asks for on one axis, for people."""
        return {
            Axis.LOAD: self.load_words or "the load so far",
            Axis.REPS: f"{self.reps[0]}-{self.reps[1]} repetitions",
            Axis.RETURN: f"a return of {self.tempo_s[2]:g} s",
            Axis.PAUSE: f"a hold of {self.tempo_s[1]:g} s at the top",
            Axis.ANGLE: self.angle or "straight back",
        }[axis]


def axes_changed(before: Prescription, after: Prescription) -> frozenset[Axis]:
    """Return the axes on which two differ; the number of sets is none of them."""
    differ = {
        Axis.LOAD: before.loads != after.loads,
        Axis.REPS: before.reps != after.reps,
        Axis.RETURN: before.tempo_s[2] != after.tempo_s[2],
        Axis.PAUSE: before.tempo_s[1] != after.tempo_s[1],
        Axis.ANGLE: before.angle != after.angle,
    }
    return frozenset(axis for axis, differs in differ.items() if differs)


def more(now: Prescription, axis: Axis, own: ExerciseRules, steps: Steps) -> Prescription | None:
    """Return one step more on an axis; None: it has no room, or the load was not told.

    Examples
    --------
    >>> from tracker.rules import rules
    >>> now = Prescription(sets=3, reps=(10, 15), tempo_s=(2, 1, 3, 0), left=Load(kg=5.0), right=Load(kg=5.0))
    >>> more(now, Axis.LOAD, rules().exercises["cable"], rules().steps).load_words
    '7.5 kg per leg'
    """
    (low, high), (lift_s, hold_s, return_s, pause_s) = now.reps, now.tempo_s
    match axis:
        case Axis.LOAD:
            return _each_load(now, lambda load: _heavier(load, own))
        case Axis.REPS:
            step = min(steps.reps, own.most_reps - high)
            return replace(now, reps=(low + step, high + step)) if step > 0 else None
        case Axis.RETURN:
            slower_s = min(return_s + steps.return_s, steps.most_return_s)
            return replace(now, tempo_s=(lift_s, hold_s, slower_s, pause_s)) if slower_s > return_s else None
        case Axis.PAUSE:
            longer_s = min(hold_s + steps.hold_s, steps.most_hold_s)
            return replace(now, tempo_s=(lift_s, longer_s, return_s, pause_s)) if longer_s > hold_s else None
        case Axis.ANGLE:
            return replace(now, angle=ASIDE) if not now.angle else None


def less(now: Prescription, own: ExerciseRules, steps: Steps, share: float) -> Prescription | None:
    """Return a lighter one: less load, bodyweight or a weaker band; fewer repetitions where there is no load.

    None: nothing is lighter.
    """
    if own.loaded:
        lighter = _each_load(now, lambda load: _lighter(load, own, share))
        if lighter is not None:
            return lighter
    (low, high) = now.reps
    step = min(steps.reps, low - steps.least_reps)
    return replace(now, reps=(low - step, high - step)) if step > 0 else None


def from_the_start(now: Prescription, own: ExerciseRules, steps: Steps) -> Prescription | None:
    """Return it with bodyweight or the weakest band; where that is so already, as ``less``."""
    begin = Load(label=own.bands[0] if own.bands else OR_BAND)
    anew = replace(now, left=begin, right=begin)
    return anew if own.loaded and anew != now else less(now, own, steps, 1.0)


def _each_load(now: Prescription, step: Callable[[Load], Load]) -> Prescription | None:
    after = replace(now, left=step(now.left), right=step(now.right))
    return after if after != now else None


def _heavier(load: Load, own: ExerciseRules) -> Load:
    """Return the next load; the same where there is none, or where none was told."""
    if load.kg is not None and not own.bands:
        return Load(kg=max(load.kg, min(load.kg + own.step_kg, own.cap_kg)))
    if load.label in (BODYWEIGHT, OR_BAND):
        return Load(label=own.bands[0]) if own.bands else Load(kg=own.step_kg)
    if not load.label or load.kg is not None:
        return load
    if (place := _place(load.label, own)) is not None:
        return Load(label=own.bands[place + 1]) if place + 1 < len(own.bands) else load
    return Load(label=_STRONGER + load.label.removeprefix(_STRONGER))


def _lighter(load: Load, own: ExerciseRules, share: float) -> Load:
    if load.label in (BODYWEIGHT, OR_BAND) or load.kg == 0.0:
        return load
    if load.kg is not None and not own.bands:
        left_kg = min(math.floor(load.kg * share / own.step_kg + 1e-9) * own.step_kg, load.kg - own.step_kg)
        return Load(kg=left_kg) if left_kg > 0.0 else Load(label=OR_BAND)
    if not load.label:
        return Load(label=LIGHTER)
    if (place := _place(load.label, own)) is not None:
        return Load(label=own.bands[place - 1] if place else BODYWEIGHT)
    return load if load.label == LIGHTER else Load(label=_WEAKER + load.label.removeprefix(_WEAKER))


def _place(label: str, own: ExerciseRules) -> int | None:
    """Return where a band stands among those whose order is known; None: its label says nothing of that."""
    plain = label.strip().casefold()
    return own.bands.index(plain) if plain in own.bands else None
