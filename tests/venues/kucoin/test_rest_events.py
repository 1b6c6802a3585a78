"""The events that tell what only REST said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.events import Origin
from sixmm.state.models import Balance, Fill, Order, Position
from sixmm.venues.kucoin import row_facts
from sixmm.venues.kucoin.enums import Liquidity, OrderEvent, OrderStatus, ProOrderStatus, Side
from sixmm.venues.kucoin.facts import facts_of
from sixmm.venues.kucoin.rest_events import account_event, order_event, partly_filled
from sixmm.venues.kucoin.rest_schema import ProFill, SpotFill, result_of
from sixmm.venues.kucoin.stream_schema import (
    AccountReading,
    FuturesOrderUpdate,
    ProOrderUpdate,
    SpotOrderUpdate,
)

SPOT = Order(
    order_id="o1",
    status="filled",
    rank=3,
    symbol="BTC-USDT",
    side="buy",
    type="limit",
    price=Decimal(2),
    quantity=Decimal(3),
    executed_quantity=Decimal(3),
    created_at_ms=5,
)
FUTURES = Order(order_id="o2", status="match", rank=2, symbol="XBTUSDTM", position_side="BOTH")
FILL = row_facts.spot_fill(
    result_of(
        SpotFill,
        {
            "id": 9,
            "orderId": "o1",
            "tradeId": 7,
            "symbol": "BTC-USDT",
            "liquidity": "maker",
            "price": "2",
            "size": "1",
            "fee": "0.01",
            "feeCurrency": "USDT",
            "createdAt": 6,
        },
    )
)


class TestOrders:
    """Orders and their fills."""

    def test_order_alone(self) -> None:
        """An order is told with the words and fields of a push."""
        event = order_event(SPOT, None, topic="/t", received_at=9)

        assert isinstance(event, SpotOrderUpdate)
        assert (event.origin, event.topic, event.received_at) == (Origin.REST, "/t", 9)
        assert (event.type, event.status) == (OrderEvent.FILLED, OrderStatus.DONE)
        assert event.side is Side.BUY
        assert (event.size, event.filled_size, event.price) == (3, 3, 2)
        assert (event.ts, event.ts_ns, event.order_time_ms) == (5, 5_000_000, 5)
        assert event.is_filled
        assert event.extra == {}

    def test_fill(self) -> None:
        """A fill is told with its fee, which no push has, and at its own time."""
        event = order_event(partly_filled(SPOT, Decimal(1)), FILL, topic="/t", received_at=9)

        assert isinstance(event, SpotOrderUpdate)
        assert (event.type, event.status) == (OrderEvent.MATCH, OrderStatus.MATCH)
        assert (event.trade_id, event.match_price, event.match_size) == ("7", 2, 1)
        assert (event.fee, event.fee_currency) == (Decimal("0.01"), "USDT")
        assert event.liquidity is Liquidity.MAKER
        assert (event.ts, event.raw) == (6, FILL.raw)

    def test_last_fill(self) -> None:
        """The fill that ends an order says so."""
        event = order_event(SPOT, FILL, topic="/t", received_at=9)

        assert isinstance(event, SpotOrderUpdate)
        assert (event.type, event.status) == (OrderEvent.MATCH, OrderStatus.DONE)

    def test_futures(self) -> None:
        """A symbol without a hyphen is one of futures."""
        event = order_event(FUTURES, None, topic="/t", received_at=9)

        assert isinstance(event, FuturesOrderUpdate)
        assert (event.type, event.status) == (OrderEvent.UPDATE, OrderStatus.MATCH)
        assert (event.position_side, event.ts, event.ts_ns) == ("BOTH", 0, None)

    @pytest.mark.parametrize("word", ["new", "open", "match", "filled", "canceled", "other"])
    def test_the_way_back(self, word: str) -> None:
        """What an event tells is the order that it was made of."""
        rank = {"new": 0, "match": 2, "filled": 3, "canceled": 3}.get(word, 1)
        executed = {"filled": Decimal(3), "match": Decimal(1)}.get(word, Decimal(0))
        order = Order(
            order_id="o1",
            status="open" if word == "other" else word,
            rank=rank,
            symbol="BTC-USDT",
            quantity=Decimal(3),
            executed_quantity=executed,
            created_at_ms=5,
            updated_at_ms=7,
        )
        told = facts_of(order_event(order, None, topic="/t", received_at=9))

        assert told is not None
        assert told.orders == (order,)

    def test_unified(self) -> None:
        """An order of a unified account is told as its stream tells it."""
        fill = row_facts.pro_fill(
            result_of(ProFill, {"tradeId": 1, "orderId": "o1", "fee": "1", "feeCurrency": "USDT"})
        )
        event = order_event(SPOT, fill, topic="orderAll.UNIFIED", received_at=9, unified=True)
        plain = order_event(SPOT, None, topic="orderAll.UNIFIED", received_at=9, unified=True)

        assert isinstance(event, ProOrderUpdate)
        assert isinstance(plain, ProOrderUpdate)
        assert (event.subject, event.status) == ("orderAll", ProOrderStatus.FILLED)
        assert (event.last_trade_id, event.last_fee, event.fee_currency) == ("1", 1, "USDT")
        assert (plain.last_fee, plain.created_at_ns) == (None, 5_000_000)


class TestPartly:
    """Orders as they were."""

    def test_before_its_end(self) -> None:
        """An order with less executed is open, and its end is left out."""
        before = partly_filled(SPOT, Decimal(1))

        assert (before.status, before.rank, before.executed_quantity) == ("match", 2, 1)
        assert before.updated_at_ms is None
        assert partly_filled(SPOT, Decimal(0)).status == "open"

    def test_as_it_is(self) -> None:
        """An order that was filled by this much is as it is."""
        assert partly_filled(SPOT, Decimal(3)) is SPOT


def test_account() -> None:
    """Balances and positions are told in the terms of the mirror."""
    balance, position = Balance(asset="trade:A"), Position(symbol="X", position_side="BOTH")
    event = account_event(balances=[balance], positions=[position], ts=5, topic="/t", received_at=9)

    assert isinstance(event, AccountReading)
    assert (event.balances, event.positions) == ((balance,), (position,))
    assert (event.origin, event.ts, event.topic) == (Origin.REST, 5, "/t")


def test_a_fill_without_a_row() -> None:
    """A fill that the stream told has no row, and no currency of its fee."""
    fill = Fill(fill_id="1", order_id="o1", trade_id="7")
    event = order_event(SPOT, fill, topic="/t", received_at=9)

    assert isinstance(event, SpotOrderUpdate)
    assert (event.fee, event.fee_currency) == (None, None)
