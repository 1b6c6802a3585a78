"""The exchange's picture of an account, and how the client's picture differs from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..state.account import Account
from ..state.models import Order
from .claims import AccountKey, Values, balance_values, position_values

__all__ = ["differences", "true_values"]


def true_values(truth: Mapping[str, Any]) -> dict[AccountKey, Values]:
    """Return the balances and positions of the exchange's picture in their comparable form."""
    return {
        **{_balance_key(row): _true_balance(row) for row in truth["balances"].values()},
        **{_position_key(row): _true_position(row) for row in truth["positions"].values()},
    }


def differences(mirror: Account, truth: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words everything in which the client's picture differs from the exchange's.

    Compared are the open orders, the balances, the open positions, the ids of the fills, and
    whether the client calls any part of its picture stale.
    """
    yield from (f"{part} stale" for part in mirror.stale)
    told = {key: _told_order(order) for key, order in mirror.open_orders.items()}
    true = {key: _true_order(row) for key, row in truth["open_orders"].items()}
    yield from _unequal("open order", told, true)
    yield from _unequal("", _held(dict(_told_values(mirror))), _held(true_values(truth)))
    known = {fill.fill_id: True for fill in mirror.fills}
    yield from _unequal("fill", known, {str(row["fillId"]): True for row in truth["fills"]})


def _unequal(kind: str, told: Mapping[Any, object], true: Mapping[Any, object]) -> Iterator[str]:
    for key in sorted(told.keys() | true.keys()):
        if told.get(key) != true.get(key):
            name = "/".join(key) if isinstance(key, tuple) else f"{kind} {key}"
            how = "differs" if key in told and key in true else "missing"
            yield f"{name} {how if key in true else 'unexpected'}"


def _told_order(order: Order) -> Values:
    return order.status, order.executed_quantity, order.price, order.quantity


def _true_order(row: Mapping[str, Any]) -> Values:
    amounts = balance_values(row["executedQuantity"], row["price"], row["quantity"])
    return row["status"], *amounts


def _told_values(mirror: Account) -> Iterable[tuple[AccountKey, Values]]:
    for balance in mirror.balances.values():
        values = balance_values(balance.wallet, balance.frozen, balance.used)
        yield ("balance", balance.asset), values
    for p in mirror.positions.values():
        values = position_values(p.quantity, p.entry_price, p.margin_mode, p.leverage)
        yield ("position", p.symbol, p.position_side), values


def _held(values: Mapping[AccountKey, Values]) -> dict[AccountKey, Values]:
    """Leave out what is worth nothing: one side may list it and the other not."""
    return {key: row for key, row in values.items() if any(_is_amount(v) for v in row)}


def _is_amount(value: object) -> bool:
    return isinstance(value, Decimal) and value != 0


def _balance_key(row: Mapping[str, Any]) -> AccountKey:
    return "balance", str(row["assetType"])


def _position_key(row: Mapping[str, Any]) -> AccountKey:
    return "position", str(row["symbol"]), str(row["positionSide"])


def _true_balance(row: Mapping[str, Any]) -> Values:
    frozen = row["frozenMargin"] if "frozenMargin" in row else row["frozenBalance"]
    return balance_values(row["walletBalance"], frozen, row["usedMargin"])


def _true_position(row: Mapping[str, Any]) -> Values:
    names = ("quantity", "entryPrice", "marginMode", "leverage")
    return position_values(*(row[name] for name in names))
