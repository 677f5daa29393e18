"""What was proven, with where it comes from: ``proven.json`` in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from .cells import CELLS, TURNING_IDS, Cell
from .figures import counts, figures
from .intervals import NOTHING, Figure
from .proving import Tally

SeedRange = Literal["tuned", "sealed"]
SEED_RANGES: tuple[SeedRange, ...] = ("tuned", "sealed")
Sessions = dict[int, Tally]
"""Seed → what its session gave."""


@dataclass(frozen=True, slots=True)
class Part:
    """One seed range of a block: seeds ``first`` … ``first + seeds - 1``."""

    first: int
    seeds: int
    counts: dict[str, float]
    figures: dict[str, Figure]

    def figure(self, name: str) -> Figure:
        """A figure by its name; nothing where it was not told."""
        return self.figures.get(name, NOTHING)


@dataclass(frozen=True, slots=True)
class Block:
    """A cell, or several cells together."""

    name: str
    corpus: str
    told: bool
    parts: dict[SeedRange, Part]


@dataclass(frozen=True, slots=True)
class Proven:
    """Everything that the report is written from.

    Attributes
    ----------
    made
        Versions and what else says how this came about.
    cells, corpora, exercises
        Figures per cell, per corpus with its cells together, and per exercise.
    real, form, cost
        Real recordings, form flags and cost; empty where they were not measured.
    """

    made: dict[str, Any]
    cells: tuple[Block, ...]
    corpora: tuple[Block, ...]
    exercises: tuple[Block, ...]
    real: dict[str, Any] = field(default_factory=dict)
    form: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)

    def cell(self, name: str) -> Block:
        """A cell by its name."""
        return next(block for block in self.cells if block.name == name)

    def corpus(self, name: str) -> Block:
        """A corpus by its name."""
        return next(block for block in self.corpora if block.name == name)


def gathered(found: dict[tuple[str, SeedRange], Sessions], made: dict[str, Any]) -> Proven:
    """Figures of all sessions: found per cell and seed range."""
    there = [cell for cell in CELLS if any(name == cell.name for name, _ in found)]
    cells = tuple(_block(cell.name, [cell], found) for cell in there)
    groups: dict[str, Callable[[Cell], bool]] = {
        corpus: lambda cell, corpus=corpus: cell.corpus == corpus for corpus in dict.fromkeys(c.corpus for c in there)
    }
    groups["all told"] = lambda cell: cell.told
    corpora = tuple(_block(name, [c for c in there if of(c)], found) for name, of in groups.items())
    trained = [c for c in there if c.corpus != "idle"]
    exercises = tuple(
        _block(id_, trained, found, lambda seed, i=i: seed % len(TURNING_IDS) == i) for i, id_ in enumerate(TURNING_IDS)
    )
    return Proven(made, cells, corpora, exercises)


def _block(
    name: str,
    cells: Sequence[Cell],
    found: dict[tuple[str, SeedRange], Sessions],
    of: Callable[[int], bool] = lambda seed: True,
) -> Block:
    parts = {}
    for seeds in SEED_RANGES:
        sessions = [(s, one) for c in cells for s, one in found.get((c.name, seeds), {}).items() if of(s)]
        if sessions:
            parts[seeds] = _part(sessions)
    corpus = cells[0].corpus if len(cells) == 1 else name
    return Block(name, corpus, all(c.told for c in cells), parts)


def _part(sessions: Iterable[tuple[int, Tally]]) -> Part:
    seeds, tallies = zip(*sessions, strict=True)
    return Part(min(seeds), len(set(seeds)), counts(tallies), figures(tallies))


def write(proven: Proven, path: Path) -> None:
    """Write as JSON."""
    text = json.dumps(_rounded(asdict(proven)), indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    """Six significant digits, so that a diff of two runs shows what changed."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def read(path: Path) -> Proven:
    """Read what ``write`` wrote."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    for name in ("cells", "corpora", "exercises"):
        raw[name] = tuple(_read_block(one) for one in raw[name])
    return Proven(**raw)


def _read_block(raw: dict[str, Any]) -> Block:
    parts = {}
    for seeds, part in raw["parts"].items():
        figures_ = {name: Figure(**one) for name, one in part["figures"].items()}
        parts[seeds] = Part(part["first"], part["seeds"], part["counts"], figures_)
    return Block(raw["name"], raw["corpus"], raw["told"], parts)
