"""``kickback next``: what to do in the next training, and why."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import DataDir, Json, folder_of, profile_of

if TYPE_CHECKING:
    from rich.console import Console

    from tracker.coaching.prescription import Load, Prescription
    from tracker.coaching.suggestion import Suggestion
    from tracker.exercises import Exercise
    from tracker.journal import Journal

SCHEMA = 1


def next_(
    ctx: typer.Context,
    exercise: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="Its id [dim](else that of the newest session)[/dim].")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", metavar="", help="Yes: it is asked for from now on.")] = False,
    decline: Annotated[
        bool, typer.Option("--decline", metavar="", help="No: it is offered again by new evidence only.")
    ] = False,
    reserve: Annotated[
        int | None,
        typer.Option("--reserve", metavar="N", min=0, max=10, help="Repetitions you had left in the last training."),
    ] = None,
    pain: Annotated[
        int | None, typer.Option("--pain", metavar="N", min=0, max=10, help="How much it hurt, 0 not at all.")
    ] = None,
    json_: Json = False,
    data_dir: DataDir = None,
) -> None:
    """See what to do in the next training, and why.

    More is offered once both legs reached the top of the range of repetitions in two trainings, in tempo and range,
    with something in reserve and hardly any pain: one step, on one axis. Less after two trainings that did not go,
    after pain, or after weeks without. No suggestion changes a plan by itself.

    [dim]Examples[/dim]
      kickback next
      kickback next cable --decline
      kickback next --reserve 2 --pain 0
    """
    from tracker.journal import Journal, journal_path

    if accept and decline:
        raise BadInputError("--accept or --decline, not both")
    path, today = journal_path(folder_of(ctx, data_dir)), datetime.now().astimezone()
    profile = profile_of(exercise) if exercise is not None else None
    writes = accept or decline or reserve is not None or pain is not None
    if not path.exists() and not writes:
        made = _first(profile, path, today)
    else:
        from tracker.cli.log import open_journal
        from tracker.next_session import tell

        with Journal.open(path) if path.exists() and writes else open_journal(path) as journal:
            profile = profile or _newest(journal)
            if reserve is not None or pain is not None:
                tell(journal, profile, today, reserve=reserve, pain=pain)
            made = _decided(journal, profile, today, accept=accept, decline=decline)
    if json_:
        print(json.dumps(next_json(made), ensure_ascii=False))
    else:
        from tracker.cli.console import console

        _print(console(), made, answered="accepted" if accept else "declined" if decline else "")


def _first(profile: Exercise | None, path: Path, today: datetime) -> Suggestion:
    """Suggest how to begin: nothing is in the log yet, and nothing is written for a question."""
    from tracker.coaching.progression import suggest
    from tracker.coaching.suggestion import History

    if profile is None:
        raise BadInputError(f"there is no journal at {path} yet: say which EXERCISE it is to be")
    return suggest(History(today=today), profile)


def _newest(journal: Journal) -> Exercise:
    from tracker.exercises import exercises

    found = next((one.exercise for one in journal.sessions() if one.exercise in exercises()), None)
    if found is None:
        raise BadInputError(f"{journal.path}: no session says which exercise it was: say an EXERCISE")
    return exercises()[found]


def _decided(journal: Journal, profile: Exercise, today: datetime, *, accept: bool, decline: bool) -> Suggestion:
    """Keep what was made of the suggestion, and return what is suggested then."""
    from tracker.next_session import decide, next_session

    made = next_session(journal, profile, today)
    if accept or decline:
        decide(journal, made, accepted=accept, at=today)
        made = next_session(journal, profile, today)
    return made


def next_json(made: Suggestion) -> dict[str, Any]:
    """Return a suggestion as JSON."""
    return {
        "schema": SCHEMA,
        "exercise": made.exercise,
        "kind": made.kind.value,
        "axis": made.axis.value if made.axis else None,
        "words": made.words,
        "now": _prescription_json(made.now),
        "next": _prescription_json(made.next),
        "why": list(made.why),
        "remarks": list(made.remarks),
        "blocked": made.blocked or None,
        "weight": made.fit.value,
        "from": [
            {"at": one.at.isoformat(), "sessions": list(one.sessions), "words": one.words} for one in made.sources
        ],
        "days_since": made.days_since,
        "earliest": made.earliest.isoformat() if made.earliest else None,
    }


def _prescription_json(one: Prescription) -> dict[str, Any]:
    lift_s, hold_s, return_s, pause_s = one.tempo_s
    return {
        "sets": one.sets,
        "reps": list(one.reps),
        "tempo": {"concentric_s": lift_s, "hold_s": hold_s, "eccentric_s": return_s, "pause_s": pause_s},
        "left": _load_json(one.left),
        "right": _load_json(one.right),
        "angle": one.angle or None,
    }


def _load_json(load: Load) -> dict[str, Any]:
    return {"load_kg": load.kg, "load_label": load.label}


def _print(out: Console, made: Suggestion, *, answered: str) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from tracker.cli import tables
    from tracker.coaching.suggestion import Kind
    from tracker.exercises import exercises
    from tracker.journal.text import plain

    def lines(title: str, texts: list[str], style: str = "") -> None:
        if texts:
            out.print(Text(title, "bold"))
        for text in texts:
            out.print(Padding(Text(plain(f"– {text}", 500), style), (0, 0, 0, 2)))

    sources: list[str] = []
    out.print(tables.heading(exercises()[made.exercise].name, "next time"))
    out.print(Text(plain(made.next.words, 500)))
    style = {Kind.MORE: "green", Kind.LESS: "yellow"}.get(made.kind, "")
    out.print(Text(plain(made.headline, 500), style))
    lines("Why", list(made.why))
    lines("Also", list(made.remarks), "yellow")
    for one in made.sources:
        ids = ", ".join(uuid[:8] for uuid in one.sessions)
        sources.append(f"{one.at:%Y-%m-%d}, {ids}: {one.words or 'no sets'}")
    lines("From", sources)
    out.print(Text("So  ", "bold").append(plain(command(made), 500), ""), soft_wrap=True)
    rest = _rest(made)
    if rest:
        out.print(Text(rest, "dim"))
    if answered:
        out.print(Text(f"Kept: {answered}.", "dim"))
    elif made.can_be_declined:
        out.print(Text(f"kickback next {made.exercise} --accept, or --decline", "dim"))


def command(made: Suggestion) -> str:
    """Return how to train it; a load that is no number is for the person to put on."""
    from tracker.coaching.plan import tempo_text

    one = made.next
    low, high = one.reps
    words = [f"kickback live --exercise {made.exercise} --sets {one.sets} --reps {low}-{high}"]
    words.append(f"--tempo {tempo_text(one.tempo_s)}")
    if one.left == one.right and one.left.kg is not None:
        words.append(f"--load {one.left.kg:g}")
    if one.left == one.right and one.left.label:
        words.append(f"--label {shlex.quote(one.left.label)}")
    return " ".join(words)


def _rest(made: Suggestion) -> str:
    if made.days_since is None:
        return ""
    ago = {0: "today", 1: "yesterday"}.get(made.days_since, f"{made.days_since} days ago")
    if made.earliest is None:
        return f"Last trained {ago}."
    return f"Last trained {ago}: the legs rest until {made.earliest:%A, %Y-%m-%d}."
