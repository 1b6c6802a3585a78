"""The REST calls without a socket, of a core whose clock the test moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sixmm.sim.core import Core
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.request import read_order
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.rest import Call, answer

from ..bench import NOW, SYMBOL

DAY_MS = 86_400_000
_LONG_S = 10**9


class Desk:
    """Calls by token, and trades at a price that the test names."""

    def __init__(self) -> None:
        """Begin at the time of the bench."""
        self.now = NOW
        self.core = Core(
            DEFAULT_SYMBOLS,
            seed=7,
            listen_key_life_ms=1,
            access_token_life_s=_LONG_S,
            clock_ms=lambda: self.now,
        )
        self.other = self.open("quotes", "100000000")
        self.own = self.open("alice", "1000")

    def open(self, name: str, balance: str) -> Account:
        """Open an account with money."""
        with self.core.transaction() as engine:
            account = engine.open_account(name)
            engine.deposit(account, Decimal(balance), self.now)
        return account

    def bearer(self, account: Account) -> str:
        """Return an Authorization header."""
        session = self.core.sessions.login(account.user_id)
        return f"Bearer {self.core.sessions.issue(session, self.now)[0]}"

    def reply(self, path: str, account: Account | None = None, **query: object) -> Any:
        """Make a GET call, by the token of an account or by nobody; return its envelope."""
        headers = {"authorization": self.bearer(account)} if account else {}
        call = Call(method="GET", path=path, raw_query=urlencode(query), headers=headers)
        return answer(self.core, call).envelope("r")

    def get(self, path: str, **query: object) -> Any:
        """Make a GET call of the own account that must succeed, and return its data."""
        envelope = self.reply(path, self.own, **query)
        assert envelope["code"] == 0, envelope
        return envelope["data"]

    def trade(self, side: str, price: int, quantity: str = "0.01", who: str = "own") -> None:
        """Let an account take what the other one offers at a price."""
        opposite = "SELL" if side == "BUY" else "BUY"
        order = {"symbol": SYMBOL, "type": "LIMIT", "price": str(price), "quantity": quantity}
        account = self.own if who == "own" else self.named(who)
        with self.core.transaction() as engine:
            engine.place(self.other, read_order({**order, "side": opposite}), self.now)
            engine.place(account, read_order({**order, "side": side}), self.now)

    def named(self, name: str) -> Account:
        """Return the account with that name."""
        found = self.core.account(name)
        assert found is not None
        return found
