"""Public calls about funding: its settings, the present rates, and those of the past."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..core import Core
from ..engine.funding import FUNDING_HOURS, FUNDING_MS, clamp, next_funding_ms
from ..engine.market import Market
from ..engine.numbers import plain
from ..engine.request import text_field
from .call import Call
from .route import page_of, span

__all__ = ["current", "history", "settings"]

MADE_UP = 90
"""How many settlements there seem to have been before the exchange was started: thirty days."""


def settings(core: Core, call: Call) -> object:
    """Answer with interval, bounds and interest rate of one symbol or of all."""
    return {"list": [_settings(market) for market in _markets(core, call.query())]}


def current(core: Core, call: Call) -> object:
    """Answer with the rates of the next settlement."""
    query = call.query()
    found = _markets(core, query)[page_of(query)]
    return {"list": [_current(market, core.now_ms()) for market in found]}


def history(core: Core, call: Call) -> object:
    """Answer with past settlements of a symbol, newest first.

    Those from before the exchange was started are made up from its seed, so that a chart has
    something to show and a page has rows.
    """
    query = call.query()
    symbol = text_field(query, "symbol", required=True) or ""
    market = core.engine.state.market(symbol)
    start, end = span(query)
    real = [
        _settled(symbol, one.rate, one.at_ms, one.mark_price)
        for one in reversed(market.settlements)
    ]
    first = market.settlements[0].at_ms if market.settlements else next_funding_ms(core.started_ms)
    rows = [
        row
        for row in (*real, *_made_up(core.seed, market, first))
        if start <= row["fundingTime"] <= end
    ]
    return {"list": rows[page_of(query)], "total": len(rows)}


def _markets(core: Core, query: Mapping[str, object]) -> list[Market]:
    symbol = text_field(query, "symbol")
    state = core.engine.state
    return list(state.markets.values()) if symbol is None else [state.market(symbol)]


def _settings(market: Market) -> dict[str, Any]:
    spec = market.spec
    return {
        "symbol": spec.symbol,
        "fundingIntervalHours": FUNDING_HOURS,
        "fundingRateCap": plain(spec.funding_cap),
        "fundingRateFloor": plain(-spec.funding_cap),
        "interestRate": plain(spec.interest_rate),
    }


def _current(market: Market, now_ms: int) -> dict[str, Any]:
    mark = plain(market.tick_price)
    return {
        "symbol": market.spec.symbol,
        "fundingRate": plain(market.funding_rate),
        "nextFundingTime": next_funding_ms(now_ms),
        "markPrice": mark,
        "indexPrice": mark,
    }


def _settled(symbol: str, rate: Decimal, at_ms: int, mark: Decimal) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "fundingRate": plain(rate),
        "fundingTime": at_ms,
        "markPrice": plain(mark),
    }


def _made_up(seed: int, market: Market, before: int) -> list[dict[str, Any]]:
    """Return settlements before the time `before`, newest first; the same for the same seed."""
    spec = market.spec
    rows = []
    for step in range(1, MADE_UP + 1):
        at_ms = before - step * FUNDING_MS
        dice = random.Random(f"{seed}:funding:{spec.symbol}:{at_ms}")
        rate = clamp(spec.interest_rate * dice.randint(-50, 250) / 100, spec.funding_cap)
        price = spec.start_price * dice.randint(995_000, 1_005_000) / 1_000_000
        price = price // spec.tick_size * spec.tick_size
        rows.append(_settled(spec.symbol, rate, at_ms, price))
    return rows
