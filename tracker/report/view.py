"""What a report shows, as values.

Made of a workout, of what was asked for in each set, and of the traces of its recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tracker.analysis import not_listed
from tracker.coaching.direction import Direction, directions
from tracker.coaching.form import DEFINITIONS, FormFlag, range_in_band, tempo_in_band
from tracker.coaching.set_form import fade, velocity_loss
from tracker.coaching.suggestion import Suggestion
from tracker.coaching.targets import Targets
from tracker.exercises import Metric, exercises
from tracker.exports.workout import Workout
from tracker.journal import LoggedRejected, LoggedRep, LoggedSet, SetContext
from tracker.motion.gap import Gap
from tracker.motion.values import Flag, Reason, Rep
from tracker.not_counted import Line, without_steps
from tracker.recording import RecordingError
from tracker.report.advice import Advice, Pace, advice_of
from tracker.report.traces import Poses, Trace, poses_of, trace_of
from tracker.sensors import estimates_losses

MEANS: Mapping[str, str] = {one.flag.value: one.means for one in DEFINITIONS} | {
    Flag.GAP.value: "samples were lost inside it; the numbers the hole touched are not known",
    Flag.CLIPPED.value: "an axis reached the end of the sensor's range",
    Flag.STRAP_MOVED.value: "the rest pose shifted: the cuff slipped or was moved",
}
"""Flags of form and signal in words."""
REASONS: Mapping[str, str] = {
    Reason.TOO_SMALL: "its range is under the exercise's minimum",
    Reason.PARTIAL: "it reached less than 60 % of the set's usual range",
    Reason.TOO_FEW: "fewer alike repetitions followed each other than a set needs",
    Reason.WALKING: "a step, not a lift and return",
    Reason.NO_LEVER: "the shank did not swing about a knee or hip: a shake, a squat, a shift",
    Reason.WRONG_WAY: "it went against the exercise's direction",
    Reason.TOO_FAST: "over sooner than a leg with a weight can move",
    Reason.GAP: "too many samples were lost to be sure of it",
    Reason.INCOMPLETE: "it did not come back to the rest pose",
}
"""Reasons for not counting, in words."""

Asked = Callable[[SetContext], Targets | None]
"""What was asked for in a set; None where no exercise is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """A flag of a set: which repetitions have it, by number, and what it means."""

    flag: str
    reps: tuple[int, ...]
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetView:
    """One set.

    Attributes
    ----------
    logged
        The set, edits applied.
    targets
        What was asked for, if known.
    trace
        Of its sensor in its recording; None without one.
    tempo_in_band, range_in_band
        How many repetitions, of how many where it is known; None where nothing was asked for.
    rest_s
        From the end of the set before it, by the same sensor; None for the first.
    fades
        What changed from the first repetition to the last: name and share.
    velocity_loss
        Share; None where it is not known.
    flags
        What was wrong with repetitions.
    direction
        Against the sets before and after it by the same sensor and leg; None where the exercise does not show it.
    """

    logged: LoggedSet
    targets: Targets | None
    trace: Trace | None
    tempo_in_band: tuple[int, int] | None
    range_in_band: tuple[int, int] | None
    rest_s: float | None
    fades: tuple[tuple[str, float], ...]
    velocity_loss: float | None
    flags: tuple[FlagView, ...]
    direction: Direction | None

    @property
    def by_travel(self) -> bool:
        """It is measured by the ankle's travel, metres, and not by the shank's angle."""
        return any(one.rep is not None and one.rep.range_m is not None for one in self.logged.reps)


