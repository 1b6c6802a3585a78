"""pybit: a callback that gets dicts, in the thread of the client."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import threading
from typing import Any

import pybit.unified_trading

from .meter import Meter

__all__ = ["main"]


def main() -> None:
    """Subscribe to the orders of the account."""
    meter = Meter("pybit")
    # It has no argument for another address.
    pybit.unified_trading.PRIVATE_WSS = f"ws://{meter.host}/v5/private"

    def on_order(message: dict[str, Any]) -> None:
        for order in message["data"]:
            meter.took(order["orderId"])

    client = pybit.unified_trading.WebSocket(
        testnet=False, channel_type="private", api_key="key", api_secret="secret"
    )
    client.order_stream(on_order)
    meter.go()
    threading.Event().wait()


if __name__ == "__main__":
    main()
