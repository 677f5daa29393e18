"""Samples that other apps recorded, as the project's own samples.

One file per app, `apps.APPS` lists them: what its header looks like, and how its rows become two `Track`s in SI units.
Everything else is the same for all: `sources` opens files, folders and archives, `table` reads text, `join` puts
accelerometer and gyroscope on one timeline, `importing` writes.

Rule: **a unit or a clock is read off the file or asked for, never guessed.** What cannot be read is refused in one line
that names the option.
"""

from .apps import APPS
from .asked import Asked
from .importing import Imported, import_samples

__all__ = ["APPS", "Asked", "Imported", "import_samples"]
