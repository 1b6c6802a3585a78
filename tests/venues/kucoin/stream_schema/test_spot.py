"""Spot orders, stop orders, balances and trades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.venues.kucoin.enums import Liquidity, OrderEvent, OrderStatus, OrderType, Side, StopEvent
from sixmm.venues.kucoin.stream_schema import (
    AccountBalanceUpdate,
    MarketMatch,
    RelationContext,
    SpotOrderUpdate,
    SpotStopOrderUpdate,
    SpotTradeFill,
)

from ..examples import push, read, texts


def order(**data: Any) -> SpotOrderUpdate:
    """Return an order event with these members."""
    text = push("/spotMarket/tradeOrdersV2", "orderChange", {"orderId": "1", **data})
    return read(SpotOrderUpdate, text)


class TestOrders:
    """What is told of an order."""

    def test_a_match(self) -> None:
        """A recorded match has its amounts, its ids and its times in their units."""
        event = read(SpotOrderUpdate, texts("/spotMarket/tradeOrders")[2])

        assert (event.type, event.status) == (OrderEvent.MATCH, OrderStatus.MATCH)
        assert (event.side, event.order_type) == (Side.SELL, OrderType.MARKET)
        assert (event.match_price, event.match_size) == (Decimal("0.0008676"), Decimal("0.1481"))
        assert (event.liquidity, event.fee_type) == (Liquidity.TAKER, "takerFee")
        assert event.trade_id == "16389436815462400"
        assert event.order_time_ms == 1_768_823_076_637
        assert event.ts_ns == 1_768_823_076_642_000_000
        assert event.push_time_ms == 1_768_823_076_643
        assert event.ts == 1_768_823_076_642

    def test_old_messages_count_in_nanoseconds(self) -> None:
        """The time of an order is in milliseconds also where an old message has nanoseconds."""
        event = read(SpotOrderUpdate, texts("/spotMarket/tradeOrdersV2")[1])

        assert event.order_time_ms == 1_593_487_481_683
        assert event.ts_ns == 1_593_487_481_683_297_666

    def test_missing_fields(self) -> None:
        """A live message without sizes, price or client id is an event all the same."""
        event = order(
            type="match",
            status="match",
            side="buy",
            orderType="market",
            funds="12",
            remainFunds="0.005381",
            filledSize="0.1481",
        )

        assert event.client_oid is None
        assert (event.size, event.origin_size, event.remain_size, event.price) == (None,) * 4
        assert event.funds == Decimal(12)
        assert event.is_by_funds

    def test_exponents(self) -> None:
        """Amounts in scientific notation are exact."""
        assert order(size="1E-8").size == Decimal("0.00000001")


class TestHowItEnded:
    """The last word about an order is not its type."""

    def test_market_buy_that_ends_as_canceled(self) -> None:
        """A market order for an amount of money that was filled ends as ``canceled``."""
        event = order(
            type="canceled",
            status="done",
            side="buy",
            orderType="market",
            filledSize="0.1481",
            canceledFunds="0.005381",
        )

        assert event.type == OrderEvent.CANCELED
        assert event.has_ended
        assert event.is_filled

    def test_market_buy_without_any_fill(self) -> None:
        """Without a fill it was cancelled indeed."""
        event = order(
            type="canceled", status="done", side="buy", orderType="market", filledSize="0"
        )

        assert event.has_ended
        assert not event.is_filled

    @pytest.mark.parametrize(
        ("data", "filled"),
        [
            ({"type": "filled", "status": "done"}, True),
            ({"type": "filled"}, True),
            ({"type": "canceled", "status": "done", "size": "1", "filledSize": "0"}, False),
            ({"type": "canceled", "status": "done", "size": "1", "filledSize": "0.4"}, False),
            ({"type": "canceled", "status": "done", "originSize": "1", "filledSize": "1"}, True),
            ({"type": "match", "status": "done", "size": "1", "filledSize": "1"}, True),
            ({"type": "update", "status": "done", "size": "0.4", "filledSize": "0.4"}, False),
            (
                {
                    "type": "canceled",
                    "status": "done",
                    "size": "0.4",
                    "originSize": "1",
                    "filledSize": "0.4",
                },
                False,
            ),
            (
                {
                    "type": "match",
                    "status": "done",
                    "size": "0.4",
                    "originSize": "1",
                    "filledSize": "0.4",
                },
                True,
            ),
            ({"type": "match", "status": "match", "size": "1", "filledSize": "1"}, False),
            ({"type": "canceled", "size": "1", "filledSize": "1", "canceledSize": "1"}, False),
            ({"type": "canceled", "size": "1", "filledSize": "1", "canceledSize": "0"}, True),
            ({"type": "open", "status": "open"}, False),
            (
                {
                    "type": "canceled",
                    "status": "done",
                    "orderType": "market",
                    "side": "sell",
                    "size": "1",
                    "filledSize": "0.5",
                },
                False,
            ),
            (
                {
                    "type": "canceled",
                    "status": "done",
                    "orderType": "limit",
                    "remainFunds": "0",
                    "filledSize": "0.5",
                },
                False,
            ),
        ],
    )
    def test_what_was_filled_decides(self, data: dict[str, Any], filled: bool) -> None:
        """An order is filled where it has ended and nothing of its size was left."""
        assert order(**data).is_filled is filled


class TestStopOrders:
    """Stop orders."""

    @pytest.mark.parametrize(
        ("word", "event"),
        [
            ("open", StopEvent.OPEN),
            ("TRIGGERED", StopEvent.TRIGGERED),
            ("triggered", StopEvent.TRIGGERED),
            ("cancel", StopEvent.CANCEL),
            ("received", "received"),
        ],
    )
    def test_words(self, word: str, event: str) -> None:
        """Capitals make no difference, and an unknown word is kept."""
        text = push("/spotMarket/advancedOrders", "stopOrder", {"orderId": "1", "type": word})
        stop = read(SpotStopOrderUpdate, text)

        assert (stop.type, stop.event) == (word, event)
        assert type(stop.event) is type(event)

    def test_triggered(self) -> None:
        """A recorded trigger says that it worked."""
        stop = read(SpotStopOrderUpdate, texts("/spotMarket/advancedOrders")[1])

        assert stop.trigger_success is True
        assert (stop.stop, stop.order_price) == ("entry", Decimal("0.00062"))
        assert stop.created_at_ms == 1_589_789_942_337
        assert stop.ts == 1_589_790_121_382

    def test_without_a_word(self) -> None:
        """A message that does not say what happened is still one."""
        text = push("/spotMarket/advancedOrders", "stopOrder", {"orderId": "1"})
        assert read(SpotStopOrderUpdate, text).event is None


class TestBalances:
    """Balances."""

    def test_recorded(self) -> None:
        """A balance has what it has to do with, and its time as a number."""
        event = read(AccountBalanceUpdate, texts("/account/balance")[1])

        assert event.relation_context == RelationContext(
            symbol="BTC-USDT", order_id="6721d0632db25b0007071fdc", trade_id="11116472408358913"
        )
        assert (event.total, event.hold) == (Decimal("21.133773386762"), Decimal("1.001"))
        assert event.time_ms == event.ts == 1_730_269_283_892
        assert event.message_id == "354689988084000"

    @pytest.mark.parametrize(
        ("cause", "account"),
        [
            ("trade.hold", "trade"),
            ("trade_hf.setted", "trade"),
            ("main.deposit", "main"),
            ("margin.transfer", "margin"),
            ("marginV2.hold", "margin"),
            ("margin_hf.hold", "margin"),
            ("isolated_BTC-USDT.hold", "isolated_BTC-USDT"),
            ("isolatedV2_BTC-USDT.hold", "isolated_BTC-USDT"),
            ("other", None),
            ("", None),
        ],
    )
    def test_account(self, cause: str, account: str | None) -> None:
        """The account is what stands before the cause, under one name however it is spelled."""
        text = push(
            "/account/balance",
            "account.balance",
            {"currency": "USDT", "relationEvent": cause, "relationContext": {}},
        )
        event = read(AccountBalanceUpdate, text)

        assert event.account == account
        assert event.relation_context == RelationContext()


class TestTrades:
    """Trades."""

    def test_the_tape(self) -> None:
        """A trade on the tape names both orders, and its time in nanoseconds is read as text."""
        event = read(MarketMatch, texts("/market/match:BTC-USDT")[0])

        assert (event.symbol, event.sequence) == ("BTC-USDT", 1_545_896_669_145)
        assert event.maker_order_id == "5c2187d003aa677bd09d5c93"
        assert event.time_ns == 1_545_913_818_099_033_203
        assert str(event.price) == "0.08200000000000000000"

    def test_undocumented_fill(self) -> None:
        """The fills that are no longer documented have their fee, in JSON numbers."""
        data = {
            "symbol": "BTC-USDT",
            "orderId": "1",
            "tradeId": 5,
            "side": "buy",
            "price": 0.1,
            "fee": 1e-07,
            "time": 1_724_000_000_000_000_000,
        }
        event = read(SpotTradeFill, push("/spot/tradeFills", "/spot/tradeFills", data))

        assert (event.trade_id, event.fee) == ("5", Decimal("0.0000001"))
        assert event.ts == 1_724_000_000_000
