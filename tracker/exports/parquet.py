"""Tables and samples as Parquet, with the types of their columns and every digit (``kickback-tracker[parquet]``)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tracker.exports.measured import Measured
from tracker.exports.missing import needs
from tracker.exports.tables import Table
from tracker.recording.samples_csv import COLUMNS as SAMPLES

if TYPE_CHECKING:
    import pyarrow as pa


def write(path: Path, table: Table) -> None:
    """Write one table."""
    path.write_bytes(encoded(table))


def encoded(table: Table) -> bytes:
    """Return one table; a column keeps its type where nothing is known in it."""
    with needs("pyarrow", "parquet"):
        import pyarrow as pa
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in table.columns.items()])
    return _bytes(pa.Table.from_pylist(list(table.rows), schema=schema))


def write_samples(path: Path, sensors: tuple[Measured, ...]) -> None:
    """Write samples in the columns that ``analyze`` reads, with ``sensor`` and ``side``; lost samples are missing."""
    with needs("pyarrow", "parquet"):
        import pyarrow as pa
    parts = []
    for one in sensors:
        rows = np.column_stack((one.time_s, one.acc, one.gyr))[one.valid]
        columns: dict[str, pa.Array] = {
            "sensor": pa.array(np.full(len(rows), one.number, dtype=np.int64)),
            "side": pa.array([one.side] * len(rows), pa.string()),
        }
        columns.update({name: pa.array(column) for name, column in zip(SAMPLES, rows.T.copy(), strict=True)})
        parts.append(pa.table(columns))
    path.write_bytes(_bytes(pa.concat_tables(parts)))


def _bytes(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
