"""The handles that are given out."""

from __future__ import annotations

from sixmm.sim.kucoin import Account


def test_an_account_is_a_value() -> None:
    """Two handles of one user are the same."""
    first, second = (Account(user_id="u", name="demo", unified=False) for _ in range(2))

    assert first == second
    assert hash(first) == hash(second)
