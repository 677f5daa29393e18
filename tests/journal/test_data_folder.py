from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from tracker.journal import data_folder, journal_path, recordings_folder


def test_what_was_asked_for_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KICKBACK_DATA_DIR", str(tmp_path / "environment"))
    assert data_folder(tmp_path / "asked") == tmp_path / "asked"
    assert data_folder() == tmp_path / "environment"


@pytest.mark.parametrize("value", [None, ""])
def test_the_systems_place_is_the_last_resort(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KICKBACK_DATA_DIR", raising=False)
    if value is not None:
        monkeypatch.setenv("KICKBACK_DATA_DIR", value)
    assert data_folder(None) == platformdirs.user_data_path("kickback", appauthor=False)


def test_the_folder_is_absolute_and_not_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = data_folder(Path("here"))
    assert folder == tmp_path / "here"
    assert not folder.exists()
    assert (journal_path(folder), recordings_folder(folder)) == (
        folder / "journal.sqlite3",
        folder / "recordings",
    )


def test_home_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KICKBACK_DATA_DIR", "~/training")
    assert data_folder() == Path.home() / "training"
