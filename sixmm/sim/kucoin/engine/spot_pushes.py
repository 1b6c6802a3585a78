"""What is pushed when a spot order changes: two Classic topics, the tape, and the Pro channels."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import plain
from .account import Account
from .public_pushes import push_trade
from .records import Push, SpotFill, SpotOrder, SpotStop

__all__ = ["push_order", "push_stop", "spot_type"]

_STATUS = {
    "received": "new",
    "open": "open",
    "update": "open",
    "filled": "done",
    "canceled": "done",
}
_PRO_EVENTS = {
    "open": "OPEN",
    "match": "MATCH",
    "update": "UPDATE",
    "filled": "FILL",
    "canceled": "CANCEL",
}
# What captures of SPOT have of the many members.
_PRO_CLASSIC = (
    "O",
    "S",
    "U",
    "f",
    "p",
    "q",
    "s",
    "t",
    "aP",
    "cS",
    "ci",
    "eT",
    "fC",
    "fS",
    "oT",
    "oi",
    "os",
    "pO",
    "qU",
    "rS",
    "ti",
    "tIF",
)


def spot_type(order: SpotOrder) -> str:
    """Return the Classic name of the market that an order belongs to."""
    names = {"MARGIN_TRADE": "CROSS", "MARGIN_ISOLATED_TRADE": "ISOLATED"}
    return names.get(order.trade_type, "SPOT")


def push_order(
    account: Account,
    order: SpotOrder,
    what: str,
    now_ns: int,
    *,
    fill: SpotFill | None = None,
    old_size: Decimal | None = None,
) -> None:
    """Push a change of an order on every topic that tells it; `what` is its ``type``."""
    ts_ns = now_ns // 1_000_000 * 1_000_000
    style = account.manners.fields
    live = style == "live" or (style == "mixed" and account.random.random() < 0.5)
    data = _live(order, what, ts_ns) if live else _documented(order, what)
    data |= {
        "orderId": order.order_id,
        "orderTime": order.created_ns // 1_000_000,
        "orderType": order.type,
        "side": order.side,
        "status": _status(what, fill),
        "symbol": order.symbol,
        "ts": ts_ns,
        "type": what,
    }
    if order.client_oid is not None:
        data["clientOid"] = order.client_oid
    if old_size is not None:
        data["oldSize"] = plain(old_size)
    if fill is not None:
        data |= _match(fill)
    key = ("order", order.order_id, what, data.get("tradeId") or str(now_ns))
    topics = ["/spotMarket/tradeOrdersV2"]
    if what != "received":
        topics.append("/spotMarket/tradeOrders")
    for topic in topics:
        account.push(
            Push(
                topic=topic,
                subject="orderChange",
                data=dict(data),
                key=tuple(map(str, key)),
                ts_ns=now_ns,
            )
        )
    if fill is not None:
        _push_tape(account, order, fill, now_ns)
    if what != "received":
        _push_pro(account, order, what, now_ns)
    if fill is not None:
        _push_execution(account, order, fill, now_ns)


def _status(what: str, fill: SpotFill | None) -> str:
    if fill is not None:
        return "match" if fill.liquidity == "taker" else "open"
    return _STATUS[what]


def _match(fill: SpotFill) -> dict[str, object]:
    return {
        "feeType": f"{fill.liquidity}Fee",
        "liquidity": fill.liquidity,
        "matchPrice": plain(fill.price),
        "matchSize": plain(fill.size),
        "tradeId": str(fill.trade_id),
    }


def _documented(order: SpotOrder, what: str) -> dict[str, object]:
    """Return the fields about price and size as the documentation has them."""
    data: dict[str, object] = {}
    if order.origin_size is not None:
        data["originSize"] = plain(order.origin_size)
    if order.funds is not None:
        data["originFunds"] = plain(order.funds)
    if order.price is not None and what != "received":
        data["price"] = plain(order.price)
    if what == "received":
        return data
    data["filledSize"] = plain(order.filled)
    if order.size is not None:
        data |= {
            "canceledSize": plain(order.canceled_size),
            "remainSize": plain(order.remaining),
            "size": plain(order.size),
        }
    if order.funds is not None:
        data |= {
            "canceledFunds": plain(order.canceled_funds),
            "remainFunds": plain(order.remaining_funds),
        }
    return data


def _live(order: SpotOrder, what: str, ts_ns: int) -> dict[str, object]:
    """Return the fields about price and size as captures of the real stream have them."""
    data: dict[str, object] = {"pt": ts_ns // 1_000_000 + 1}
    if what == "received":
        return data
    data["filledSize"] = plain(order.filled)
    if order.price is not None:
        data["price"] = plain(order.price)
    if order.funds is not None:
        data |= {"funds": plain(order.funds), "remainFunds": plain(order.remaining_funds)}
    elif order.size is not None:
        data |= {"remainSize": plain(order.remaining), "size": plain(order.size)}
    return data


def _push_tape(account: Account, order: SpotOrder, fill: SpotFill, now_ns: int) -> None:
    """Push the public tape: it tells nothing of the account but the id of its order."""
    taker = fill.liquidity == "taker"
    data: dict[str, object] = {
        "sequence": str(fill.fill_id),
        "type": "match",
        "symbol": order.symbol,
        "side": fill.side if taker else {"buy": "sell", "sell": "buy"}[fill.side],
        "price": f"{fill.price:.20f}",
        "size": f"{fill.size:.20f}",
        "tradeId": str(fill.trade_id),
        "takerOrderId": order.order_id if taker else fill.counter_order_id,
        "makerOrderId": fill.counter_order_id if taker else order.order_id,
        "time": str(now_ns),
    }
    account.push(
        Push(
            topic=f"/market/match:{order.symbol}",
            subject="trade.l3match",
            data=data,
            key=("trade", order.symbol, str(fill.trade_id)),
            ts_ns=now_ns,
            bare=True,
            everyone=True,
        )
    )
    push_trade(
        account,
        market="SPOT",
        symbol=order.symbol,
        side=fill.side,
        liquidity=fill.liquidity,
        price=fill.price,
        size=plain(fill.size),
        trade_id=str(fill.trade_id),
        now_ns=now_ns,
    )


def _push_pro(account: Account, order: SpotOrder, what: str, now_ns: int) -> None:
    kind = account.pro_type(spot_type(order))
    data = _pro(order, what, now_ns)
    if kind == "SPOT":
        data = {name: data[name] for name in _PRO_CLASSIC}
    for topic, key in (
        (f"orderAll.{kind}", f"orderAll.{kind}"),
        (f"order.{kind}:{order.symbol}", f"order.{kind}"),
    ):
        account.push(
            Push(
                topic=topic,
                subject=key,
                data=dict(data),
                key=("order", order.order_id, what, str(now_ns)),
                ts_ns=now_ns,
                pro=True,
            )
        )


def _pro(order: SpotOrder, what: str, now_ns: int) -> dict[str, object]:
    by_money = order.funds is not None
    return {
        "tT": "SPOT" if order.trade_type == "TRADE" else "MARGIN",
        "oi": order.order_id,
        "ci": order.client_oid or "",
        "os": _pro_status(order),
        "eT": _PRO_EVENTS[what],
        "s": order.symbol,
        "S": order.side.upper(),
        "oT": order.type.upper(),
        "lR": order.last_liquidity.upper() if what == "match" else "",
        "oS": "USER",
        "p": plain(order.price) if order.price is not None else "",
        "mM": "",
        "ti": order.last_trade_id if what == "match" else "",
        "q": plain((order.funds if by_money else order.size) or Decimal(0)),
        "qU": "QUOTECCY" if by_money else "BASECCY",
        "fS": plain(order.filled),
        "lS": plain(order.last_size) if what == "match" else "0",
        "ls": plain(order.last_price) if what == "match" else "0",
        "aP": plain(round(order.average, 12)),
        "f": plain(order.fee),
        "fC": order.quote,
        "t": "0",
        "cR": "USER" if what == "canceled" and not by_money else "",
        "cS": plain(order.canceled_funds if by_money else order.canceled_size),
        "rS": plain(order.remaining_funds if by_money else order.remaining),
        "tD": "",
        "tP": "",
        "tPT": "",
        "pP": "",
        "pPT": "",
        "lP": "",
        "lPT": "",
        "toi": "",
        "stp": "",
        "rO": False,
        "tIF": "GTC",
        "pO": False,
        "O": order.created_ns,
        "U": now_ns,
        "bT": "",
    }


def _pro_status(order: SpotOrder) -> int:
    """Return the status number: 2 live, 3 filled, 4 partly filled, 5 canceled, 6 partly."""
    if order.active:
        return 4 if order.filled else 2
    if order.size is not None and order.filled >= order.size:
        return 3
    if order.funds is not None and order.filled:
        return 3
    return 6 if order.filled else 5


def _push_execution(account: Account, order: SpotOrder, fill: SpotFill, now_ns: int) -> None:
    kind = account.pro_type(spot_type(order))
    lite: dict[str, object] = {
        "E": now_ns,
        "S": order.side.upper(),
        "p": plain(fill.price),
        "q": plain(fill.size),
        "s": order.symbol,
        "lR": fill.liquidity.upper(),
        "oT": order.type.upper(),
        "oi": order.order_id,
        "ti": fill.trade_id,
    }
    full = {**lite, "ti": str(fill.trade_id), "f": f"{fill.fee:.20f}", "fC": fill.fee_currency}
    if account.unified:
        full |= {"f": plain(fill.fee), "fT": "NORMAL", "ci": order.client_oid or "", "fP": ""}
    for channel, data in (("execution", full), ("execution.lite", lite)):
        topic = f"{channel}.{kind}"
        account.push(
            Push(
                topic=topic,
                subject=topic,
                data=data,
                key=("fill", order.symbol, str(fill.trade_id), order.order_id),
                ts_ns=now_ns,
                pro=True,
            )
        )


def push_stop(
    account: Account, stop: SpotStop, what: str, now_ns: int, *, triggered: bool | None = None
) -> None:
    """Push a change of a stop order: ``open``, ``triggered`` or ``cancel``."""
    loud = what == "triggered" and account.manners.capital_stops
    data: dict[str, object] = {
        "orderId": stop.order_id,
        "orderPrice": plain(stop.price),
        "orderType": "stop",
        "side": stop.side,
        "size": plain(stop.size),
        "stop": stop.stop,
        "stopPrice": plain(stop.stop_price),
        "symbol": stop.symbol,
        "tradeType": stop.trade_type,
        "type": what.upper() if loud else what,
        "createdAt": stop.created_ns // 1_000_000,
        "ts": now_ns,
    }
    if triggered is not None:
        data["triggerSuccess"] = triggered
    account.push(
        Push(
            topic="/spotMarket/advancedOrders",
            subject="stopOrder",
            data=data,
            key=("stop", stop.order_id, what),
            ts_ns=now_ns,
        )
    )
