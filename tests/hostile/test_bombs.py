"""What it takes to read a message is in proportion to its size, whatever is in it."""

from __future__ import annotations

import pytest

from .bombs import BOMBS, run
from .engines import INSTALLED


@pytest.mark.parametrize("engine", INSTALLED)
def test_no_bomb_goes_off(engine: str) -> None:
    """Time and memory grow with the message and no faster; nothing but DecodeError comes (E1)."""
    tally = run(engine, 40_000)

    assert tally.cases == 2 * len(BOMBS)
    assert not tally.wrong, str(tally)
