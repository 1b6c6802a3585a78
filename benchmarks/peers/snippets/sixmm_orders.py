"""This project: a client for events, in the caller's own loop."""

from __future__ import annotations

import sys
from typing import Any

from .meter import Meter

__all__ = ["main"]

_WAIT = 30.0


def main() -> None:
    """Take order updates from ``client.events()``; the variant "stdlib" is without extras."""
    if sys.argv[3:] == ["stdlib"]:
        # What an environment without the extra looks like to the import below.
        modules: dict[str, Any] = sys.modules
        modules["msgspec"] = None
    import sixmm

    meter = Meter("sixmm", version=sixmm.__version__)
    with sixmm.Client(
        "key",
        "secret",
        rest_url=f"http://{meter.host}",
        ws_url=f"ws://{meter.host}/ws",
        deliver="events",
    ) as client:
        # Set up, as for the others: connected, and compared with the (empty) account.
        while not isinstance(client.get(timeout=_WAIT), sixmm.Resynced):
            pass
        meter.go()
        for event in client.events(timeout=_WAIT):
            if isinstance(event, sixmm.OrderTradeUpdate):
                meter.took(event.order_id or "")
    raise RuntimeError("the events stopped")


if __name__ == "__main__":
    main()
