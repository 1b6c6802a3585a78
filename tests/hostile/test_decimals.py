"""An amount is a plain decimal, at every way in and out."""

from __future__ import annotations

import pytest

from .decimals import HOSTILE, MOST_SECONDS, Slowest, run
from .engines import INSTALLED


@pytest.mark.parametrize("engine", INSTALLED)
def test_every_hostile_decimal_is_refused(engine: str) -> None:
    """Each text is refused at each of six places, at once; odd but plain ones are exact (E3)."""
    slowest = Slowest()
    tally = run(engine, slowest)

    assert len(HOSTILE) >= 200
    assert not tally.wrong, f"{tally}\nslowest: {slowest.text}, {slowest.seconds:.3f} s"
    assert slowest.seconds <= MOST_SECONDS, slowest
