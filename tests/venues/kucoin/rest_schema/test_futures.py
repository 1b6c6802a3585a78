"""Rows of futures."""

from __future__ import annotations

from decimal import Decimal

from sixmm.venues.kucoin.enums import FuturesTradeType, MarginMode
from sixmm.venues.kucoin.rest_schema import (
    FuturesAccount,
    FuturesFillPage,
    FuturesOrder,
    FuturesPosition,
    result_of,
)


def test_order() -> None:
    """An order has sizes as numbers or text, and its time in nanoseconds."""
    row = result_of(
        FuturesOrder,
        {
            "id": "230181737576050688",
            "symbol": "XBTUSDTM",
            "type": "limit",
            "side": "buy",
            "price": "50000",
            "size": 10,
            "dealSize": 2,
            "filledSize": "2",
            "status": "open",
            "isActive": True,
            "marginMode": "CROSS",
            "orderTime": 1_727_692_804_000_000_000,
            "createdAt": 1_727_692_804_000,
        },
    )

    assert (row.size, row.filled_size) == (Decimal(10), Decimal(2))
    assert row.margin_mode is MarginMode.CROSS
    assert row.order_time_ns == 1_727_692_804_000_000_000


def test_fills() -> None:
    """A fill says why it happened and what it cost."""
    page = result_of(
        FuturesFillPage,
        {
            "currentPage": 1,
            "totalNum": 1,
            "items": [
                {
                    "tradeId": "1784277229880",
                    "orderId": "236317213710184449",
                    "symbol": "XBTUSDTM",
                    "size": 1,
                    "fee": "0.0268416",
                    "feeCurrency": "USDT",
                    "tradeType": "liquid",
                    "tradeTime": 1_729_155_616_493_000_000,
                }
            ],
        },
    )
    (row,) = page.rows

    assert (page.total, row.trade_type) == (1, FuturesTradeType.LIQUIDATION)
    assert row.trade_time_ns == 1_729_155_616_493_000_000


def test_account_and_position() -> None:
    """The wallet and the positions have JSON numbers, which are exact."""
    account = result_of(FuturesAccount, {"currency": "USDT", "unrealisedPNL": Decimal("1e-7")})
    position = result_of(
        FuturesPosition, {"symbol": "XBTUSDTM", "currentQty": -2, "markPrice": Decimal("1.50")}
    )

    assert account.unrealised_pnl == Decimal("0.0000001")
    assert (position.current_qty, str(position.mark_price)) == (Decimal(-2), "1.50")
