"""The recordings can be made again."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tracker.analysis import sensor_of
from tracker.motion.samples import Array
from tracker.recording import open_recording
from tracker.stream import decode

from .conftest import NAMES, RECORDINGS

LARGEST_BYTES = 2_000_000
ACC_STEPS, GYR_STEPS = 3 * 16 * 9.81 / 32768, 3 * np.radians(2000) / 32768
"""Another machine's sines may round to the neighbouring step of the 16 bits."""


def samples(path: Path) -> tuple[Array, Array, Array]:
    """Return index (n,), specific force and turning rate (n, 3)."""
    recording = open_recording(path)
    sensor = sensor_of(recording)
    blocks = list(decode(recording, family=sensor.family, info=sensor.info, sensor=sensor.number))
    index = np.concatenate([block.start_index + np.arange(len(block)) for block in blocks])
    return index, np.concatenate([b.acc for b in blocks]), np.concatenate([b.gyr for b in blocks])


@pytest.fixture(scope="module")
def made(make: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, made anew."""
    folder = tmp_path_factory.mktemp("made")
    make.main(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_made_again_they_are_the_same(made: Path, name: str) -> None:
    path, before = made / f"{name}.mcap", RECORDINGS / f"{name}.mcap"
    index, acc, gyr = samples(path)
    index_0, acc_0, gyr_0 = samples(before)
    assert np.array_equal(index, index_0)
    np.testing.assert_allclose(acc, acc_0, rtol=0, atol=ACC_STEPS)
    np.testing.assert_allclose(gyr, gyr_0, rtol=0, atol=GYR_STEPS)
    new, old = open_recording(path).header, open_recording(before).header
    assert (new.session, new.exercise, new.working_side) == (old.session, old.exercise, old.working_side)


@pytest.mark.parametrize("name", NAMES)
def test_their_truth_is_the_same(make: ModuleType, made: Path, name: str) -> None:
    now, before = make.read_truth(made / f"{name}.mcap"), make.read_truth(RECORDINGS / f"{name}.mcap")
    sets, sets_0 = now.pop("sets"), before.pop("sets")
    spans, spans_0 = now.pop("activities"), before.pop("activities")
    assert now == pytest.approx(before, abs=1e-6)
    assert [span["doing"] for span in spans] == [span["doing"] for span in spans_0]
    for one, other in zip(sets, sets_0, strict=True):
        for kind in ("reps", "partials"):
            for rep, rep_0 in zip(one[kind], other[kind], strict=True):
                assert rep == pytest.approx(rep_0, abs=1e-3)


def test_each_has_a_recipe_a_truth_and_a_line_in_the_readme(make: ModuleType) -> None:
    assert sorted(make.RECIPES) == NAMES
    readme = (RECORDINGS / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}.mcap`" in readme
        truth = json.loads((RECORDINGS / f"{name}.truth.json").read_text(encoding="utf-8"))
        assert truth["label"] == name


def test_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in RECORDINGS.iterdir() if path.is_file()) < LARGEST_BYTES
