"""The page in a real browser: a session from its start to its summary, and what it looks like."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tracker.coaching.board import BoardState

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


def pictured(page, path, *, whole=False):
    """Take a picture, of a page that is nowhere wider than its screen."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path.name
    page.screenshot(path=path, full_page=whole)


def in_sight(page: Any, what: str) -> None:
    """Nobody has to look for it."""
    box, height = page.locator(what).bounding_box(), page.viewport_size["height"]
    assert box is not None, what
    assert 0 <= box["y"] <= box["y"] + box["height"] <= height, f"{what} is in sight"


def accessible(page: Any) -> None:
    found = axe.Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_session_from_start_to_summary(browser: Any, served: Served, tmp_path: Path) -> None:
    shots, address = Path(os.environ.get("KICKBACK_SCREENSHOTS", tmp_path)), served.address
    phone, wrong = opened(browser, address, PHONE)
    accessible(phone)
    in_sight(phone, "#go")
    phone.click("#questions input >> nth=0")
    assert "ask a doctor" in phone.inner_text("#screening-advice")
    for summary in ("Before the set", "Today", "Sound and remarks"):
        phone.click(f"summary >> text={summary}")
    accessible(phone)
    pictured(phone, shots / "start-phone.png", whole=True)
    beside, _ = opened(browser, address, LAPTOP)
    pictured(beside, shots / "start-laptop.png", whole=True)
    beside.close()
    phone.click("#questions input >> nth=0")
    phone.fill("#load", "7.5")
    phone.select_option("#placement", "accessory")
    phone.check("#listen")
    phone.click("button.go >> text=Start")
    phone.wait_for_function("kickback.state().board?.count >= 1", timeout=40_000)
    laptop, wrong_there = opened(browser, address, LAPTOP)
    laptop.wait_for_function("kickback.state().board.phase === 'hold'", timeout=20_000)
    pictured(laptop, shots / "live-laptop.png")
    accessible(laptop)
    phone.wait_for_function("kickback.state().board.count === 3", timeout=40_000)
    pictured(phone, shots / "live.png")
    assert phone.inner_text("#count") == laptop.inner_text("#count") == "3"
    in_sight(phone, "#stop")

    laptop.keyboard.press("u")
    phone.wait_for_function("kickback.state().board.count === 2", timeout=3000)
    served.drop()
    phone.wait_for_function("kickback.state().board.message.startsWith('sensor lost')", timeout=5000)
    laptop.wait_for_function("document.getElementById('sensor').textContent.includes('sensor')", timeout=3000)
    pictured(laptop, shots / "lost-laptop.png")
    phone.wait_for_function("kickback.state().board.message === 'sensor back'", timeout=15_000)
    phone.wait_for_function("kickback.state().board.sensors[0].link === 'up'", timeout=15_000)
    phone.reload()
    phone.wait_for_function("kickback.state()?.board?.count >= 2", timeout=5000)
    phone.click("text=End set")
    phone.wait_for_selector("#after:not([hidden])", timeout=5000)
    assert phone.locator("#reps tr").count() >= 2
    for what in ("#stop", "#words", "#answers legend >> nth=0"):
        in_sight(phone, what)
    accessible(phone)
    pictured(phone, shots / "after-phone.png")
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
    laptop.click("text=Correct this set")
    assert laptop.input_value("#edit-added") == "2", "what another device has kept"
    laptop.fill("#edit-load", "8")
    laptop.click("text=Keep corrections")
    phone.click("text=Correct this set")
    accessible(phone)
    pictured(phone, shots / "corrected-phone.png", whole=True)
    pictured(laptop, shots / "corrected-laptop.png", whole=True)
    phone.click("#stop")
    pictured(phone, shots / "stop-phone.png")
    phone.click("#go-on")

    assert phone.evaluate("kickback.state().board.last_set_added") == 2, "only what was changed is kept"
    phone.reload()
    phone.wait_for_selector("body[data-shown]")
    phone.wait_for_selector("text=Listening for")
    laptop.keyboard.press("s")
    laptop.wait_for_function("kickback.state().board.paused", timeout=3000)
    accessible(laptop)
    pictured(laptop, shots / "stop-laptop.png")
    laptop.fill("#why-pain", "4")
    laptop.fill("#why-place", "hip")
    laptop.keyboard.press("Enter")  # with a pain told, that is what is meant
    for page in (phone, laptop):
        page.wait_for_selector("#over:not([hidden])", timeout=15_000)
    accessible(phone)
    pictured(phone, shots / "over-phone.png", whole=True)
    pictured(laptop, shots / "over-laptop.png", whole=True)
    assert phone.locator("#over-sets li").count() >= 1
    assert "1" in phone.evaluate("kickback.spoken") or "3" in laptop.evaluate("kickback.spoken")
    assert wrong == wrong_there == []
    phone.click("#companions span >> nth=0")
    phone.click("#besides button")
    phone.wait_for_selector("#besides", state="hidden", timeout=3000)
    phone.click("#over-report")
    phone.wait_for_selector("h1 >> text=Cable kickback", timeout=8000)
    pictured(phone, shots / "report-phone.png")
    phone.click("text=Sessions")
    phone.wait_for_selector("td a", timeout=5000)
    accessible(phone)
    pictured(phone, shots / "log-phone.png")
    phone.click("text=Training over time")
    phone.wait_for_selector("h2 >> text=Days", timeout=5000)
    accessible(phone)
    pictured(phone, shots / "trends-phone.png", whole=True)
    laptop.goto(address + "log")
    pictured(laptop, shots / "log-laptop.png")
    laptop.goto(address)
    phone.click("text=Train")
    phone.wait_for_selector("#over:not([hidden])", timeout=5000)
    phone.click("text=New session")
    phone.wait_for_selector("#start:not([hidden])", timeout=3000)
    assert phone.inner_text("#next-headline").startswith("Less"), "it hurt"
    accessible(phone)
    pictured(phone, shots / "next-phone.png", whole=True)
    phone.fill("#load", "9")
    phone.select_option("#exercise", "band")
    assert phone.input_value("#load") == "", "a load belongs to one exercise"
    phone.select_option("#exercise", "cable")
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


