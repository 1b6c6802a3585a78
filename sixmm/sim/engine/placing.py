"""Taking a new order: every check that needs the symbol, the book or the account.

The checks are those of rules 43, 46 to 49 and 101 to 104. An order that fails one is not an
order: it has no id and is never pushed. Only a maker-only order that would take liquidity
gets an id and ends as REJECTED.
"""

from __future__ import annotations

from decimal import Decimal

from ..codes import Code, ExchangeError
from .account import Account
from .executing import execute
from .margin import initial_margin
from .market import Market
from .matching import crosses, sweep_price
from .numbers import ZERO, is_multiple
from .orders import Order, Status
from .request import OrderRequest
from .state import State
from .symbols import SymbolSpec
from .tiers import largest_notional

__all__ = [
    "check_client_id",
    "check_margin",
    "check_position_side",
    "check_price",
    "check_quantity",
    "check_size",
    "check_tier",
    "opening_part",
    "place",
    "rehearse",
    "would_take",
]

MAX_PRICE = Decimal(1_000_000_000)


def place(state: State, account: Account, request: OrderRequest, now_ms: int) -> Order:
    """Place an order and return it as it stands after matching.

    Raises `ExchangeError`: 2002 and 2003 for its figures, 3001 for money, 3004 when the
    clientOrderId belongs to an order that is still open.
    """
    order = rehearse(state, account, request)
    market = state.markets[order.symbol]
    order.order_id = state.ids.next()
    account.enter(order)
    if order.maker_only and would_take(market, order):
        order.status = Status.REJECTED
        account.retire(order)
        state.tell_order(order, now_ms)
        return order
    account.freeze(order)
    state.tell_order(order, now_ms)
    execute(state, order, now_ms)
    return order


def rehearse(state: State, account: Account, request: OrderRequest) -> Order:
    """Return the order that `place` would take in, or raise what it would; change nothing."""
    order = _build(state, account, request)
    _check(state, account, state.markets[order.symbol], order)
    return order


def _build(state: State, account: Account, request: OrderRequest) -> Order:
    market = state.market(request.symbol)
    check_position_side(account, request.position_side)
    state.settings(account, request.symbol)
    closes = account.hedge and (request.side == "SELL") == (request.position_side == "LONG")
    order = Order(
        order_id="",
        client_order_id=request.client_order_id,
        owner=account.user_id,
        symbol=request.symbol,
        side=request.side,
        position_side=request.position_side,
        type=request.type,
        time_in_force=request.time_in_force,
        price=_price(market, request),
        quantity=request.quantity or ZERO,
        reduce_only=request.reduce_only or request.close_position or closes,
        maker_only=request.maker_only,
        close_position=request.close_position,
        opening=ZERO,
        trigger_mode=request.trigger_mode,
        strategy_id=request.strategy_id,
    )
    if request.close_position:
        order.quantity = account.position(order.leg).reducible_by(order.sign)
    order.opening = opening_part(account, order)
    return order


def check_position_side(account: Account, position_side: str) -> None:
    """Refuse a side that does not go with the account's mode (2002)."""
    if account.hedge == (position_side == "BOTH"):
        wanted = "LONG or SHORT" if account.hedge else "BOTH"
        raise ExchangeError(Code.BAD, f"positionSide must be {wanted} in this account's mode")


def _price(market: Market, request: OrderRequest) -> Decimal:
    """Return the limit price: the given one, or that of a book level (rule 49)."""
    if request.type == "MARKET":
        return ZERO
    if not request.price_type:
        return request.price or ZERO
    book = market.book
    side = book.opposite(request.side) if request.price_type <= 2 else book.own(request.side)
    price = side.price_at(1 if request.price_type in (1, 3) else 5)
    if price is None:
        raise ExchangeError(Code.OUT_OF_RANGE, "the book has no price for this priceType")
    return price


def _check(state: State, account: Account, market: Market, order: Order) -> None:
    spec = market.spec
    check_client_id(account, order.client_order_id)
    if order.type == "LIMIT":
        check_price(spec, order.price)
    if order.reduce_only:
        _check_reducing(account, order)
    if not order.close_position:
        check_quantity(spec, order, order.price or market.mark_price)
    if not account.house:
        if len(account.open) >= spec.max_open_orders:
            raise ExchangeError(Code.OUT_OF_RANGE, "too many open orders")
        check_margin(state, account, order, order.opening)
        check_tier(state, account, order)


