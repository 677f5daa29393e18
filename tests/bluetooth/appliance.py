"""Builds the BlueZ appliance: a kernel and an initial file system with D-Bus and bluetoothd, from Debian packages.

    python -m tests.bluetooth.appliance

In: Debian's package mirror, by apt. Out: ``vmlinux`` and ``initrd`` in a cache folder (``KICKBACK_BLUEZ_APPLIANCE``, or
the user's cache); packages stay there too. Nothing is installed on this machine. It needs ``apt-get`` and ``dpkg-deb``
on amd64, and a minute, once. A changed recipe (this file and ``guest_init.sh``) is built anew.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

FOLDER = "KICKBACK_BLUEZ_APPLIANCE"
HERE = Path(__file__).parent
KERNEL = "linux-image-amd64"
PACKAGES = ("bluez", "dbus-daemon", "socat", "busybox-static")
PROGRAMS = (
    "usr/libexec/bluetooth/bluetoothd",
    "usr/bin/bluetoothctl",
    "usr/bin/btattach",
    "usr/bin/btmon",
    "usr/bin/dbus-daemon",
    "usr/bin/socat",
)
MODULES = (
    "virtio_pci",
    "virtio-rng",
    "virtio_console",
    "virtio_net",
    "hci_uart",
    # what the kernel's Bluetooth and bluetoothd encrypt with; without them no adapter appears
    "algif_skcipher",
    "algif_hash",
    "cmac",
    "ecb",
)
MODULE_FOLDERS = ("drivers/virtio", "drivers/char", "drivers/net", "drivers/bluetooth", "net", "crypto", "lib", "arch")
LOADER = "lib64/ld-linux-x86-64.so.2"
LIBRARIES = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")
DBUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/></policy></busconfig>
"""
FILES = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/dbus.conf": DBUS_CONFIG,
    "etc/bluetooth/main.conf": "[General]\nFastConnectable=true\n[Policy]\nAutoEnable=true\n",
}
EMPTY = ("proc", "sys", "dev", "tmp", "root", "run/dbus", "var/lib/bluetooth")
_XZ, _ELF = b"\xfd7zXZ\x00", b"\x7fELF"
_BOOT_SECTOR_BYTES = 0x4000


@dataclass(frozen=True)
class Appliance:
    """What QEMU starts."""

    kernel: Path
    initrd: Path


class CannotBuildError(Exception):
    """The appliance cannot be built here: one line that says why."""


def cache_folder() -> Path:
    """Where the appliance is kept."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else platformdirs.user_cache_path("kickback") / "bluez-appliance"


def appliance(folder: Path | None = None) -> Appliance:
    """Return the appliance; build it if it is not there.

    Raises
    ------
    CannotBuildError
        A program or a package cannot be had.
    """
    folder = folder or cache_folder()
    here = folder / recipe()
    made = Appliance(here / "vmlinux", here / "initrd")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        if not here.is_dir():
            with tempfile.TemporaryDirectory(dir=folder) as work:
                _build(Path(work), _downloaded(folder / "packages"))
                (Path(work) / "made").rename(here)
    return made


def recipe() -> str:
    """Return what changes with anything that goes into the appliance but the packages' versions."""
    parts = (Path(__file__), HERE / "guest_init.sh")
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _downloaded(folder: Path) -> list[Path]:
    """Fetch the packages that are not there yet; the kernel's is the last."""
    folder.mkdir(exist_ok=True)
    kernel = re.findall(r"Depends: (linux-image-\S+)", _run("apt-cache", "depends", KERNEL))
    if not kernel:
        raise CannotBuildError(f"apt knows no {KERNEL}: apt-get update")
    names = [*_with_libraries(PACKAGES), kernel[0]]
    wanted = [name for name in names if not list(folder.glob(f"{name}_*.deb"))]
    if wanted:
        _run("apt-get", "download", "-q", *wanted, cwd=folder)
    return [max(folder.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime) for name in names]


