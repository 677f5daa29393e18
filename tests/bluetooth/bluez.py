"""A virtual machine in which bluetoothd runs: bleak's BlueZ backend talks to it, its controller is on our air.

    bleak ──D-Bus over a forwarded TCP port──► bluetoothd, Linux (QEMU, emulated)
                                                   │ HCI over a virtio console
    virtual sensors ◄──────────── Air ────────► Controller (bumble, in this process)

Where the machine cannot be had, the tests fail: who asks for it wants it.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from bumble.transport import open_transport
from bumble.transport.common import Transport

from tracker.sensors.virtual.air import Air, Controller

from .appliance import Appliance, appliance

QEMU = "qemu-system-x86_64"
BOOT_WITHIN_S = 120.0
READY = ": READY"
"""What the guest prints when its D-Bus port listens. Touched before, it would cost seconds of repeated SYNs."""
MEMORY_MB = 256
RECEIVE_BUFFER_BYTES = 8 << 20
"""Of the guest's sockets: with the default a burst of about 97 notifications is all that fits."""
KERNEL_LINE = (
    "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=1 cryptomgr.notests nokaslr tsc=reliable "
    f"rmem={RECEIVE_BUFFER_BYTES}"
)


@dataclass(frozen=True)
class BluezMachine:
    """A running machine: its event loop, and the air that its adapter is on."""

    runner: asyncio.Runner
    air: Air
    console: Path


@contextmanager
def running_machine(runner: asyncio.Runner) -> Iterator[BluezMachine]:
    """Boot the machine, and let bleak find its D-Bus."""
    if shutil.which(QEMU) is None:
        pytest.fail(f"--bluez-vm needs {QEMU}: apt-get install qemu-system-x86")
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"tcp:host=127.0.0.1,port={port}")
        patch.setenv("BLEAK_DBUS_AUTH_UID", "0")  # the guest's own end of the connection is root there
        hci, console = Path(folder, "hci"), Path(folder, "console")
        machine = _started(appliance(), hci, console, port)
        try:
            transport, air = runner.run(_attached(machine, hci, console))
            yield BluezMachine(runner, air, console)
            runner.run(transport.close())
        finally:
            machine.terminate()
            machine.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _started(made: Appliance, hci: Path, console: Path, port: int) -> subprocess.Popen[bytes]:
    # fmt: off
    command = [
        QEMU, "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1", "-m", str(MEMORY_MB),
        "-nographic", "-nodefaults", "-no-reboot", "-serial", f"file:{console}",
        "-kernel", str(made.kernel), "-initrd", str(made.initrd), "-append", KERNEL_LINE,
        "-device", "virtio-rng-pci",
        "-device", "virtio-serial-pci", "-chardev", f"socket,id=hci,path={hci},server=on,wait=off",
        "-device", "virtconsole,chardev=hci",
        "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:5555",
        "-device", "virtio-net-pci,netdev=net,romfile=",
    ]
    # fmt: on
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


async def _attached(machine: subprocess.Popen[bytes], hci: Path, console: Path) -> tuple[Transport, Air]:
    """Give the guest its controller, and wait until it is ready."""
    async with asyncio.timeout(BOOT_WITHIN_S):
        await _until(hci.exists, machine, console)
        transport = await open_transport(f"unix-client:{hci}")
        air = Air()
        controller = Controller("adapter", air)
        transport.source.set_packet_sink(controller)
        controller.host = transport.sink
        await _until(lambda: READY in _said(console), machine, console)
    return transport, air


async def _until(done: Callable[[], bool], machine: subprocess.Popen[bytes], console: Path) -> None:
    while not done():
        if machine.poll() is not None:
            pytest.fail(f"{QEMU} ended with {machine.returncode}\n{_said(console)[-2000:]}")
        await asyncio.sleep(0.02)


def _said(console: Path) -> str:
    return console.read_text(errors="replace") if console.exists() else ""
