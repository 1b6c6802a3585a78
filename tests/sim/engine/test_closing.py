"""What is remembered of closed positions (rules 67 to 69)."""

from __future__ import annotations

from decimal import Decimal

from ..bench import SYMBOL
from .street import Street

D = Decimal


def test_a_life_of_a_position(street: Street) -> None:
    """Peak size, mean prices, profit over the margin of the peak, and the times of its life."""
    trader = street.account("trader")
    street.hold(trader, "0.1", 86_000)
    street.hold(trader, "0.1", 87_000)
    street.hold(trader, "-0.1", 87_500)
    assert len(trader.closed_positions) == 0
    street.hold(trader, "-0.1", 88_500)
    (closed,) = trader.closed_positions

    assert (closed.symbol, closed.side, closed.direction) == (SYMBOL, "BOTH", 1)
    assert (closed.max_quantity, closed.entry_price, closed.close_price) == (
        D("0.2"),
        86_500,
        88_000,
    )
    assert (closed.pnl, closed.roe) == (300, D("0.34682081"))
    assert (closed.leverage, closed.margin_mode, closed.trigger_mode) == (20, "CROSS", 1)
    assert (closed.opened_at, closed.closed_at) == (
        trader.fills[0]["createdAt"],
        trader.fills[-1]["createdAt"],
    )


def test_a_flip_ends_one_life_and_begins_another(street: Street) -> None:
    """A fill larger than the position closes it and opens the rest the other way round."""
    trader = street.account("trader")
    street.hold(trader, "0.1", 86_000)
    street.hold(trader, "-0.3", 87_000)
    street.hold(trader, "0.2", 86_500)
    long, short = trader.closed_positions

    assert (long.direction, long.max_quantity, long.pnl) == (1, D("0.1"), 100)
    assert (short.direction, short.max_quantity, short.pnl) == (-1, D("0.2"), 100)
    assert long.closed_at == short.opened_at
    assert (short.entry_price, short.close_price) == (87_000, 86_500)


def test_funding_belongs_to_its_life(street: Street) -> None:
    """What was paid is told with the position, and a new position begins at zero."""
    trader = street.account("trader")
    street.hold(trader, "0.1")
    street.engine.settle_funding(street.now, street.now + 8 * 3_600_000)
    street.hold(trader, "-0.2")
    (closed,) = trader.closed_positions

    assert closed.funding == D("-0.865")
    assert trader.position((SYMBOL, "BOTH")).funding == 0
