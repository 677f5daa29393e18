"""kickback: turns ankle motion into trusted repetitions."""

__version__ = "0.1.0"
