"""Two streams without number or time, sampled by one chip: rows that belong together.

In: rows of either stream, as many per notification, with their arrival. Out: rows of both, in pairs. Remembered:
what waits for its other half, how many rows of each came, and how far one is ahead of the other.

Rule: **the same chip samples both at one rate, so the count of one is ahead of the other's by a fixed lead.** Averaged
over time the difference of the counts is that lead, whatever the radio does: delays are the same for both. A lost
notification shifts it for good, by as many rows as it held.

- Connection events at about the pace of the notifications can shift the average by up to one notification, for
  seconds. Two lost ones or more show within two seconds; a single one only in the long average.
- Which rows were lost is not known: until it shows, rows are paired that lie so far apart.
"""

from __future__ import annotations

from collections import deque
from statistics import fmean
from typing import Literal, NamedTuple

import numpy as np

from tracker.motion.samples import Array, Mask

Which = Literal["acc", "gyr"]
WINDOW_NS = 1_000_000_000
LONG = 20
"""Windows of the long average."""
LONGEST_STEP_NS = 100_000_000
"""A silence counts for no more: in it the difference stands still wherever it happened to be."""
MOST_WAITING = 4096
"""Rows of one stream that wait for the other, several seconds: then that one has stopped."""


class Pair(NamedTuple):
    """Rows of both streams that arrived (the later of the two) together."""

    host_ns: int
    acc: Array
    gyr: Array
    clipped: Mask


class _Row(NamedTuple):
    host_ns: int
    values: Array
    clipped: bool


class Pairs:
    """Pairs the rows of two streams.

    Parameters
    ----------
    per_notification
        Rows that come, and get lost, together.

    Attributes
    ----------
    lost
        Rows that were dropped because their other half is missing; an estimate.
    """

    def __init__(self, per_notification: int) -> None:
        self.lost = 0
        self._step = per_notification
        self.restart()

    def restart(self) -> None:
        """Say that both streams begin anew."""
        self._waiting: dict[Which, deque[_Row]] = {"acc": deque(), "gyr": deque()}
        self._came: dict[Which, int] = {"acc": 0, "gyr": 0}
        self._lead: int | None = None
        self._averages: deque[float] = deque(maxlen=LONG)
        self._at_ns: int | None = None
        self._weighted, self._weight_ns = 0, 0

    def push(self, which: Which, host_ns: int, rows: Array, clipped: Mask) -> list[Pair]:
        """Take the rows of one notification, shape (n, 3); return what has both halves by now."""
        self._weigh(host_ns)
        self._came[which] += len(rows)
        waiting = self._waiting[which]
        waiting.extend(_Row(host_ns, row, bool(flag)) for row, flag in zip(rows, clipped, strict=True))
        while len(waiting) > MOST_WAITING:
            waiting.popleft()
            self.lost += 1
        return self._pair() if self._lead is not None else []

    def _weigh(self, host_ns: int) -> None:
        """Average the difference of the counts over time, from the moment on at which both have begun."""
        last, self._at_ns = self._at_ns, host_ns
        if last is None or not all(self._came.values()):
            return
        step_ns = min(max(0, host_ns - last), LONGEST_STEP_NS)
        self._weighted += step_ns * (self._came["acc"] - self._came["gyr"])
        self._weight_ns += step_ns
        if self._weight_ns >= WINDOW_NS:
            self._decide(self._weighted / self._weight_ns)
            self._weighted, self._weight_ns = 0, 0

    def _decide(self, ahead: float) -> None:
        if self._lead is None:
            self._lead = round(ahead)
            early = self._waiting["acc" if self._lead > 0 else "gyr"]  # came before the other stream began
            for _ in range(min(abs(self._lead), len(early))):
                early.popleft()
            return
        steady = abs(ahead - (self._averages[-1] if self._averages else self._lead)) < 0.5 * self._step
        self._averages.append(ahead)
        off = ahead - self._lead
        if not (steady and abs(off) > 1.4 * self._step):
            average = fmean(self._averages) if len(self._averages) == LONG else self._lead
            off = average - self._lead
        if abs(off) > 0.8 * self._step:
            self._shift(off)

    def _shift(self, off: float) -> None:
        """Take it that whole notifications were lost."""
        assert self._lead is not None
        self._lead += self._step * round(off / self._step)
        self._averages.clear()

    def _pair(self) -> list[Pair]:
        acc, gyr = self._waiting["acc"], self._waiting["gyr"]
        pairs: list[tuple[_Row, _Row]] = []
        while acc and gyr:
            ahead = (self._came["acc"] - len(acc)) - (self._came["gyr"] - len(gyr)) - (self._lead or 0)
            if ahead:
                (gyr if ahead > 0 else acc).popleft()
                self.lost += 1
            else:
                pairs.append((acc.popleft(), gyr.popleft()))
        return _together(pairs)


def _together(pairs: list[tuple[_Row, _Row]]) -> list[Pair]:
    """Join what arrived at one time."""
    groups: dict[int, list[tuple[_Row, _Row]]] = {}
    for pair in pairs:
        groups.setdefault(max(row.host_ns for row in pair), []).append(pair)
    return [
        Pair(
            at_ns,
            np.array([acc.values for acc, _ in group]),
            np.array([gyr.values for _, gyr in group]),
            np.array([acc.clipped or gyr.clipped for acc, gyr in group]),
        )
        for at_ns, group in groups.items()
    ]
