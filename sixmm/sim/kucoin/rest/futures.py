"""Orders, fills, positions and the wallet of the contracts."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import ZERO, plain
from ..codes import BAD_PARAMETER, NO_ORDER, KuCoinError
from ..engine.account import CASH
from ..engine.futures import MULTIPLIERS
from ..engine.futures_rows import number, position_row, wallet
from ..engine.records import FuturesFill, FuturesOrder, FuturesStop, Position
from .route import Visit, numbered, period

__all__ = [
    "account_overview",
    "by_client_oid",
    "fills",
    "order",
    "orders",
    "position",
    "positions",
    "recent_done",
    "recent_fills",
    "stops",
]

_PAGE = ("currentPage", "pageSize")
RECENT = 1000


def orders(visit: Visit) -> object:
    """Answer with a page of orders: the ended ones, unless ``status=active`` is asked for."""
    query = visit.call.query()
    status = query.get("status") or "done"
    if status not in ("active", "done"):
        raise KuCoinError(BAD_PARAMETER, "status is invalid")
    account = visit.account
    within = period(visit)
    found = account.futures_open.values() if status == "active" else account.futures_done
    rows = [
        _order_row(one)
        for one in reversed(list(found))
        if query.get("symbol") in (None, one.symbol) and within(one.created_ns)
    ]
    return numbered(visit, rows, names=_PAGE, most=1000)


def order(visit: Visit) -> object:
    """Answer with one order by its id."""
    return _order_row(_find(visit, "order_id", visit.call.argument))


def by_client_oid(visit: Visit) -> object:
    """Answer with one order by the client's id."""
    return _order_row(_find(visit, "client_oid", visit.call.required("clientOid")))


def recent_done(visit: Visit) -> object:
    """Answer with the newest ended orders."""
    found = list(visit.account.futures_done)[-RECENT:]
    symbol = visit.call.query().get("symbol")
    return [_order_row(one) for one in reversed(found) if symbol in (None, one.symbol)]


def stops(visit: Visit) -> object:
    """Answer with a page of the stop orders that wait."""
    symbol = visit.call.query().get("symbol")
    found = visit.account.futures_stops.values()
    rows = [_stop_row(one) for one in found if symbol in (None, one.symbol)]
    return numbered(visit, rows, names=_PAGE, most=1000)


def fills(visit: Visit) -> object:
    """Answer with a page of fills, newest first, with their fees."""
    query = visit.call.query()
    kinds = (query.get("tradeTypes") or "").split(",")
    within = period(visit)
    rows = [
        _fill_row(one)
        for one in reversed(visit.account.futures_fills)
        if query.get("symbol") in (None, one.symbol)
        and query.get("orderId") in (None, "", one.order_id)
        and (kinds == [""] or one.trade_type in kinds)
        and within(one.time_ns)
    ]
    return numbered(visit, rows, names=_PAGE, most=1000)


def recent_fills(visit: Visit) -> object:
    """Answer with the newest fills."""
    found = list(visit.account.futures_fills)[-RECENT:]
    return [_fill_row(one) for one in reversed(found)]


def account_overview(visit: Visit) -> object:
    """Answer with the wallet of a currency; bitcoin when none is named, as documented."""
    currency = visit.call.query().get("currency") or "XBT"
    if currency != CASH:
        return _overview_row(currency, *[ZERO] * 6)
    figures = wallet(visit.account, MULTIPLIERS)
    return _overview_row(
        currency,
        figures.equity,
        figures.cross_gain + figures.isolated_gain,
        figures.cash,
        figures.cross_margin + figures.isolated_margin,
        figures.cross_orders + figures.isolated_orders,
        figures.available,
    )


def positions(visit: Visit) -> object:
    """Answer with the open positions."""
    currency = visit.call.query().get("currency")
    return [
        _position_row(one)
        for one in visit.account.positions.values()
        if one.quantity and currency in (None, one.settle_currency)
    ]


def position(visit: Visit) -> object:
    """Answer with the position of one contract, open or not."""
    symbol = visit.call.required("symbol")
    if symbol not in MULTIPLIERS:
        raise KuCoinError(BAD_PARAMETER, "symbol does not exist")
    account = visit.account
    found = account.positions.get(symbol)
    if found is None:
        found = Position(
            position_id="0",
            symbol=symbol,
            multiplier=MULTIPLIERS[symbol],
            settle_currency=CASH,
            margin_mode=account.margin_modes.get(symbol, "ISOLATED"),
            leverage=account.leverages.get(symbol, Decimal(5)),
            mark=ZERO,
        )
    return _position_row(found)


