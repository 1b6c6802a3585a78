"""The switches."""

from __future__ import annotations

import pytest

from sixmm.sim.rocketfi import Manners


@pytest.mark.parametrize(
    "figures", [{"server_ping": 0}, {"idle_timeout": -1}, {"server_ping": 1e9}, {"most_rows": 0}]
)
def test_figures_that_cannot_work(figures: dict[str, float]) -> None:
    """They are refused when they are given, and not when a connection suffers from them."""
    with pytest.raises(ValueError, match="must"):
        Manners(**figures)  # type: ignore[arg-type]
