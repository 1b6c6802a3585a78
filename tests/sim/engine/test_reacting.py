"""What holds when everything that follows from a command has happened.

Accounts with little money trade with condition orders and strategies on a street whose price
jumps about, so that orders fire, drive each other and are liquidated all the time.
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
from sixmm.sim.engine.closing import ClosedPosition
from sixmm.sim.engine.condition import CONDITION_TYPES, Condition
from sixmm.sim.engine.numbers import ZERO
from sixmm.sim.engine.strategy import Strategy
from sixmm.sim.engine.valuing import cross_equity, margin_of

from ..bench import SYMBOL
from .street import Street

WHO = st.integers(0, 2)
SIDE = st.sampled_from(("BUY", "SELL"))
LEG = st.sampled_from(("LONG", "SHORT"))
JUMP = st.integers(-60, 60).map(lambda n: str(86_500 + 100 * n))
SIZE = st.integers(1, 9).map(lambda n: f"0.0{n}")
WHICH = st.integers(0, 1000)
OFFSET = st.integers(-2, 30)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "reduceOnly": st.booleans(),
        "closePosition": st.booleans(),
        "workingType": st.sampled_from(("MARK_PRICE", "CONTRACT_PRICE")),
        "timeInForce": st.sampled_from(("GTC", "IOC", "FOK", "GTE_GTC")),
    },
)
ENTRY = st.sampled_from(("LIMIT", "STOP_MARKET", "STOP_LIMIT"))
PROFIT = st.sampled_from(("LIMIT", "TAKE_PROFIT_MARKET", "TAKE_PROFIT_LIMIT"))
STOP = st.sampled_from(("STOP_MARKET", "STOP_LIMIT", "TRAILING_STOP"))


class Reacting(RuleBasedStateMachine):
    """Commands at random."""

    @initialize()
    def open(self) -> None:
        """Open the accounts: cross, isolated, and one in hedge mode."""
        self.street = Street()
        self.accounts = [
            self.street.account("cross", "600"),
            self.street.account("isolated", "600"),
            self.street.account("hedged", "600", hedge=True),
        ]
        engine = self.street.engine
        engine.set_margin_mode(self.accounts[1], SYMBOL, "ISOLATED")
        self.fired: dict[str, str] = {}
        self.ended: dict[str, str] = {}

    def _fit(self, who: int, body: dict[str, Any], leg: str) -> dict[str, Any]:
        return {**body, "positionSide": leg} if self.accounts[who].hedge else body

    @rule(who=WHO, side=SIDE, size=SIZE, leg=LEG)
    def hold(self, who: int, side: str, size: str, leg: str) -> None:
        """Trade at the present price with the house."""
        with contextlib.suppress(ExchangeError):
            self.street.quote(self._at(-1), self._at(1))
            body = self._fit(who, {}, leg)
            self.street.place(self.accounts[who], side, None, size, **body)

    @rule(who=WHO)
    def close(self, who: int) -> None:
        """Close every position of an account with a market order, as far as the book goes."""
        account = self.accounts[who]
        self.street.quote(self._at(-1), self._at(1))
        for leg, position in list(account.positions.items()):
            if position.size:
                side = "SELL" if position.size > 0 else "BUY"
                body = {"closePosition": True, "positionSide": leg[1]}
                self.street.place(account, side, None, "0.001", **body)

    def _at(self, ticks: int) -> str:
        market = self.street.market
        return str(market.tick_price + ticks * market.spec.tick_size)

    def _body(self, kind: str, side: str, offset: int, size: str) -> dict[str, Any]:
        """Return an order of a kind whose price lies `offset` away, on the side where it waits."""
        rises = (side == "BUY") == kind.startswith("STOP")
        last = self.street.market.last_price
        price = str(max(last + 100 * offset * (1 if rises else -1), Decimal(1000)))
        return {
            "type": kind,
            "side": side,
            "price": price,
            "stopPrice": price,
            "callbackRate": "0.01",
            "quantity": size,
        }

    @rule(
        who=WHO,
        kind=st.sampled_from(CONDITION_TYPES),
        side=SIDE,
        offset=OFFSET,
        size=SIZE,
        leg=LEG,
        options=OPTIONS,
    )
    def wait(
        self,
        who: int,
        kind: str,
        side: str,
        offset: int,
        size: str,
        leg: str,
        options: dict[str, Any],
    ) -> None:
        """Place a condition order."""
        body = self._body(kind, side, offset, size) | options
        with contextlib.suppress(ExchangeError):
            self.street.wait_for(self.accounts[who], **self._fit(who, body, leg))

    @rule(
        who=WHO,
        kind=st.sampled_from(("OTO", "OCO", "OTOCO")),
        legs=st.tuples(ENTRY, PROFIT, STOP),
        side=SIDE,
        offsets=st.tuples(OFFSET, OFFSET, OFFSET),
        size=SIZE,
        leg=LEG,
    )
    def link(
        self,
        who: int,
        kind: str,
        legs: tuple[str, str, str],
        side: str,
        offsets: tuple[int, int, int],
        size: str,
        leg: str,
    ) -> None:
        """Place a strategy: an entry, and what is to follow on the other side."""
        other = "SELL" if side == "BUY" else "BUY"
        bodies = [
            self._fit(who, self._body(one, way, offset, size), leg)
            for one, way, offset in zip(legs, (side, other, other), offsets, strict=True)
        ]
        chosen = {"OTO": bodies[:2], "OCO": bodies[1:], "OTOCO": bodies}[kind]
        with contextlib.suppress(ExchangeError):
            self.street.link(self.accounts[who], kind, *chosen)

    @rule(price=JUMP, width=st.integers(1, 20), size=st.sampled_from(("0.01", "0.1", "5")))
    def jump(self, price: str, width: int, size: str) -> None:
        """Let the house quote somewhere else, sometimes thinly."""
        self.street.quote(price, str(Decimal(price) + width), size)

    @rule(price=JUMP)
    def trade(self, price: str) -> None:
        """Let the house trade somewhere else."""
        self.street.trade(price)

    @precondition(lambda self: any(account.waiting for account in self.accounts))
    @rule(which=WHICH)
    def cancel_condition(self, which: int) -> None:
        """Cancel some waiting condition order."""
        found = [(a, one) for a in self.accounts for one in a.waiting.values()]
        account, one = found[which % len(found)]
        wanted = {"symbol": SYMBOL, "conditionId": one.condition_id}
        self.street.engine.cancel_condition(account, wanted, self.street.tick())
        assert one.status == "CANCELED"

    @precondition(lambda self: any(account.open for account in self.accounts))
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        """Cancel some open order."""
        found = [(a, one) for a in self.accounts for one in a.open.values()]
        account, one = found[which % len(found)]
        self.street.cancel(account, one)

    @rule(who=WHO)
    def cancel_all(self, who: int) -> None:
        """Cancel all condition orders of an account (rule 57)."""
        account = self.accounts[who]
        self.street.engine.cancel_all_conditions(account, symbol=None, now_ms=self.street.tick())
        assert account.waiting == {}

    @rule()
    def fund(self) -> None:
        """Settle funding once."""
        self.street.engine.settle_funding(self.street.now, self.street.now + 8 * 3_600_000)

    @rule(who=WHO)
    def deposit(self, who: int) -> None:
        """Pay something in."""
        self.street.engine.deposit(self.accounts[who], Decimal(200), self.street.tick())

    @invariant()
    def every_condition_order_is_in_one_state(self) -> None:
        """It waits in both indexes or in none, and what has ended never changes again."""
        waiting = self.street.engine.state.waiting[SYMBOL]
        assert waiting == {key: o for a in self.accounts for key, o in a.waiting.items()}
        for account in self.accounts:
            for key, one in account.conditions.items():
                assert one.waits == (key in account.waiting)
                assert (one.status == "TRIGGERED") == bool(one.order_id)
                if one.time_in_force == "GTE_GTC" and one.waits:
                    assert all(c.closed_at < one.created_at for c in self._lives(account, one))
                if not one.waits:
                    assert self.ended.setdefault(key, one.status) == one.status
                    assert self.fired.setdefault(key, one.order_id) == one.order_id
        orders = [order for order in self.fired.values() if order]
        assert len(set(orders)) == len(orders)

    def _lives(self, account: Account, one: Condition) -> list[ClosedPosition]:
        return [closed for closed in account.closed_positions if closed.leg == one.leg]

    @invariant()
    def nothing_waits_that_is_due(self) -> None:
        """At the prices of now no order with a stop price would fire."""
        market = self.street.market
        for one in self.street.engine.state.waiting[SYMBOL].values():
            mark = one.working_type == "MARK_PRICE"
            price = market.mark_price if mark else market.last_price
            assert one.type == "TRAILING_STOP" or not one.fires_at(price)

    @invariant()
    def every_order_is_in_one_state(self) -> None:
        """It is open and in the book, or it has ended and is in the history, once."""
        book = self.street.market.book
        resting = {order.order_id for side in (book.bids, book.asks) for order in side.orders()}
        for account in self.accounts:
            ended = [order.order_id for order in account.closed]
            assert len(set(ended)) == len(ended)
            assert set(account.open) | set(ended) == set(account.orders)
            assert not set(account.open) & set(ended)
            assert set(account.open) <= resting
            assert all(order.is_open for order in account.open.values())

    @invariant()
    def bound_money_is_the_sum_of_its_parts(self) -> None:
        """Frozen is the sum over open orders, used is the sum over positions."""
        for account in self.accounts:
            frozen = sum((order.frozen for order in account.open.values()), ZERO)
            assert account.frozen == frozen == sum(account.frozen_of.values(), ZERO)
            held = [p for p in account.positions.values() if p.size]
            assert account.used == sum((margin_of(account, p) for p in held), ZERO)

    @invariant()
    def no_account_is_beyond_its_means(self) -> None:
        """Who holds a position can carry it; who holds none has no debts; the sums are true."""
        markets = self.street.engine.state.markets
        for account in self.accounts:
            held = [p for p in account.positions.values() if p.size]
            if held and account is not self.accounts[1]:
                assert cross_equity(account, markets) >= 0
            assert held or account.wallet >= 0
            assert account.totals.net == account.wallet
        everybody = self.street.engine.state.accounts.values()
        sizes = sum((p.size for one in everybody for p in one.positions.values()), ZERO)
        assert sizes == 0

    @invariant()
    def strategies_are_what_their_legs_are(self) -> None:
        """A strategy works as long as a leg does, and legs that exclude each other do so."""
        for account in self.accounts:
            for one in account.strategies.values():
                assert one.is_working == any(not leg.is_over for leg in one.legs)
                assert one.is_working or one.status == one.outcome
                if one.type != "OTO":
                    self._excluded(one)

    def _excluded(self, one: Strategy) -> None:
        pair = one.legs[-2:]
        for leg, other in (pair, pair[::-1]):
            if leg.has_come_to("TRIGGERED") or leg.has_come_to("FILLED"):
                assert other.is_over

    def teardown(self) -> None:
        """Every push of an account has a later time than the one before it."""
        times: dict[str, list[int]] = {}
        for event in self.street.engine.drain():
            times.setdefault(event.account.user_id, []).append(event.ts)
        assert all(ts == sorted(set(ts)) for ts in times.values())


Reacting.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestReacting = Reacting.TestCase


def test_a_quiet_market_is_not_looked_at_again(street: Street) -> None:
    """While neither price has moved, a command does not ask the waiting orders."""
    account: Account = street.account("trader")
    one = street.wait_for(account, stopPrice="80000")
    prices = street.engine.state.looked_at[SYMBOL]
    street.engine.deposit(account, Decimal(1), street.tick())

    assert prices == (Decimal(86_500), Decimal(86_500))
    assert street.engine.state.looked_at[SYMBOL] is prices
    assert one.waits
