"""ccxt: ``await exchange.watch_orders()`` in a loop of the user's own; unified orders."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import asyncio
from typing import Any

import ccxt.pro

from .meter import Meter

__all__ = ["main"]

_SYMBOL = "BTC/USDT:USDT"


async def _run(meter: Meter) -> None:
    exchange = ccxt.pro.binanceusdm({"apiKey": "key", "secret": "secret"})
    exchange.urls["api"]["fapiPrivate"] = f"http://{meter.host}/fapi/v1"
    exchange.urls["api"]["ws"]["linear"] = f"ws://{meter.host}/ws"
    # One market in place of the whole list of the exchange.
    market = exchange.safe_market_structure(
        {
            "id": "BTCUSDT",
            "symbol": _SYMBOL,
            "base": "BTC",
            "quote": "USDT",
            "settle": "USDT",
            "type": "swap",
            "swap": True,
            "contract": True,
            "linear": True,
            "contractSize": 1,
            "precision": {"amount": 0.001, "price": 0.1},
        }
    )
    exchange.set_markets([market])
    # The first call opens the stream, so the flood is asked for beside it.
    await asyncio.gather(asyncio.to_thread(meter.go), _watch(exchange, meter))


async def _watch(exchange: Any, meter: Meter) -> None:
    while True:
        for order in await exchange.watch_orders():
            meter.took(order["id"])


def main() -> None:
    """Watch the orders of the futures."""
    asyncio.run(_run(Meter("ccxt")))


if __name__ == "__main__":
    main()
