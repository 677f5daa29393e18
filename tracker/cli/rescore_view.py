"""What a rescore shows: the difference session by session, for people or for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.cli import tables
from tracker.cli.console import console
from tracker.cli.errors import tell
from tracker.contract import DIGITS, TIME_DIGITS
from tracker.journal import LoggedSet, Session
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.rescore import Difference, Figures, SetPair, Task, figures
from tracker.wording import day_and_time

SCHEMA = 1
_COLUMNS = (
    ("reps", "", "reps", 0),
    ("partials", "", "partials", 0),
    ("range", "", "range", 1),
    ("lift", "s", "concentric_s", 2),
    ("hold", "s", "hold_s", 2),
    ("return", "s", "eccentric_s", 2),
    ("pause", "s", "bottom_pause_s", 2),
)
"""Heading, its unit, the figure, its decimals."""


class View(Protocol):
    """Is told what becomes of each session."""

    failures: int

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[], None]]:
        """Show how far it is while the body works; what it gets is called after each session."""

    def passed_over(self, session: Session, why: str) -> None:
        """Take a session that is not scored; ``why`` is empty if it was already."""

    def failed(self, task: Task, reason: str) -> None:
        """Take a session that could not be scored."""

    def scored(self, found: Difference, damage: str) -> None:
        """Take a session that was scored; ``damage`` is what its recordings always lacked."""

    def end(self) -> None:
        """Say what came of all."""


class TextView:
    """Lines for people."""

    def __init__(self, *, dry_run: bool) -> None:
        self.failures = 0
        self._dry_run = dry_run
        self._already = self._others = self._same = self._changed = 0
        self._out = console()

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[], None]]:
        """Show a bar where there is a terminal."""
        with bar("scoring", total, self._out if sys.stdout.isatty() else None) as advance:
            yield advance

    def passed_over(self, session: Session, why: str) -> None:
        """Say why, unless it was scored already: those are counted."""
        self._already += not why
        if why:
            self._others += 1
            self._out.print(Text(f"{session.uuid[:8]}  {day_and_time(session.started_at)}  passed over: {why}", "dim"))

    def failed(self, task: Task, reason: str) -> None:
        """Say why on standard error."""
        self.failures += 1
        tell(f"{task.session[:8]}: {reason}")

    def scored(self, found: Difference, damage: str) -> None:
        """Print what changed."""
        self._same += found.same
        self._changed += not found.same
        print_difference(self._out, found)
        if damage:
            self._out.print(Text(f"  as when it was logged: {wording.name(damage)}", "yellow"), soft_wrap=True)

    def end(self) -> None:
        """Sum up."""
        parts = [
            (self._changed, "changed"),
            (self._same, "the same"),
            (self._already, f"scored by algorithm {ALGORITHM_VERSION} before"),
            (self._others, "passed over"),
            (self.failures, "failed"),
        ]
        said = ", ".join(f"{number} {what}" for number, what in parts if number) or "no sessions"
        kept = "; nothing was kept (--dry-run)" if self._dry_run and self._changed + self._same else ""
        self._out.print(said[0].upper() + said[1:] + kept, style="bold")


class JsonView:
    """One object for scripts."""

    def __init__(self, *, dry_run: bool) -> None:
        self.failures = 0
        self._dry_run = dry_run
        self._sessions: list[dict[str, Any]] = []

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[], None]]:
        """Show a bar where standard error is a terminal."""
        with bar("scoring", total, None) as advance:
            yield advance

    def passed_over(self, session: Session, why: str) -> None:
        """List it."""
        self._sessions.append({"session": session.uuid, "state": "passed-over", "reason": why or "already scored"})

    def failed(self, task: Task, reason: str) -> None:
        """List it, and say so on standard error."""
        self.failures += 1
        tell(f"{task.session[:8]}: {reason}")
        self._sessions.append({"session": task.session, "state": "failed", "reason": reason})

    def scored(self, found: Difference, damage: str) -> None:
        """List it."""
        self._sessions.append({**difference_json(found), "damage": damage})

    def end(self) -> None:
        """Print the object."""
        head = {"schema": SCHEMA, "algorithm_version": ALGORITHM_VERSION, "dry_run": self._dry_run}
        print(json.dumps({**head, "sessions": self._sessions}, allow_nan=False))


@contextmanager
def bar(what: str, total: int, out: Console | None) -> Iterator[Callable[[], None]]:
    """Show a bar on a console, or on standard error; where that is no terminal either, nothing."""
    if out is None and not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    shown = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=out or console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=sys.stderr.isatty(),
    )
    with shown:
        task = shown.add_task(what, total=total)
        yield lambda: shown.advance(task)


def print_difference(out: Console, found: Difference) -> None:
    """Print a session's line, and a table where something changed."""
    one = found.after
    versions = f"algorithm {wording.name(found.before.scoring.algorithm_version)} → {one.scoring.algorithm_version}"
    title = tables.heading(
        f"Session {one.uuid[:8]}",
        day_and_time(one.started_at),
        wording.name(one.exercise or "any leg lift"),
        versions,
        "the same" if found.same else None,
    )
    out.print(title, soft_wrap=True)
    if found.same:
        return
    table = tables.grid()
    table.add_column("")
    for heading, unit, _, _ in _COLUMNS:
        table.add_column(Text.assemble(heading, ("\n" + unit, "dim")), justify="right")
    was, now = figures(found.before.sets), figures(one.sets)
    table.add_row(_change(_count(was), _count(now)), *_cells(was, now))
    for pair in found.pairs:
        cells = _cells(_of(pair.before), _of(pair.after))
        if pair.before is None or pair.after is None or any(cell.style for cell in cells):
            table.add_row(_label(pair), *cells)
    out.print(table)
    if found.unfitting:
        edits = wording.count(len(found.unfitting), "edit")
        out.print(Text(f"  {edits} with nothing at that place any more: kickback show {one.uuid[:8]}", "yellow"))


