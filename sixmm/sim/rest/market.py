"""Public calls: version, clock, login, symbols and candles."""

from __future__ import annotations

import hmac
from datetime import datetime, timezone
from typing import Any

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.candles import INTERVALS
from ..engine.numbers import plain
from ..engine.request import text_field
from ..engine.symbols import SymbolSpec
from ..payloads import candle_row
from .call import Call, Reply
from .route import whole_number

__all__ = ["COOKIE", "klines", "login", "refresh_token", "server_time", "symbols", "version"]

COOKIE = "sim_session"
"""Name of the session cookie; the real name is not documented (rule 110)."""


def version(_core: Core, _call: Call) -> object:
    """Answer with a name, so that nobody takes this for the real exchange."""
    return {"version": "embedded", "name": "sixmm.sim"}


def server_time(core: Core, _call: Call) -> object:
    """Answer with the exchange's clock (rules 7 and 39)."""
    now_ms = core.now_ms()
    moment = datetime.fromtimestamp(now_ms // 1000, timezone.utc)
    return {
        "timestamp": now_ms // 1000,
        "timestampMs": now_ms,
        "iso": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": "UTC",
    }


def login(core: Core, call: Call) -> Reply:
    """Give a token and a cookie for a name and a password (rule 25)."""
    body = call.json()
    username = text_field(body, "username", required=True) or ""
    password = text_field(body, "password", required=True) or ""
    account = core.account(username)
    known = core.passwords.get(username, "").encode()
    right = hmac.compare_digest(known, password.encode("utf-8", "replace"))
    if account is None or not known or not right:
        raise ExchangeError(Code.NOT_ACCEPTED, "Invalid username or password")
    session = core.sessions.login(account.user_id)
    return _token(core, session.cookie)


def refresh_token(core: Core, call: Call) -> Reply:
    """Give a new token for the cookie of a login."""
    return _token(core, call.cookies.get(COOKIE))


def _token(core: Core, cookie: str | None) -> Reply:
    session = core.sessions.by_cookie(cookie)
    token, expire_s = core.sessions.issue(session, core.machine_ms(), core.faults.skew_ms)
    data = {"accessToken": token, "accessExpire": expire_s}
    return Reply(data=data, cookie=session.cookie)


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
        "leverageTiers": [
            {"maxLeverage": spec.max_leverage, "maintenanceRate": plain(spec.maintenance_rate)}
        ],
    }


def klines(core: Core, call: Call) -> object:
    """Answer with candles, oldest first: 500 by default and at most 1000 (rule 64)."""
    query = call.query()
    market = core.engine.state.market(text_field(query, "symbol", required=True) or "")
    interval = text_field(query, "interval", required=True) or ""
    if interval not in INTERVALS:
        raise ExchangeError(Code.BAD, "interval is not known")
    if query.get("priceType") not in (None, "", "indexPrice", "markPrice"):
        raise ExchangeError(Code.BAD, "priceType must be indexPrice or markPrice")
    start = whole_number(query, "startTime", -1)
    end = whole_number(query, "endTime", core.now_ms(), most=core.now_ms() + 86_400_000)
    limit = whole_number(query, "limit", 500, least=1, most=1000)
    rows = market.candles[interval].rows(start=None if start < 0 else start, end=end, limit=limit)
    return {"list": [candle_row(candle) for candle in rows]}
