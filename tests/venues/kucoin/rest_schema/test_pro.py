"""Rows of the unified account."""

from __future__ import annotations

from decimal import Decimal

from sixmm.venues.kucoin.enums import ProFillType, ProOrderStatus
from sixmm.venues.kucoin.rest_schema import (
    ProBalances,
    ProFillPage,
    ProOrder,
    ProPosition,
    result_of,
)


def test_order() -> None:
    """An order has its status as a number and its times in nanoseconds."""
    row = result_of(
        ProOrder,
        {
            "orderId": "409225265957388288",
            "symbol": "BTC-USDT",
            "side": "BUY",
            "status": 4,
            "size": "2",
            "filledSize": "1",
            "orderTime": 1_770_380_108_442_909_926,
            "updatedTime": "1770380108525522700",
        },
    )

    assert row.status is ProOrderStatus.PARTIALLY_FILLED
    assert row.order_time_ns == 1_770_380_108_442_909_926
    assert row.updated_at_ns == 1_770_380_108_525_522_700


def test_fills() -> None:
    """The role of a fill of the exchange itself may be null."""
    page = result_of(
        ProFillPage,
        {
            "lastId": 5,
            "items": [
                {
                    "tradeId": 21_002_796_345_212_928,
                    "orderId": "0",
                    "fillType": "ADL",
                    "liquidityRole": None,
                    "fee": "0",
                }
            ],
        },
    )
    (row,) = page.rows

    assert (row.trade_id, row.fill_type, row.liquidity) == (
        "21002796345212928",
        ProFillType.ADL,
        None,
    )


def test_balances_and_positions() -> None:
    """Balances are in a list within a list."""
    balances = result_of(
        ProBalances,
        {
            "accountType": "UNIFIED",
            "ts": 1_770_380_108_525,
            "accounts": [{"currencies": [{"currency": "USDT", "balance": "5", "hold": "1"}]}],
        },
    )
    position = result_of(ProPosition, {"symbol": "XBTUSDTM", "size": "-1", "leverage": "3"})

    assert balances.accounts[0].currencies[0].balance == Decimal(5)
    assert position.quantity == Decimal(-1)
