"""What positions are worth, what they have to keep, and how near an account is to its end."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .account import Account
from .margin import initial_margin, unrealized
from .market import Market
from .numbers import money
from .position import Position
from .tiers import maintenance_terms

__all__ = [
    "cross_equity",
    "is_exhausted",
    "is_isolated",
    "maintenance_need",
    "margin_of",
    "profit_of",
]


def is_isolated(account: Account, symbol: str) -> bool:
    """Tell whether positions of `symbol` stand alone with their margin."""
    return account.settings[symbol].margin_mode == "ISOLATED"


def margin_of(account: Account, position: Position) -> Decimal:
    """Return the initial margin that the position holds."""
    return initial_margin(position.cost, account.settings[position.symbol].leverage)


def profit_of(position: Position, market: Market) -> Decimal:
    """Return the open profit at the mark price."""
    return unrealized(position.size, position.cost, market.mark_price)


def maintenance_need(position: Position, market: Market) -> Decimal:
    """Return the maintenance margin at the mark price, by the tiers of the symbol."""
    value = position.held * market.mark_price
    rate, deduction = maintenance_terms(market.spec.tiers, value)
    return money(value * rate - deduction)


def is_exhausted(account: Account, position: Position, market: Market) -> bool:
    """Tell whether an isolated position's own margin no longer covers what it needs."""
    left = margin_of(account, position) + profit_of(position, market)
    return left < maintenance_need(position, market)


def cross_equity(
    account: Account, markets: Mapping[str, Market], *, without: Position | None = None
) -> Decimal:
    """Return what the cross positions share, less what they all need.

    That is the wallet, less the margin that isolated positions have to themselves, plus the
    open profit and less the maintenance of every cross position; `without` is left out.
    """
    equity = account.wallet
    for position in account.positions.values():
        if position is without or not position.size:
            continue
        if is_isolated(account, position.symbol):
            equity -= margin_of(account, position)
        else:
            market = markets[position.symbol]
            equity += profit_of(position, market) - maintenance_need(position, market)
    return equity