def check_client_id(account: Account, client_id: str) -> None:
    """Refuse an id that an open order or a waiting condition order has (3004)."""
    if not client_id:
        return
    held = account.by_client_id.get(client_id)
    if held is not None and held.is_open:
        raise ExchangeError(Code.DUPLICATE, "clientOrderId belongs to an open order")
    if any(one.client_order_id == client_id for one in account.waiting.values()):
        raise ExchangeError(Code.DUPLICATE, "clientOrderId belongs to a condition order")


def check_price(spec: SymbolSpec, price: Decimal) -> None:
    """Refuse a price that is not positive, too high or off the tick grid (2003)."""
    if not ZERO < price <= MAX_PRICE:
        raise ExchangeError(Code.OUT_OF_RANGE, "price is out of range")
    if not is_multiple(price, spec.tick_size):
        raise ExchangeError(Code.OUT_OF_RANGE, "price is not a multiple of tickSize")


def check_quantity(spec: SymbolSpec, order: Order, price: Decimal) -> None:
    """Refuse an order whose size is wrong, see `check_size`."""
    check_size(spec, order.quantity, order.type, price=price, reduces=order.reduce_only)


def check_size(
    spec: SymbolSpec, quantity: Decimal, kind: str, *, price: Decimal, reduces: bool
) -> None:
    """Refuse a size that is off the step grid or outside the caps of the symbol (2003).

    LIMIT and MARKET orders have caps of their own. The smallest notional is not asked of
    orders that only reduce: a small rest of a position has to be closable.
    """
    most = spec.max_market_quantity if kind == "MARKET" else spec.max_limit_quantity
    if not spec.min_quantity <= quantity <= most:
        raise ExchangeError(Code.OUT_OF_RANGE, "quantity is out of range")
    if not is_multiple(quantity, spec.step_size):
        raise ExchangeError(Code.OUT_OF_RANGE, "quantity is not a multiple of stepSize")
    if not reduces and price * quantity < spec.min_notional:
        raise ExchangeError(Code.OUT_OF_RANGE, "order value is below minNotional")


def _check_reducing(account: Account, order: Order) -> None:
    closable = account.position(order.leg).reducible_by(order.sign)
    if not closable:
        raise ExchangeError(Code.OUT_OF_RANGE, "there is no position to reduce")
    if order.remaining > closable:
        raise ExchangeError(Code.OUT_OF_RANGE, "reduceOnly quantity is larger than the position")


def opening_part(account: Account, order: Order) -> Decimal:
    """Return the part of the unfilled size that does not reduce the position held now."""
    if order.reduce_only:
        return ZERO
    closable = account.position(order.leg).reducible_by(order.sign)
    return max(ZERO, order.remaining - closable)


def would_take(market: Market, order: Order) -> bool:
    """Tell whether `order` would be filled at once, at least in part."""
    best = market.book.opposite(order.side).best()
    return best is not None and crosses(order.side, order.price, best)


def check_tier(state: State, account: Account, order: Order) -> None:
    """Refuse an order beyond what the leverage tiers allow at the account's leverage (2003).

    What counts is the value of the position, of the opening part of all open orders of the
    symbol, and of this order.
    """
    if not order.opening:
        return
    market, leverage = state.markets[order.symbol], account.settings[order.symbol].leverage
    resting = (account.frozen_of.get(order.symbol, ZERO) - order.frozen) * leverage
    value = abs(account.position(order.leg).cost) + resting
    value += order.opening * (order.price or market.mark_price)
    if value > largest_notional(market.spec.tiers, leverage):
        message = f"too large for a leverage of {leverage}: the tiers allow less"
        raise ExchangeError(Code.OUT_OF_RANGE, message)


def check_margin(state: State, account: Account, order: Order, opening: Decimal) -> None:
    """Refuse an order for whose margin and fee the account has not enough left (3001).

    What is left is the wallet, less the frozen and used margin, less the open loss of all
    cross positions; an open profit does not count, and an isolated loss is borne by the margin
    of its position. A market order is reckoned at the worst price
    that its size would reach in the book.
    """
    if not opening:
        return
    market = state.markets[order.symbol]
    price = order.price or sweep_price(market.book, order.side, order.quantity)
    notional = opening * (market.mark_price if price is None else price)
    need = initial_margin(notional, account.settings[order.symbol].leverage)
    need += notional * market.spec.taker_fee
    if need > _available(state, account) + order.frozen:
        raise ExchangeError(Code.BALANCE, "balance is too low")


def _available(state: State, account: Account) -> Decimal:
    profit = sum(
        (
            position.size * state.markets[position.symbol].mark_price - position.cost
            for position in account.positions.values()
            if position.size and account.settings[position.symbol].margin_mode == "CROSS"
        ),
        ZERO,
    )
    return account.wallet - account.frozen - account.used + min(ZERO, profit)
