"""unicorn-binance-websocket-api: a callback that gets dicts, in the thread of the stream."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import threading
from typing import Any

from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from .meter import Meter

__all__ = ["main"]


def main() -> None:
    """Open a stream of user data; the variant is the library that the client stands on."""
    meter = Meter("unicorn-binance-websocket-api")

    def on_event(event: dict[str, Any]) -> None:
        if event["e"] == "ORDER_TRADE_UPDATE":
            meter.took(event["o"]["i"])

    manager = BinanceWebSocketApiManager(
        exchange="binance.com-futures",
        output_default="dict",
        process_stream_data=on_event,
        websocket_base_uri=f"ws://{meter.host}/",
        restful_base_uri=f"http://{meter.host}/",
        websocket_library=meter.variant,
        warn_on_update=False,
    )
    manager.create_stream(
        "arr", "!userData", api_key="key", api_secret="secret", listen_key="bench-key"
    )
    meter.go()
    threading.Event().wait()


if __name__ == "__main__":
    main()
