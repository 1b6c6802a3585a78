"""Events: what is told, and that it is told once."""

from __future__ import annotations

import pytest

from sixmm.sim.codes import ExchangeError

from ..bench import SYMBOL, Bench


def test_a_deposit_is_told(bench: Bench) -> None:
    """A deposit is an ACCOUNT_UPDATE with the balance and nothing else."""
    account = bench.account(balance="10")
    data = bench.drain(account)

    assert len(data) == 1
    assert data[0]["balances"][0]["walletBalance"] == "10"
    assert data[0]["positions"] == []


def test_only_what_changed_is_told(bench: Bench) -> None:
    """An ACCOUNT_UPDATE names the balance and the positions that changed, and no others."""
    trader, other = bench.account("trader"), bench.account("other")
    for symbol, price in ((SYMBOL, "85000"), ("ETHUSDT", "3000")):
        bench.place(other, "SELL", price, "0.2", symbol=symbol)
        bench.place(trader, "BUY", None, "0.1", symbol=symbol)
    bench.drain()
    bench.place(trader, "BUY", None, "0.1", symbol="ETHUSDT")
    account = bench.drain(trader)[-1]

    assert [row["symbol"] for row in account["positions"]] == ["ETHUSDT"]
    assert len(account["balances"]) == 1


def test_a_command_without_effect_is_silent(bench: Bench) -> None:
    """Setting the leverage that is set already tells nothing."""
    account = bench.account()
    bench.drain()
    bench.engine.set_leverage(account, SYMBOL, 20, bench.tick())

    assert bench.drain() == []


def test_an_unknown_symbol_is_bad(bench: Bench) -> None:
    """A symbol that is not traded is 2002, and its name is not repeated at length."""
    with pytest.raises(ExchangeError) as caught:
        bench.engine.state.market("X" * 1000)

    assert caught.value.code == 2002
    assert len(caught.value.message) < 100
