"""Rows of spot and margin."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.errors import DecodeError
from sixmm.venues.kucoin.enums import Liquidity, OrderType, Side
from sixmm.venues.kucoin.rest_schema import (
    CrossMargin,
    IsolatedMargin,
    SpotFillPage,
    SpotOrder,
    SpotOrderPage,
    SpotStopOrderPage,
    result_of,
)

ORDER = {
    "id": "67120bbef094e200070976f6",
    "clientOid": "5c52e11203aa677f33e493fb",
    "symbol": "BTC-USDT",
    "opType": "DEAL",
    "type": "limit",
    "side": "buy",
    "price": "50000",
    "size": "0.00001",
    "funds": "0.5",
    "dealSize": "0",
    "dealFunds": "0",
    "remainSize": "0.00001",
    "cancelledSize": "0",
    "fee": "0",
    "feeCurrency": "USDT",
    "active": True,
    "inOrderBook": True,
    "tradeType": "TRADE",
    "createdAt": 1_729_235_902_748,
    "lastUpdatedAt": 1_729_235_909_862,
}


def test_order() -> None:
    """An order has its words, its amounts and its times."""
    row = result_of(SpotOrder, ORDER)

    assert (row.order_type, row.side, row.active) == (OrderType.LIMIT, Side.BUY, True)
    assert (row.price, row.remain_size) == (Decimal(50_000), Decimal("0.00001"))
    assert row.updated_at_ms == 1_729_235_909_862
    assert row.extra == {"opType": "DEAL"}


def test_fills() -> None:
    """The ids of a fill are numbers in the reply and text here."""
    page = result_of(
        SpotFillPage,
        {
            "lastId": 19_814_995_255_305,
            "items": [
                {
                    "id": 19_814_995_255_305,
                    "orderId": "6717422bd51c29000775ea03",
                    "tradeId": 11_029_373_945_659_392,
                    "symbol": "BTC-USDT",
                    "side": "buy",
                    "liquidity": "taker",
                    "price": "67717.6",
                    "size": "0.00001",
                    "fee": "0.000677176",
                    "feeCurrency": "USDT",
                    "createdAt": 1_729_577_515_473,
                }
            ],
        },
    )
    (row,) = page.rows

    assert page.last_id == "19814995255305"
    assert (row.trade_id, row.liquidity) == ("11029373945659392", Liquidity.TAKER)
    assert row.fee == Decimal("0.000677176")


def test_stop_orders() -> None:
    """A stop order has the price that it waits for."""
    row = {"id": "vs8hoo8q2ceshiue003b67c0", "symbol": "KCS-USDT", "stop": "loss", "stopPrice": "9"}
    page = result_of(SpotStopOrderPage, {"totalNum": 1, "items": [row]})

    assert (page.total, page.rows[0].stop, page.rows[0].stop_price) == (1, "loss", Decimal(9))


def test_a_page_has_a_list() -> None:
    """A reply without its list is refused: no rows would say that there are none."""
    with pytest.raises(DecodeError, match=r"\$\.data\.items"):
        result_of(SpotOrderPage, {"lastId": 0})


def test_margin_accounts() -> None:
    """Cross margin has a list of currencies, isolated margin two in each account."""
    cross = result_of(
        CrossMargin,
        {"debtRatio": "0.1", "accounts": [{"currency": "USDT", "total": "5", "hold": "1"}]},
    )
    isolated = result_of(
        IsolatedMargin,
        {
            "assets": [
                {
                    "symbol": "BTC-USDT",
                    "status": "DEBT",
                    "baseAsset": {"currency": "BTC", "total": "1"},
                    "quoteAsset": {"currency": "USDT", "total": "2"},
                }
            ]
        },
    )

    assert cross.accounts[0].total == Decimal(5)
    (account,) = isolated.accounts
    assert account.base is not None
    assert account.base.total == Decimal(1)
