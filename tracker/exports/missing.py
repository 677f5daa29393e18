"""Libraries that only one format needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(library: str, extra: str) -> Iterator[None]:
    """Say how to install what an import inside did not find.

    Raises
    ------
    ValueError
        The library is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ValueError(f"this format needs {library}: pip install 'kickback-tracker[{extra}]'") from error
