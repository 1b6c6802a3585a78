"""Whether an order is complete and makes sense in itself, whatever its symbol.

Every refusal is an :class:`~sixmm.errors.InvalidOrder`. Its ``rule`` is one of these words:

============== ====================================================================
``exact``      an amount is a float, or not a plain decimal (rule 9)
``choice``     a word or a number is none of the documented ones
``required``   a field is missing that this kind of order needs (rules 46 and 50)
``unwanted``   a field is given that this kind of order cannot have
``conflict``   two fields exclude each other
``range``      a rate is out of its range
============== ====================================================================

and of those in :mod:`.order_rules`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from decimal import Decimal

from ...codec import decimal_text
from ...errors import ConfigurationError, InvalidOrder
from ...redaction import one_line
from .enums import (
    BboPriceType,
    ConditionOrderType,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
    WorkingType,
)
from .grid import shown
from .order_forms import Amount, NewConditionOrder, NewOrder

__all__ = [
    "PRICED_BY_ORDER",
    "check_condition_shape",
    "check_order_shape",
    "check_word",
    "exact_amount",
    "positive_amount",
    "refusal",
]

NORMAL_TIMES = (TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK)
"""How long a normal order may stay (rule 48)."""

PRICED_BY_ORDER = (ConditionOrderType.STOP_LIMIT, ConditionOrderType.TAKE_PROFIT_LIMIT)
"""The condition orders that become a limit order (rule 50)."""


def refusal(
    text: str, *, rule: str, field: str, value: object, nearest: Decimal | str | None = None
) -> InvalidOrder:
    """Return the error for a broken rule; what would be valid is added to its text."""
    if nearest is not None:
        text += f"; nearest: {shown(nearest) if isinstance(nearest, Decimal) else nearest}"
    return InvalidOrder(text, rule=rule, field=field, value=value, nearest=nearest)


def exact_amount(field: str, value: Amount) -> Decimal:
    """Return an amount as the exact number that will be sent.

    Raises:
        InvalidOrder: it is a float or a bool, not a plain decimal, or has more than 30 digits on
            either side of the point.
    """
    try:
        return Decimal(decimal_text(value))
    except ConfigurationError:
        pass
    if isinstance(value, float):
        text = f"{field} {value!r} is a float, which is not exact: give it as text or as a Decimal"
    else:
        form = "a plain decimal such as 0.001, with at most 30 digits on either side of the point"
        text = f"{field} must be {form}"
    raise refusal(text, rule="exact", field=field, value=value)


def positive_amount(field: str, value: Amount) -> Decimal:
    """Return an amount as :func:`exact_amount`, if it is above 0.

    Raises:
        InvalidOrder: rule ``exact`` or ``positive``.
    """
    exact = exact_amount(field, value)
    if exact > 0:
        return exact
    text = f"{field} {shown(exact)} is not positive"
    raise refusal(text, rule="positive", field=field, value=value)


def check_word(field: str, value: object, choices: Iterable[enum.Enum]) -> None:
    """Refuse what is none of the documented choices; None, for "not given", is let through."""
    known = [member.value for member in choices]
    comparable = isinstance(value, (str, int)) and not isinstance(value, bool)
    if value is None or (comparable and value in known):
        return
    names = ", ".join(map(str, known))
    meant = value.strip().upper() if isinstance(value, str) else None
    raise refusal(
        f"{field} {_quoted(value)} is none of {names}",
        rule="choice",
        field=field,
        value=value,
        nearest=meant if meant in known else None,
    )


def _quoted(value: object) -> str:
    return repr(one_line(value, limit=40)) if isinstance(value, str) else one_line(value, limit=40)


def _check_words(order: NewOrder | NewConditionOrder, types: Iterable[enum.Enum]) -> None:
    _need(order, "type", "every order has one")
    _need(order, "side", "every order has one")
    check_word("type", order.type, types)
    check_word("side", order.side, Side)
    check_word("position_side", order.position_side, PositionSide)


def _check_flags(order: NewOrder | NewConditionOrder, *names: str) -> None:
    for name in names:
        value = getattr(order, name)
        if value is not None and not isinstance(value, bool):
            text = f"{name} {_quoted(value)} is neither True nor False"
            raise refusal(text, rule="choice", field=name, value=value)


def _need(order: NewOrder | NewConditionOrder, field: str, why: str) -> None:
    if getattr(order, field) is None:
        raise refusal(f"{field} is missing: {why}", rule="required", field=field, value=None)


def _forbid(order: NewOrder | NewConditionOrder, field: str, why: str) -> None:
    value = getattr(order, field)
    if value is not None:
        raise refusal(f"{field} must be left out: {why}", rule="unwanted", field=field, value=value)


def _check_size(order: NewOrder | NewConditionOrder) -> None:
    if not order.close_position:
        _need(order, "quantity", "only an order with close_position=True has none (rule 46)")
    elif order.quantity is not None:
        raise refusal(
            "quantity must be left out: close_position=True ends the whole position",
            rule="conflict",
            field="quantity",
            value=order.quantity,
        )


# Normal orders


def check_order_shape(order: NewOrder) -> None:
    """Refuse a limit or market order that cannot work, whatever its symbol.

    Raises:
        InvalidOrder: a word is not a documented one (``GTE_GTC`` is for condition orders: rule 48);
            a limit order has no price and names no level of the book, or a market order has one;
            the quantity is missing, or given with ``close_position`` (rule 46); or ``maker_only``
            is asked of an order that has to take: ``MARKET``, ``IOC`` or ``FOK``.
    """
    _check_words(order, OrderType)
    check_word("price_type", order.price_type, BboPriceType)
    _check_flags(order, "reduce_only", "maker_only", "close_position")
    _check_time_in_force(order)
    _check_pricing(order)
    _check_size(order)
    if order.maker_only:
        _check_making(order)


def _check_time_in_force(order: NewOrder) -> None:
    if order.time_in_force == TimeInForce.GTE_GTC:
        raise refusal(
            "time_in_force GTE_GTC is for condition orders only (rule 48)",
            rule="choice",
            field="time_in_force",
            value=order.time_in_force,
            nearest=TimeInForce.GTC.value,
        )
    check_word("time_in_force", order.time_in_force, NORMAL_TIMES)


def _check_pricing(order: NewOrder) -> None:
    if order.type == OrderType.MARKET:
        _forbid(order, "price", "a MARKET order takes the prices of the book")
        if order.price_type:
            _forbid(order, "price_type", "a MARKET order has no limit price")
    elif not order.price_type:
        _need(order, "price", "a LIMIT order has a price, or a price_type from 1 to 4 (rule 46)")


def _check_making(order: NewOrder) -> None:
    takes = (TimeInForce.IOC, TimeInForce.FOK)
    if order.type == OrderType.MARKET or order.time_in_force in takes:
        kind = "MARKET" if order.type == OrderType.MARKET else order.time_in_force
        raise refusal(
            f"maker_only cannot be asked of a {kind} order, which fills at once or not at all",
            rule="conflict",
            field="maker_only",
            value=True,
        )


# Condition orders


def check_condition_shape(order: NewConditionOrder) -> None:
    """Refuse a condition order that cannot work, whatever its symbol (rule 50).

    Raises:
        InvalidOrder: a word is not a documented one; the price, the stop price, the activation
            price or the callback rate is missing, or given to a type that has none; the callback
            rate is not between 0 and 1; or the quantity is missing, or given with
            ``close_position``.
    """
    _check_words(order, ConditionOrderType)
    check_word("time_in_force", order.time_in_force, TimeInForce)
    check_word("working_type", order.working_type, WorkingType)
    _check_flags(order, "reduce_only", "close_position", "price_protect")
    if order.type == ConditionOrderType.TRAILING_STOP:
        _forbid(order, "stop_price", "a TRAILING_STOP follows the price by its callback_rate")
        _need(order, "callback_rate", "a TRAILING_STOP fires when the price comes back by it")
        _check_callback_rate(order.callback_rate)
    else:
        _need(order, "stop_price", f"it is the price that fires a {order.type}")
        for field in ("activate_price", "callback_rate"):
            _forbid(order, field, "only a TRAILING_STOP has one (rule 50)")
    if order.type in PRICED_BY_ORDER:
        _need(order, "price", f"a {order.type} becomes a limit order (rule 50)")
    else:
        _forbid(order, "price", f"a {order.type} becomes a market order")
    _check_size(order)


def _check_callback_rate(value: Amount | None) -> None:
    rate = None if value is None else exact_amount("callback_rate", value)
    if rate is not None and not 0 < rate < 1:
        raise refusal(
            f"callback_rate {shown(rate)} is not a fraction between 0 and 1; 0.01 is 1 %",
            rule="range",
            field="callback_rate",
            value=value,
        )