def test_stop_can_be_spoken_and_closing_every_page_stops_nothing(browser: Any, served: Served) -> None:
    address = served.address
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
    assert wrong == []
    again, _ = opened(browser, address, LAPTOP)
    again.wait_for_selector("#live:not([hidden])", timeout=5000)
    again.wait_for_function("kickback.state().board.count >= 1", timeout=40_000)
    served.process.send_signal(signal.SIGSTOP)  # what is sent goes nowhere, and no link is closed
    again.keyboard.press("s")
    again.click("#why >> text=Tired")
    again.wait_for_selector("#banners .unsent:not([hidden])", timeout=3000)
    again.wait_for_selector("#offline:not([hidden])", timeout=8000)
    served.process.send_signal(signal.SIGCONT)
    again.wait_for_selector("#over:not([hidden])", timeout=20_000)
    assert not again.is_visible("#banners .unsent")


def test_in_the_network_a_wrong_token_gets_nothing(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path, "--lan") as one:
        page, _ = opened(browser, one.address, PHONE)
        assert page.is_visible("button.go")
        for wrong in (one.address.partition("?")[0], one.address[:-1] + ("a" if one.address[-1] != "a" else "b")):
            answer = browser.new_context().request.get(wrong)
            assert (answer.status, answer.body()) == (404, b"")


class Desk:
    """Stands in for the server: says what the test tells it, and keeps what it is sent."""

    def __init__(self, page: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.state: dict[str, Any] = page.evaluate("kickback.state()")
        self.up = True
        self.page, self._wires = page, list[Any]()
        page.route_web_socket(re.compile("/live"), self._wired)
        page.reload()
        page.wait_for_selector("body[data-shown]")

    def _wired(self, wire: Any) -> None:
        if not self.up:
            wire.close()
            return
        wire.on_message(lambda text: self.sent.append(json.loads(text)))
        self._wires = [wire]
        self._tell()

    def _tell(self) -> None:
        for wire in self._wires:
            wire.send(json.dumps({"state": self.state, "cues": []}))

    def say(self, **changed: Any) -> None:
        self.state |= changed
        self._tell()
        self.page.wait_for_timeout(100)

    def live(self, **board: Any) -> None:
        row = {"flags": [], "tempo_in_band": True, "range_in_band": None, "range_deg": 40, "hold_s": 1, "peak": 7}
        done = row | {"rep": 1, "concentric_s": 2, "eccentric_s": 3}
        shown = asdict(BoardState(exercise="Cable kickback", set_number=2, sets=3)) | {"last_set": [done]} | board
        sets = [{"set": number, "side": "left", "words": "", "planned": number == 1} for number in (1, 2)]
        levels = {"count": "full"}
        said = {"session": "abc", "board": shown, "sets": sets, "levels": levels, "begun": True, "ending": False}
        self.say(screen="live", **said)

    def hang_up(self) -> None:
        self.up = False
        self._wires.pop().close()
        self.page.wait_for_selector("#offline:not([hidden])", timeout=3000)

    def back(self) -> None:
        self.up = True
        self.page.wait_for_selector("#offline", state="hidden", timeout=9000)
        self.page.wait_for_timeout(100)


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("idle")) as one:
        yield one


@pytest.fixture
def desk(browser: Any, idle: Served) -> Desk:
    return Desk(opened(browser, idle.address, PHONE)[0])


