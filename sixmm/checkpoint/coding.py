"""Rows as text and back, exactly: amounts stay decimals, and None stays None."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

__all__ = ["text_of", "values_of_text"]

_AMOUNT = "amount"


def text_of(values: tuple[Any, ...]) -> str:
    """Return plain values as one line of JSON; tuples may be inside, and amounts.

    A word that is a member of an enum becomes plain text.

    Raises:
        TypeError: a value is of none of these kinds.
    """
    return json.dumps(values, default=_plain, ensure_ascii=True, separators=(",", ":"))


def values_of_text(text: str) -> tuple[Any, ...]:
    """Return the values that :func:`text_of` has written.

    Raises:
        ValueError: it has not written this.
    """
    found = json.loads(text, object_hook=_amount)
    if not isinstance(found, list):
        raise ValueError("expected a list")
    return _tuples(found)


def _plain(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_AMOUNT: str(value)}
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _amount(found: dict[str, Any]) -> Decimal:
    if found.keys() != {_AMOUNT}:
        raise ValueError("expected an amount")
    try:
        return Decimal(found[_AMOUNT])
    except ArithmeticError as error:
        raise ValueError("expected an amount") from error


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple([_tuples(value) if isinstance(value, list) else value for value in values])
