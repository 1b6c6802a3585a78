"""The arguments that describe an order, and what the client takes for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from .options import amount, symbol_argument

__all__ = ["asked_for", "order_form"]

_PRICE_TYPES = {"opposite-1": 1, "opposite-5": 2, "same-1": 3, "same-5": 4}


def _word(*words: str) -> click.Choice[str]:
    return click.Choice(words, case_sensitive=False)


def _not_empty(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("an empty text cannot be an id", ctx=context, param=parameter)
    return value


_FORM_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    symbol_argument(),
    click.argument("side", type=_word("BUY", "SELL"), metavar="BUY|SELL"),
    click.option("--quantity", type=amount, help="The size; not with --close-position."),
    click.option("--price", type=amount, help="The limit price; not for a market order."),
    click.option(
        "--type", type=_word("LIMIT", "MARKET"), default="LIMIT", show_default=True, help="How."
    ),
    click.option("--time-in-force", type=_word("GTC", "IOC", "FOK"), help="How long it stays."),
    click.option(
        "--position-side", type=_word("BOTH", "LONG", "SHORT"), help="For hedge mode: which leg."
    ),
    click.option(
        "--price-type", type=_word(*_PRICE_TYPES), help="Take the price from the book instead."
    ),
    click.option("--reduce-only", is_flag=True, help="It may only shrink a position."),
    click.option("--maker-only", is_flag=True, help="It must not take liquidity."),
    click.option("--close-position", is_flag=True, help="End the whole position."),
    click.option(
        "--client-order-id", callback=_not_empty, help="An id of your own; one is made without it."
    ),
)


def order_form(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what describes an order."""
    for add in reversed(_FORM_OPTIONS):
        command = add(command)
    return command


def asked_for(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, as the client takes it; a flag that is not set is not given."""
    # Not "in (None, False)": the amount 0 equals False.
    found = {k: v for k, v in fields.items() if v is not None and v is not False}
    if "price_type" in found:
        found["price_type"] = _PRICE_TYPES[found["price_type"]]
    return found
