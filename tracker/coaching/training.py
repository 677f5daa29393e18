"""One training of one exercise, and what it falls short of.

In: repetitions against what was asked for, and what was told. Out: ``Training``; in words, why it does not earn more.
Remembered: nothing.

A training is all that was done of an exercise in one go: with one sensor, each leg has a session of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.coaching.form import range_in_band, tempo_in_band
from tracker.coaching.prescription import NOT_TOLD, Load, Prescription
from tracker.coaching.set_form import velocity_loss
from tracker.coaching.targets import Targets
from tracker.exercises import Leg, Metric
from tracker.motion.values import Rep
from tracker.rules import Rules

LEGS: tuple[Leg, ...] = ("left", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneSet:
    """A work set.

    Attributes
    ----------
    side
        The leg that worked; None: nobody said.
    reps
        Counted, also those without numbers.
    in_band, judged
        Repetitions that kept tempo and range, of those that are known.
    ranged
        The range was judged, or cannot be in this exercise.
    load
        As told.
    reserve
        Repetitions in reserve, as told.
    slowed
        How much slower the last lift was than the fastest, as a share.
    """

    side: Leg | None
    reps: int
    in_band: int
    judged: int
    ranged: bool = True
    load: Load = NOT_TOLD
    reserve: int | None = None
    slowed: float | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a session was to be, where it was kept: work sets of each leg, repetitions, tempo."""

    sets: int
    reps: tuple[int, int]
    tempo_s: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What was done of an exercise in one go.

    Attributes
    ----------
    at
        When it began.
    sessions
        Their ids.
    sets
        Work sets.
    planned
        What it was to be; None: that was not kept.
    pain
        The worst that was told, 0 to 10; None: nothing was.
    stopped
        It was broken off because something hurt.
    """

    at: datetime
    sessions: tuple[str, ...]
    sets: tuple[DoneSet, ...]
    planned: Planned | None = None
    pain: int | None = None
    stopped: bool = False

    @property
    def pain_free(self) -> bool:
        """Nothing hurt, as far as was told."""
        return not self.stopped and not self.pain

    @property
    def words(self) -> str:
        """What each leg did, for people."""
        told = [f"pain {self.pain} of 10"] if self.pain is not None else []
        return "; ".join([*(str(done) for leg in LEGS if (done := self.of(leg)) is not None), *told])

    def of(self, leg: Leg) -> OneLeg | None:
        """Return what one leg did at its heaviest load; None: nothing."""
        own = [one for one in self.sets if one.side == leg]
        if not own:
            return None
        load = max((one.load for one in own if one.load.kg is not None), key=_kg, default=own[-1].load)
        return OneLeg(leg, load, tuple(one for one in own if one.load == load))


@dataclass(frozen=True, slots=True)
class OneLeg:
    """What one leg did at one load."""

    leg: Leg
    load: Load
    sets: tuple[DoneSet, ...]

    def __str__(self) -> str:
        parts = [f"{self.leg} {', '.join(str(one.reps) for one in self.sets)}"]
        if self.load.known:
            parts.append(f"with {self.load}")
        if self.share is not None:
            parts.append(f"({self.share:.0%} in band)")
        return " ".join(parts) + ("" if self.reserve is None else f", {self.reserve} in reserve")

    @property
    def share(self) -> float | None:
        """Of the repetitions in tempo and range; None where none is known."""
        return _share(self.sets)

    @property
    def reserve(self) -> int | None:
        """The least that was told; None: nothing was."""
        return min((one.reserve for one in self.sets if one.reserve is not None), default=None)


def done_set(
    reps: Sequence[Rep | None],
    targets: Targets,
    *,
    side: Leg | None,
    load: Load = NOT_TOLD,
    reserve: int | None = None,
) -> DoneSet:
    """Judge a set's repetitions; None among them is one that a person added without numbers."""
    known = [rep for rep in reps if rep is not None]
    ranged = Metric.RANGE in targets.exercise.metrics
    kept = []
    for rep in known:
        each = [tempo_in_band(rep, targets)]
        if ranged and targets.band is not None:
            each.append(range_in_band(rep, targets))
        if False in each or None not in each:
            kept.append(all(each))
    return DoneSet(
        side=side,
        reps=len(reps),
        in_band=sum(kept),
        judged=len(kept),
        ranged=not ranged or targets.band is not None,
        load=load,
        reserve=reserve,
        slowed=velocity_loss(known) if known else None,
    )


