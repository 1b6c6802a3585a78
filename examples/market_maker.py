"""Quote both sides of a market while the network fails, and end knowing the position exactly.

Without arguments it trades for five minutes on an embedded exchange of its own, which cuts
connections, refuses calls and is slow now and then. It keeps its position by adding up its fills,
as they are told by the stream, and compares the sum with the exchange at the end.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sixmm import (
    ApiError,
    Client,
    InvalidOrder,
    NetworkError,
    OrderTradeUpdate,
    OutcomeUnknown,
    PaceExceeded,
    Ticker,
)
from sixmm.sim import Exchange

SYMBOL = "BTCUSDT"
SIZE = Decimal("0.01")
MOST = Decimal("0.05")
REQUOTE_SECONDS = 0.4


class Maker:
    """A small market maker: one quote on each side, and less position where there is too much."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._quotes: list[str] = []
        self._ticker: Ticker | None = None
        self.position = Decimal(0)
        self.fills = 0
        self.unknown = 0
        """How many calls ended without an answer; each was resolved."""

    def run(self, seconds: float) -> None:
        """Trade for so long; whatever happens, no order is left behind."""
        client = self._client
        client.subscribe(f"market.ticker.{SYMBOL}", timeout=30)
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self._listen(REQUOTE_SECONDS)
                self._requote()
        finally:
            self._withdraw_all()
        # Until nothing has been told for a while, and the account has been compared.
        while client.account.stale or self._listen(1.0):
            pass

    def _listen(self, seconds: float) -> int:
        """Take events for so long; return how many were about orders."""
        told, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for event in self._client.events(timeout=left):
                if isinstance(event, Ticker):
                    self._ticker = event
                elif isinstance(event, OrderTradeUpdate):
                    told += 1
                    self._count(event)
                if time.monotonic() > end:
                    break
        return told

    def _count(self, event: OrderTradeUpdate) -> None:
        if event.fill_id is not None and event.last_quantity is not None:
            self.fills += 1
            self.position += event.last_quantity if event.side == "BUY" else -event.last_quantity

    # Quoting

    def _requote(self) -> None:
        ticker = self._ticker
        if ticker is None or ticker.bid_price is None or ticker.ask_price is None:
            return
        for quote in self._quotes:
            self._try(lambda quote=quote: self._client.orders.cancel(SYMBOL, client_order_id=quote))
        self._quotes.clear()
        if abs(self.position) >= MOST:
            side = "SELL" if self.position > 0 else "BUY"
            self._place(side=side, type="MARKET", quantity=abs(self.position))
            return
        self._place(side="BUY", price=ticker.bid_price, quantity=SIZE)
        self._place(side="SELL", price=ticker.ask_price, quantity=SIZE)

    def _place(self, **order: Any) -> None:
        placed = self._try(lambda: self._client.orders.place(symbol=SYMBOL, **order))
        if placed is not None and "price" in order:
            self._quotes.append(placed.client_order_id)

    def _try(self, call: Callable[[], Any]) -> Any:
        """Make a call; what is refused is left, and what is unknown is found out."""
        try:
            return call()
        except OutcomeUnknown as error:
            self.unknown += 1
            return self._client.orders.resolve(error, timeout=60).order
        except (ApiError, NetworkError, InvalidOrder, PaceExceeded):
            # Refused, or never sent: the next round is soon.
            return None

    def _withdraw_all(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                self._client.orders.cancel_all(SYMBOL, wait=True)
                return
            except (ApiError, NetworkError, OutcomeUnknown):
                continue
            except PaceExceeded as error:
                time.sleep(min(error.retry_after, end - time.monotonic()))


def make_trouble(exchange: Exchange, stop: threading.Event, *, seed: int) -> None:
    """Do every second or so what the real exchange does rarely, until told to stop."""
    dice = random.Random(seed)
    troubles: list[Callable[[], object]] = [
        lambda: exchange.faults.cut(dice.choice(["rst", "fin", "mid_frame"])),
        lambda: exchange.faults.rest_error(count=2, code=5001),
        lambda: exchange.faults.rest_error(count=1, code=5003, retry_after=0.5),
        lambda: exchange.faults.duplicate(),
        lambda: exchange.faults.slow(0.05),
        lambda: exchange.faults.clear(),
    ]
    while not stop.wait(dice.uniform(0.5, 2.0)):
        dice.choice(troubles)()
    exchange.faults.clear()


def main() -> int:
    """Trade, and return 0 where the position is the exchange's own."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=300.0)
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args()
    with Exchange(seed=chosen.seed) as exchange:
        account = exchange.create_account(username="maker", balance="100000")
        key = exchange.create_key(account, permissions=3)
        stop = threading.Event()
        trouble = threading.Thread(
            target=make_trouble, args=(exchange, stop), kwargs={"seed": chosen.seed}
        )
        with Client(
            key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url
        ) as client:
            client.wait_live(timeout=30)
            trouble.start()
            maker = Maker(client)
            try:
                maker.run(chosen.seconds)
            finally:
                stop.set()
                trouble.join()
            rows = client.positions.list(symbol=SYMBOL).rows
            stats = client.stats()
    actual = sum((row.quantity or Decimal(0) for row in rows), Decimal(0))
    print(
        f"{maker.fills} fills, {stats.reconnects} reconnects, {maker.unknown} unknown outcomes; "
        f"position {maker.position}, the exchange says {actual}"
    )
    return 0 if maker.position == actual else 1


if __name__ == "__main__":
    sys.exit(main())
