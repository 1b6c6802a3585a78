"""Amending and cancelling orders (rules 53, 54, 57 to 59)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from ..codes import Code, ExchangeError
from .account import Account
from .executing import end_order, execute
from .numbers import parse_decimal
from .orders import Order
from .placing import (
    check_margin,
    check_price,
    check_quantity,
    check_tier,
    opening_part,
    would_take,
)
from .request import text_field
from .state import State

__all__ = ["amend", "cancel", "cancel_all", "find_order"]


def find_order(state: State, account: Account, wanted: Mapping[str, object]) -> Order:
    """Return the order that `wanted` names by symbol and orderId, clientOrderId or both.

    Given both, an order has to match both (rule 52); a clientOrderId means the newest order
    that had it. Raises 2001 without an id and 3003 when there is no such order.
    """
    symbol = text_field(wanted, "symbol", required=True) or ""
    order_id = text_field(wanted, "orderId")
    client_id = text_field(wanted, "clientOrderId")
    state.market(symbol)
    if order_id is None and client_id is None:
        raise ExchangeError(Code.MISSING, "orderId or clientOrderId is required")
    if order_id is not None:
        order = account.orders.get(order_id)
    else:
        order = account.by_client_id.get(client_id or "")
    mismatch = order is None or client_id not in (None, order.client_order_id)
    if order is None or mismatch or order.symbol != symbol:
        raise ExchangeError(Code.NO_ORDER, "order not found")
    return order


def _find_open(state: State, account: Account, wanted: Mapping[str, object]) -> Order:
    order = find_order(state, account, wanted)
    if not order.is_open:
        raise ExchangeError(Code.NOT_CANCELLABLE, f"order is {order.status}")
    return order


def cancel(state: State, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
    """Cancel an open order and return it; raises 3003 or, when it has ended, 3005."""
    order = _find_open(state, account, wanted)
    end_order(state, order, now_ms)
    return order


def cancel_all(
    state: State, account: Account, *, symbol: str | None, limit_only: bool, now_ms: int
) -> int:
    """Cancel all open orders, oldest first, and return how many there were."""
    doomed = [
        order
        for order in account.open.values()
        if symbol in (None, order.symbol) and (not limit_only or order.type == "LIMIT")
    ]
    for order in doomed:
        end_order(state, order, now_ms)
    return len(doomed)


def amend(state: State, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
    """Give an open order another price or another total size (rule 54).

    A smaller size keeps the place in the queue; a new price or a larger size loses it. A new
    price may fill the order at once. Raises 2001 when nothing is to change, 2003 for a bad
    figure, 3001 for money, 3003 and 3005 as for a cancel.
    """
    order = _find_open(state, account, wanted)
    price = _given(wanted, "price", order.price)
    quantity = _given(wanted, "quantity", order.quantity)
    if wanted.get("price") is None and wanted.get("quantity") is None:
        raise ExchangeError(Code.MISSING, "price or quantity is required")
    changed = _checked(state, account, order, price, quantity)
    loses_place = price != order.price or quantity > order.quantity
    side = state.markets[order.symbol].book.own(order.side)
    if not loses_place:
        side.shrink(order, order.quantity - quantity)
    else:
        side.remove(order)
    order.price, order.quantity, order.opening = price, quantity, changed.opening
    account.freeze(order)
    state.tell_order(order, now_ms)
    if loses_place:
        execute(state, order, now_ms, amended=True)
    return order


def _given(wanted: Mapping[str, object], name: str, current: Decimal) -> Decimal:
    value = wanted.get(name)
    return current if value is None else parse_decimal(value, name)


def _checked(
    state: State, account: Account, order: Order, price: Decimal, quantity: Decimal
) -> Order:
    """Return a copy of `order` with the new figures, after all checks of a new order."""
    market = state.markets[order.symbol]
    changed = replace(order, price=price, quantity=quantity)
    check_price(market.spec, price)
    check_quantity(market.spec, changed, price)
    if quantity <= order.executed:
        raise ExchangeError(Code.OUT_OF_RANGE, "quantity must exceed what is filled already")
    closable = account.position(order.leg).reducible_by(order.sign)
    if order.reduce_only and changed.remaining > closable:
        raise ExchangeError(Code.OUT_OF_RANGE, "reduceOnly quantity is larger than the position")
    if order.maker_only and price != order.price and would_take(market, changed):
        raise ExchangeError(Code.OUT_OF_RANGE, "a makerOnly order must not take liquidity")
    changed.opening = opening_part(account, changed)
    check_margin(state, account, changed, changed.opening)
    check_tier(state, account, changed)
    return changed