def test_what_is_said_of_a_set_is_said_of_the_one_that_is_shown(desk: Desk) -> None:
    """The strap was checked after it: that is number 2 in the log."""
    page = desk.page
    desk.live(last_set_number=1, last_set_added=3)
    page.click("#reps button")
    page.click("text=Correct this set")
    page.select_option("#edit-side", "right")
    page.click("text=Keep corrections")
    page.click("text=Keep answers")
    page.wait_for_timeout(200)
    told = [(one["do"], one["set"], one.get("what"), one.get("value")) for one in desk.sent]
    assert told == [("correct", 1, "deleted", [7]), ("correct", 1, "side", "right"), ("answers", 1, None, None)]
    desk.say(answered=[1], advice=["less, next time"])
    assert not page.is_visible("#answers")
    assert page.is_visible("#advice")


def test_who_does_not_want_to_swing_leaves_the_strap_unchecked(desk: Desk) -> None:
    page = desk.page
    desk.live(checking=True)
    page.click("text=Leave unchecked")
    page.wait_for_timeout(200)
    assert [one["do"] for one in desk.sent] == ["check"]
    desk.live(checking=False)
    assert page.inner_text("#check") == "Check strap"


def test_stop_waits_for_the_link_and_nothing_else_does(desk: Desk) -> None:
    page = desk.page
    desk.live(last_set_number=1)
    desk.hang_up()
    page.click("#pause")
    assert "Not sent" in page.inner_text("#trouble")
    page.keyboard.press("s")
    page.click("#why >> text=Tired")
    page.wait_for_selector("#banners .unsent:not([hidden])", timeout=3000)
    desk.back()
    assert [(one["do"], one.get("reason")) for one in desk.sent] == [("stop", "fatigue")]
    desk.say(ending=True)
    assert not page.is_visible("#banners .unsent")
    desk.live()
    desk.hang_up()
    page.keyboard.press("s")
    page.click("#why >> text=Tired")
    desk.state["session"] = "another"
    desk.back()
    assert len(desk.sent) == 1, "it was not meant for the next session"
    page.wait_for_selector("#banners .unsent", state="hidden", timeout=3000)


def test_a_voice_stop_that_is_off_says_so(desk: Desk) -> None:
    page = desk.page
    desk.say(screen="start")
    page.click("summary >> text=Sound and remarks")
    page.check("#listen")
    desk.live()
    assert page.inner_text("#ears").startswith("Listening")
    page.evaluate("ears.onerror({ error: 'not-allowed' })")
    assert "off: the browser may not use the microphone" in page.inner_text("#ears")
    page.click("#ears-on")
    page.evaluate("hear('stop')")
    page.wait_for_selector("#why[open]", timeout=3000)
    page.reload()
    page.wait_for_selector("text=Listening for", timeout=3000)


def test_a_pain_that_is_no_number_is_said_and_keeps_nobody_from_going_on(desk: Desk) -> None:
    page = desk.page
    desk.live()
    page.keyboard.press("s")
    for typed, wrong in (("e", "enter a number"), ("11", "less than or equal to 10")):
        page.fill("#why-pain", "")
        page.locator("#why-pain").press_sequentially(typed)
        page.click("#why >> text=Tired")
        assert wrong in page.eval_on_selector("#why-pain", "field => field.validationMessage")
        assert page.is_visible("#why")
    page.click("#go-on")
    assert not page.is_visible("#why")
    assert {one["do"] for one in desk.sent} <= {"pause", "resume"}


def test_the_form_keeps_what_is_so_and_no_more(desk: Desk) -> None:
    page = desk.page
    day = desk.state["day"] | {"screening": {"questions": ["hurt?", "old?"], "advice": "ask"}}
    desk.say(screen="over")
    desk.say(screen="start", day=day)
    page.check("#questions input >> nth=1")
    desk.live()
    desk.say(screen="start", trouble="no sensor")
    assert page.is_checked("#questions input >> nth=1"), "the sensor was not found: nobody answers again"
    desk.live()
    desk.say(screen="over", trouble="")
    plan = {"sets": 2, "reps": [4, 6], "tempo": "2-1-4-0", "rest_s": 45, "goal": "strength", "sides": ["right"]}
    cut = {"at": "2026-03-01 10:00", "sets": 1, "exercise": "band", "plan": plan | {"warm_up": 1, "load_kg": 5}}
    cut["plan"]["label"] = "red"
    desk.say(screen="start", unfinished=cut)
    assert not page.is_checked("#questions input >> nth=1"), "another session"
    assert (page.input_value("#exercise"), page.is_disabled("#exercise")) == ("band", True)
    page.click("#go")
    page.wait_for_timeout(200)
    start = desk.sent[-1]
    assert start.items() >= {"do": "start", "resume": True, "exercise": "band", "sets": 2, "from": 4}.items()
    assert start.items() >= {"goal": "strength", "warm_up": 1, "load_kg": "5", "label": "red"}.items()
    page.uncheck("#resume")
    assert (page.is_enabled("#exercise"), page.is_enabled("#sets")) == (True, True)
