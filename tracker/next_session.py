"""What to do next time, out of the log; and what the person makes of it, kept there.

The trainings of an exercise come out of its sessions, edits applied, judged by what was asked for then. An accepted or
declined suggestion is an answer of the newest session that has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from tracker.coaching.plan import PLAN, tempo_of, tempo_text
from tracker.coaching.prescription import Load, Prescription
from tracker.coaching.progression import suggest
from tracker.coaching.suggestion import Decision, History, Kind, Suggestion
from tracker.coaching.targets import Targets, Tempo, targets_of
from tracker.coaching.training import DoneSet, Planned, Training, done_set
from tracker.exercises import Exercise
from tracker.journal import Answer, Ending, Journal, JournalError, LoggedBand, LoggedSet, Session, SetKind
from tracker.rules import Axis

SUGGESTION = "suggestion"
"""The question that a decision answers."""
_RESERVE = ("reserve", "reps-in-reserve")
ONE_TRAINING = timedelta(hours=4)
"""Sessions that begin within this of each other are one training, also over midnight: with one sensor each leg has its
own. Who trains in the morning and in the evening trains twice."""
LOOKED_AT = 30
"""Newest sessions of the exercise that are read: ten weeks of three trainings, and far more than any rule asks for."""


def next_session(journal: Journal, exercise: Exercise, today: datetime) -> Suggestion:
    """Return what to do in the next training of an exercise.

    Parameters
    ----------
    journal
        The log.
    exercise
        Its profile.
    today
        Aware; what came later is left out, so that it can be asked what was to be done after an earlier session.
    """
    return suggest(history_of(journal, exercise, today), exercise)


def history_of(journal: Journal, exercise: Exercise, today: datetime) -> History:
    """Read what was known of an exercise at a time."""
    decisions = tuple(_decisions((one for one in journal.answers_to(SUGGESTION) if one.at <= today), exercise.id))
    sessions = journal.sessions()
    own = {one.uuid for one in sessions if one.exercise == exercise.id}
    own |= {one.uuid for one in journal.set_history(exercise.id)}
    newest = [one for one in sessions if one.uuid in own and one.started_at <= today][:LOOKED_AT]
    hurt = [one for one in sessions if one.ending is Ending.PAIN and one.started_at <= today]
    bands = journal.bands()
    found = _once(journal.session(one.uuid) for one in reversed(newest))
    trainings = (_training(together, exercise, bands, decisions) for together in _together(found))
    return History(
        today=today,
        trainings=tuple(one for one in trainings if one.sets or not one.pain_free),
        decisions=decisions,
        stopped_elsewhere=max((one.started_at for one in hurt if one.uuid not in own), default=None),
    )


def decide(journal: Journal, made: Suggestion, *, accepted: bool, at: datetime) -> None:
    """Keep what the person made of a suggestion.

    Raises
    ------
    ValueError
        It changes nothing.
    JournalError
        No session of the exercise has ended, so there is none to keep it with.
    """
    if made.axis is None:
        raise ValueError(f"{made.exercise}: nothing is suggested that could be accepted or declined")
    own = {one.uuid for one in journal.set_history(made.exercise)}
    known = [one for one in journal.sessions() if one.uuid in own or one.exercise == made.exercise]
    # answers of a session that is open are those that its recording holds, and are counted by it
    ended = next((one for one in known if one.ending is not None), None)
    if ended is None:
        raise JournalError(f"no session of {made.exercise} has ended yet")
    journal.answer(ended.uuid, SUGGESTION, _said(made, accepted=accepted), at=at)


def tell(
    journal: Journal, exercise: Exercise, today: datetime, *, reserve: int | None = None, pain: int | None = None
) -> None:
    """Keep what is told of the newest training afterwards: of its sets of which nothing was told, and of all of it.

    Raises
    ------
    JournalError
        There is no training, or it has not ended.
    """
    trainings = history_of(journal, exercise, today).trainings
    for uuid in trainings[-1].sessions if trainings else ():
        session = journal.session(uuid)
        if session.ending is None:
            raise JournalError(f"session {uuid[:8]} has not ended yet")
        known = {told.set_number for told in session.answers if told.question in _RESERVE}
        for one in session.sets:
            if reserve is not None and one.number not in known and _is_work(one, exercise):
                journal.answer(uuid, _RESERVE[0], reserve, set_number=one.number, at=today)
        if pain is not None:
            journal.answer(uuid, "pain", pain, at=today)
    if not trainings:
        raise JournalError(f"{exercise.id}: there is no training to tell anything of")


def _is_work(one: LoggedSet, exercise: Exercise) -> bool:
    return one.context.exercise == exercise.id and one.context.kind is SetKind.WORK


def _said(made: Suggestion, *, accepted: bool) -> dict[str, Any]:
    after = made.next
    return {
        "answer": "accepted" if accepted else "declined",
        "exercise": made.exercise,
        "kind": made.kind.value,
        "axis": made.axis.value if made.axis else None,
        "words": made.words,
        "sets": after.sets,
        "from": after.reps[0],
        "to": after.reps[1],
        "tempo": tempo_text(after.tempo_s),
        "left_kg": after.left.kg,
        "left_label": after.left.label,
        "right_kg": after.right.kg,
        "right_label": after.right.label,
        "angle": after.angle,
    }


def _decisions(answers: Iterable[Answer], exercise: str) -> Iterator[Decision]:
    """Read those of an exercise; what another version wrote there is passed over."""
    for one in answers:
        said = one.value
        if not isinstance(said, Mapping) or said.get("exercise") != exercise:
            continue
        with suppress(ValueError, TypeError, KeyError):
            yield Decision(
                at=one.at,
                accepted=said["answer"] == "accepted",
                kind=Kind(said["kind"]),
                axis=Axis(said["axis"]),
                next=Prescription(
                    sets=int(said["sets"]),
                    reps=(int(said["from"]), int(said["to"])),
                    tempo_s=tempo_of(str(said["tempo"])),
                    left=_load(said["left_kg"], said["left_label"]),
                    right=_load(said["right_kg"], said["right_label"]),
                    angle=str(said["angle"]),
                ),
            )


def _load(kg: Any, label: Any) -> Load:
    return Load(None if kg is None else float(kg), None if label is None else str(label))


def _once(sessions: Iterable[Session]) -> Iterator[Session]:
    """Leave out what was replayed: a recording that a session before has already was trained once."""
    seen: set[str] = set()
    for one in sessions:
        files = {recording.sha256 or str(recording.path) for recording in one.recordings}
        if not files & seen:
            yield one
        seen |= files


def _together(sessions: Iterable[Session]) -> Iterator[list[Session]]:
    """Yield the sessions of each training; ``sessions`` is in order of time."""
    out: list[Session] = []
    for one in sessions:
        if out and one.started_at - out[-1].started_at > ONE_TRAINING:
            yield out
            out = []
        out.append(one)
    if out:
        yield out


def _training(
    sessions: list[Session], exercise: Exercise, bands: Iterable[LoggedBand], decisions: Iterable[Decision]
) -> Training:
    planned = next((plan for one in reversed(sessions) if (plan := planned_of(one.answers)) is not None), None)
    tempo = Tempo.around(*planned.tempo_s) if planned else _accepted_tempo(decisions, sessions[0].started_at)
    sets = []
    for session in sessions:
        then = {(one.exercise, one.side): one.band for one in bands if one.at <= (session.ended_at or one.at)}
        for one in session.sets:
            if _is_work(one, exercise):
                targets = targets_of(exercise, tempo=tempo, band=then.get((exercise.id, one.context.side)))
                sets.append(_done(one, targets, session.answers))
    told = [one for session in sessions for one in session.answers]
    pains = [one.value for one in told if one.question == "pain" and isinstance(one.value, int)]
    return Training(
        at=sessions[0].started_at,
        sessions=tuple(one.uuid for one in sessions),
        sets=tuple(sets),
        planned=planned,
        pain=max(pains, default=None),
        stopped=any(one.ending is Ending.PAIN for one in sessions)
        or any(one.question == "stop" and one.value == "pain" for one in told),
    )


def _done(one: LoggedSet, targets: Targets, answers: Iterable[Answer]) -> DoneSet:
    reserves = [told.value for told in answers if told.set_number == one.number and told.question in _RESERVE]
    said = one.context
    return done_set(
        [rep.rep for rep in one.reps],
        targets,
        side=said.side,
        load=Load(said.load_kg, said.load_label if said.load_kg is None else None),
        reserve=reserves[-1] if reserves and isinstance(reserves[-1], int) else None,
    )


def planned_of(answers: Iterable[Answer]) -> Planned | None:
    """Read what a session was to be; None where that was not kept, or by another version."""
    for one in answers:
        if one.question == PLAN and isinstance(one.value, Mapping):
            with suppress(ValueError, TypeError, KeyError):
                said = one.value
                return Planned(int(said["sets"]), (int(said["from"]), int(said["to"])), tempo_of(str(said["tempo"])))
    return None


def _accepted_tempo(decisions: Iterable[Decision], at: datetime) -> Tempo | None:
    """Return the tempo that was accepted before; None: the exercise's own holds."""
    slower = [one for one in decisions if one.accepted and one.at <= at and one.axis in (Axis.RETURN, Axis.PAUSE)]
    return Tempo.around(*slower[-1].next.tempo_s) if slower else None
