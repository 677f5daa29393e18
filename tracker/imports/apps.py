"""Which apps there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .phyphox import PHYPHOX
from .track import App

APPS: Mapping[str, App] = MappingProxyType({one.name: one for one in (PHYPHOX,)})
"""By name. No two claim the same header."""
