"""The calls of the unified account, which also answer for the classic one."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import ZERO, plain
from ..codes import BAD_PARAMETER, NO_ORDER, KuCoinError
from ..engine.account import CASH, Account
from ..engine.records import FuturesFill, FuturesOrder, SpotFill, SpotOrder
from .route import Visit, period

__all__ = [
    "balance",
    "executions",
    "fill_row",
    "history",
    "open_orders",
    "order",
    "order_row",
    "overview",
    "positions",
]

_TYPES = ("SPOT", "FUTURES", "MARGIN", "ISOLATED", "CROSS", "UNIFIED")
_SPOT_TYPES = {
    "SPOT": ("TRADE",),
    "CROSS": ("MARGIN_TRADE",),
    "ISOLATED": ("MARGIN_ISOLATED_TRADE",),
    "MARGIN": ("MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"),
    "UNIFIED": ("TRADE",),
}
_EMPTY = (
    "stp",
    "triggerDirection",
    "triggerPrice",
    "triggerPriceType",
    "tpTriggerPrice",
    "tpTriggerPriceType",
    "slTriggerPrice",
    "slTriggerPriceType",
    "triggerOrderId",
    "cancelReason",
)
"""Members of an order that are empty texts here."""


def balance(visit: Visit) -> object:
    """Answer with the balances of the unified account."""
    return {
        "accountType": "UNIFIED",
        "ts": visit.core.now_ms(),
        "accounts": [
            {
                "currencies": [
                    {
                        "currency": one.currency,
                        "equity": plain(one.total - one.liability),
                        "hold": plain(one.hold),
                        "balance": plain(one.total),
                        "available": plain(one.available),
                        "liability": plain(one.liability),
                    }
                    for one in visit.account.balances.values()
                    if one.kind == "trade"
                ]
            }
        ],
    }


def open_orders(visit: Visit) -> object:
    """Answer with a page of the open orders of a trade type, oldest first."""
    kind = _kind(visit)
    rows = _orders(visit, kind, ended=False)
    size = visit.call.number("pageSize", 50, least=1, most=200)
    number = visit.call.number("pageNumber", 1, least=1)
    return {
        "tradeType": kind,
        "pageNumber": number,
        "pageSize": size,
        "totalNum": len(rows),
        "totalPage": -(-len(rows) // size),
        "items": [order_row(one) for one in rows[(number - 1) * size : number * size]],
    }


def history(visit: Visit) -> object:
    """Answer with the ended orders of a trade type, those that ended last first."""
    kind = _kind(visit)
    within = period(visit)
    ended = reversed(_orders(visit, kind, ended=True))
    rows = [(one.end_id, order_row(one)) for one in ended if within(one.updated_ns)]
    return {"tradeType": kind, **_page(visit, rows)}


def order(visit: Visit) -> object:
    """Answer with one order, by its id or that of the client."""
    kind = _kind(visit)
    symbol = visit.call.required("symbol")
    query = visit.call.query()
    order_id, client_oid = query.get("orderId"), query.get("clientOid")
    found = [*_orders(visit, kind, ended=False), *reversed(_orders(visit, kind, ended=True))]
    for one in found:
        named = one.order_id == order_id or (client_oid and one.client_oid == client_oid)
        if one.symbol == symbol and named:
            return {**order_row(one), "tradeType": kind, "tradeId": one.last_trade_id}
    raise KuCoinError(NO_ORDER, "order not exist")


def executions(visit: Visit) -> object:
    """Answer with the fills of a trade type, newest first; ``lastId`` is the one to go on from."""
    kind = _kind(visit)
    symbol = visit.call.query().get("symbol")
    within = period(visit)
    rows = [
        (one.time_ns, fill_row(one))
        for one in reversed(_fills(visit.account, kind))
        if symbol in (None, one.symbol) and within(one.time_ns)
    ]
    return {"tradeType": kind, **_page(visit, rows)}


def positions(visit: Visit) -> object:
    """Answer with the open positions."""
    return [
        {
            "symbol": one.symbol,
            "id": one.position_id,
            "marginMode": one.margin_mode,
            "size": str(one.quantity),
            "entryPrice": plain(round(one.entry, 10)),
            "positionValue": plain(round(abs(one.value), 10)),
            "markPrice": plain(one.mark),
            "leverage": plain(one.leverage),
            "unrealizedPnL": plain(round(one.unrealised, 10)),
            "realizedPnL": plain(round(one.realised, 10)),
            "initialMargin": plain(round(one.initial_margin, 10)),
            "mmr": "0.004",
            "maintenanceMargin": plain(round(abs(one.value) * Decimal("0.004"), 10)),
            "creationTime": one.opened_ms * 1_000_000,
        }
        for one in visit.account.positions.values()
        if one.quantity
    ]


def overview(visit: Visit) -> object:
    """Answer with the sums of the unified account, in USDT."""
    found = [one for one in visit.account.balances.values() if one.kind == "trade"]
    cash = sum((one.total for one in found if one.currency == "USDT"), ZERO)
    return {
        "accountType": "UNIFIED",
        "riskRatio": "0",
        "equity": plain(cash),
        "liability": "0",
        "availableMargin": plain(cash),
        "adjustedEquity": plain(cash),
        "im": "0",
        "mm": "0",
    }


def _kind(visit: Visit) -> str:
    kind = visit.call.query().get("tradeType") or "UNIFIED"
    if kind not in _TYPES:
        raise KuCoinError(BAD_PARAMETER, "tradeType is invalid")
    return kind


def _orders(visit: Visit, kind: str, *, ended: bool) -> list[SpotOrder | FuturesOrder]:
    """Return the orders of a trade type: open ones by age, ended ones by their end."""
    account = visit.account
    spot = account.spot_done if ended else account.spot_open.values()
    futures = account.futures_done if ended else account.futures_open.values()
    found: list[SpotOrder | FuturesOrder] = [
        one for one in spot if one.trade_type in _SPOT_TYPES.get(kind, ())
    ]
    if kind in ("FUTURES", "UNIFIED"):
        found += futures
    symbol = visit.call.query().get("symbol")
    found = [one for one in found if symbol in (None, one.symbol)]
    return sorted(found, key=lambda one: one.end_id if ended else one.created_ns)


def _fills(account: Account, kind: str) -> list[SpotFill | FuturesFill]:
    """Return the fills of a trade type, oldest first."""
    found: list[SpotFill | FuturesFill] = [
        one for one in account.spot_fills if one.trade_type in _SPOT_TYPES.get(kind, ())
    ]
    if kind in ("FUTURES", "UNIFIED"):
        found += account.futures_fills
    return sorted(found, key=lambda one: one.time_ns)


def _page(visit: Visit, rows: list[tuple[int, dict[str, object]]]) -> dict[str, object]:
    """Return the rows, newest first, that come after ``lastId``."""
    last = visit.call.number("lastId", 0)
    size = visit.call.number("pageSize", 50, least=1, most=200)
    page = [one for one in rows if not last or one[0] < last][:size]
    return {"lastId": page[-1][0] if page else 0, "items": [row for _, row in page]}


def _status(order: SpotOrder | FuturesOrder) -> int:
    """Return the status number: 2 live, 3 filled, 4 partly filled, 5 canceled, 6 partly."""
    if order.active:
        return 4 if order.filled else 2
    whole = order.filled and (order.size is None or order.filled >= order.size)
    return 3 if whole else (6 if order.filled else 5)


def order_row(order: SpotOrder | FuturesOrder) -> dict[str, object]:
    """Return an order of either market in the names of the unified account."""
    if isinstance(order, SpotOrder):
        by_money = order.size is None
        size = (order.funds if by_money else order.size) or ZERO
        unit = "QUOTECCY" if by_money else "BASECCY"
        price = plain(order.price) if order.price is not None else ""
        average, currency = order.average, order.quote
        canceled = order.canceled_funds if by_money else order.canceled_size
    else:
        size, unit = Decimal(order.size), "UNIT"
        price = plain(order.price) if order.price else ""
        average = order.deal_value / order.filled if order.filled else ZERO
        currency, canceled = CASH, Decimal(order.canceled)
    words = dict.fromkeys(_EMPTY, "")
    return {
        "orderId": order.order_id,
        "clientOid": order.client_oid or "",
        "symbol": order.symbol,
        "orderType": order.type.upper(),
        "side": order.side.upper(),
        "size": plain(size),
        "sizeUnit": unit,
        "price": price,
        "timeInForce": "GTC",
        "orderTime": order.created_ns,
        "updatedTime": order.updated_ns,
        **words,
        "cancelAfter": None,
        "postOnly": False,
        "reduceOnly": False,
        "filledSize": plain(Decimal(order.filled)),
        "avgPrice": plain(round(average, 12)),
        "fee": plain(order.fee),
        "feeCurrency": currency,
        "tax": "0",
        "cancelSize": plain(canceled),
        "status": _status(order),
    }


def fill_row(fill: SpotFill | FuturesFill) -> dict[str, object]:
    """Return a fill of either market in the names of the unified account."""
    if isinstance(fill, SpotFill):
        value, currency, forced = fill.price * fill.size, fill.fee_currency, False
    else:
        value, currency, forced = fill.value, fill.settle_currency, fill.trade_type != "trade"
    return {
        "symbol": fill.symbol,
        "orderId": fill.order_id,
        "orderType": fill.type.upper(),
        "side": fill.side.upper(),
        "fillType": fill.trade_type.upper() if forced else "NORMAL",
        "tradeId": str(fill.trade_id),
        "size": plain(Decimal(fill.size)),
        "value": plain(value),
        "price": plain(fill.price),
        "executionTime": fill.time_ns,
        "fee": plain(fill.fee),
        "feeCurrency": currency,
        "liquidityRole": fill.liquidity.upper(),
        "tax": "0",
    }
