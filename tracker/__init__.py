"""kickback: turns ankle motion into trusted repetitions.

For notebooks and scripts:

>>> import tracker
>>> found = tracker.analyze("recordings/cable.mcap")
>>> found.exercise, found.rep_count
('cable', 8)

`analyze` measures a recording, `replay` gives its values one after the other, as they became known, `open_journal`
opens the log, and `to_frame` makes tables of what these return. Importing the package loads none of them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.api import analyze, open_journal, replay, to_frame

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "open_journal", "replay", "to_frame"]

if not TYPE_CHECKING:  # for a type checker, what is not listed above is not there

    def __getattr__(name: str) -> object:
        """Load the public functions where they are first asked for."""
        if name in __all__:
            from tracker import api

            return getattr(api, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
