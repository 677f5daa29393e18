"""The CSV contract, in and out."""

from __future__ import annotations

import gzip
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.motion.samples import Gap, Samples
from tracker.recording import CsvRecording, RecordingError, read_samples_csv, write_samples_csv
from tracker.recording.samples_csv import COLUMNS

HEAD = ",".join(COLUMNS)


def block(start: int, count: int, period_s: float = 0.01, seed: int = 0) -> Samples:
    values = np.random.default_rng(seed + start).normal(size=(count, 6))
    return Samples(start, period_s, values[:, :3], values[:, 3:], np.ones(count, bool), np.zeros(count, bool))


def rows(count: int, start: int = 0, period_s: float = 0.01) -> list[str]:
    return [f"{i * period_s:.3f},0.5,{i},9.81,0.1,-0.2,3e-1" for i in range(start, start + count)]


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def said(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        read_samples_csv(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def samples_of(read: CsvRecording) -> list[Samples]:
    return [part for part in read.blocks if isinstance(part, Samples)]


def test_a_plain_file(tmp_path: Path) -> None:
    read = read_samples_csv(write(tmp_path / "a.csv", HEAD, *rows(50, start=100)))
    assert read.t0_s == 1.0
    assert read.period_s == pytest.approx(0.01)
    assert read.rate_hz == pytest.approx(100)
    assert read.duration_s == pytest.approx(0.49)
    (samples,) = samples_of(read)
    assert samples.start_index == 0
    assert samples.acc.tolist() == [[0.5, i, 9.81] for i in range(100, 150)]
    assert samples.gyr.tolist() == [[0.1, -0.2, 0.3]] * 50
    assert samples.acc.flags.c_contiguous
    assert samples.gyr.flags.c_contiguous
    assert samples.acc.dtype == samples.gyr.dtype == np.float64
    assert samples.valid.all()
    assert not samples.clipped.any()


def test_a_gap(tmp_path: Path) -> None:
    read = read_samples_csv(write(tmp_path / "a.csv", HEAD, *rows(50, 100), *rows(30, 190)))
    first, gap, second = read.blocks
    assert isinstance(first, Samples)
    assert isinstance(second, Samples)
    assert isinstance(gap, Gap)
    assert (len(first), len(second), second.start_index) == (50, 30, 90)
    assert gap.samples_lost == 40
    assert (gap.start_s, gap.end_s) == (pytest.approx(1.49), pytest.approx(1.90))
    assert read.duration_s == pytest.approx(1.19)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(tmp_path: Path, end: str, mark: str) -> None:
    read = read_samples_csv(write(tmp_path / "a.csv", mark + HEAD, *rows(5), "", end=end))
    assert [len(part) for part in samples_of(read)] == [5]


def test_other_columns_and_any_order(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv", HEAD, *rows(20))
    names = ['"note"', *reversed(COLUMNS), " temp "]
    mixed = [",".join(['"a, ""b"""', *reversed(row.split(",")), ""]) for row in rows(20)]
    shuffled = write(tmp_path / "b.csv", ",".join(names), *mixed)
    ours, theirs = samples_of(read_samples_csv(plain))[0], samples_of(read_samples_csv(shuffled))[0]
    np.testing.assert_array_equal(ours.acc, theirs.acc)
    np.testing.assert_array_equal(ours.gyr, theirs.gyr)


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEAD, *rows(5)]))
    assert len(samples_of(read_samples_csv(path))[0]) == 5


@pytest.mark.parametrize("rate_hz", [25, 100, 500])
def test_rates_within_the_contract(tmp_path: Path, rate_hz: int) -> None:
    read = read_samples_csv(write(tmp_path / "a.csv", HEAD, *rows(50, period_s=1 / rate_hz)))
    assert read.rate_hz == pytest.approx(rate_hz, rel=1e-3)


