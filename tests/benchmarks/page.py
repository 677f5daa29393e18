"""From the sensor's notification to the number on the page, in three browsers at once, and what the program takes.

``python -m tests.benchmarks.page [SECONDS]`` (extra `browser`, and Chromium). A simulated sensor at 100 Hz on an
emulated radio, in real time. All use the computer's clock: a notification is stamped when it is decoded, a number when
the browser has put it on the page.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import shutil
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

VIEWERS = 3
WATCH = """() => {
  window.seen = [];
  const count = document.getElementById("count");
  new MutationObserver(() => window.seen.push([count.textContent, Date.now()])).observe(count, {childList: true});
}"""


def browse(address: str, seconds: float, pipe: Connection) -> None:
    """Look on from a process of its own; send what each browser has seen, and when."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages = []
        for _ in range(VIEWERS):
            page = chromium.new_context(bypass_csp=True).new_page()
            page.goto(address)
            page.wait_for_selector("body[data-shown]")
            page.evaluate(WATCH)
            pages.append(page)
        pages[0].click("button.go >> text=Start")
        pages[0].wait_for_timeout(1000 * seconds)
        pipe.send([page.evaluate("window.seen") for page in pages])
        chromium.close()


async def measure(seconds: float, folder: Path) -> tuple[list[float], float]:
    """Return the delays, ms, and the share of a core that the program took."""
    from aiohttp import web

    from tracker.cli.studio import Studio
    from tracker.motion.values import Peak, Rep
    from tracker.stream import Stream
    from tracker.web.server import Page

    came: list[float] = []
    push = Stream.push

    def stamped(self: Stream, item: Any) -> Any:
        at_s = time.time()
        values = push(self, item)
        if any(isinstance(value, Peak | Rep) for value in values):
            came.append(at_s)
        return values

    Stream.push = stamped  # type: ignore[method-assign]
    studio = Studio(folder, virtual=True)
    runner = web.AppRunner(Page(studio).app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here, there = multiprocessing.get_context("spawn").Pipe()
    address = f"http://localhost:{runner.addresses[0][1]}/"
    looking = multiprocessing.get_context("spawn").Process(target=browse, args=(address, seconds, there))
    looking.start()
    while not studio.state()["busy"] and studio.state()["screen"] == "start":
        await asyncio.sleep(0.1)
    used, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    while not here.poll():
        await asyncio.sleep(0.5)
    now, took_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - begun
    share = (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / took_s
    seen = here.recv()
    looking.join()
    await studio.close()
    await runner.cleanup()
    delays = []
    for numbers in seen:
        for text, at_ms in numbers:
            before = [at_s for at_s in came if at_s * 1000 <= at_ms + 1]
            if before and text != "0":
                delays.append(at_ms - before[-1] * 1000)
    return delays, share


def main(seconds: float = 60.0) -> None:
    """Print the delays and the load."""
    with TemporaryDirectory() as folder:
        delays, share = asyncio.run(measure(seconds, Path(folder)))
    p50, p95, most = np.percentile(delays, [50, 95, 100])
    print(f"{len(delays)} numbers on {VIEWERS} pages: median {p50:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms")
    print(f"server, sensor and coach: {share:.1%} of a core (the simulated radio and sensor included)")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
