from __future__ import annotations

import ast
import re
from pathlib import Path

import tracker

ROOT = Path(tracker.__file__).parent
HOME = ROOT / "journal" / "sql.py"
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s+\w"
    r"|(CREATE|ALTER|DROP)\s+(UNIQUE\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s|BEGIN\s+IMMEDIATE|^(BEGIN|COMMIT|ROLLBACK)$)",
    re.DOTALL,
)


def texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_the_search_finds_sql() -> None:
    assert len([text for text in texts(HOME) if SQL.search(text)]) > 20


def test_sql_stands_in_one_module() -> None:
    found = [
        (path.name, text) for path in ROOT.rglob("*.py") if path != HOME for text in texts(path) if SQL.search(text)
    ]
    assert found == []


def test_only_the_journal_uses_sqlite() -> None:
    importing = {
        path.parent
        for path in ROOT.rglob("*.py")
        if re.search(r"^\s*(import|from) sqlite3\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importing == {HOME.parent}


def test_sql_holds_no_values_of_its_own() -> None:
    # Values go in as parameters; a formatted string could carry a device's name.
    for path in (ROOT / "journal").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("execute", "executemany"):
                assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), f"{path.name}:{node.lineno}"
