"""A seeded stream of orders, as fast as asked, that touches every kind of private event."""

from __future__ import annotations

import random
import threading
from decimal import Decimal
from types import TracebackType
from typing import Any

from sixmm.sim import Exchange, ExchangeError

__all__ = ["Trading"]


class Trading:
    """Trades for one account against another from a thread, until the block ends.

    Args:
        exchange: the running exchange.
        account: whose private events matter.
        rival: takes the other side.
        seed: makes the orders repeatable.
        pause: seconds between two actions.
    """

    def __init__(
        self, exchange: Exchange, account: Any, rival: Any, *, seed: int, pause: float
    ) -> None:
        self._exchange = exchange
        self._account = account
        self._rival = rival
        self._random = random.Random(seed)
        self._pause = pause
        self._middle = exchange.mid_price("BTCUSDT").quantize(Decimal(1))
        self._open: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trading", daemon=True)
        self.failure: Exception | None = None

    def __enter__(self) -> Trading:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(30)
        if error is None and self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._pause):
                self._act()
        except Exception as error:
            self.failure = error

    def _act(self) -> None:
        try:
            self._random.choice((self._rest, self._meet, self._amend, self._cancel))()
        except ExchangeError:
            # No such order any more, or too little margin: the next action goes on.
            return

    def _rest(self) -> None:
        side = self._random.choice(("BUY", "SELL"))
        away = self._random.randint(50, 400) * (-1 if side == "BUY" else 1)
        self._place(self._account, side, self._middle + away)

    def _meet(self) -> None:
        """Have a resting order of the account met in two parts by the rival."""
        side, other = self._random.choice((("BUY", "SELL"), ("SELL", "BUY")))
        price = self._middle + self._random.randint(-5, 5)
        self._place(self._account, side, price, "0.003")
        for _ in range(self._random.randint(1, 3)):
            self._place(self._rival, other, price, "0.001", time_in_force="IOC")

    def _amend(self) -> None:
        if self._open:
            self._exchange.amend_order(
                self._account,
                symbol="BTCUSDT",
                order_id=self._random.choice(self._open),
                quantity=f"0.00{self._random.randint(4, 9)}",
            )

    def _cancel(self) -> None:
        if self._open:
            order_id = self._open.pop(self._random.randrange(len(self._open)))
            self._exchange.cancel_order(self._account, symbol="BTCUSDT", order_id=order_id)

    def _place(
        self, account: Any, side: str, price: Decimal, quantity: str = "0.002", **more: Any
    ) -> None:
        row = self._exchange.place_order(
            account,
            symbol="BTCUSDT",
            side=side,
            type="LIMIT",
            price=str(price),
            quantity=quantity,
            **more,
        )
        if account is self._account:
            self._open.append(row["orderId"])
            # The list is a memory, not the truth: orders that ended are refused and forgotten.
            del self._open[:-50]
