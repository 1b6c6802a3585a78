"""One account: its state, its clock, its identifiers, and the pushes that wait to be sent."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from decimal import Decimal

from ...engine.numbers import plain
from ..manners import Manners
from .records import (
    Balance,
    FuturesFill,
    FuturesOrder,
    FuturesStop,
    Loan,
    Position,
    Push,
    SpotFill,
    SpotOrder,
    SpotStop,
)

__all__ = ["CASH", "KEPT", "Account"]

KEPT = 20_000
"""Ended orders and fills that are kept of each kind."""

CASH = "USDT"


class Account:
    """The state of one user. Changed under the lock of the `Core` only.

    The modules of this package change it, one for each kind of thing that can happen; the modules
    of ``rest`` read it.
    """

    def __init__(
        self,
        *,
        user_id: str,
        name: str,
        unified: bool,
        seed: int,
        manners: Manners,
        clock_ns: Callable[[], int],
    ) -> None:
        """Open an account without money.

        `unified` says how the Pro stream names what happens: all UNIFIED, or by the market.
        """
        self.user_id, self.name, self.unified = user_id, name, unified
        self.manners = manners
        self.random = random.Random(f"{seed}:{name}")
        self.pending: list[Push] = []
        self.balances: dict[tuple[str, str], Balance] = {}
        self.spot_open: dict[str, SpotOrder] = {}
        self.spot_done: deque[SpotOrder] = deque(maxlen=KEPT)
        self.spot_fills: deque[SpotFill] = deque(maxlen=KEPT)
        self.spot_stops: dict[str, SpotStop] = {}
        self.isolated_principal: dict[str, Decimal] = {}
        self.loans: dict[str, Loan] = {}
        self.futures_open: dict[str, FuturesOrder] = {}
        self.futures_done: deque[FuturesOrder] = deque(maxlen=KEPT)
        self.futures_fills: deque[FuturesFill] = deque(maxlen=KEPT)
        self.futures_stops: dict[str, FuturesStop] = {}
        self.positions: dict[str, Position] = {}
        self.margin_modes: dict[str, str] = {}
        self.leverages: dict[str, Decimal] = {}
        self.futures_cash = Decimal(0)
        self.wallet_version = 0
        self._clock_ns = clock_ns
        self._last_ns = 0
        self._last_id = self.random.randrange(10**9, 10**10)

    # Time and names

    def tick(self) -> int:
        """Return the time of the next thing that happens, in ns: later than the one before."""
        self._last_ns = max(self._last_ns + 1_000, self._clock_ns())
        return self._last_ns

    def number(self) -> int:
        """Return a whole number that was not given before, higher than all of those."""
        self._last_id += self.random.randint(1, 9)
        return self._last_id

    def spot_order_id(self, now_ns: int) -> str:
        """Return the id of a spot order: the seconds in hexadecimal, and 16 digits more."""
        return f"{now_ns // 10**9:08x}{self.number():016x}"

    def futures_order_id(self) -> str:
        """Return the id of an order of a contract: a decimal number of 18 digits."""
        return str(247_899_000_000_000_000 + self.number() * 2)

    def trade_id(self) -> str:
        """Return the id of a trade: a decimal number."""
        return str(11_116_470_000_000_000 + self.number())

    # Pushes

    def push(self, push: Push) -> None:
        """Have a push sent when the moment is over."""
        self.pending.append(push)

    def drain(self) -> list[Push]:
        """Return what has to be pushed, in order."""
        pending, self.pending = self.pending, []
        return pending

    def pro_type(self, classic: str) -> str:
        """Return the type that the Pro stream gives to a thing of the `classic` market."""
        return "UNIFIED" if self.unified else classic

    # Money

    def balance(self, kind: str, currency: str) -> Balance:
        """Return the balance of a sub-account; an empty one is opened when there is none."""
        found = self.balances.get((kind, currency))
        if found is None:
            account_id = str(548_674_000_000 + self.number() % 10**9)
            found = Balance(account_id=account_id, kind=kind, currency=currency)
            self.balances[kind, currency] = found
        return found

    def change_balance(
        self,
        kind: str,
        currency: str,
        now_ns: int,
        *,
        available: Decimal = Decimal(0),
        hold: Decimal = Decimal(0),
        what: str,
        context: dict[str, object] | None = None,
    ) -> None:
        """Change a balance by these amounts, and push that; `what` ends the relation event."""
        balance = self.balance(kind, currency)
        balance.available += available
        balance.hold += hold
        event_id = str(354_680_000_000_000 + self.number())
        data: dict[str, object] = {
            "accountId": balance.account_id,
            "currency": currency,
            "total": plain(balance.total),
            "available": plain(balance.available),
            "hold": plain(balance.hold),
            "availableChange": plain(available),
            "holdChange": plain(hold),
            "relationContext": dict(context or {}),
            "relationEvent": f"{kind}.{what}",
            "relationEventId": event_id,
            "time": str(now_ns // 1_000_000),
        }
        self.push(
            Push(
                topic="/account/balance",
                subject="account.balance",
                data=data,
                key=("balance", event_id),
                ts_ns=now_ns,
                envelope_id=event_id,
            )
        )
        self._push_pro_balance(balance, now_ns)

    def _push_pro_balance(self, balance: Balance, now_ns: int) -> None:
        if balance.kind == "main":
            kind = "FUNDING"
        elif balance.kind.startswith("isolated"):
            kind = "ISOLATED"
        else:
            kind = self.pro_type("CROSS" if balance.kind == "margin" else "SPOT")
        data: dict[str, object] = {
            "c": balance.currency,
            "e": _long(balance.total - balance.liability),
            "b": _long(balance.total),
            "a": _long(balance.available),
            "h": _long(balance.hold),
            "U": now_ns,
            "l": _long(balance.liability),
        }
        if kind == "FUNDING":
            data = {
                "U": str(now_ns // 1_000_000),
                "a": plain(balance.available),
                "b": plain(balance.total),
                "c": balance.currency,
                "h": plain(balance.hold),
            }
        topic = f"balance.{kind}"
        self.push(
            Push(
                topic=topic,
                subject=topic,
                data=data,
                key=("balance", kind, balance.currency, str(now_ns)),
                ts_ns=now_ns,
                pro=True,
            )
        )


def _long(value: Decimal) -> str:
    """Return an amount with ten decimals, as the Pro stream prints it."""
    return f"{value:.10f}"
