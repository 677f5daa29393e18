"""What was not counted, and what of it is worth telling: a piece of a repetition is not, a walk is one line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tracker.motion.values import Reason

STEP_APART_S = 2.0
"""Steps closer than this belong to one walk."""
_STEPS = ("walking", "too-fast")
_STREAM_END = "the stream ended"
"""The core's words for what was under way when nothing more came."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was not counted."""

    start_s: float
    end_s: float
    reason: str
    detail: str


class Span(Protocol):
    """From when to when."""

    @property
    def start_s(self) -> float: ...  # noqa: D102
    @property
    def end_s(self) -> float: ...  # noqa: D102


def worth_telling(line: Line, counted: Iterable[Span]) -> bool:
    """Return whether what was not counted tells something: not if it is a piece of what was, or the end.

    Examples
    --------
    >>> rep = Line(5.0, 8.0, "", "")
    >>> worth_telling(Line(2.8, 5.8, "incomplete", "went on to a higher top"), [rep])
    False
    >>> worth_telling(Line(2.8, 4.8, "incomplete", "went on to a higher top"), [rep])
    True
    >>> worth_telling(Line(9.0, 9.8, "incomplete", "the stream ended"), [rep])
    False
    """
    if line.reason != Reason.INCOMPLETE:
        return True
    piece = any(line.start_s < rep.end_s and rep.start_s < line.end_s for rep in counted)
    return not piece and line.detail != _STREAM_END


def without_steps(lines: Iterable[Line]) -> list[Line]:
    """Put the steps of one walk together in a single line.

    Examples
    --------
    >>> steps = [Line(t, t + 0.5, "walking", "") for t in (1.0, 1.5, 2.1)]
    >>> without_steps([*steps, Line(9.0, 9.5, "too-small", "range 5° < 8°")])[0]
    Line(start_s=1.0, end_s=2.6, reason='walking', detail='3 steps')
    """
    out: list[Line] = []
    walk: list[Line] = []
    for line in (*lines, Line(math.inf, math.inf, "", "")):
        if walk and (line.reason not in _STEPS or line.start_s - walk[-1].end_s > STEP_APART_S):
            out += _walked(walk)
            walk = []
        if line.reason in _STEPS:
            walk.append(line)
        elif line.reason:
            out.append(line)
    return out


def _walked(walk: list[Line]) -> list[Line]:
    if len(walk) < 3 or not any(line.reason == "walking" for line in walk):
        return walk
    return [Line(walk[0].start_s, walk[-1].end_s, "walking", f"{len(walk)} steps")]
