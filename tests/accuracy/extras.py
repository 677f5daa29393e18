"""What stands beside the sweep: the place where others' figures enter the report.

``sections/NAME.md`` is put into the report as it stands, in the order of ``SECTIONS``, if it is there. Form flags are
scored by ``form.py``.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cells import SEALED_FROM
from .form import TUNED, form_table

SECTIONS = ("limits", "travel", "race")
FOLDER = Path(__file__).parent / "sections"
FORM_SEEDS = {"tuned": TUNED, "sealed": range(SEALED_FROM, SEALED_FROM + len(TUNED))}


def sections() -> str:
    """Sections written by hand from others' figures."""
    paths = [FOLDER / f"{name}.md" for name in SECTIONS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


def form() -> dict[str, list[dict[str, Any]]]:
    """Rows of the form table by seed range."""
    return {name: [asdict(row) for row in form_table(seeds)] for name, seeds in FORM_SEEDS.items()}
