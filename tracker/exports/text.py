"""Tables as CSV and as JSON: nothing but the standard library, units in the column names.

CSV has 6 decimals (a microsecond, a millionth of a degree); JSON has every digit there is.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tracker.exports.measured import Measured
from tracker.exports.tables import Table
from tracker.recording.samples_csv import COLUMNS as SAMPLES

SCHEMA = 1
"""Version of the JSON."""
DIGITS = 6
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""No time in an archive: the same session gives the same bytes."""


def write_csv(path: Path, table: Table) -> None:
    """Write one table, compressed if the name ends in ``.gz``."""
    data = csv_bytes(table)
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.lower().endswith(".gz") else data)


def csv_bytes(table: Table) -> bytes:
    """Return one table with a header line; empty cells where nothing is known."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in table.rows)
    return text.getvalue().encode()


def write_archive(
    path: Path, tables: Iterable[Table], suffix: str = "csv", encode: Callable[[Table], bytes] = csv_bytes
) -> None:
    """Write all tables into one ``.zip``, a file for each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            archive.writestr(zipfile.ZipInfo(f"{table.name}.{suffix}", _OLDEST), encode(table), zipfile.ZIP_DEFLATED)


def write_json(path: Path, tables: Iterable[Table]) -> None:
    """Write all tables as one object: ``schema``, and a list of rows by each table's name."""
    _dump(path, {"schema": SCHEMA, **{table.name: list(table.rows) for table in tables}})


def write_samples_json(path: Path, sensors: Iterable[Measured]) -> None:
    """Write samples as one object: per sensor a list for each column, null where samples were lost."""
    _dump(path, {"schema": SCHEMA, "sensors": [_columns(one) for one in sensors]})


def _columns(one: Measured) -> dict[str, Any]:
    table = np.column_stack((one.time_s, one.acc, one.gyr)).T
    columns = {
        name: [None if lost else value for value, lost in zip(column.tolist(), np.isnan(column).tolist(), strict=True)]
        for name, column in zip(SAMPLES, table, strict=True)
    }
    return {"sensor": one.number, "side": one.side, "rate_hz": 1 / one.period_s, **columns}


def _dump(path: Path, value: dict[str, Any]) -> None:
    data = json.dumps(value, allow_nan=False, indent=1, ensure_ascii=False).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.lower().endswith(".gz") else data)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return round(value, DIGITS) if isinstance(value, float) else value
