"""The handle of an account."""

from __future__ import annotations

from sixmm.sim.rocketfi import Account


def test_the_key_has_no_case() -> None:
    """The address is shown as it is, and looked up in lower case."""
    assert Account(name="a", address="0xAB").key == "0xab"
