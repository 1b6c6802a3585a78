"""What can be asked of the exchange about orders, as values: nothing here is checked or sent.

The calls in :mod:`.calls` turn a form into a request, and check what can be known without the
exchange. :mod:`.order_rules` checks it against the rules of its symbol. ``None`` always means "not
given": the exchange's default holds (rule 47).
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from .enums import (
    BboPriceType,
    ConditionOrderType,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
    WorkingType,
)

__all__ = ["Amendment", "Amount", "NewConditionOrder", "NewOrder", "OrderRef", "StrategyLeg"]

Amount = Decimal | int | str
"""A price, a size or a rate: a float is not one, because it is not what was written."""


@attrs.frozen(kw_only=True)
class NewOrder:
    """A limit or market order that is to be placed.

    Args:
        symbol: such as ``BTCUSDT``.
        side: ``BUY`` or ``SELL``.
        type: ``LIMIT`` or ``MARKET``.
        price: the limit price; needed for ``LIMIT`` unless ``price_type`` names a book level.
        quantity: the size; may be left out only with ``close_position`` (rule 46).
        position_side: ``BOTH``, or the leg ``LONG`` or ``SHORT`` of an account in hedge mode.
        time_in_force: ``GTC``, ``IOC`` or ``FOK`` (rule 48).
        reduce_only: whether it may only shrink a position.
        maker_only: whether it must not take liquidity.
        close_position: whether it ends the whole position.
        client_order_id: the caller's own id; one is made where none is given (rule 45).
        place_type: marks how the order was placed; the values are not documented.
        price_type: which level of the book gives the price (rule 49).
    """

    symbol: str
    side: Side | str
    type: OrderType | str = OrderType.LIMIT
    price: Amount | None = None
    quantity: Amount | None = None
    position_side: PositionSide | str | None = None
    time_in_force: TimeInForce | str | None = None
    reduce_only: bool | None = None
    maker_only: bool | None = None
    close_position: bool | None = None
    client_order_id: str | None = None
    place_type: str | None = None
    price_type: BboPriceType | int | None = None


@attrs.frozen(kw_only=True)
class NewConditionOrder:
    """An order that is placed when a price is reached (rule 50).

    Args:
        symbol: such as ``BTCUSDT``.
        side: ``BUY`` or ``SELL``.
        type: ``STOP_MARKET``, ``STOP_LIMIT``, ``TAKE_PROFIT_MARKET``, ``TAKE_PROFIT_LIMIT`` or
            ``TRAILING_STOP``.
        stop_price: the price that fires it; not for a trailing order.
        price: the limit price after that; needed for the two ``..._LIMIT`` types.
        quantity: the size; may be left out only with ``close_position``.
        working_type: which price is watched: ``CONTRACT_PRICE`` (default) or ``MARK_PRICE``.
        activate_price: from where on a trailing order follows the price.
        callback_rate: how far the price must come back, as a fraction (*assumed*): 0.01 is 1 %.
        price_protect: whether the exchange's price protection is on.
        position_side: ``BOTH``, ``LONG`` or ``SHORT``.
        time_in_force: ``GTC``, ``IOC``, ``FOK`` or ``GTE_GTC``.
        reduce_only: whether it may only shrink a position.
        close_position: whether it ends the whole position.
        client_order_id: the caller's own id; one is made where none is given.
    """

    symbol: str
    side: Side | str
    type: ConditionOrderType | str
    stop_price: Amount | None = None
    price: Amount | None = None
    quantity: Amount | None = None
    working_type: WorkingType | str | None = None
    activate_price: Amount | None = None
    callback_rate: Amount | None = None
    price_protect: bool | None = None
    position_side: PositionSide | str | None = None
    time_in_force: TimeInForce | str | None = None
    reduce_only: bool | None = None
    close_position: bool | None = None
    client_order_id: str | None = None


@attrs.frozen(kw_only=True)
class StrategyLeg:
    """One order of a strategy, and what it waits for (rule 51).

    Args:
        sub_id: its number in the strategy, from 1.
        order: what is placed.
        first_driven_id: the number of the leg that drives it; 0 waits for nothing.
        first_driven_on: what that leg has to come to (values *assumed* in ``docs/wire.md``).
        first_trigger: what happens to this leg then.
        second_driven_id: the number of another leg that drives it.
        second_driven_on: what that leg has to come to.
        second_trigger: what happens to this leg then.
    """

    sub_id: int
    order: NewOrder | NewConditionOrder
    first_driven_id: int = 0
    first_driven_on: str | None = None
    first_trigger: str | None = None
    second_driven_id: int | None = None
    second_driven_on: str | None = None
    second_trigger: str | None = None


@attrs.frozen(kw_only=True)
class Amendment:
    """A change of a resting order; ``quantity`` is the new total, not the rest (rule 54)."""

    order_id: str
    price: Amount | None = None
    quantity: Amount | None = None


@attrs.frozen(kw_only=True)
class OrderRef:
    """Which order is meant: by the exchange's id, or by the caller's own."""

    symbol: str
    order_id: str | None = None
    client_order_id: str | None = None
