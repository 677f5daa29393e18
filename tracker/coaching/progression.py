"""What to do in the next training: the same, one step more, or less.

In: the trainings of one exercise so far, and what became of earlier suggestions. Out: ``Suggestion``. Remembered:
nothing: the same history gives the same suggestion.

Rules (their numbers: ``progression.toml``)
-------------------------------------------
- More only where both legs reached the top of the range of repetitions, nearly all of them in tempo and range, with
  some in reserve and hardly any pain, in two trainings on end that asked for the same. Then one step on one axis: the
  first of the exercise's order that has room.
- Less after two trainings on end that did not go, after pain, or after a layoff.
- After a stop for pain there is nothing more until a training of the exercise was free of pain; what was before does
  not count any more.
- A suggestion can be declined. It is not made again by what was known then: the evidence has to be new.

It is not known whether anything is well or ill with a back or a hip; a suggestion is advice that a person may decline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tracker.coaching.plan import preset
from tracker.coaching.prescription import Prescription, axes_changed, from_the_start, less, more
from tracker.coaching.suggestion import Decision, Fit, History, Kind, Source, Suggestion
from tracker.coaching.training import Training, contradictions, failed, shortfalls, too_heavy, too_light
from tracker.exercises import Exercise
from tracker.rules import Axis, ExerciseRules, Rules, rules

PROFESSIONAL = "Where it hurts again, ask a professional before you go on: this is no medical device"


@dataclass(frozen=True, slots=True)
class Asked:
    """A training and what it asked for, its loads as they were used."""

    training: Training
    asked: Prescription


def suggest(history: History, exercise: Exercise, by: Rules | None = None) -> Suggestion:
    """Return what to do in the next training of an exercise.

    Parameters
    ----------
    history
        Of this exercise.
    exercise
        Its profile.
    by
        Rules; None: those of the file.
    """
    case = _Case(history, exercise, by or rules(), *asked_of(history, exercise))
    if (case.hurt or case.rusty) and not case.decided(case.last.at, accepted=True):
        case = replace(case, now=case.done[-1].asked)  # what more was accepted before is off
    steps = (_start, _layoff, _pain, _failures, _blocked, _more)
    found = next(one for one in (step(case) for step in steps) if one is not None)
    return replace(
        found,
        fit=_fit(case),
        blocked=case.blocked,
        remarks=(*found.remarks, *_remarks(case)),
        days_since=case.days_since,
        earliest=_earliest(case),
    )


def asked_of(history: History, exercise: Exercise) -> tuple[tuple[Asked, ...], Prescription]:
    """Return what each training asked for, and what is asked for now: as planned, as accepted, with the loads used."""
    usual = preset(exercise)
    now = Prescription(sets=usual.sets, reps=usual.reps, tempo_s=usual.tempo_s)
    waiting = [one for one in history.decisions if one.accepted]
    out = []
    for training in history.trainings:
        while waiting and waiting[0].at <= training.at:
            now = _accepted(now, waiting.pop(0))
        now = _trained(now, training)
        out.append(Asked(training, now))
    for one in waiting:
        now = _accepted(now, one)
    return tuple(out), now


def _accepted(now: Prescription, one: Decision) -> Prescription:
    """Take over what was accepted: of more, its axis alone; less takes what more was accepted before back."""
    return one.next if one.kind is Kind.LESS else changed(now, one)


def changed(now: Prescription, one: Decision) -> Prescription:
    """Return what is asked for after a change: on its axis alone."""
    lift_s, hold_s, return_s, pause_s = now.tempo_s
    match one.axis:
        case Axis.LOAD:
            return replace(now, left=one.next.left, right=one.next.right)
        case Axis.REPS:
            return replace(now, reps=one.next.reps)
        case Axis.RETURN:
            return replace(now, tempo_s=(lift_s, hold_s, one.next.tempo_s[2], pause_s))
        case Axis.PAUSE:
            return replace(now, tempo_s=(lift_s, one.next.tempo_s[1], return_s, pause_s))
        case Axis.ANGLE:
            return replace(now, angle=one.next.angle)


def _trained(now: Prescription, training: Training) -> Prescription:
    """Take over what a training asked for and used: a person may have chosen otherwise."""
    if training.planned is not None:
        planned = training.planned
        now = replace(now, sets=planned.sets, reps=planned.reps, tempo_s=planned.tempo_s)
    left, right = training.of("left"), training.of("right")
    return replace(now, left=left.load if left else now.left, right=right.load if right else now.right)


@dataclass(frozen=True, slots=True)
class _Case:
    """A history, read once: what each training asked for, and what is asked for now."""

    history: History
    exercise: Exercise
    by: Rules
    done: tuple[Asked, ...]
    now: Prescription

    @property
    def last(self) -> Training:
        return self.done[-1].training

    @property
    def days_since(self) -> int | None:
        return None if not self.done else _days(self.last.at, self.history.today)

    @property
    def stopped_at(self) -> datetime | None:
        """When something last hurt so much that a session was stopped, in whatever exercise."""
        own = [one.training.at for one in self.done if one.training.stopped]
        elsewhere = self.history.stopped_elsewhere
        return max([*own, *([elsewhere] if elsewhere else [])], default=None)

    @property
    def blocked(self) -> str:
        """Why nothing more is offered whatever is done; empty: it is not blocked."""
        at = self.stopped_at
        if at is None or any(one.training.at > at and one.training.pain_free for one in self.done):
            return ""
        return f"Stopped for pain on {at:%Y-%m-%d}: nothing more is offered before a training without pain"

    def run(self, asked: Prescription) -> list[Training]:
        """Return the newest trainings on end that asked for this, behind the last stop and the last layoff."""
        out: list[Training] = []
        for one in reversed(self.done):
            layoff = out and _days(one.training.at, out[-1].at) >= self.by.layoff.days
            if one.asked != asked or layoff or (self.stopped_at and one.training.at <= self.stopped_at):
                break
            out.append(one.training)
        return out[::-1]

    @property
    def hurt(self) -> bool:
        """The newest training hurt, or a stop for pain is still to be made good."""
        return bool(self.done) and (
            self.last.stopped or (self.last.pain or 0) > self.by.gate.pain or bool(self.blocked)
        )

    @property
    def rusty(self) -> bool:
        """The newest training is so long ago that nobody goes on where they stopped."""
        return (self.days_since or 0) >= self.by.layoff.days

    def decided(self, after: datetime, *, accepted: bool = False) -> bool:
        """Return whether a step back has been answered since (``accepted``: with yes).

        What was known then does not ask again.
        """
        answers = (one for one in self.history.decisions if one.kind is Kind.LESS and one.at >= after)
        return any(one.accepted or not accepted for one in answers)

    def same(self, *why: str, of: Iterable[Training] = (), kind: Kind = Kind.SAME) -> Suggestion:
        return Suggestion(
            exercise=self.exercise.id, kind=kind, now=self.now, next=self.now, why=why, sources=_sources(of)
        )

    def lighter(self, after: Prescription | None, *why: str, of: Iterable[Training]) -> Suggestion:
        """Suggest less than what was done last; where nothing is less, the same."""
        before = self.done[-1].asked
        if after is None:
            return replace(self, now=before).same(
                *why, "There is nothing lighter: rest longer, or do fewer sets", of=of
            )
        return self.change(Kind.LESS, before, after, why, of)

    def change(
        self, kind: Kind, before: Prescription, after: Prescription, why: tuple[str, ...], of: Iterable[Training]
    ) -> Suggestion:
        (axis,) = axes_changed(before, after)
        return Suggestion(
            exercise=self.exercise.id, kind=kind, axis=axis, now=before, next=after, why=why, sources=_sources(of)
        )


def _start(case: _Case) -> Suggestion | None:
    if case.done:
        return None
    why = "Nothing of it is in the log yet: start light, and find your own range with a few slow repetitions"
    return case.same(*filter(None, (why, case.blocked)), kind=Kind.START)


def _layoff(case: _Case) -> Suggestion | None:
    days, rule, last = case.days_since or 0, case.by.layoff, case.last
    if not case.rusty or case.decided(last.at + timedelta(days=rule.days)):
        return None
    own, before = _own(case), case.done[-1].asked
    far = days >= rule.far_days
    after = from_the_start(before, own, case.by.steps) if far else less(before, own, case.by.steps, case.by.less_share)
    careful = (PROFESSIONAL,) if case.hurt else ()
    return case.lighter(after, f"The last training was {days} days ago: begin again with less", *careful, of=[last])


def _pain(case: _Case) -> Suggestion | None:
    last = case.last
    hurt = last.stopped or (last.pain or 0) > case.by.gate.pain
    if not hurt or case.decided(last.at):
        return None
    told = "" if last.pain is None else f" ({last.pain} of 10)"
    why = f"It was stopped for pain{told}" if last.stopped else f"It hurt{told}"
    after = less(case.done[-1].asked, _own(case), case.by.steps, case.by.less_share)
    return case.lighter(after, f"{why} on {last.at:%Y-%m-%d}", PROFESSIONAL, of=[last])


def _failures(case: _Case) -> Suggestion | None:
    asked = case.done[-1].asked
    run = case.run(asked)[-case.by.failed.trainings :]
    why = [failed(one, asked, case.by) for one in run]
    if len(run) < case.by.failed.trainings or not all(why) or case.decided(run[-1].at):
        return None
    after = less(asked, _own(case), case.by.steps, case.by.less_share)
    lines = [f"{one.at:%Y-%m-%d}: {what}" for one, each in zip(run, why, strict=True) for what in each]
    return case.lighter(after, f"{len(run)} trainings on end did not go", *lines, of=run)


def _blocked(case: _Case) -> Suggestion | None:
    kind = Kind.SAME if case.now == case.done[-1].asked else Kind.CHOSEN
    return case.same(case.blocked, of=[case.last], kind=kind) if case.blocked else None


def _more(case: _Case) -> Suggestion:
    wanted = case.by.gate.trainings
    run = case.run(case.now)[-wanted:]
    if (before := case.done[-1].asked) != case.now:
        chosen = " and ".join(case.now.on(axis) for axis in Axis if axis in axes_changed(before, case.now))
        return case.same(f"You chose {chosen}: that has not been trained yet", of=[case.last], kind=Kind.CHOSEN)
    if case.rusty:
        return case.same(f"After {case.days_since} days nothing more is offered before it was trained again", of=run)
    lacks = {one.at: shortfalls(one, case.now, case.by) for one in run}
    lines = [f"{at:%Y-%m-%d}: {what}" for at, each in lacks.items() for what in each]
    if lines:
        return case.same(*_never_in_band(case), *lines, of=run)
    if len(run) < wanted:
        return case.same(f"All that is asked for, in {len(run)} of {wanted} trainings on end", of=run)
    return _step_of(case, run)


def _step_of(case: _Case, run: Sequence[Training]) -> Suggestion:
    """Return the first step that has room and was not declined on the same evidence."""
    why = [
        f"In {len(run)} trainings on end both legs reached the top of the range, in tempo and range,"
        f" with {case.by.gate.reserve} or more in reserve and "
        + ("no pain told" if all(one.pain is None for one in run) else "hardly any pain")
    ]
    for axis in _own(case).order:
        after = more(case.now, axis, _own(case), case.by.steps)
        if after is None:
            if axis is Axis.LOAD and not (case.now.left.known and case.now.right.known):
                why.append("Which load it was is not in the log, so none is named")
            continue
        declined = _declined(case, axis, after, run[0].at)
        if declined is not None:
            why.append(f"You declined {after.on(axis)} on {declined.at:%Y-%m-%d}")
            continue
        return case.change(Kind.MORE, case.now, after, tuple(why), run)
    if not any(line.startswith("You declined") for line in why):
        why.append("Every axis is at its end: another exercise, or other equipment, is the next step")
    return case.same(*why, of=run)


def _declined(case: _Case, axis: Axis, after: Prescription, evidence_from: datetime) -> Decision | None:
    """Return the newest decline of this very change, unless all its evidence is newer."""
    for one in reversed(case.history.decisions):
        same = one.axis is axis and one.kind is Kind.MORE and changed(case.now, one) == after
        if same and not one.accepted and one.at >= evidence_from:
            return one
    return None


def _never_in_band(case: _Case) -> Iterator[str]:
    gate = case.by.gate.in_band
    sets = [done for one in case.done for done in one.training.sets]
    if not any(done.ranged and done.judged and done.in_band >= gate * done.judged for done in sets):
        yield "No set has been in band yet: stay light until one is"


def _fit(case: _Case) -> Fit:
    if not case.done:
        return Fit.UNKNOWN
    last = case.last
    if too_heavy(last, case.by):
        return Fit.TOO_HEAVY
    if too_light(last, case.by):
        return Fit.TOO_LIGHT
    legs = [last.of("left"), last.of("right")]
    return Fit.FITS if all(leg and leg.share is not None and leg.reserve is not None for leg in legs) else Fit.UNKNOWN


def _remarks(case: _Case) -> Iterator[str]:
    if not case.done:
        return
    last = case.last
    for line in too_heavy(last, case.by):
        yield f"The weight was too heavy: {line}"
    if too_light(last, case.by):
        yield f"The weight was light: all in band, {case.by.weight.light_reserve} or more in reserve"
    yield from contradictions(last, case.by)


def _earliest(case: _Case) -> date | None:
    if case.days_since is None or case.days_since >= case.by.rest_days:
        return None
    return case.history.today.date() + timedelta(days=case.by.rest_days - case.days_since)


def _own(case: _Case) -> ExerciseRules:
    return case.by.exercises[case.exercise.id]


def _sources(trainings: Iterable[Training]) -> tuple[Source, ...]:
    return tuple(Source(one.at, one.sessions, one.words) for one in trainings)


def _days(before: datetime, after: datetime) -> int:
    """Days between two dates, as the later one's place counts them."""
    return (after.date() - before.astimezone(after.tzinfo).date()).days
