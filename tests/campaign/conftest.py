"""Rows that are made up."""

from __future__ import annotations

import pytest

from .row import Finding, Round, Row, exactly


def _run(round_: Round) -> list[Finding]:
    return [exactly("seed", round_.seed, 1)]


@pytest.fixture
def row() -> Row:
    """A row that holds."""
    return Row(name="sound", hazards=("A1",), shows="nothing", run=_run, full_s=5.0, short_s=5.0)
