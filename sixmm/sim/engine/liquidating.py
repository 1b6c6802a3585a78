"""Closing positions whose account can no longer carry them (rule 69).

A position is closed by a market order of the house in the account's name as soon as its
margin ratio passes 1. What the book cannot take, an account of the house takes over at the
mark price, so nothing is ever left half closed. A loss beyond what was there to be lost is the
house's: no liquidation leaves a wallet below zero, nor an isolated position taking more than
its margin.
"""

from __future__ import annotations

from decimal import Decimal

from .account import Account
from .closing import TriggerMode
from .executing import end_order, sweep
from .ledger import ChangeKind
from .market import Market
from .numbers import ZERO
from .orders import Order
from .position import Position
from .state import State
from .valuing import cross_equity, is_exhausted, is_isolated, maintenance_need, margin_of

__all__ = ["cover_losses", "liquidate_next"]


def liquidate_next(state: State, now_ms: int) -> bool:
    """Close one position that has to be closed; tell whether there was one.

    Only accounts that the command has changed and holders of a symbol whose mark price has
    moved are looked at.
    """
    moved = [symbol for symbol in state.markets if _has_moved(state, symbol)]
    suspects = {account.user_id: account for account in state.changed}
    for symbol in moved:
        suspects.update(state.holders[symbol])
    for account in suspects.values():
        position = _doomed(state, account)
        if position is not None:
            _liquidate(state, account, position, now_ms)
            return True
    for symbol in moved:
        state.weighed_at[symbol] = state.markets[symbol].mark_price
    return False


def _has_moved(state: State, symbol: str) -> bool:
    holders = state.holders[symbol]
    return bool(holders) and state.weighed_at[symbol] != state.markets[symbol].mark_price


def _doomed(state: State, account: Account) -> Position | None:
    """Return the position that has to be closed now.

    An isolated one stands for itself. Cross positions stand together, and the one that needs
    most goes first.
    """
    shared = []
    for position in account.positions.values():
        if not position.size:
            continue
        if not is_isolated(account, position.symbol):
            shared.append(position)
            continue
        if is_exhausted(account, position, state.markets[position.symbol]):
            return position
    if not shared or cross_equity(account, state.markets) >= ZERO:
        return None
    return max(shared, key=lambda one: maintenance_need(one, state.markets[one.symbol]))


def _liquidate(state: State, account: Account, position: Position, now_ms: int) -> None:
    isolated = is_isolated(account, position.symbol)
    for order in list(account.open.values()):
        same = order.symbol == position.symbol
        if same if isolated else not is_isolated(account, order.symbol):
            end_order(state, order, now_ms)
    margin, wallet = margin_of(account, position), account.wallet
    order = _market_order(state, account, position)
    account.enter(order)
    state.tell_order(order, now_ms)
    sweep(state, order, now_ms)
    if order.remaining:
        _take_over(state, order, now_ms)
    account.retire(order)
    if isolated:
        beyond = wallet - account.wallet - margin
        if beyond > 0:
            at_ms = account.tick(now_ms)
            account.change_wallet(ChangeKind.LIQUIDATION, beyond, order.order_id, at_ms)
    state.touch(account)


def _market_order(state: State, account: Account, position: Position) -> Order:
    return Order(
        order_id=state.ids.next(),
        client_order_id="",
        owner=account.user_id,
        symbol=position.symbol,
        side="SELL" if position.size > 0 else "BUY",
        position_side=position.side,
        type="MARKET",
        time_in_force="GTC",
        price=ZERO,
        quantity=position.held,
        reduce_only=True,
        maker_only=False,
        close_position=True,
        opening=ZERO,
        trigger_mode=TriggerMode.LIQUIDATION,
    )


def _take_over(state: State, order: Order, now_ms: int) -> None:
    """Fill the rest of a liquidation against the house: the book has nothing left for it."""
    market = state.markets[order.symbol]
    house = state.insurance
    if house is None:
        house = state.insurance = state.open_account("house-insurance", house=True)
    state.settings(house, order.symbol)
    taken = Order(
        order_id=state.ids.next(),
        client_order_id="",
        owner=house.user_id,
        symbol=order.symbol,
        side="BUY" if order.side == "SELL" else "SELL",
        position_side="BOTH",
        type="LIMIT",
        time_in_force="GTC",
        price=_price(market),
        quantity=order.remaining,
        reduce_only=False,
        maker_only=False,
        close_position=False,
        opening=order.remaining,
    )
    house.enter(taken)
    taken.rest()
    market.book.own(taken.side).add(taken)
    sweep(state, order, now_ms)


def _price(market: Market) -> Decimal:
    return max(market.tick_price, market.spec.tick_size)


def cover_losses(state: State, now_ms: int) -> None:
    """Let the house pay for wallets that are below zero with no cross position to make it good.

    What isolated positions have as margin stays theirs.
    """
    for account in state.changed:
        held = [position for position in account.positions.values() if position.size]
        if any(not is_isolated(account, position.symbol) for position in held):
            continue
        if account.wallet < 0:
            short = sum((margin_of(account, one) for one in held), -account.wallet)
            account.change_wallet(ChangeKind.LIQUIDATION, short, "", account.tick(now_ms))
