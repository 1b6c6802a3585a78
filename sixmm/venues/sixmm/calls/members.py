"""The forms of orders as the members of a request body, checked for what the documentation states.

That is: which fields there must be, and that each has the form of what it is. Everything else about
an order can be checked against its symbol before, or is left to the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....errors import ConfigurationError
from ..enums import ConditionOrderType, OrderType
from ..order_forms import Amendment, NewConditionOrder, NewOrder, OrderRef, StrategyLeg
from .arguments import amount, flag, given, id_text, integer, needed, symbol_text, word

__all__ = [
    "amendment_members",
    "condition_members",
    "leg_members",
    "order_members",
    "reference_members",
    "which_order",
]

_PRICED = (ConditionOrderType.STOP_LIMIT, ConditionOrderType.TAKE_PROFIT_LIMIT)


def order_members(order: NewOrder) -> dict[str, Any]:
    """Return the members of a normal order.

    Raises:
        ConfigurationError: a limit order has neither price nor ``price_type``, or there is no
            quantity although the position is not to be closed (rule 46).
    """
    _check_form(order, NewOrder)
    if order.type == OrderType.LIMIT and order.price is None and not order.price_type:
        raise ConfigurationError(
            "a LIMIT order needs a price, or a price_type that names a level of the book (rule 46)"
        )
    _check_quantity(order)
    return {
        **_head(order, "an order type"),
        "price": amount(order.price, "price"),
        "quantity": amount(order.quantity, "quantity"),
        "timeInForce": word(order.time_in_force, "a time in force"),
        "reduceOnly": flag(order.reduce_only, "reduce_only"),
        "makerOnly": flag(order.maker_only, "maker_only"),
        "closePosition": flag(order.close_position, "close_position"),
        "clientOrderId": id_text(order.client_order_id, "a client order id"),
        "placeType": word(order.place_type, "a place type"),
        "priceType": integer(order.price_type, "price_type"),
    }


def condition_members(order: NewConditionOrder) -> dict[str, Any]:
    """Return the members of a condition order.

    Raises:
        ConfigurationError: one of the two ``..._LIMIT`` types has no price (rule 50), or there is
            no quantity although the position is not to be closed.
    """
    _check_form(order, NewConditionOrder)
    if order.type in _PRICED and order.price is None:
        raise ConfigurationError(f"a {order.type} order needs a price: the limit once it has fired")
    _check_quantity(order)
    return {
        **_head(order, "a condition order type"),
        "price": amount(order.price, "price"),
        "quantity": amount(order.quantity, "quantity"),
        "timeInForce": word(order.time_in_force, "a time in force"),
        "reduceOnly": flag(order.reduce_only, "reduce_only"),
        "clientOrderId": id_text(order.client_order_id, "a client order id"),
        "stopPrice": amount(order.stop_price, "stop_price"),
        "workingType": word(order.working_type, "a working type"),
        "priceProtect": flag(order.price_protect, "price_protect"),
        "activatePrice": amount(order.activate_price, "activate_price"),
        "callbackRate": amount(order.callback_rate, "callback_rate"),
        "closePosition": flag(order.close_position, "close_position"),
    }


def _head(order: NewOrder | NewConditionOrder, type_: str) -> dict[str, Any]:
    return {
        "symbol": needed(symbol_text(order.symbol), "symbol"),
        "type": needed(word(order.type, type_), "type"),
        "side": needed(word(order.side, "a side"), "side"),
        "positionSide": word(order.position_side, "a position side"),
    }


def _check_quantity(order: NewOrder | NewConditionOrder) -> None:
    if order.quantity is None and not order.close_position:
        raise ConfigurationError("quantity may be left out only with close_position=True (rule 46)")


def _check_form(value: object, *classes: type[Any]) -> None:
    if not isinstance(value, classes):
        names = " or ".join(cls.__name__ for cls in classes)
        raise ConfigurationError(f"a {names} is wanted, and not a {type(value).__name__}")


def leg_members(leg: StrategyLeg) -> dict[str, Any]:
    """Return the members of one leg of a strategy: its order, and what drives it (rule 51)."""
    _check_form(leg, StrategyLeg)
    _check_form(leg.order, NewOrder, NewConditionOrder)
    normal = isinstance(leg.order, NewOrder)
    order = order_members(leg.order) if normal else condition_members(leg.order)  # type: ignore[arg-type]
    return given(
        {
            "strategySubId": needed(integer(leg.sub_id, "sub_id", least=1), "sub_id"),
            **order,
            "firstDrivenId": integer(leg.first_driven_id, "first_driven_id", least=0),
            "firstDrivenOn": word(leg.first_driven_on, "a driving state"),
            "firstTrigger": word(leg.first_trigger, "a trigger"),
            "secondDrivenId": integer(leg.second_driven_id, "second_driven_id", least=0),
            "secondDrivenOn": word(leg.second_driven_on, "a driving state"),
            "secondTrigger": word(leg.second_trigger, "a trigger"),
        }
    )


def amendment_members(amendment: Amendment) -> dict[str, Any]:
    """Return the members of a change; ``quantity`` is the new total (rule 54).

    Raises:
        ConfigurationError: it changes nothing.
    """
    _check_form(amendment, Amendment)
    if amendment.price is None and amendment.quantity is None:
        raise ConfigurationError("give a new price, a new quantity, or both")
    return {
        "orderId": needed(id_text(amendment.order_id), "order_id"),
        "price": amount(amendment.price, "price"),
        "quantity": amount(amendment.quantity, "quantity"),
    }


def which_order(order_id: str | None, client_order_id: str | None) -> Mapping[str, Any]:
    """Return the members that name an order by one of its ids, or by both (rules 52, 53)."""
    if order_id is None and client_order_id is None:
        raise ConfigurationError("give order_id or client_order_id")
    return {
        "orderId": id_text(order_id),
        "clientOrderId": id_text(client_order_id, "a client order id"),
    }


def reference_members(reference: OrderRef) -> dict[str, Any]:
    """Return the members that name an order in a batch cancel.

    Raises:
        ConfigurationError: it has no ``order_id``, which is the only one that is documented there.
    """
    _check_form(reference, OrderRef)
    if reference.order_id is None:
        raise ConfigurationError(
            "a batch cancel is documented with order_id only: give that, "
            "or cancel the order by itself with its client_order_id"
        )
    return {
        "symbol": needed(symbol_text(reference.symbol), "symbol"),
        "orderId": id_text(reference.order_id),
    }
