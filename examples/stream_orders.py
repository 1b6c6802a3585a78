"""Print what happens on an account and to its connection, in order, until Ctrl-C."""

from __future__ import annotations

import sys
from itertools import islice

from sixmm import AccountUpdate, Client, Disconnected, Event, OrderTradeUpdate, Resynced


def describe(event: Event) -> str:
    """Return one line about an event."""
    match event:
        case OrderTradeUpdate():
            filled = f"{event.executed_quantity} of {event.quantity}"
            return f"{event.symbol} {event.side} {event.order_status} {filled} ({event.origin})"
        case AccountUpdate():
            return ", ".join(f"{b.asset_type} {b.wallet_balance}" for b in event.balances)
        case Disconnected():
            return f"uncertain from here on: {event.error}"
        case Resynced():
            return f"certain from here on; {event.delivered} events had been missed"
        case _:
            return type(event).__name__


def main() -> None:
    """Stream until the given number of events, or for ever."""
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else None
    with Client.from_env() as client:
        for event in islice(client.events(), limit):
            print(describe(event), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
