"""Filling orders against each other.

Order of events in one match: the maker's fill, the taker's fill, then the reduce-only orders
that have become larger than their position. Every fill is one push of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .market import Market, PublicTrade
from .matching import fillable, next_maker
from .numbers import money, plain
from .orders import Order
from .rows import fill_fields
from .state import State

__all__ = ["end_order", "execute", "sweep"]


def execute(state: State, order: Order, now_ms: int, *, amended: bool = False) -> None:
    """Fill `order` as far as the book allows; rest or end what is left, by its time in force.

    An `amended` order has told its state already and does not tell again that it rests.
    """
    market = state.markets[order.symbol]
    if order.time_in_force != "FOK" or fillable(market.book, order, _held(state)):
        sweep(state, order, now_ms)
    if order.remaining:
        _leave(state, market, order, now_ms, tell=not amended)
    else:
        state.accounts[order.owner].retire(order)


def sweep(state: State, order: Order, now_ms: int) -> None:
    """Fill `order` against the book as far as it goes; what is left of it is left alone."""
    market = state.markets[order.symbol]
    while order.remaining:
        maker = next_maker(market.book, order)
        if maker is None:
            break
        _match(state, market, maker, order, now_ms)


def end_order(state: State, order: Order, now_ms: int) -> None:
    """Cancel an order that rests in the book."""
    state.markets[order.symbol].book.own(order.side).remove(order)
    _end(state, order, now_ms)


def _end(state: State, order: Order, now_ms: int) -> None:
    order.end()
    state.accounts[order.owner].retire(order)
    state.tell_order(order, now_ms)


def _leave(state: State, market: Market, order: Order, now_ms: int, *, tell: bool) -> None:
    """Rest what is left of a GTC limit order, cancel it otherwise.

    An order that was filled in part before it rests has told so with its last fill; only one
    that was not filled at all has a PENDING to tell.
    """
    if order.type == "MARKET" or order.time_in_force != "GTC":
        _end(state, order, now_ms)
        return
    order.rest()
    market.book.own(order.side).add(order)
    state.accounts[order.owner].freeze(order)
    if tell and not order.executed:
        state.tell_order(order, now_ms)


def _match(state: State, market: Market, maker: Order, taker: Order, now_ms: int) -> None:
    price, quantity = maker.price, min(maker.remaining, taker.remaining)
    side = market.book.own(maker.side)
    if quantity == maker.remaining:
        side.remove(maker)
    else:
        side.shrink(maker, quantity)
    trade = PublicTrade(
        trade_id=state.ids.next(),
        price=price,
        quantity=quantity,
        side=taker.side,
        created_at=now_ms,
    )
    market.record(trade)
    _fill(state, maker, trade, now_ms, role="maker")
    _fill(state, taker, trade, now_ms, role="taker")
    if not maker.remaining:
        state.accounts[maker.owner].retire(maker)
    _trim(state, maker, taker, now_ms)
    _trim(state, taker, taker, now_ms)


def _fill(state: State, order: Order, trade: PublicTrade, now_ms: int, *, role: str) -> None:
    spec = state.markets[order.symbol].spec
    account = state.accounts[order.owner]
    value = trade.price * trade.quantity
    fee = money(value * (spec.maker_fee if role == "maker" else spec.taker_fee))
    order.fill(trade.price, trade.quantity)
    fill_id = state.ids.next()
    at_ms = account.next_ts(now_ms)
    realized = account.apply_fill(
        order, trade.price, trade.quantity, fee, fill_id=fill_id, at_ms=at_ms
    )
    account.freeze(order)
    if account.house:
        state.touch(account)
        return
    row = {
        "fillId": fill_id,
        "tradeId": trade.trade_id,
        "orderId": order.order_id,
        "symbol": order.symbol,
        "side": order.side,
        "roleType": role,
        "price": plain(trade.price),
        "quantity": plain(trade.quantity),
        "tradeValue": plain(value),
        "handlingFee": plain(fee),
        "realizedPnl": plain(realized),
        "positionSide": order.position_side,
        "createdAt": at_ms,
    }
    state.tell_order(order, now_ms, fill_fields(row))
    account.fills.append(row)


def _trim(state: State, filled: Order, taker: Order, now_ms: int) -> None:
    """Cancel reduce-only orders that are larger than what is left of the position of `filled`.

    `taker` is not in the book and keeps itself within its position, so it is left alone.
    """
    account = state.accounts[filled.owner]
    reducing = account.reducing.get(filled.leg)
    if not reducing:
        return
    position = account.position(filled.leg)
    for other in list(reducing.values()):
        if other is not taker and other.remaining > position.reducible_by(other.sign):
            end_order(state, other, now_ms)


def _held(state: State) -> Callable[[str, tuple[str, str]], Decimal]:
    return lambda owner, leg: state.accounts[owner].held(leg)
