"""alpaca-py: an async handler; ``run()`` takes the main thread."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import threading
from typing import Any

from alpaca.trading.stream import TradingStream

from .meter import Meter

__all__ = ["main"]


def main() -> None:
    """Subscribe to trade updates; the variant is "raw" for dicts or "model" for models."""
    meter = Meter("alpaca-py")

    async def on_raw(update: dict[str, Any]) -> None:
        meter.took(update["data"]["order"]["client_order_id"])

    async def on_model(update: Any) -> None:
        meter.took(update.order.client_order_id)

    raw = meter.variant == "raw"
    stream = TradingStream("key", "secret", raw_data=raw, url_override=f"ws://{meter.host}/stream")
    stream.subscribe_trade_updates(on_raw if raw else on_model)
    threading.Thread(target=meter.go, daemon=True).start()
    stream.run()


if __name__ == "__main__":
    main()
