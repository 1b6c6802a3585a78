"""What the state of an account and of the markets looks like on the wire, by stream and by REST.

The envelope of an order event is in camel case, and what is inside of its variant in snake case.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..engine.numbers import ZERO, money, plain
from .forms import Forms
from .ledger import Funding, Ledger, Order, OrderEvent, Position
from .market import ASSETS, Asset, Candle, Market
from .topics import INTERVALS

__all__ = [
    "asset_row",
    "book_rows",
    "candle_row",
    "event_row",
    "funding_row",
    "instrument_row",
    "mark_price",
    "order_row",
    "position_row",
    "quote_row",
    "risk_row",
    "stats_row",
]

_MARGIN_SHARE = Decimal("0.1")


# Accounts


def event_row(event: OrderEvent, address: str, forms: Forms) -> dict[str, Any]:
    """Return an order event; a variant without members is a bare text."""
    data: object = event.variant
    if event.fields is not None:
        data = {event.variant: {name: _plain(value) for name, value in event.fields.items()}}
    return {
        "orderId": event.order_id,
        "account": forms.account(address),
        "instrument": forms.instrument(event.instrument.instrument_id),
        "eventData": data,
    }


def _plain(value: object) -> object:
    return plain(value) if isinstance(value, Decimal) else value


def order_row(order: Order, address: str, forms: Forms) -> dict[str, Any]:
    """Return an open order; what it has not is left out."""
    row = {
        "orderId": order.order_id,
        "trader": forms.account(address),
        "orderType": order.order_type,
        "triggerType": order.trigger_type,
        "instrumentId": forms.instrument(order.instrument.instrument_id),
        "price": plain(order.price),
        "quantity": plain(order.quantity),
        "filledQuantity": plain(order.filled),
        "side": order.side,
        "timestamp": order.placed_ms,
        "triggerPrice": None if order.trigger_price is None else plain(order.trigger_price),
    }
    return {name: value for name, value in row.items() if value is not None}


def position_row(position: Position, market: Market) -> dict[str, Any]:
    """Return a position, at the price of now."""
    held, average = position.quantity, position.average_price
    away = average / position.leverage * (-1 if held > 0 else 1)
    return {
        "quantity": plain(held),
        "averagePrice": plain(average),
        "liquidationPrice": plain(money(average + away) if held else ZERO),
        "accruedFunding": plain(position.accrued_funding),
        "unrealizedPnl": plain(_unrealized(position, market)),
        "reservedMargin": plain(money(abs(held) * average / position.leverage)),
        "leverageSetting": position.leverage,
    }


def _unrealized(position: Position, market: Market) -> Decimal:
    return money((market.price - position.average_price) * position.quantity)


def risk_row(ledger: Ledger, markets: dict[str, Market], forms: Forms) -> dict[str, Any]:
    """Return the margin of an account."""
    held = [(position, markets[key]) for key, position in ledger.positions.items()]
    collateral = sum(
        (amount * ASSETS[asset].price for asset, amount in ledger.collateral.items()), ZERO
    )
    unrealized = sum((_unrealized(position, market) for position, market in held), ZERO)
    notional = sum((abs(position.quantity) * market.price for position, market in held), ZERO)
    needed = money(notional * _MARGIN_SHARE)
    figures = {
        "availableCollateral": collateral - needed,
        "marginRequirement": needed,
        "unreservedMargin": collateral - needed,
        "equity": collateral + unrealized,
        "reservedMargin": needed,
        "unrealizedPnl": unrealized,
        "notionalValue": money(notional),
    }
    told = {name: plain(figure) for name, figure in figures.items()}
    return {"account": forms.account(ledger.address), **told}


def funding_row(funding: Funding, address: str, forms: Forms) -> dict[str, Any]:
    """Return a payment of funding."""
    return {
        "account": forms.account(address),
        "fundingRate": plain(funding.rate),
        "timestamp": funding.at_ms,
        "round": funding.round,
        "instrumentId": forms.instrument(funding.instrument.instrument_id),
        "pnl": plain(funding.paid),
    }


# Markets


def book_rows(market: Market, *, changes_only: bool) -> dict[str, Any]:
    """Return the levels of a book, best first, or those that changed, with 0 for what went."""
    bids = market.changed_bids if changes_only else market.bids
    asks = market.changed_asks if changes_only else market.asks
    return {"bids": _levels(bids, falling=True), "asks": _levels(asks, falling=False)}


def _levels(side: dict[Decimal, Decimal], *, falling: bool) -> list[dict[str, str]]:
    prices = sorted(side, reverse=falling)
    return [{"price": plain(price), "quantity": plain(side[price])} for price in prices]


def quote_row(market: Market, now_ms: int) -> dict[str, Any]:
    """Return the best prices of a book."""
    bid, ask = max(market.bids), min(market.asks)
    return {
        "timestamp": now_ms,
        "bidPrice": plain(bid),
        "bidSize": plain(market.bids[bid]),
        "askPrice": plain(ask),
        "askSize": plain(market.asks[ask]),
    }


def mark_price(price: Decimal, now_ms: int, volatility: Decimal | None = None) -> dict[str, Any]:
    """Return a mark price, which is a variant of its own within the message."""
    if volatility is None:
        return {"Price": {"price": plain(price), "timestamp": now_ms}}
    told = {"price": plain(price), "iv": plain(volatility), "timestamp": now_ms}
    return {"PriceIV": told}


def stats_row(market: Market) -> dict[str, Any]:
    """Return the figures of an instrument, as JSON numbers."""
    return {
        "fundingRate1H": float(market.funding_rate),
        "volume24H": float(market.volume),
        "openInterest": float(market.volume / 2),
    }


def candle_row(
    market: Market, interval: str, candle: Candle, forms: Forms, *, closed: bool
) -> dict[str, Any]:
    """Return a candle, with prices as JSON numbers."""
    return {
        "instrumentId": forms.instrument(market.instrument_id),
        "interval": interval,
        "slot": candle.slot,
        "timestamp": candle.slot * INTERVALS[interval] * 1000,
        "open": float(candle.open),
        "high": float(candle.high),
        "low": float(candle.low),
        "close": float(candle.close),
        "volume": float(candle.volume),
        "isClosed": closed,
    }


def instrument_row(market: Market) -> dict[str, Any]:
    """Return the settings of an instrument."""
    instrument = market.instrument
    return {
        "id": instrument.instrument_id,
        "ticker": instrument.ticker,
        "instrumentType": "Perp",
        "underlyingAsset": instrument.underlying,
        "settlementAsset": ASSETS[0].ticker,
        "isTrading": True,
        "priceScale": -instrument.tick.adjusted(),
        "quantityScale": -instrument.step.adjusted(),
        "lastMatchPrice": plain(market.last_price),
    }


def asset_row(asset: Asset) -> dict[str, Any]:
    """Return an asset."""
    return {
        "id": asset.asset_id,
        "ticker": asset.ticker,
        "haircut": "0",
        "markPrice": plain(asset.price),
    }
