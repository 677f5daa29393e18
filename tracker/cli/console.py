"""Where output goes: people's tables, and progress that only a terminal sees."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from tracker.journal.text import plain

LINE_LENGTH = 2000
"""Longest line with names from outside in it."""
PIPED_WIDTH = 100
"""Columns where there is no terminal to ask."""


class PlainConsole(Console):
    """A console that leaves it to the command to stop when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Go on with the error (rich would end the program from within, whatever is still to be saved)."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def console(*, stderr: bool = False) -> Console:
    """Return a console that takes text as it is: brackets and colons in names mean nothing."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return PlainConsole(file=stream, width=width, markup=False, highlight=False, emoji=False)


def say(line: str) -> None:
    """Print one line, harmless for a terminal and never broken."""
    console().print(plain(line, LINE_LENGTH), soft_wrap=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None] | None]:
    """Show a bar on standard error while the body works; None where that is no terminal.

    The body calls what it gets with the share that is done.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from tracker.wording import name

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(name(what), total=None)
        yield lambda share: bar.update(task, completed=share, total=1.0)


class Waiting:
    """What is being waited for, on standard error where that is a terminal."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def say(self, what: str) -> None:
        """Say what it is; empty: nothing any more."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if what and sys.stderr.isatty():
            self._status = console(stderr=True).status(plain(what, LINE_LENGTH) + " …")
            self._status.start()
