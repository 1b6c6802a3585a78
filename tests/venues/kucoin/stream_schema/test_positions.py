"""Futures positions and their settings."""

from __future__ import annotations

import json
from decimal import Decimal

from sixmm.venues.kucoin.enums import ChangeReason, MarginMode
from sixmm.venues.kucoin.stream_schema import (
    CrossLeverageUpdate,
    FundingSettlement,
    FuturesPositionUpdate,
    MarginModeUpdate,
    RiskLimitAdjustment,
    SymbolLeverage,
    SymbolMarginMode,
)

from ..examples import push, read, texts

MARK_PRICE = {
    "markPrice": 7947.83,
    "markValue": 0.0025164,
    "maintMargin": 0.00252044,
    "realLeverage": 10.06,
    "unrealisedPnl": -0.00014735,
    "unrealisedRoePcnt": -0.0553,
    "unrealisedPnlPcnt": -0.0553,
    "delevPercentage": 0.52,
    "currentTimestamp": 1_558_087_175_068,
    "settleCurrency": "XBT",
}
"""What a message about a moved mark price has."""


class TestPosition:
    """A position is told in changes."""

    def test_whole(self) -> None:
        """A recorded message has every figure that is documented."""
        event = read(FuturesPositionUpdate, texts("/contract/position:XBTUSDTM")[0])

        assert (event.symbol, event.current_qty, event.is_open) == ("XBTUSDTM", Decimal(1), True)
        assert event.change_reason is ChangeReason.POSITION
        assert event.leverage == Decimal("4.9685590767")
        assert (event.risk_limit_level, event.auto_deposit) == (2, True)
        assert event.opening_timestamp_ms == 1_731_916_913_097
        assert event.ts == event.current_timestamp_ms == 1_731_924_561_514
        assert not event.is_partial
        assert len(event.changes) == len(json.loads(event.raw)["data"])

    def test_mark_price(self) -> None:
        """A partial message tells its figures, and None of what it leaves out."""
        text = push("/contract/position:XBTUSDM", "position.change", MARK_PRICE)
        event = read(FuturesPositionUpdate, text)

        assert event.is_partial
        assert event.symbol == "XBTUSDM"
        assert (event.current_qty, event.avg_entry_price, event.is_open) == (None, None, None)
        assert dict(event.changes) == {
            "symbol": "XBTUSDM",
            "mark_price": Decimal("7947.83"),
            "mark_value": Decimal("0.0025164"),
            "maint_margin": Decimal("0.00252044"),
            "real_leverage": Decimal("10.06"),
            "unrealised_pnl": Decimal("-0.00014735"),
            "unrealised_roe_percent": Decimal("-0.0553"),
            "unrealised_pnl_percent": Decimal("-0.0553"),
            "deleverage_percentage": Decimal("0.52"),
            "current_timestamp_ms": 1_558_087_175_068,
            "settle_currency": "XBT",
        }

    def test_closed(self) -> None:
        """A closed position has the quantity 0, which is told, and may lack its margin."""
        data = {"symbol": "XBTUSDTM", "isOpen": False, "currentQty": 0, "posCost": 0}
        text = push("/contract/positionAll", "position.change", data)
        event = read(FuturesPositionUpdate, text)

        assert (event.is_open, event.current_qty, event.pos_margin) == (False, Decimal(0), None)
        assert not event.is_partial
        assert "current_qty" in event.changes


def test_funding() -> None:
    """A settlement has its rate exactly, its symbol from the topic, and both of its times."""
    event = read(FundingSettlement, texts("/contract/position:XBTUSDTM")[-1])

    assert event.symbol == "XBTUSDTM"
    assert event.funding_rate == Decimal("-0.000023")
    assert str(event.funding_rate) == "-0.000023"
    assert event.funding_fee == Decimal("-0.00309113")
    assert event.funding_time_ms == 1_771_488_000_000
    assert event.ts == 1_771_488_018_495


def test_risk_limit() -> None:
    """The answer to a change of the risk limit says why it failed, and no time."""
    failed = read(RiskLimitAdjustment, texts("/contract/positionAll")[-1])
    worked = read(RiskLimitAdjustment, texts("/contract/position:ADAUSDTM")[0])

    assert (failed.success, failed.risk_limit_level) == (False, 9)
    assert failed.message == "Insufficient balance. Cannot increase margin."
    assert (failed.symbol, failed.ts) == (None, 0)
    assert (worked.success, worked.symbol, worked.message) == (True, "ADAUSDTM", None)


def test_settings() -> None:
    """Settings come as objects by symbol, and are rows here."""
    modes = read(MarginModeUpdate, texts("/contract/marginMode")[0])
    leverages = read(CrossLeverageUpdate, texts("/contract/crossLeverage")[0])

    assert modes.modes == (SymbolMarginMode(symbol="ETHUSDTM", margin_mode=MarginMode.ISOLATED),)
    assert leverages.leverages == (SymbolLeverage(symbol="ETHUSDTM", leverage=Decimal(8)),)
