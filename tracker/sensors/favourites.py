"""The sensors that a person uses: kept in the data folder, so that a session begins without asking.

A sensor is known by its address on this machine, or by family and name: macOS gives every machine an address of its
own for the same sensor, and a folder may move with its person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tracker.recording.model import Side
from tracker.sensors.errors import SensorError
from tracker.sensors.scanning import Found

FILE = "sensors.json"


@dataclass(frozen=True, slots=True)
class Favourite:
    """A sensor that was saved.

    Attributes
    ----------
    family, name, address
        As it was found.
    side
        The leg that wears it, if that was said.
    """

    family: str
    name: str
    address: str
    side: Side | None = None

    def is_it(self, found: Found) -> bool:
        """Return whether a sensor is this one."""
        same_family = found.family is not None and found.family.id == self.family
        return same_family and (found.address == self.address or (bool(self.name) and found.name == self.name))

    def __str__(self) -> str:
        return self.name or self.address


def favourites(folder: Path) -> list[Favourite]:
    """Return what was saved; empty if nothing was.

    Raises
    ------
    SensorError
        The file is damaged.
    """
    path = folder / FILE
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return [_favourite(one) for one in saved["sensors"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise SensorError(f"{path}: is damaged; delete it and save the sensor again (--save)") from error


def save_favourites(folder: Path, sensors: Iterable[Favourite]) -> None:
    """Keep these sensors in place of those that were kept."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{FILE}.new"
    told = {"sensors": [asdict(one) for one in sensors]}
    aside.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(folder / FILE)


def chosen(saved: Favourite, found: Sequence[Found]) -> Found | None:
    """Return the saved sensor among those that are near: by its address, else by its name if only one is called so."""
    same = [one for one in found if saved.is_it(one)]
    by_address = [one for one in same if one.address == saved.address]
    return by_address[0] if by_address else same[0] if len(same) == 1 else None


def _favourite(one: Any) -> Favourite:
    name, family, address, side = (one[key] for key in ("name", "family", "address", "side"))
    if not all(isinstance(text, str) for text in (name, family, address)) or side not in ("left", "right", None):
        raise ValueError(one)
    return Favourite(family, name, address, side)
