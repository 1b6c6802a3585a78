"""Serves the embedded exchange and says how to reach it."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal

from ..clock import WAIT_SLICE
from ..errors import ConfigurationError
from ..sim import Exchange

__all__ = ["parse_account", "serve"]

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_BALANCE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?")
_DEFAULT_ACCOUNTS = [("demo", "10000")]


def parse_account(text: str) -> tuple[str, str]:
    """Return name and balance of ``NAME:BALANCE``.

    Raises:
        ValueError: it has another form; the text says which form is wanted.
    """
    name, colon, balance = text.partition(":")
    if not colon or not _NAME.fullmatch(name) or not _BALANCE.fullmatch(balance):
        raise ValueError("it must be NAME:BALANCE, such as demo:10000")
    return name, balance


def serve(
    *,
    port: int,
    seed: int,
    rate: float,
    accounts: Sequence[tuple[str, str]],
    as_json: bool,
    wait: Callable[[], None] | None = None,
) -> int:
    """Serve an exchange with these accounts until ``wait`` returns, and return 0.

    Without ``wait`` it serves until Ctrl-C. The keys that it prints are made for this run and are
    worth nothing anywhere else.

    Raises:
        ConfigurationError: the exchange cannot run with these figures.
    """
    moving = {"updates_per_second": rate} if rate else {"market_maker": False}
    try:
        made = Exchange(seed=seed, port=port, **moving)
    except ValueError as exc:
        raise ConfigurationError(str(exc)) from exc
    with made as exchange:
        credentials = [_open_account(exchange, *entry) for entry in accounts or _DEFAULT_ACCOUNTS]
        for line in _json_lines(credentials) if as_json else _lines(exchange, credentials):
            print(line)
        sys.stdout.flush()
        (wait or _wait_for_interrupt)()
    return 0


def _open_account(exchange: Exchange, name: str, balance: str) -> dict[str, str]:
    account = exchange.create_account(username=name, balance=str(Decimal(balance)))
    key = exchange.create_key(account)
    return {
        "username": account.username,
        "password": account.password,
        "balance": balance,
        "api_key": key.api_key,
        "api_secret": key.api_secret,
        "rest_url": exchange.rest_url,
        "ws_url": exchange.ws_url,
    }


def _json_lines(credentials: Sequence[dict[str, str]]) -> list[str]:
    return [json.dumps(entry) for entry in credentials]


def _lines(exchange: Exchange, credentials: Sequence[dict[str, str]]) -> list[str]:
    """Return lines to read, and lines to paste into a shell."""
    lines = [f"export SIXMM_REST_URL={exchange.rest_url}", f"export SIXMM_WS_URL={exchange.ws_url}"]
    for entry in credentials:
        lines += [
            "",
            f"# {entry['username']}: password {entry['password']}, {entry['balance']} USDT",
            f"export SIXMM_API_KEY={entry['api_key']}",
            f"export SIXMM_API_SECRET={entry['api_secret']}",
        ]
    return [*lines, "", "# Serving until Ctrl-C. Try: sixmm listen --private market.trade.BTCUSDT"]


def _wait_for_interrupt() -> None:
    never = threading.Event()
    try:
        while not never.wait(WAIT_SLICE):
            continue
    except KeyboardInterrupt:
        return
