"""Figures that follow from others."""

from __future__ import annotations

from sixmm.sim.kucoin.engine.records import Balance, Position, SpotOrder

from ..bench import D


def test_a_balance() -> None:
    """What is there is what is free and what is held."""
    balance = Balance(
        account_id="1", kind="trade", currency="BTC", available=D("1.5"), hold=D("0.5")
    )

    assert balance.total == 2


def test_an_order_that_has_ended_has_nothing_left() -> None:
    """Whatever was not filled is no longer open."""
    order = SpotOrder(
        order_id="1",
        client_oid=None,
        symbol="BTC-USDT",
        side="buy",
        type="limit",
        trade_type="TRADE",
        created_ns=1,
        size=D(3),
        filled=D(1),
        deal_funds=D(100),
    )

    assert (order.base, order.quote, order.average) == ("BTC", "USDT", 100)
    assert order.remaining == 2
    order.active = False
    assert order.remaining == 0


def test_a_position() -> None:
    """A short one gains when the price falls."""
    position = Position(
        position_id="1",
        symbol="XBTUSDTM",
        multiplier=D("0.001"),
        settle_currency="USDT",
        margin_mode="ISOLATED",
        leverage=D(10),
        mark=D(60_000),
        quantity=-10,
        cost=D(-700),
    )

    assert position.entry == 70_000
    assert position.value == -600
    assert position.unrealised == 100
    assert position.initial_margin == 70
