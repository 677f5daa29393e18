"""The page of trends: it says what the trends say, and nothing gets out of it."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tracker.journal import TrainingDay, TrendSet
from tracker.report.trends_page import dates, drawn, render, year_drawn
from tracker.trends import IN_BAND, METRICS, Trend, side_by_side, trends_of
from tracker.trends.calendar import Calendar

from ..trends.values import on_day

TODAY = date(2025, 6, 1)
NASTY = "<script>alert(1)</script>\"'&"
RANGE = next(metric for metric in METRICS if metric.id == "range_deg")


def years(sessions: int = 40, **changed: object) -> list[TrendSet]:
    less = {"left": 0.0, "right": 5.0}
    return [
        on_day(3 * i, number, side=side, range_deg=35.0 + i % 4 / 2 - less[side], in_band=min(12, i), **changed)
        for i in range(sessions)
        for number, side in enumerate(("left", "right"), 1)
    ]  # fmt: skip


def days_of(sets: list[TrendSet]) -> Calendar:
    days = dict.fromkeys(one.started_at[:10] for one in sets)
    return Calendar.of([TrainingDay(day, 1, 2, 24) for day in days])


def page_of(sets: list[TrendSet]) -> str:
    return render(trends_of(sets), side_by_side(sets), days_of(sets), TODAY)


def test_it_says_what_the_trends_say() -> None:
    page = page_of(years(placement="alone"))
    assert "cable, alone" in page
    assert re.search(r"range 3\d\.\d° left, 3\d\.\d° right \(-14%; up to \d+% may be noise\)", page)
    assert "return within" not in page
    assert "<dd>40</dd><dt>sessions</dt>" in page
    assert "±0.7°" in page
    assert "95 of 100 repetitions within 0.63°" in page


def test_what_somebody_wrote_is_escaped() -> None:
    page = page_of(years(placement=NASTY, load_label=NASTY, exercise=NASTY))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_one_session_is_a_page_too() -> None:
    page = page_of([on_day(0)])
    assert "<dd>1</dd><dt>sessions</dt>" in page
    assert "1 session<" in page or "1 session ·" in page


def test_a_number_that_one_leg_lacks_is_drawn_of_the_other() -> None:
    page = page_of([on_day(0, side="left", reserve=2), on_day(0, 2, side="right", reserve=None)])
    assert "reserve" in page


def test_it_holds_nothing_to_fetch() -> None:
    page = page_of(years())
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", page)


def one_line(sets: list[TrendSet]) -> list[Trend]:
    return list(trends_of(sets))


def test_a_dot_for_each_session_and_a_line_of_medians() -> None:
    found = one_line(years(10))
    svg = str(drawn(RANGE, [(one.kind.side or "", one.series(RANGE)) for one in found]))
    dots = re.findall(r'<path d="([^"]+)" class="dots (\w+)"', svg)
    assert sorted(side for _, side in dots) == ["left", "right"]
    assert all(path.count("h0") == 10 for path, _ in dots)
    assert len(re.findall(r"<polyline", svg)) == 2
    heights = [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)h0", svg)]
    assert all(20.0 <= y <= 175.0 for y in heights)


def test_a_share_is_drawn_from_nothing_to_all() -> None:
    found = one_line(years(10))
    svg = str(drawn(IN_BAND, [("left", found[0].series(IN_BAND))]))
    assert {"0", "50", "100"} <= set(re.findall(r">(\d+)</text>", svg))


def test_a_year_has_its_days() -> None:
    calendar = Calendar.of([TrainingDay("2024-02-29", 1, 3, 30), TrainingDay("2025-01-01", 2, 6, 60)])
    svg = str(year_drawn(calendar, 2024))
    assert svg.count('class="day level') == 1
    assert "2024-02-29: 3 work sets, 30 repetitions" in svg
    assert svg.count('class="week"') == 53


@pytest.mark.parametrize("days", [1, 2, 5, 20, 40, 100, 400, 800, 1500, 4000])
def test_an_axis_has_a_few_dates_inside_it(days: int) -> None:
    first = date(2020, 2, 15)
    found = dates(first, first + timedelta(days=days))
    assert 1 <= len(found) <= 6
    assert all(first <= day <= first + timedelta(days=days) for day, _ in found)
    assert len({text for _, text in found}) == len(found)


def test_it_fits_the_screen_and_asks_for_nothing(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    path = tmp_path / "trends.html"
    path.write_text(page_of(years()), encoding="utf-8")
    sandbox = [] if not hasattr(os, "geteuid") or os.geteuid() else ["--no-sandbox"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        page = browser.new_context(offline=True).new_page()
        requests: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        for width in (360, 768, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert requests == [path.as_uri()]
    assert complaints == []
