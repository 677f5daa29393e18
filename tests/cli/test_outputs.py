"""What is written where: nothing is destroyed by accident, nothing is half there, names are the person's own."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path
from shutil import copy

import pytest

from .conftest import Kickback
from .test_bad_input import one_line

UNPRIVILEGED = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing stops root")


@pytest.mark.parametrize("what", ["reps", "samples"])
def test_an_export_replaces_nothing(kickback: Kickback, files: dict[str, Path], tmp_path: Path, what: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("precious")
    arguments = ["export", files["mcap"], "--what", what, "-o", path]
    one_line(kickback(*arguments), str(path), "already exists", "--force")
    assert path.read_text() == "precious"
    assert kickback(*arguments, "--force").code == 0
    assert path.read_text() != "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("more", [[], ["--force"]])
@pytest.mark.parametrize("what", ["reps", "samples"])
def test_an_export_spares_its_own_input(
    kickback: Kickback, files: dict[str, Path], tmp_path: Path, more: list[str], what: str
) -> None:
    own = Path(copy(files["mcap"], tmp_path / "own.mcap"))
    before = own.read_bytes()
    one_line(kickback("export", own, "--what", what, "-o", own, *more), str(own), "is what is read")
    (tmp_path / "same.csv").symlink_to(own)
    one_line(kickback("export", own, "--what", what, "-o", tmp_path / "same.csv", *more), "is what is read")
    assert own.read_bytes() == before


def test_an_export_spares_the_session_s_recording(kickback: Kickback, data: Path) -> None:
    kickback("demo", "--speed", "max", "--reps", "3")
    (path,) = (data / "recordings").iterdir()
    for what in ("reps", "samples"):
        one_line(kickback("export", "last", "--what", what, "-o", path, "--force"), str(path), "is what is read")


@pytest.mark.parametrize("command", ["export", "simulate"])
def test_what_is_no_file_is_never_replaced(
    kickback: Kickback, files: dict[str, Path], tmp_path: Path, command: str
) -> None:
    folder, link, pipe = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"
    folder.mkdir()
    link.symlink_to(files["truth"])
    os.mkfifo(pipe)
    source = [files["mcap"]] if command == "export" else []
    for path in (folder, link, pipe):
        one_line(kickback(command, *source, "-o", path, "--force"), str(path), "not a regular file")
    assert sorted(tmp_path.iterdir()) == [folder, link, pipe]
    assert link.is_symlink()
    assert pipe.is_fifo()


def test_a_failure_leaves_nothing(kickback: Kickback, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time\n1\n")
    for what in ("reps", "samples"):
        one_line(kickback("export", bad, "--what", what, "-o", tmp_path / "x.csv"), str(bad))
    one_line(kickback("export", bad, "-o", tmp_path / "no" / "x.csv"), "no folder")
    assert list(tmp_path.iterdir()) == [bad]


@UNPRIVILEGED
def test_a_read_only_folder(kickback: Kickback, files: dict[str, Path], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for arguments in (["export", files["mcap"]], ["simulate"]):
        done = kickback(*arguments, "-o", tmp_path / "x.csv")
        one_line(done, str(tmp_path / "x.csv"), "permission denied")
        assert ".kickback-" not in done.err
    tmp_path.chmod(0o700)


def test_names_of_files_aside_do_not_leak(
    kickback: Kickback, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / ".kickback-xyz"))

    monkeypatch.setattr("tracker.cli.outputs.TemporaryDirectory", refuse)
    path = tmp_path / "x.csv"
    done = kickback("export", files["mcap"], "-o", path)
    one_line(done, f"{path}: cannot write: permission denied")


def test_repetitions_are_compressed(kickback: Kickback, files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "reps.csv.gz"
    assert kickback("export", files["mcap"], "-o", path).code == 0
    assert gzip.decompress(path.read_bytes()).decode() == kickback("export", files["mcap"]).out


def test_numbers_of_repetitions_are_short(kickback: Kickback, files: dict[str, Path]) -> None:
    rows = list(csv.DictReader(kickback("export", files["csv"]).out.splitlines()))
    cells = [cell for row in rows for name, cell in row.items() if name.endswith(("_s", "_deg"))]
    assert cells
    assert all(len(cell.partition(".")[2]) <= 6 for cell in cells)
