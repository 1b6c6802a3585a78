"""The calls of the unified account, which also answer for the classic one."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import ZERO, plain
from ..codes import BAD_PARAMETER, KuCoinError
from ..engine.account import Account
from ..engine.records import FuturesFill, FuturesOrder, SpotFill, SpotOrder
from .route import Visit

__all__ = ["balance", "executions", "open_orders", "overview", "positions"]

_TYPES = ("SPOT", "FUTURES", "MARGIN", "ISOLATED", "CROSS", "UNIFIED")
_SPOT_TYPES = {
    "SPOT": ("TRADE",),
    "CROSS": ("MARGIN_TRADE",),
    "ISOLATED": ("MARGIN_ISOLATED_TRADE",),
    "MARGIN": ("MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"),
    "UNIFIED": ("TRADE",),
}


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
    account = visit.account
    spot = [
        _spot_row(one)
        for one in account.spot_open.values()
        if one.trade_type in _SPOT_TYPES.get(kind, ())
    ]
    futures = [_futures_row(one) for one in account.futures_open.values()]
    rows = spot + (futures if kind in ("FUTURES", "UNIFIED") else [])
    symbol = visit.call.query().get("symbol")
    rows = [one for one in rows if symbol in (None, one["symbol"])]
    size = visit.call.number("pageSize", 50, least=1, most=200)
    number = visit.call.number("pageNumber", 1, least=1)
    return {
        "tradeType": kind,
        "pageNumber": number,
        "pageSize": size,
        "totalNum": len(rows),
        "totalPage": -(-len(rows) // size),
        "items": rows[(number - 1) * size : number * size],
    }


def executions(visit: Visit) -> object:
    """Answer with the fills of a trade type, newest first; ``lastId`` is the one to go on from."""
    rows = _executions(visit.account, _kind(visit))
    symbol = visit.call.query().get("symbol")
    last = visit.call.number("lastId", 0)
    size = visit.call.number("pageSize", 50, least=1, most=200)
    found = [
        row
        for row in rows
        if symbol in (None, row["symbol"]) and (not last or int(str(row["executionId"])) < last)
    ][:size]
    last_id = int(str(found[-1]["executionId"])) if found else 0
    return {"lastId": last_id, "items": found}


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
        "equity": plain(cash),
        "riskRatio": "0",
        "availableMargin": plain(cash),
        "ts": visit.core.now_ms(),
    }


def _kind(visit: Visit) -> str:
    kind = visit.call.query().get("tradeType") or "UNIFIED"
    if kind not in _TYPES:
        raise KuCoinError(BAD_PARAMETER, "tradeType is invalid")
    return kind


def _executions(account: Account, kind: str) -> list[dict[str, object]]:
    spot = [
        (one.time_ns, _spot_fill(one))
        for one in account.spot_fills
        if one.trade_type in _SPOT_TYPES.get(kind, ())
    ]
    futures = [(one.time_ns, _futures_fill(one)) for one in account.futures_fills]
    rows = spot + (futures if kind in ("FUTURES", "UNIFIED") else [])
    rows.sort(key=lambda one: one[0], reverse=True)
    return [{**row, "executionId": str(stamp)} for stamp, row in rows]


def _status(active: bool, filled: Decimal | int, whole: bool) -> int:
    if active:
        return 4 if filled else 2
    return 3 if whole else (6 if filled else 5)


def _spot_row(order: SpotOrder) -> dict[str, object]:
    size = order.funds if order.size is None else order.size
    return {
        "orderId": order.order_id,
        "clientOid": order.client_oid or "",
        "symbol": order.symbol,
        "side": order.side.upper(),
        "orderType": order.type.upper(),
        "size": plain(size or ZERO),
        "sizeUnit": "QUOTECCY" if order.size is None else "BASECCY",
        "price": plain(order.price) if order.price is not None else "",
        "filledSize": plain(order.filled),
        "avgPrice": plain(round(order.average, 12)),
        "fee": plain(order.fee),
        "feeCurrency": order.quote,
        "status": _status(order.active, order.filled, order.filled == order.size),
        "orderTime": order.created_ns,
        "updatedTime": order.updated_ns,
    }


def _futures_row(order: FuturesOrder) -> dict[str, object]:
    average = order.deal_value / order.filled if order.filled else ZERO
    return {
        "orderId": order.order_id,
        "clientOid": order.client_oid or "",
        "symbol": order.symbol,
        "side": order.side.upper(),
        "orderType": order.type.upper(),
        "size": str(order.size),
        "sizeUnit": "UNIT",
        "price": plain(order.price),
        "filledSize": str(order.filled),
        "avgPrice": plain(round(average, 10)),
        "fee": plain(order.fee),
        "feeCurrency": "USDT",
        "status": _status(order.active, order.filled, order.filled == order.size),
        "orderTime": order.created_ns,
        "updatedTime": order.updated_ns,
    }


def _spot_fill(fill: SpotFill) -> dict[str, object]:
    return {
        "orderId": fill.order_id,
        "tradeId": str(fill.trade_id),
        "symbol": fill.symbol,
        "side": fill.side.upper(),
        "orderType": fill.type.upper(),
        "price": plain(fill.price),
        "size": plain(fill.size),
        "fee": plain(fill.fee),
        "feeCurrency": fill.fee_currency,
        "liquidityRole": fill.liquidity.upper(),
        "executionTime": fill.time_ns,
    }


def _futures_fill(fill: FuturesFill) -> dict[str, object]:
    return {
        "orderId": fill.order_id,
        "tradeId": fill.trade_id,
        "symbol": fill.symbol,
        "side": fill.side.upper(),
        "orderType": fill.type.upper(),
        "price": plain(fill.price),
        "size": str(fill.size),
        "fee": plain(fill.fee),
        "feeCurrency": fill.settle_currency,
        "liquidityRole": fill.liquidity.upper(),
        "executionTime": fill.time_ns,
    }
