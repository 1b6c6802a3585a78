"""The account as one thing."""

from __future__ import annotations

from ..bench import Bench


def test_funding_is_pushed() -> None:
    """The money that a script needs comes as transfers; a unified account has no margin ones."""
    classic, unified = Bench(), Bench(unified=True)
    classic.trader.fund()
    unified.trader.fund()
    kinds = {kind for kind, _ in classic.account.balances}

    assert kinds == {"main", "trade", "margin", "isolated_BTC-USDT"}
    assert {kind for kind, _ in unified.account.balances} == {"main", "trade"}
    assert len(classic.pushes("/account/balance")) == 9
    assert classic.account.futures_cash == 100_000
