"""Which formats there are, and what each can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker.exports.tables import COLUMNS, table, tables
from tracker.exports.workout import Workout

SAMPLES = "samples"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes
    ----------
    name
        What people call it.
    endings
        Of a file's name that mean it; empty: it has to be asked for.
    choices
        What can be written, the first one if nothing is said.
    text
        It can be printed.
    measures
        It needs the samples whatever is asked for.
    """

    name: str
    endings: tuple[str, ...]
    choices: tuple[str, ...]
    text: bool = False
    measures: bool = False


FORMATS = {
    one.name: one
    for one in (
        Format("csv", (".csv", ".csv.gz", ".zip"), ("reps", *(n for n in COLUMNS if n != "reps"), SAMPLES, ALL), True),
        Format("json", (".json", ".json.gz"), (ALL, *COLUMNS, SAMPLES), True),
        Format("parquet", (".parquet",), ("reps", *(n for n in COLUMNS if n != "reps"), SAMPLES, ALL)),
        Format("strong", (), ("sets",), True),
        Format("fit", (".fit",), ("sets",)),
        Format("motion-bids", (), (SAMPLES,), measures=True),
        Format("mcap", (".mcap",), (SAMPLES,), measures=True),
    )
}


def format_of(name: str | None, output: Path | None) -> Format:
    """Return the format that was asked for, else the one that the output's name says, else CSV.

    Raises
    ------
    ValueError
        There is none of that name; the message lists those there are.
    """
    if name is not None:
        if name not in FORMATS:
            raise ValueError(f"no format {name!r}; there are: {', '.join(FORMATS)}")
        return FORMATS[name]
    ending = "" if output is None else output.name.lower()
    return next((one for one in FORMATS.values() if ending.endswith(one.endings or "?")), FORMATS["csv"])


def write(
    target: Path,
    kind: Format,
    what: str,
    *,
    workout: Callable[[], Workout],
    source: Path | None,
    subject: str = "01",
) -> None:
    """Write one export.

    Parameters
    ----------
    target
        File or, for Motion-BIDS, folder to make.
    kind, what
        The format, and which of its choices.
    workout
        Gives what was found; only asked where it is needed.
    source
        The recording that holds the samples; None where none are needed.
    subject
        Label of the person in Motion-BIDS.

    Raises
    ------
    ValueError
        What was asked for cannot be written: one line.
    """
    if kind.measures or what == SAMPLES:
        assert source is not None
        _write_samples(target, kind, workout, source, subject)
    elif kind.name == "fit":
        from tracker.exports import fit

        fit.write(target, workout())
    elif kind.name == "strong":
        from tracker.exports import strong

        strong.write(target, workout())
    else:
        _write_tables(target, kind, what, workout())


def _write_tables(target: Path, kind: Format, what: str, workout: Workout) -> None:
    from tracker.exports import parquet, text

    wanted = tuple(tables(workout).values()) if what == ALL else (table(workout, what),)
    if kind.name == "json":
        text.write_json(target, wanted)
    elif what == ALL and kind.name == "csv":
        text.write_archive(target, wanted)
    elif what == ALL:
        text.write_archive(target, wanted, "parquet", parquet.encoded)
    elif kind.name == "csv":
        text.write_csv(target, wanted[0])
    else:
        parquet.write(target, wanted[0])


def _write_samples(target: Path, kind: Format, workout: Callable[[], Workout], source: Path, subject: str) -> None:
    from tracker.exports import measured

    if kind.name == "csv":
        measured.write_csv(target, source)
        return
    sensors = measured.measured(source)
    if kind.name == "json":
        from tracker.exports import text

        text.write_samples_json(target, sensors)
    elif kind.name == "parquet":
        from tracker.exports import parquet

        parquet.write_samples(target, sensors)
    elif kind.name == "mcap":
        from tracker.exports import mcap

        mcap.write(target, workout(), sensors)
    else:
        from tracker.exports import motion_bids

        motion_bids.write(target, workout(), sensors, subject=subject)
