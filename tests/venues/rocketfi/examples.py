"""One message of each kind, as the public sources have it: what the tests hold the code against."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT = "0xfe0F5544a746dA9BEb8046b10bE24a20659a9D83"
OTHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
INSTRUMENT = "0x0123456789abcdef"
NUMBER = 17_279_655_951_921_914_625
"""The number whose little-endian bytes are those of the instrument."""
ORDER = 9_007_199_254_740_993
NOW = 1_700_000_000_000


def text(message: Any) -> str:
    """Return a message as it travels."""
    return json.dumps(message, separators=(",", ":"))


def event(data: Any, **members: Any) -> dict[str, Any]:
    """Return an order event with that data."""
    envelope = {"orderId": ORDER, "account": ACCOUNT, "instrument": INSTRUMENT}
    return {**envelope, "eventData": data, **members}


PLACED: dict[str, Any] = {
    "price": "86000.5",
    "size": "2",
    "remaining_size": "2",
    "original_size": "2",
    "settlement_asset": 0,
    "timestamp": NOW,
    "is_passive": True,
    "is_filled": False,
}
FILL: dict[str, Any] = {
    "price": "86000",
    "size": "0.5",
    "remaining_size": "1.5",
    "original_size": "2",
    "settlement_asset": 0,
    "pnl": "-3.25",
    "timestamp": NOW + 1,
    "is_passive": True,
    "is_filled": False,
    "fee_rate": "0.0001",
    "fee_amount": "4.3",
    "is_liquidation": False,
    "is_adl": False,
}
MODIFIED = {"price": "86001", "size": "3", "timestamp": NOW + 2}
EVENTS = (
    event({"placed": PLACED}),
    event({"fill": FILL}),
    event({"modified": MODIFIED}),
    event({"rejected": {"reason": "marginViolated"}}),
    event("canceled"),
)
ORDER_ROW: dict[str, Any] = {
    "orderId": ORDER,
    "trader": ACCOUNT,
    "orderType": "Limit",
    "triggerType": "StopLoss",
    "instrumentId": INSTRUMENT,
    "price": "86000.5",
    "quantity": "2",
    "filledQuantity": "0.5",
    "side": "Buy",
    "timestamp": NOW,
    "triggerPrice": "85000",
}
POSITION: dict[str, Any] = {
    "quantity": "-1.5",
    "averagePrice": "86000",
    "liquidationPrice": "90000",
    "accruedFunding": "0.1",
    "unrealizedPnl": "-7",
    "reservedMargin": "8600",
    "leverageSetting": 10,
}
RISK = {
    "account": ACCOUNT,
    "availableCollateral": "1",
    "marginRequirement": "2",
    "unreservedMargin": "3",
    "equity": "4",
    "reservedMargin": "5",
    "unrealizedPnl": "-6",
    "notionalValue": "7",
}
FUNDING = {
    "account": ACCOUNT,
    "fundingRate": "-0.0001",
    "timestamp": NOW,
    "round": 77,
    "instrumentId": INSTRUMENT,
    "pnl": "0.5",
}
CANDLE = {
    "instrumentId": INSTRUMENT,
    "interval": "1m",
    "slot": 28_333_333,
    "timestamp": NOW,
    "open": 86000.5,
    "high": 86001,
    "low": 1e-7,
    "close": 3.25,
    "volume": 0.1,
    "isClosed": False,
}

MESSAGES: dict[str, dict[str, Any]] = {
    "OrderEventUpdate": {"account": ACCOUNT, "orderEvents": list(EVENTS)},
    "OpenOrdersUpdate": {"account": ACCOUNT, "orders": [ORDER_ROW]},
    "PositionUpdate": {"account": ACCOUNT, "positions": {INSTRUMENT: POSITION}},
    "CollateralUpdate": {"assetId": 0, "account": ACCOUNT, "collateral": "1000.10"},
    "AccountRiskUpdate": {"account": ACCOUNT, "risk": RISK},
    "PositionFundingUpdate": FUNDING,
    "OrderbookUpdate": {
        "instrumentId": INSTRUMENT,
        "orderbook": {
            "bids": [{"price": "1", "quantity": "2"}, {"price": "0.5", "quantity": "3"}],
            "asks": [{"price": "1.5", "quantity": "4"}],
        },
    },
    "QuoteUpdate": {
        "instrumentId": INSTRUMENT,
        "quote": {
            "timestamp": NOW,
            "bidPrice": "1",
            "bidSize": "2",
            "askPrice": "1.5",
            "askSize": "4",
        },
    },
    "MarkPriceUpdate": {
        "instrumentId": INSTRUMENT,
        "markPrice": {"Price": {"price": "1", "timestamp": NOW}},
    },
    "AssetMarkPriceUpdate": {
        "assetId": 1,
        "markPrice": {"PriceIV": {"price": "1", "iv": "0.5", "timestamp": NOW}},
    },
    "LastMatchPriceUpdate": {"instrumentId": INSTRUMENT, "lastMatchPrice": "1.25"},
    "FundingRateUpdate": {
        "instrumentId": INSTRUMENT,
        "fundingRate": "0.0001",
        "premiumIndex": "-0.1",
        "timestamp": NOW,
        "round": 77,
    },
    "InstrumentStatsUpdate": {
        "instrumentId": INSTRUMENT,
        "stats": {"fundingRate1H": 1e-05, "volume24H": 12.5, "openInterest": 7},
    },
    "CandleUpdate": {"candle": CANDLE},
}
"""The payload of each message that carries data."""

KEY = INSTRUMENT
_OF = ACCOUNT.lower()
TOPICS: dict[str, str] = {
    "OrderEventUpdate": f"OrderEvents?account={_OF}",
    "OpenOrdersUpdate": f"OpenOrders?account={_OF}",
    "PositionUpdate": f"Position?account={_OF}",
    "CollateralUpdate": f"Collateral?assetId=0&account={_OF}",
    "AccountRiskUpdate": f"AccountRisk?account={_OF}",
    "PositionFundingUpdate": f"PositionFunding?account={_OF}",
    "OrderbookUpdate": f"Orderbook?instrumentId={KEY}",
    "QuoteUpdate": f"Orderbook?instrumentId={KEY}",
    "MarkPriceUpdate": f"PriceFeed?instrumentId={KEY}",
    "AssetMarkPriceUpdate": "AssetPriceFeed?assetId=1",
    "LastMatchPriceUpdate": f"LastMatchPrice?instrumentId={KEY}",
    "FundingRateUpdate": f"FundingRate?instrumentId={KEY}",
    "InstrumentStatsUpdate": f"InstrumentStats?instrumentId={KEY}",
    "CandleUpdate": f"Candle?instrumentId={KEY}&interval=1m",
}
"""The feed by which each of them comes."""
