"""What holds after any sequence of commands by several accounts.

Three accounts trade in a small range of prices, so that they meet all the time. One of them
is in hedge mode. After every command all sums are checked, and what the pushes alone tell is
held against the books.
"""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.margin import initial_margin
from sixmm.sim.engine.numbers import ZERO, plain
from sixmm.sim.engine.orders import Order

from ..bench import SYMBOL, Bench, Mirror, told

WHO = st.integers(0, 2)
SIDE = st.sampled_from(("BUY", "SELL"))
PRICE = st.integers(0, 8).map(lambda n: str(86_500 + n))
SIZE = st.integers(1, 9).map(lambda n: f"0.00{n}")
WHICH = st.integers(0, 1000)
LEG = st.sampled_from(("LONG", "SHORT"))
STEP = Decimal("0.001")
OPTIONS = st.fixed_dictionaries(
    {"timeInForce": st.sampled_from(("GTC", "IOC", "FOK"))},
    optional={
        "reduceOnly": st.booleans(),
        "makerOnly": st.booleans(),
        "closePosition": st.booleans(),
    },
)


class Trading(RuleBasedStateMachine):
    """Commands at random."""

    @initialize()
    def open(self) -> None:
        """Open the accounts."""
        self.bench = Bench()
        self.accounts = [self.bench.account(name, "2000") for name in "ab"]
        self.accounts.append(self.bench.account("hedged", "2000", hedge=True))
        self.paid_in = Decimal(6000)
        self.mirrors = {account.user_id: Mirror() for account in self.accounts}

        for price in range(86_500, 86_509, 4):
            self._place(0, "SELL", str(price), "0.009", "LONG")
            self._place(1, "BUY", str(price), "0.004", "LONG")
            self._place(2, "BUY", str(price), "0.003", "LONG")

    def _place(
        self, who: int, side: str, price: str | None, size: str, leg: str, **more: Any
    ) -> None:
        account = self.accounts[who]
        if account.hedge:
            more["positionSide"] = leg
        with contextlib.suppress(ExchangeError):
            order = self.bench.place(account, side, price, size, **more)
            assert order.time_in_force != "FOK" or order.executed in (ZERO, order.quantity)
            assert order.type != "MARKET" or not order.is_open

    @rule(who=WHO, side=SIDE, price=PRICE, size=SIZE, leg=LEG)
    def rest(self, who: int, side: str, price: str, size: str, leg: str) -> None:
        """Place a plain order."""
        self._place(who, side, price, size, leg)

    @rule(who=WHO, side=SIDE, price=st.none() | PRICE, size=SIZE, leg=LEG, more=OPTIONS)
    def place(
        self, who: int, side: str, price: str | None, size: str, leg: str, more: dict[str, Any]
    ) -> None:
        """Place any order; a FOK order has to be filled whole or not at all."""
        self._place(who, side, price, size, leg, **more)

    @rule(which=WHICH, price=PRICE, share=st.integers(1, 3), again=st.booleans())
    def reduce(self, which: int, price: str, share: int, again: bool) -> None:
        """Place an order that reduces some position, then perhaps sell the position elsewhere."""
        held = [(n, p) for n, a in enumerate(self.accounts) for p in a.positions.values() if p.size]
        if held:
            who, position = held[which % len(held)]
            side = "SELL" if position.size > 0 else "BUY"
            size = str(max(Decimal("0.001"), position.held / share // STEP * STEP))
            self._place(who, side, price, size, position.side, reduceOnly=True)
            if again:
                self._place(who, side, None, size, position.side)

    @precondition(lambda self: any(account.open for account in self.accounts))
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        """Cancel some open order."""
        account, order = self._some(which)
        self.bench.cancel(account, order)
        assert not order.is_open

    @precondition(lambda self: any(account.open for account in self.accounts))
    @rule(which=WHICH, price=st.none() | PRICE, size=st.none() | SIZE)
    def amend(self, which: int, price: str | None, size: str | None) -> None:
        """Amend some open order."""
        account, order = self._some(which)
        with contextlib.suppress(ExchangeError):
            self.bench.amend(account, order, price=price, quantity=size)

    @rule(who=WHO, leverage=st.integers(1, 125))
    def lever(self, who: int, leverage: int) -> None:
        """Set some leverage."""
        with contextlib.suppress(ExchangeError):
            self.bench.engine.set_leverage(self.accounts[who], SYMBOL, leverage, self.bench.tick())

    @rule(who=WHO)
    def deposit(self, who: int) -> None:
        """Pay something in."""
        self.bench.engine.deposit(self.accounts[who], Decimal(100), self.bench.tick())
        self.paid_in += 100

    def _some(self, which: int) -> tuple[Account, Order]:
        found = [(a, o) for a in self.accounts for o in a.open.values()]
        return found[which % len(found)]

    @invariant()
    def the_book_is_not_crossed_and_its_sizes_are_true(self) -> None:
        """Bids stay below asks, and every level is the sum of its open orders."""
        book = self.bench.engine.state.markets[SYMBOL].book
        bid, ask = book.bids.best(), book.asks.best()
        assert bid is None or ask is None or bid < ask
        sizes: dict[tuple[str, Decimal], Decimal] = {}
        for account in self.accounts:
            for order in account.open.values():
                key = (order.side, order.price)
                sizes[key] = sizes.get(key, ZERO) + order.remaining
        shown = {("BUY", p): s for p, s in book.bids.levels()}
        shown |= {("SELL", p): s for p, s in book.asks.levels()}
        assert shown == sizes

    @invariant()
    def no_money_appears_or_goes(self) -> None:
        """Wallets and fees, less the cost of what is held, are what was paid in."""
        total = sum((a.wallet + a.fees_paid for a in self.accounts), ZERO)
        held = [p for a in self.accounts for p in a.positions.values()]
        assert total - sum((p.cost for p in held), ZERO) == self.paid_in
        assert sum((p.size for p in held), ZERO) == 0

    @invariant()
    def bound_money_is_the_sum_of_its_parts(self) -> None:
        """Frozen is the sum over open orders, used is the sum over positions."""
        for account in self.accounts:
            assert account.frozen == sum((o.frozen for o in account.open.values()), ZERO)
            assert all(o.frozen == 0 for o in account.orders.values() if not o.is_open)
            assert account.used == sum(
                (
                    initial_margin(p.cost, account.settings[SYMBOL].leverage)
                    for p in account.positions.values()
                ),
                ZERO,
            )

    @invariant()
    def orders_stay_within_their_bounds(self) -> None:
        """Nothing is filled beyond its size, reduce-only stays within the position."""
        for account in self.accounts:
            for order in account.orders.values():
                fills = [f for f in account.fills if f["orderId"] == order.order_id]
                assert order.executed == sum((Decimal(f["quantity"]) for f in fills), ZERO)
                assert order.executed <= order.quantity
            for order in account.open.values():
                held = account.position(order.leg).reducible_by(order.sign)
                assert not order.reduce_only or order.remaining <= held
            for (_, side), position in account.positions.items():
                sign = {"LONG": 1, "SHORT": -1}.get(side, 0)
                assert position.size * sign >= 0

    @invariant()
    def the_pushes_alone_tell_the_same(self) -> None:
        """Whoever has read every push knows every order, fill, balance and position."""
        for event in self.bench.engine.drain():
            self.mirrors[event.account.user_id].apply(event.data)
        for account in self.accounts:
            mirror = self.mirrors[account.user_id]
            assert set(mirror.orders) == set(account.orders)
            for key, order in account.orders.items():
                seen = mirror.orders[key]
                assert told(order) == {name: seen[name] for name in told(order)}
            assert [f["fillId"] for f in mirror.fills] == [f["fillId"] for f in account.fills]
            balance = mirror.balances["USDT"]
            assert balance["walletBalance"] == plain(account.wallet)
            assert balance["frozenBalance"] == plain(account.frozen)
            assert balance["usedMargin"] == plain(account.used)
            held = {
                leg: p for leg, p in account.positions.items() if p.size or leg in mirror.positions
            }
            assert {leg: plain(p.wire_quantity) for leg, p in held.items()} == {
                leg: row["quantity"] for leg, row in mirror.positions.items()
            }
            for leg, position in held.items():
                assert mirror.positions[leg]["entryPrice"] == plain(position.entry_price)


Trading.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestTrading = Trading.TestCase
