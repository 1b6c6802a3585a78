"""What is pushed when an order or a stop order of a contract changes."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import plain
from .account import CASH, Account
from .public_pushes import push_trade
from .records import FuturesFill, FuturesOrder, FuturesStop, Push

__all__ = ["push_order", "push_stop"]

_ORDERS = "/contractMarket/tradeOrders"
_PRO_EVENTS = {
    "open": "OPEN",
    "match": "MATCH",
    "update": "UPDATE",
    "filled": "FILL",
    "canceled": "CANCEL",
}


def push_order(
    account: Account,
    order: FuturesOrder,
    what: str,
    now_ns: int,
    *,
    fill: FuturesFill | None = None,
    old_size: int | None = None,
) -> None:
    """Push a change of an order; `what` is its ``type``."""
    data: dict[str, object] = {
        "symbol": order.symbol,
        "orderType": order.type,
        "side": order.side,
        "canceledSize": str(order.canceled),
        "orderId": order.order_id,
        "positionSide": order.position_side,
        "marginMode": order.margin_mode,
        "type": what,
        "orderTime": order.created_ns,
        "size": str(order.size),
        "filledSize": str(order.filled),
        "price": plain(order.price),
        "remainSize": str(order.remaining),
        "tradeType": order.trade_type,
        "status": _status(order, what, fill),
        "ts": now_ns // 1_000_000 * 1_000_000,
    }
    if order.client_oid is not None:
        data["clientOid"] = order.client_oid
    if what in ("open", "update"):
        data["liquidity"] = "maker"
        data["userId"] = account.user_id
    if what == "open":
        # Seen without it: the type of an order that is only just open.
        del data["orderType"]
    if what == "filled":
        data["allCanceledSize"] = "0"
    if old_size is not None:
        data["oldSize"] = str(old_size)
    if fill is not None:
        data |= {
            "liquidity": fill.liquidity,
            "feeType": f"{fill.liquidity}Fee",
            "matchPrice": plain(fill.price),
            "matchSize": str(fill.size),
            "tradeId": fill.trade_id,
        }
    key = ("order", order.order_id, what, fill.trade_id if fill else str(now_ns))
    of_symbol = (f"{_ORDERS}:{order.symbol}", "symbolOrderChange")
    for topic, subject in ((_ORDERS, "orderChange"), of_symbol):
        account.push(
            Push(
                topic=topic,
                subject=subject,
                data=dict(data),
                key=key,
                ts_ns=now_ns,
                printed=of_symbol,
            )
        )
    _push_pro(account, order, what, now_ns)
    if fill is not None:
        _push_execution(account, order, fill, now_ns)
        push_trade(
            account,
            market="FUTURES",
            symbol=order.symbol,
            side=fill.side,
            liquidity=fill.liquidity,
            price=fill.price,
            size=str(fill.size),
            trade_id=fill.trade_id,
            now_ns=now_ns,
        )


def _status(order: FuturesOrder, what: str, fill: FuturesFill | None) -> str:
    if what == "match" and fill is not None:
        if fill.liquidity == "taker":
            return "match"
        return "open" if order.remaining else "done"
    return "open" if what in ("open", "update") else "done"


def _push_pro(account: Account, order: FuturesOrder, what: str, now_ns: int) -> None:
    kind = account.pro_type("FUTURES")
    matched = what == "match"
    average = order.deal_value / order.filled if order.filled else Decimal(0)
    if order.active:
        status = 4 if order.filled else 2
    else:
        status = 3 if order.filled >= order.size else (6 if order.filled else 5)
    data: dict[str, object] = {
        "tT": "FUTURES",
        "oi": order.order_id,
        "ci": order.client_oid or "",
        "os": status,
        "eT": _PRO_EVENTS[what],
        "s": order.symbol,
        "S": order.side.upper(),
        "oT": order.type.upper(),
        "lR": order.last_liquidity.upper() if matched else "",
        "oS": "USER",
        "p": plain(order.price),
        "ti": order.last_trade_id if matched else "",
        "q": str(order.size),
        "qU": "UNIT",
        "fS": str(order.filled),
        "lS": str(order.last_size) if matched else "0",
        "ls": plain(order.last_price) if matched else "0",
        "aP": plain(round(average, 10)),
        "f": plain(order.fee),
        "fC": CASH,
        "t": "0",
        "cR": "USER" if what == "canceled" else "",
        "cS": str(order.canceled),
        "rS": str(order.remaining),
        "tD": "",
        "tP": "",
        "tPT": "",
        "pP": "",
        "pPT": "",
        "lP": "",
        "lPT": "",
        "toi": "",
        "stp": "",
        "rO": order.reduce_only,
        "tIF": "GTC",
        "pO": False,
        "O": order.created_ns,
        "U": now_ns,
    }
    for topic, name in (
        (f"orderAll.{kind}", f"orderAll.{kind}"),
        (f"order.{kind}:{order.symbol}", f"order.{kind}"),
    ):
        key = ("order", order.order_id, what, str(now_ns))
        account.push(
            Push(topic=topic, subject=name, data=dict(data), key=key, ts_ns=now_ns, pro=True)
        )


def _push_execution(account: Account, order: FuturesOrder, fill: FuturesFill, now_ns: int) -> None:
    kind = account.pro_type("FUTURES")
    forced = fill.trade_type != "trade"
    lite: dict[str, object] = {
        "oi": "0" if forced else order.order_id,
        "s": order.symbol,
        "S": order.side.upper(),
        "oT": "" if forced else order.type.upper(),
        "p": plain(fill.price),
        "q": str(fill.size),
        "ti": fill.trade_id,
        "E": now_ns,
        "lR": fill.liquidity.upper(),
    }
    full = lite | {
        "f": plain(fill.fee),
        "fC": CASH,
        "fT": {"trade": "NORMAL"}.get(fill.trade_type, fill.trade_type.upper()),
        "ci": "" if forced else order.client_oid or "",
        "fP": "",
    }
    for channel, data in (("execution", full), ("execution.lite", lite)):
        topic = f"{channel}.{kind}"
        key = ("fill", order.symbol, fill.trade_id, order.order_id)
        account.push(Push(topic=topic, subject=topic, data=data, key=key, ts_ns=now_ns, pro=True))


def push_stop(account: Account, stop: FuturesStop, what: str, now_ns: int) -> None:
    """Push a change of a stop order: ``open``, ``triggered`` or ``cancel``."""
    data: dict[str, object] = {
        "createdAt": stop.created_ns // 1_000_000,
        "marginMode": stop.margin_mode,
        "orderId": stop.order_id,
        "orderPrice": plain(stop.price),
        "orderType": "stop",
        "side": stop.side,
        "size": stop.size,
        "stop": stop.stop,
        "stopPrice": plain(stop.stop_price),
        "stopPriceType": stop.stop_price_type,
        "symbol": stop.symbol,
        "ts": now_ns,
        "type": what,
    }
    account.push(
        Push(
            topic="/contractMarket/advancedOrders",
            subject="stopOrder",
            data=data,
            key=("stop", stop.order_id, what),
            ts_ns=now_ns,
            envelope_id=f"{account.number():024x}",
        )
    )
