"""Where a person's sessions and recordings live.

The first of: what was asked for (``--data-dir``), the environment's ``KICKBACK_DATA_DIR``, and the place the
operating system has for it::

    DATA/journal.sqlite3      the session log
    DATA/recordings/          one raw file per recording

Nothing is created here; whoever writes creates.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

ENVIRONMENT_VARIABLE = "KICKBACK_DATA_DIR"


def data_folder(override: Path | None = None) -> Path:
    """Return the absolute folder that holds the journal and the recordings.

    Parameters
    ----------
    override
        The value of ``--data-dir``; it wins over everything else.
    """
    chosen = override or os.environ.get(ENVIRONMENT_VARIABLE)
    folder = Path(chosen).expanduser() if chosen else user_data_path("kickback", appauthor=False)
    return folder.absolute()


def recordings_folder(folder: Path) -> Path:
    """Return the subfolder for raw recordings."""
    return folder / "recordings"


def journal_path(folder: Path) -> Path:
    """Return the path of the session log."""
    return folder / "journal.sqlite3"
