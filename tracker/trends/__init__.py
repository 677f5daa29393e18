"""Years of sessions as numbers over time: whether it is getting better, and whether one leg is behind.

    TrendSet … ─ trends_of ─ Trend ─ table, JSON, page

Pure: nothing here knows where the sets come from or how they are shown.
"""

from __future__ import annotations

from tracker.trends.metrics import IN_BAND, METRICS, Metric
from tracker.trends.over_time import Kind, Point, Series, Trend, trends_of
from tracker.trends.sides import SideBySide, side_by_side

__all__ = [
    "IN_BAND",
    "METRICS",
    "Kind",
    "Metric",
    "Point",
    "Series",
    "SideBySide",
    "Trend",
    "side_by_side",
    "trends_of",
]
