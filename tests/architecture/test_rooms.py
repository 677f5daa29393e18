"""Imports run downwards only, and the core stays pure: read from the source, not from what happens to run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tracker"

# What people touch stands on the live loop and the batch, these on the edges, and so on down.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("exercises", "rules"),
    ("guide",),
    ("motion",),
    ("coaching",),
    ("sensors", "recording", "journal"),
    ("wording", "not_counted"),
    ("commands", "next_session", "imports", "trends"),
    ("live", "batch", "stream", "contract", "analysis", "playback", "rescore"),
    ("exports",),
    ("api",),
    ("cli", "__main__", "web", "report"),
)
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
BESIDE = {"simulation"}
"""The simulated leg is a room of its own, above the protocol; demos and tests use it, the core never."""

PURE_FORBIDS = {
    "asyncio",
    "bleak",
    "sqlite3",
    "pandas",
    "scipy",
    "time",
    "logging",
    "random",
    "threading",
    "subprocess",
    "socket",
    "pathlib",
    "os",
    "io",
    "mcap",
    "typer",
    "platformdirs",
}
LONGEST_FILE = 450


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """Room of ``tracker.room.file``; None outside the package and for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "tracker" and len(parts) > 1 else None


def imported(path: Path, *, tree: ast.AST | None = None) -> Iterator[str]:
    """Full names of what a file imports, wherever in it."""
    package = name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree or ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield whole
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def ids(paths: list[Path]) -> list[str]:
    return [str(p.relative_to(ROOT)) for p in paths]


each_module = pytest.mark.parametrize("path", modules(), ids=ids(modules()))
PURE = [p for p in modules() if room_of(name_of(p)) in ("motion", "coaching")]
each_pure = pytest.mark.parametrize("path", PURE, ids=ids(PURE))


def test_every_room_has_its_floor():
    rooms = {room_of(name_of(p)) for p in modules()} - {None}
    assert rooms <= set(FLOOR) | BESIDE, f"say where {sorted(rooms - set(FLOOR) - BESIDE)} belong"


@each_module
def test_imports_run_downwards(path: Path):
    room = room_of(name_of(path))
    if room not in FLOOR:
        return
    for other in imported(path):
        target = room_of(other)
        if target is None or target == room or target not in FLOOR:
            continue
        assert FLOOR[target] <= FLOOR[room], f"{name_of(path)} imports {other}, which stands above it"


@each_module
def test_neighbours_at_the_edges_do_not_know_each_other(path: Path):
    """A recording does not know the journal, and the journal no sensor."""
    edges = {"recording", "journal"}
    room = room_of(name_of(path))
    if room in edges:
        assert not {room_of(other) for other in imported(path)} & (edges - {room})


@each_pure
def test_the_core_is_pure(path: Path):
    for other in imported(path):
        assert other.split(".")[0] not in PURE_FORBIDS, f"{name_of(path)} imports {other}"
        assert room_of(other) not in BESIDE, f"{name_of(path)} imports {other}"


@each_pure
def test_the_core_opens_nothing_and_is_not_async(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            forbidden = {"open", "print", "input", "read_text", "write_text", "exec", "eval", "save", "load"}
            assert called not in forbidden, f"{path.name}:{node.lineno} calls {called}"


@each_pure
def test_modules_of_the_core_hold_no_state(path: Path):
    """At module level stand constants: nothing that could be changed, and nothing is changed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        values = [node.value] if isinstance(node, ast.Assign | ast.AnnAssign) and node.value else []
        names = {t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)}
        if names <= {"__all__"} and names:
            continue
        for value in values:
            mutable = ast.List | ast.Set | ast.ListComp | ast.SetComp | ast.DictComp
            inner = list(ast.walk(value))
            assert not any(isinstance(n, mutable) for n in inner), f"{path.name}:{node.lineno}"
            made = {n.func.id for n in inner if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            assert not made & {"list", "dict", "set", "deque", "defaultdict", "bytearray", "Counter"}
    assert not any(isinstance(node, ast.Global) for node in ast.walk(tree))


PROTOCOL = sorted((ROOT / "firmware_protocol").rglob("*.py"))


@pytest.mark.parametrize("path", PROTOCOL, ids=ids(PROTOCOL))
def test_the_protocol_needs_the_standard_library_only(path: Path):
    for other in imported(path):
        top = other.split(".")[0]
        assert top == "firmware_protocol" or top in sys.stdlib_module_names, f"{path.name} imports {other}"


@each_module
def test_only_the_journal_speaks_sql(path: Path):
    if "sqlite3" in {other.split(".")[0] for other in imported(path)}:
        assert room_of(name_of(path)) == "journal"


@each_module
def test_files_stay_readable(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{name_of(path)} has {lines} lines: has it still one purpose?"


@each_module
def test_every_file_says_what_it_is(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def loaded_by(module: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after importing one."""
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["tracker", "tracker.motion", "tracker.motion.engine", "tracker.exercises"])
def test_importing_the_core_loads_nothing_heavy(module: str):
    heavy = {"scipy", "pandas", "matplotlib", "typer", "asyncio", "bleak", "sqlite3", "mcap"}
    assert not loaded_by(module) & heavy


def test_importing_the_package_loads_almost_nothing():
    assert "numpy" not in loaded_by("tracker")