def changed(line: int, text: str, count: int = 20) -> list[str]:
    lines = [HEAD, *rows(count)]
    lines[line - 1] = text
    return lines


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "the file is empty, expected a header line and samples"),
        (["", " "], "the file is empty, expected a header line and samples"),
        ([HEAD], "no samples behind the header line"),
        ([HEAD, *rows(1)], "a single sample, expected at least 2"),
        (
            ["time_s,acc_x_m_s2,acc_y_m_s2,ax,gyr_x_rad_s,gyr_y_rad_s,gz", *rows(3)],
            "line 1: columns missing: acc_z_m_s2, gyr_z_rad_s",
        ),
        ([HEAD + ",time_s", *rows(3)], "line 1: columns given twice: time_s"),
        (changed(9, "0.07,1,2,x7,4,5,6"), "line 9: acc_z_m_s2 is 'x7', expected a number"),
        (changed(9, "0.07,1,2,,4,5,6"), "line 9: acc_z_m_s2 is '', expected a number"),
        (changed(9, "0.07,1,2,3,4,5"), "line 9: 6 cells, none for gyr_z_rad_s"),
        (changed(2, "0.0,1,2,3,4,5,nan"), "line 2: gyr_z_rad_s is nan, expected a finite number"),
        (changed(21, "0.19,-inf,2,3,4,5,6"), "line 21: acc_x_m_s2 is -inf, expected a finite number"),
        (changed(9, "0.05,1,2,3,4,5,6"), "line 9: time runs backwards at 0.050000 s, after 0.060000 s"),
        (changed(9, "0.06,1,2,3,4,5,6"), "line 9: time repeats 0.060000 s, after 0.060000 s"),
        ([HEAD, *rows(20, period_s=0.2)], "sampled at 5.0 Hz, expected 25 to 500 Hz"),
        ([HEAD, *rows(20, period_s=0.001)], "sampled at 1000.0 Hz, expected 25 to 500 Hz"),
    ],
)
def test_what_is_wrong_and_where(tmp_path: Path, lines: list[str], message: str) -> None:
    path = write(tmp_path / "a.csv", *lines)
    assert said(path) == message
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert said(packed) == message


def test_blank_lines_count_as_lines(tmp_path: Path) -> None:
    lines = [HEAD, *rows(5), "", "", "0.05,1,2,3,4,5,nan", *rows(3, 6)]
    assert said(write(tmp_path / "a.csv", *lines)).startswith("line 9: gyr_z_rad_s is nan")
    quoted = ['"time_s"' + HEAD[6:], *lines[1:]]
    assert said(write(tmp_path / "b.csv", *quoted)).startswith("line 9: gyr_z_rad_s is nan")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"\xff\xd8\xff\xe0JFIF\x00", "line 1: not text: byte 0 is not UTF-8, expected CSV"),
        ("a.csv", b"\x89MCAP0\r\n\x01", "line 1: not text: byte 0 is not UTF-8, expected CSV"),
        ("a.csv", HEAD.encode() + b"\n1,2\x00", "line 2: not text: byte 79 is zero, expected CSV"),
        ("a.csv", "time_s".encode("utf-16"), "line 1: not text: byte 0 is not UTF-8, expected CSV"),
        ("a.csv.gz", b"time_s", "not a gzip file: it begins with 74 69 6d 65"),
        ("a.csv.gz", b"", "the file is empty, expected a header line and samples"),
        ("a.csv.gz", gzip.compress(b"x" * 99)[:-9], "damaged gzip: "),
        ("a.csv", b"\x1f\x8b\x08junkjunkjunk", "damaged gzip: "),
        ("a.csv", b'"' * 200_000, "line 1: columns missing: "),
        ("a.csv", HEAD.encode() + b'\n"' + b"x" * 200_000, "not CSV: "),
    ],
)
def test_files_that_are_no_csv(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert said(path).startswith(message)


def test_a_missing_file(tmp_path: Path) -> None:
    assert said(tmp_path / "no.csv") == "cannot open: no such file or directory"


@given(st.binary(max_size=300), st.booleans())
@settings(deadline=None)
def test_any_bytes_are_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes, headed: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEAD.encode() + b"\n" + data if headed else data)
    said(path)


