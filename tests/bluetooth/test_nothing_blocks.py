"""While a session runs, its thread waits for nothing: no file is opened or synced, no log written, nobody slept.

Audited where the interpreter itself tells of it, so that it does not matter who calls.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tracker.cli.led import Led
from tracker.journal import database
from tracker.sensors.virtual.radio import Radio

from .seated import START, Seat, firmware

BLOCKS = {"open", "sqlite3.connect", "subprocess.Popen", "socket.getaddrinfo", "shutil.copyfile"}
_watching: list[Callable[[str], None]] = []


def _audit(event: str, _: tuple[object, ...]) -> None:
    if _watching and event in BLOCKS:
        _watching[-1](event)


sys.addaudithook(_audit)  # it stays for good, and does nothing where nobody watches


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What this thread waits for meanwhile."""
    found: list[str] = []
    own = threading.get_ident()

    def note(what: str) -> None:
        if threading.get_ident() == own:
            found.append(what)

    def noted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            note(name)
            return call(*args, **named)

        return wrapped

    with monkeypatch.context() as patched:
        for name in ("fsync", "fdatasync"):
            if hasattr(os, name):
                patched.setattr(os, name, noted(name, getattr(os, name)))
        patched.setattr(time, "sleep", noted("time.sleep", time.sleep))
        patched.setattr(database, "transaction", noted("a transaction", database.transaction))
        _watching.append(note)
        try:
            yield found
        finally:
            _watching.pop()


async def one_set(seat: Seat, radio: Radio, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What blocked between the first sample and the end of a set that was corrected and answered for."""
    sensor = await radio.add_peripheral(firmware(4, 2), name="Kickback A")
    await seat.studio.do(START)
    await seat.until(lambda: bool(seat.board.get("sensors")))
    with watched(monkeypatch) as found:
        await seat.until(lambda: seat.board["count"] == 2)
        await seat.studio.do({"do": "undo"})
        radio.drop(sensor)
        await seat.until(lambda: bool(seat.said("sensor-back")))
        await seat.until(lambda: len(seat.studio.state()["sets"]) == 1)
        await seat.studio.do({"do": "answers", "set": 1, "reserve": 3, "felt": ["glute"], "pain": 0})
        await seat.studio.do({"do": "correct", "set": 1, "what": "added", "value": 1})
        await asyncio.sleep(1.0)
    await seat.studio.close()
    return found


async def test_nothing_blocks(emulated_radio: Radio, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await one_set(seat, emulated_radio, monkeypatch) == []


async def test_what_blocks_is_noticed(emulated_radio: Radio, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    show = Led.show

    def slow(self: Led, value: object) -> None:
        time.sleep(0.001)
        show(self, value)

    monkeypatch.setattr(Led, "show", slow)
    assert set(await one_set(seat, emulated_radio, monkeypatch)) == {"time.sleep"}
