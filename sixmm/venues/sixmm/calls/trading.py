"""The calls that place, change and withdraw orders, one or several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ....errors import ConfigurationError
from ...base import Call
from .. import rest_schema as rest
from ..enums import CancelType, StrategyType
from ..order_forms import (
    Amendment,
    Amount,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)
from .arguments import as_, choice, code, given, id_text, maybe_empty, needed, symbol_text
from .endpoints import make_call
from .members import (
    amendment_members,
    condition_members,
    leg_members,
    order_members,
    reference_members,
    which_order,
)

__all__ = [
    "amend_order",
    "batch_amend_orders",
    "batch_cancel_orders",
    "batch_place_orders",
    "cancel_all_orders",
    "cancel_condition_order",
    "cancel_order",
    "place_condition_order",
    "place_order",
    "place_strategy_order",
]

T = TypeVar("T")


# Placing


def place_order(order: NewOrder) -> Call:
    """Return the call that submits a limit or market order.

    Give every order its own ``client_order_id``, so that its state can be asked for after a broken
    connection (rule 45). What is left out takes the exchange's default (rule 47).

    Raises:
        ConfigurationError: a field is missing (rule 46) or does not have its form.
    """
    return make_call("placeOrder", body=order_members(order), result=as_(rest.PlacedOrder))


def place_condition_order(order: NewConditionOrder) -> Call:
    """Return the call that submits an order that waits for a price (rule 50)."""
    return make_call(
        "placeConditionOrder", body=condition_members(order), result=as_(rest.PlacedCondition)
    )


def place_strategy_order(strategy_type: StrategyType | str, legs: Sequence[StrategyLeg]) -> Call:
    """Return the call that submits orders that depend on each other (rule 51).

    Raises:
        ConfigurationError: two legs have one number, or one is driven by a leg that is not there.
    """
    members = _each(legs, leg_members, "legs")
    _check_drivers(legs)
    return make_call(
        "placeStrategyOrder",
        body={
            "strategyType": needed(
                choice(strategy_type, StrategyType, "strategy_type"), "strategy_type"
            ),
            "subOrderList": members,
        },
        result=as_(rest.PlacedStrategy),
    )


def _check_drivers(legs: Sequence[StrategyLeg]) -> None:
    numbers = [leg.sub_id for leg in legs]
    if len(set(numbers)) != len(numbers):
        raise ConfigurationError("two legs have the same sub_id; number them from 1")
    for leg in legs:
        for driver in (leg.first_driven_id, leg.second_driven_id):
            if driver and (driver == leg.sub_id or driver not in numbers):
                raise ConfigurationError(
                    f"leg {leg.sub_id} is driven by {driver}, which is no other leg; 0 is for none"
                )


def batch_place_orders(orders: Sequence[NewOrder]) -> Call:
    """Return the call that submits several normal orders; it may succeed in part (rule 56)."""
    return make_call(
        "batchPlaceOrders",
        body={"orders": _each(orders, order_members, "orders")},
        result=as_(rest.BatchReply),
    )


# Changing


def amend_order(
    *, symbol: str, order_id: str, price: Amount | None = None, quantity: Amount | None = None
) -> Call:
    """Return the call that changes a resting order; ``quantity`` is the new total (rule 54)."""
    change = Amendment(order_id=order_id, price=price, quantity=quantity)
    return make_call(
        "amendOrder",
        body={"symbol": needed(symbol_text(symbol), "symbol"), **amendment_members(change)},
        result=maybe_empty(rest.CancelReply),
    )


def batch_amend_orders(symbol: str, amendments: Sequence[Amendment]) -> Call:
    """Return the call that changes several resting orders of one symbol (rule 55)."""
    return make_call(
        "batchAmendOrders",
        body={
            "symbol": needed(symbol_text(symbol), "symbol"),
            "orders": _each(amendments, amendment_members, "amendments"),
        },
        result=maybe_empty(rest.BatchReply),
    )


# Withdrawing


def cancel_order(
    *, symbol: str, order_id: str | None = None, client_order_id: str | None = None
) -> Call:
    """Return the call that withdraws an order (rule 53); the reply does not say it is done (59)."""
    return make_call(
        "cancelOrder",
        body={
            "symbol": needed(symbol_text(symbol), "symbol"),
            **which_order(order_id, client_order_id),
        },
        result=maybe_empty(rest.CancelReply),
    )


def batch_cancel_orders(references: Sequence[OrderRef]) -> Call:
    """Return the call that withdraws several orders, each named with its symbol (rule 55)."""
    return make_call(
        "batchCancelOrders",
        body={"orders": _each(references, reference_members, "references")},
        result=maybe_empty(rest.BatchReply),
    )


def cancel_all_orders(
    *, symbol: str | None = None, cancel_type: CancelType | str | int | None = None
) -> Call:
    """Return the call that withdraws every order of a kind; it is asynchronous (rules 57, 58)."""
    return make_call(
        "cancelAllOrders",
        body={
            "symbol": symbol_text(symbol),
            "cancelType": code(cancel_type, CancelType, "cancel_type"),
        },
        result=maybe_empty(rest.Accepted),
    )


def cancel_condition_order(symbol: str, condition_id: str) -> Call:
    """Return the call that withdraws a condition order; the reply does not say it is done (59)."""
    return make_call(
        "cancelConditionOrder",
        body={
            "symbol": needed(symbol_text(symbol), "symbol"),
            "conditionId": needed(id_text(condition_id, "a condition id"), "condition_id"),
        },
        result=maybe_empty(rest.ConditionCancelReply),
    )


def _each(
    items: Sequence[T], members_of: Callable[[T], dict[str, Any]], what: str
) -> list[dict[str, Any]]:
    """Return the members of each entry; a refusal says which entry it is about."""
    if isinstance(items, str | bytes) or not isinstance(items, Sequence) or not items:
        raise ConfigurationError(f"{what} must be a list of one or more")
    found = []
    for place, item in enumerate(items):
        try:
            found.append(given(members_of(item)))
        except ConfigurationError as error:
            raise ConfigurationError(f"{what}[{place}]: {error}") from None
    return found
