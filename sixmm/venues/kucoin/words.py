"""The few words and names under which orders, fills and balances of all streams are mirrored.

The streams and the REST API say the same in different ways: an order that ended as ``done`` here is
``active: false`` there, and status 3 elsewhere. What is compared has to be equal, so that all of it
is brought to these.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from ...state.models import ENDED_RANK
from .enums import MarginMode, ProOrderStatus

__all__ = [
    "ONLY_SIDE",
    "RANKS",
    "OrderWord",
    "account_name",
    "amount_or_none",
    "balance_key",
    "fill_key",
    "plain",
    "pro_quantity",
    "pro_word",
    "set_leverage",
]


class OrderWord(str, enum.Enum):
    """Where an order is."""

    NEW = "new"
    """Received, or waiting for its trigger."""
    OPEN = "open"
    MATCH = "match"
    """Filled in part, and open."""
    FILLED = "filled"
    CANCELED = "canceled"

    __hash__ = str.__hash__

    def __str__(self) -> str:
        return str(self.value)


RANKS: Mapping[str, int] = MappingProxyType(
    {
        OrderWord.NEW: 0,
        OrderWord.OPEN: 1,
        OrderWord.MATCH: 2,
        OrderWord.FILLED: ENDED_RANK,
        OrderWord.CANCELED: ENDED_RANK,
    }
)
"""How far the life of an order has come, by its word."""

ONLY_SIDE = "BOTH"
"""The side of a position that names none, which is so without hedge mode."""

_PRO_WORDS: Mapping[int, OrderWord] = {
    ProOrderStatus.NOT_TRIGGERED: OrderWord.NEW,
    ProOrderStatus.TRIGGERED: OrderWord.OPEN,
    ProOrderStatus.FILLED: OrderWord.FILLED,
    ProOrderStatus.PARTIALLY_FILLED: OrderWord.MATCH,
    ProOrderStatus.CANCELED: OrderWord.CANCELED,
    ProOrderStatus.PARTIALLY_CANCELED: OrderWord.CANCELED,
}


def pro_word(status: int | None, filled: Decimal | None) -> OrderWord:
    """Return where an order of the unified account is; an unknown status counts as open."""
    word = _PRO_WORDS.get(-1 if status is None else status, OrderWord.OPEN)
    return OrderWord.MATCH if word is OrderWord.OPEN and filled else word


def pro_quantity(quantity: Decimal | None, unit: str | None) -> Decimal | None:
    """Return the quantity of an order of the unified account, in the unit of what is filled of it.

    A market order may be for an amount of money, which is no quantity: None, as on the spot stream.
    """
    return None if unit == "QUOTECCY" else amount_or_none(quantity)


def fill_key(symbol: str | None, trade_id: str, order_id: str) -> str:
    """Return what identifies a fill: a trade of an account with itself has two orders."""
    return f"{symbol or ''}:{trade_id}:{order_id}"


def balance_key(account: str, currency: str) -> str:
    """Return the name of a balance: a currency may be in several accounts at once.

    ``account`` is ``main``, ``trade``, ``margin``, ``isolated_BTC-USDT``, ``futures``, or a type of
    the unified account in lower case; so names are such as ``trade:USDT``.
    """
    return f"{account}:{currency}"


def account_name(name: str) -> str:
    """Return an account under one name, however it is spelled.

    ``trade_hf`` counts as ``trade``, ``margin_hf`` and ``marginV2`` as ``margin``, and
    ``isolatedV2_X`` as ``isolated_X``.
    """
    if name.startswith("isolatedV2_"):
        return name.replace("isolatedV2_", "isolated_", 1)
    return {"trade_hf": "trade", "margin_hf": "margin", "marginV2": "margin"}.get(name, name)


def amount_or_none(amount: Decimal | None) -> Decimal | None:
    """Return an amount, and None for 0: a price or a size that does not apply is either of them."""
    return amount or None


def set_leverage(leverage: Decimal | None, margin_mode: str | None) -> int | None:
    """Return the leverage of a position where it is one that was set, and None for any other.

    That of an isolated position follows the mark price, so that it would differ at every look.
    """
    if leverage is None or margin_mode == MarginMode.ISOLATED:
        return None
    return int(leverage) if leverage == leverage.to_integral_value() else None


def plain(word: str | None) -> str | None:
    """Return a word as plain text, also where it is a member of an enum."""
    return None if word is None else str(word)
