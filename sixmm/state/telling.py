"""How one telling of an order stands to another: later, the same, or from before."""

from __future__ import annotations

import enum

from .models import Order
from .values import EXECUTED, PRICE, QUANTITY, RANK, STATUS, UPDATED, OrderValues, values_of

__all__ = ["Telling", "adds_nothing", "compare_orders", "compare_values", "is_later"]


class Telling(enum.Enum):
    """How something that is told stands to what is known."""

    NEW = "new"
    REPEAT = "repeat"
    OLDER = "older"


def compare_orders(known: Order | None, told: Order) -> Telling:
    """Say how the order state ``told`` stands to the state that is known.

    Time decides where both carry it and it differs; else rank and executed quantity, which never go
    down. States that are equal in all of these are a repeat.
    """
    return Telling.NEW if known is None else compare_values(values_of(known), values_of(told))


def compare_values(known: OrderValues, told: OrderValues) -> Telling:
    """Say the same as :func:`compare_orders` of two orders that are tuples."""
    before_ms, now_ms = known[UPDATED], told[UPDATED]
    if before_ms is not None and now_ms is not None and before_ms != now_ms:
        return Telling.NEW if now_ms > before_ms else Telling.OLDER
    if told[RANK] < known[RANK]:
        return Telling.OLDER
    before, now = known[EXECUTED], told[EXECUTED]
    if before is not None and now is not None and now < before:
        return Telling.OLDER
    return Telling.REPEAT if adds_nothing(known, told) else Telling.NEW


def adds_nothing(known: OrderValues, told: OrderValues) -> bool:
    """Whether a telling has the known status, executed quantity, price and quantity, or no word."""
    return all(
        told[field] is None or told[field] == known[field]
        for field in (STATUS, EXECUTED, PRICE, QUANTITY)
    )


def is_later(one: int | None, other: int | None) -> bool:
    """Whether ``other`` is certainly later than ``one``."""
    return one is not None and other is not None and other > one
