"""Trends as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from tracker.coaching.asymmetry import Asymmetry
from tracker.trends import METRICS, Metric, SideBySide, Trend
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
                "sets": len(point.alike),
                "judged_by": None if not point.judged_alike else "tempo and range" if point.ranged else "tempo",
                "reps_in_band": sum(alike.in_band for alike in point.judged_alike),
                "reps_judged": sum(alike.judged for alike in point.judged_alike),
                **{metric.id: _rounded(point.value(metric)) for metric in METRICS},
            }
            for point in one.points
        ],
        "metrics": {metric.id: _metric(one, metric) for metric in METRICS},
    }


def _metric(one: Trend, metric: Metric) -> dict[str, Any]:
    series = one.series(metric)
    best = series.best
    return {
        "now": _rounded(series.now),
        "before": _rounded(series.before),
        "change": _difference(series.change),
        "highest": None if best is None else {"value": _rounded(best[1]), "session": best[0].session},
        "error": None if metric.error is None else errors()[metric.error].words,
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
