"""Samples as CSV, in and out: the plainest form in which motion data come and go.

Columns ``time_s, acc_x_m_s2, acc_y_m_s2, acc_z_m_s2, gyr_x_rad_s, gyr_y_rad_s, gyr_z_rad_s`` in any order;
others are ignored. Rates from 25 to 500 Hz; a time step over 1.5 periods is a gap. Rows are put on the
uniform grid here, holes are not filled: that is ``SampleClock``'s business.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from tracker.motion.samples import Array, Gap, Samples

from .files import whole_file, why
from .grid import to_grid
from .model import RecordingError

COLUMNS = (
    "time_s",
    "acc_x_m_s2",
    "acc_y_m_s2",
    "acc_z_m_s2",
    "gyr_x_rad_s",
    "gyr_y_rad_s",
    "gyr_z_rad_s",
)
MIN_RATE_HZ, MAX_RATE_HZ = 25.0, 500.0
RATE_TOLERANCE = 0.02
"""A sensor's nominal 25 Hz is up to 2 % off by its own clock."""

_LONGEST_S = 1e7
"""Four months: a longer file holds a wrong stamp, and its samples could not be numbered."""

_GZIP = b"\x1f\x8b"
_ROW = "%.6f" + ",%.9g" * 6 + "\n"
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class CsvRecording:
    """Samples of a CSV file on their grid.

    Attributes
    ----------
    path
        The file.
    t0_s
        ``time_s`` of the first row; sample ``i`` of the grid lies at ``t0_s + i × period_s``.
    period_s
        Grid step, seconds.
    blocks
        Stretches of rows without a hole, and the holes between them, in order of time.
    """

    path: Path
    t0_s: float
    period_s: float
    blocks: tuple[Samples | Gap, ...]

    @property
    def samples(self) -> tuple[Samples, ...]:
        """The stretches alone; the core finds the holes by itself."""
        return tuple(block for block in self.blocks if isinstance(block, Samples))

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return 1.0 / self.period_s

    @property
    def duration_s(self) -> float:
        """From the first row to the last, seconds."""
        last = self.blocks[-1]
        assert isinstance(last, Samples)  # a gap lies between samples
        return (last.start_index + len(last) - 1) * self.period_s


def read_samples_csv(path: str | os.PathLike[str]) -> CsvRecording:
    """Read ``.csv`` or ``.csv.gz``.

    Raises
    ------
    RecordingError
        One line with the file, the line and what was expected there.
    """
    source = _Source(Path(path))
    table = source.table()
    time_s = np.ascontiguousarray(table[:, 0])
    source.check_time(time_s)
    t0_s = float(time_s[0])
    grid = to_grid(time_s - t0_s)
    rate_hz = 1.0 / grid.period_s
    if not MIN_RATE_HZ * (1 - RATE_TOLERANCE) <= rate_hz <= MAX_RATE_HZ * (1 + RATE_TOLERANCE):
        raise source.error(f"sampled at {rate_hz:.1f} Hz, expected 25 to 500 Hz")
    blocks: list[Samples | Gap] = []
    for start, stop in zip(grid.starts, (*grid.starts[1:], len(table)), strict=True):
        index = int(grid.index[start])
        if start:
            before = int(grid.index[start - 1])
            step_s = grid.period_s
            blocks.append(Gap(t0_s + before * step_s, t0_s + index * step_s, index - before - 1))
        blocks.append(_block(table[start:stop], index, grid.period_s))
    return CsvRecording(source.path, t0_s, grid.period_s, tuple(blocks))


def _block(rows: Array, start_index: int, period_s: float) -> Samples:
    return Samples(
        start_index=start_index,
        period_s=period_s,
        acc=np.ascontiguousarray(rows[:, 1:4]),
        gyr=np.ascontiguousarray(rows[:, 4:7]),
        valid=np.ones(len(rows), dtype=bool),
        clipped=np.zeros(len(rows), dtype=bool),
    )


