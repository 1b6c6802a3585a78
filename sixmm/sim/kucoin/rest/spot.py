"""Orders, fills and balances of the spot market, and of that with borrowed money."""

from __future__ import annotations

from ...engine.numbers import plain
from ..codes import BAD_PARAMETER, NO_ORDER, KuCoinError
from ..engine.records import SpotFill, SpotOrder, SpotStop
from .route import Visit, cursor, numbered, period

__all__ = [
    "accounts",
    "active",
    "active_page",
    "active_symbols",
    "by_client_oid",
    "done",
    "fills",
    "margin_active",
    "margin_done",
    "margin_fills",
    "margin_order",
    "margin_symbols",
    "order",
    "stops",
]

_SPOT = frozenset({"TRADE"})
_MARGIN = frozenset({"MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"})
_KINDS = frozenset({"main", "margin", "trade"})


def active_symbols(visit: Visit) -> object:
    """Answer with the symbols that have open orders."""
    return {"symbols": sorted({one.symbol for one in _open(visit, _SPOT)})}


def active(visit: Visit) -> object:
    """Answer with all open orders of a symbol."""
    symbol = visit.call.required("symbol")
    return [_order_row(one) for one in _open(visit, _SPOT) if one.symbol == symbol]


def active_page(visit: Visit) -> object:
    """Answer with a page of the open orders of a symbol."""
    symbol = visit.call.required("symbol")
    rows = [_order_row(one) for one in _open(visit, _SPOT) if one.symbol == symbol]
    return numbered(visit, rows, names=("pageNum", "pageSize"), most=100)


def order(visit: Visit) -> object:
    """Answer with one order by its id."""
    return _order_row(_find(visit, _SPOT, "order_id"))


def by_client_oid(visit: Visit) -> object:
    """Answer with one order by the client's id."""
    return _order_row(_find(visit, _SPOT, "client_oid"))


def done(visit: Visit) -> object:
    """Answer with ended orders of a symbol, those that ended last first."""
    return _done(visit, _SPOT)


def fills(visit: Visit) -> object:
    """Answer with the fills of a symbol, newest first, with their fees."""
    return _fills(visit, _SPOT)


def margin_symbols(visit: Visit) -> object:
    """Answer with the symbols that have open orders of a trade type."""
    symbols = sorted({one.symbol for one in _open(visit, _trade_type(visit))})
    return {"symbolSize": len(symbols), "symbols": symbols}


def margin_active(visit: Visit) -> object:
    """Answer with all open orders of a symbol and a trade type."""
    symbol = visit.call.required("symbol")
    found = _open(visit, _trade_type(visit))
    return [_order_row(one) for one in found if one.symbol == symbol]


def margin_done(visit: Visit) -> object:
    """Answer with ended orders of a symbol and a trade type, newest first."""
    return _done(visit, _trade_type(visit))


def margin_fills(visit: Visit) -> object:
    """Answer with the fills of a symbol and a trade type, newest first."""
    return _fills(visit, _trade_type(visit))


def margin_order(visit: Visit) -> object:
    """Answer with one order by its id."""
    return _order_row(_find(visit, _MARGIN, "order_id"))


def stops(visit: Visit) -> object:
    """Answer with a page of the stop orders that wait."""
    symbol = visit.call.query().get("symbol")
    found = visit.account.spot_stops.values()
    rows = [_stop_row(one) for one in found if symbol in (None, one.symbol)]
    return numbered(visit, rows, names=("currentPage", "pageSize"), most=500)


def accounts(visit: Visit) -> object:
    """Answer with the balances of the sub-accounts ``main``, ``trade`` and ``margin``."""
    query = visit.call.query()
    return [
        {
            "id": one.account_id,
            "currency": one.currency,
            "type": one.kind,
            "balance": plain(one.total),
            "available": plain(one.available),
            "holds": plain(one.hold),
        }
        for one in visit.account.balances.values()
        if one.kind in _KINDS
        and query.get("currency") in (None, one.currency)
        and query.get("type") in (None, one.kind)
    ]


def _open(visit: Visit, trade_types: frozenset[str]) -> list[SpotOrder]:
    return [one for one in visit.account.spot_open.values() if one.trade_type in trade_types]


