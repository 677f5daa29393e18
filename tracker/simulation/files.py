"""A simulated session as files: the samples' CSV and the truth's JSON."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

from .sensor import SensorStream
from .session import Simulated

COLUMNS = ("time_s", "acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2", "gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s")


def write_csv(path: str | Path, stream: SensorStream) -> None:
    """Write the samples that arrived; ``.gz`` compresses. The same stream gives the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t, acc, gyr in zip(stream.time_s.tolist(), stream.acc.tolist(), stream.gyr.tolist(), strict=True):
        writer.writerow([f"{t:.6f}", *(f"{v:.6f}" for v in (*acc, *gyr))])
    data = text.getvalue().encode()
    path = Path(path)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def truth_json(simulated: Simulated) -> str:
    """Return the truth as text, in the layout that scripts score against."""
    return json.dumps(simulated.truth(), indent=1) + "\n"
