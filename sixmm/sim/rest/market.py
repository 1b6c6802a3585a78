"""Public calls about the markets: symbols and candles."""

from __future__ import annotations

from typing import Any

from ..core import Core
from ..engine.candles import INTERVALS
from ..engine.numbers import plain
from ..engine.request import choice, text_field
from ..engine.symbols import SymbolSpec
from ..engine.tiers import Tier
from ..payloads import candle_row
from .call import Call
from .route import whole_number

__all__ = ["klines", "symbols"]

_PRICE_TYPES = ("indexPrice", "markPrice")
_DAY_MS = 86_400_000
_DAWN_MS = 62 * _DAY_MS
"""No candle begins before this: some systems know no times before 1970."""


def symbols(core: Core, _call: Call) -> object:
    """Answer with all contracts and their limits (rule 43)."""
    specs = [market.spec for market in core.engine.state.markets.values()]
    first = specs[0]
    fees = {"level": 0, "makerRate": plain(first.maker_fee), "takerRate": plain(first.taker_fee)}
    return {"list": [_symbol(spec) for spec in specs], "handlingFeeLevelConfig": [fees]}


def _symbol(spec: SymbolSpec) -> dict[str, Any]:
    return {
        "symbol": spec.symbol,
        "baseAsset": spec.base_asset,
        "quoteAsset": spec.quote_asset,
        "minQuantity": plain(spec.min_quantity),
        "minNotional": plain(spec.min_notional),
        "tickSize": plain(spec.tick_size),
        "stepSize": plain(spec.step_size),
        "pricePrecision": spec.price_precision,
        "maxLimitOrderQty": plain(spec.max_limit_quantity),
        "maxMarketOrderQty": plain(spec.max_market_quantity),
        "maxOpenOrders": spec.max_open_orders,
        "defaultLeverage": spec.default_leverage,
        "defaultMarginMode": 1,
        "leverageTiers": [_tier(tier) for tier in spec.tiers],
    }


def _tier(tier: Tier) -> dict[str, Any]:
    return {
        "tier": tier.tier,
        "minNotional": plain(tier.min_notional),
        "maxNotional": plain(tier.max_notional),
        "maxLeverage": tier.max_leverage,
        "maintenanceRate": plain(tier.maintenance_rate),
    }


def klines(core: Core, call: Call) -> object:
    """Answer with candles, oldest first: 500 by default and at most 1000 (rule 64).

    They are those of traded prices, or of the mark price with a volume of zero.
    """
    query = call.query()
    symbol = text_field(query, "symbol", required=True) or ""
    market = core.engine.state.market(symbol)
    interval = choice(query, "interval", tuple(INTERVALS), None)
    traded = not choice(query, "priceType", _PRICE_TYPES, "")
    now_ms = core.now_ms()
    start = max(whole_number(query, "startTime", 0), _DAWN_MS)
    end = whole_number(query, "endTime", now_ms, most=now_ms + _DAY_MS)
    limit = whole_number(query, "limit", 500, least=1, most=1000)
    if traded:
        candles = market.candles[interval].rows(start=start, end=end, limit=limit)
        return {"list": [candle_row(candle) for candle in candles]}
    core.marks.sample(now_ms)
    candles = core.marks.rows(symbol, interval, start=start, end=end, limit=limit)
    return {"list": [{**candle_row(candle), "volume": "0"} for candle in candles]}
