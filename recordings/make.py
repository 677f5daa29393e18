"""Make the recordings of this folder again: ``python recordings/make.py [FOLDER]``.

In: nothing but the plans and seeds below. Out: ``NAME.mcap`` and ``NAME.truth.json`` for each of them. The same
plans and seeds give the same samples; the compressed bytes may differ from one version of zstd to the next.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from firmware_protocol import MotionPacket, UUIDs
from tracker.recording import GattEvent, Header, write_recording
from tracker.recording.container import Container
from tracker.recording.writer import FLUSH_S
from tracker.sensors.virtual import STARTED_AT, VirtualSensor, session_id, watch
from tracker.simulation import Activity, Link, Plan, SensorModel, SetPlan

STAND = Activity("stand", 3.0)
BURST_S = 0.3
"""Longer than the holes that are filled (0.25 s), shorter than those that break the stream (1 s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one recording is made.

    Attributes
    ----------
    plan
        What the leg does.
    seed
        Of the movement and of the sensor.
    loss
        Share of notifications that get lost one by one.
    burst_at_rep
        All notifications of ``BURST_S`` around the middle of this repetition's hold get lost too; 1 is the first.
    cut_at_rep
        The program crashes in the middle of this repetition's lift; 1 is the first.
    """

    plan: Plan
    seed: int
    loss: float = 0.0
    burst_at_rep: int | None = None
    cut_at_rep: int | None = None


def one_set(
    reps: int, concentric_s: float, hold_s: float, eccentric_s: float, bottom_pause_s: float, partials: int = 0
) -> SetPlan:
    """Return a set with its tempo, in the order in which people say it."""
    return SetPlan(
        reps=reps,
        concentric_s=concentric_s,
        hold_s=hold_s,
        eccentric_s=eccentric_s,
        bottom_pause_s=bottom_pause_s,
        partials=partials,
    )


RECIPES = {
    "cable": Recipe(plan=Plan("cable", (STAND, one_set(8, 1.0, 0.7, 1.5, 0.6), STAND)), seed=1),
    "ankle-weight-standing": Recipe(
        plan=Plan("ankle-weight-standing", (STAND, one_set(7, 0.9, 0.5, 1.3, 0.5), STAND)), seed=2
    ),
    "ankle-weight-quadruped": Recipe(
        plan=Plan("ankle-weight-quadruped", (STAND, one_set(7, 1.1, 0.8, 1.4, 0.4), STAND)), seed=3
    ),
    "dumbbell": Recipe(plan=Plan("dumbbell", (STAND, one_set(6, 1.2, 0.6, 1.8, 0.8), STAND)), seed=4),
    "band": Recipe(plan=Plan("band", (STAND, one_set(8, 0.6, 0.2, 0.8, 0.2), STAND)), seed=5),
    "machine": Recipe(plan=Plan("machine", (STAND, one_set(6, 1.4, 1.0, 2.4, 1.0), STAND)), seed=6),
    "glute-bridge": Recipe(plan=Plan("glute-bridge", (STAND, one_set(7, 1.0, 1.2, 1.4, 0.6), STAND)), seed=7),
    "bodyweight": Recipe(plan=Plan("bodyweight", (STAND, one_set(8, 0.7, 0.0, 0.9, 0.3), STAND)), seed=8),
    "walking-between-sets": Recipe(
        plan=Plan(
            "cable",
            (
                STAND,
                one_set(6, 0.9, 0.6, 1.4, 0.6),
                Activity("fidget", 5.0),
                Activity("walk", 12.0),
                Activity("slow-walk", 8.0),
                Activity("cuff", 3.0),
                Activity("fidget", 4.0),
                one_set(6, 1.1, 0.6, 1.6, 0.7, partials=1),
                Activity("walk", 6.0),
                STAND,
            ),
        ),
        seed=9,
    ),
    "lost-packets": Recipe(
        plan=Plan("cable", (STAND, one_set(8, 1.0, 0.8, 1.4, 0.6), STAND)), seed=10, loss=0.05, burst_at_rep=4
    ),
    "cut-off": Recipe(
        plan=Plan(
            "band", (STAND, one_set(6, 0.9, 0.5, 1.2, 0.5), Activity("stand", 12.0), one_set(6, 0.9, 0.5, 1.2, 0.5))
        ),
        seed=11,
        cut_at_rep=10,
    ),
}
"""By the recording's name."""


def make(name: str, folder: Path) -> Path:
    """Write one recording and its truth.

    Parameters
    ----------
    name
        A key of ``RECIPES``.
    folder
        Exists.

    Returns
    -------
    Path
        The recording.
    """
    recipe = RECIPES[name]
    plan = replace(recipe.plan, label=name)
    made = watch(plan, SensorModel(link=Link(loss=recipe.loss)), seed=recipe.seed)
    if recipe.burst_at_rep is not None:
        made = _with_burst(made, recipe.burst_at_rep)
    truth = made.simulated.truth()
    header = made.header(session_id(plan, recipe.seed), STARTED_AT, made.start_ns)
    path = folder / f"{name}.mcap"
    if recipe.cut_at_rep is None:
        write_recording(path, header, made.events(), overwrite=True)
    else:
        truth["recorded_until_s"] = _write_until(made, path, header, _middle(made, recipe.cut_at_rep, "lift"))
    path.with_name(f"{name}.truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return path


def _with_burst(made: VirtualSensor, rep: int) -> VirtualSensor:
    """Lose what the sensor sent around the middle of a repetition's hold, whole notifications only."""
    middle_s = _middle(made, rep, "hold")
    kept = [
        (at_ns, value)
        for at_ns, value in made.stream.notifications
        if not abs(sum(_span(made, value)) / 2 - middle_s) < BURST_S / 2
    ]
    return replace(made, stream=replace(made.stream, notifications=kept))


def _middle(made: VirtualSensor, rep: int, phase: str) -> float:
    """Return the middle of a repetition's lift or hold, seconds of the truth."""
    true = [one for true_set in made.simulated.sets for one in true_set.reps][rep - 1]
    return (true.peak_start_s + (true.start_s if phase == "lift" else true.peak_end_s)) / 2


def _span(made: VirtualSensor, notification: bytes) -> tuple[float, float]:
    """Return when a notification's first and last samples were taken, seconds of the truth."""
    packet = MotionPacket.from_bytes(notification)
    first = packet.index - made.model.link.first_index
    period_s = 1 / made.model.true_rate_hz
    return (first + 0.5) * period_s, (first + packet.count - 0.5) * period_s


def _write_until(made: VirtualSensor, path: Path, header: Header, until_s: float) -> float:
    """Write as the live loop does, a chunk each quarter of a second, and tear the last one in two.

    Returns
    -------
    float
        Time of the last sample in an intact chunk, seconds of the truth.
    """
    until_ns = made.start_ns + round(until_s * 1e9)
    chunks = _chunks([event for event in made.events() if event.host_ns <= until_ns])
    with path.open("wb") as file:
        container = Container(file, header)
        ends = []
        for chunk in chunks:
            for event in chunk:
                container.put(event)
            container.end_chunk()
            ends.append(file.tell())
        file.truncate((ends[-2] + ends[-1]) // 2)
    last = next(e for chunk in reversed(chunks[:-1]) for e in reversed(chunk) if e.uuid == UUIDs.MOTION.value)
    return _span(made, last.data)[1]


def _chunks(events: list[GattEvent]) -> list[list[GattEvent]]:
    chunk_ns = round(FLUSH_S * 1e9)
    number = [(event.host_ns - events[0].host_ns) // chunk_ns for event in events]
    borders = [0, *(i for i, (a, b) in enumerate(pairwise(number), start=1) if a != b), len(events)]
    return [events[a:b] for a, b in pairwise(borders)]


def read_truth(path: Path) -> dict[str, Any]:
    """Return the truth beside a recording."""
    truth: dict[str, Any] = json.loads(path.with_name(f"{path.stem}.truth.json").read_text(encoding="utf-8"))
    return truth


def main(folder: Path) -> None:
    """Make them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RECIPES:
        path = make(name, folder)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB, {read_truth(path)['rep_count']} repetitions done")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
