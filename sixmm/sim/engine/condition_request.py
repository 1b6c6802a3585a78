"""The body of a condition order, read and checked for its shape (rules 46 to 50, 106)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from ..codes import Code, ExchangeError
from .condition import CONDITION_TYPES
from .numbers import ZERO
from .request import choice, client_id, flag, number, text_field

__all__ = ["ConditionCode", "ConditionRequest", "read_condition"]

LEAST_CALLBACK = Decimal("0.0001")
MOST_CALLBACK = Decimal("0.5")


class ConditionCode(IntEnum):
    """The codes 3100 to 3107; the documentation does not explain them, these are assumed."""

    OTHER = 3100
    STOP_PRICE_MISSING = 3101
    STOP_PRICE_SIDE = 3102
    PRICE_MISSING = 3103
    TRAILING = 3104
    WORKING_TYPE = 3105
    TOO_MANY = 3106
    LEG = 3107


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRequest:
    """A well-formed wish for a condition order; what was not given is zero."""

    symbol: str
    type: str
    side: str
    position_side: str
    price: Decimal
    quantity: Decimal
    time_in_force: str
    reduce_only: bool
    close_position: bool
    client_order_id: str
    stop_price: Decimal
    working_type: str
    price_protect: bool
    activate_price: Decimal
    callback_rate: Decimal


def read_condition(body: Mapping[str, object]) -> ConditionRequest:
    """Return the request in `body`.

    Raises `ExchangeError`: 2001 and 2002 for the fields that every order has, 3101 to 3105 for
    those that only condition orders have.
    """
    quantity = number(body, "quantity")
    close_position = flag(body, "closePosition")
    request = ConditionRequest(
        symbol=text_field(body, "symbol", required=True) or "",
        type=choice(body, "type", CONDITION_TYPES, None),
        side=choice(body, "side", ("BUY", "SELL"), None),
        position_side=choice(body, "positionSide", ("BOTH", "LONG", "SHORT"), "BOTH"),
        price=number(body, "price") or ZERO,
        quantity=quantity or ZERO,
        time_in_force=choice(body, "timeInForce", ("GTC", "IOC", "FOK", "GTE_GTC"), "GTC"),
        reduce_only=flag(body, "reduceOnly"),
        close_position=close_position,
        client_order_id=client_id(body),
        stop_price=number(body, "stopPrice") or ZERO,
        working_type=_working_type(body),
        price_protect=flag(body, "priceProtect"),
        activate_price=number(body, "activatePrice") or ZERO,
        callback_rate=number(body, "callbackRate") or ZERO,
    )
    if quantity is None and not close_position:
        raise ExchangeError(Code.MISSING, "quantity is required without closePosition")
    _check_together(request)
    return request


def _working_type(body: Mapping[str, object]) -> str:
    value = text_field(body, "workingType") or "CONTRACT_PRICE"
    if value not in ("CONTRACT_PRICE", "MARK_PRICE"):
        message = "workingType must be CONTRACT_PRICE or MARK_PRICE"
        raise ExchangeError(ConditionCode.WORKING_TYPE, message)
    return value


def _check_together(request: ConditionRequest) -> None:
    """Check the fields that the type asks for; those that it does not use are left alone."""
    if request.type == "TRAILING_STOP":
        if not LEAST_CALLBACK <= request.callback_rate <= MOST_CALLBACK:
            message = f"callbackRate must be a fraction from {LEAST_CALLBACK} to {MOST_CALLBACK}"
            raise ExchangeError(ConditionCode.TRAILING, message)
    elif not request.stop_price:
        raise ExchangeError(ConditionCode.STOP_PRICE_MISSING, "stopPrice is required")
    if request.type.endswith("_LIMIT") and not request.price:
        raise ExchangeError(ConditionCode.PRICE_MISSING, f"price is required for {request.type}")
