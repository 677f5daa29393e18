"""The ``kickback`` command.

What needs numpy, SQLite or MCAP is imported where a command runs, so that help is quick.
"""

from __future__ import annotations

from tracker.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    app(prog_name="kickback")
