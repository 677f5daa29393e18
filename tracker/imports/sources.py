"""Files, folders and archives that an app exported, as texts with a name."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tracker.recording import RecordingError
from tracker.recording.files import why

LARGEST = 1 << 30
"""Bytes of one table, unpacked: ten hours at 400 Hz in the most talkative format. More is not a session."""
_ENDINGS = (".csv", ".txt", ".tsv", ".csv.gz")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_IS_EXCEL = "is an Excel file, expected CSV: choose that when exporting"
_CHINESE_DEGREE = b"(\xa1\xe3"
"""The degree sign behind a bracket as GB 18030 has it: not UTF-8, and what WitMotion's program writes."""
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Source:
    """One table as text.

    Attributes
    ----------
    path
        What the person named, and for part of a folder or an archive the part's name behind it.
    name
        File name alone.
    named
        The person named this very file, so it must be of use.
    text
        Decoded; lines end with a line feed.
    within
        The archive that it lay in; empty: none.
    """

    path: str
    name: str
    named: bool
    text: str
    within: str = ""


def sources(paths: Sequence[Path]) -> list[Source]:
    """Read all tables in files, folders and archives.

    Raises
    ------
    RecordingError
        A file cannot be read, or is not text; a folder or an archive without a table.
    """
    found: list[Source] = []
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise RecordingError(path, "is named twice")
        seen.add(path.resolve())
        found += _folder(path) if path.is_dir() else _file(path)
    return found


def _folder(path: Path) -> list[Source]:
    try:
        files = sorted(p for p in path.iterdir() if _is_table(p.name) and p.is_file())
    except OSError as error:
        raise RecordingError(path, f"cannot open: {why(error)}") from error
    if not files:
        raise RecordingError(path, f"no table in this folder, expected files such as {_ENDINGS[0]}")
    texts = [(p, data) for p in files if (data := _read(p)).strip()]  # apps leave empty files where nothing was said
    return [Source(str(p), p.name, False, _text(str(p), data)) for p, data in texts]


def _file(path: Path) -> list[Source]:
    data = _read(path)
    if data.startswith(_OLD_EXCEL):
        raise RecordingError(path, _IS_EXCEL)
    if data.startswith(_ZIP):
        return list(_archive(path, data))
    return [Source(str(path), path.name, True, _text(str(path), data))]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise RecordingError(path, f"{path.stat().st_size >> 20} MiB, expected at most {LARGEST >> 20}")
        return path.read_bytes()
    except OSError as error:
        raise RecordingError(path, f"cannot open: {why(error)}") from error


def _archive(path: Path, packed: bytes) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if "[Content_Types].xml" in archive.namelist():
                raise RecordingError(path, _IS_EXCEL)
            members = [one for one in archive.infolist() if _is_table(PurePosixPath(one.filename).name)]
            members = [one for one in members if not one.filename.startswith("__MACOSX/")]
            if not members:
                raise RecordingError(path, f"no table in this archive, expected files such as {_ENDINGS[0]}")
            for member in members:
                where = f"{path}/{member.filename}"
                if member.file_size > LARGEST:
                    raise RecordingError(where, f"{member.file_size >> 20} MiB, expected at most {LARGEST >> 20}")
                name = PurePosixPath(member.filename).name
                if (data := archive.read(member)).strip():
                    yield Source(where, name, False, _text(where, data), str(path))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise RecordingError(path, f"damaged archive: {error}") from error


def _is_table(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(_ENDINGS)


def _text(path: str, data: bytes) -> str:
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise RecordingError(path, f"damaged gzip: {error}") from error
        if len(data) > LARGEST:
            raise RecordingError(path, f"unpacks to more than {LARGEST >> 20} MiB")
    if not data.strip():
        raise RecordingError(path, "the file is empty, expected a header line and samples")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "gb18030" if _CHINESE_DEGREE in data else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordingError(
            path, f"not text: byte {error.start} is not UTF-8, expected CSV", f"line {line}"
        ) from error
    nul = text.find("\0")
    if nul >= 0:
        raise RecordingError(
            path, "not text: holds a zero byte, expected CSV", f"line {text.count(chr(10), 0, nul) + 1}"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
