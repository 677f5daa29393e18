"""The errors beside the numbers are those that were proven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracker.motion.engine import ALGORITHM_VERSION
from tracker.trends import METRICS
from tracker.trends.errors import errors, flags, longs, published

PROVEN = json.loads((Path(__file__).parents[1] / "accuracy" / "proven.json").read_text(encoding="utf-8"))
NOMINAL = next(one for one in PROVEN["corpora"] if one["name"] == "nominal")


def test_the_figures_are_those_of_the_sealed_seeds() -> None:
    proven = NOMINAL["parts"]["sealed"]["figures"]
    _, figures = published()
    assert figures == {name: pytest.approx(proven[name]["value"], rel=1e-5) for name in figures}


def test_the_long_phases_are_those_of_the_sealed_seeds_and_of_enough_of_them() -> None:
    for phase, kept in longs().items():
        corpus = next(one for one in PROVEN["corpora"] if one["name"] == kept["corpus"])
        proven = corpus["parts"]["sealed"]["figures"]
        assert {which: kept[which] for which in ("lower", "upper")} == {
            which: pytest.approx(proven[f"{phase} long {which}"]["value"], rel=1e-5) for which in ("lower", "upper")
        }
        assert proven[f"{phase} long lower"]["n"] >= 50


def test_a_long_phase_has_a_larger_error() -> None:
    back = errors()["eccentric_s"]
    assert back.of(1.5) == back.of(None) == back.short == "±0.22 s"
    assert back.of(3.0) == "±0.44 s"


def test_the_flags_are_those_of_the_sealed_seeds() -> None:
    proven = {one["flag"]: one for one in PROVEN["form"]["sealed"]}
    for flag, kept in flags().items():
        assert kept == {name: pytest.approx(proven[flag][name], rel=1e-5) for name in ("falsely", "flagged")}


def test_they_are_of_the_engine_that_runs() -> None:
    version, _ = published()
    assert version == PROVEN["made"]["algorithm_version"] == ALGORITHM_VERSION


def test_every_metric_that_names_an_error_has_one() -> None:
    assert {metric.error for metric in METRICS if metric.error} == set(errors())


def test_what_the_column_says_is_not_less_than_the_figure() -> None:
    assert errors()["range_deg"].short == "±0.7°"
    assert errors()["hold_s"].short == "±0.23 s"
