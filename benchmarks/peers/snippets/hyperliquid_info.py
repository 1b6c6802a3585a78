"""hyperliquid-python-sdk: a callback that gets dicts, in the thread of the client."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import threading
from typing import Any

from hyperliquid.info import Info

from .meter import Meter

__all__ = ["main"]

_ADDRESS = "0x" + "0" * 40


def main() -> None:
    """Subscribe to the order updates of an address."""
    meter = Meter("hyperliquid-python-sdk")

    def on_orders(message: dict[str, Any]) -> None:
        for update in message["data"]:
            meter.took(update["order"]["oid"])

    # The lists of assets are given, because the client would ask for them before anything else.
    info = Info(
        f"http://{meter.host}", meta={"universe": []}, spot_meta={"universe": [], "tokens": []}
    )
    info.subscribe({"type": "orderUpdates", "user": _ADDRESS}, on_orders)
    meter.go()
    threading.Event().wait()


if __name__ == "__main__":
    main()
