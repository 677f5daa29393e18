"""The page in Chromium with the network off: nothing is asked for, zoom and hover work, it fits a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker.coaching.range_band import RangeBand
from tracker.coaching.targets import targets_of
from tracker.exercises import exercise
from tracker.exports.workout import workout_of_file
from tracker.report import report_of
from tracker.report.page import render

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
RECORDINGS = Path(__file__).parents[2] / "recordings"


class Opened:
    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    band = RangeBand(30.0, 36.0, 42.0)
    workout = workout_of_file(RECORDINGS / "walking-between-sets.mcap", exercise("cable"), band=band)
    path = tmp_path_factory.mktemp("report") / "page.html"
    report = report_of(workout, lambda _: targets_of(exercise("cable"), band=band))
    path.write_text(render(report), encoding="utf-8")
    sandbox = [] if not hasattr(os, "geteuid") or os.geteuid() else ["--no-sandbox"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
        one = Opened(context.new_page())
        one.page.goto(path.as_uri())
        yield one
        browser.close()


def test_no_request_leaves_it_and_nothing_complains(opened: Opened) -> None:
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1
    assert opened.complaints == []


def test_hover_says_time_and_angle(opened: Opened) -> None:
    opened.page.locator("figure.strip svg.data").hover(position={"x": 300, "y": 60})
    assert opened.page.locator("#tip").is_visible()
    assert "°" in opened.page.locator("#tip").inner_text()
    bar = opened.page.locator("rect.bar").first
    bar.hover()
    assert "repetition 1: lift" in opened.page.locator("#tip").inner_text()


def test_dragging_looks_closer_and_whole_goes_back(opened: Opened) -> None:
    strip = opened.page.locator("figure.strip")
    data = strip.locator("svg.data")

    def seconds() -> list[float]:
        return [float(n) for n in data.get_attribute("viewBox").split()]

    whole = seconds()
    back = data.locator(".back")
    back.scroll_into_view_if_needed()
    box = back.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 50)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50, steps=4)
    opened.page.mouse.up()
    assert seconds()[2] == pytest.approx(whole[2] / 4, rel=0.1)
    assert seconds()[0] == pytest.approx(whole[0] + whole[2] / 4, rel=0.1)
    strip.locator("button", has_text="whole").click()
    assert seconds() == pytest.approx(whole)
    strip.locator("button[title=closer]").click()
    assert seconds()[2] == pytest.approx(whole[2] / 2)
    data.dblclick()
    assert seconds() == pytest.approx(whole)


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_it_fits_the_screen(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
