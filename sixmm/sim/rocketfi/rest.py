"""The REST calls: who asks for an account names its address, and nothing is signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from ..engine.numbers import plain
from .core import Core
from .ids import read_address, read_instrument_id
from .ledger import Ledger
from .market import ASSETS, Market
from .rows import (
    asset_row,
    candle_row,
    event_row,
    funding_row,
    instrument_row,
    order_row,
    position_row,
    stats_row,
)
from .topics import INTERVALS

__all__ = ["Reply", "answer"]

DEFAULT_ROWS = 100

T = TypeVar("T")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The JSON value that answers a call, with its HTTP status."""

    body: object
    status: int = 200
    retry_after: float | str | None = None

    @classmethod
    def error(cls, status: int, message: str, retry_after: float | str | None = None) -> Reply:
        """Return an error; how a body of errors looks is not documented but for these names."""
        body = {"code": status, "message": message}
        return cls(body=body, status=status, retry_after=retry_after)


class _BadQuery(Exception):
    """A query that makes no sense; the text says why."""


def answer(core: Core, method: str, path: str, raw_query: str) -> Reply:
    """Return the reply to a call."""
    handler = _ROUTES.get(path)
    if handler is None:
        return Reply.error(404, "no such path")
    if method != "GET":
        return Reply.error(405, "use GET")
    try:
        with core.reading():
            return Reply(body=handler(core, dict(parse_qsl(raw_query, keep_blank_values=True))))
    except _BadQuery as problem:
        return Reply.error(400, str(problem))


# Reading a query


def _ledger(core: Core, query: Query) -> Ledger:
    """Return the account that is asked for; of an address that never did anything, an empty one."""
    if "account" not in query:
        raise _BadQuery("account is required")
    address = read_address(query["account"])
    if address is None:
        raise _BadQuery("account must be an address")
    return core.ledgers.get(address) or Ledger(address, {}, core.order_ids)


def _market(core: Core, query: Query) -> Market:
    found = core.markets.get(read_instrument_id(query.get("instrumentId", "")) or "")
    if found is None:
        raise _BadQuery("instrumentId must be that of an instrument")
    return found


def _whole(query: Query, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise _BadQuery(f"{name} must be a whole number")
    return int(text)


def _page(core: Core, query: Query, rows: Sequence[T]) -> tuple[list[T], dict[str, int]]:
    """Return the rows of the page that is asked for, from page 0 on, and what it is."""
    number = _whole(query, "pageNumber", 0)
    size = min(_whole(query, "pageSize", DEFAULT_ROWS), core.manners.most_rows)
    if not size:
        raise _BadQuery("pageSize must be above 0")
    return list(rows[number * size : (number + 1) * size]), {"pageNumber": number, "pageSize": size}


def _in_order(core: Core, rows: Sequence[T]) -> list[T]:
    """Return rows, which are oldest first, in the order in which they are told."""
    return list(reversed(rows)) if core.manners.newest_first else list(rows)


# Accounts


def _open_orders(core: Core, query: Query) -> object:
    ledger = _ledger(core, query)
    orders, page = _page(core, query, list(ledger.orders.values()))
    rows = [order_row(order, ledger.address, core.forms) for order in orders]
    return {"orders": core.forms.rows(rows), **page}


def _positions(core: Core, query: Query) -> object:
    ledger = _ledger(core, query)
    wanted = _market(core, query).instrument_id if "instrumentId" in query else None
    rows = {
        core.forms.key(key): position_row(position, core.markets[key])
        for key, position in ledger.positions.items()
        if position.quantity and wanted in (None, key)
    }
    return {"positions": core.forms.members(rows)}


def _collateral(core: Core, query: Query) -> object:
    ledger = _ledger(core, query)
    wanted = _whole(query, "assetId", 0) if "assetId" in query else None
    held = ledger.collateral.items()
    told = {str(asset): plain(amount) for asset, amount in held if wanted in (None, asset)}
    return {"collaterals": told}


def _order_events(core: Core, query: Query) -> object:
    ledger = _ledger(core, query)
    events, page = _page(core, query, _in_order(core, ledger.events))
    rows = [event_row(event, ledger.address, core.forms) for event in events]
    return {"orderEvents": core.forms.rows(rows), **page}


def _position_funding(core: Core, query: Query) -> object:
    ledger = _ledger(core, query)
    payments, page = _page(core, query, _in_order(core, ledger.funding))
    rows = [funding_row(funding, ledger.address, core.forms) for funding in payments]
    return {"events": core.forms.rows(rows), **page}


def _nonce(core: Core, query: Query) -> object:
    return {"nonce": len(_ledger(core, query).events)}


# Markets


def _instruments(core: Core, query: Query) -> object:
    markets, _ = _page(core, query, list(core.markets.values()))
    keyed = [(core.forms.key(market.instrument_id), market) for market in markets]
    return {
        "instruments": {key: instrument_row(market) for key, market in keyed},
        "instrumentStats": {key: stats_row(market) for key, market in keyed},
        "fundingRates": {key: _funding_rate(core, market) for key, market in keyed},
        "dailyChanges": {},
    }


def _funding_rate(core: Core, market: Market) -> dict[str, Any]:
    return {
        "fundingRate": plain(market.funding_rate),
        "premiumIndex": plain(market.premium),
        "timestamp": core.now_ms(),
        "round": market.funding_round,
    }


def _assets(_core: Core, _query: Query) -> object:
    return {"assets": {str(key): asset_row(asset) for key, asset in ASSETS.items()}}


def _candles(core: Core, query: Query) -> object:
    """Return the candle of now: nothing is kept of those before."""
    market, interval = _market(core, query), query.get("interval", "")
    if interval not in INTERVALS:
        raise _BadQuery("interval must be one of " + ", ".join(INTERVALS))
    candle = market.candles[interval]
    row = candle_row(market, interval, candle, core.forms, closed=False)
    for name in ("instrumentId", "interval", "isClosed"):
        del row[name]
    return {"candles": [row]}


_ROUTES: Mapping[str, Callable[[Core, Query], object]] = MappingProxyType(
    {
        "/account-nonce": _nonce,
        "/assets": _assets,
        "/candles": _candles,
        "/collateral": _collateral,
        "/instruments": _instruments,
        "/open-orders": _open_orders,
        "/order-events": _order_events,
        "/position": _positions,
        "/position-funding-events": _position_funding,
    }
)
