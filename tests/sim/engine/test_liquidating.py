"""Liquidation: when, how, and what is left (rule 69)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.rows import position_row

from ..bench import SYMBOL
from .street import LEG, Street

D = Decimal


def ratio(street: Street, account: Account) -> Decimal:
    """Return the margin ratio of the account's position."""
    row = position_row(account, account.position(LEG), street.engine.state.markets)
    return D(row["marginRatio"])


def rest_orders(street: Street) -> None:
    """Let the house take any amount, at prices far from where it trades."""
    street.place(street.maker, "BUY", "1000", "100")
    street.place(street.maker, "SELL", "500000", "100")


@pytest.mark.parametrize(("size", "step"), [("0.1", -1), ("-0.1", 1)])
@pytest.mark.parametrize("mode", ["CROSS", "ISOLATED"])
def test_a_position_is_closed_when_its_ratio_passes_one(
    street: Street, size: str, step: int, mode: str
) -> None:
    """Not before; then by a market order of trigger mode 4, and all of it."""
    trader = street.account("trader", "1000")
    street.engine.set_margin_mode(trader, SYMBOL, mode)
    street.hold(trader, size)
    price = 86_500
    while trader.position(LEG).size and 50_000 < price < 130_000:
        before = ratio(street, trader)
        price += step * 50
        street.trade(price)
    (closed,) = trader.closed_positions
    order = trader.closed[-1]

    assert D("0.85") < before <= 1
    assert (closed.trigger_mode, closed.margin_mode) == (4, mode)
    assert (order.type, order.status, order.reduce_only) == ("MARKET", "FILLED", True)
    assert trader.used == trader.frozen == 0
    assert trader.wallet >= 0


def test_it_is_told_like_any_order(street: Street) -> None:
    """NEW, its fills, and an ACCOUNT_UPDATE without the position."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.drain()
    street.quote(70_000, 70_001)
    data = street.drain(trader)

    assert [d["orderStatus"] for d in data if "orderStatus" in d] == ["NEW", "FILLED"]
    assert data[-1]["positions"][0]["quantity"] == "0"


def test_open_orders_go_first(street: Street) -> None:
    """What could open a position again is cancelled before the position is closed."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    order = street.place(trader, "BUY", "60000", "0.001")
    other = street.place(trader, "BUY", "100", "0.1", symbol="SOLUSDT")
    street.trade(70_000)

    assert (order.status, other.status) == ("CANCELED", "CANCELED")
    assert trader.position(LEG).size == 0


def test_an_isolated_loss_is_that_of_its_margin(street: Street) -> None:
    """A price that falls through the floor takes the margin; the house pays the rest."""
    trader = street.account("trader", "10000")
    street.engine.set_margin_mode(trader, SYMBOL, "ISOLATED")
    other = street.place(trader, "BUY", "100", "0.1", symbol="SOLUSDT")
    street.hold(trader, "0.1")
    wallet = trader.wallet
    rest_orders(street)
    street.trade(10_000)

    assert trader.wallet == wallet - D("432.5")
    assert trader.ledger[-1].kind == "LIQUIDATION"
    assert trader.totals.liquidation > 0
    assert other.is_open


def test_a_cross_loss_ends_at_an_empty_wallet(street: Street) -> None:
    """However far the price falls, a wallet never stays below zero."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    rest_orders(street)
    street.trade(10_000)

    assert trader.wallet == 0
    assert trader.totals.net == 0


def test_the_position_that_needs_most_goes_first(street: Street) -> None:
    """Cross positions are closed one by one, only until the rest can be carried."""
    trader = street.account("trader", "1100")
    street.hold(trader, "0.1")
    street.place(street.maker, "SELL", "150", "1", symbol="SOLUSDT")
    street.place(trader, "BUY", "150", "1", symbol="SOLUSDT")
    street.trade(75_850)

    assert trader.position(LEG).size == 0
    assert trader.position(("SOLUSDT", "BOTH")).size == 1
    assert [closed.symbol for closed in trader.closed_positions] == [SYMBOL]


def test_without_a_book_the_house_takes_over(street: Street) -> None:
    """It never hangs: what the book cannot take is closed at the mark price."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.place(street.maker, "BUY", "70000", "0.04")
    street.place(street.taker, "SELL", "70000", "0.01")

    assert trader.position(LEG).size == 0
    assert [D(fill["quantity"]) for fill in trader.fills][1:] == [D("0.03"), D("0.07")]
    assert street.engine.state.insurance is not None
    sizes = [
        p.size for one in street.engine.state.accounts.values() for p in one.positions.values()
    ]
    assert sum(sizes) == 0
    assert street.levels() == ([], [])


def test_a_cascade_ends(street: Street) -> None:
    """One liquidation may push the next over; all that have to go are gone after one command."""
    traders = [street.account(f"t{n}", "1000") for n in range(5)]
    for trader in traders:
        street.hold(trader, "0.1")
    for step, trader in enumerate(traders[1:]):
        street.place(trader, "BUY", str(77_000 - 10 * step), "0.002")
    street.place(street.maker, "BUY", "76000", "0.3")
    street.place(street.taker, "SELL", "76000", "0.02")

    assert [trader.position(LEG).size for trader in traders] == [0] * 5
    assert all(trader.wallet >= 0 and not trader.open for trader in traders)


def test_a_stop_comes_before_a_liquidation(street: Street) -> None:
    """At a price that would do both, the account's own order closes the position."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.wait_for(trader, stopPrice="80000", quantity="0.1", reduceOnly=True)
    street.place(street.maker, "BUY", "76000", "1")
    street.place(street.taker, "SELL", "76000", "0.01")

    assert [closed.trigger_mode for closed in trader.closed_positions] == [3]


def test_a_loss_taken_by_hand_ends_at_zero_too(street: Street) -> None:
    """Closing far below what the wallet holds leaves it empty, and the house pays."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.place(street.maker, "BUY", "1000", "1")
    street.place(street.maker, "SELL", "172000", "1")
    assert trader.position(LEG).size
    street.place(trader, "SELL", None, "0.1")

    assert (trader.wallet, trader.position(LEG).size) == (0, 0)
    assert [row.kind for row in trader.ledger][-1] == "LIQUIDATION"


def test_hedge_mode_closes_the_leg_that_loses(street: Street) -> None:
    """Both legs of a symbol stand together in cross mode; a balanced pair is not closed."""
    trader = street.account("trader", "1000", hedge=True)
    street.place(street.maker, "SELL", "86500", "0.1")
    street.place(trader, "BUY", "86500", "0.1", positionSide="LONG")
    street.place(street.maker, "BUY", "86500", "0.1")
    street.place(trader, "SELL", "86500", "0.1", positionSide="SHORT")
    street.trade(60_000)

    assert {p.held for p in trader.positions.values()} == {D("0.1")}
