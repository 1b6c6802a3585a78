"""kucoin-universal-sdk: a callback that gets models, in one of the client's threads."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import threading
from typing import Any

from kucoin_universal_sdk.api import DefaultClient
from kucoin_universal_sdk.model import (
    ClientOptionBuilder,
    TransportOptionBuilder,
    WebSocketClientOptionBuilder,
)

from .meter import Meter

__all__ = ["main"]

_QUEUE = 1_000_000


def main() -> None:
    """Subscribe to the orders of all futures."""
    meter = Meter("kucoin-universal-sdk")

    def on_order(_topic: str, _subject: str, order: Any) -> None:
        meter.took(order.order_id)

    option = (
        ClientOptionBuilder()
        .set_key("key")
        .set_secret("secret")
        .set_passphrase("passphrase")
        .set_futures_endpoint(f"http://{meter.host}")
        .set_transport_option(TransportOptionBuilder().build())
        .set_websocket_client_option(
            WebSocketClientOptionBuilder().with_read_message_buffer(_QUEUE).build()
        )
        .build()
    )
    stream = DefaultClient(option).ws_service().new_futures_private_ws()
    stream.start()
    stream.all_order(on_order)
    meter.go()
    threading.Event().wait()


if __name__ == "__main__":
    main()
