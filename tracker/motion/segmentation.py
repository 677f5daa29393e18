"""Segmentation: where excursions begin, peak and end, as it happens.

In: the up direction in the sensor frame and the speed at which it turns, at about 25 steps a second. Out: ``Top``
(the leg has reached a peak) and ``Excursion`` (it came back, or it is plain that it never will). Remembered: a rest
pose, how far the leg went from it, and what happened since.

Rule: a zig-zag with hysteresis, anchored at the rest pose (``Watch``). A leg that is still, or turns round, while it is
away from rest may be at the top, or may have taken up another rest pose. Both are followed until the leg decides:
another watch is anchored there; it is dropped when an earlier one closes, and takes over when those before it are
disproved. The later watches are asked only where there is doubt, and then catch up from the recent poses.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from math import dist
from typing import Protocol

from tracker.motion import stays
from tracker.motion.now import Phase
from tracker.motion.vectors import Vector, angle
from tracker.motion.watch import (
    CLOSE_LEFT,
    OUT,
    REST,
    SETTLE_S,
    SETTLING,
    SLOW_SHARE,
    STALLED_STEPS,
    STILL_CHORD,
    Ending,
    Excursion,
    Top,
    Watch,
)

LONGEST_S = 20.0
"""An excursion open for longer is given up (holds of 8 s are the longest that people train)."""
DOUBTFUL_S, ASK_EVERY_S = 3.0, 0.28
"""An excursion open for longer may be a change of posture: ask the later watches, so often."""
SECOND_S = 0.6
"""Still for so long away from rest: perhaps another rest pose."""
TURN_SHARE = 0.35
"""Slower than this share of its top speed, and faster again: the leg turned round there, perhaps at a rest pose."""
MOST_WATCHES = 4
MOST_CHORD = 2.0 * math.sin(math.radians(55.0))
"""A shank turned by more than 110° has changed its posture."""
REACH_S = 3.0
"""How far before ``opened`` an excursion may begin."""
ANEW_S = 10.0
"""Still for so long away from rest: certainly another rest pose."""
ANEW_TURNED_S = 5.5
"""… and for so long where the pose it is away from is one where it only turned round, or one from before a hole."""
KEPT_S = 30.0
"""So long after the stream broke off, a rest pose is still the first guess; later, people have moved."""
SHOWN_CHORD = math.radians(6.0)
"""What is shown as it happens: a leg that is no farther from rest is at rest …"""
BACK_SHARE = 0.10
"""… one that is moving and has given back this share of its swing is on its way back, and
one that has come no farther for ``STALLED_STEPS`` holds."""
DIP_SHARE, DIP_CHORD = 0.30, math.radians(15.0)
"""A later watch's excursion towards the first rest pose must be larger than this share of the swing, or this angle if
that is less, to speak against it: smaller ones are dips in a hold."""
TREMBLE_SHARE = 0.09
"""A smaller one that goes on away from the first rest pose says nothing, even where the leg rested: a hold trembles."""
POSTURE_CHORD = 2.0 * math.sin(math.radians(35.0))
"""Otherwise two of them must; one is enough where the leg is more than 70° away: so large a lift has no such dips."""


class Segmentation(Protocol):
    """What the engine asks of a segmentation; ``Tracker(segmenter=…)`` takes another one than ``Segmenter``.

    Everything that is found is measured and judged by the engine afterwards, whoever found it. Only the three methods
    without a body are needed. The others serve what is shown as it happens, and second thoughts about the rest pose.
    """

    def push(self, step: int, pose: Vector, speed: float, /) -> Sequence[Top | Excursion]:
        """Take the pose (unit up vector, sensor frame) and its turning speed (rad/s) at one step.

        Steps count on by one. An excursion lasts `LONGEST_S` at most; a ``Top`` before it is its count, said early,
        under the same ``peak``.
        """

    def flush(self, step: int, /) -> Sequence[Top | Excursion]:
        """End the stream after ``step``: return what is open, with ``Ending.LEFT`` if it did not come back."""

    def restart(self, step: int, /) -> None:
        """Begin anew at ``step``: the stream had a hole too long to bridge, or begins."""

    def turn_round(self, wrong: Excursion, after: int, /) -> Sequence[Top | Excursion]:
        """Take the top of this newest excursion for the rest pose; return what is found in that light after a step."""
        return ()

    def from_top(self, e: Excursion, /) -> bool:
        """Say whether the leg rested at the top before it rested where the excursion begins, and nowhere else."""
        return False

    @property
    def open_since(self) -> int | None:
        """Step at which the open excursion left rest; None at rest. A set is not closed while one is open."""
        return None

    @property
    def farthest(self) -> Vector | None:
        """Up direction where the open excursion was farthest from rest; None once it is on its way back."""
        return None

    @property
    def pose(self) -> Vector | None:
        """The newest up direction; None before any."""
        return None

    @property
    def now(self) -> tuple[Phase, int, int, float] | None:
        """What the leg is doing, since which step, at which, and its angle from rest, rad; None: nothing is known."""
        return None


class Segmenter(Segmentation):
    """Finds excursions in poses.

    Parameters
    ----------
    step_s
        Time between steps, seconds.
    """

    def __init__(self, step_s: float) -> None:
        self._settle = max(2, round(SETTLE_S / step_s))
        self._pause = max(2, round(SECOND_S / step_s))
        self._anew = round(ANEW_S / step_s)
        self._anew_turned = round(ANEW_TURNED_S / step_s)
        self._longest = round(LONGEST_S / step_s)
        self._doubtful = round(DOUBTFUL_S / step_s)
        self._ask_every = round(ASK_EVERY_S / step_s)
        self._reach = round(REACH_S / step_s)
        self._kept = round(KEPT_S / step_s)
        self._step_s = step_s
        self._watches: list[Watch] = []
        self._recent: deque[tuple[int, Vector, float]] = deque(maxlen=round((LONGEST_S + REACH_S) / step_s))
        self._peaks = self._told_top = 0
        self._announced: int | None = None
        self._seen = self._from = -1
        self._still: tuple[int, Vector] = (0, (0.0, 0.0, 0.0))

    @property
    def open_since(self) -> int | None:
        """Step at which the open excursion left rest; None at rest."""
        return self._watches[0].opened if self._watches and self._watches[0].away else None

    @property
    def farthest(self) -> Vector | None:
        """Up direction where the open excursion was farthest from rest; None once it is on its way back."""
        first = self._watches[0] if self._watches else None
        return first.far if first is not None and first.state == OUT else None

    @property
    def pose(self) -> Vector | None:
        """The newest up direction; None before any."""
        return self._recent[-1][1] if self._recent else None

    @property
    def now(self) -> tuple[Phase, int, int, float] | None:
        """What the leg is doing, since which step, at which, and its angle from rest, rad; None: nothing is known."""
        if not self._recent or not self._watches:
            return None
        step, pose, speed = self._recent[-1]
        first = self._watches[0]
        if first.away and first.swing > MOST_CHORD:  # another posture: where it rests in it shows a repetition later
            return None
        phase, since = Phase.REST, first.opened
        if first.away and first.swing > SHOWN_CHORD:
            phase, since = self._away(first, step, pose, speed)
        return phase, since, step, angle(first.rest, pose)

    def _away(self, first: Watch, step: int, pose: Vector, speed: float) -> tuple[Phase, int]:
        """Lift, hold or return, as far as can be said at this moment, and since when."""
        back = first.state != OUT or (
            dist(pose, first.far) > BACK_SHARE * first.swing and speed >= SLOW_SHARE * first.fastest
        )
        if back:
            return Phase.RETURN, stays.last_near(self._recent, first.far, BACK_SHARE / 2 * first.swing, first.top)
        if step - first.top > STALLED_STEPS or speed < SLOW_SHARE * first.fastest:
            return Phase.HOLD, first.top
        return Phase.LIFT, stays.last_near(self._recent, first.rest, SHOWN_CHORD, first.opened)

    def restart(self, step: int) -> None:
        """Begin anew at ``step``: the stream had a hole too long to bridge. Only a rest pose is kept, for `KEPT_S`.

        A leg that is away from it then left it in the hole: its excursion has ``opened`` at ``step``.
        """
        soon = bool(self._recent) and step - self._recent[-1][0] <= self._kept
        self._watches = [Watch(self._watches[0].rest, step)] if soon else []
        self._recent.clear()
        self._announced = None
        self._seen, self._from = -1, step

    def push(self, step: int, pose: Vector, speed: float) -> Sequence[Top | Excursion]:
        """Take the pose (unit up vector, sensor frame) and its turning speed (rad/s) at one step."""
        self._recent.append((step, pose, speed))
        watches = self._watches
        if not watches:
            watches.append(Watch(pose, step))
            return ()
        first = watches[0]
        state = first.state
        if state == REST and first.rests(step, pose, self._settle):
            return ()
        ending = first.step(step, pose, speed, self._settle)
        farther = state == OUT and first.top == step and speed >= SLOW_SHARE * first.fastest
        if farther and step - first.opened <= self._longest:
            return ()
        if first.state == REST or first.state == SETTLING:
            return ()
        if step - first.still_since == self._pause:
            first.stopped_near = min(first.stopped_near, dist(pose, first.rest))
        if ending is None and first.top_pending is None:
            open_for = step - first.opened
            if open_for < self._doubtful or (step % self._ask_every and open_for <= self._longest):
                return ()
        return self._decide(first, step, pose, speed, ending)

    def turn_round(self, wrong: Excursion, after: int) -> list[Top | Excursion]:
        """The top of this newest excursion was rest: go over it again, from where the leg was last still there."""
        stayed, told = stays.stayed(self._recent, wrong, self._step_s), (self._peaks, self._announced)
        if stayed is not None and stayed[0] > after:
            out = self._go_over(stayed[0], wrong)
            if not any(dist(e.rest, wrong.rest) < stays.near_chord(wrong) for e in out):
                return out
            self._peaks, self._announced = told  # the same mistake again: that lift is not to be had
        return self._go_over(wrong.top, wrong)

    def from_top(self, e: Excursion) -> bool:
        """Say whether the leg rested at the top before it rested where the excursion begins, and nowhere else."""
        return stays.from_top(self._recent, e, self._step_s)

    def _go_over(self, first: int, wrong: Excursion) -> list[Top | Excursion]:
        """Begin anew at a step at which the leg was at rest."""
        again = [r for r in self._recent if r[0] >= first]
        if not again:
            return []
        for _ in again:
            self._recent.pop()
        self._watches = []
        self._seen = -1
        out: list[Top | Excursion] = []
        for step, pose, speed in again:
            out += self.push(step, pose, speed)
            if step in (first, wrong.top):
                self._watches[0].turned = True
        return out

    def _decide(
        self, first: Watch, step: int, pose: Vector, speed: float, ending: Ending | None
    ) -> list[Top | Excursion]:
        """See what a step away from rest means: a peak, an end, another rest pose."""
        out: list[Top | Excursion] = self._tell(first, step)
        open_for = step - first.opened
        if ending is Ending.CROSSED and first.returns_beyond(pose, speed):
            ending = Ending.RETURNED
        if ending is Ending.RETURNED:
            if open_for >= self._anew or first.swing > MOST_CHORD or first.stopped_near < CLOSE_LEFT * first.swing:
                self._catch_up(first, step - 1)
            inside = self._inside(first, step)
            if inside:
                told = self._told_in(inside)
                out.append(self._close(first, step, Ending.LEFT))
                out += self._report(inside, step, told)
            else:
                out.append(self._from_last_rest(self._close(first, step, ending)))
            first.close(step)
            del self._watches[1:]
            return out
        if ending is None and open_for < self._doubtful:
            return out
        self._catch_up(first, step)
        if ending is Ending.CROSSED and not any(w.rested for w in self._watches[1:]):
            del self._watches[1:]
            out.append(self._close(first, step, Ending.RETURNED, first.near_step))
            first.cross(step, pose, speed)
            return out
        proof = self._proof(step)
        if proof or ending is Ending.CROSSED or open_for > self._longest:
            k = proof or self._likeliest()
            told = self._told_in(self._watches[k].held if k < len(self._watches) else [])
            out.append(self._close(first, step, ending or Ending.LEFT))
            out += self._take_over(k, step, pose, told)
        return out

    def flush(self, step: int) -> list[Top | Excursion]:
        """End the stream: an open excursion is left open."""
        first = self._watches[0] if self._watches else None
        if first is None or not (first.away or self._announced):
            return []
        ending = Ending.RETURNED if first.returned else Ending.LEFT
        out: list[Top | Excursion] = [self._close(first, step, ending)]
        self._watches = [Watch(first.rest, step)]
        return out

    def _tell(self, first: Watch, step: int) -> list[Top | Excursion]:
        """Tell the top; once more, under the same number, where the leg went on after it."""
        if first.top_pending is None:
            return []
        if self._announced is None:
            self._peaks += 1
            self._announced = self._peaks
        top = Top(self._announced, first.opened, first.top_pending, step, first.rest, first.far)
        self._told_top, first.top_pending = first.top_pending, None
        return [top]

    def _close(self, watch: Watch, step: int, ending: Ending, end: int | None = None) -> Excursion:
        if self._announced is None:
            self._peaks += 1
        peak = self._announced or self._peaks
        self._announced = None
        watch.top_pending = None
        return watch.excursion(peak, step, ending, self._reach, end)

    def _from_last_rest(self, e: Excursion) -> Excursion:
        """Begin where the leg last rested near the rest pose, if it shifted a little before it lifted."""
        near = CLOSE_LEFT * dist(e.far, e.rest)
        for watch in reversed(self._watches[1:]):
            if watch.rested and watch.away and watch.opened < e.top and dist(watch.rest, e.rest) < near:
                return replace(e, begin=watch.begin, opened=watch.opened, rest=watch.rest)
        return e

    def _catch_up(self, first: Watch, step: int) -> None:
        """Let the later watches see what they have not seen yet of this excursion."""
        if self._seen < first.opened:
            self._seen, self._still = first.opened, (first.opened, first.rest)
        newest = self._recent[-1][0]
        unseen = min(step - self._seen, len(self._recent) - 3)
        self._seen = step
        rows = [self._recent[i] for i in range(step - newest - unseen - 2, step - newest)]
        for (_, _, earlier), before, (now, pose, speed) in zip(rows, rows[1:], rows[2:], strict=False):
            self._follow_others(now, pose, speed, before, earlier)

    def _follow_others(
        self, step: int, pose: Vector, speed: float, before: tuple[int, Vector, float], earlier: float
    ) -> None:
        """Step the later watches; add one where the leg is still, or turns round, away from all rest poses."""
        if dist(pose, self._still[1]) > STILL_CHORD:
            self._still = step, pose
        k = 1
        while k < len(self._watches):
            watch = self._watches[k]
            ending = watch.step(step, pose, speed, self._settle)
            if ending is Ending.RETURNED:
                watch.held.append(watch.excursion(0, step, ending, self._reach))
                watch.close(step)
                del self._watches[k + 1 :]
            elif ending is Ending.CROSSED and watch.rested:
                watch.held.append(watch.excursion(0, step, Ending.RETURNED, self._reach, watch.near_step))
                watch.cross(step, pose, speed)
                del self._watches[k + 1 :]
            elif ending is Ending.CROSSED:
                del self._watches[k]
                continue
            k += 1
        newest = self._watches[-1]
        since = self._still[0] if newest is self._watches[0] else newest.still_since
        rested = step - since >= self._pause
        if newest.state == REST or newest.state == SETTLING:
            newest.rested |= rested
        elif rested and len(self._watches) < MOST_WATCHES:
            self._watches.append(Watch(pose, step))
            self._watches[-1].begin = since
            self._watches[-1].rested = True
        elif len(self._watches) < MOST_WATCHES:
            slowest = before[2]
            if slowest < TURN_SHARE * newest.fastest and slowest <= earlier and slowest < speed:
                self._watches.append(Watch(before[1], before[0]))

    def _proof(self, step: int) -> int:
        """Number of the watch that shows that the leg has taken up another rest pose; 0 for none."""
        first = self._watches[0]
        behind = first.opened == self._from
        for k, watch in enumerate(self._watches):
            if watch is first:
                continue
            anew = self._anew_turned if first.turned or behind else self._anew
            if not watch.away and watch.rested and step - first.still_since >= anew:
                return k
            if not watch.held:
                continue
            newest = watch.held[-1]
            least = min(DIP_SHARE * first.swing, DIP_CHORD)
            away = dist(newest.far, first.rest) >= dist(newest.rest, first.rest)
            if away and dist(newest.far, newest.rest) > (TREMBLE_SHARE * first.swing if watch.rested else least):
                return k
            large = [e for e in watch.held if dist(e.far, e.rest) > least]
            if len(large) >= (1 if behind or first.swing > POSTURE_CHORD else 2):
                return k
        return 0

    def _inside(self, first: Watch, step: int) -> list[Excursion]:
        """Excursions from another pose inside this one, where it was a change of posture and back, not a lift."""
        least = 0.0 if first.swing > MOST_CHORD else DIP_SHARE * first.swing
        if first.swing <= MOST_CHORD and step - first.opened < self._anew:
            return []
        for watch in self._watches[1:]:
            if any(dist(e.far, e.rest) > least for e in watch.held):
                return watch.held
        return []

    def _told_in(self, held: list[Excursion]) -> int | None:
        """Number of the top that was told, where it lies in one of these: it is taken from the open excursion."""
        told = self._announced
        if told is None or not any(e.opened < self._told_top < e.end for e in held):
            return None
        self._announced = None
        return told

    def _report(self, held: list[Excursion], step: int, told: int | None) -> list[Top | Excursion]:
        """Announce and report what a later watch has seen; a top that was told keeps its number."""
        out: list[Top | Excursion] = []
        for e in held:
            peak = told if e.opened < self._told_top < e.end else None
            if peak is None:
                self._peaks += 1
                peak = self._peaks
            top = Top(peak, e.opened, e.top, step, e.rest, e.far)
            out += [top, replace(e, peak=peak, step=step)]
        return out

    def _likeliest(self) -> int:
        """Number of the watch most likely to be at rest: one that has seen an excursion, else one that rested."""
        for k, watch in enumerate(self._watches):
            if k and watch.held:
                return k
        for k, watch in enumerate(self._watches):
            if k and watch.rested:
                return k
        return len(self._watches)

    def _take_over(self, k: int, step: int, pose: Vector, told: int | None) -> list[Top | Excursion]:
        """Go on with the k-th watch, where there is one, and report what it has seen."""
        self._watches = self._watches[k:] or [Watch(pose, step)]
        first = self._watches[0]
        out = self._report(first.held, step, told)
        first.held = []
        if first.away and first.told_swing:
            first.top_pending = first.top
        return out
