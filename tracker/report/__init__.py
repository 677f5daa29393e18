"""One session as a page to look at: a self-contained HTML file that opens offline and prints.

    Workout ─┬─ report_of ─ Report ─ render ─ HTML
    recordings ─ traces ─┘

What is drawn comes from the recordings where they are there; without them the page shows what the journal has.
"""

from __future__ import annotations

from tracker.report.view import Asked, Report, report_of

__all__ = ["Asked", "Report", "report_of"]
