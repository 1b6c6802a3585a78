"""What positions are worth and what they need."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.engine.rows import position_row
from sixmm.sim.engine.valuing import cross_equity, maintenance_need, margin_of, profit_of

from ..bench import SYMBOL
from .street import LEG, Street

D = Decimal


def test_the_figures_of_one_position(street: Street) -> None:
    """Margin at the entry, profit and need at the mark price."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.trade(87_500)
    position = trader.position(LEG)

    assert margin_of(trader, position) == D("432.5")
    assert profit_of(position, street.market) == 100
    assert maintenance_need(position, street.market) == 35
    equity = cross_equity(trader, street.engine.state.markets)
    assert equity == trader.wallet + 100 - 35
    assert cross_equity(trader, street.engine.state.markets, without=position) == trader.wallet


def test_a_large_position_needs_more(street: Street) -> None:
    """Beyond the first tier the need is that of the slices (rule 112)."""
    rich = street.account("rich", "100000000")
    street.hold(rich, "20", 86_500)
    need = maintenance_need(rich.position(LEG), street.market)

    assert need == 1_000_000 * D("0.004") + 730_000 * D("0.01")


def test_the_liquidation_price_of_a_large_cross_position_keeps_its_word(street: Street) -> None:
    """At that price, in the tier of today, equity is down to the maintenance."""
    rich = street.account("rich", "200000")
    street.hold(rich, "20", 86_500)
    position, markets = rich.position(LEG), street.engine.state.markets
    price = D(position_row(rich, position, markets)["liqPrice"])
    left = rich.wallet + position.size * price - position.cost
    need = position.size * price * D("0.01") - 6000

    assert 70_000 < price < 86_500
    assert abs(left - need) < D("0.001")


def test_an_isolated_loss_does_not_bind_other_money(street: Street) -> None:
    """Its margin is set aside already: what is left is for other orders."""
    trader = street.account("trader", "1000")
    street.engine.set_margin_mode(trader, SYMBOL, "ISOLATED")
    street.hold(trader, "0.1")
    street.trade(83_000)
    free = trader.wallet - trader.used
    size = (free / (D(100) / 20 + D("0.05"))).quantize(D("0.1")) - D("0.1")

    assert street.place(trader, "BUY", "100", str(size), symbol="SOLUSDT").is_open
