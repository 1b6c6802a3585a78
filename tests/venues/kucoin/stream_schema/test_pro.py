"""The unified stream."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.venues.kucoin.enums import (
    MarginMode,
    ProFillType,
    ProLiquidity,
    ProMarginAlert,
    ProOrderEvent,
    ProOrderStatus,
    ProSide,
    ProTradeType,
    StopPriceType,
)
from sixmm.venues.kucoin.stream_schema import (
    ProBalanceUpdate,
    ProExecution,
    ProLeverageUpdate,
    ProLiquidationWarning,
    ProOrderUpdate,
    ProPositionUpdate,
)

from ..examples import pro_push, read, texts


class TestOrders:
    """Orders."""

    def test_names_that_differ_in_their_case(self) -> None:
        """Members whose names differ in their case only are different fields."""
        data = {
            "oi": "1",
            "s": "XBTUSDTM",
            "S": "BUY",
            "os": 4,
            "oS": "USER",
            "ls": "50000",
            "lS": "2",
            "t": "0.5",
            "tT": "FUTURES",
            "l": "3",
            "tP": "1",
            "tPT": "MP",
        }
        event = read(ProOrderUpdate, pro_push("order.UNIFIED", data))

        assert (event.symbol, event.side) == ("XBTUSDTM", ProSide.BUY)
        assert (event.status, event.source) == (ProOrderStatus.PARTIALLY_FILLED, "USER")
        assert (event.last_price, event.last_size) == (Decimal(50_000), Decimal(2))
        assert (event.tax, event.trade_type) == (Decimal("0.5"), ProTradeType.FUTURES)
        assert (event.leverage, event.trigger_price) == (Decimal(3), Decimal(1))
        assert event.trigger_price_type is StopPriceType.MARK

    def test_filled(self) -> None:
        """A recorded fill has the fee of all fills, and times in nanoseconds."""
        event = read(ProOrderUpdate, texts("orderAll.SPOT")[0])

        assert (event.type, event.status) == (ProOrderEvent.FILL, ProOrderStatus.FILLED)
        assert (event.fee, event.fee_currency) == (Decimal("0.000788236"), "USDT")
        assert event.account_type is ProTradeType.SPOT
        assert event.created_at_ns == 1_770_107_561_253_000_000
        assert event.push_time_ns == 1_770_107_561_274_139_265
        assert event.ts == 1_770_107_561_274
        assert event.has_ended

    def test_not_applicable(self) -> None:
        """An empty text is None; a number where text is usual is read."""
        event = read(ProOrderUpdate, texts("orderAll.UNIFIED")[3])

        assert (event.price, event.liquidity, event.cancel_reason) == (None, None, None)
        assert (event.last_trade_id, event.margin_mode, event.broker) == (None, None, None)
        assert event.canceled_size == Decimal(0)
        assert (event.status, event.has_ended) == (ProOrderStatus.LIVE, False)

    @pytest.mark.parametrize(("status", "ended"), [(0, False), (4, False), (5, True), (6, True)])
    def test_ends(self, status: int, ended: bool) -> None:
        """An order that is filled or cancelled, also in part, has ended."""
        event = read(ProOrderUpdate, pro_push("orderAll.SPOT", {"oi": "1", "os": status}))
        assert event.has_ended is ended


class TestExecutions:
    """Fills."""

    def test_with_a_fee(self) -> None:
        """A fill has its fee and the moment that it happened at."""
        event = read(ProExecution, texts("execution.UNIFIED")[0])

        assert (event.fee, event.fill_type) == (Decimal("0.000999937432"), ProFillType.NORMAL)
        assert event.executed_at_ns == 1_786_516_889_638_000_000
        assert (event.closed_pnl, event.liquidity) == (None, ProLiquidity.TAKER)

    def test_liquidated(self) -> None:
        """A fill of the exchange itself has no order of the account."""
        event = read(ProExecution, texts("execution.UNIFIED")[1])

        assert (event.order_id, event.fill_type) == ("0", ProFillType.LIQUIDATION)
        assert (event.client_oid, event.order_type) == (None, None)

    def test_lite(self) -> None:
        """The quick channel has its trade id as a number, and no fee."""
        event = read(ProExecution, texts("execution.lite.UNIFIED")[0])

        assert (event.subject, event.account_type) == ("execution.lite", ProTradeType.UNIFIED)
        assert (event.trade_id, event.fee) == ("22075878662488064", None)


class TestAccount:
    """Balances, positions and the rest."""

    def test_time_of_a_balance(self) -> None:
        """The time of a balance is when it was pushed; it may have changed days before."""
        event = read(ProBalanceUpdate, texts("balance.UNIFIED")[0])

        assert event.updated_at_ms == 1_771_504_095_649
        assert event.ts == 1_771_732_989_773
        assert (event.balance, event.hold) == (Decimal(500), Decimal("0.03"))

    def test_balance_of_another_account(self) -> None:
        """The time of a balance comes in milliseconds, as text, for one kind of account."""
        funding = read(ProBalanceUpdate, texts("balance.FUNDING")[0])
        futures = read(ProBalanceUpdate, texts("balance.FUTURES")[0])

        assert funding.updated_at_ms == 1_780_543_242_933
        assert (futures.sequence, futures.cross_pos_margin) == (488, Decimal("0.0642"))

    def test_times_as_text(self) -> None:
        """Every time may come as text."""
        text = pro_push("balance.UNIFIED", {"c": "A", "U": "1771504095649000000"}, "1" * 19)
        event = read(ProBalanceUpdate, text)

        assert (event.updated_at_ms, event.push_time_ns) == (1_771_504_095_649, int("1" * 19))

    def test_position(self) -> None:
        """A short position has a negative quantity."""
        event = read(ProPositionUpdate, texts("positionAll.FUTURES")[0])

        assert (event.quantity, event.margin_mode) == (Decimal(-1), MarginMode.ISOLATED)
        assert event.position_id == "400000000002223506"
        assert event.liquidation_price == Decimal("9.395059599")

    def test_leverage(self) -> None:
        """A leverage says of what, in as many words as the account has."""
        futures = read(ProLeverageUpdate, texts("leverage.FUTURES")[0])
        unified = read(ProLeverageUpdate, texts("leverage.UNIFIED")[0])

        assert (futures.symbol, futures.leverage, futures.margin_mode) == (
            "XBTUSDTM",
            Decimal("5.00"),
            None,
        )
        assert (unified.margin_mode, unified.trade_type) == ("CROSS", "FUTURES")

    def test_warning(self) -> None:
        """A warning is the same under both names of its channel."""
        text = texts("lw.UNIFIED")[0]
        event = read(ProLiquidationWarning, text)
        other = read(ProLiquidationWarning, text.replace("lw.", "risk."))

        assert event.type is ProMarginAlert.MARGIN_CALL
        assert (event.risk_ratio, event.liability) == (Decimal("0.9378"), Decimal("51254.45"))
        assert other.equity == event.equity