def _find(visit: Visit, name: str, value: str) -> FuturesOrder:
    account = visit.account
    for one in (*account.futures_open.values(), *reversed(account.futures_done)):
        if getattr(one, name) == value:
            return one
    raise KuCoinError(NO_ORDER, "error.getOrder.orderNotExist")


def _order_row(order: FuturesOrder) -> dict[str, object]:
    multiplier = MULTIPLIERS[order.symbol]
    average = order.deal_value / order.filled if order.filled else ZERO
    return {
        "id": order.order_id,
        "symbol": order.symbol,
        "type": order.type,
        "side": order.side,
        "price": plain(order.price),
        "size": order.size,
        "value": plain(order.size * multiplier * order.price),
        "dealValue": plain(order.deal_value * multiplier),
        "dealSize": order.filled,
        "filledSize": order.filled,
        "filledValue": plain(order.deal_value * multiplier),
        "avgDealPrice": plain(round(average, 10)),
        "stp": "",
        "stop": "",
        "stopPriceType": "",
        "stopTriggered": False,
        "stopPrice": None,
        "timeInForce": "GTC",
        "postOnly": False,
        "hidden": False,
        "iceberg": False,
        "leverage": plain(order.leverage),
        "forceHold": False,
        "closeOrder": False,
        "visibleSize": 0,
        "clientOid": order.client_oid or "",
        "remark": None,
        "tags": "",
        "isActive": order.active,
        "cancelExist": bool(order.canceled),
        "settleCurrency": CASH,
        "marginMode": order.margin_mode,
        "status": "open" if order.active else "done",
        "reduceOnly": order.reduce_only,
        "positionSide": order.position_side,
        "orderTime": order.created_ns,
        "createdAt": order.created_ns // 1_000_000,
        "updatedAt": order.updated_ns // 1_000_000,
        "endAt": None if order.active else order.updated_ns // 1_000_000,
    }


def _stop_row(stop: FuturesStop) -> dict[str, object]:
    return {
        "id": stop.order_id,
        "symbol": stop.symbol,
        "type": "limit",
        "side": stop.side,
        "price": plain(stop.price),
        "size": stop.size,
        "stop": stop.stop,
        "stopPriceType": stop.stop_price_type,
        "stopTriggered": False,
        "stopPrice": plain(stop.stop_price),
        "leverage": plain(stop.leverage),
        "clientOid": stop.client_oid,
        "isActive": True,
        "status": "open",
        "marginMode": stop.margin_mode,
        "settleCurrency": CASH,
        "orderTime": stop.created_ns,
        "createdAt": stop.created_ns // 1_000_000,
        "updatedAt": stop.created_ns // 1_000_000,
    }


def _fill_row(fill: FuturesFill) -> dict[str, object]:
    return {
        "symbol": fill.symbol,
        "tradeId": fill.trade_id,
        "orderId": fill.order_id,
        "side": fill.side,
        "liquidity": fill.liquidity,
        "forceTaker": False,
        "price": plain(fill.price),
        "size": fill.size,
        "value": plain(fill.value),
        "fee": plain(fill.fee),
        "feeRate": plain(fill.fee_rate),
        "feeCurrency": fill.settle_currency,
        "fixFee": "0",
        "stop": "",
        "orderType": fill.type,
        "tradeType": fill.trade_type,
        "settleCurrency": fill.settle_currency,
        "marginMode": fill.margin_mode,
        "tradeTime": fill.time_ns,
        "createdAt": fill.time_ns // 1_000_000,
    }


def _overview_row(
    currency: str,
    equity: Decimal,
    gain: Decimal,
    cash: Decimal,
    position_margin: Decimal,
    order_margin: Decimal,
    available: Decimal,
) -> dict[str, object]:
    return {
        "currency": currency,
        "accountEquity": number(equity),
        "unrealisedPNL": number(gain),
        "marginBalance": number(cash),
        "positionMargin": number(position_margin),
        "orderMargin": number(order_margin),
        "frozenFunds": 0,
        "availableBalance": number(available),
        "riskRatio": 0,
        "maxWithdrawAmount": number(available),
    }


def _position_row(position: Position) -> dict[str, object]:
    row = position_row(position, position.changed_ns)
    row.setdefault("maintainMargin", number(abs(position.cost) * Decimal("0.004")))
    return row | {"id": position.position_id, "isInverse": False}
