"""Trends as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from tracker.coaching.asymmetry import Asymmetry
from tracker.trends import METRICS, SideBySide, Trend
from tracker.trends.errors import errors, published


def trends_json(found: Sequence[Trend], sides: Sequence[SideBySide], today: date) -> dict[str, Any]:
    """Return trends, legs side by side, and the published errors."""
    return {
        "trends": [_trend(one, today) for one in found],
        "sides": [_side(one) for one in sides],
        "errors": {"algorithm_version": published()[0], "figures": published()[1]},
    }


def _trend(one: Trend, today: date) -> dict[str, Any]:
    kind = one.kind
    return {
        "exercise": kind.exercise,
        "side": kind.side,
        "placement": kind.placement,
        "load_label": kind.label,
        "days_since": one.days_since(today),
        "sets_left_out": one.left_out,
        "sessions": [
            {
                "session": point.session,
                "started_at": point.at.isoformat(),
                "sets": point.sets,
                "judged_by": None if not point.judged else "tempo and range" if point.ranged else "tempo",
                "reps_in_band": point.in_band,
                "reps_judged": point.judged,
                **{name: _rounded(value) for name, value in point.values.items()},
            }
            for point in one.points
        ],
        "metrics": {metric.id: _metric(one, metric.id, metric.error) for metric in METRICS},
    }


def _metric(one: Trend, id_: str, error: str | None) -> dict[str, Any]:
    best = one.best(id_)
    return {
        "now": _rounded(one.now(id_)),
        "before": _rounded(one.before(id_)),
        "change": _difference(one.change(id_)),
        "highest": None if best is None else {"value": _rounded(best[1]), "session": best[0].session},
        "error": None if error is None else errors()[error].words,
    }


def _side(one: SideBySide) -> dict[str, Any]:
    kept = asdict(one)
    del kept["digits"], kept["name"]
    kept["load_label"] = kept.pop("label")
    return {**kept, "found": _difference(one.found)}


def _difference(found: Asymmetry | None) -> dict[str, Any] | None:
    """``left`` and ``right`` are before and now where times are compared."""
    if found is None:
        return None
    return {
        "difference": _rounded(found.difference),
        "own_variation": _rounded(found.noise),
        "beyond_own_variation": found.shown,
        "medians": [_rounded(found.left), _rounded(found.right)],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
