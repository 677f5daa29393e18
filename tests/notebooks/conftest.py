"""How the outputs that the notebooks are committed with are renewed."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-notebooks", action="store_true", help="save the notebooks with their new outputs")


@pytest.fixture
def update_notebooks(request: pytest.FixtureRequest) -> bool:
    """Known where tests/notebooks is named on the command line."""
    return bool(request.config.getoption("--update-notebooks", default=False))
