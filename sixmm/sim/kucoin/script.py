"""A seeded course of things that happen to an account: the same seed, the same course.

There is no other side: prices walk at random, and the script decides what is matched. It keeps a
few orders open and the positions small, so that it can go on for as long as somebody listens.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from .engine.records import FuturesOrder, SpotOrder
from .engine.trader import Trader

__all__ = ["MARKETS", "Script"]

MOST_OPEN = 6
MOST_LOTS = 60

_SPOT_PRICES = {"BTC-USDT": Decimal(71_000), "ETH-USDT": Decimal(2_600)}
_CONTRACT_PRICES = {"XBTUSDTM": Decimal(71_000), "ETHUSDTM": Decimal(2_600)}
_ISOLATED = "BTC-USDT"
_LOW = {"USDT": Decimal(1_000), "BTC": Decimal("0.1"), "ETH": Decimal("0.1")}
_FUNDING = ("0.0001", "-0.000023", "0.0000375")

MARKETS = ("spot", "margin", "futures")


class Script:
    """What happens to one account, one step after the other."""

    def __init__(self, trader: Trader, seed: int, markets: tuple[str, ...] = MARKETS) -> None:
        """Script `trader`, in those of the `MARKETS` that are named; others raise `ValueError`."""
        if not set(markets) <= set(MARKETS):
            raise ValueError(f"markets are some of {', '.join(MARKETS)}")
        self._trader = trader
        self._random = random.Random(f"{seed}:{trader.account.name}:script")
        self._prices = dict(_SPOT_PRICES | _CONTRACT_PRICES)
        self._actions: list[Callable[[], object]] = []
        self._weights: list[int] = []
        for market in markets:
            for action, weight in self._course(market):
                self._actions.append(action)
                self._weights.append(weight)

    def step(self) -> None:
        """Have one thing happen; it may be pushed as several."""
        for symbol, price in self._prices.items():
            drift = Decimal(self._random.randint(-20, 20)) / 20_000
            start = _SPOT_PRICES.get(symbol) or _CONTRACT_PRICES[symbol]
            pull = (start - price) / 200
            self._prices[symbol] = round(price * (1 + drift) + pull, 1)
        self._top_up()
        if not self._actions:
            return
        self._random.choices(self._actions, self._weights)[0]()

    def _top_up(self) -> None:
        """Move money to where it runs out, so that the script can go on."""
        for (kind, currency), balance in list(self._trader.account.balances.items()):
            low = _LOW.get(currency)
            if kind != "main" and low is not None and balance.available < low:
                self._trader.spot.transfer(kind, currency, 10 * low)

    def _course(self, market: str) -> list[tuple[Callable[[], object], int]]:
        """Return what may happen in a market, and how often."""
        if market == "spot":
            return [
                (self._spot_limit, 14),
                (self._spot_match, 22),
                (self._spot_cancel, 8),
                (self._spot_reduce, 4),
                (self._spot_buy_by_money, 6),
                (self._spot_market, 5),
                (self._spot_stop, 4),
                (self._transfer, 2),
            ]
        if market == "futures":
            return [
                (self._contract_limit, 12),
                (self._contract_match, 18),
                (self._contract_market, 5),
                (self._contract_cancel, 6),
                (self._contract_reduce, 3),
                (self._contract_stop, 3),
                (self._mark, 10),
                (self._funding, 2),
                (self._setting, 2),
            ]
        if self._trader.account.unified:
            # A unified account has no margin accounts of its own.
            return []
        return [
            (self._margin_limit, 8),
            (self._debt, 6),
            (self._isolated_debt, 5),
            (self._trader.margin.tell_ratio, 3),
            (self._lend, 3),
            (self._warn, 1),
        ]

    # Spot, and spot with borrowed money

    def _spot_limit(self, trade_type: str = "TRADE", symbol: str | None = None) -> None:
        if len(self._trader.account.spot_open) >= MOST_OPEN:
            self._spot_match()
            return
        pair = symbol or self._random.choice(list(_SPOT_PRICES))
        side = self._random.choice(("buy", "sell"))
        away = Decimal(self._random.randint(1, 50)) / 10_000
        price = self._prices[pair] * (1 - away if side == "buy" else 1 + away)
        self._trader.spot.place(
            pair,
            side,
            price=round(price, 1),
            size=self._spot_size(),
            client_oid=self._client_oid(),
            trade_type=trade_type,
        )

    def _margin_limit(self) -> None:
        if self._random.random() < 0.5:
            self._spot_limit("MARGIN_TRADE")
        else:
            self._spot_limit("MARGIN_ISOLATED_TRADE", _ISOLATED)

    def _spot_match(self) -> None:
        order = self._open_spot()
        if order is None:
            self._spot_limit()
            return
        whole = self._random.random() < 0.5
        part = round(order.remaining * Decimal(self._random.randint(1, 9)) / 10, 8)
        self._trader.spot.match(order, order.remaining if whole or not part else part)

    def _spot_cancel(self) -> None:
        order = self._open_spot()
        if order is not None:
            self._trader.spot.cancel(order)

    def _spot_reduce(self) -> None:
        order = self._open_spot()
        if order is not None and order.size is not None:
            size = round((order.filled + order.size) / 2, 8)
            if order.filled < size < order.size:
                self._trader.spot.reduce(order, size)

    def _spot_buy_by_money(self) -> None:
        """Buy for an amount of money: it ends as canceled, although it is filled."""
        symbol = self._random.choice(list(_SPOT_PRICES))
        funds = Decimal(self._random.randint(10, 500))
        price = self._prices[symbol]
        order = self._trader.spot.place(symbol, "buy", funds=funds, client_oid=self._client_oid())
        size = round(funds / (price * Decimal("1.0011")), 6)
        for part in (round(size / 3, 6), size - round(size / 3, 6)):
            if part > 0:
                self._trader.spot.match(order, part, price=price)
        self._trader.spot.settle(order)

    def _spot_market(self) -> None:
        symbol = self._random.choice(list(_SPOT_PRICES))
        size = self._spot_size()
        order = self._trader.spot.place(symbol, "sell", size=size, client_oid=self._client_oid())
        self._trader.spot.match(order, size, price=self._prices[symbol])

    def _spot_stop(self) -> None:
        stops = list(self._trader.account.spot_stops.values())
        if not stops or (len(stops) < 3 and self._random.random() < 0.5):
            price = self._prices["BTC-USDT"]
            self._trader.spot.place_stop(
                "BTC-USDT",
                "sell",
                stop="loss",
                stop_price=round(price * Decimal("0.99"), 1),
                price=round(price * Decimal("0.98"), 1),
                size=self._spot_size(),
            )
        elif self._random.random() < 0.5 and len(self._trader.account.spot_open) < MOST_OPEN:
            self._trader.spot.trigger(self._random.choice(stops))
        else:
            self._trader.spot.cancel_stop(self._random.choice(stops))

    def _transfer(self) -> None:
        amount = Decimal(self._random.randint(-1000, 1000) or 1)
        self._trader.spot.transfer("main", "USDT", -amount)
        self._trader.spot.transfer("trade", "USDT", amount)

    # Borrowing and lending

    def _debt(self) -> None:
        owed = self._trader.account.balance("margin", "USDT").liability
        if owed and self._random.random() < 0.5:
            self._trader.margin.repay("USDT", owed)
        elif owed < 10_000:
            self._trader.margin.borrow("USDT", Decimal(self._random.randint(10, 1000)))

    def _isolated_debt(self) -> None:
        owed = self._trader.account.balance(f"isolated_{_ISOLATED}", "USDT").liability
        if owed and self._random.random() < 0.5:
            self._trader.margin.repay_isolated(_ISOLATED, "USDT", owed)
        elif owed < 10_000:
            amount = Decimal(self._random.randint(10, 1000))
            self._trader.margin.borrow_isolated(_ISOLATED, "USDT", amount)

    def _lend(self) -> None:
        loans = list(self._trader.account.loans.values())
        if not loans or (len(loans) < 3 and self._random.random() < 0.4):
            self._trader.margin.lend("BTC", Decimal(self._random.randint(1, 4)))
        elif self._random.random() < 0.7:
            self._trader.margin.lend_part(self._random.choice(loans), Decimal("0.5"))
        else:
            self._trader.margin.withdraw(self._random.choice(loans))

    def _warn(self) -> None:
        self._trader.margin.warn()

    # Contracts

    def _contract_limit(self) -> None:
        if len(self._trader.account.futures_open) >= MOST_OPEN:
            self._contract_match()
            return
        symbol, side = self._contract_side()
        away = Decimal(self._random.randint(1, 50)) / 10_000
        price = self._prices[symbol] * (1 - away if side == "buy" else 1 + away)
        size = self._random.randint(1, 20)
        self._trader.futures.place(
            symbol, side, size, price=round(price, 1), client_oid=self._client_oid()
        )

    def _contract_match(self) -> None:
        order = self._open_contract()
        if order is None:
            self._contract_limit()
            return
        self._trader.futures.match(order, self._random.randint(1, order.remaining))

    def _contract_market(self) -> None:
        symbol, side = self._contract_side()
        size = self._random.randint(2, 20)
        order = self._trader.futures.place(symbol, side, size, client_oid=self._client_oid())
        first = self._random.randint(1, size - 1)
        for part in (first, size - first):
            self._trader.futures.match(order, part, price=self._prices[symbol])

    def _contract_cancel(self) -> None:
        order = self._open_contract()
        if order is not None:
            self._trader.futures.cancel(order)

    def _contract_reduce(self) -> None:
        order = self._open_contract()
        if order is not None and order.remaining > 1:
            self._trader.futures.reduce(order, order.size - 1)

    def _contract_stop(self) -> None:
        stops = list(self._trader.account.futures_stops.values())
        if not stops or (len(stops) < 3 and self._random.random() < 0.5):
            price = self._prices["XBTUSDTM"]
            self._trader.futures.place_stop(
                "XBTUSDTM",
                "buy",
                1,
                stop="down",
                stop_price=round(price * Decimal("0.98"), 1),
                price=round(price * Decimal("0.97"), 1),
            )
        elif self._random.random() < 0.5 and len(self._trader.account.futures_open) < MOST_OPEN:
            self._trader.futures.trigger(self._random.choice(stops))
        else:
            self._trader.futures.cancel_stop(self._random.choice(stops))

    def _mark(self) -> None:
        for symbol in _CONTRACT_PRICES:
            self._trader.futures.mark(symbol, self._prices[symbol])

    def _funding(self) -> None:
        rate = Decimal(self._random.choice(_FUNDING))
        for symbol in _CONTRACT_PRICES:
            self._trader.futures.settle_funding(symbol, rate)

    def _setting(self) -> None:
        futures, account = self._trader.futures, self._trader.account
        symbol = self._random.choice(list(_CONTRACT_PRICES))
        choice = self._random.randrange(4)
        position = account.positions.get(symbol)
        if choice == 0:
            futures.set_leverage(symbol, Decimal(self._random.randint(2, 10)))
        elif choice == 1:
            failed = self._random.random() < 0.5
            text = "Insufficient balance. Cannot increase margin." if failed else ""
            futures.set_risk_limit(symbol, self._random.randint(1, 5), text)
        elif choice == 2:
            self._flatten(symbol)
            futures.set_margin_mode(symbol, self._random.choice(("ISOLATED", "CROSS")))
        elif position is not None and position.quantity and position.margin_mode == "ISOLATED":
            futures.add_margin(symbol, Decimal(1))

    def _flatten(self, symbol: str) -> None:
        """Cancel the orders of a contract and close its position."""
        futures, account = self._trader.futures, self._trader.account
        for order in [one for one in account.futures_open.values() if one.symbol == symbol]:
            futures.cancel(order)
        position = account.positions.get(symbol)
        if position is not None and position.quantity:
            side = "sell" if position.quantity > 0 else "buy"
            size = abs(position.quantity)
            closing = futures.place(symbol, side, size, reduce_only=True)
            futures.match(closing, size, price=self._prices[symbol])

    # Choices

    def _contract_side(self) -> tuple[str, str]:
        """Return a contract and a side; a position that has grown large is made smaller."""
        symbol = self._random.choice(list(_CONTRACT_PRICES))
        position = self._trader.account.positions.get(symbol)
        lots = position.quantity if position is not None else 0
        if abs(lots) > MOST_LOTS:
            return symbol, "sell" if lots > 0 else "buy"
        return symbol, self._random.choice(("buy", "sell"))

    def _open_spot(self) -> SpotOrder | None:
        orders = [one for one in self._trader.account.spot_open.values() if one.in_book]
        return self._random.choice(orders) if orders else None

    def _open_contract(self) -> FuturesOrder | None:
        orders = list(self._trader.account.futures_open.values())
        return self._random.choice(orders) if orders else None

    def _spot_size(self) -> Decimal:
        return Decimal(self._random.randint(1, 1000)) / 100_000

    def _client_oid(self) -> str | None:
        """Return an id of the client's; one order in six has none."""
        if self._random.random() < 1 / 6:
            return None
        return f"{self._random.getrandbits(96):024x}"
