"""What the rows of the REST API tell, and that it is what the stream tells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.state.account import AccountMirror
from sixmm.venues.kucoin import decode, row_facts
from sixmm.venues.kucoin.facts import facts_of
from sixmm.venues.kucoin.rest_schema import (
    FuturesAccount,
    FuturesFill,
    FuturesOrder,
    FuturesPosition,
    IsolatedSide,
    ProBalance,
    ProFill,
    ProOrder,
    ProPosition,
    SpotAccount,
    SpotFill,
    SpotOrder,
    result_of,
)

from .examples import push, texts


class TestSpot:
    """Spot and margin."""

    @pytest.mark.parametrize(
        ("data", "active", "status", "quantity"),
        [
            ({"size": "1", "dealSize": "0", "remainSize": "1"}, True, "open", 1),
            ({"size": "1", "dealSize": "0.4", "remainSize": "0.6"}, True, "match", 1),
            ({"size": "1", "dealSize": "0", "remainSize": "0.6"}, True, "open", Decimal("0.6")),
            ({"size": "1", "dealSize": "1", "remainSize": "0"}, False, "filled", 1),
            ({"size": "1", "dealSize": "0.4"}, False, "canceled", 1),
            ({"size": "1", "dealSize": "0"}, False, "canceled", 1),
            ({"size": "0", "funds": "12", "dealSize": "0.1"}, False, "filled", None),
            ({"size": "0", "funds": "12", "dealSize": "0"}, False, "canceled", None),
            ({"size": "1", "active": True}, None, "open", 1),
            ({"size": "1", "active": False}, None, "canceled", 1),
            ({"size": "1"}, None, "open", 1),
        ],
    )
    def test_orders(
        self, data: dict[str, Any], active: bool | None, status: str, quantity: Any
    ) -> None:
        """Where an order is follows from its list, or its flag, and what was filled."""
        row = result_of(SpotOrder, {"id": "o1", "symbol": "BTC-USDT", **data})
        order = row_facts.spot_order(row, active=active)

        assert (order.status, order.quantity) == (status, quantity)
        assert order.updated_at_ms is None
        assert order.raw == row.raw

    def test_a_fill_is_the_one_of_the_stream(self) -> None:
        """A fill has the same id however it comes; REST adds the fee."""
        data = {
            "orderId": "o1",
            "symbol": "A-B",
            "type": "match",
            "tradeId": "5",
            "matchSize": "1",
            "matchPrice": "2",
        }
        told = facts_of(decode(push("/spotMarket/tradeOrders", "orderChange", data)))
        row = result_of(
            SpotFill,
            {"id": 9, "orderId": "o1", "symbol": "A-B", "tradeId": 5, "fee": "0.1", "size": "1"},
        )

        assert told is not None
        assert row_facts.spot_fill(row).fill_id == told.fills[0].fill_id
        assert row_facts.spot_fill(row).fee == Decimal("0.1")

    def test_a_row_that_repeats_the_stream_is_no_news(self) -> None:
        """After a message, the row of the same state changes nothing in the mirror."""
        mirror = AccountMirror()
        data = {
            "orderId": "o1",
            "symbol": "A-B",
            "type": "match",
            "status": "open",
            "size": "1",
            "filledSize": "0.4",
            "remainSize": "0.6",
            "price": "2",
            "ts": 1_700_000_000_000_000_000,
        }
        told = facts_of(decode(push("/spotMarket/tradeOrders", "orderChange", data)))
        assert told is not None
        mirror.apply(told)
        row = result_of(
            SpotOrder,
            {
                "id": "o1",
                "symbol": "A-B",
                "size": "1",
                "dealSize": "0.4",
                "remainSize": "0.6",
                "price": "2",
                "lastUpdatedAt": 1_700_000_000_005,
            },
        )

        assert mirror.tell_order(row_facts.spot_order(row, active=True)).value == "repeat"

    def test_balances(self) -> None:
        """The name of a balance has its account, under one name."""
        trade = {"currency": "USDT", "type": "trade_hf", "balance": "5", "holds": "1"}
        side = {"currency": "BTC", "total": "1", "hold": "0"}

        balance = row_facts.spot_balance(result_of(SpotAccount, trade))
        isolated = row_facts.margin_balance(result_of(IsolatedSide, side), "isolated_BTC-USDT")
        assert (balance.asset, balance.wallet, balance.frozen) == ("trade:USDT", 5, 1)
        assert isolated.asset == "isolated_BTC-USDT:BTC"


class TestFutures:
    """Futures."""

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({"isActive": True, "filledSize": "0", "size": 5}, "open"),
            ({"isActive": True, "filledSize": "2", "size": 5}, "match"),
            ({"isActive": False, "filledSize": "5", "size": 5}, "filled"),
            ({"isActive": False, "dealSize": 2, "size": 5}, "canceled"),
            ({"status": "done", "dealSize": 5, "size": 5}, "filled"),
            ({"status": "open", "size": 5}, "open"),
        ],
    )
    def test_orders(self, data: dict[str, Any], status: str) -> None:
        """Where an order is follows from its flag, or its status, and what was filled."""
        order = row_facts.futures_order(result_of(FuturesOrder, {"id": "o1", **data}))

        assert (order.status, order.updated_at_ms) == (status, None)

    def test_a_fill_is_the_one_of_the_stream(self) -> None:
        """A fill has the same id however it comes."""
        told = facts_of(decode(texts("/contractMarket/tradeOrders:XBTUSDTM")[1]))
        row = result_of(
            FuturesFill,
            {
                "tradeId": "1794175373644",
                "orderId": "247899236673269761",
                "symbol": "XBTUSDTM",
                "tradeTime": 1_731_916_996_762_000_000,
            },
        )
        fill = row_facts.futures_fill(row)

        assert told is not None
        assert (fill.fill_id, fill.time_ms) == (told.fills[0].fill_id, told.fills[0].time_ms)

    def test_wallet(self) -> None:
        """A wallet is told without what is unrealised, as by the stream."""
        data = {"currency": "USDT", "marginBalance": 99.9, "accountEquity": 98, "orderMargin": 1}
        row = result_of(FuturesAccount, {**data, "marginBalance": "99.9"})
        balance = row_facts.futures_balance(row)

        assert (balance.asset, balance.wallet, balance.frozen) == (
            "futures:USDT",
            Decimal("99.9"),
            1,
        )

    def test_positions(self) -> None:
        """A position is the one that the stream tells, also one that is closed."""
        data = {"symbol": "XBTUSDTM", "currentQty": 1, "avgEntryPrice": "91694.5", "leverage": 3}
        closed = {"symbol": "XBTUSDTM", "isOpen": False}
        position = row_facts.futures_position(result_of(FuturesPosition, data))
        pushed = facts_of(decode(texts("/contract/position:XBTUSDTM")[0]))
        assert pushed is not None
        (told,) = pushed.positions

        assert position.key == told.key
        assert (position.quantity, position.entry_price) == (told.quantity, told.entry_price)
        assert len(position.detail) == len(told.detail)
        assert row_facts.futures_position(result_of(FuturesPosition, closed)).quantity == 0


class TestUnified:
    """The unified account."""

    def test_order(self) -> None:
        """An order has the times of the stream."""
        row = result_of(
            ProOrder,
            {
                "orderId": "6981b2a91c6fcb0007422784",
                "status": 3,
                "size": "0.00001",
                "filledSize": "0.00001",
                "updatedTime": 1_770_107_561_263_000_000,
            },
        )
        mirror = AccountMirror()
        told = facts_of(decode(texts("orderAll.SPOT")[0]))
        assert told is not None
        mirror.apply(told)

        assert row_facts.pro_order(row).status == "filled"
        assert row_facts.pro_order(attrs.evolve(row, size_unit="QUOTECCY")).quantity is None
        assert mirror.tell_order(row_facts.pro_order(row)).value == "repeat"

    def test_fill(self) -> None:
        """A fill is the one of the stream, with its profit."""
        row = result_of(
            ProFill,
            {
                "tradeId": 22_221_471_895_799_808,
                "orderId": "476907831686172672",
                "symbol": "XRP-USDT",
                "fillPnl": "1.5",
            },
        )
        told = facts_of(decode(texts("execution.UNIFIED")[0]))

        assert told is not None
        assert row_facts.pro_fill(row).fill_id == told.fills[0].fill_id
        assert row_facts.pro_fill(row).realized_pnl == Decimal("1.5")

    def test_account(self) -> None:
        """Balances and positions have the names of the stream."""
        balance = row_facts.pro_balance(
            result_of(ProBalance, {"currency": "USDT", "balance": "5", "hold": "1"}), "UNIFIED"
        )
        position = row_facts.pro_position(
            result_of(ProPosition, {"symbol": "XBTUSDTM", "size": "-1", "marginMode": "CROSS"})
        )

        assert (balance.asset, balance.wallet, balance.frozen) == ("unified:USDT", 5, 1)
        assert (position.key, position.quantity) == (("XBTUSDTM", "BOTH"), -1)
        assert position.margin_mode == "CROSS"
