"""The script of the accounts: what they do next, decided by a seed."""

from __future__ import annotations

import random
from decimal import Decimal

from .ledger import Ledger, Order, Touched
from .market import Market

__all__ = ["Script"]

MOST_ORDERS = 8
REASONS = ("marginViolated", "notEnoughLiquidity", "tooMuchSlippage", "selfTradePrevention")


class Script:
    """Lets one account trade, one step at a time. Called inside of a transaction."""

    def __init__(self, seed: int, address: str) -> None:
        """Begin the script of the account with that address."""
        self._random = random.Random(f"{seed}:{address}")

    def step(self, ledger: Ledger, markets: list[Market], now_ms: int) -> Touched:
        """Do the next thing and return what it has changed."""
        market = self._random.choice(markets)
        orders = list(ledger.orders.values())
        roll = self._random.random()
        if not orders or (roll < 0.35 and len(orders) < MOST_ORDERS):
            return self._place(ledger, market, now_ms)
        if roll < 0.65:
            return self._fill(ledger, self._random.choice(orders), now_ms)
        if roll < 0.75:
            return self._modify(ledger, self._random.choice(orders), now_ms)
        if roll < 0.86:
            return ledger.cancel(self._random.choice(orders))
        if roll < 0.93:
            return self._trade(ledger, market, now_ms)
        if roll < 0.97:
            return ledger.reject(market.instrument, self._random.choice(REASONS))
        market.set_funding(Decimal(self._random.randint(-50, 50)).scaleb(-6))
        return ledger.fund(
            market.instrument,
            market.funding_rate,
            now_ms=now_ms,
            round_=market.funding_round,
        )

    def _place(self, ledger: Ledger, market: Market, now_ms: int) -> Touched:
        """Place an order away from the price; one in five waits for a trigger."""
        side = self._random.choice(("Buy", "Sell"))
        away = market.instrument.tick * self._random.randint(1, 40)
        price = market.price + (away if side == "Sell" else -away)
        trigger = None
        if self._random.random() < 0.2:
            trigger = self._random.choice(("StopLoss", "TakeProfit")), market.price
        _, touched = ledger.place(
            market.instrument,
            side=side,
            quantity=self._size(market),
            price=price,
            now_ms=now_ms,
            trigger=trigger,
        )
        return touched

    def _fill(self, ledger: Ledger, order: Order, now_ms: int) -> Touched:
        """Fill all that is left of an order, or half of it on the grid of sizes."""
        step = order.instrument.step
        half = order.remaining / 2 // step * step
        whole = not half or self._random.random() < 0.5
        quantity = order.remaining if whole else half
        return ledger.fill(order, quantity, order.price, now_ms=now_ms, passive=True)

    def _modify(self, ledger: Ledger, order: Order, now_ms: int) -> Touched:
        tick, step = order.instrument.tick, order.instrument.step
        price = order.price + tick * self._random.randint(-5, 5)
        larger = order.quantity + step * self._random.randint(0, 10)
        return ledger.modify(order, price=max(price, tick), quantity=larger, now_ms=now_ms)

    def _trade(self, ledger: Ledger, market: Market, now_ms: int) -> Touched:
        """Place a market order, which is filled at once in two parts."""
        side = self._random.choice(("Buy", "Sell"))
        quantity = self._size(market)
        order, touched = ledger.place(
            market.instrument,
            side=side,
            quantity=quantity * 2,
            price=market.price,
            now_ms=now_ms,
            order_type="Market",
        )
        for _ in range(2):
            touched += ledger.fill(order, quantity, market.price, now_ms=now_ms, passive=False)
        return touched

    def _size(self, market: Market) -> Decimal:
        return market.instrument.step * self._random.randint(1, 50)
