"""A table of text: where its header is, what separates its cells, and its numbers.

Cells are separated by what the header's are: tab, semicolon or comma. Behind a tab or a semicolon a number may have a
decimal comma.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tracker.motion.samples import Array
from tracker.recording import RecordingError
from tracker.recording.samples_csv import is_number

from .sources import Source

HEADER_WITHIN = 30
"""Lines in which a header must come: the longest preamble (Xsens DOT) has 12."""


class Table:
    """A source with a header that an app claims.

    Parameters
    ----------
    source
        The text.
    line
        Number of the header's line, from 1.

    Attributes
    ----------
    columns
        Names, stripped.
    preamble
        Lines before the header.
    """

    def __init__(self, source: Source, line: int) -> None:
        lines = source.text.split("\n", line)
        self.source = source
        self.preamble = tuple(lines[: line - 1])
        self.columns = tuple(cells(lines[line - 1]))
        self._header = lines[line - 1]
        self._line = line
        self._separator = separator(lines[line - 1])
        self._body = lines[line] if len(lines) > line else ""

    def error(self, what: str, line: int | None = None) -> RecordingError:
        """Return an error that names the file, and the line if there is one."""
        return RecordingError(self.source.path, what, None if line is None else f"line {line}")

    @property
    def _numeric(self) -> str:
        """The body with decimal points; a header that is repeated (a recording taken up again) becomes a blank line."""
        body = self._body
        if self._header in body:
            body = "\n".join("" if line.rstrip() == self._header.rstrip() else line for line in body.split("\n"))
        return body if self._separator == "," else body.replace(",", ".")

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return all(name in self.columns for name in names)

    def index(self, name: str) -> int:
        """Return a column's place.

        Raises
        ------
        RecordingError
            It is not there, or twice.
        """
        if name not in self.columns:
            raise self.error(f"column missing: {name}", self._line)
        if self.columns.count(name) > 1:
            raise self.error(f"column given twice: {name}", self._line)
        return self.columns.index(name)

    def numbers(self, names: Sequence[str], *, padded: bool = False) -> Array:
        """Return columns as numbers, shape (n, len(names)); at least two rows, all finite.

        Parameters
        ----------
        names
            Of the columns, in the order wanted.
        padded
            Rows at the end in which all of these are not-a-number are dropped.

        Raises
        ------
        RecordingError
            A cell is missing or no finite number; the line names it.
        """
        places = [self.index(name) for name in names]
        if not self._body.strip():
            raise self.error("no samples behind the header line")
        self._check_widths()
        try:
            values = np.loadtxt(
                io.StringIO(self._numeric),
                delimiter=self._separator,
                comments=None,
                usecols=places,
                quotechar='"' if '"' in self._body else None,
                ndmin=2,
            )
        except ValueError as error:
            raise self._explain(names, places, error) from error
        if padded:
            there = np.flatnonzero(~np.isnan(values).all(axis=1))
            values = values[: there[-1] + 1 if len(there) else 0]
        if not np.isfinite(values).all():
            row, place = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
            what = f"{names[place]} is {values[row, place]}, expected a finite number"
            raise self.error(what, self.line_of(row))
        if len(values) < 2:
            raise self.error("fewer than 2 samples")
        return values

    def check_rising(self, time_s: Array) -> None:
        """Raise unless time never falls."""
        wrong = np.flatnonzero(np.diff(time_s) < 0)
        if len(wrong):
            row = int(wrong[0]) + 1
            what = f"time runs backwards: {time_s[row]:.6f} s after {time_s[row - 1]:.6f} s"
            raise self.error(what, self.line_of(row))

    def texts(self, name: str) -> list[str]:
        """Return a column as text.

        Raises
        ------
        RecordingError
            A row is too short.
        """
        place = self.index(name)
        out = []
        for line, row in self._rows(self._body):
            if place >= len(row):
                raise self.error(f"{len(row)} cells, none for {name}", line)
            out.append(row[place].strip())
        return out

    def _check_widths(self) -> None:
        """Raise unless every row has the header's cells: a row that was cut, or commas that are not what they seem.

        A separator behind the last cell, in rows or in the header, is nothing.
        """
        width = len(self.columns) - (self.columns[-1] == "")
        if self._separator in self._body and '"' not in self._body:
            counts = {line.count(self._separator) for line in self._body.split("\n") if line.strip()}
            if counts == {width - 1}:
                return
        for line, row in self._rows(self._body):
            found = len(row) - (len(row) > width and row[-1] == "")
            if found != width:
                comma = " (decimal commas between commas cannot be told apart)" * (
                    found > width and self._separator == ","
                )
                raise self.error(f"{found} cells, expected {width}{comma}", line)

    def keep(self, wanted: Callable[[list[str]], bool]) -> Table:
        """Return the same table with only these rows; lines keep their numbers."""
        kept = Table(self.source, self._line)
        lines = self._body.split("\n")
        for line, row in self._rows(self._body):
            if not wanted(row):
                lines[line - self._line - 1] = ""
        kept._body = "\n".join(lines)
        return kept

    def without_first(self) -> Table:
        """Return the same table without its first row; lines keep their numbers."""
        kept = Table(self.source, self._line)
        lines = self._body.split("\n")
        lines[self.line_of(0) - self._line - 1] = ""
        kept._body = "\n".join(lines)
        return kept

    def line_of(self, row: int) -> int:
        """Return the number of the line that a row came from."""
        return next(line for i, (line, _) in enumerate(self._rows(self._body)) if i == row)

    def _rows(self, body: str) -> Iterator[tuple[int, list[str]]]:
        header = self._header.rstrip()
        for number, line in enumerate(body.split("\n"), start=self._line + 1):
            if line.strip() and line.rstrip() != header:
                yield number, cells(line, self._separator)

    def _explain(self, names: Sequence[str], places: Sequence[int], error: ValueError) -> RecordingError:
        """Find the cell that the fast parser stumbled over."""
        for line, row in self._rows(self._numeric):
            for name, place in zip(names, places, strict=True):
                if place >= len(row):
                    return self.error(f"{len(row)} cells, none for {name}", line)
                if not is_number(row[place]):
                    return self.error(f"{name} is {row[place].strip()[:40]!r}, expected a number", line)
        return self.error(f"not a table: {' '.join(str(error).split())}")


def separator(header: str) -> str:
    """Return what separates the cells under a header.

    Examples
    --------
    >>> separator('"Time (s)";"Acceleration x (m/s^2)"')
    ';'
    """
    return next((one for one in "\t;" if one in header), ",")


def cells(line: str, between: str | None = None) -> list[str]:
    """Split a line; quotes are taken off."""
    between = between or separator(line)
    if '"' not in line:
        return [cell.strip() for cell in line.split(between)]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=between), [])]


def find(source: Source, claims: Callable[[Sequence[str]], bool]) -> Table | None:
    """Return the table under the first header that is claimed; None if there is none."""
    for number, line in enumerate(source.text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN], start=1):
        if claims(cells(line)):
            return Table(source, number)
    return None
