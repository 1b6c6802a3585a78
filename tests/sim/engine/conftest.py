"""Fixtures of the engine's tests."""

from __future__ import annotations

import pytest

from .street import Street


@pytest.fixture
def street() -> Street:
    """Give a bench with a house that makes prices."""
    return Street()
