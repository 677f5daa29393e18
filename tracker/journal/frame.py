"""Repetitions and sets as tables, for people who look at tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tracker.journal.errors import JournalError
from tracker.journal.logged import LoggedRep, LoggedSet, SetSummary
from tracker.journal.values import SetContext

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

COLUMNS: dict[str, str] = {
    "session": "object",
    "started_at": "object",
    "set": "int64",
    "rep": "int64",
    "partial": "bool",
    "added": "bool",
    "side": "object",
    "exercise": "object",
    "kind": "object",
    "load_kg": "float64",
    "start_s": "float64",
    "peak_start_s": "float64",
    "peak_end_s": "float64",
    "end_s": "float64",
    "concentric_s": "float64",
    "hold_s": "float64",
    "eccentric_s": "float64",
    "bottom_pause_s": "float64",
    "range_deg": "float64",
    "peak_speed_deg_s": "float64",
    "range_m": "float64",
    "peak_speed_m_s": "float64",
    "flags": "object",
}
"""Column names and types; ``flags`` are joined by a space."""

_MEASURED = (
    "start_s",
    "peak_start_s",
    "peak_end_s",
    "end_s",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    "range_deg",
    "peak_speed_deg_s",
    "range_m",
    "peak_speed_m_s",
)


SET_COLUMNS: dict[str, str] = {
    "session": "object",
    "started_at": "object",
    "set": "int64",
    "side": "object",
    "exercise": "object",
    "kind": "object",
    "load_kg": "float64",
    "load_label": "object",
    "reps": "int64",
    "partials": "int64",
    "start_s": "float64",
    "end_s": "float64",
    "time_under_tension_s": "float64",
    "median_concentric_s": "float64",
    "median_hold_s": "float64",
    "median_eccentric_s": "float64",
    "median_bottom_pause_s": "float64",
    "median_range_deg": "float64",
    "median_peak_speed_deg_s": "float64",
}
"""The same for a row per set."""


def reps_frame(
    sets: Iterable[LoggedSet], *, session: str | None, started_at: datetime | None = None, partials: bool
) -> pd.DataFrame:
    """Return a row per repetition; see ``Session.to_frame`` and ``Analysis.to_frame``."""
    return _frame(
        COLUMNS,
        (
            {"session": session, "started_at": started_at, **_row(logged, rep, partial=partial)}
            for logged in sets
            for partial, reps in ((False, logged.reps), (True, logged.partials if partials else ()))
            for rep in reps
        ),
    )


def sets_frame(sets: Iterable[SetSummary]) -> pd.DataFrame:
    """Return a row per set; see ``Journal.to_frame``."""
    return _frame(
        SET_COLUMNS,
        (
            {
                "session": one.uuid,
                "started_at": one.started_at,
                "set": one.number,
                **_context(one.context),
                "load_label": one.context.load_label,
                **asdict(one.totals),
            }
            for one in sets
        ),
    )


def _frame(columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    try:
        import pandas as pd
    except ImportError as error:
        raise JournalError("a table needs pandas: pip install 'kickback-tracker[notebooks]'") from error
    whole = list(rows)
    return pd.DataFrame({name: pd.Series([row[name] for row in whole], dtype=kind) for name, kind in columns.items()})


def _context(said: SetContext) -> dict[str, Any]:
    return {"side": said.side, "exercise": said.exercise, "kind": said.kind.value, "load_kg": said.load_kg}


def _row(logged: LoggedSet, rep: LoggedRep, *, partial: bool) -> dict[str, Any]:
    return {
        "set": logged.number,
        "rep": rep.number,
        "partial": partial,
        "added": rep.rep_id is None,
        **_context(logged.context),
        "bottom_pause_s": rep.bottom_pause_s,
        "flags": " ".join(rep.flags),
        **{name: None if rep.rep is None else getattr(rep.rep, name) for name in _MEASURED},
    }
