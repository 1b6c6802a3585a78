"""What events and rows say about the account, and the way back to events."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.codec import dump_json, parse_json, structure, wire_names
from sixmm.events import Origin, UnknownEvent
from sixmm.state.models import Balance, Facts, Fill, Order, Position
from sixmm.state.pushes import AccountPush
from sixmm.venues.sixmm import decode
from sixmm.venues.sixmm.enums import MarginMode, OrderStatus, OrderType, PositionSide, Role, Side
from sixmm.venues.sixmm.facts import (
    account_event,
    balance_of_row,
    facts_of,
    fill_of_row,
    order_event,
    order_of_row,
    partly_filled,
    position_of_row,
    rank_of,
)
from sixmm.venues.sixmm.rest_schema import (
    FillRow,
    OrderRow,
    PositionRow,
    UserAsset,
    make_rest_converter,
)
from sixmm.venues.sixmm.stream_schema import AccountUpdate, OrderTradeUpdate, PositionUpdate

from .examples import compact

ORDER: dict[str, Any] = {
    "orderId": "7",
    "clientOrderId": "c",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "price": "85000",
    "quantity": "0.3",
    "executedQuantity": "0.2",
    "averagePrice": "84999",
    "status": "PARTIALLY_FILLED",
    "reduceOnly": True,
    "makerOnly": False,
    "closePosition": False,
    "createdAt": 5,
    "updatedAt": 9,
}
FILL: dict[str, Any] = {
    "fillId": "f1",
    "tradeId": "t1",
    "orderId": "7",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "roleType": "maker",
    "price": "84999",
    "quantity": "0.2",
    "tradeValue": "16999.8",
    "handlingFee": "-0.1",
    "realizedPnl": "0",
    "positionSide": "BOTH",
    "createdAt": 8,
}
POSITION: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "marginMode": "CROSS",
    "positionSide": "BOTH",
    "leverage": 20,
    "quantity": "-0.2",
    "entryPrice": "1",
    "breakEvenPrice": "2",
    "liqPrice": "3",
    "marginRatio": "4",
    "unrealizedPnl": "5",
    "roe": "6",
    "nextFundingFee": "7",
    "fundingFeeAccum": "8",
    "tpPrice": "9",
    "slPrice": "10",
}
ROLE = {"roleType": "maker"}
ASSET = {"assetType": "USDT", "walletBalance": "10", "frozenMargin": "2", "usedMargin": "3"}


def row(cls: type[Any], data: dict[str, Any], **more: Any) -> Any:
    """Return a REST row."""
    return structure(make_rest_converter(), {**data, **more}, cls)


def push(event_type: str, data: dict[str, Any]) -> Any:
    """Return the event of a private push."""
    return decode(compact({"topic": "user.1", "ts": 11, "data": {"eventType": event_type, **data}}))


def as_push(data: dict[str, Any]) -> dict[str, Any]:
    """Return a REST order row with the names of the stream."""
    told = dict(data)
    told["orderStatus"] = told.pop("status")
    return told


class TestRanks:
    """How far an order's life has come."""

    @pytest.mark.parametrize(
        ("status", "rank"),
        [
            ("NEW", 0),
            ("PENDING", 1),
            ("PARTIALLY_FILLED", 2),
            ("FILLED", 3),
            ("CANCELED", 3),
            ("REJECTED", 3),
            ("PARTIALLY_FILLED_CANCELED", 3),
            ("CANCELLED", 1),
            ("unheard", 1),
            ("", 1),
            (None, 1),
        ],
    )
    def test_table(self, status: str | None, rank: int) -> None:
        """The words of rules 60 and 61 have their ranks; an unknown word counts as resting."""
        assert rank_of(status) == rank

    def test_every_status_has_a_rank(self) -> None:
        """No documented word is taken for an unknown one, and members rank as their words."""
        assert [rank_of(status) for status in OrderStatus] == [0, 1, 2, 3, 3, 3, 3]


