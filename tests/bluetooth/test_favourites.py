"""The sensors that were saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracker.sensors.errors import SensorError
from tracker.sensors.favourites import FILE, Favourite, chosen, favourites, save_favourites

from .test_scanning import heard

HERE = "AA:00:00:00:00:01"
LEFT = Favourite("kickback", "kickback A", HERE, "left")


def test_nothing_was_saved(tmp_path: Path) -> None:
    assert favourites(tmp_path) == []


def test_saved_and_read(tmp_path: Path) -> None:
    right = Favourite("polar", "Polar Sense \N{SNOWMAN}", "4E3A-uuid", None)
    save_favourites(tmp_path / "new", [LEFT, right])
    assert favourites(tmp_path / "new") == [LEFT, right]
    save_favourites(tmp_path / "new", [right])
    assert favourites(tmp_path / "new") == [right]
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"sensors": [{}]}', '{"sensors": [1]}', '{"sensors": 3}', "\ufeff{}"]
    + [
        f'{{"sensors": [{{"family": "x", "name": {name}, "address": "", "side": {side}}}]}}'
        for name, side in (("1", "null"), ('"a"', '"up"'), ('"a"', "[]"))
    ],
)
def test_a_damaged_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SensorError, match="is damaged") as told:
        favourites(tmp_path)
    assert "\n" not in str(told.value)


def test_it_is_known_by_its_address() -> None:
    renamed, other = heard("another name"), heard("kickback A", "AA:00:00:00:00:02")
    assert chosen(LEFT, [other, renamed]) is renamed


def test_elsewhere_it_is_known_by_its_name() -> None:
    """macOS: every machine has its own address for a sensor."""
    saved = replace(LEFT, address="5F1B9E7A-6A0B-4E0E-9E6C-0D3B1C2A4F55")
    same, twin = heard("kickback A"), heard("kickback A", "AA:00:00:00:00:02")
    assert chosen(saved, [heard("kickback B"), same]) is same
    assert chosen(saved, [same, twin]) is None
    assert chosen(replace(saved, name=""), [heard(None)]) is None


def test_another_family_is_another_sensor() -> None:
    assert chosen(replace(LEFT, family="polar"), [heard("kickback A")]) is None
    assert chosen(LEFT, [heard("kickback A", services=[])]) is None
