"""The tables of README.md are the specification: the code says the same, and the vectors follow them."""

import ast
import doctest
import json
import re
import struct
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import firmware_protocol
from firmware_protocol import (
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    MotionFlags,
    Opcode,
    Status,
    UUIDs,
    samples_per_notification,
)
from firmware_protocol.motion import HEADER_BYTES, SAMPLE_BYTES

PACKAGE = files("firmware_protocol")
README = PACKAGE.joinpath("README.md").read_text(encoding="utf-8")
VECTORS = json.loads(PACKAGE.joinpath("vectors.json").read_text(encoding="utf-8"))
FORMATS = {"u8": "B", "u16": "H", "u32": "I", "f32": "f", "char[12]": "12s"}


def table(heading: str, number: int = 0) -> list[list[str]]:
    """Rows of a table under a heading, without its header; backticks dropped."""
    section = re.split(r"^#+ ", README, flags=re.MULTILINE)
    (text,) = [part for part in section if part.startswith(heading)]
    blocks = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    rows = blocks[number].strip().splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def layout(rows: list[list[str]]) -> tuple[list[str], struct.Struct]:
    """Field names and packing of rows of offset, type, field; offsets must leave no hole."""
    expected, names, formats = 0, [], "<"
    for offset, kind, field, *_ in rows:
        assert int(offset) == expected, f"{field} is at {offset}, expected {expected}"
        names.append(field)
        formats += FORMATS[kind]
        expected = struct.calcsize(formats)
    return names, struct.Struct(formats)


def vectors(kind: str) -> list[dict[str, Any]]:
    return [vector for vector in VECTORS["valid"] if vector["type"] == kind]


def unpack(rows: list[list[str]], data: bytes) -> dict[str, Any]:
    names, packing = layout(rows)
    fields = dict(zip(names, packing.unpack_from(data), strict=True))
    return {
        name: value.split(b"\0")[0].decode() if isinstance(value, bytes) else value for name, value in fields.items()
    }


def as_sent(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a vector with each float rounded to the float32 that it names."""
    return {
        name: struct.unpack("<f", struct.pack("<f", value))[0] if isinstance(value, float) else value
        for name, value in fields.items()
    }


def test_uuids() -> None:
    rows = table("Services")
    assert {row[0]: row[2] for row in rows} == {uuid.name: str(uuid) for uuid in UUIDs}
    for name, short, uuid, *_ in rows:
        assert uuid[4:8] == short, name
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid), name


def test_own_uuids_share_a_base_that_is_not_the_sigs() -> None:
    own = [UUIDs.MOTION_SERVICE, UUIDs.INFO, UUIDs.MOTION, UUIDs.CONTROL]
    (base,) = {uuid[:4] + "xxxx" + uuid[8:] for uuid in own}
    assert f"`{base}`" in README
    assert not base.endswith("5f9b34fb")


def test_version() -> None:
    version = f"{PROTOCOL_MAJOR}.{PROTOCOL_MINOR}"
    assert README.startswith(f"# The kickback motion protocol, version {version}\n")
    assert table("Versions")[-1][0] == version
    assert VECTORS["protocol"] == version


def test_opcodes() -> None:
    rows = table("Control")
    assert {row[0]: int(row[1], 16) for row in rows} == {opcode.name: opcode for opcode in Opcode}
    assert all(int(row[2], 16) == int(row[1], 16) + 0x80 for row in rows)


def test_statuses() -> None:
    assert {row[0]: int(row[1]) for row in table("Control", 1)} == {status.name: status for status in Status}


def test_flags() -> None:
    assert {row[0]: int(row[1], 16) for row in table("Motion", 1)} == {flag.name: flag for flag in MotionFlags}


def test_batches() -> None:
    for mtu, fit, *batches in table("Motion", 2):
        assert samples_per_notification(int(mtu), 1e6) == int(fit)
        for rate_hz, batch in zip((50, 100, 200, 500), batches, strict=True):
            assert samples_per_notification(int(mtu), rate_hz) == int(batch), (mtu, rate_hz)


def test_info_table_reads_the_vectors() -> None:
    rows = table("Info")
    assert layout(rows)[1].size == int(re.search(r"## Info \((\d+) bytes\)", README)[1])  # type: ignore[index]
    for vector in vectors("info"):
        assert unpack(rows, bytes.fromhex(vector["hex"])) == as_sent(vector["fields"]), vector["name"]


def test_motion_table_reads_the_vectors() -> None:
    *header, (offset, kind, *_) = table("Motion")
    names, packing = layout(header)
    assert (packing.size, offset, kind) == (HEADER_BYTES, f"{HEADER_BYTES} + {SAMPLE_BYTES} k", "i16[6]")
    for vector in vectors("motion"):
        data, fields = bytes.fromhex(vector["hex"]), vector["fields"]
        found = dict(zip(names, packing.unpack_from(data), strict=True))
        first = found.pop("version_flags")
        assert first >> 4 == PROTOCOL_MAJOR
        assert [flag.name for flag in MotionFlags if flag & first] == fields["flags"]
        assert found == {name: fields[name] for name in found}
        whole = (len(data) - HEADER_BYTES) // SAMPLE_BYTES * SAMPLE_BYTES
        samples = struct.iter_unpack("<6h", data[HEADER_BYTES : HEADER_BYTES + whole])
        assert [list(sample) for sample in samples] == fields["samples"]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Commands", {"start": 1, "stop": 2, "set_rate": 3, "set_ranges": 4, "ping": 5}),
        ("Replies", {"started": 1, "stopped": 2, "rate_set": 3, "ranges_set": 4, "pong": 5}),
    ],
)
def test_control_tables_read_the_vectors(heading: str, names: dict[str, int]) -> None:
    rows = table(heading)
    for kind, opcode in names.items():
        ours = [row[1:] for row in rows if row[0] in ("every", Opcode(opcode).name)]
        assert layout(ours)[1].size <= 20, "fits the smallest MTU"
        for vector in vectors(kind):
            fields = unpack(ours, bytes.fromhex(vector["hex"]))
            assert fields.pop("opcode") & 0x7F == opcode
            assert fields.pop("status", 0) == 0
            assert fields == as_sent(vector["fields"]), vector["name"]


def test_the_package_imports_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"firmware_protocol"}
    sources = sorted(Path(str(PACKAGE)).glob("**/*.py"))
    assert sources
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{source.name}:{node.lineno} is relative"
                found = {(node.module or "").split(".")[0]}
            else:
                continue
            assert found <= allowed, f"{source.name}:{node.lineno} imports {found - allowed}"


def test_types_of_vectors_are_listed() -> None:
    listed = {kind for row in table("Vectors") for kind in re.findall(r"\w+", row[0])}
    assert listed == {vector["type"] for key in ("valid", "malformed") for vector in VECTORS[key]}


def test_examples_of_the_readme() -> None:
    example = doctest.DocTestParser().get_doctest(README, {}, "README.md", None, None)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


def test_public_names() -> None:
    names = firmware_protocol.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(firmware_protocol, name) for name in names)
    assert all(getattr(firmware_protocol, name).__doc__ for name in names if name[0].islower())
