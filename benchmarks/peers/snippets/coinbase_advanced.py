"""coinbase-advanced-py: a callback that gets text, in the thread of the client's event loop."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import json

from coinbase.websocket import WebsocketResponse, WSClient
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .meter import Meter

__all__ = ["main"]


def main() -> None:
    """Subscribe to the user channel; the variant is "text" or "model"."""
    meter = Meter("coinbase-advanced-py")

    def on_text(text: str) -> None:
        message = json.loads(text)
        if message["channel"] == "user":
            for event in message["events"]:
                for order in event["orders"]:
                    meter.took(order["order_id"])

    def on_model(text: str) -> None:
        response = WebsocketResponse(json.loads(text))
        if response.channel == "user":
            for event in response.events:
                for order in event.orders:
                    meter.took(order.order_id)

    client = WSClient(
        api_key="organizations/bench/apiKeys/bench",
        api_secret=_made_up_key(),
        base_url=f"ws://{meter.host}/",
        on_message=on_model if meter.variant == "model" else on_text,
    )
    client.open()
    client.subscribe([], ["user"])
    meter.go()
    client.run_forever_with_exception_check()


def _made_up_key() -> str:
    """Return a new private key: the client signs its subscription, and nobody checks it."""
    key = ec.generate_private_key(ec.SECP256R1())
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return text.decode()


if __name__ == "__main__":
    main()
