"""The one error of the journal."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot do what was asked; the message is one line that says what and where."""
