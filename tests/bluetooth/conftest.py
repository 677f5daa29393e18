"""Two Bluetooth stacks behind one fixture, and tests as coroutines.

`radio` is a `Radio` (tracker.sensors.virtual): ``add_peripheral``, ``drop``, ``fade``, ``jam``, ``clear``, and the
``scanner_backend`` and ``client_backend`` that bleak takes. A test that asks for it runs on both stacks:

- ``emulated``: everything in this process, everywhere, on a loop that skips sleeps (take times from ``loop.time()``);
- ``bluez``: bleak's own BlueZ backend, bluetoothd and Linux in a virtual machine (``pytest --bluez-vm``; otherwise
  skipped). The backends are then None, which bleak takes for its own. All such tests share one event loop.

`emulated_radio` is only the former; `realtime_radio` is it without skipping, for what real time shows. A test that
asks for any of them may be ``async def``. `stack` says which it is.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker.cli import studio
from tracker.sensors.link import Bluetooth
from tracker.sensors.virtual.loop import SkippingLoop
from tracker.sensors.virtual.radio import Radio

from .listening import bluetooth
from .seated import Seat
from .stack import Stack

if TYPE_CHECKING:
    from .bluez import BluezMachine

RADIOS = {"radio": ("emulated", "bluez"), "emulated_radio": ("emulated",), "realtime_radio": ("realtime",)}


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine on its stack's event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    stack = pyfuncitem.funcargs.get("stack")
    assert isinstance(stack, Stack), f"{pyfuncitem.name} is async and asks for no radio"
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    stack.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(scope="session")
def bluez_machine() -> Iterator[BluezMachine]:
    """A virtual machine with bluetoothd, for the whole session."""
    from .bluez import running_machine  # for Linux alone

    with asyncio.Runner() as runner, running_machine(runner) as machine:
        yield machine


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """What the test runs on; the other fixtures say which."""
    if request.param == "bluez":
        if not request.config.getoption("--bluez-vm"):
            pytest.skip("needs Linux with bluetoothd in a virtual machine: pytest --bluez-vm")
        machine: BluezMachine = request.getfixturevalue("bluez_machine")
        yield Stack("bluez", machine.runner, machine.air)
        return
    loop = None if request.param == "realtime" else SkippingLoop
    with asyncio.Runner(loop_factory=loop) as runner:
        yield Stack(request.param, runner)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let the radio that a test asks for decide on which stacks it runs."""
    for fixture, stacks in RADIOS.items():
        if fixture in metafunc.fixturenames:
            metafunc.parametrize("stack", stacks, indirect=True)


@pytest.fixture
def radio(stack: Stack) -> Iterator[Radio]:
    """A radio on each stack."""
    yield from stack.radio()


@pytest.fixture
def emulated_radio(stack: Stack) -> Iterator[Radio]:
    """A radio in this process, on a loop that skips sleeps."""
    yield from stack.radio()


@pytest.fixture
def realtime_radio(stack: Stack) -> Iterator[Radio]:
    """A radio in this process, in real time."""
    yield from stack.radio()


@pytest.fixture
def seat(emulated_radio: Radio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """Somebody who looks at the page, with a log of their own."""

    @asynccontextmanager
    async def here(**_: object) -> AsyncIterator[Bluetooth]:
        yield bluetooth(emulated_radio)

    monkeypatch.setattr(studio, "bluetooth_of", here)
    return Seat(studio.Studio(tmp_path))