@dataclass(frozen=True, slots=True, kw_only=True)
class StripView:
    """The whole of one sensor's recording.

    Attributes
    ----------
    title
        Which one it is; empty if it is the only one.
    begin_s, end_s
        From when to when.
    rate_hz, received
        Of the samples; None without a recording.
    estimated
        What was lost is an estimate: nothing numbers or times the samples.
    rejected
        What was not counted besides the partials, the steps of one walk together.
    strap_moved
        Seconds at which a repetition with a moved strap began.
    """

    title: str
    begin_s: float
    end_s: float
    trace: Trace | None
    rate_hz: float | None
    received: int | None
    estimated: bool
    sets: tuple[LoggedSet, ...]
    rejected: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    strap_moved: tuple[float, ...]

    @property
    def lost(self) -> int:
        """Samples lost on the way."""
        return sum(gap.samples_lost for gap in self.gaps)

    @property
    def lost_share(self) -> float | None:
        """Of what was sent; None without a recording."""
        return self.lost / (self.lost + self.received) if self.received else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A session to look at.

    Attributes
    ----------
    missing
        Why a recording could not be drawn, a line each.
    suggestion
        For the next training; None where no log knows what was before.
    """

    workout: Workout
    strips: tuple[StripView, ...]
    sets: tuple[SetView, ...]
    advice: tuple[Advice, ...]
    missing: tuple[str, ...]
    suggestion: Suggestion | None = None


def report_of(workout: Workout, asked: Asked, suggestion: Suggestion | None = None) -> Report:
    """Make the report of a workout; a recording that is gone or damaged is said so, and the rest is shown."""
    poses, missing = _poses(workout)
    rejected = not_listed(workout.rejected, [one.measured for one in workout.sets])
    keys = _keys(workout, poses)
    traces: dict[tuple[int | None, int | None], Trace] = {}
    for key in keys:
        if key in poses:
            own = [[r.rep for r in one.reps if r.rep] for one in workout.sets if (one.recording, one.sensor) == key]
            traces[key] = trace_of(poses[key], own)
    strips = tuple(_strip(workout, key, rejected, poses.get(key), traces.get(key), len(keys) > 1) for key in keys)
    ways = _directions(workout.sets)
    sets = tuple(
        _set(one, asked(one.context), traces.get((one.recording, one.sensor)), _rest_s(workout, one), way)
        for one, way in zip(workout.sets, ways, strict=True)
    )
    wrong = [[verdict.flag for verdict in rep.form] for one in workout.sets for rep in one.reps]
    return Report(
        workout=workout,
        strips=strips,
        sets=sets,
        advice=advice_of(wrong, _pace(sets)),
        missing=tuple(missing),
        suggestion=suggestion,
    )


Key = tuple[int | None, int | None]
"""Numbers of a recording and of a sensor in it."""


def _poses(workout: Workout) -> tuple[dict[Key, Poses], list[str]]:
    found: dict[Key, Poses] = {}
    missing = []
    for recording in workout.recordings:
        try:
            made = poses_of(Path(recording.path))
        except (RecordingError, OSError) as error:
            # a page is handed on: where files lie stays at home
            missing.append(str(error).replace(str(recording.path), recording.path.name))
            continue
        known = {sensor.number for sensor in workout.sensors}
        for one in made:
            if one.sensor in known:
                found[recording.number, one.sensor] = one
            elif not known:  # a table says nothing of a sensor
                found[recording.number, None] = one
    return found, missing


def _keys(workout: Workout, poses: Iterable[Key]) -> list[Key]:
    keys = {
        *poses,
        *((one.recording, one.sensor) for one in workout.sets),
        *((one.recording, one.sensor) for one in workout.rejected),
        *((one.recording, one.sensor) for one in workout.gaps),
    }
    return sorted(keys, key=lambda key: (key[0] or 0, key[1] or 0))


def _strip(
    workout: Workout,
    key: Key,
    rejected: tuple[LoggedRejected, ...],
    poses: Poses | None,
    trace: Trace | None,
    several: bool,
) -> StripView:
    sets = tuple(one for one in workout.sets if (one.recording, one.sensor) == key)
    others = tuple(one for one in rejected if (one.recording, one.sensor) == key)
    gaps = tuple(one.gap for one in workout.gaps if (one.recording, one.sensor) == key)
    sensor = next((one for one in workout.sensors if one.number == key[1]), None)
    if poses is None:
        spans = [(s.measured.start_s, s.measured.end_s) for s in sets]
        spans += [(one.start_s, one.end_s) for one in others] + [(gap.start_s, gap.end_s) for gap in gaps]
        begin_s, end_s = min(a for a, _ in spans), max(b for _, b in spans)
    else:
        begin_s, end_s = float(poses.time_s[0]), float(poses.time_s[-1])
    worn = f"{sensor.side} ankle" if sensor and sensor.side else f"sensor {key[1]}" if key[1] else ""
    part = f"recording {key[0]}" if len(workout.recordings) > 1 else ""
    moved = (r.rep.start_s for s in sets for r in s.reps if r.rep and Flag.STRAP_MOVED in r.signal)
    return StripView(
        title=", ".join(filter(None, (part, worn))) if several else "",
        begin_s=begin_s,
        end_s=max(end_s, begin_s + 1.0),
        trace=trace,
        rate_hz=poses.rate_hz if poses else None,
        received=poses.received if poses else None,
        estimated=estimates_losses(sensor.family if sensor else None),
        sets=sets,
        rejected=tuple(without_steps(Line(r.start_s, r.end_s, r.reason, r.detail) for r in others)),
        gaps=gaps,
        strap_moved=tuple(moved),
    )


def _rest_s(workout: Workout, one: LoggedSet) -> float | None:
    same = [s.measured for s in workout.sets if (s.recording, s.sensor) == (one.recording, one.sensor)]
    before = [s.end_s for s in same if s.end_s <= one.measured.start_s]
    return one.measured.start_s - max(before) if before else None


def _directions(sets: Sequence[LoggedSet]) -> list[Direction | None]:
    """Of each set; compared are those of one leg in one exercise that follow each other by one sensor.

    What lies between may be another leg, and the strap was taken off for it.
    """
    found: dict[int, Direction | None] = dict.fromkeys(range(len(sets)))
    worn: dict[Key, list[int]] = {}
    for i, one in enumerate(sets):
        worn.setdefault((one.recording, one.sensor), []).append(i)
    for places in worn.values():
        for said, group in groupby(places, lambda i: (sets[i].context.exercise, sets[i].context.side)):
            run = list(group)
            profile = exercises().get(said[0] or "")
            if profile is not None and Metric.DIRECTION in profile.metrics:
                known = directions([[rep.rep for rep in sets[i].reps if rep.rep] for i in run])
                found.update(zip(run, known, strict=True))
    return list(found.values())


def _set(
    one: LoggedSet, targets: Targets | None, trace: Trace | None, rest_s: float | None, direction: Direction | None
) -> SetView:
    reps = [rep.rep for rep in one.reps if rep.rep is not None]
    changes: tuple[tuple[str, Callable[[Rep], float | None]], ...] = (
        ("range", lambda rep: rep.range_m if rep.range_deg is None else rep.range_deg),
        ("lift time", lambda rep: rep.concentric_s),
        ("return time", lambda rep: rep.eccentric_s),
    )
    faded = ((name, fade([value(rep) for rep in reps])) for name, value in changes)
    return SetView(
        logged=one,
        targets=targets,
        trace=trace,
        tempo_in_band=_kept(tempo_in_band(rep, targets) for rep in reps) if targets else None,
        range_in_band=_kept(range_in_band(rep, targets) for rep in reps) if targets else None,
        rest_s=rest_s,
        fades=tuple((name, value) for name, value in faded if value is not None),
        velocity_loss=velocity_loss(reps) if reps else None,
        flags=_flags(one.reps),
        direction=direction,
    )


def _pace(sets: Iterable[SetView]) -> Iterable[Pace]:
    for one in sets:
        for rep in one.logged.reps:
            if rep.rep is not None and one.targets is not None:
                asked = one.targets.tempo
                yield {
                    "lift": (rep.rep.concentric_s, asked.concentric_s),
                    "hold": (rep.rep.hold_s, asked.hold_s),
                    "return": (rep.rep.eccentric_s, asked.eccentric_s),
                }


def _kept(known: Iterable[bool | None]) -> tuple[int, int] | None:
    """Count those that are known to be kept, of those that are known."""
    yes = [one for one in known if one is not None]
    return (sum(yes), len(yes)) if yes else None


def _flags(reps: Iterable[LoggedRep]) -> tuple[FlagView, ...]:
    have: dict[str, list[int]] = {}
    for rep in reps:
        for flag in rep.flags:
            have.setdefault(flag, []).append(rep.number)
    order = [*(flag.value for flag in FormFlag), *(flag.value for flag in Flag)]
    rank = {flag: i for i, flag in enumerate(order)}
    return tuple(
        FlagView(flag=flag, reps=tuple(numbers), means=MEANS.get(flag, ""))
        for flag, numbers in sorted(have.items(), key=lambda item: rank.get(item[0], len(rank)))
    )
