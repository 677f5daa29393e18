"""Sets as the journal hands them to the trends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tracker.journal import TrendSet

BEGUN = datetime(2025, 1, 1, 18, 0, tzinfo=UTC)

USUAL = TrendSet(
    uuid="00000000",
    started_at=BEGUN.isoformat(),
    started_us=0,
    number=1,
    exercise="cable",
    side="left",
    placement=None,
    load_label=None,
    kind="work",
    load_kg=10.0,
    reps=12,
    judged=12,
    in_band=9,
    tempo_in_band=10,
    range_in_band=11,
    range_deg=35.0,
    range_m=None,
    peak_speed_deg_s=60.0,
    concentric_s=1.5,
    hold_s=1.0,
    eccentric_s=3.0,
    bottom_pause_s=0.5,
    time_under_tension_s=66.0,
    velocity_loss=0.1,
    reserve=2,
    pain=0,
    felt="glute",
)


def on_day(day: int, number: int = 1, **changed: object) -> TrendSet:
    at = BEGUN + timedelta(days=day)
    given = {"uuid": f"{day:08d}", "started_at": at.isoformat(), "started_us": day, "number": number, **changed}
    return USUAL._replace(**given)
