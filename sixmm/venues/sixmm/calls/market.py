"""The public calls about symbols, candles and funding."""

from __future__ import annotations

from ...base import Call
from .. import rest_schema as rest
from ..enums import KlineInterval, KlinePriceType
from .arguments import Time, as_, choice, integer, needed, span_and_page, symbol_text, time_ms, word
from .endpoints import make_call

__all__ = [
    "MAX_KLINES",
    "funding_rate_config",
    "funding_rate_history",
    "funding_rates",
    "klines",
    "symbols",
]

MAX_KLINES = 1_000
"""How many candles one call gives at most (rule 64)."""


def symbols() -> Call:
    """Return the call for every symbol with its trading rules (rule 43)."""
    return make_call("getSymbols", result=as_(rest.Symbols))


def klines(
    *,
    symbol: str,
    interval: KlineInterval | str,
    price_type: KlinePriceType | str | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    limit: int | None = None,
) -> Call:
    """Return the call for candles, 500 by default and 1000 at most (rule 64)."""
    query = {
        "symbol": needed(symbol_text(symbol), "symbol"),
        "interval": needed(word(interval, "an interval"), "interval"),
        "priceType": choice(price_type, KlinePriceType, "price_type"),
        "startTime": time_ms(start_time, "start_time"),
        "endTime": time_ms(end_time, "end_time"),
        "limit": integer(limit, "limit", least=1, most=MAX_KLINES),
    }
    return make_call("getKlines", query=query, result=as_(rest.Klines))


def funding_rate_config(*, symbol: str | None = None) -> Call:
    """Return the call for the funding settings of one symbol or of all."""
    return make_call(
        "getFundingRateConfig",
        query={"symbol": symbol_text(symbol)},
        result=as_(rest.FundingConfigs),
    )


def funding_rates(
    *, symbol: str | None = None, page: int | None = None, page_size: int | None = None
) -> Call:
    """Return the call for the present funding rates, in pages."""
    query = {
        "symbol": symbol_text(symbol),
        "page": integer(page, "page", least=1),
        "pageSize": integer(page_size, "page_size", least=1),
    }
    return make_call("getCurrentFundingRates", query=query, result=as_(rest.FundingRatePage))


def funding_rate_history(
    *,
    symbol: str,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for the past funding rates of a symbol, in pages."""
    query = {
        "symbol": needed(symbol_text(symbol), "symbol"),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getFundingRateHistory", query=query, result=as_(rest.FundingHistoryPage))
