"""What was trained, in the formats of other programs: one file per format, over one set of tables.

    Session ─┐                          ┌─ text (CSV, JSON) · parquet
             ├─ Workout ─ tables ───────┤
    Analysis ┘                          └─ strong · fit
    recording ─ measured (samples) ──────── CSV, JSON, Parquet · motion_bids · mcap

Loads are per leg, never doubled; sets and repetitions count from 1; what is not known is empty, never zero.
"""
