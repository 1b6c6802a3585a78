"""The handles of the Python interface."""

from __future__ import annotations

from sixmm.sim import Account, Exchange


def test_no_repr_shows_a_secret(exchange: Exchange, account: Account) -> None:
    """Handles can be printed."""
    key = exchange.create_key(account)

    assert account.password not in repr(account)
    assert key.api_secret not in repr(key) + repr(exchange)
