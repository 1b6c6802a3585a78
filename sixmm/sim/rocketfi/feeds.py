"""From what has changed to the pushes that tell it, each under the feeds that it belongs to."""

from __future__ import annotations

from typing import Any

from ..engine.numbers import plain
from .core import Core
from .hub import Outlet, encode
from .ledger import Ledger, Order, OrderEvent, Position, Touched
from .log import LoggedEvent
from .market import ASSETS, Candle, Market
from .rows import (
    book_rows,
    candle_row,
    event_row,
    funding_row,
    mark_price,
    order_row,
    position_row,
    quote_row,
    risk_row,
    stats_row,
)
from .topics import Topic

__all__ = ["Feeds"]


class Feeds:
    """Tells changes of accounts and markets. Called inside of a transaction."""

    def __init__(self, core: Core) -> None:
        """Tell what happens on `core`."""
        self._core = core
        self._forms = core.forms

    # Accounts

    def tell(self, ledger: Ledger, touched: Touched) -> None:
        """Log and queue everything that a command has changed."""
        if touched.events:
            self._tell_events(ledger, touched.events)
        if touched.orders:
            self._push(ledger, "OpenOrders", self._open_orders(ledger, touched.orders))
        if touched.positions:
            self._push(ledger, "Position", self._positions(ledger, touched.positions))
        for asset in touched.assets:
            self._push(ledger, "Collateral", self._collateral(ledger, asset), asset=asset)
        if touched.positions or touched.assets:
            self._push(ledger, "AccountRisk", self._risk(ledger))
        if touched.funding is not None:
            row = funding_row(touched.funding, ledger.address, self._forms)
            self._push(ledger, "PositionFunding", row)

    def _tell_events(self, ledger: Ledger, events: list[OrderEvent]) -> None:
        """Tell order events by account, by instrument, by both, and by neither."""
        account = self._forms.account(ledger.address)
        text = self._event_text(ledger, events, account=account)
        entry = self._log(ledger, "OrderEventUpdate", text)
        self._send(Topic(kind="OrderEvents", account=ledger.address), text, entry)
        everyone = Topic(kind="OrderEvents")
        if self._core.hub.subscribed(everyone.key):
            self._send(everyone, self._event_text(ledger, events))
        for instrument in dict.fromkeys(event.instrument.instrument_id for event in events):
            own = [event for event in events if event.instrument.instrument_id == instrument]
            of_both = Topic(kind="OrderEvents", account=ledger.address, instrument=instrument)
            if self._core.hub.subscribed(of_both.key):
                outer = {"account": account, "instrumentId": self._forms.instrument(instrument)}
                self._send(of_both, self._event_text(ledger, own, **outer), entry)
            of_instrument = Topic(kind="OrderEvents", instrument=instrument)
            if self._core.hub.subscribed(of_instrument.key):
                named = {"instrumentId": self._forms.instrument(instrument)}
                self._send(of_instrument, self._event_text(ledger, own, **named))

    def _event_text(self, ledger: Ledger, events: list[OrderEvent], **outer: object) -> str:
        rows = [event_row(event, ledger.address, self._forms) for event in events]
        return encode({"OrderEventUpdate": {**outer, "orderEvents": rows}})

    def _open_orders(self, ledger: Ledger, touched: list[Order]) -> dict[str, Any]:
        manners = self._core.manners
        told = touched if manners.partial_updates else list(ledger.orders.values())
        if manners.closed_orders == "shown":
            told = list({order.order_id: order for order in (*told, *touched)}.values())
        else:
            told = [order for order in told if order.order_id in ledger.orders]
        rows = [order_row(order, ledger.address, self._forms) for order in told]
        return {
            "account": self._forms.account(ledger.address),
            "orders": self._forms.rows(rows),
        }

    def _positions(self, ledger: Ledger, touched: list[Position]) -> dict[str, Any]:
        partial = self._core.manners.partial_updates
        held = [one for one in ledger.positions.values() if one.quantity]
        told = touched if partial else held
        rows = {}
        for position in told:
            key = position.instrument.instrument_id
            rows[self._forms.key(key)] = position_row(position, self._core.markets[key])
        return {
            "account": self._forms.account(ledger.address),
            "positions": self._forms.members(rows),
        }

    def _collateral(self, ledger: Ledger, asset: int) -> dict[str, Any]:
        return {
            "assetId": asset,
            "account": self._forms.account(ledger.address),
            "collateral": plain(ledger.collateral[asset]),
        }

    def _risk(self, ledger: Ledger) -> dict[str, Any]:
        risk = risk_row(ledger, self._core.markets, self._forms)
        return {"account": self._forms.account(ledger.address), "risk": risk}

    def _push(
        self, ledger: Ledger, kind: str, payload: dict[str, Any], asset: int | None = None
    ) -> None:
        text = encode({f"{kind}Update": payload})
        entry = self._log(ledger, f"{kind}Update", text)
        self._send(Topic(kind=kind, account=ledger.address, asset=asset), text, entry)

    def _log(self, ledger: Ledger, event_type: str, text: str) -> LoggedEvent:
        core = self._core
        return core.log.append(ledger.address, core.now_ms(), event_type, text)

    def _send(self, topic: Topic, text: str, entry: LoggedEvent | None = None) -> None:
        faults = self._core.faults
        if not faults.muted:
            self._core.hub.send(topic.key, text, entry, twice=faults.duplicating)

    # Markets

    def tell_market(self, market: Market) -> None:
        """Queue what a step of a market has changed, for those who are subscribed."""
        now_ms, instrument = self._core.now_ms(), market.instrument_id
        if self._wanted("Orderbook", instrument) and not self._core.faults.take("lost_depth"):
            self._publish("Orderbook", instrument, "OrderbookUpdate", self._book(market))
            if self._core.manners.quotes:
                quote = {"quote": quote_row(market, now_ms)}
                self._publish("Orderbook", instrument, "QuoteUpdate", quote)
        self._tell_prices(market, now_ms)
        stats = {"stats": stats_row(market)}
        self._publish("InstrumentStats", instrument, "InstrumentStatsUpdate", stats)
        for interval, candle in market.closed:
            self._tell_candle(market, interval, candle, closed=True)
        for interval, candle in market.candles.items():
            self._tell_candle(market, interval, candle, closed=False)

    def tell_funding(self, market: Market) -> None:
        """Queue the funding rate of a market."""
        figures = {
            "fundingRate": plain(market.funding_rate),
            "premiumIndex": plain(market.premium),
            "timestamp": self._core.now_ms(),
            "round": market.funding_round,
        }
        self._publish("FundingRate", market.instrument_id, "FundingRateUpdate", figures)

    def _tell_prices(self, market: Market, now_ms: int) -> None:
        instrument = market.instrument_id
        marked = {"markPrice": mark_price(market.price, now_ms)}
        self._publish("PriceFeed", instrument, "MarkPriceUpdate", marked)
        last = {"lastMatchPrice": plain(market.last_price)}
        self._publish("LastMatchPrice", instrument, "LastMatchPriceUpdate", last)
        for asset in ASSETS.values():
            if asset.ticker == market.instrument.underlying:
                price = mark_price(market.price, now_ms, asset.volatility)
                topic = Topic(kind="AssetPriceFeed", asset=asset.asset_id)
                payload = {"assetId": asset.asset_id, "markPrice": price}
                self._core.hub.send(topic.key, encode({"AssetMarkPriceUpdate": payload}))

    def _tell_candle(self, market: Market, interval: str, candle: Candle, *, closed: bool) -> None:
        topic = Topic(kind="Candle", instrument=market.instrument_id, interval=interval)
        if self._core.hub.subscribed(topic.key):
            row = candle_row(market, interval, candle, self._forms, closed=closed)
            self._core.hub.send(topic.key, encode({"CandleUpdate": {"candle": row}}))

    def _book(self, market: Market, *, whole: bool = False) -> dict[str, Any]:
        changes_only = self._core.manners.book == "delta" and not whole
        return {"orderbook": book_rows(market, changes_only=changes_only)}

    def _wanted(self, kind: str, instrument: str) -> bool:
        return self._core.hub.subscribed(Topic(kind=kind, instrument=instrument).key)

    def _publish(self, kind: str, instrument: str, name: str, members: dict[str, Any]) -> None:
        topic = Topic(kind=kind, instrument=instrument)
        if self._core.hub.subscribed(topic.key):
            told = {"instrumentId": self._forms.instrument(instrument), **members}
            self._core.hub.send(topic.key, encode({name: told}))

    # After a subscription

    def tell_state(self, outlet: Outlet, topic: Topic) -> None:
        """Queue the state of a feed for one outlet, where the server tells it at the beginning.

        The first push of a book of changes is always the whole book.
        """
        manners = self._core.manners
        if topic.kind == "Orderbook" and (manners.snapshots or manners.book == "delta"):
            book = self._book(self._core.markets[topic.instrument], whole=True)
            named = {"instrumentId": self._forms.instrument(topic.instrument), **book}
            self._core.hub.tell(outlet, {"OrderbookUpdate": named})
        ledger = self._core.ledgers.get(topic.account)
        if ledger is None or not manners.snapshots:
            return
        payload = self._state(ledger, topic)
        if payload is not None:
            self._core.hub.tell(outlet, {f"{topic.kind}Update": payload})

    def _state(self, ledger: Ledger, topic: Topic) -> dict[str, Any] | None:
        if topic.kind == "OpenOrders":
            return self._open_orders(ledger, list(ledger.orders.values()))
        if topic.kind == "Position":
            held = [one for one in ledger.positions.values() if one.quantity]
            return self._positions(ledger, held)
        if topic.kind == "Collateral" and topic.asset in ledger.collateral:
            return self._collateral(ledger, topic.asset)
        return self._risk(ledger) if topic.kind == "AccountRisk" else None