class TestFromRows:
    """REST rows as values."""

    def test_every_field(self) -> None:
        """Each documented or assumed field arrives under its neutral name, as plain text."""
        assert order_of_row(row(OrderRow, ORDER)) == Order(
            order_id="7",
            status="PARTIALLY_FILLED",
            rank=2,
            client_order_id="c",
            symbol="BTCUSDT",
            side="BUY",
            position_side="BOTH",
            type="LIMIT",
            time_in_force="GTC",
            price=Decimal(85000),
            quantity=Decimal("0.3"),
            executed_quantity=Decimal("0.2"),
            average_price=Decimal(84999),
            created_at_ms=5,
            updated_at_ms=9,
        )
        assert fill_of_row(row(FillRow, FILL)) == Fill(
            fill_id="f1",
            order_id="7",
            trade_id="t1",
            symbol="BTCUSDT",
            side="BUY",
            position_side="BOTH",
            role="maker",
            price=Decimal(84999),
            quantity=Decimal("0.2"),
            value=Decimal("16999.8"),
            fee=Decimal("-0.1"),
            realized_pnl=Decimal(0),
            time_ms=8,
        )
        assert position_of_row(row(PositionRow, POSITION)) == Position(
            symbol="BTCUSDT",
            position_side="BOTH",
            quantity=Decimal("-0.2"),
            entry_price=Decimal(1),
            margin_mode="CROSS",
            leverage=20,
            detail=tuple(Decimal(number) for number in range(2, 11)),
        )
        assert balance_of_row(row(UserAsset, ASSET)) == Balance(
            asset="USDT", wallet=Decimal(10), frozen=Decimal(2), used=Decimal(3)
        )

    def test_text_is_plain(self) -> None:
        """The neutral values hold text, not members of an enum of this venue."""
        order = order_of_row(row(OrderRow, ORDER))

        assert {type(order.side), type(order.status), type(order.type)} == {str}

    def test_the_row_is_kept(self) -> None:
        """The text of the row stays with the value."""
        assert parse_json(order_of_row(row(OrderRow, ORDER, odd=1)).raw) == {**ORDER, "odd": 1}

    def test_a_position_without_a_side(self) -> None:
        """A position that names no side is the one of its symbol (rule 47)."""
        assert position_of_row(row(PositionRow, {"symbol": "X"})).key == ("X", "BOTH")


class TestFromEvents:
    """Pushes as facts."""

    def test_an_order(self) -> None:
        """A push about an order tells the same order as its REST row, and no fill."""
        event = push("ORDER_TRADE_UPDATE", as_push(ORDER))
        facts = facts_of(event)

        assert facts == Facts(
            ts_ms=11, push=event.raw, orders=(order_of_row(row(OrderRow, ORDER)),)
        )

    def test_a_fill(self) -> None:
        """A push about a fill tells the order and exactly that fill."""
        fill = {
            "fillId": "f1",
            "tradeId": "t1",
            "roleType": "maker",
            "lastPrice": "84999",
            "lastQuantity": "0.2",
            "tradeValue": "16999.8",
            "handlingFee": "-0.1",
            "realizedPnl": "0",
        }
        facts = facts_of(push("ORDER_TRADE_UPDATE", {**as_push(ORDER), **fill}))

        assert facts is not None
        assert facts.fills == (attrs.evolve(fill_of_row(row(FillRow, FILL)), time_ms=9),)

    def test_an_account_update(self) -> None:
        """Balances and positions are those of the rows, with the stream's names."""
        asset = {
            "assetType": "USDT",
            "walletBalance": "10",
            "frozenBalance": "2",
            "usedMargin": "3",
        }
        event = push("ACCOUNT_UPDATE", {"balances": [asset], "positions": [POSITION]})
        facts = facts_of(event)

        assert facts == Facts(
            ts_ms=11,
            push=event.raw,
            balances=(balance_of_row(row(UserAsset, ASSET)),),
            positions=(position_of_row(row(PositionRow, POSITION)),),
        )

    def test_an_order_of_few_words(self) -> None:
        """What a push leaves out is None, and a word that nobody knows is kept."""
        facts = facts_of(push("ORDER_TRADE_UPDATE", {"orderId": "7", "side": "SIDEWAYS"}))

        assert facts is not None
        assert facts.orders == (Order(order_id="7", status="", rank=1, side="SIDEWAYS"),)

    def test_the_time_of_a_fill(self) -> None:
        """It is that of the push where the order has none (rule 77)."""
        facts = facts_of(push("ORDER_TRADE_UPDATE", {"orderId": "7", "fillId": "f1"}))

        assert facts is not None
        assert facts.fills == (Fill(fill_id="f1", order_id="7", time_ms=11),)

    @pytest.mark.parametrize("side", ["LONG", "BOTH", "SIDEWAYS", None])
    def test_the_side_of_a_position(self, side: str | None) -> None:
        """It is plain text, as it is part of what identifies the position (rule 47)."""
        told = {"symbol": "X"} if side is None else {"symbol": "X", "positionSide": side}
        facts = facts_of(push("ACCOUNT_UPDATE", {"positions": [told]}))

        assert isinstance(facts, AccountPush)
        assert facts.position_values[0][:2] == ("X", side or "BOTH")
        assert type(facts.position_values[0][1]) is str

    def test_text_is_plain(self) -> None:
        """What is read from a push holds text, not members of an enum of this venue."""
        facts = facts_of(push("ORDER_TRADE_UPDATE", {**as_push(ORDER), "fillId": "f", **ROLE}))

        assert facts is not None
        order, fill = facts.orders[0], facts.fills[0]
        assert {type(order.side), type(order.status), type(order.type)} == {str}
        assert {type(fill.side), type(fill.role)} == {str}

    @pytest.mark.parametrize(
        "event",
        [
            push("ORDER_TRADE_UPDATE", {"orderStatus": "NEW"}),
            push("ACCOUNT_UPDATE", {"frozenBalance": "1"}),
            push("ACCOUNT_UPDATE", {"balances": [{"walletBalance": "1"}], "positions": [{}]}),
            push("UNHEARD", {"orderId": "1"}),
            UnknownEvent(),
            decode('{"topic":"market.depth.X","data":{}}'),
        ],
    )
    def test_what_tells_nothing(self, event: Any) -> None:
        """Without an id, or about something else, an event tells nothing about the account."""
        assert facts_of(event) is None