class _Source:
    """A CSV file's text, and where in it something is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._text = self._decode(self._read())
        first, _, body = self._text.partition("\n")
        self._quoted = '"' in self._text
        names = [name.strip() for name in next(csv.reader([first.rstrip("\r")]), [])]
        self._columns = self._find_columns(names)
        self._body = body

    def error(self, what: str, line: int | None = None) -> RecordingError:
        return RecordingError(self.path, what, None if line is None else f"line {line}")

    def _read(self) -> bytes:
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise self.error(f"cannot open: {why(error)}") from error
        if data.startswith(_GZIP):
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError, zlib.error) as error:
                raise self.error(f"damaged gzip: {error}") from error
        elif self.path.suffix == ".gz" and data:
            raise self.error(f"not a gzip file: it begins with {data[:4].hex(' ')}")
        if not data.strip():
            raise self.error("the file is empty, expected a header line and samples")
        return data

    def _decode(self, data: bytes) -> str:
        nul = data.find(0)
        try:
            text = data[: nul if nul >= 0 else len(data)].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self.error(f"not text: byte {error.start} is not UTF-8, expected CSV", line) from error
        if nul >= 0:
            line = data.count(b"\n", 0, nul) + 1
            raise self.error(f"not text: byte {nul} is zero, expected CSV", line)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text

    def _find_columns(self, names: list[str]) -> list[int]:
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise self.error(f"columns missing: {', '.join(missing)}", 1)
        twice = [name for name in COLUMNS if names.count(name) > 1]
        if twice:
            raise self.error(f"columns given twice: {', '.join(twice)}", 1)
        return [names.index(name) for name in COLUMNS]

    def table(self) -> Array:
        """Return all rows, shape (n, 7), in the order of ``COLUMNS``; finite, at least two."""
        if not self._body.strip():
            raise self.error("no samples behind the header line")
        try:
            table = np.loadtxt(
                io.StringIO(self._body),
                delimiter=",",
                comments=None,
                usecols=self._columns,
                quotechar='"' if self._quoted else None,
                ndmin=2,
            )
        except ValueError as error:
            raise self._explain(error) from error
        if not np.isfinite(table).all():
            row, column = (int(i) for i in np.argwhere(~np.isfinite(table))[0])
            value = table[row, column]
            raise self.error(f"{COLUMNS[column]} is {value}, expected a finite number", self._line(row))
        if len(table) < 2:
            raise self.error("a single sample, expected at least 2")
        return table

    def check_time(self, time_s: Array) -> None:
        """Raise unless time runs forwards, and no longer than people train."""
        wrong = np.flatnonzero(np.diff(time_s) <= 0)
        if len(wrong):
            row = int(wrong[0]) + 1
            verb = "repeats" if time_s[row] == time_s[row - 1] else "runs backwards at"
            what = f"time {verb} {time_s[row]:.6f} s, after {time_s[row - 1]:.6f} s"
            raise self.error(what, self._line(row))
        if time_s[-1] - time_s[0] > _LONGEST_S:
            row = int(np.argmax(np.diff(time_s))) + 1
            what = f"time jumps from {time_s[row - 1]:.6g} s to {time_s[row]:.6g} s, expected seconds of one session"
            raise self.error(what, self._line(row))

    def _rows(self) -> Iterable[tuple[int, list[str]]]:
        """Line number and cells of each row that is not blank."""
        lines = io.StringIO(self._text, newline="\n")
        if self._quoted:
            rows = csv.reader(lines)
            next(rows)
            yield from ((rows.line_num, row) for row in rows if row)
        else:
            next(lines)
            split = ((i, line.rstrip("\n")) for i, line in enumerate(lines, start=2))
            yield from ((i, line.split(",")) for i, line in split if line)

    def _line(self, row: int) -> int:
        return next(line for i, (line, _) in enumerate(self._rows()) if i == row)

    def _explain(self, error: ValueError) -> RecordingError:
        """Find the cell that the fast parser stumbled over."""
        try:
            for line, cells in self._rows():
                for name, column in zip(COLUMNS, self._columns, strict=True):
                    if column >= len(cells):
                        return self.error(f"{len(cells)} cells, none for {name}", line)
                    if not is_number(cells[column]):
                        return self.error(f"{name} is {cells[column].strip()[:40]!r}, expected a number", line)
        except csv.Error as cause:
            return self.error(f"not CSV: {cause}")
        return self.error(f"not CSV: {' '.join(str(error).split())}")


def is_number(cell: str) -> bool:
    """Return whether a cell is a number as tables have them; Python's 1_000 is none."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def write_samples_csv(
    target: str | os.PathLike[str] | IO[bytes],
    period_s: float,
    blocks: Iterable[Samples | Gap],
    *,
    t0_s: float = 0.0,
) -> None:
    """Write samples as CSV.

    Lost samples (``valid`` False) and gaps become missing rows. Time has 6 decimals, values 9 digits.

    Parameters
    ----------
    target
        A path: compressed if the name ends in ``.gz``, and the file appears when it is whole. Or a stream opened
        for writing bytes.
    period_s, t0_s
        Grid step and time of sample 0, seconds.
    blocks
        In order of time.

    Raises
    ------
    RecordingError
        The file cannot be written.
    ValueError
        A block on another grid.
    """
    if not isinstance(target, str | os.PathLike):
        _write_rows(target, period_s, t0_s, blocks)
        return
    path = Path(target)
    with whole_file(path, overwrite=True) as file:
        if path.suffix == ".gz":
            # no name and no time inside: the same samples give the same bytes
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as packed:
                _write_rows(packed, period_s, t0_s, blocks)
        else:
            _write_rows(file, period_s, t0_s, blocks)


def _write_rows(file: IO[bytes] | gzip.GzipFile, period_s: float, t0_s: float, blocks: Iterable[Samples | Gap]) -> None:
    file.write((",".join(COLUMNS) + "\n").encode())
    for block in blocks:
        if isinstance(block, Gap):
            continue
        if block.period_s != period_s:
            raise ValueError(f"a block with a period of {block.period_s} s on a grid of {period_s} s")
        time_s = t0_s + (block.start_index + np.arange(len(block))) * period_s
        rows = np.column_stack((time_s, block.acc, block.gyr))[block.valid]
        for i in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[i : i + _ROWS_AT_ONCE]
            file.write((_ROW * len(part) % tuple(part.ravel().tolist())).encode())
