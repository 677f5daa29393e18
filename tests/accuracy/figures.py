"""What many sessions of one kind say: counts, and figures with intervals.

A border belongs to the phase that it bounds: ``start_s`` and ``peak_start_s`` to the concentric, ``peak_end_s`` and
``end_s`` to the eccentric. Phases of up to 2 s and longer ones are told apart by the true phase; for the longer ones an
error is given as a share of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .intervals import Array, Figure, agreement, mean, percentile, rate, ratio, root_mean_square, share
from .proving import COLUMNS, Tally
from .scoring import BORDERS

LONG_S = 2.0
BORDER_OF = dict(zip(BORDERS, ("concentric", "concentric", "eccentric", "eccentric"), strict=True))
PHASES = ("concentric", "hold", "eccentric", "bottom_pause")
COUNTS = (
    "sessions", "seconds", "idle_s", "sets", "exact", "within_one", "true", "missed", "extra", "false", "false_s",
    "partials_true", "partials_found", "partials_hit", "peaks", "taken_back",
)  # fmt: skip
Columns = dict[str, list[Array]]
"""Column of ``Tally.errors`` → its values, session by session."""


def counts(sessions: Sequence[Tally]) -> dict[str, float]:
    """Sums over the sessions."""
    return {name: sum(getattr(one, name) for one in sessions) for name in COUNTS}


def figures(sessions: Sequence[Tally]) -> dict[str, Figure]:
    """All figures of some sessions, by name; times in seconds, angles in degrees, shares as such."""
    columns = columns_of(sessions)
    return _counted(sessions) | _borders(columns) | _tempo(columns) | _sizes(columns) | _latency(columns)


def columns_of(sessions: Sequence[Tally]) -> Columns:
    """Columns of the errors, NaN where a number is not there."""
    tables = [np.array(one.errors, dtype=float).reshape(-1, len(COLUMNS)) for one in sessions]
    return {name: [table[:, i] for table in tables] for i, name in enumerate(COLUMNS)}


def _counted(sessions: Sequence[Tally]) -> dict[str, Figure]:
    def of(*names: str) -> list[float]:
        return [sum(getattr(one, name) for name in names) for one in sessions]

    hours = [one.idle_s / 3600.0 for one in sessions]
    doubled = [2.0 * one.partials_hit for one in sessions]
    return {
        "miscount": share(of("missed", "extra"), of("true")),
        "sets_exact": share(of("exact"), of("sets")),
        "sets_within_one": share(of("within_one"), of("sets")),
        "false_per_h": rate(of("false"), hours),
        "false_time": ratio(of("false_s"), of("idle_s")),
        "partials_f1": ratio(doubled, of("partials_true", "partials_found")),
        "partials_precision": share(of("partials_hit"), of("partials_found")),
        "partials_recall": share(of("partials_hit"), of("partials_true")),
        "taken_back": share(of("taken_back"), of("peaks")),
    }


def _borders(columns: Columns) -> dict[str, Figure]:
    """Mean absolute errors of the borders."""
    out = {}
    for border, phase in BORDER_OF.items():
        errors, true = columns[border], columns[f"{phase}_true_s"]
        out[f"{border} short"] = mean(_some(errors, true, long=False, absolute=True))
        out[f"{border} long"] = mean(_some(errors, true, long=True, absolute=True))
    rep_s = _under_tension(columns)
    of_rep = [np.abs(columns[border][i]) / rep_s[i] for border in BORDERS for i in range(len(rep_s))]
    out["borders of repetition"] = mean(_there(_per_session(of_rep, len(rep_s))))
    return out


def _per_session(parts: list[Array], sessions: int) -> list[Array]:
    """Parts that come sessions after sessions, joined by session."""
    return [np.concatenate(parts[i::sessions]) for i in range(sessions)]


def _under_tension(columns: Columns) -> list[Array]:
    """True time of each repetition, s."""
    three = (columns["concentric_true_s"], columns["hold_true_s"], columns["eccentric_true_s"])
    return [a + b + c for a, b, c in zip(*three, strict=True)]


def _tempo(columns: Columns) -> dict[str, Figure]:
    """Bias and limits of agreement of the phase times, and of their sum."""
    out = {}
    for phase in PHASES:
        for kind in ("short", "long"):
            errors = _some(columns[f"{phase}_s"], columns[f"{phase}_true_s"], long=kind == "long")
            out |= _limits(f"{phase} {kind}", errors)
    whole = [end - start for start, end in zip(columns["start_s"], columns["end_s"], strict=True)]
    return out | _limits("under tension", _there(whole))


def _limits(name: str, errors: list[Array]) -> dict[str, Figure]:
    return dict(zip((f"{name} bias", f"{name} lower", f"{name} upper"), agreement(errors), strict=True))


def _sizes(columns: Columns) -> dict[str, Figure]:
    ranges, speeds = _there(columns["range_deg"]), _there(columns["peak_speed"])
    sizes = [np.abs(one) for one in ranges]
    return {
        "range_mae": mean(sizes),
        "range_p95": percentile(sizes, 95),
        "range_rmse": root_mean_square(ranges),
        "range_true": mean(_there(columns["range_true_deg"])),
        "speed_mae": mean([np.abs(one) for one in speeds]),
    }


def _latency(columns: Columns) -> dict[str, Figure]:
    said, reps = _there(columns["peak_latency_s"]), [len(one) for one in columns["peak_latency_s"]]
    ended = _there(columns["rep_latency_s"])
    return {
        "peak_p95": percentile(said, 95),
        "peak_said": share([len(one) for one in said], reps),
        "rep_median": percentile(ended, 50),
        "rep_p95": percentile(ended, 95),
    }


def _there(sessions: Sequence[Array]) -> list[Array]:
    return [one[~np.isnan(one)] for one in sessions]


def _some(errors: list[Array], true: list[Array], *, long: bool, absolute: bool = False) -> list[Array]:
    """Errors of the short phases, or of the long ones as shares of the phase."""
    out = []
    for error, phase in zip(errors, true, strict=True):
        rows = ~np.isnan(error) & ((phase > LONG_S) == long)
        one = error[rows] / phase[rows] if long else error[rows]
        out.append(np.abs(one) if absolute else one)
    return out
