"""A table as a pandas DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.exports.tables import Table

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

_TYPES = {str: "object", int: "Int64", float: "float64", bool: "boolean"}


def frame(table: Table) -> pd.DataFrame:
    """Return the rows with their columns' types; what is not known is missing."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError("a table needs pandas: pip install 'kickback-tracker[notebooks]'") from error
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in table.rows], dtype=_TYPES[kind]) for name, kind in table.columns.items()}
    )