def shortfalls(one: Training, asked: Prescription, rules: Rules) -> tuple[str, ...]:
    """Return what a training lacks to earn more, in words; empty: nothing."""
    gate = rules.gate
    lacks = []
    if one.stopped:
        lacks.append("it was stopped for pain")
    if one.pain is not None and one.pain > gate.pain:
        lacks.append(f"pain {one.pain} of 10")
    if any(done.side is None for done in one.sets):
        lacks.append("of some sets nobody said which leg worked")
    for leg in LEGS:
        done = one.of(leg)
        if done is None:
            lacks.append(f"the {leg} leg was not trained")
        else:
            lacks += [f"{leg} leg: {what}" for what in _lacking(done, asked, rules)]
    return tuple(lacks)


def _lacking(done: OneLeg, asked: Prescription, rules: Rules) -> Iterator[str]:
    gate, top = rules.gate, asked.reps[1]
    full = sum(one.reps >= top for one in done.sets)
    if full < asked.sets:
        counts = ", ".join(str(one.reps) for one in done.sets)
        yield f"{counts} repetitions, {asked.sets} sets of {top} are the top of the range"
    if not all(one.ranged for one in done.sets):
        yield "its own range is not known (kickback calibrate finds it)"
    counted, judged = sum(one.reps for one in done.sets), sum(one.judged for one in done.sets)
    if done.share is None or judged < gate.judged * counted:
        yield f"only {judged} of {counted} repetitions could be judged"
    elif done.share < gate.in_band:
        yield f"{done.share:.0%} in tempo and range, {gate.in_band:.0%} are asked for"
    if done.reserve is None:
        yield "repetitions in reserve were not told (kickback next --reserve tells them)"
    elif done.reserve < gate.reserve:
        yield f"{done.reserve} in reserve"


def failed(one: Training, asked: Prescription, rules: Rules) -> tuple[str, ...]:
    """Return why a training did not go, in words; empty: it did, or it is not known."""
    why = []
    for leg in LEGS:
        done = one.of(leg)
        if done is None:
            continue
        under = sum(each.reps < asked.reps[0] for each in done.sets)
        if 2 * under > len(done.sets):
            why.append(f"{leg} leg: under {asked.reps[0]} repetitions in {under} of {len(done.sets)} sets")
        if done.share is not None and done.share < rules.failed.in_band:
            why.append(f"{leg} leg: {done.share:.0%} in tempo and range")
    return (*why, *too_heavy(one, rules))


def too_heavy(one: Training, rules: Rules) -> tuple[str, ...]:
    """Return where the form broke with nothing left, in words: in one set, or from a leg's first to its last."""
    legs = [done for leg in LEGS if (done := one.of(leg)) is not None and done.reserve == 0]
    return tuple(why for done in legs if (why := _broke(done, rules)))


def _broke(done: OneLeg, rules: Rules) -> str:
    shares = [share for each in done.sets if (share := _share([each])) is not None]
    empty = [share for each in done.sets if each.reserve == 0 and (share := _share([each])) is not None]
    if empty and min(empty) < rules.weight.heavy_in_band:
        return f"{done.leg} leg: {min(empty):.0%} in tempo and range with 0 in reserve"
    if shares and shares[0] - shares[-1] >= rules.weight.heavy_falls:
        return f"{done.leg} leg: from {shares[0]:.0%} in tempo and range to {shares[-1]:.0%}, 0 in reserve"
    return ""


def too_light(one: Training, rules: Rules) -> bool:
    """Return whether all was in band with either leg, and many were left."""
    legs = [done for leg in LEGS if (done := one.of(leg)) is not None]
    return len(legs) == len(LEGS) and all(
        done.share == 1.0
        and done.reserve is not None
        and done.reserve >= rules.weight.light_reserve
        and all(each.ranged for each in done.sets)
        for done in legs
    )


def contradictions(one: Training, rules: Rules) -> Iterator[str]:
    """Compare what was left, as told, with how the last lift slowed down; yield what does not fit."""
    for number, each in enumerate(one.sets, start=1):
        if each.reserve is None or each.slowed is None:
            continue
        if each.reserve >= rules.weight.slowed_reserve and each.slowed >= rules.weight.slowed:
            yield (
                f"set {number}: {each.reserve} in reserve were told, yet the last lift was {each.slowed:.0%} slower "
                "than the fastest: fewer were left, perhaps"
            )


def _share(sets: Iterable[DoneSet]) -> float | None:
    sets = list(sets)
    judged = sum(one.judged for one in sets)
    return sum(one.in_band for one in sets) / judged if judged else None


def _kg(load: Load) -> float:
    return load.kg or 0.0
