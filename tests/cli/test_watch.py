"""The watch knows the account as well as the exchange does."""

from __future__ import annotations

from decimal import Decimal

from sixmm.cli.trader import Trader
from sixmm.cli.watch import AccountWatch
from sixmm.sim import Exchange


def test_keeps_up() -> None:
    """After any trading the watch has the open orders and positions of the exchange."""
    exchange = Exchange(seed=7, market_maker=False)
    account = exchange.create_account(username="one", balance="100000")
    rival = exchange.create_account(username="two", balance="10000000")
    trader = Trader(exchange, account=account, rival=rival, seed=7)
    watch = AccountWatch(exchange, account)

    for _ in range(5):
        for _ in range(10):
            trader.act()
        watch.refresh()

        truth = exchange.truth(account)
        assert set(watch.open_orders) == set(truth["open_orders"])
        held = {row["symbol"]: Decimal(row["quantity"]) for row in truth["positions"].values()}
        assert {name: size for name, size in watch.positions.items() if size} == held