@given(st.text(alphabet='0123456789.,-e"\n\r nai_;\x1d', max_size=120))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_or_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("\n".join([HEAD, *rows(3), text]), newline="")
    try:
        read_samples_csv(path)
    except RecordingError as error:
        message = str(error)
    else:
        message = ""
    assert len(message.splitlines()) <= 1


@given(
    st.sampled_from([25.0, 52.0, 100.0, 104.0, 333.0, 500.0]),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(30, 60), st.integers(1, 200)), min_size=1, max_size=5),
    st.sampled_from(["a.csv", "a.csv.gz"]),
)
@settings(deadline=None, max_examples=60)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    rate_hz: float,
    first: int,
    runs: list[tuple[int, int]],
    name: str,
) -> None:
    written: list[Samples | Gap] = []
    at, period_s = first, 1 / rate_hz
    for count, lost in runs:
        written.append(block(at, count, period_s))
        at += count + lost
        written.append(Gap(0.0, 0.0, lost))
    path = tmp_path_factory.getbasetemp() / name
    write_samples_csv(path, period_s, written, t0_s=3.5)
    read = read_samples_csv(path)
    assert read.t0_s == pytest.approx(3.5 + first * period_s, abs=1e-6)
    assert read.period_s == pytest.approx(period_s, rel=1e-4)
    ours = [part for part in written if isinstance(part, Samples)]
    for before, after in zip(ours, samples_of(read), strict=True):
        assert after.start_index == before.start_index - first
        np.testing.assert_allclose(after.acc, before.acc, rtol=1e-8)
        np.testing.assert_allclose(after.gyr, before.gyr, rtol=1e-8)
    assert [part.samples_lost for part in read.blocks if isinstance(part, Gap)] == [lost for _, lost in runs[:-1]]


def test_lost_samples_become_missing_rows(tmp_path: Path) -> None:
    samples = block(0, 60)
    samples.valid[20:24] = False
    write_samples_csv(tmp_path / "a.csv", 0.01, [samples])
    _, gap, second = read_samples_csv(tmp_path / "a.csv").blocks
    assert isinstance(gap, Gap)
    assert gap.samples_lost == 4
    assert isinstance(second, Samples)
    assert second.start_index == 24


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        write_samples_csv(tmp_path / name, 0.01, [block(0, 50)])
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_samples_go_to_an_open_stream_as_to_a_file(tmp_path: Path) -> None:
    stream = io.BytesIO()
    write_samples_csv(stream, 0.01, [block(0, 50), block(60, 5)], t0_s=2.0)
    write_samples_csv(tmp_path / "a.csv", 0.01, [block(0, 50), block(60, 5)], t0_s=2.0)
    assert stream.getvalue() == (tmp_path / "a.csv").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_bytes)
        write_samples_csv(pipe, 0.01, [block(0, 50)])
        assert reader.result(timeout=10).count(b"\n") == 51
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "mine")
    with pytest.raises(ValueError, match="on a grid of"):
        write_samples_csv(path, 0.01, [block(0, 50), block(50, 50, 0.02)])
    assert path.read_text() == "mine\n"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(RecordingError, match="cannot write: no such file"):
        write_samples_csv(tmp_path / "no" / "a.csv", 0.01, [block(0, 50)])


def test_an_hour_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_samples_csv(path, 0.01, [block(0, 360_000)])
    before = time.perf_counter()
    read = read_samples_csv(path)
    assert time.perf_counter() - before < 4.0, "0.8 s when nothing else runs"
    assert len(samples_of(read)[0]) == 360_000


@pytest.mark.parametrize("stamp", ["1e9", "1e30", "1e300"])
def test_a_stamp_out_of_this_world(tmp_path: Path, stamp: str) -> None:
    path = write(tmp_path / "a.csv", HEAD, *rows(5), f"{stamp},1,2,3,4,5,6")
    assert said(path).startswith("line 7: time jumps from 0.04 s to 1e")
