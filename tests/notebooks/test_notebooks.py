"""The notebooks run from top to bottom, and are committed with small outputs that say nothing of the machine.

Renew the outputs with ``pytest tests/notebooks --update-notebooks``.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST_BYTES = 500_000
MAY_IMPORT = {"tracker", "firmware_protocol", "numpy", "pandas", "matplotlib", *sys.stdlib_module_names}
NEEDED = ("nbformat", "nbclient", "ipykernel", "pandas", "matplotlib")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


def outputs(path: Path) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each
def test_runs_from_top_to_bottom(path: Path, monkeypatch: pytest.MonkeyPatch, update_notebooks: bool) -> None:
    for module in NEEDED:
        pytest.importorskip(module, reason="needs the notebooks extra: pip install 'kickback-tracker[notebooks]'")
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    kernel = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", record_timing=False, resources=kernel).execute()
    said = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    assert not said
    if update_notebooks:
        notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
        nbformat.write(notebook, path)


@each
def test_is_committed_with_small_outputs(path: Path) -> None:
    assert path.stat().st_size < LARGEST_BYTES
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    numbers = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any("image/png" in output.get("data", {}) for output in outputs(path))
    assert not [output for output in outputs(path) if output["output_type"] == "error"]


@each
def test_says_nothing_of_the_machine(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)  # letters in it mean nothing
    text = json.dumps(notebook, ensure_ascii=False)
    for place in (str(Path.home()), str(ROOT), sys.prefix, "/home/", "/Users/", "C:\\\\"):
        assert place not in text, place


@each
def test_imports_the_program_and_what_its_extra_has(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= MAY_IMPORT
