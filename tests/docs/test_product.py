"""Every statement about the exercise is shown by a test, or people are told that it cannot be known, or it is open."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = tomllib.loads((Path(__file__).with_name("product.toml")).read_text(encoding="utf-8"))
TOLD_IN = ("README.md", "ACCURACY.md", "tracker/guide.toml", "tracker/exercises.toml")
"""What people read, in files or on their screens."""
STATEMENTS = 38
OPEN = 0
"""So many are not shown whole; whoever closes one lowers this, and nobody raises it."""

each = pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))


@cache
def functions_of(path: str) -> frozenset[str]:
    """Names of a file's test functions, read without importing it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@cache
def told() -> str:
    return " ".join(plain((ROOT / name).read_text(encoding="utf-8")) for name in TOLD_IN)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("**", ""))


def test_every_statement_is_here():
    assert list(ROWS) == [str(number) for number in range(1, STATEMENTS + 1)]


@each
def test_a_row_has_its_parts_and_no_other(row: dict[str, object]):
    assert set(row) <= {"title", "means", "shown", "said", "open"}
    assert row["title"]
    assert row["means"]
    assert row.get("shown") or row.get("said") or row.get("open")


@each
def test_what_shows_it_is_a_test(row: dict[str, list[str]]):
    for node in row.get("shown", []):
        path, _, name = node.partition("::")
        assert name in functions_of(path), node


@each
def test_what_cannot_be_known_is_said(row: dict[str, list[str]]):
    for sentence in row.get("said", []):
        assert plain(sentence) in told(), sentence


def test_what_is_open_becomes_less():
    left = [number for number, row in ROWS.items() if "open" in row]
    assert len(left) == OPEN, f"open: {', '.join(left)}"
