"""Pages out of the log for the browser: what was trained is there, and what is not is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.cli.errors import BadInputError
from tracker.cli.pages import served
from tracker.journal import Journal, JournalError, journal_path

from .conftest import Kickback


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def trained(folder: Path, kickback: Kickback) -> Path:
    if not journal_path(folder).exists():
        kickback("demo", "--speed", "max", "--reps", 4, "--data-dir", folder)
    return folder


def test_before_anything_was_trained(tmp_path: Path) -> None:
    assert "No sessions yet" in served(tmp_path, "log", "")
    with pytest.raises(ValueError, match="no sessions yet"):
        served(tmp_path, "trends", "")


def test_the_log_leads_to_the_session_and_the_session_back(trained: Path) -> None:
    with Journal.open(journal_path(trained), readonly=True) as journal:
        (one,) = journal.sessions()
    assert f'href="report/{one.uuid[:8]}"' in served(trained, "log", "")
    report = served(trained, "report", one.uuid[:8])
    assert 'href="../log"' in report
    assert "Cable kickback" in report
    assert "Training over time" in served(trained, "trends", "cable")


def test_what_is_not_there_is_said(trained: Path) -> None:
    with pytest.raises((JournalError, BadInputError), match="ffff"):
        served(trained, "report", "ffff")
    with pytest.raises(ValueError, match="no work sets yet"):
        served(trained, "trends", "band")
