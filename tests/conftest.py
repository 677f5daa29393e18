"""What all tests share: Hypothesis' profiles, the reference recordings, simulated streams."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from .motion.streams import Stream, sensed

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

REFERENCE_DATA = "KICKBACK_REFERENCE_DATA"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bluez-vm", action="store_true", help="run the Bluetooth tests on BlueZ too, in a virtual machine"
    )


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder with ``ankle-pt``, ``negatives``, ``legsim-dev`` and ``broad``."""
    folder = os.environ.get(REFERENCE_DATA)
    if not folder:
        pytest.skip(f"{REFERENCE_DATA} does not name a folder of reference recordings")
    if not Path(folder).is_dir():
        pytest.fail(f"{REFERENCE_DATA}: there is no folder {folder}")
    return Path(folder)


@pytest.fixture(scope="session")
def simulated() -> Callable[..., Stream]:
    """Build a simulated stream, once per session for the same arguments."""
    return sensed
