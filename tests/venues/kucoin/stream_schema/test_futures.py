"""Futures orders, stop orders and the wallet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.venues.kucoin.enums import FuturesTradeType, MarginMode, PositionSide, StopEvent
from sixmm.venues.kucoin.stream_schema import (
    AvailableBalanceChange,
    FuturesOrderUpdate,
    FuturesStopOrderUpdate,
    OrderMarginChange,
    WalletBalanceUpdate,
    WithdrawHoldChange,
)

from ..examples import push, read, texts

TOPIC = "/contractMarket/tradeOrders"


def order(**data: Any) -> FuturesOrderUpdate:
    """Return an order event with these members."""
    return read(FuturesOrderUpdate, push(TOPIC, "orderChange", {"orderId": "1", **data}))


class TestOrders:
    """What is told of an order."""

    def test_both_subjects(self) -> None:
        """Orders of all symbols and of one have different subjects, and are one class."""
        subjects = {read(FuturesOrderUpdate, text).subject for text in texts(f"{TOPIC}:XBTUSDTM")}

        assert subjects == {"symbolOrderChange"}
        assert "orderChange" in {read(FuturesOrderUpdate, text).subject for text in texts(TOPIC)}

    def test_deleveraged(self) -> None:
        """An order of the exchange itself says so."""
        found = [read(FuturesOrderUpdate, text) for text in texts(TOPIC)]
        (event,) = [event for event in found if event.trade_type == "adl"]

        assert event.trade_type is FuturesTradeType.ADL
        assert event.client_oid is None
        assert (event.position_side, event.margin_mode) == (PositionSide.BOTH, MarginMode.ISOLATED)
        assert event.order_time_ns == 1_750_839_892_050_000_000
        assert event.ts == 1_750_839_892_050

    def test_old_name_with_a_blank(self) -> None:
        """Old documentation has a name that ends in a blank, and empty amounts."""
        event = read(FuturesOrderUpdate, texts(f"{TOPIC}:XBTUSDM")[0])

        assert event.old_size_padded == Decimal(15_000)
        assert event.old_size is None
        assert (event.match_price, event.match_size) == (None, None)

    def test_milliseconds_are_converted(self) -> None:
        """The documentation speaks of milliseconds where messages have nanoseconds."""
        assert order(orderTime=1_750_839_892_050).order_time_ns == 1_750_839_892_050_000_000

    def test_owner(self) -> None:
        """Some messages repeat the account inside."""
        assert order(userId="u2").owner_id == "u2"
        assert order().user_id == "u1"

    @pytest.mark.parametrize(
        ("data", "ended", "filled"),
        [
            ({"type": "filled", "status": "done"}, True, True),
            ({"type": "match", "status": "done", "size": "1", "filledSize": "1"}, True, True),
            ({"type": "match", "status": "match", "size": "1", "filledSize": "1"}, False, False),
            ({"type": "canceled", "status": "done", "size": "2", "filledSize": "1"}, True, False),
            ({"type": "canceled", "filledSize": "1"}, True, False),
            (
                {"type": "canceled", "size": "1", "filledSize": "1", "canceledSize": "1"},
                True,
                False,
            ),
            ({"type": "canceled", "size": "1", "filledSize": "1", "canceledSize": "0"}, True, True),
            ({"type": "update", "status": "done", "size": "1", "filledSize": "1"}, True, False),
            ({"type": "open", "status": "open"}, False, False),
        ],
    )
    def test_how_it_ended(self, data: dict[str, Any], ended: bool, filled: bool) -> None:
        """An order has ended by its status, and is filled where nothing was left."""
        event = order(**data)

        assert (event.has_ended, event.is_filled) == (ended, filled)


def test_stop_order() -> None:
    """A stop order has a size as a JSON number, and two kinds of time."""
    stop = read(FuturesStopOrderUpdate, texts("/contractMarket/advancedOrders")[0])

    assert (stop.size, stop.event) == (Decimal(1), StopEvent.OPEN)
    assert stop.created_at_ms == 1_730_194_206_837
    assert stop.ts_ns == 1_730_194_206_843_133_000
    assert stop.message_id == "6720ab1ea52a9b0001734392"
    market = {"orderId": "1", "orderPrice": None, "size": "1", "type": "TRIGGERED"}
    other = read(
        FuturesStopOrderUpdate, push("/contractMarket/advancedOrders", "stopOrder", market)
    )
    assert (other.order_price, other.event) == (None, StopEvent.TRIGGERED)


class TestWallet:
    """The wallet."""

    def test_live(self) -> None:
        """Live messages have more than is documented, and numbers as text."""
        event = read(WalletBalanceUpdate, texts("/contractAccount/wallet")[2])

        assert event.wallet_balance == Decimal("49.40260236")
        assert event.available_margin == event.max_withdraw_amount == Decimal("28.67180236")
        assert (event.version, event.timestamp_ms) == (2_874, 1_772_050_541_214)
        assert event.ts == 1_772_050_541_214

    def test_old_subjects(self) -> None:
        """The three messages of before cross margin are typed, without a type of their own."""
        margin, available, hold = texts("/contractAccount/wallet")[3:]

        assert read(OrderMarginChange, margin).order_margin == Decimal(5_923)
        assert read(AvailableBalanceChange, available).hold_balance == Decimal(2_312)
        assert read(WithdrawHoldChange, hold).withdraw_hold == Decimal(5_923)