class TestPartlyFilled:
    """An order as it was earlier."""

    def order(self, status: str, executed: str = "0.2") -> Order:
        """Return an order of 0.3 in a state."""
        return order_of_row(
            row(OrderRow, {**ORDER, "status": status, "executedQuantity": executed})
        )

    def test_in_the_middle(self) -> None:
        """With a part of it filled it was partly filled, whatever has become of it since."""
        for status in ("FILLED", "PARTIALLY_FILLED", "PARTIALLY_FILLED_CANCELED"):
            earlier = partly_filled(self.order(status, "0.3"), Decimal("0.1"))
            assert (earlier.status, earlier.rank) == ("PARTIALLY_FILLED", 2)
            assert earlier.executed_quantity == Decimal("0.1")
            assert (earlier.average_price, earlier.updated_at_ms) == (None, None)
            assert earlier.quantity == Decimal("0.3")

    def test_at_the_end(self) -> None:
        """The last fill of a filled order made it what it is; a cancel came after the last fill."""
        filled, partly = self.order("FILLED", "0.3"), self.order("PARTIALLY_FILLED")
        canceled = partly_filled(self.order("PARTIALLY_FILLED_CANCELED"), Decimal("0.2"))

        assert partly_filled(filled, Decimal("0.3")) is filled
        assert partly_filled(partly, Decimal("0.2")) is partly
        assert (canceled.status, canceled.rank) == ("PARTIALLY_FILLED", 2)
        assert canceled.average_price == Decimal(84999)

    def test_before_the_first_fill(self) -> None:
        """With nothing filled it rested."""
        earlier = partly_filled(self.order("FILLED", "0.3"), Decimal(0))

        assert (earlier.status, earlier.rank) == ("PENDING", 1)


