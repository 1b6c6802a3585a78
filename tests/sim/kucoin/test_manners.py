"""Switches of what KuCoin does in several ways."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import Manners
from sixmm.sim.kucoin.manners import _CHOICES


def test_a_value_that_is_known() -> None:
    """It can be given at first, or set later."""
    manners = Manners(pong="bare")
    manners.envelope = "mixed"

    assert (manners.pong, manners.envelope) == ("bare", "mixed")


@pytest.mark.parametrize("name", _CHOICES)
def test_a_value_that_is_not(name: str) -> None:
    """A slip of the pen is no switch."""
    with pytest.raises(ValueError, match=f"{name} must be one of"):
        setattr(Manners(), name, "loud")


def test_a_switch_that_is_not() -> None:
    """Neither is a name that nothing has."""
    with pytest.raises(ValueError, match="no switch 'pnog'"):
        Manners().pnog = "bare"  # type: ignore[attr-defined]
