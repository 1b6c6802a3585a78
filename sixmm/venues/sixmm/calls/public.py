"""The calls that need no credential, and those about the login."""

from __future__ import annotations

from typing import Any

from ....redaction import Secret
from ...base import Auth, Call, Credentials
from .. import rest_schema as rest
from .arguments import as_, integer, plain_object, query_pairs, result_of, symbol_text, word

__all__ = ["klines", "login", "logout", "refresh_token", "server_time", "symbols", "version"]


def version() -> Call:
    """Return the call for the version of the service; its result is the undocumented object."""
    return Call(operation="getVersion", method="GET", path="/v1/version", result=plain_object)


def server_time() -> Call:
    """Return the call for the exchange's clock, whose result is in Unix milliseconds (rule 39)."""
    return Call(
        operation="getServerTime",
        method="GET",
        path="/v1/time",
        result=lambda data: result_of(rest.ServerTime, data).timestamp_ms,
    )


def symbols() -> Call:
    """Return the call for every symbol with its trading rules (rule 43)."""
    return Call(
        operation="getSymbols",
        method="GET",
        path="/v1/public/market/symbols",
        result=as_(rest.Symbols),
    )


def klines(
    *,
    symbol: str,
    interval: str,
    price_type: str | None = None,
    start_time: int | None = None,
    end_time: int | None = None,
    limit: int | None = None,
) -> Call:
    """Return the call for candles, 500 by default and 1000 at most (rule 64); times are in ms."""
    query = {
        "symbol": symbol_text(symbol),
        "interval": word(interval, "an interval"),
        "priceType": word(price_type, "a price type"),
        "startTime": integer(start_time, "start_time"),
        "endTime": integer(end_time, "end_time"),
        "limit": integer(limit, "limit"),
    }
    return Call(
        operation="getKlines",
        method="GET",
        path="/v1/public/market/klines",
        query=query_pairs(query),
        result=as_(rest.Klines),
    )


def _credentials(data: Any) -> Credentials:
    token = result_of(rest.Token, data)
    expire_s = token.access_expire_s
    return Credentials(
        access_token=token.access_token,
        access_expires_at_ms=None if expire_s is None else expire_s * 1_000,
    )


def login(*, username: str, password: Secret) -> Call:
    """Return the call that trades name and password for an access token and a cookie (rule 25)."""
    return Call(
        operation="login",
        method="POST",
        path="/v1/public/user/login",
        body={"username": username, "password": password.reveal()},
        writes=True,
        result=_credentials,
    )


def refresh_token() -> Call:
    """Return the call that makes a new access token from the login cookie (rule 25)."""
    return Call(
        operation="refreshToken",
        method="POST",
        path="/v1/public/user/refresh-token",
        auth=Auth.COOKIE,
        writes=True,
        result=_credentials,
    )


def logout() -> Call:
    """Return the call that ends the login; it needs token and cookie (rule 26)."""
    return Call(
        operation="logout",
        method="POST",
        path="/v1/private/user/logout",
        auth=Auth.TOKEN_AND_COOKIE,
        writes=True,
        result=plain_object,
    )
