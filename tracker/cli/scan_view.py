"""What a scan found, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from tracker.cli.tables import grid
from tracker.sensors.scanning import UNHEARD_DBM, Found
from tracker.wording import MISSING

NOT_KNOWN = "not a sensor that is known"
_STRONG_DBM, _WEAK_DBM = -65, -85
"""On the ankle, a metre or two away, -50 to -70 dBm is usual; below -85 samples get lost."""


def print_found(out: Console, found: Sequence[Found], *, all_: bool) -> None:
    """Print a table, the strongest first."""
    if not found:
        out.print(
            "No device found." if all_ else "No sensor found: is it switched on and near? --all lists every device."
        )
        return
    table = grid()
    for heading in ("name", "family", "address"):
        table.add_column(heading, overflow="ellipsis", no_wrap=True)
    table.add_column("signal", justify="right", no_wrap=True)
    table.add_column("evidence", overflow="fold")
    for one in found:
        family = Text(one.family.name if one.family else MISSING)
        evidence = Text(one.family.evidence) if one.family else Text(NOT_KNOWN, "dim")
        table.add_row(Text(one.name or MISSING), family, Text(one.address), _signal(one.advertisement.rssi), evidence)
    out.print(table)


def found_json(one: Found) -> dict[str, Any]:
    """Return one device for scripts."""
    family = one.family
    return {
        "name": one.name,
        "address": one.address,
        "rssi_dbm": None if one.advertisement.rssi == UNHEARD_DBM else one.advertisement.rssi,
        "family": family.id if family else None,
        "family_name": family.name if family else None,
        "evidence": family.evidence if family else None,
        "rates_hz": list(family.rates_hz) if family else None,
        "cannot": family.cannot if family else None,
    }


def _signal(rssi: int) -> Text:
    if rssi == UNHEARD_DBM:
        return Text("connected", "dim")
    style = "green" if rssi >= _STRONG_DBM else "red" if rssi < _WEAK_DBM else ""
    return Text(f"{rssi} dBm", style)
