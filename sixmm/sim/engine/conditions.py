"""Taking, ending and firing condition orders (rules 50, 57, 106)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..codes import Code, ExchangeError
from .account import Account
from .condition import Condition, ConditionStatus
from .condition_request import ConditionCode, ConditionRequest
from .market import Market
from .placing import check_client_id, check_position_side, check_price, check_size, place
from .request import OrderRequest, text_field
from .state import State

__all__ = [
    "cancel_all_conditions",
    "cancel_condition",
    "check_room",
    "end_condition",
    "fire",
    "next_to_fire",
    "place_condition",
    "rehearse_condition",
]

MOST_WAITING = 200
"""How many condition orders of an account may wait at a time."""


def place_condition(
    state: State,
    account: Account,
    request: ConditionRequest,
    now_ms: int,
    *,
    strategy_id: str = "",
    late: bool = False,
) -> Condition:
    """Take a condition order and return it; it holds no margin until it fires.

    A `late` one, placed by a strategy when another leg has come so far, may stand at a price
    that has been passed already: it fires at once. Raises what `rehearse_condition` raises.
    """
    one = rehearse_condition(state, account, request, late=late)
    check_room(account, 1)
    one.condition_id = state.ids.next()
    one.strategy_id = strategy_id
    one.created_at = one.updated_at = account.tick(now_ms)
    account.enter_condition(one)
    state.waiting[one.symbol][one.condition_id] = one
    state.looked_at[one.symbol] = None
    state.touch(account)
    return one


def rehearse_condition(
    state: State, account: Account, request: ConditionRequest, *, late: bool = False
) -> Condition:
    """Return the condition order that would be taken, and change nothing.

    Raises `ExchangeError`: 2002 and 2003 for its figures, 3102 and 3104 for a price on the
    wrong side (not for a `late` one), and 3004 for its clientOrderId.
    """
    market = state.market(request.symbol)
    check_position_side(account, request.position_side)
    state.settings(account, request.symbol)
    one = _build(account, request)
    check_client_id(account, one.client_order_id)
    _check_figures(market, one)
    if not late:
        _check_sides(market, one)
    return one


def check_room(account: Account, count: int) -> None:
    """Refuse `count` more condition orders when too many would wait then (3106)."""
    if len(account.waiting) + count > MOST_WAITING:
        message = f"at most {MOST_WAITING} condition orders may wait"
        raise ExchangeError(ConditionCode.TOO_MANY, message)


def _build(account: Account, request: ConditionRequest) -> Condition:
    return Condition(
        condition_id="",
        client_order_id=request.client_order_id,
        owner=account.user_id,
        symbol=request.symbol,
        type=request.type,
        side=request.side,
        position_side=request.position_side,
        price=request.price,
        quantity=request.quantity,
        time_in_force=request.time_in_force,
        reduce_only=request.reduce_only,
        close_position=request.close_position,
        stop_price=request.stop_price,
        working_type=request.working_type,
        price_protect=request.price_protect,
        activate_price=request.activate_price,
        callback_rate=request.callback_rate,
    )


def _check_figures(market: Market, one: Condition) -> None:
    """Check every figure that the order will use against the limits of the symbol (rule 43)."""
    trails = one.type == "TRAILING_STOP"
    for price, used in (
        (one.stop_price, not trails),
        (one.price, one.is_limit),
        (one.activate_price, trails and bool(one.activate_price)),
    ):
        if used:
            check_price(market.spec, price)
    if not one.close_position:
        price = one.price if one.is_limit else market.mark_price if trails else one.stop_price
        kind = "LIMIT" if one.is_limit else "MARKET"
        check_size(market.spec, one.quantity, kind, price=price, reduces=one.reduces)


def _check_sides(market: Market, one: Condition) -> None:
    """Refuse an order that would fire, or a trailing one that would be active, at once."""
    price = _working_price(market, one)
    if one.type != "TRAILING_STOP":
        if one.fires_at(price):
            message = "stopPrice is on the wrong side: the order would fire at once"
            raise ExchangeError(ConditionCode.STOP_PRICE_SIDE, message)
    elif one.activate_price:
        above = one.activate_price > price
        if one.activate_price == price or above != (one.side == "SELL"):
            message = "activatePrice must lie above the price for SELL and below it for BUY"
            raise ExchangeError(ConditionCode.TRAILING, message)


def _working_price(market: Market, one: Condition) -> Decimal:
    return market.mark_price if one.working_type == "MARK_PRICE" else market.last_price


def cancel_condition(
    state: State, account: Account, wanted: Mapping[str, object], now_ms: int
) -> Condition:
    """Cancel a waiting condition order; raises 2001, 3003, or 3005 when it no longer waits."""
    symbol = text_field(wanted, "symbol", required=True) or ""
    condition_id = text_field(wanted, "conditionId", required=True) or ""
    state.market(symbol)
    one = account.conditions.get(condition_id)
    if one is None or one.symbol != symbol:
        raise ExchangeError(Code.NO_ORDER, "condition order not found")
    if not one.waits:
        raise ExchangeError(Code.NOT_CANCELLABLE, f"condition order is {one.status}")
    end_condition(state, account, one, now_ms)
    return one


def cancel_all_conditions(
    state: State, account: Account, *, symbol: str | None, now_ms: int
) -> int:
    """Cancel all waiting condition orders, oldest first, and return how many there were."""
    doomed = [one for one in account.waiting.values() if symbol in (None, one.symbol)]
    for one in doomed:
        end_condition(state, account, one, now_ms)
    return len(doomed)


def end_condition(
    state: State,
    account: Account,
    one: Condition,
    now_ms: int,
    status: str = ConditionStatus.CANCELED,
) -> None:
    """Let a condition order wait no longer."""
    one.status = status
    one.updated_at = account.tick(now_ms)
    del state.waiting[one.symbol][one.condition_id]
    account.retire_condition(one)
    state.touch(account)
    if one.strategy_id:
        state.stir(account, one.strategy_id)


def next_to_fire(state: State) -> Condition | None:
    """Return the oldest condition order that today's prices fire, None when there is none.

    A market is looked at only when its prices have changed, or an order has come, since all
    of its orders were found to wait.
    """
    for symbol, waiting in state.waiting.items():
        if not waiting:
            continue
        market = state.markets[symbol]
        prices = market.last_price, market.mark_price
        if state.looked_at[symbol] == prices:
            continue
        last, mark = prices
        for one in waiting.values():
            if one.fires_at(mark if one.working_type == "MARK_PRICE" else last):
                return one
        state.looked_at[symbol] = prices
    return None


def fire(state: State, one: Condition, now_ms: int) -> None:
    """Make a normal order of a condition order; one that is refused leaves it REJECTED."""
    account = state.accounts[one.owner]
    end_condition(state, account, one, now_ms, ConditionStatus.TRIGGERED)
    tif = "GTC" if one.time_in_force == "GTE_GTC" else one.time_in_force
    request = OrderRequest(
        symbol=one.symbol,
        type="LIMIT" if one.is_limit else "MARKET",
        side=one.side,
        price=one.price if one.is_limit else None,
        quantity=None if one.close_position else one.quantity,
        position_side=one.position_side,
        time_in_force=tif,
        reduce_only=one.reduce_only,
        close_position=one.close_position,
        client_order_id=one.client_order_id,
        trigger_mode=one.trigger_mode,
        strategy_id=one.strategy_id,
    )
    try:
        one.order = place(state, account, request, now_ms)
    except ExchangeError:
        one.status = ConditionStatus.REJECTED
