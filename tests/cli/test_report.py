"""``kickback report``: from a recording and from a session."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.cli.pages import asked_then
from tracker.coaching.range_band import RangeBand
from tracker.journal import Journal, LoggedBand, SetContext, Side, journal_path

from .conftest import ROOT, Kickback

CABLE = ROOT / "recordings" / "cable.mcap"


def test_a_recording(kickback: Kickback, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = kickback("report", CABLE, "-o", page, "--band", "34:44")
    assert (done.code, done.out.strip(), done.err) == (0, str(page), "")
    text = page.read_text(encoding="utf-8")
    assert "Cable kickback" in text
    assert "floor 34°" in text
    assert "ceiling 44°" in text
    assert str(CABLE) not in text  # where a file lies is nobody's business


def test_a_session_by_its_id(kickback: Kickback, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kickback("replay", CABLE).code == 0
    with Journal.open(journal_path(data)) as journal:
        (summary,) = journal.sessions()
        assert summary.exercise == "cable"
    assert kickback("report").code == 0
    (page,) = tmp_path.glob("*.html")
    assert page.name.endswith(f"_{summary.uuid[:8]}.html")
    first = page.read_text(encoding="utf-8")
    assert "polyline" in first
    assert "floor 3" not in first
    assert kickback("report", "last").err.endswith("already exists (--force replaces it)\n")


def test_the_newest_band_before_the_end_counts() -> None:
    began = datetime(2025, 3, 1, 18, tzinfo=UTC)
    ended = began + timedelta(hours=1)

    def band(at: datetime, floor: float, exercise: str = "cable", side: Side | None = "left") -> LoggedBand:
        made = RangeBand(floor, floor + 5, floor + 10)
        return LoggedBand(at=at, exercise=exercise, side=side, band=made, ranges_deg=())

    bands = (
        band(ended + timedelta(days=1), 50.0),
        band(began - timedelta(days=1), 34.0),
        band(began - timedelta(days=9), 20.0),
        band(began, 10.0, side="right"),
        band(began, 15.0, exercise="band"),
    )
    asked = asked_then(bands, ended)
    found = asked(SetContext(exercise="cable", side="left"))
    assert found is not None
    assert found.band is not None
    assert found.band.floor_deg == 34.0
    none = asked(SetContext(exercise="machine", side="left"))
    assert none is not None
    assert none.band is None
    assert asked(SetContext()) is None


def test_twenty_sets_are_quick_and_small(kickback: Kickback, tmp_path: Path) -> None:
    recording, page = tmp_path / "long.mcap", tmp_path / "page.html"
    assert kickback("simulate", "-o", recording, "--sets", "20", "--reps", "12", "--loss", "2").code == 0
    assert kickback("replay", recording).code == 0
    before = time.process_time()
    assert kickback("report", "last", "-o", page).code == 0
    assert time.process_time() - before <= 2.0
    assert page.stat().st_size <= 6e6
    assert page.read_text(encoding="utf-8").count('<section class="set">') == 20


def test_a_cut_off_recording_is_said_to_be_one(kickback: Kickback, tmp_path: Path) -> None:
    done = kickback("report", ROOT / "recordings" / "cut-off.mcap", "-o", tmp_path / "page.html")
    assert done.code == 0
    assert done.err.count("\n") == 1
    said = done.err.rsplit(": ", 1)[1].strip()
    assert said in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_bad_input_leaves_nothing(kickback: Kickback, tmp_path: Path) -> None:
    page, bad = tmp_path / "page.html", tmp_path / "bad.mcap"
    bad.write_bytes(b"nonsense")
    for arguments in (
        ["report", bad],
        ["report", tmp_path / "gone.csv"],
        ["report", "last"],
        ["report", "last", "--band", "34:44"],
        ["report", CABLE, "--band", "44:34"],
    ):
        done = kickback(*arguments, "-o", page)
        assert done.code == 2
        assert done.err.startswith("kickback: ")
        assert done.err.count("\n") == 1
        assert not page.exists()
    done = kickback("report", CABLE, "-o", tmp_path / "nowhere" / "page.html")
    assert done.code == 2


def test_without_its_library(kickback: Kickback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "tracker.report.page", raising=False)
    done = kickback("report", CABLE, "-o", tmp_path / "page.html")
    assert done.code == 2
    assert "kickback-tracker[report]" in done.err
