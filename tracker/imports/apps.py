"""Which apps there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .metabase import METABASE
from .phyphox import PHYPHOX
from .sensor_logger import SENSOR_LOGGER
from .track import App
from .witmotion import WITMOTION
from .xsens_dot import XSENS_DOT

APPS: Mapping[str, App] = MappingProxyType(
    {one.name: one for one in (PHYPHOX, SENSOR_LOGGER, METABASE, XSENS_DOT, WITMOTION)}
)
"""By name. No two claim the same header."""
