"""binance-sdk-derivatives-trading-usds-futures: a callback that gets models, in an event loop."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import asyncio
from typing import Any

from binance_common.configuration import ConfigurationWebSocketStreams
from binance_sdk_derivatives_trading_usds_futures import derivatives_trading_usds_futures as sdk

from .meter import Meter

__all__ = ["main"]


async def _run(meter: Meter) -> None:
    def on_event(event: Any) -> None:
        meter.took(event.actual_instance.o.i)

    streams = ConfigurationWebSocketStreams(stream_url=f"ws://{meter.host}")
    client = sdk.DerivativesTradingUsdsFutures(config_ws_streams=streams)
    connection = await client.websocket_streams.create_connection()
    stream = await connection.user_data("bench-key")
    stream.on("message", on_event)
    await asyncio.to_thread(meter.go)
    await asyncio.Event().wait()


def main() -> None:
    """Subscribe to the stream of user data."""
    asyncio.run(_run(Meter("binance-sdk-derivatives-trading-usds-futures")))


if __name__ == "__main__":
    main()
