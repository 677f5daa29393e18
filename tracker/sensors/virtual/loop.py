"""An event loop that skips sleeps: a session of an hour takes as long as its computing.

Right for what waits for timers alone, such as everything on the emulated radio. While a thread of the loop's works
(``asyncio.to_thread``) time passes as usual.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_GLANCE_S = 0.001
"""How long to look for a thread's result at once."""


class _SkippingSelector(selectors.DefaultSelector):
    """Waits for nothing: where nothing has happened, the clock is put forward instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or self.threads:
            wait_s = None if timeout is None else min(timeout, _GLANCE_S)
            ready = super().select(wait_s)
            self.now_s += 0.0 if ready or wait_s is None else wait_s
            return ready
        ready = super().select(0)
        if not ready and timeout > 0:
            self.now_s += timeout
        return ready


class SkippingLoop(asyncio.SelectorEventLoop):
    """The loop; `time` is its own, and begins at 0."""

    def __init__(self) -> None:
        self._skipping = _SkippingSelector()
        super().__init__(self._skipping)

    def time(self) -> float:
        """Seconds, as far as they have passed or were skipped."""
        return self._skipping.now_s

    def run_in_executor(self, executor: Any, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Run in a thread; while it works nothing is skipped."""
        self._skipping.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._on_thread_done)
        return future

    def _on_thread_done(self, _: asyncio.Future[Any]) -> None:
        self._skipping.threads -= 1


def run_skipping(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as ``asyncio.run`` does, without waiting.

    Examples
    --------
    >>> async def an_hour() -> float:
    ...     await asyncio.sleep(3600)
    ...     return asyncio.get_running_loop().time()
    >>> run_skipping(an_hour())
    3600.0
    """
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(main)
