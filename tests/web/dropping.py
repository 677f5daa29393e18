"""Runs ``kickback`` with a simulated sensor whose link breaks at each line on standard input.

``python -m tests.web.dropping coach --sensor virtual --port 0``
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

from tracker.cli.app import app
from tracker.sensors.virtual.radio import Radio

add = Radio.add_peripheral


async def added(self: Radio, *args: Any, **named: Any) -> Any:
    """Add a sensor, and listen for when to break its link."""
    sensor = await add(self, *args, **named)
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for _ in sys.stdin:
            loop.call_soon_threadsafe(self.drop, sensor)

    threading.Thread(target=listen, daemon=True).start()
    return sensor


if __name__ == "__main__":
    Radio.add_peripheral = added  # type: ignore[method-assign]
    app()