def difference_json(found: Difference) -> dict[str, Any]:
    """Return a difference, rounded."""
    before, after = found.before, found.after
    return {
        "session": after.uuid,
        "state": "same" if found.same else "changed",
        "started_at": after.started_at.isoformat(),
        "exercise": after.exercise,
        "before": {"algorithm_version": before.scoring.algorithm_version, **_rounded(figures(before.sets))},
        "after": {"algorithm_version": after.scoring.algorithm_version, **_rounded(figures(after.sets))},
        "sets": [{"before": _set_json(pair.before), "after": _set_json(pair.after)} for pair in found.pairs],
        "unfitting_edits": list(found.unfitting),
    }


def _set_json(one: LoggedSet | None) -> dict[str, Any] | None:
    if one is None:
        return None
    place = {"set": one.number, "recording": one.recording, "sensor": one.sensor}
    numbers = _rounded(figures([one]))
    del numbers["sets"]
    return {**place, **numbers}


def _rounded(some: Figures) -> dict[str, Any]:
    return {
        name: round(value, TIME_DIGITS if name.endswith("_s") else DIGITS) if isinstance(value, float) else value
        for name, value in asdict(some).items()
    }


def _of(one: LoggedSet | None) -> Figures | None:
    return None if one is None else figures([one])


def _count(some: Figures) -> str:
    return wording.count(some.sets, "set")


def _label(pair: SetPair) -> Text:
    if pair.before is None or pair.after is None:
        one, what = (pair.after, "new") if pair.before is None else (pair.before, "gone")
        return Text.assemble(f"  set {one.number if one else ''} ", (what, "yellow"))
    return _change(f"  set {pair.before.number}", f"  set {pair.after.number}")


def _cells(before: Figures | None, after: Figures | None) -> list[Text]:
    return [
        _change(_cell(before, name, digits), _cell(after, name, digits)) if before and after else Text(some)
        for _, _, name, digits in _COLUMNS
        for some in [_cell(before or after, name, digits)]
    ]


def _change(before: str, after: str) -> Text:
    """Return what was and what is, or one of them where it is the same."""
    return Text(after) if before == after else Text(f"{before} → {after.strip()}", style="bold")


def _cell(some: Figures | None, name: str, digits: int) -> str:
    if some is None:
        return wording.MISSING
    if name != "range":
        return tables.number(getattr(some, name), digits)
    return f"{tables.number(some.range_deg, 1)}°" if some.range_m is None else f"{some.range_m:.2f} m"
