"""A session as a table of repetitions, for people who look at tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.journal.errors import JournalError
from tracker.journal.logged import LoggedRep, LoggedSet, Session

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


def frame(session: Session, *, partials: bool) -> pd.DataFrame:
    """Return a row per repetition; see ``Session.to_frame``."""
    try:
        import pandas as pd
    except ImportError as error:
        raise JournalError("a table needs pandas: pip install 'kickback-tracker[notebooks]'") from error
    rows = [
        _row(session, logged, rep, partial=partial)
        for logged in session.sets
        for partial, reps in ((False, logged.reps), (True, logged.partials if partials else ()))
        for rep in reps
    ]
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in COLUMNS.items()})


def _row(session: Session, logged: LoggedSet, rep: LoggedRep, *, partial: bool) -> dict[str, Any]:
    return {
        "session": session.uuid,
        "started_at": session.started_at,
        "set": logged.number,
        "rep": rep.number,
        "partial": partial,
        "added": rep.rep_id is None,
        "side": logged.context.side,
        "exercise": logged.context.exercise,
        "kind": logged.context.kind.value,
        "load_kg": logged.context.load_kg,
        "bottom_pause_s": rep.bottom_pause_s,
        "flags": " ".join(rep.flags),
        **{name: None if rep.rep is None else getattr(rep.rep, name) for name in _MEASURED},
    }
