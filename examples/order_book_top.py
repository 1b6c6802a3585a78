"""Keep the order book of one symbol and print its best prices, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

from sixmm import Client, DepthUpdate, Overflow

TOPIC = "market.depth.BTCUSDT"

Levels = dict[Decimal, Decimal]


class Book:
    """An order book that knows whether it is whole."""

    def __init__(self) -> None:
        self.bids: Levels = {}
        self.asks: Levels = {}
        self.version: int | None = None

    def apply(self, update: DepthUpdate) -> bool:
        """Take over an update; return False where one before it is missing."""
        if update.snapshot:
            self.bids.clear()
            self.asks.clear()
        elif self.version is None or update.end_version != self.version + 1:
            self.version = None
            return False
        change(self.bids, update.bids)
        change(self.asks, update.asks)
        self.version = update.end_version
        return True

    def top(self) -> str:
        """Return the best bid and the best ask."""
        bid, ask = max(self.bids, default=None), min(self.asks, default=None)
        return f"{bid} x {self.bids.get(bid)} | {ask} x {self.asks.get(ask)}"


def change(levels: Levels, changes: Iterable[tuple[Decimal, Decimal]]) -> None:
    """Set the quantities of some prices; a quantity of 0 removes the price."""
    for price, quantity in changes:
        if quantity:
            levels[price] = quantity
        else:
            levels.pop(price, None)


def main() -> None:
    """Print the top of the book at each change, for the given number of events or for ever."""
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else None
    book = Book()
    with Client.from_env(private=False) as client:
        client.subscribe(TOPIC)
        for event in islice(client.events(), limit):
            whole = book.apply(event) if isinstance(event, DepthUpdate) else True
            if not whole or isinstance(event, Overflow):
                # A new subscription begins with a snapshot; 6MM has no REST call for one.
                client.unsubscribe(TOPIC)
                client.subscribe(TOPIC)
            elif isinstance(event, DepthUpdate):
                print(book.top(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
