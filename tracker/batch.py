"""Work on many things with all processors, where any process may die, and the whole may be stopped.

In: a function and what to call it with. Out: each with its result, as they come. Rule: the work is pure and done in
processes of their own; what is to be kept is kept by the one who asks, one result after the other.

- A worker that dies (killed, out of memory) takes nothing along: what was under way is tried once more, one at a time.
  What ends its worker then as well is given up, and the others go on.
- When the one who asks stops (Ctrl-C, an error), the workers stop at the next `go_on`, and when it is killed, at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.synchronize import Event
from typing import Final, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 1
"""Tasks that wait beside those under way, so that no worker does."""


MOST = 61
"""Processes that a pool may have on Windows."""


class Lost:
    """In place of a result: the worker died of it, twice."""


LOST: Final = Lost()


class StoppedError(Exception):
    """The one who asked does not want it any more."""


def processors() -> int:
    """Return how many processors this process may use, at most `MOST`."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST)


def spread(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, workers: int
) -> Generator[tuple[Task, Result | Lost], None, None]:
    """Yield each task with its result, in the order in which they are done.

    Parameters
    ----------
    work
        A function of a module; it calls `go_on` now and then. What it raises is raised here and ends all.
    tasks
        What can be pickled, as the results.
    workers
        How many processes, at most `MOST`.
    """
    left = deque(tasks)
    while left:
        for task in (yield from _run(work, left, workers)):
            if (yield from _run(work, deque([task]), 1)):
                yield task, LOST


def go_on() -> None:
    """Return if the work is still wanted; it costs about a microsecond.

    Raises
    ------
    StoppedError
        It is not.
    """
    if _Worker.stop is not None and _Worker.stop.is_set():
        raise StoppedError


class _Worker:
    """What a worker process knows."""

    stop: Event | None = None


def _begin(stop: Event) -> None:
    """Prepare a worker process."""
    _Worker.stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the parent is gone: the pool itself would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(
    work: Callable[[Task], Result], left: deque[Task], workers: int
) -> Generator[tuple[Task, Result | Lost], None, list[Task]]:
    """Do what is left with one pool; return what was under way when a worker died."""
    context = multiprocessing.get_context("spawn")  # the same everywhere, and safe beside threads
    stop = context.Event()
    pool = ProcessPoolExecutor(min(workers, len(left)), context, _begin, (stop,))
    under_way: dict[Future[Result], Task] = {}
    broken: list[Task] = []
    try:
        while (left and not broken) or under_way:
            while left and not broken and len(under_way) < workers + AHEAD:
                try:
                    under_way[pool.submit(work, left[0])] = left[0]
                except BrokenProcessPool:
                    break  # those under way say so as well
                left.popleft()
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                task = under_way.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    broken.append(task)
                else:
                    yield task, result
        return broken
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
