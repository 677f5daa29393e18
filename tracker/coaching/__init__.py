"""Coaching: what the measured repetitions mean, against what was asked for. Pure, like the core."""
