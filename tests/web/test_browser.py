"""The page in a real browser: a session from its start to its summary, and what it looks like."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.filterwarnings("default"),
]
PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"}
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A page with a simulated sensor, in a process of its own."""

    address: str
    process: subprocess.Popen[str]

    def drop(self) -> None:
        """Break the sensor's link."""
        assert self.process.stdin is not None
        self.process.stdin.write("drop\n")
        self.process.stdin.flush()


@contextmanager
def serving(folder: Path, *how: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "tests.web.dropping", "--data-dir", str(folder)]
    command += ["coach", "--sensor", "virtual", "--port", "0", *how]
    environment, pipe = os.environ | {"PYTHONUNBUFFERED": "1"}, subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True, env=environment) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            yield Served(found.group(), process)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("page")) as one:
        yield one


@pytest.fixture
def address(served: Served) -> str:
    return served.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


EARS = """window.SpeechRecognition = window.webkitSpeechRecognition = class {
  start() { window.ears = this; }
  abort() { window.ears = null; }
};
window.hear = (words) => window.ears?.onresult({ resultIndex: 0, results: [[{ transcript: words }]] });"""
"""A browser that hears what the test says."""


def opened(browser: Any, address: str, how: dict[str, Any]) -> tuple[Any, list[str]]:
    """A page, and what went wrong in it."""
    page, wrong = browser.new_context(bypass_csp=True, **how).new_page(), []
    page.add_init_script(EARS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.wait_for_selector("body[data-shown]")
    return page, wrong


def accessible(page: Any) -> None:
    found = axe.Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_session_from_start_to_summary(browser: Any, served: Served, tmp_path: Path) -> None:
    shots, address = Path(os.environ.get("KICKBACK_SCREENSHOTS", tmp_path)), served.address
    phone, wrong = opened(browser, address, PHONE)
    accessible(phone)
    phone.click("#questions input >> nth=0")
    assert "ask a doctor" in phone.inner_text("#screening-advice")
    for summary in ("Before the set", "Today", "Sound and remarks"):
        phone.click(f"summary >> text={summary}")
    accessible(phone)
    phone.screenshot(path=shots / "start-phone.png", full_page=True)
    beside, _ = opened(browser, address, LAPTOP)
    beside.screenshot(path=shots / "start-laptop.png", full_page=True)
    beside.close()
    phone.click("#questions input >> nth=0")
    phone.select_option("#placement", "accessory")
    phone.check("#listen")
    phone.click("button.go >> text=Start")
    phone.wait_for_function("kickback.state().board?.count >= 1", timeout=40_000)
    laptop, wrong_there = opened(browser, address, LAPTOP)
    laptop.wait_for_function("kickback.state().board.phase === 'hold'", timeout=20_000)
    laptop.screenshot(path=shots / "live-laptop.png")
    accessible(laptop)
    phone.wait_for_function("kickback.state().board.count === 3", timeout=40_000)
    phone.screenshot(path=shots / "live.png")
    assert phone.inner_text("#count") == laptop.inner_text("#count") == "3"
    box = phone.locator("#stop").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844, "STOP is in sight"

    laptop.keyboard.press("u")
    phone.wait_for_function("kickback.state().board.count === 2", timeout=3000)
    served.drop()
    phone.wait_for_function("kickback.state().board.message.startsWith('sensor lost')", timeout=5000)
    laptop.wait_for_function("document.getElementById('sensor').textContent.includes('sensor')", timeout=3000)
    laptop.screenshot(path=shots / "lost-laptop.png")
    phone.wait_for_function("kickback.state().board.message === 'sensor back'", timeout=15_000)
    phone.wait_for_function("kickback.state().board.sensors[0].link === 'up'", timeout=15_000)
    phone.reload()
    phone.wait_for_function("kickback.state()?.board?.count >= 2", timeout=5000)
    phone.click("text=End set")
    phone.wait_for_selector("#after:not([hidden])", timeout=5000)
    assert phone.locator("#reps tr").count() >= 2
    accessible(phone)
    phone.screenshot(path=shots / "after-phone.png", full_page=True)
    phone.click(".choices[data-name=reserve] span >> nth=2")
    phone.click(".choices[data-name=felt] span >> nth=0")
    phone.click(".choices[data-name=felt] span >> nth=2")
    phone.click("text=Keep answers")
    laptop.wait_for_function("kickback.state().answered.length === 1", timeout=3000)
    phone.wait_for_selector("#answers", state="hidden", timeout=3000)
    assert "lower back" in phone.inner_text("#advice")
    before = phone.locator("#reps tr.gone").count()
    phone.click("#reps tr:not(.gone) button >> nth=0")
    phone.wait_for_function(f"document.querySelectorAll('#reps tr.gone').length === {before + 1}", timeout=3000)
    phone.click("text=Correct this set")
    phone.fill("#edit-added", "2")
    phone.click("text=Keep corrections")
    laptop.wait_for_function("kickback.state().board.last_set_added === 2", timeout=3000)
    phone.click("text=Correct this set")
    accessible(phone)
    phone.screenshot(path=shots / "corrected-phone.png", full_page=True)
    laptop.screenshot(path=shots / "corrected-laptop.png", full_page=True)
    phone.click("#stop")
    phone.screenshot(path=shots / "stop-phone.png")
    phone.click("#go-on")

    phone.context.set_offline(True)  # it stays as it was, and comes back to what is so
    phone.context.set_offline(False)
    phone.reload()  # it listens no more: only a tap may begin that
    phone.wait_for_selector("body[data-shown]")
    laptop.keyboard.press("s")
    laptop.wait_for_function("kickback.state().board.paused", timeout=3000)
    accessible(laptop)
    laptop.screenshot(path=shots / "stop-laptop.png")
    laptop.fill("#why-pain", "4")
    laptop.fill("#why-place", "hip")
    laptop.keyboard.press("Enter")  # with a pain told, that is what is meant
    for page in (phone, laptop):
        page.wait_for_selector("#over:not([hidden])", timeout=15_000)
    accessible(phone)
    phone.screenshot(path=shots / "over-phone.png", full_page=True)
    laptop.screenshot(path=shots / "over-laptop.png", full_page=True)
    assert phone.locator("#over-sets li").count() >= 1
    assert "1" in phone.evaluate("kickback.spoken") or "3" in laptop.evaluate("kickback.spoken")
    assert wrong == wrong_there == []
    phone.click("#companions span >> nth=0")
    phone.click("#besides button")
    phone.wait_for_selector("#besides", state="hidden", timeout=3000)
    phone.click("#over-report")
    phone.wait_for_selector("h1 >> text=Cable kickback", timeout=8000)
    phone.screenshot(path=shots / "report-phone.png")
    phone.click("text=Sessions")
    phone.wait_for_selector("td a", timeout=5000)
    accessible(phone)
    phone.screenshot(path=shots / "log-phone.png")
    phone.click("text=Training over time")
    phone.wait_for_selector("h2 >> text=Days", timeout=5000)
    accessible(phone)
    phone.screenshot(path=shots / "trends-phone.png", full_page=True)
    laptop.goto(address + "log")
    laptop.screenshot(path=shots / "log-laptop.png")
    laptop.goto(address)
    phone.click("text=Train")
    phone.wait_for_selector("#over:not([hidden])", timeout=5000)
    phone.click("text=New session")
    phone.wait_for_selector("#start:not([hidden])", timeout=3000)
    assert phone.inner_text("#next-headline").startswith("Less"), "it hurt"
    accessible(phone)
    phone.screenshot(path=shots / "next-phone.png", full_page=True)
    phone.click("#accept")
    phone.wait_for_function("document.getElementById('next-headline').textContent === 'As you chose.'", timeout=3000)
    assert not phone.is_visible("#next-choice")


def test_what_makes_no_sense_is_said(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, PHONE)
    page.fill("#from", "20")
    page.fill("#to", "10")
    page.click("button.go >> text=Start")
    page.wait_for_selector("#trouble:not([hidden])", timeout=3000)
    assert "repetitions go from 1" in page.inner_text("#trouble")


def test_stop_can_be_spoken_and_closing_every_page_stops_nothing(browser: Any, address: str) -> None:
    page, wrong = opened(browser, address, PHONE)
    assert page.is_visible("text=Last session: today"), "the page knows what was trained"
    assert page.is_visible("#screening") is True, "the session before hurt: it is asked again"
    page.click("summary >> text=Sound and remarks")
    page.check("#listen")
    page.click("button.go >> text=Start")
    page.wait_for_function("kickback.state().board?.sensors.length === 1", timeout=40_000)
    page.evaluate("hear('one more')")
    assert not page.is_visible("#why")
    page.evaluate("hear('please stop')")
    page.wait_for_selector("#why[open]", timeout=3000)
    page.wait_for_function("kickback.state().board.paused", timeout=3000)
    page.click("text=Go on training")
    page.wait_for_function("!kickback.state().board.paused", timeout=3000)
    page.close()
    again, _ = opened(browser, address, LAPTOP)
    again.wait_for_selector("#live:not([hidden])", timeout=5000)
    again.wait_for_function("kickback.state().board.count >= 1", timeout=40_000)
    again.keyboard.press("s")
    again.click("#why >> text=Tired")
    again.wait_for_selector("#over:not([hidden])", timeout=15_000)
    assert wrong == []


def test_in_the_network_a_wrong_token_gets_nothing(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path, "--lan") as one:
        page, _ = opened(browser, one.address, PHONE)
        assert page.is_visible("button.go")
        for wrong in (one.address.partition("?")[0], one.address[:-1] + ("a" if one.address[-1] != "a" else "b")):
            answer = browser.new_context().request.get(wrong)
            assert (answer.status, answer.body()) == (404, b"")
