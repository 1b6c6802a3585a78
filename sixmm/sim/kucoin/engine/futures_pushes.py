"""What is pushed about contracts: orders, stop orders, positions and the wallet."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import plain
from .account import CASH, Account
from .futures_rows import Wallet, mark_row, position_row
from .records import FuturesFill, FuturesOrder, FuturesStop, Position, Push

__all__ = [
    "push_config",
    "push_mark",
    "push_order",
    "push_position",
    "push_risk_limit",
    "push_settlement",
    "push_stop",
    "push_wallet",
]

_PRO_EVENTS = {
    "open": "OPEN",
    "match": "MATCH",
    "update": "UPDATE",
    "filled": "FILL",
    "canceled": "CANCEL",
}


def _both(
    account: Account,
    stem: str,
    symbol: str,
    subjects: tuple[str, str],
    data: dict[str, object],
    key: tuple[str, ...],
    now_ns: int,
) -> None:
    """Push to the topic of all symbols and to that of one; each has its subject."""
    all_topic, all_subject = ("/contract/positionAll", subjects[0])
    if stem != "/contract/position":
        all_topic = stem
    for topic, subject in ((all_topic, all_subject), (f"{stem}:{symbol}", subjects[1])):
        account.push(Push(topic=topic, subject=subject, data=dict(data), key=key, ts_ns=now_ns))


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
    subjects = ("orderChange", "symbolOrderChange")
    _both(account, "/contractMarket/tradeOrders", order.symbol, subjects, data, key, now_ns)
    _push_pro(account, order, what, now_ns)
    if fill is not None:
        _push_execution(account, order, fill, now_ns)


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


def push_position(account: Account, position: Position, reason: str, now_ns: int) -> None:
    """Push a whole position, and why."""
    data = position_row(position, now_ns) | {"changeReason": reason}
    _push_change(account, position, data, reason, now_ns)
    _push_pro_position(account, position, now_ns)


def push_mark(account: Account, position: Position, now_ns: int, *, partial: bool) -> None:
    """Push what a new mark price changes, or the whole position with that as the reason.

    A partial push has no symbol: its topic names it. On the topic of all positions nothing would,
    so that there the symbol is said.
    """
    if not partial:
        push_position(account, position, "markPriceChange", now_ns)
        return
    data = mark_row(position, now_ns) | {"changeReason": "markPriceChange"}
    _push_change(account, position, data, "markPriceChange", now_ns)
    _push_pro_position(account, position, now_ns)


def _push_change(
    account: Account, position: Position, data: dict[str, object], reason: str, now_ns: int
) -> None:
    key = ("position", position.symbol, reason, str(now_ns))
    named = {"symbol": position.symbol, **data}
    for topic, fields in (
        (f"/contract/position:{position.symbol}", data),
        ("/contract/positionAll", named),
    ):
        account.push(
            Push(
                topic=topic,
                subject="position.change",
                data=dict(fields),
                key=key,
                ts_ns=now_ns,
            )
        )


def _push_pro_position(account: Account, position: Position, now_ns: int) -> None:
    kind = account.pro_type("FUTURES")
    row = position_row(position, now_ns)
    data: dict[str, object] = {
        "pi": position.position_id,
        "s": position.symbol,
        "mM": position.margin_mode,
        "q": str(position.quantity),
        "eP": plain(round(position.entry, 10)),
        "pV": plain(round(abs(position.value), 10)),
        "mP": plain(position.mark),
        "lP": f"{row['liquidationPrice']:.10g}",
        "bP": f"{row['bankruptPrice']:.10g}",
        "l": plain(position.leverage),
        "uPL": plain(round(position.unrealised, 10)),
        "rPL": plain(round(position.realised, 10)),
        "iM": plain(round(position.initial_margin, 10)),
        "mmr": "0.004",
        "mtM": plain(round(abs(position.value) * Decimal("0.004"), 10)),
        "U": now_ns,
        "O": position.opened_ms * 1_000_000,
    }
    for topic, name in (
        (f"positionAll.{kind}", f"positionAll.{kind}"),
        (f"position.{kind}:{position.symbol}", f"position.{kind}"),
    ):
        key = ("position", position.symbol, str(now_ns))
        account.push(
            Push(topic=topic, subject=name, data=dict(data), key=key, ts_ns=now_ns, pro=True)
        )


def push_settlement(
    account: Account, position: Position, rate: Decimal, fee: Decimal, now_ns: int
) -> None:
    """Push a funding settlement; it does not say of which symbol, so only that topic has it."""
    data: dict[str, object] = {
        "fundingTime": now_ns // 1_000_000,
        "qty": position.quantity,
        "markPrice": float(position.mark),
        "fundingRate": float(rate),
        "fundingFee": float(round(fee, 10)),
        "ts": now_ns,
        "settleCurrency": position.settle_currency,
        "marginMode": position.margin_mode,
        "positionSide": "BOTH",
    }
    account.push(
        Push(
            topic=f"/contract/position:{position.symbol}",
            subject="position.settlement",
            data=data,
            key=("settlement", position.symbol, str(now_ns)),
            ts_ns=now_ns,
            bare=True,
        )
    )


def push_risk_limit(account: Account, symbol: str, level: int, message: str, now_ns: int) -> None:
    """Push the outcome of a wish for another risk limit; a message means that it failed."""
    data: dict[str, object] = {"msg": message, "success": not message, "riskLimitLevel": level}
    for topic in ("/contract/positionAll", f"/contract/position:{symbol}"):
        account.push(
            Push(
                topic=topic,
                subject="position.adjustRiskLimit",
                data=dict(data),
                key=("risk", symbol, str(now_ns)),
                ts_ns=now_ns,
                bare=True,
            )
        )


def push_config(account: Account, topic: str, data: dict[str, object], now_ns: int) -> None:
    """Push a setting of a symbol: its margin mode, or the leverage of crossed positions."""
    account.push(
        Push(
            topic=topic,
            subject="user.config",
            data=data,
            key=("config", topic, str(now_ns)),
            ts_ns=now_ns,
        )
    )
    if topic != "/contract/crossLeverage":
        return
    kind = account.pro_type("FUTURES")
    for symbol, value in data.items():
        leverage = Decimal(str(value["leverage"])) if isinstance(value, dict) else Decimal(1)
        row: dict[str, object] = {"s": symbol, "l": f"{leverage:.2f}"}
        if account.unified:
            row |= {"mM": "CROSS", "tT": "FUTURES"}
        name = f"leverage.{kind}"
        key = ("leverage", symbol, str(now_ns))
        account.push(Push(topic=name, subject=name, data=row, key=key, ts_ns=now_ns, pro=True))


def push_wallet(account: Account, figures: Wallet, now_ns: int) -> None:
    """Push the futures wallet; the deprecated subjects too, if the manners have them."""
    row = figures.row(now_ns)
    stamp = now_ns // 1_000_000
    key = ("wallet", CASH, str(figures.version), str(now_ns))
    topic = "/contractAccount/wallet"
    account.push(
        Push(
            topic=topic,
            subject="walletBalance.change",
            data=row,
            key=key,
            ts_ns=now_ns,
            envelope_id=f"{account.number():024x}",
        )
    )
    if account.manners.old_wallet:
        orders = figures.isolated_orders + figures.cross_orders
        shared = {"currency": CASH, "timestamp": stamp}
        for subject, fields in (
            ("orderMargin.change", {"orderMargin": float(orders)}),
            (
                "availableBalance.change",
                {"availableBalance": float(figures.available), "holdBalance": 0},
            ),
            ("withdrawHold.change", {"withdrawHold": 0}),
        ):
            account.push(
                Push(
                    topic=topic,
                    subject=subject,
                    data={**fields, **shared},
                    key=(subject, str(now_ns)),
                    ts_ns=now_ns,
                )
            )
    if not account.unified:
        _push_pro_wallet(account, figures, now_ns)


def _push_pro_wallet(account: Account, figures: Wallet, now_ns: int) -> None:
    topic = "balance.FUTURES"
    data: dict[str, object] = {
        "E": figures.version,
        "U": now_ns,
        "a": plain(figures.available),
        "b": plain(figures.cash),
        "c": CASH,
        "e": plain(figures.equity),
        "h": "0",
        "cOM": plain(figures.cross_orders),
        "cPM": plain(figures.cross_margin),
        "cUP": plain(figures.cross_gain),
        "iFF": plain(figures.isolated_funding),
        "iOM": plain(figures.isolated_orders),
        "iPM": plain(figures.isolated_margin),
        "iUP": plain(figures.isolated_gain),
        "tCM": plain(figures.cross_total),
    }
    key = ("wallet", CASH, str(figures.version), str(now_ns))
    account.push(Push(topic=topic, subject=topic, data=data, key=key, ts_ns=now_ns, pro=True))
