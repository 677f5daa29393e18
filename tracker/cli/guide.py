"""``kickback guide``: an exercise in words."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import Json


def guide(
    exercise: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="Its id [dim](else a list of them)[/dim].")
    ] = None,
    checklist: Annotated[bool, typer.Option("--checklist", metavar="", help="Only what to tick before a set.")] = False,
    json_: Json = False,
) -> None:
    """Read how an exercise is done, and what to mind.

    [dim]Examples[/dim]
      kickback guide cable
      kickback guide dumbbell --checklist
    """
    from rich.padding import Padding
    from rich.text import Text

    from tracker.cli.console import console
    from tracker.exercises import exercises
    from tracker.guide import guide as guide_of
    from tracker.guide import screening

    out = console()
    if exercise is None:
        if json_:
            print(json.dumps({one.id: one.name for one in exercises().values()}, ensure_ascii=False))
            return
        for one in exercises().values():
            out.print(f"{one.id:28}{one.name}")
        return
    try:
        found = guide_of(exercise)
    except ValueError as error:
        raise BadInputError(str(error)) from error
    if json_:
        asked = screening()
        print(json.dumps(asdict(found) | {"screening": asdict(asked)}, ensure_ascii=False))
        return
    if checklist:
        for line in found.checklist:
            out.print(f"☐ {line}")
        return
    out.print(Text(found.name, "bold"))
    sections: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("What it trains", (found.trains,)),
        ("What it is good for", found.benefits),
        ("Set-up", found.setup),
        ("Steps", found.steps),
        ("Breathing", (found.breathing,)),
        ("Mistakes", tuple(f"{one.issue} {one.correction}" for one in found.mistakes)),
        ("Variations", found.variations),
        ("Goes well with", (", ".join(found.companions),)),
        ("Safety", found.safety),
        ("Before you begin with weight, ask yourself", (*screening().questions, screening().advice)),
        ("What the sensor cannot tell here", (found.unknown,)),
    )
    for title, lines in sections:
        out.print(Text(f"\n{title}", "bold"))
        for number, line in enumerate(lines, start=1):
            mark = f"{number}. " if title == "Steps" else "– " if len(lines) > 1 else ""
            out.print(Padding(Text(mark + line), (0, 0, 0, 2)))
