"""The body of a placement, read and checked for its shape.

What can be told from the body alone is told here: absent fields (2001) and bad values
(2002). What depends on the symbol, the book or the account is checked when the order is placed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..codes import Code, ExchangeError
from .numbers import parse_decimal

__all__ = [
    "OrderRequest",
    "choice",
    "client_id",
    "flag",
    "number",
    "read_order",
    "text_field",
]

_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A well-formed wish for a normal order, with the defaults of rule 47 filled in.

    The last two fields never come from a body: see `Order`.
    """

    symbol: str
    type: str
    side: str
    price: Decimal | None = None
    quantity: Decimal | None = None
    position_side: str = "BOTH"
    time_in_force: str = "GTC"
    reduce_only: bool = False
    maker_only: bool = False
    close_position: bool = False
    client_order_id: str = ""
    price_type: int = 0
    trigger_mode: int = 1
    strategy_id: str = ""


def text_field(body: Mapping[str, object], name: str, *, required: bool = False) -> str | None:
    """Return the text under `name`, or None when it is absent.

    Raises 2001 when it is required and absent or empty, and 2002 when it is no text.
    """
    value = body.get(name)
    if value is None or value == "":
        if required:
            raise ExchangeError(Code.MISSING, f"{name} is required")
        return None
    if not isinstance(value, str):
        raise ExchangeError(Code.BAD, f"{name} must be a string")
    return value


def choice(
    body: Mapping[str, object], name: str, allowed: tuple[str, ...], default: str | None
) -> str:
    """Return the word under `name`, one of `allowed`; without a `default` it is required."""
    value = text_field(body, name, required=default is None)
    if value is None:
        return default or ""
    if value not in allowed:
        raise ExchangeError(Code.BAD, f"{name} must be one of {', '.join(allowed)}")
    return value


def flag(body: Mapping[str, object], name: str) -> bool:
    """Return the switch under `name`, False when it is absent."""
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise ExchangeError(Code.BAD, f"{name} must be true or false")
    return value


def number(body: Mapping[str, object], name: str) -> Decimal | None:
    """Return the number in a text under `name`, or None when it is absent."""
    value = body.get(name)
    return None if value is None else parse_decimal(value, name)


def client_id(body: Mapping[str, object]) -> str:
    """Return the clientOrderId, an empty text when there is none."""
    value = text_field(body, "clientOrderId")
    if value is not None and not _CLIENT_ID.fullmatch(value):
        raise ExchangeError(Code.BAD, "clientOrderId must be 1 to 64 printable characters")
    return value or ""


def _price_type(body: Mapping[str, object]) -> int:
    value = body.get("priceType")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 4:
        raise ExchangeError(Code.BAD, "priceType must be a number from 0 to 4")
    return value


def read_order(body: Mapping[str, object]) -> OrderRequest:
    """Return the request in `body`; raises `ExchangeError` with 2001 or 2002.

    A placeType may be any text, since its values are not documented (rule 113).
    """
    text_field(body, "placeType")
    request = OrderRequest(
        symbol=text_field(body, "symbol", required=True) or "",
        type=choice(body, "type", ("LIMIT", "MARKET"), None),
        side=choice(body, "side", ("BUY", "SELL"), None),
        price=number(body, "price"),
        quantity=number(body, "quantity"),
        position_side=choice(body, "positionSide", ("BOTH", "LONG", "SHORT"), "BOTH"),
        time_in_force=choice(body, "timeInForce", ("GTC", "IOC", "FOK"), "GTC"),
        reduce_only=flag(body, "reduceOnly"),
        maker_only=flag(body, "makerOnly"),
        close_position=flag(body, "closePosition"),
        client_order_id=client_id(body),
        price_type=_price_type(body),
    )
    _check_together(request)
    return request


def _check_together(request: OrderRequest) -> None:
    """Check the fields that depend on each other (rules 46 and 48)."""
    if request.type == "LIMIT" and request.price is None and not request.price_type:
        raise ExchangeError(Code.MISSING, "price is required for LIMIT")
    if request.type == "MARKET" and request.price_type:
        raise ExchangeError(Code.BAD, "priceType goes with LIMIT only")
    if request.quantity is None and not request.close_position:
        raise ExchangeError(Code.MISSING, "quantity is required without closePosition")
    if request.maker_only and (request.type == "MARKET" or request.time_in_force != "GTC"):
        raise ExchangeError(Code.BAD, "makerOnly goes with a GTC LIMIT order only")
