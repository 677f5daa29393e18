"""A hole in the stream: a value of its own, so that who reads a log need not load the arrays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the stream, from the last good sample to the next one (seconds of stream time)."""

    start_s: float
    end_s: float
    samples_lost: int
