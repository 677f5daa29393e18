"""Text that came from a device or a person, made harmless before it is stored.

Advertised names may hold terminal escapes, line breaks, bidirectional overrides or kilobytes of anything.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

NAME_LENGTH = 80
"""Names, addresses, ids: what fits a line."""
DETAIL_LENGTH = 500
"""One sentence with numbers."""
NOTES_LENGTH = 10_000
"""About four pages of a person's own words."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
# Bidirectional marks, embeddings, overrides and isolates: they reorder what stands around them.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str, limit: int, *, keep: str = "") -> str:
    r"""Return the text without control characters and no longer than ``limit``.

    Parameters
    ----------
    text
        Anything.
    limit
        Largest number of characters of the result; a longer text ends in "…".
    keep
        Control characters to let through, such as a line break in notes.

    Examples
    --------
    >>> plain("WT\x1b[31m901", 80)
    'WT�[31m901'
    >>> plain("x" * 100, 5)
    'xxxx…'
    """
    cut = text[: limit + 1]
    clean = "".join(char if char in keep or not _harmful(char) else _REPLACEMENT for char in cut)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def notes(text: str) -> str:
    """Return a person's own words: line breaks and tabs stay."""
    return plain(text, NOTES_LENGTH, keep="\n\t")


def plain_json(value: object) -> str:
    """Return JSON text of a value whose every text is made harmless.

    Raises
    ------
    ValueError
        A number that is not finite, a type that JSON lacks, or more than ``NOTES_LENGTH`` characters.
    """
    try:
        encoded = json.dumps(_cleaned(value), allow_nan=False, sort_keys=True)
    except TypeError as error:
        raise ValueError(str(error)) from error
    if len(encoded) > NOTES_LENGTH:
        raise ValueError(f"{len(encoded)} characters of JSON, at most {NOTES_LENGTH} are kept")
    return encoded


def _cleaned(value: object) -> object:
    match value:
        case str():
            return plain(value, DETAIL_LENGTH, keep="\n\t")
        case Mapping():
            return {plain(str(key), NAME_LENGTH): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
        case _:
            return value


def _harmful(char: str) -> bool:
    return char in _BIDI or unicodedata.category(char) in _UNPRINTABLE
