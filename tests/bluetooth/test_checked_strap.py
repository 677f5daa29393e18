"""A check of the strap over the air, by someone who does something else meanwhile."""

from __future__ import annotations

from pathlib import Path

from tracker.journal import SetKind
from tracker.sensors.virtual.radio import Radio

from .seated import START, Seat, firmware
from .test_studio import logged


async def test_who_exercises_during_a_check_is_counted(emulated_radio: Radio, seat: Seat, tmp_path: Path) -> None:
    await emulated_radio.add_peripheral(firmware(5, 2), name="Kickback A")
    await seat.studio.do(START | {"sides": ["left"]})
    await seat.until(lambda: bool(seat.board.get("sensors")))
    await seat.studio.do({"do": "check"})
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
    assert [cue["value"] for cue in seat.said("count")] == [2, 3, 4, 5]
    await seat.studio.do({"do": "undo"})
    await seat.until(lambda: len(seat.studio.state()["sets"]) == 2)
    assert [one["planned"] for one in seat.studio.state()["sets"]] == [True, True]
    await seat.studio.close()
    assert [(one.context.kind, len(one.reps)) for one in logged(tmp_path).sets] == [
        (SetKind.WORK, 4),
        (SetKind.WORK, 5),
    ]
