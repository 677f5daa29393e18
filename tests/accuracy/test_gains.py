"""The study of the gyroscope's gain goes on to say what it is quoted for."""

from __future__ import annotations

from .cells import CELLS
from .gains import apart, errors


def test_with_gravity_a_poor_sensor_is_better() -> None:
    cell = next(one for one in CELLS if one.name == "scale 2 %, axes 2°")
    alone, helped = (errors(cell, range(8300, 8316), gravity=gravity) for gravity in (False, True))
    assert all(with_.mean() < without.mean() for without, with_ in zip(alone, helped, strict=True))


def test_in_real_people_the_two_are_close(reference_data) -> None:
    folder = reference_data / "ankle-pt"
    found = [apart(path) for path in sorted(folder.glob("*.csv.gz"))]
    offs = [abs(one[1]) for one in found if one is not None]
    assert len(offs) >= 5
    assert sum(off < 0.02 for off in offs) >= len(offs) - 1
