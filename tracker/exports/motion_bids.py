"""Samples as a Motion-BIDS data set: a folder that tools of movement science read without being told anything.

    dataset_description.json · participants.tsv · README.md
    sub-01/ses-20250301T183000/sub-01_ses-…_scans.tsv
    sub-01/ses-…/motion/sub-01_ses-…_task-cable_tracksys-left_motion.tsv, _motion.json, _channels.tsv, _channels.json
                        sub-01_ses-…_task-cable_tracksys-left_events.tsv, _events.json

One tracking system per sensor. Samples lie on their grid, ``n/a`` where they were lost. Events are the repetitions,
partials and rejected excursions. The person is called by a label alone. Jeung et al. 2024,
doi:10.1038/s41597-024-03559-8; specification 1.10.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from tracker import __version__
from tracker.exercises import exercises
from tracker.exports.measured import Measured
from tracker.exports.workout import Workout

BIDS_VERSION = "1.10.0"
MISSING = "n/a"
CHANNELS = tuple((kind, axis) for kind in ("ACCEL", "GYRO") for axis in "xyz")
NAMES = {"ACCEL": "acc", "GYRO": "gyr"}
UNITS = {"ACCEL": "m/s^2", "GYRO": "rad/s"}
POINTS = {"left": "LeftAnkle", "right": "RightAnkle", None: "Ankle"}
FRAME = "sensor"
EVENTS = ("onset", "duration", "trial_type", "set", "rep", "side", "load_kg", "range_deg", "detail")
_README = """# Ankle motion during weighted leg kickbacks

Written by kickback {version}. One inertial sensor above the ankle; specific force and turning rate in the sensor's own
frame. Events are the repetitions that kickback {algorithm} found, partials (`partial`, not counted) and what it did
not count (`not-counted/…`), with the shank's range. Loads are per leg.
"""


def write(folder: Path, workout: Workout, sensors: Sequence[Measured], *, subject: str = "01") -> None:
    """Make the folder.

    Raises
    ------
    ValueError
        The label is not letters and digits.
    """
    if not re.fullmatch("[A-Za-z0-9]+", subject):
        raise ValueError(f"subject {subject!r} is not letters and digits")
    began = next((one.began_at for one in sensors if one.began_at), None)
    session = f"ses-{began:%Y%m%dT%H%M%S}" if began else "ses-01"
    home = folder / f"sub-{subject}" / session
    (home / "motion").mkdir(parents=True)
    _json(folder / "dataset_description.json", _description())
    text = _README.format(version=__version__, algorithm=workout.algorithm_version)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="")
    _table(folder / "participants.tsv", ("participant_id",), [(f"sub-{subject}",)])
    task = re.sub("[^A-Za-z0-9]", "", workout.exercise or "leglift")
    scans = []
    for one in sensors:
        stem = f"sub-{subject}_{session}_task-{task}_tracksys-{one.side or f'sensor{one.number}'}"
        _motion(home / "motion", stem, workout, one, task)
        scans.append((f"motion/{stem}_motion.tsv", _day(one.began_at)))
    _table(home / f"sub-{subject}_{session}_scans.tsv", ("filename", "acq_time"), scans)


def _motion(folder: Path, stem: str, workout: Workout, one: Measured, task: str) -> None:
    point = POINTS[one.side]
    rows = np.column_stack((one.acc, one.gyr))
    lines = ("\t".join(MISSING if np.isnan(v) else f"{v:.9g}" for v in row) + "\n" for row in rows)
    with (folder / f"{stem}_motion.tsv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    _json(folder / f"{stem}_motion.json", _sidecar(workout, one, task))
    _table(
        folder / f"{stem}_channels.tsv",
        ("name", "component", "type", "tracked_point", "units", "sampling_frequency", "placement", "reference_frame"),
        [
            (f"{NAMES[kind]}_{axis}", axis, kind, point, UNITS[kind], f"{1 / one.period_s:.9g}", "ankle", FRAME)
            for kind, axis in CHANNELS
        ],
    )
    axes = {"Description": "Axes of the sensor's case, as it was strapped on", "RotationRule": "right-hand"}
    frame = {"Levels": {FRAME: {**axes, "RotationOrder": MISSING, "SpatialAxes": MISSING}}}
    _json(folder / f"{stem}_channels.json", {"reference_frame": frame})
    _table(folder / f"{stem}_events.tsv", EVENTS, _events(workout, one))
    _json(folder / f"{stem}_events.json", _EVENT_WORDS)


def _description() -> dict[str, Any]:
    return {
        "Name": "kickback",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "kickback", "Version": __version__}],
    }


def _sidecar(workout: Workout, one: Measured, task: str) -> dict[str, Any]:
    profile = exercises().get(workout.exercise or "")
    return {
        "TaskName": task,
        "TaskDescription": profile.name if profile else "Leg lifts",
        "SamplingFrequency": 1 / one.period_s,
        "TrackingSystemName": one.side or f"sensor{one.number}",
        "DeviceSerialNumber": MISSING,
        "ManufacturersModelName": one.family or MISSING,
        "MotionChannelCount": len(CHANNELS),
        "ACCELChannelCount": 3,
        "GYROChannelCount": 3,
        "TrackedPointsCount": 1,
        "RecordingDuration": len(one.valid) * one.period_s,
        "MissingValues": MISSING,
    }


def _events(workout: Workout, one: Measured) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []

    def add(start_s: float, end_s: float, kind: str, *more: object) -> None:
        rows.append((f"{start_s - one.t0_s:.6f}", f"{end_s - start_s:.6f}", kind, *map(_cell, more)))

    ours = (None, one.number)
    for done in (done for done in workout.sets if done.sensor in ours):
        context = done.context
        for kind, reps in (("repetition", done.reps), ("partial", done.partials)):
            for rep in reps:
                if rep.rep is not None:
                    more = (done.number, rep.number, context.side, context.load_kg, rep.rep.range_deg)
                    add(rep.rep.start_s, rep.rep.end_s, kind, *more, " ".join(rep.flags) or None)
    for not_counted in (r for r in workout.rejected if r.sensor in ours and r.reason != "partial"):
        range_deg = None if not_counted.measured is None else not_counted.measured.range_deg
        place = (not_counted.start_s, not_counted.end_s, f"not-counted/{not_counted.reason}")
        add(*place, None, None, None, None, range_deg, not_counted.detail)
    return sorted(rows, key=lambda row: float(str(row[0])))


def _cell(value: object) -> str:
    if value is None or value == "":
        return MISSING
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else " ".join(str(value).split())


def _day(at: datetime | None) -> str:
    return MISSING if at is None else at.replace(tzinfo=None).isoformat(timespec="microseconds")


def _table(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8", newline="")


_EVENT_WORDS = {
    "trial_type": {"Description": "repetition, partial (not counted), or not-counted/ and the reason"},
    "set": {"Description": "Set, from 1"},
    "rep": {"Description": "Repetition within its set, from 1"},
    "side": {"Description": "The leg that works"},
    "load_kg": {"Description": "Load per leg", "Units": "kg"},
    "range_deg": {"Description": "Range of the shank", "Units": "deg"},
    "detail": {"Description": "Flags of a repetition, or why it was not counted"},
}
