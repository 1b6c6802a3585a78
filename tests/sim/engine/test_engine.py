"""Settings, account times and the picture that an ACCOUNT_UPDATE gives."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.account import Account

from ..bench import SYMBOL, Bench
from .street import Street, code_of


def long(bench: Bench, size: str = "0.1") -> tuple[Account, Account]:
    """Return an account that is long at 85000 and the one it bought from."""
    trader, other = bench.account("trader"), bench.account("other")
    bench.place(other, "SELL", "85000", size)
    bench.place(trader, "BUY", None, size)
    bench.drain()
    return trader, other


def test_leverage_changes_the_margin_of_positions_and_orders(bench: Bench) -> None:
    """Margin is size times price over leverage, for what is held and what is waiting."""
    trader, _ = long(bench)
    bench.place(trader, "BUY", "80000", "0.1")
    bench.drain()
    bench.engine.set_leverage(trader, SYMBOL, 10, bench.tick())
    (data,) = bench.drain(trader)

    assert (data["balances"][0]["frozenBalance"], data["balances"][0]["usedMargin"]) == (
        "800",
        "850",
    )
    assert data["positions"][0]["leverage"] == 10


@pytest.mark.parametrize(("leverage", "code"), [(0, 2003), (126, 2003), (1, 3001)])
def test_bad_leverage_changes_nothing(bench: Bench, leverage: int, code: int) -> None:
    """Out of range is 2003; a margin that the wallet cannot hold is 3001."""
    trader, _ = long(bench, "1.5")
    before = trader.balance
    with pytest.raises(ExchangeError) as caught:
        bench.engine.set_leverage(trader, SYMBOL, leverage, bench.tick())

    assert code == caught.value.code
    assert before == trader.balance
    assert trader.settings[SYMBOL].leverage == 20


def test_a_leverage_that_would_liquidate_is_refused(street: Street) -> None:
    """More leverage leaves an isolated position less margin: too little of it is 3001."""
    trader = street.account("trader", "1000")
    street.engine.set_margin_mode(trader, SYMBOL, "ISOLATED")
    street.hold(trader, "0.1")
    street.trade(85_500)
    lever = street.engine.set_leverage

    assert code_of(lever, trader, SYMBOL, 100, street.tick()) == 3001
    assert (trader.settings[SYMBOL].leverage, trader.used) == (20, Decimal("432.5"))
    assert code_of(lever, trader, SYMBOL, 25, street.tick()) == 0
    assert trader.position((SYMBOL, "BOTH")).size


def test_margin_mode_is_fixed_while_something_is_open(bench: Bench) -> None:
    """With a position or an order the mode stays; the same mode again is no change."""
    trader, _ = long(bench)
    fresh = bench.account("fresh")
    bench.engine.set_margin_mode(trader, SYMBOL, "CROSS")
    bench.engine.set_margin_mode(fresh, SYMBOL, "ISOLATED")
    with pytest.raises(ExchangeError) as caught:
        bench.engine.set_margin_mode(trader, SYMBOL, "ISOLATED")

    assert caught.value.code == 3006
    assert fresh.settings[SYMBOL].margin_mode == "ISOLATED"


def test_a_taken_name_is_refused(bench: Bench) -> None:
    """Two accounts never have one name."""
    bench.account("a")
    with pytest.raises(ValueError, match="taken"):
        bench.account("a")
