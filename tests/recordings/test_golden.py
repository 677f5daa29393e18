"""What is found in the recordings, against the last accepted output.

Renew with ``pytest tests/recordings --update-golden``; a line under "Measured changes" in CHANGELOG.md goes with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import NAMES, analysis

GOLDEN = Path(__file__).parent / "golden"
TOLERANCES = {
    "_deg_s": 0.1,
    "_deg": 0.02,
    "_s": 0.002,
    "_s2": 0.01,
    "sparc": 0.01,
    "axis": 0.001,
    "value": 0.1,
    "limit": 0.1,
}
"""By the end of a name; machines and versions of numpy differ in the last bits. Everything else must be the same."""
NOT_COMPARED = ("file", "algorithm_version")


def golden_of(name: str) -> Path:
    return GOLDEN / f"{name}.json"


def said(name: str) -> dict[str, Any]:
    """Return the contract's JSON, but for where the file is."""
    return {key: value for key, value in analysis(name).to_json().items() if key != "file"}


def differences(now: Any, before: Any, where: str = "", key: str = "") -> Iterator[str]:
    """Yield a line for each place where two outputs differ."""
    if isinstance(now, dict) and isinstance(before, dict):
        for name in {**before, **now}:
            if name not in NOT_COMPARED:
                yield from differences(now.get(name), before.get(name), f"{where}.{name}", name)
    elif isinstance(now, list) and isinstance(before, list) and len(now) == len(before):
        for i, (a, b) in enumerate(zip(now, before, strict=True)):
            yield from differences(a, b, f"{where}[{i}]", key)
    elif isinstance(now, float) and isinstance(before, float):
        allowed = next((limit for end, limit in TOLERANCES.items() if key.endswith(end)), 0.0)
        if abs(now - before) > allowed + 1e-9:
            yield f"{where}: {now}, was {before}"
    elif key == "detail":  # the numbers in it are rounded
        if _without_numbers(now) != _without_numbers(before):
            yield f"{where}: {now!r}, was {before!r}"
    elif now != before:
        yield f"{where}: {now!r}, was {before!r}"


def _without_numbers(text: object) -> str:
    return re.sub(r"\d+(\.\d+)?", "#", str(text))


@pytest.mark.parametrize("name", NAMES)
def test_as_last_accepted(name: str, update_golden: bool) -> None:
    path = golden_of(name)
    if update_golden:
        path.write_text(json.dumps(said(name), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if not path.exists():
        pytest.fail(f"{path.name} is missing: see pytest tests/recordings --update-golden")
    found = list(differences(said(name), json.loads(path.read_text(encoding="utf-8"))))
    assert not found, "\n".join(found)


def test_nothing_else_is_kept() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == NAMES


def test_what_counts_as_different() -> None:
    before = {
        "file": "a",
        "sets": [{"start_s": 1.0, "range_deg": 30.0, "peak_speed_deg_s": 60.0, "flags": []}],
        "rej": [],
    }

    def now(**changed: Any) -> list[str]:
        return list(differences({**before, "sets": [{**before["sets"][0], **changed}]}, before))

    assert now(start_s=1.0019, range_deg=30.019, peak_speed_deg_s=60.09) == []
    assert now(start_s=1.003) == [".sets[0].start_s: 1.003, was 1.0"]
    assert len(now(range_deg=30.03)) == len(now(peak_speed_deg_s=60.2)) == 1
    assert len(now(start_s=None)) == len(now(flags=["gap"])) == len(now(extra=1.0)) == 1
    assert list(differences({"sets": []}, {"sets": [1]}))
    assert not list(differences({"detail": "range 7° < 10°"}, {"detail": "range 6.9° < 10°"}))
    assert list(differences({"detail": "23 steps"}, {"detail": "range 6.9° < 10°"}))
