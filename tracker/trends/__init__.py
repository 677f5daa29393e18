"""Years of sessions as numbers over time: whether it is getting better, and whether one leg is behind.

    TrendSet … ─ trends_of ─ Trend ─ table, JSON, page

Pure: nothing here knows where the sets come from or how they are shown.
"""

from __future__ import annotations

from tracker.trends.metrics import METRICS, Metric
from tracker.trends.over_time import Kind, Point, Trend, trends_of
from tracker.trends.sides import SideBySide, side_by_side

__all__ = ["METRICS", "Kind", "Metric", "Point", "SideBySide", "Trend", "side_by_side", "trends_of"]
