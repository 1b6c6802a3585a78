"""What is pushed about positions, their settings, and the futures wallet."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import plain
from .account import CASH, Account
from .futures_rows import Wallet, mark_row, position_row
from .records import Position, Push

__all__ = [
    "push_config",
    "push_mark",
    "push_position",
    "push_risk_limit",
    "push_settlement",
    "push_wallet",
]


def push_position(account: Account, position: Position, reason: str, now_ns: int) -> None:
    """Push a whole position, and why."""
    data = position_row(position, now_ns) | {"changeReason": reason}
    if not position.quantity:
        # Seen: a position that is closed has no margin at all.
        del data["posMargin"]
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
                printed=(f"/contract/position:{position.symbol}", "position.change"),
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