def _with_libraries(packages: tuple[str, ...]) -> list[str]:
    """Return the packages and the libraries that they need, down to libc."""
    needs: dict[str, list[str]] = {}
    options = [f"--no-{what}" for what in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    for line in _run("apt-cache", "depends", "--recurse", *options, *packages).splitlines():
        if not line.startswith((" ", "<", "|")):
            package = line.strip()
            needs[package] = []
        elif found := re.match(r"\s+\|?(?:Pre)?Depends: (lib\S+)", line):
            needs[package].append(found[1])
    known, open_ = [], list(packages)
    while open_:
        name = open_.pop()
        if name not in known and name in needs:
            known.append(name)
            open_ += needs[name]
    return sorted(known)


def _build(work: Path, packages: list[Path]) -> None:
    root, made = work / "root", work / "made"
    for package in packages[:-1]:
        _run("dpkg-deb", "-x", str(package), str(root))
    kernel, modules = _kernel(packages[-1])
    made.mkdir()
    (made / "vmlinux").write_bytes(_unpacked(kernel))
    (made / "initrd").write_bytes(gzip.compress(_archive(_files(root, modules)), compresslevel=1, mtime=0))


def _kernel(package: Path) -> tuple[bytes, dict[str, bytes]]:
    """Return the kernel, and the modules by name in the order in which they are loaded."""
    kernel, modules = b"", {}
    folders = tuple(f"kernel/{one}/" for one in MODULE_FOLDERS)
    for name, inside, data in _unpacking(package):
        if name.startswith("vmlinuz"):
            kernel = data
        elif ".ko" in name and inside.startswith(folders):
            modules[_plain(name.partition(".ko")[0])] = lzma.decompress(data) if name.endswith(".xz") else data
    order: dict[str, bytes] = {}
    for name in MODULES:
        _add_with_needs(_plain(name), modules, order)
    return kernel, order


def _add_with_needs(name: str, modules: dict[str, bytes], order: dict[str, bytes]) -> None:
    if name in order:
        return
    if name not in modules:
        raise CannotBuildError(f"the kernel package has no module {name}")
    needs = re.search(rb"\0depends=([^\0]*)\0", modules[name])
    for other in (needs[1].decode() if needs else "").split(","):
        if other:
            _add_with_needs(_plain(other), modules, order)
    order[name] = modules[name]


def _plain(module: str) -> str:
    return module.replace("-", "_")


def _unpacking(package: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files of a kernel package: name, path behind the kernel's version, content."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as files,
    ):
        for member in files:
            content = files.extractfile(member)
            if content is not None:
                inside = member.name.partition("/lib/modules/")[2].partition("/")[2]
                yield Path(member.name).name, inside, content.read()


def _unpacked(kernel: bytes) -> bytes:
    """Return the ELF file within: QEMU enters it directly, without a BIOS and without unpacking it in the guest."""
    begin = kernel.find(_XZ, _BOOT_SECTOR_BYTES)
    if begin < 0:
        return kernel
    inside = lzma.LZMADecompressor().decompress(kernel[begin:])
    return inside if inside.startswith(_ELF) else kernel


def _files(root: Path, modules: dict[str, bytes]) -> dict[str, tuple[int, bytes]]:
    """Return mode and content of everything in the guest."""
    out: dict[str, tuple[int, bytes]] = {}
    for program in PROGRAMS:
        out[f"bin/{Path(program).name}"] = (0o755, (root / program).read_bytes())
        for library in _libraries(root, root / program):
            out[f"lib/{library.name}"] = (0o755, library.read_bytes())
    busybox = next(path for path in (root / "bin/busybox", root / "usr/bin/busybox") if path.exists())
    out["bin/busybox"] = (0o755, busybox.read_bytes())
    out["bin/sh"] = (0o120777, b"busybox")
    out[LOADER] = (0o755, _loader(root).read_bytes())
    for name, data in modules.items():
        out[f"modules/{name}"] = (0o644, data)
    out["modules/order"] = (0o644, "".join(f"{name}\n" for name in modules).encode())
    out["init"] = (0o755, (HERE / "guest_init.sh").read_bytes())
    return out | {name: (0o644, text.encode()) for name, text in FILES.items()}


def _libraries(root: Path, program: Path) -> list[Path]:
    """Return the shared libraries of a program, by the packages' own loader."""
    path = ":".join(str(root / folder) for folder in LIBRARIES)
    listed = _run(str(_loader(root)), "--library-path", path, "--list", str(program))
    return [Path(found) for found in re.findall(r"=> (/\S+)", listed)]


def _loader(root: Path) -> Path:
    """Return the dynamic loader; its link in lib64 is absolute and would lead out of the packages."""
    return next(path for folder in LIBRARIES for path in (root / folder).glob("ld-linux-x86-64.so.2"))


def _archive(files: dict[str, tuple[int, bytes]]) -> bytes:
    """Pack files, and the folders they lie in, as the kernel reads them (cpio, "newc")."""
    folders = {str(parent) for name in (*files, *(f"{one}/x" for one in EMPTY)) for parent in Path(name).parents}
    out = io.BytesIO()
    for number, name in enumerate(sorted((folders - {"."}) | set(files))):
        mode, data = files.get(name, (0o040755, b""))
        kind = 0 if mode & 0o170000 else 0o100000
        _pack(out, name, number + 1, mode | kind, data)
    _pack(out, "TRAILER!!!", 0, 0, b"")
    return out.getvalue()


def _pack(out: io.BytesIO, name: str, inode: int, mode: int, data: bytes) -> None:
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    for part in (b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0", data):
        out.write(part)
        out.write(bytes(-out.tell() % 4))


def _run(*command: str, cwd: Path | None = None) -> str:
    if shutil.which(command[0]) is None:
        raise CannotBuildError(f"{command[0]} is not there; the appliance is built on Debian")
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    if done.returncode:
        raise CannotBuildError(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


if __name__ == "__main__":
    begun = time.monotonic()
    built = appliance()
    size = sum(path.stat().st_size for path in (built.kernel, built.initrd))
    print(f"{built.kernel.parent}: {size / 1e6:.0f} MB, {time.monotonic() - begun:.0f} s")
