"""The proving ground's command: ``python -m tests.accuracy.prove``.

Without options it runs a few tuned seeds of every cell and prints a line for each. ``--write`` makes the full run, of
sealed seeds and a fifth as many tuned ones, scores the real recordings too, and writes ``ACCURACY.md`` and
``proven.json``. What is done is kept in a folder, so that a killed run goes on where it was; results of other sources
than the present ones are not taken from there. ``--report-only`` writes ``ACCURACY.md`` again from ``proven.json``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import cost, extras, proven, real, report
from .cells import CELLS, SEALED_FROM, Cell
from .proven import SEED_RANGES, Proven, SeedRange, Sessions
from .running import Job, made, prove, seeds_for, wanted

ROOT = Path(__file__).parents[2]
PROVEN = Path(__file__).with_name("proven.json")
REPORT = ROOT / "ACCURACY.md"
DATA = "KICKBACK_REFERENCE_DATA"
TUNED_SHARE = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the exit status is 2 for options that make no sense."""
    options = _parser().parse_args(arguments)
    complaint = _complaint(options)
    if complaint:
        print(complaint, file=sys.stderr)
        return 2
    if options.report_only:
        REPORT.write_text(report.text(proven.read(PROVEN)), encoding="utf-8")
        return 0
    jobs = full() if options.write else _some(options)
    found: dict[tuple[str, SeedRange], Sessions] = {}
    for job, sessions in prove(jobs, options.workers, options.folder):
        found[job.cell.name, job.seed_range] = sessions
        print(report.line(job.cell.name, job.seed_range, list(sessions.values())), flush=True)
        if options.wrong:
            print(*(f"   {text}" for one in sessions.values() for text in one.wrong), sep="\n", flush=True)
    if options.write:
        write(found)
    return 0


def write(found: dict[tuple[str, SeedRange], Sessions]) -> None:
    """Measure what is beside the sweep, and write both files."""
    print("costs, real recordings, form", file=sys.stderr)
    whole = proven.gathered(found, made())
    beside = real.measured(Path(os.environ[DATA]))
    whole = Proven(whole.made, whole.cells, whole.corpora, whole.exercises, beside, extras.form(), cost.measured())
    proven.write(whole, PROVEN)
    REPORT.write_text(report.text(proven.read(PROVEN)), encoding="utf-8")
    print(f"wrote {PROVEN} and {REPORT}", file=sys.stderr)


def full() -> list[Job]:
    """All cells, in both seed ranges."""
    jobs = []
    for seeds in reversed(SEED_RANGES):
        first, share = (SEALED_FROM, 1.0) if seeds == "sealed" else (0, TUNED_SHARE)
        jobs += [Job(cell, seeds_for(cell, first, share * wanted(cell))) for cell in CELLS]
    return jobs


def _some(options: argparse.Namespace) -> list[Job]:
    seeds = range(options.first, options.first + options.seeds)
    return [Job(cell, seeds) for cell in _chosen(options.cells)]


def _chosen(text: str) -> list[Cell]:
    """Cells of a corpus, or with a text in their names; traced ones only where their recordings are."""
    cells = [cell for cell in CELLS if text == cell.corpus or text in cell.name]
    there = [cell for cell in cells if not cell.traced or os.environ.get(DATA)]
    if len(there) < len(cells):
        print(f"{DATA} is not set: {len(cells) - len(there)} traced cells are left out", file=sys.stderr)
    return there


def _complaint(options: argparse.Namespace) -> str:
    if options.wrong and (options.write or options.first + options.seeds > SEALED_FROM):
        return f"--wrong: seeds from {SEALED_FROM} on are sealed; what went wrong in them is not shown"
    if options.first < SEALED_FROM < options.first + options.seeds:
        return f"seeds must lie below {SEALED_FROM} or from there on, not both"
    if options.write and (options.cells or not os.environ.get(DATA)):
        return f"--write runs all cells, and needs {DATA}"
    if options.report_only and not PROVEN.exists():
        return f"--report-only: {PROVEN} is not there; --write makes it"
    if not options.write and not options.report_only and not _chosen(options.cells):
        return f"--cells {options.cells}: no such cell or corpus"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.prove", description=__doc__)
    parser.add_argument("--cells", default="", help="a corpus, or a part of cells' names; all if not given")
    parser.add_argument("--seeds", type=int, default=8, help="how many per cell (8)")
    parser.add_argument("--first", type=int, default=0, help=f"first seed (0); from {SEALED_FROM} on they are sealed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (one per core)")
    parser.add_argument("--wrong", action="store_true", help="list what went wrong")
    parser.add_argument("--write", action="store_true", help=f"full run; writes {REPORT.name} and {PROVEN.name}")
    parser.add_argument("--report-only", action="store_true", help=f"write {REPORT.name} from {PROVEN.name}")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "kickback-proving", help="where results are kept"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
