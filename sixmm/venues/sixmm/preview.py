"""What an order would come to, before it is placed: notional, fee, margin, and what looks wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from ...errors import ConfigurationError, InvalidOrder
from .enums import ConditionOrderType, OrderType, Side
from .grid import minus, quotient_up, shown, times
from .order_forms import Amount, NewConditionOrder, NewOrder
from .order_rules import SymbolRules
from .order_shape import PRICED_BY_ORDER, exact_amount

__all__ = ["OrderPreview", "preview"]

AnyOrder = NewOrder | NewConditionOrder

MARGIN_DECIMALS = 18
"""Where a margin is rounded up that has no end."""

STOPS = (ConditionOrderType.STOP_MARKET, ConditionOrderType.STOP_LIMIT)


@attrs.frozen(kw_only=True)
class OrderPreview:
    """What an order would come to; None is what cannot be known before it is placed.

    Args:
        price: what is reckoned with: the limit price; else the stop or activation price of a
            condition order; else the reference price.
        is_estimate: whether the order may be filled at a worse price than ``price``.
        quantity: the size; None for an order that ends the whole position.
        notional: price times quantity, in the quote asset, exact.
        fee_rate: the fraction of the notional that is the fee; below 0 it is paid to the caller.
        fee: what a fill of the whole order costs, in the quote asset, exact.
        leverage: what the margin is reckoned with.
        initial_margin: notional through leverage, rounded up at the 18th decimal, as if the whole
            order opened a position; 0 for an order that can only reduce one.
        warnings: whole sentences about what would be refused or may surprise; often empty.
    """

    price: Decimal | None = None
    is_estimate: bool = False
    quantity: Decimal | None = None
    notional: Decimal | None = None
    fee_rate: Decimal | None = None
    fee: Decimal | None = None
    leverage: int | None = None
    initial_margin: Decimal | None = None
    warnings: tuple[str, ...] = ()


def preview(
    order: AnyOrder,
    rules: SymbolRules,
    *,
    reference_price: Amount | None = None,
    leverage: int | None = None,
    maker_rate: Amount | None = None,
    taker_rate: Amount | None = None,
) -> OrderPreview:
    """Return what an order would come to; nothing is sent, and a broken rule is only a warning.

    Args:
        order: what is to be placed.
        rules: the rules of its symbol.
        reference_price: about what the market is at, such as the last price.
        leverage: that of the symbol, as it is set for the account.
        maker_rate: the fee as a fraction of the notional where liquidity is given: it is reckoned
            with for an order with ``maker_only``.
        taker_rate: the fee where liquidity is taken: it is reckoned with for every other order.

    Raises:
        InvalidOrder: an amount is not exact (rule ``exact``), the order is for another symbol
            (rule ``symbol``), or the reference price is not positive.
        ConfigurationError: the leverage is not a whole number from 1.
    """
    _check_leverage(leverage)
    reference = rules.reference(reference_price)
    price, is_estimate = _price_of(order, reference)
    quantity = _positive("quantity", order.quantity)
    notional = None if price is None or quantity is None else times(price, quantity)
    makes = isinstance(order, NewOrder) and order.maker_only is True
    rate = _exact("maker_rate", maker_rate) if makes else _exact("taker_rate", taker_rate)
    found = OrderPreview(
        price=price,
        is_estimate=is_estimate,
        quantity=quantity,
        notional=notional,
        fee_rate=rate,
        fee=None if notional is None or rate is None else times(notional, rate),
        leverage=leverage,
        initial_margin=_margin(order, notional, leverage),
    )
    return attrs.evolve(found, warnings=tuple(_warnings(order, rules, found, reference)))


# Figures


def _check_leverage(leverage: int | None) -> None:
    if leverage is None:
        return
    if not isinstance(leverage, int) or isinstance(leverage, bool) or leverage < 1:
        raise ConfigurationError("leverage must be a whole number from 1 (rule 11)")


def _exact(name: str, value: Amount | None) -> Decimal | None:
    return None if value is None else exact_amount(name, value)


def _positive(name: str, value: Amount | None) -> Decimal | None:
    exact = _exact(name, value)
    return exact if exact is not None and exact > 0 else None


def _price_of(order: AnyOrder, reference: Decimal | None) -> tuple[Decimal | None, bool]:
    """Return what to reckon with, and whether the order may be filled at a worse price."""
    price = _positive("price", order.price)
    if isinstance(order, NewOrder):
        own = order.type != OrderType.MARKET and not order.price_type
        return (price, False) if own else (reference, reference is not None)
    if order.type in PRICED_BY_ORDER:
        return price, False
    stop_price = _positive("stop_price", order.stop_price)
    near = stop_price or _positive("activate_price", order.activate_price) or reference
    return near, near is not None


def _margin(order: AnyOrder, notional: Decimal | None, leverage: int | None) -> Decimal | None:
    if order.reduce_only is True or order.close_position is True:
        return Decimal(0)
    if notional is None or leverage is None:
        return None
    return quotient_up(notional, Decimal(leverage), decimals=MARGIN_DECIMALS)


# Warnings


def _warnings(
    order: AnyOrder, rules: SymbolRules, found: OrderPreview, reference: Decimal | None
) -> Iterator[str]:
    try:
        rules.check(order, reference_price=reference)
    except InvalidOrder as error:
        if error.rule in ("exact", "symbol"):
            raise
        yield f"The order would be refused: {error}."
    yield from _unknowns(order, found)
    if reference is not None:
        yield from _at_once(order, found, reference)
    if found.notional is not None and found.leverage is not None:
        yield from _tier(rules, found.notional, found.leverage)


def _unknowns(order: AnyOrder, found: OrderPreview) -> Iterator[str]:
    if order.close_position is True:
        yield "The size is that of the position when the order is filled; it is not known here."
    elif found.price is None:
        yield "The price is not known here; give a reference price for notional, fee and margin."
    elif found.is_estimate:
        yield f"The figures are those at a price of {shown(found.price)}; a fill may be worse."


def _at_once(order: AnyOrder, found: OrderPreview, reference: Decimal) -> Iterator[str]:
    """Warn of a limit price or a stop price that is on the other side of the market."""
    buys = order.side == Side.BUY
    if isinstance(order, NewConditionOrder):
        stop = _positive("stop_price", order.stop_price)
        if stop is None:
            return
        rising = buys == (order.type in STOPS)
        if reference >= stop if rising else reference <= stop:
            yield (
                f"The order would fire at once: the price of {shown(reference)} is already "
                f"{'not below' if rising else 'not above'} the stop price {shown(stop)}."
            )
    elif not found.is_estimate and found.price is not None:
        price = found.price
        crosses = price >= reference if buys else price <= reference
        if crosses:
            yield (
                f"The limit price {shown(price)} is {_apart(price, reference)} the reference price "
                f"{shown(reference)}: the order {_what_then(order)}."
            )


def _what_then(order: NewOrder) -> str:
    if order.maker_only is True:
        return "would probably be refused, because it must not take"
    return "would probably be filled at once, as taker"


def _apart(price: Decimal, reference: Decimal) -> str:
    """Return how far a price is off, such as ``12.5 % above``."""
    if price == reference:
        return "at"
    low, high = sorted((price, reference))
    percent = quotient_up(times(minus(high, low), Decimal(100)), reference, decimals=1)
    return f"{shown(percent)} % {'above' if price > reference else 'below'}"


def _tier(rules: SymbolRules, notional: Decimal, leverage: int) -> Iterator[str]:
    """Warn of a leverage, or of a size, that is too high even without a position held before."""
    for tier in rules.leverage_tiers:
        if tier.max_notional is None or notional <= tier.max_notional:
            if tier.max_leverage is not None and leverage > tier.max_leverage:
                yield (
                    f"A leverage of {leverage} is more than the {tier.max_leverage} that a "
                    f"notional of {shown(notional)} may have."
                )
            return
    if rules.leverage_tiers:
        yield f"A notional of {shown(notional)} is above the highest leverage tier."