class TestBackToEvents:
    """Events that tell what only REST said."""

    def test_an_order(self) -> None:
        """The event has every field of the row under the stream's names, and the row as text."""
        order = order_of_row(row(OrderRow, ORDER, odd=1))
        event = order_event(order, None, topic="user.1", received_at=3)
        expected = push("ORDER_TRADE_UPDATE", as_push(ORDER))

        assert isinstance(event, OrderTradeUpdate)
        assert (event.origin, event.topic, event.ts, event.received_at) == (
            Origin.REST,
            "user.1",
            9,
            3,
        )
        assert event == attrs.evolve(
            expected, origin=Origin.REST, ts=9, received_at=3, raw=order.raw
        )
        assert event.side is Side.BUY
        assert event.type is OrderType.LIMIT
        assert event.extra == {"odd": 1}

    def test_a_fill(self) -> None:
        """The event of a fill has the fill's fields and time, and the fill's row as its text."""
        order, fill = order_of_row(row(OrderRow, ORDER)), fill_of_row(row(FillRow, FILL, odd=2))
        event = order_event(order, fill, topic="user.1", received_at=3)

        assert isinstance(event, OrderTradeUpdate)
        assert (event.fill_id, event.trade_id, event.ts) == ("f1", "t1", 8)
        assert (event.last_price, event.last_quantity) == (Decimal(84999), Decimal("0.2"))
        assert (event.handling_fee, event.trade_value) == (Decimal("-0.1"), Decimal("16999.8"))
        assert event.role_type is Role.MAKER
        assert event.order_status is OrderStatus.PARTIALLY_FILLED
        assert event.raw == fill.raw
        assert event.extra == {"odd": 2}

    def test_facts_come_back(self) -> None:
        """The facts of such an event are the values that it was made from."""
        order, fill = order_of_row(row(OrderRow, ORDER)), fill_of_row(row(FillRow, FILL))
        event = order_event(order, fill, topic="user.1", received_at=3)
        facts = facts_of(event)

        assert facts is not None
        assert facts.orders == (order,)
        assert facts.fills == (attrs.evolve(fill, time_ms=9),)

    def test_an_order_without_a_row(self) -> None:
        """A value that came from a push makes an event, too, without text and without extra."""
        event = order_event(Order(order_id="7", status="", rank=1), None, topic="", received_at=0)

        assert isinstance(event, OrderTradeUpdate)
        assert (event.order_id, event.order_status, event.ts, event.raw) == ("7", None, 0, "")
        assert event.extra == {}

    def test_an_account(self) -> None:
        """Balances and positions become one event with every field of their rows."""
        balance = balance_of_row(row(UserAsset, ASSET, userId="5", odd=1))
        position = position_of_row(row(PositionRow, POSITION))
        event = account_event(
            balances=[balance], positions=[position], ts=9, topic="user.1", received_at=3
        )

        assert isinstance(event, AccountUpdate)
        assert (event.origin, event.ts) == (Origin.REST, 9)
        assert event.balances[0].frozen_balance == Decimal(2)
        assert event.positions == push("ACCOUNT_UPDATE", {"positions": [POSITION]}).positions
        assert event.positions[0].margin_mode is MarginMode.CROSS
        assert event.positions[0].position_side is PositionSide.BOTH
        assert event.extra == {"balances": [{"odd": 1}]}
        assert parse_json(event.raw)["positions"] == [POSITION]

    def test_an_account_without_rows(self) -> None:
        """Values that came from pushes make an event whose text is still JSON."""
        event = account_event(
            balances=[Balance(asset="USDT")],
            positions=[Position(symbol="X", position_side="LONG", quantity=Decimal(0))],
            ts=9,
            topic="",
            received_at=3,
        )

        assert isinstance(event, AccountUpdate)
        assert parse_json(event.raw) == {"balances": [{}], "positions": [{}]}
        assert event.positions == (
            PositionUpdate(symbol="X", position_side="LONG", quantity=Decimal(0)),
        )

    def test_no_field_is_forgotten(self) -> None:
        """Every field of the stream's order and position comes from a row where REST has it."""
        order = order_of_row(row(OrderRow, ORDER))
        event = order_event(order, fill_of_row(row(FillRow, FILL)), topic="", received_at=0)
        account = account_event(
            balances=[balance_of_row(row(UserAsset, ASSET))],
            positions=[position_of_row(row(PositionRow, POSITION))],
            ts=1,
            topic="",
            received_at=0,
        )

        assert isinstance(account, AccountUpdate)
        for told in (event, account.balances[0], account.positions[0]):
            empty = [
                field.name
                for field in attrs.fields(type(told))
                if "wire" in field.metadata and getattr(told, field.name) is None
            ]
            assert empty == []


def test_samples_are_complete() -> None:
    """The rows of this module have every field of their classes."""
    assert set(ORDER) == wire_names(OrderRow)
    assert set(FILL) == wire_names(FillRow)
    assert set(POSITION) == wire_names(PositionRow)
    assert set(ASSET) == wire_names(UserAsset) - {"userId"}
    assert dump_json(ORDER)
    assert inspect.getdoc(facts_of)
