"""What the drivers' tests share."""

from __future__ import annotations

import pytest

from tracker.sensors import bluest, dot, metamotion, movesense, thingy, witmotion

from .traffic import Clocked, Counted, NoRepeats, WrittenDown


@pytest.fixture
def timelines(monkeypatch: pytest.MonkeyPatch) -> list[WrittenDown]:
    """The timelines that drivers make, which only write down what they are handed; in order."""
    Clocked.made.clear()
    for module in (dot, bluest, movesense):
        monkeypatch.setattr(module, "Clocked", Clocked)
    for module in (thingy, metamotion, bluest, witmotion):
        monkeypatch.setattr(module, "Counted", Counted)
    for module in (thingy, metamotion, bluest, witmotion):
        monkeypatch.setattr(module, "Repeats", NoRepeats)
    return Clocked.made
