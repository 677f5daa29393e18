"""The one place where what went wrong becomes one line on standard error and exit status 2.

Expected: a command that is written wrongly, what a recording, the journal or the operating system refuses, and
a ``ValueError`` that our own code raised. Anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import typer

BAD_INPUT = 2
_OURS = ("tracker", "firmware_protocol")


class BadInputError(Exception):
    """Something that the command line itself has to refuse; the message is one line."""


@contextmanager
def needs(what: str, extra: str) -> Iterator[None]:
    """Say how to install what an import inside did not find."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise BadInputError(f"{what} needs {error.name}: pip install 'kickback-tracker[{extra}]'") from error


class one_line:  # noqa: N801 reads as a statement
    """Context manager: an expected error is told in one line, and the program exits with 2.

    Parameters
    ----------
    keep_going
        Swallow the error after telling it, and remember it in ``failed``, instead of exiting.
    """

    def __init__(self, *, keep_going: bool = False) -> None:
        self.failed = False
        self._keep_going = keep_going

    def __enter__(self) -> one_line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        line = None if error is None else explain(error)
        if line is None:
            return False
        if line:
            tell(line)
        self.failed = True
        if self._keep_going:
            return True
        raise typer.Exit(BAD_INPUT) from None


def tell(line: str) -> None:
    """Print one line on standard error, harmless for a terminal."""
    from tracker.journal.text import plain

    print(f"kickback: {plain(line, 2000)}", file=sys.stderr)


def explain(error: BaseException) -> str | None:
    """Return the line for an expected error, None for a bug (or a reader that closed the pipe)."""
    if isinstance(error, BadInputError):
        return str(error)
    if isinstance(error, BrokenPipeError):
        return None
    if hasattr(error, "format_message"):  # how the command was written; empty where help was printed
        return " ".join(str(error.format_message()).split())
    if isinstance(error, OSError):
        why = (error.strerror or str(error)).lower()
        return f"{error.filename}: {why}" if error.filename else why
    if isinstance(error, ValueError):
        return str(error) if _raised_by_us(error) else None
    return str(error) if any(isinstance(error, kind) for kind in _told()) else None


def _told() -> Iterator[type[BaseException]]:
    """Yield the errors of the rooms below that are one line; a room that was not imported did not raise."""
    for name, kind in (("tracker.journal.errors", "JournalError"), ("tracker.sensors.errors", "SensorError")):
        if name in sys.modules:
            yield getattr(sys.modules[name], kind)


def _raised_by_us(error: ValueError) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] in _OURS
