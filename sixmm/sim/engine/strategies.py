"""Placing linked orders and letting their legs drive each other (rules 51, 62).

Legs drive each other after a command and not in the middle of it: one sweep through the book
may fill two resting limit legs that exclude each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..codes import Code, ExchangeError
from .account import Account
from .condition_request import ConditionRequest
from .conditions import check_room, end_condition, place_condition, rehearse_condition
from .executing import end_order
from .placing import check_client_id, check_position_side, check_price, check_size, place, rehearse
from .request import OrderRequest, text_field
from .state import State
from .strategy import Drive, Leg, LegStatus, Strategy
from .strategy_request import StrategyRequest

__all__ = ["find_strategy", "place_strategy", "progress"]


def place_strategy(
    state: State, account: Account, request: StrategyRequest, now_ms: int
) -> Strategy:
    """Take a strategy, place the legs that wait for nothing, and return it.

    Every leg is checked before the first is placed: a refusal leaves no trace. Raises what
    the placement of a leg raises. A leg that is refused later ends as REJECTED.
    """
    _rehearse(state, account, request)
    now = account.tick(now_ms)
    strategy = Strategy(
        strategy_id=state.ids.next(),
        owner=account.user_id,
        type=request.type,
        legs=request.legs,
        created_at=now,
        updated_at=now,
    )
    account.enter_strategy(strategy)
    for leg in strategy.legs:
        if not leg.is_deferred:
            _place_leg(state, account, strategy, leg, now_ms)
    state.stir(account, strategy.strategy_id)
    return strategy


def find_strategy(account: Account, wanted: Mapping[str, object]) -> Strategy:
    """Return the strategy that `wanted` names; 2001 without a strategyId, 3003 when unknown."""
    strategy_id = text_field(wanted, "strategyId", required=True) or ""
    found = account.strategies.get(strategy_id)
    if found is None:
        raise ExchangeError(Code.NO_ORDER, "strategy not found")
    return found


def _rehearse(state: State, account: Account, request: StrategyRequest) -> None:
    names = [leg.request.client_order_id for leg in request.legs if leg.request.client_order_id]
    if len(set(names)) != len(names):
        raise ExchangeError(Code.DUPLICATE, "two legs have the same clientOrderId")
    for leg in request.legs:
        if isinstance(leg.request, ConditionRequest):
            rehearse_condition(state, account, leg.request, late=leg.is_deferred)
        elif leg.is_deferred:
            _check_later(state, account, leg.request)
        else:
            rehearse(state, account, leg.request)
    waiting = [leg for leg in request.legs if isinstance(leg.request, ConditionRequest)]
    check_room(account, len(waiting))


def _check_later(state: State, account: Account, request: OrderRequest) -> None:
    """Check what can be told of a normal order that is placed later: not its money, not the book.

    A missing position is no reason to refuse: the leg before it is there to open one.
    """
    market = state.market(request.symbol)
    check_position_side(account, request.position_side)
    check_client_id(account, request.client_order_id)
    if request.price is not None and not request.price_type and request.type == "LIMIT":
        check_price(market.spec, request.price)
    if request.quantity is not None:
        price = request.price or market.mark_price
        reduces = request.reduce_only or request.close_position or account.hedge
        check_size(market.spec, request.quantity, request.type, price=price, reduces=reduces)


def _place_leg(state: State, account: Account, strategy: Strategy, leg: Leg, now_ms: int) -> None:
    key = strategy.strategy_id
    try:
        if isinstance(leg.request, ConditionRequest):
            leg.condition = place_condition(
                state, account, leg.request, now_ms, strategy_id=key, late=leg.is_deferred
            )
        else:
            leg.placed = place(state, account, replace(leg.request, strategy_id=key), now_ms)
    except ExchangeError:
        leg.refused = LegStatus.REJECTED


def progress(state: State, now_ms: int) -> bool:
    """Let the legs of strategies that have changed drive each other; tell whether any had."""
    stirred, state.stirred = state.stirred, {}
    for strategy in stirred.values():
        account = state.accounts[strategy.owner]
        while strategy.is_working and _step(state, account, strategy, now_ms):
            pass
        _conclude(account, strategy, now_ms)
    return bool(stirred)


def _step(state: State, account: Account, strategy: Strategy, now_ms: int) -> bool:
    """Apply the first drive that is due and not applied yet; tell whether there was one.

    Cancelling comes before placing, so that two legs that exclude each other are not both
    alive longer than they have to be.
    """
    due = [
        (leg, drive)
        for leg in strategy.legs
        for drive in leg.drives
        if (leg.sub_id, drive) not in strategy.applied
        and strategy.leg(drive.driver).has_come_to(drive.on)
    ]
    if not due:
        return False
    leg, drive = min(due, key=lambda pair: pair[1].action)
    strategy.applied.add((leg.sub_id, drive))
    if drive.action == "PLACE" and leg.waits:
        _place_leg(state, account, strategy, leg, now_ms)
    elif drive.action == "CANCEL":
        _cancel_leg(state, account, leg, now_ms)
    return True


def _cancel_leg(state: State, account: Account, leg: Leg, now_ms: int) -> None:
    if leg.waits:
        leg.refused = LegStatus.CANCELED
    elif leg.order is not None:
        if leg.order.is_open:
            end_order(state, leg.order, now_ms)
    elif leg.condition is not None and leg.condition.waits:
        end_condition(state, account, leg.condition, now_ms)


def _conclude(account: Account, strategy: Strategy, now_ms: int) -> None:
    """Give up legs that nothing can place any more, and end a strategy whose legs are all over."""
    if not strategy.is_working:
        return
    for leg in strategy.legs:
        if leg.waits and all(_is_void(strategy, drive) for drive in leg.drives):
            leg.refused = LegStatus.CANCELED
    if all(leg.is_over for leg in strategy.legs):
        strategy.status = strategy.outcome
    strategy.updated_at = account.tick(now_ms)


def _is_void(strategy: Strategy, drive: Drive) -> bool:
    """Tell whether a drive can no longer place anything: it does not, or its driver is over."""
    return drive.action != "PLACE" or strategy.leg(drive.driver).is_over
