"""What the public market calls tell: symbols, candles and funding."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from .row import Row, assumed_rows

__all__ = [
    "FeeLevel",
    "FundingConfig",
    "FundingConfigs",
    "FundingHistoryPage",
    "FundingHistoryRow",
    "FundingRate",
    "FundingRatePage",
    "KlineRow",
    "Klines",
    "LeverageTier",
    "SymbolRow",
    "Symbols",
]


@attrs.frozen(kw_only=True)
class LeverageTier(Row):
    """Up to which size of a position which leverage is allowed; all of it is *assumed*."""

    tier: int | None = field(default=None, metadata=wire("tier"))
    min_notional: Decimal | None = field(default=None, metadata=wire("minNotional"))
    max_notional: Decimal | None = field(default=None, metadata=wire("maxNotional"))
    max_leverage: int | None = field(default=None, metadata=wire("maxLeverage"))
    maintenance_rate: Decimal | None = field(default=None, metadata=wire("maintenanceRate"))


@attrs.frozen(kw_only=True)
class SymbolRow(Row):
    """The trading rules of one symbol; the reply may have more than is documented (rule 44)."""

    symbol: str = field(metadata=wire("symbol"))
    base_asset: str | None = field(default=None, metadata=wire("baseAsset"))
    quote_asset: str | None = field(default=None, metadata=wire("quoteAsset"))
    min_quantity: Decimal | None = field(default=None, metadata=wire("minQuantity"))
    min_notional: Decimal | None = field(default=None, metadata=wire("minNotional"))
    tick_size: Decimal | None = field(default=None, metadata=wire("tickSize"))
    step_size: Decimal | None = field(default=None, metadata=wire("stepSize"))
    price_precision: int | None = field(default=None, metadata=wire("pricePrecision"))
    max_limit_order_quantity: Decimal | None = field(
        default=None, metadata=wire("maxLimitOrderQty")
    )
    max_market_order_quantity: Decimal | None = field(
        default=None, metadata=wire("maxMarketOrderQty")
    )
    max_open_orders: int | None = field(default=None, metadata=wire("maxOpenOrders"))
    default_leverage: int | None = field(default=None, metadata=wire("defaultLeverage"))
    default_margin_mode: int | None = field(default=None, metadata=wire("defaultMarginMode"))

    @property
    def leverage_tiers(self) -> tuple[LeverageTier, ...]:
        """The margin brackets, worked out on access, because their fields are *assumed*.

        Raises:
            DecodeError: they are something else; :attr:`extra` has what came.
        """
        return assumed_rows(LeverageTier, self.extra.get("leverageTiers"), path="$.leverageTiers")


@attrs.frozen(kw_only=True)
class FeeLevel(Row):
    """What trading costs on one level; all of it is *assumed*."""

    level: int | None = field(default=None, metadata=wire("level"))
    maker_rate: Decimal | None = field(default=None, metadata=wire("makerRate"))
    """A fraction of the traded value; negative where the maker is paid."""
    taker_rate: Decimal | None = field(default=None, metadata=wire("takerRate"))


@attrs.frozen(kw_only=True)
class Symbols(Row):
    """Every symbol, with its rules."""

    rows: tuple[SymbolRow, ...] = field(metadata=wire("list"))

    @property
    def handling_fee_levels(self) -> tuple[FeeLevel, ...]:
        """The fee levels, worked out on access, because their fields are *assumed*.

        Raises:
            DecodeError: they are something else; :attr:`extra` has what came.
        """
        name = "handlingFeeLevelConfig"
        return assumed_rows(FeeLevel, self.extra.get(name), path=f"$.{name}")


@attrs.frozen(kw_only=True)
class KlineRow(Row):
    """One candle."""

    open_time: int = field(metadata=wire("openTime"))
    open: Decimal | None = field(default=None, metadata=wire("open"))
    high: Decimal | None = field(default=None, metadata=wire("high"))
    low: Decimal | None = field(default=None, metadata=wire("low"))
    close: Decimal | None = field(default=None, metadata=wire("close"))
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    close_time: int | None = field(default=None, metadata=wire("closeTime"))


@attrs.frozen(kw_only=True)
class Klines(Row):
    """Candles of one symbol and width."""

    rows: tuple[KlineRow, ...] = field(metadata=wire("list"))


# Funding. The three replies are not documented (rule 111): their fields are assumed, and a reply
# without its list is refused, because no rows would say that there are none.


@attrs.frozen(kw_only=True)
class FundingConfig(Row):
    """The funding settings of one symbol; all of it is *assumed*."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    funding_interval_hours: int | None = field(default=None, metadata=wire("fundingIntervalHours"))
    funding_rate_cap: Decimal | None = field(default=None, metadata=wire("fundingRateCap"))
    funding_rate_floor: Decimal | None = field(default=None, metadata=wire("fundingRateFloor"))
    interest_rate: Decimal | None = field(default=None, metadata=wire("interestRate"))


@attrs.frozen(kw_only=True)
class FundingConfigs(Row):
    """The funding settings of one symbol or of all, *assumed*."""

    rows: tuple[FundingConfig, ...] = field(metadata=wire("list"))


@attrs.frozen(kw_only=True)
class FundingRate(Row):
    """The funding rate of one symbol as it is now; all of it is *assumed*."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    """A fraction of the position's value: 0.0001 is 0.01 %."""
    next_funding_time: int | None = field(default=None, metadata=wire("nextFundingTime"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    index_price: Decimal | None = field(default=None, metadata=wire("indexPrice"))


@attrs.frozen(kw_only=True)
class FundingRatePage(Row):
    """One page of the present funding rates, *assumed*."""

    rows: tuple[FundingRate, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))


@attrs.frozen(kw_only=True)
class FundingHistoryRow(Row):
    """One funding of the past; all of it is *assumed*."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    funding_time: int | None = field(default=None, metadata=wire("fundingTime"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))


@attrs.frozen(kw_only=True)
class FundingHistoryPage(Row):
    """One page of past fundings, newest first, *assumed*."""

    rows: tuple[FundingHistoryRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))
