"""What goes wrong with sensors, told in one line."""

from __future__ import annotations


class SensorError(Exception):
    """A sensor cannot be found, reached or used; the message is one line that says what to do."""


class LinkError(SensorError):
    """A connection was not made, or broke while something was asked of the sensor."""
