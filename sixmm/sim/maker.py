"""The market maker: two accounts of the house that keep a book and move the price.

The price walks at random around the start price and never leaves it by more than one
percent. The same seed gives the same walk, step by step, whatever the clock says.
"""

from __future__ import annotations

import random
from decimal import Decimal

from .engine.account import Account
from .engine.engine import Engine
from .engine.market import Market
from .engine.orders import Order
from .engine.request import OrderRequest

__all__ = ["MarketMaker"]

LEVELS = 10
QUOTE_VALUE = (10_000, 150_000)
TRADE_VALUE = (50, 2_000)
TRADE_CHANCE = 0.5


class MarketMaker:
    """Quotes every market of an engine. Called inside a transaction, never by two threads."""

    def __init__(self, engine: Engine, seed: int) -> None:
        """Open the two accounts; no order is placed yet."""
        self._engine = engine
        self._quotes = engine.open_account("house-maker", house=True)
        self._trades = engine.open_account("house-taker", house=True)
        self._ladders = {
            symbol: _Ladder(market, random.Random(f"{seed}:{symbol}"))
            for symbol, market in engine.state.markets.items()
        }

    def step(self, symbol: str, now_ms: int) -> None:
        """Move the price of `symbol` a little, set the quotes right, and now and then trade."""
        ladder = self._ladders[symbol]
        ladder.walk()
        wanted = ladder.wanted()
        for key in [key for key in ladder.quotes if ladder.is_stale(key, wanted)]:
            self._drop(ladder.quotes.pop(key), now_ms)
        for side, rung in wanted:
            if (side, rung) not in ladder.quotes:
                price, size = ladder.price(rung), ladder.size(QUOTE_VALUE)
                order = self._order(self._quotes, ladder, side, price, size, now_ms)
                ladder.quotes[side, rung] = order
        if ladder.random.random() < TRADE_CHANCE:
            side = ladder.random.choice(("BUY", "SELL"))
            size = ladder.size(TRADE_VALUE)
            self._order(self._trades, ladder, side, None, size, now_ms)

    def _drop(self, order: Order, now_ms: int) -> None:
        if order.is_open:
            wanted = {"symbol": order.symbol, "orderId": order.order_id}
            self._engine.cancel(self._quotes, wanted, now_ms)

    def _order(
        self,
        account: Account,
        ladder: _Ladder,
        side: str,
        price: Decimal | None,
        quantity: Decimal,
        now_ms: int,
    ) -> Order:
        request = OrderRequest(
            symbol=ladder.market.spec.symbol,
            type="MARKET" if price is None else "LIMIT",
            side=side,
            price=price,
            quantity=quantity,
        )
        return self._engine.place(account, request, now_ms)


_Key = tuple[str, int]
"""Side and rung of a quote."""


class _Ladder:
    """The quotes of one market, on a grid of prices that is some ticks wide."""

    def __init__(self, market: Market, source: random.Random) -> None:
        spec = market.spec
        self.market = market
        self.random = source
        self.quotes: dict[_Key, Order] = {}
        self._start = int(spec.start_price / spec.tick_size)
        self._grid = max(1, self._start // 20_000)
        self._reach = max(2 * self._grid, self._start // 100)
        self._centre = self._start

    def walk(self) -> None:
        """Move the centre at random, with a weak pull back to the start price."""
        offset = self._centre - self._start
        offset += self.random.randint(-self._grid, self._grid) - round(offset / 200)
        self._centre = self._start + max(-self._reach, min(self._reach, offset))

    def wanted(self) -> dict[_Key, None]:
        """Return side and rung of every quote, best first; bids and asks never meet."""
        below = (self._centre - 1) // self._grid
        bids = (("BUY", below - step) for step in range(LEVELS))
        asks = (("SELL", below + 1 + step) for step in range(LEVELS))
        return dict.fromkeys((*bids, *asks))

    def price(self, rung: int) -> Decimal:
        """Return the price of a rung."""
        return rung * self._grid * self.market.spec.tick_size

    def is_stale(self, key: _Key, wanted: dict[_Key, None]) -> bool:
        """Tell whether a quote is gone, in the wrong place, or picked for a new size."""
        return not self.quotes[key].is_open or key not in wanted or self.random.random() < 0.05

    def size(self, value: tuple[int, int]) -> Decimal:
        """Return a random size worth between the two amounts of `value` at the start price."""
        spec = self.market.spec
        amount = Decimal(self.random.randint(*value))
        steps = max(1, int(amount / spec.start_price / spec.step_size))
        return min(max(steps * spec.step_size, spec.min_quantity), spec.max_market_quantity)
