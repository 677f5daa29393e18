"""Somebody who looks at the page, for tests of what leads a session from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from tracker.cli.studio import Studio
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import Activity, Plan, SetPlan

START = {
    "do": "start",
    "exercise": "cable",
    "sides": ["left", "right"],
    "sets": 2,
    "from": 4,
    "to": 5,
    "load_kg": "7.5",
}


def firmware(reps: int = 5, sets: int = 3) -> KickbackFirmware:
    one = SetPlan(reps, concentric_s=1.2, hold_s=1.0, eccentric_s=2.0, bottom_pause_s=0.8)
    rest = Activity("stand", 20.0, posture="exercise")
    plan = Plan("cable", (Activity("stand", 4.0), *(one, rest) * sets))
    return KickbackFirmware(Worn.simulated_by(plan, seed=2))


class Seat:
    """Somebody who looks at the page."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.cues: list[dict[str, Any]] = []
        studio.listen(self._changed)

    def _changed(self, cues: Iterable[dict[str, Any]]) -> None:
        self.cues.extend(cues)

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [cue for cue in self.cues if cue["kind"] == kind]

    @property
    def board(self) -> dict[str, Any]:
        return self.studio.state()["board"] or {}

    async def until(self, done: Callable[[], bool], within_s: float = 90.0) -> None:
        async with asyncio.timeout(within_s):
            while not done():
                await asyncio.sleep(0.05)