def _trade_type(visit: Visit) -> frozenset[str]:
    value = visit.call.required("tradeType")
    if value not in _MARGIN:
        raise KuCoinError(BAD_PARAMETER, "tradeType is invalid")
    return frozenset({value})


def _find(visit: Visit, trade_types: frozenset[str], name: str) -> SpotOrder:
    symbol = visit.call.required("symbol")
    account = visit.account
    for one in (*account.spot_open.values(), *reversed(account.spot_done)):
        if (
            one.trade_type in trade_types
            and one.symbol == symbol
            and getattr(one, name) == visit.call.argument
        ):
            return one
    raise KuCoinError(NO_ORDER, "order not exist")


def _done(visit: Visit, trade_types: frozenset[str]) -> object:
    symbol = visit.call.required("symbol")
    within = period(visit)
    rows = [
        (one.end_id, _order_row(one))
        for one in reversed(visit.account.spot_done)
        if one.trade_type in trade_types
        and one.symbol == symbol
        and within(one.updated_ns)
        and visit.call.query().get("side") in (None, one.side)
    ]
    return cursor(visit, rows)


def _fills(visit: Visit, trade_types: frozenset[str]) -> object:
    symbol = visit.call.required("symbol")
    wanted = visit.call.query().get("orderId")
    within = period(visit)
    rows = [
        (one.fill_id, _fill_row(one))
        for one in reversed(visit.account.spot_fills)
        if one.trade_type in trade_types
        and one.symbol == symbol
        and wanted in (None, "", one.order_id)
        and within(one.time_ns)
    ]
    return cursor(visit, rows)


def _order_row(order: SpotOrder) -> dict[str, object]:
    return {
        "id": order.order_id,
        "clientOid": order.client_oid or "",
        "symbol": order.symbol,
        "opType": "DEAL",
        "type": order.type,
        "side": order.side,
        "price": plain(order.price) if order.price is not None else "0",
        "size": plain(order.size) if order.size is not None else "0",
        "funds": plain(order.funds) if order.funds is not None else "0",
        "dealSize": plain(order.filled),
        "dealFunds": plain(order.deal_funds),
        "remainSize": plain(order.remaining),
        "remainFunds": plain(order.remaining_funds),
        "cancelledSize": plain(order.canceled_size),
        "cancelledFunds": plain(order.canceled_funds),
        "fee": plain(order.fee),
        "feeCurrency": order.quote,
        "stp": None,
        "timeInForce": "GTC",
        "postOnly": False,
        "hidden": False,
        "iceberg": False,
        "visibleSize": "0",
        "cancelAfter": 0,
        "channel": "API",
        "remark": None,
        "tags": None,
        "cancelExist": bool(order.canceled_size or order.canceled_funds),
        "tradeType": order.trade_type,
        "inOrderBook": order.in_book,
        "active": order.active,
        "tax": "0",
        "createdAt": order.created_ns // 1_000_000,
        "lastUpdatedAt": order.updated_ns // 1_000_000,
    }


def _fill_row(fill: SpotFill) -> dict[str, object]:
    return {
        "id": fill.fill_id,
        "symbol": fill.symbol,
        "tradeId": fill.trade_id,
        "orderId": fill.order_id,
        "counterOrderId": fill.counter_order_id,
        "side": fill.side,
        "liquidity": fill.liquidity,
        "forceTaker": False,
        "price": plain(fill.price),
        "size": plain(fill.size),
        "funds": plain(fill.price * fill.size),
        "fee": plain(fill.fee),
        "feeRate": plain(fill.fee_rate),
        "feeCurrency": fill.fee_currency,
        "stop": "",
        "tradeType": fill.trade_type,
        "taxRate": "0",
        "tax": "0",
        "type": fill.type,
        "createdAt": fill.time_ns // 1_000_000,
    }


def _stop_row(stop: SpotStop) -> dict[str, object]:
    return {
        "id": stop.order_id,
        "clientOid": stop.client_oid,
        "symbol": stop.symbol,
        "status": "NEW",
        "type": "limit",
        "side": stop.side,
        "price": plain(stop.price),
        "size": plain(stop.size),
        "stop": stop.stop,
        "stopPrice": plain(stop.stop_price),
        "tradeType": stop.trade_type,
        "createdAt": stop.created_ns // 1_000_000,
    }
