"""What may be traded, and within which limits (rule 43).

The figures are made up. They only have to be plausible and different enough from symbol to
symbol that a mix-up shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from .tiers import Tier, default_tiers

__all__ = ["DEFAULT_SYMBOLS", "SymbolSpec", "resolve_symbols"]


@dataclass(frozen=True, kw_only=True)
class SymbolSpec:
    """The rules of one contract; rates are fractions, sizes are in the base asset.

    Without `own_tiers` the leverage tiers are five made from `max_leverage` and
    `maintenance_rate`. A funding rate never leaves ``-funding_cap`` to ``funding_cap``.
    """

    symbol: str
    base_asset: str
    quote_asset: str = "USDT"
    start_price: Decimal
    tick_size: Decimal
    step_size: Decimal
    min_quantity: Decimal
    min_notional: Decimal = Decimal(5)
    max_limit_quantity: Decimal = Decimal(1_000)
    max_market_quantity: Decimal = Decimal(200)
    max_open_orders: int = 10_000
    default_leverage: int = 20
    max_leverage: int = 125
    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0005")
    maintenance_rate: Decimal = Decimal("0.004")
    own_tiers: tuple[Tier, ...] = ()
    funding_cap: Decimal = Decimal("0.003")
    interest_rate: Decimal = Decimal("0.0001")

    @cached_property
    def tiers(self) -> tuple[Tier, ...]:
        """The leverage tiers, smallest positions first."""
        return self.own_tiers or default_tiers(self.max_leverage, self.maintenance_rate)

    @property
    def price_precision(self) -> int:
        """Number of decimals that a price may have."""
        return _decimals(self.tick_size)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _spec(symbol: str, start: str, tick: str, step: str) -> SymbolSpec:
    return SymbolSpec(
        symbol=symbol,
        base_asset=symbol.removesuffix("USDT"),
        start_price=Decimal(start),
        tick_size=Decimal(tick),
        step_size=Decimal(step),
        min_quantity=Decimal(step),
    )


DEFAULT_SYMBOLS: tuple[SymbolSpec, ...] = (
    _spec("BTCUSDT", "86500", "0.1", "0.001"),
    _spec("ETHUSDT", "3200", "0.01", "0.01"),
    _spec("SOLUSDT", "150", "0.001", "0.1"),
)


def resolve_symbols(wanted: Iterable[str | SymbolSpec] | None) -> tuple[SymbolSpec, ...]:
    """Return the contracts to serve: the three default ones when `wanted` is None.

    A name that is not one of the default contracts gets a plain contract of its own with a
    start price of 100. An empty or repeated list raises `ValueError`.
    """
    if wanted is None:
        return DEFAULT_SYMBOLS
    known = {spec.symbol: spec for spec in DEFAULT_SYMBOLS}
    specs = tuple(
        item
        if isinstance(item, SymbolSpec)
        else known.get(item) or _spec(item, "100", "0.01", "0.001")
        for item in wanted
    )
    if not specs or len({spec.symbol for spec in specs}) != len(specs):
        raise ValueError("symbols must name at least one contract, and each only once")
    return specs
