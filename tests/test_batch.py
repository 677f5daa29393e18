"""Work spread over processes: all of it is done, whoever dies."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from tracker.batch import LOST, go_on, processors, spread


def meets(task: tuple[str, int]) -> int:
    """Sign in, and wait until so many processes have."""
    folder, count = task
    Path(folder, str(os.getpid())).touch()
    deadline = time.monotonic() + 30
    while len([*Path(folder).iterdir()]) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getpid()


def doubled(task: int) -> int:
    return 2 * task


def dies(task: tuple[int, str]) -> int:
    """Odd ones kill their process as long as there is no file."""
    number, file = task
    if number % 2 and not (file and Path(file).exists()):
        if file:
            Path(file).touch()
        os._exit(9)
    return number


def ends_or_not(ends: bool) -> bool:
    while not ends:
        go_on()
        time.sleep(0.01)
    return ends


def raises(task: int) -> int:
    raise ValueError(f"{task} is a bug")


def test_everything_is_done_once() -> None:
    assert sorted(spread(doubled, range(20), workers=2)) == [(n, 2 * n) for n in range(20)]
    assert list(spread(doubled, [], workers=2)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_as_many_processes_as_asked_for_at_the_same_time(workers: int, tmp_path: Path) -> None:
    found = {pid for _, pid in spread(meets, [(str(tmp_path), workers)] * 6, workers=workers)}
    assert len(found) == workers
    assert os.getpid() not in found


def test_what_a_dying_process_had_under_way_is_done_again(tmp_path: Path) -> None:
    tasks = [(n, str(tmp_path / str(n)) if n == 3 else "x" * (n % 2 == 0)) for n in (0, 2, 3, 4, 6)]
    assert sorted(n for (n, _), result in spread(dies, tasks, workers=2) if result == n) == [0, 2, 3, 4, 6]


def test_what_kills_its_process_again_is_given_up() -> None:
    found = {task[0]: result for task, result in spread(dies, [(n, "") for n in range(8)], workers=2)}
    assert {n for n, result in found.items() if result is LOST} == {1, 3, 5, 7}
    assert {n for n, result in found.items() if result == n} == {0, 2, 4, 6}


def test_a_bug_is_raised() -> None:
    with pytest.raises(ValueError, match="is a bug"):
        list(spread(raises, [1], workers=1))


def test_who_asks_no_more_need_not_wait() -> None:
    """The other tasks would never end."""
    begun = time.monotonic()
    with closing(spread(ends_or_not, [True, False, False, False], workers=2)) as results:
        assert next(results) == (True, True)
    assert time.monotonic() - begun < 20


def test_there_is_a_processor() -> None:
    assert processors() >= 1
