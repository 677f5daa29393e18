"""What stands beside the sweep: the place where others' figures enter the report.

``sections/NAME.md`` is put into the report as it stands, in the order of ``SECTIONS``, if it is there. Form flags are
scored by ``form.py``.
"""

from __future__ import annotations

import importlib.util
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cells import SEALED_FROM

SECTIONS = ("travel", "race")
FOLDER = Path(__file__).parent / "sections"
FORM_SEEDS = {"tuned": range(16), "sealed": range(SEALED_FROM, SEALED_FROM + 16)}


def sections() -> str:
    """Sections written by hand from others' figures."""
    paths = [FOLDER / f"{name}.md" for name in SECTIONS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


def form() -> dict[str, list[dict[str, Any]]]:
    """Rows of the form table by seed range; none where form flags are not scored yet."""
    if importlib.util.find_spec(f"{__package__}.form") is None:
        return {}
    table = importlib.import_module(f"{__package__}.form").form_table
    return {name: [asdict(row) for row in table(seeds)] for name, seeds in FORM_SEEDS.items()}
