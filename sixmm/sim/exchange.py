"""The embedded exchange as a Python object: a server on a thread, and what tests ask of it."""

from __future__ import annotations

import asyncio
import copy
import ipaddress
import secrets
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .core import Core
from .credentials import ApiKey
from .engine.account import Account as EngineAccount
from .engine.condition_request import read_condition
from .engine.funding import next_funding_ms
from .engine.numbers import plain
from .engine.request import read_order
from .engine.rows import condition_row, order_row
from .engine.symbols import SymbolSpec, resolve_symbols
from .faults import Faults
from .log import LoggedEvent, RequestRecord
from .maker import MarketMaker
from .picture import picture
from .public import Account
from .thread import ServerThread

if TYPE_CHECKING:
    from .server import Server

__all__ = ["Exchange"]

SLOWEST, FASTEST = 0.001, 100_000.0
"""How often the market maker may move a symbol, in times per second."""

TICKET_LIFE_MS = 300_000
EMBED_LIFE_MS = 60_000
"""How long tickets and embed tokens live. Not documented: a guess of what is customary."""

MOST_SECONDS = 366 * 86_400
"""How far the clock may be moved at once."""

MOST_MONEY = 10**15
"""No account gets more than this at once; figures stay well inside the decimal precision."""


class Exchange:
    """A whole exchange on a loopback address, with a log that knows the truth.

    Use it as a context manager, or call `start` and `close`. Accounts may be made and orders
    placed before it is started, and every method may be called from any thread. What an
    exchange refuses raises `ExchangeError` with its code.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        host: str = "127.0.0.1",
        port: int = 0,
        market_maker: bool = True,
        updates_per_second: float = 10.0,
        listen_key_life_ms: int = 3_600_000,
        access_token_life_s: int = 3600,
        symbols: Iterable[str | SymbolSpec] | None = None,
        outgoing_limit: int = 10_000,
        funding: bool = False,
    ) -> None:
        """Make an exchange that is not started.

        `seed` decides identifiers and prices. `port` 0 takes a free one. The market maker
        moves every symbol `updates_per_second` times. `outgoing_limit` is the number of
        frames that may wait for a connection before it is closed as too slow. An access token
        whose life is 0 has expired when it is made. With `funding` the settlements of
        00:00, 08:00 and 16:00 UTC are made when the machine's clock gets there; without it only
        when `advance` goes past one, so that a short run is the same at any hour. A number out of
        its range, or anything but a loopback `host`, raises `ValueError`.
        """
        if not SLOWEST <= updates_per_second <= FASTEST:
            raise ValueError(f"updates_per_second must be a number from {SLOWEST:g} to {FASTEST:g}")
        _check_whole("listen_key_life_ms", listen_key_life_ms, least=1)
        _check_whole("access_token_life_s", access_token_life_s, least=0)
        _check_whole("outgoing_limit", outgoing_limit, least=1)
        self._host, self._port = _loopback(host), port
        self._rate = updates_per_second
        self._limit = outgoing_limit
        self._core = Core(
            resolve_symbols(symbols),
            seed=seed,
            listen_key_life_ms=listen_key_life_ms,
            access_token_life_s=access_token_life_s,
        )
        if funding:
            now_ms = self._core.now_ms()
            self._core.engine.state.next_funding_ms = next_funding_ms(now_ms)
        self._maker = MarketMaker(self._core.engine, seed) if market_maker else None
        self._thread: ServerThread | None = None
        self._closed = False
        self.faults = Faults(self._core)

    def __enter__(self) -> Exchange:
        """Start the exchange."""
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the exchange."""
        self.close()

    def __repr__(self) -> str:
        """Tell the address and how many are connected."""
        state = "serving" if self._thread and not self._closed else "not serving"
        return f"<Exchange {self.rest_url} {state}, {self.connections()} connections>"

    # Life

    def start(self) -> None:
        """Serve; a second call does nothing.

        Raises `ImportError` without aiohttp, `OSError` when the port is taken, and
        `RuntimeError` after `close`, since an exchange lives once.
        """
        if self._closed:
            raise RuntimeError("an exchange that was closed cannot be started again")
        if self._thread is not None:
            return
        server_class = _server_class()

        async def serve(started: Callable[[int], None], stopping: asyncio.Event) -> None:
            await self._serve(server_class, started, stopping)

        thread = ServerThread(serve, name="sixmm-sim")
        self._port = thread.start()
        self._thread = thread

    def close(self, timeout: float = 5.0) -> None:
        """Close all connections and stop the thread; any further call does nothing.

        A thread that does not stop within `timeout` seconds raises `TimeoutError`.
        """
        if self._thread is not None and not self._closed:
            self._closed = True
            self._thread.stop(timeout)

    async def _serve(
        self,
        server_class: type[Server],
        started: Callable[[int], None],
        stopping: asyncio.Event,
    ) -> None:
        """Serve on the thread of the event loop until `stopping` is set."""
        server = server_class(self._core, self.faults, outgoing_limit=self._limit)
        try:
            port = await server.start(self._host, self._port)
        except BaseException:
            await server.stop()
            raise
        self._core.bridge.attach(asyncio.get_running_loop())
        market = self._maker and asyncio.create_task(server.make_market(self._maker, self._rate))
        started(port)
        await stopping.wait()
        await server.stop()
        if market:
            await market
        self._core.bridge.detach()

    # Addresses

    @property
    def rest_url(self) -> str:
        """Base address of the REST calls."""
        return f"http://{self._netloc}"

    @property
    def ws_url(self) -> str:
        """Address of the stream."""
        return f"ws://{self._netloc}/ws"

    @property
    def _netloc(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    # Accounts and credentials

    def create_account(
        self,
        username: str = "demo",
        password: str | None = None,
        balance: str | Decimal = "10000",
        hedge_mode: bool = False,
    ) -> Account:
        """Open an account with money in it; a name that is taken raises `ValueError`.

        `password` None makes one up. In hedge mode orders name LONG or SHORT, else BOTH.
        """
        amount = _amount(balance)
        secret = secrets.token_urlsafe(12) if password is None else password
        with self._core.transaction() as engine:
            account = engine.open_account(username, hedge=hedge_mode)
            self._core.passwords[username] = secret
            engine.deposit(account, amount, self._core.now_ms())
        return Account(
            user_id=account.user_id, username=username, password=secret, topic=account.topic
        )

    def create_key(
        self, account: Account, permissions: int = 3, ip_whitelist: Sequence[str] = ()
    ) -> ApiKey:
        """Make an API key; `permissions` are bits: 1 Read, 2 Trade (rule 16).

        A figure out of its bounds, or an address that is none, raises `ValueError`; the 31st
        key of an account is refused with 2003 (rule 21).
        """
        key = ApiKey.make(account.user_id, permissions, tuple(ip_whitelist))
        with self._core.transaction():
            self._core.keys.add(key, label="made in Python", now_ms=self._core.now_ms())
        return key

    def revoke_key(self, key: ApiKey) -> None:
        """Make an API key unknown from now on; open sockets stay."""
        with self._core.transaction():
            self._core.keys.remove(key.api_key)

    def issue_ticket(self, account: Account, *, life_ms: int = TICKET_LIFE_MS) -> str:
        """Return a ticket as an agent's site would get one: good for one login (rule 27)."""
        _check_whole("life_ms", life_ms, least=0)
        with self._core.transaction():
            until = self._core.machine_ms() + life_ms
            return self._core.tickets.issue_ticket(account.user_id, until)

    def issue_embed_token(
        self, account: Account, *, channel_id: str, life_ms: int = EMBED_LIFE_MS
    ) -> str:
        """Return a short-lived token for the iframe with that `channel_id` (rule 27)."""
        _check_whole("life_ms", life_ms, least=0)
        with self._core.transaction():
            until = self._core.machine_ms() + life_ms
            return self._core.tickets.issue_embed_token(account.user_id, channel_id, until)

    def expire_listen_keys(self, account: Account | None = None) -> None:
        """End the listen keys of one account, or all; their sockets are closed with 1008."""
        with self._core.transaction():
            user_id = account.user_id if account else None
            self._core.listen_keys.expire(user_id, self._core.machine_ms())
        self._core.bridge.call(self._core.on_listen_keys, None)

    # Commands

    def place_order(self, account: Account, **options: object) -> dict[str, Any]:
        """Place an order and return its REST row as it is after matching.

        The options are those of the REST call in snake case: ``symbol``, ``side``, ``type``,
        ``price``, ``quantity``, ``time_in_force``, ``client_order_id`` and so on. Prices and
        sizes are texts or `Decimal`.
        """
        request = read_order(_wire(options))
        with self._core.transaction() as engine:
            order = engine.place(self._engine_account(account), request, self._core.now_ms())
            return order_row(order)

    def cancel_order(self, account: Account, **options: object) -> dict[str, Any]:
        """Cancel the order with that ``symbol`` and ``order_id`` or ``client_order_id``."""
        with self._core.transaction() as engine:
            own = self._engine_account(account)
            return order_row(engine.cancel(own, _wire(options), self._core.now_ms()))

    def amend_order(self, account: Account, **options: object) -> dict[str, Any]:
        """Give the order with that ``symbol`` and ``order_id`` a ``price`` or ``quantity``."""
        with self._core.transaction() as engine:
            own = self._engine_account(account)
            return order_row(engine.amend(own, _wire(options), self._core.now_ms()))

    def place_condition(self, account: Account, **options: object) -> dict[str, Any]:
        """Place a condition order and return its REST row; the options are as in `place_order`."""
        request = read_condition(_wire(options))
        with self._core.transaction() as engine:
            own = self._engine_account(account)
            return condition_row(engine.place_condition(own, request, self._core.now_ms()))

    def cancel_condition(self, account: Account, **options: object) -> dict[str, Any]:
        """Cancel the condition order with that ``symbol`` and ``condition_id``."""
        with self._core.transaction() as engine:
            own = self._engine_account(account)
            return condition_row(engine.cancel_condition(own, _wire(options), self._core.now_ms()))

    def set_leverage(self, account: Account, symbol: str, leverage: int) -> None:
        """Set the leverage of a symbol; margin that changes is pushed."""
        with self._core.transaction() as engine:
            now_ms = self._core.now_ms()
            engine.set_leverage(self._engine_account(account), symbol, leverage, now_ms)

    def deposit(self, account: Account, amount: str | Decimal) -> None:
        """Pay money into the wallet, which is pushed as an ACCOUNT_UPDATE."""
        paid = _amount(amount)
        with self._core.transaction() as engine:
            engine.deposit(self._engine_account(account), paid, self._core.now_ms())

    def set_funding_rate(self, symbol: str, rate: str | Decimal) -> Decimal:
        """Set the rate of the next funding settlement; return it as the symbol's cap leaves it."""
        with self._core.transaction() as engine:
            return engine.set_funding_rate(symbol, _rate(rate))

    def advance(self, seconds: float) -> None:
        """Move the exchange's clock ahead, and settle the funding that falls due on the way.

        The lives of keys and tokens do not change. Clients find their timestamps out of the
        window until they have read the clock again. `faults.clear` puts the clock right.
        """
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError(f"seconds must be a number above 0 and up to {MOST_SECONDS}")
        with self._core.transaction() as engine:
            before = self._core.now_ms()
            self._core.faults.skew_ms += round(seconds * 1000)
            engine.settle_funding(before, self._core.now_ms())

    # The truth

    def mid_price(self, symbol: str) -> Decimal:
        """Return the middle of the book on the tick grid, or the last price of an empty book."""
        with self._core.reading() as engine:
            return engine.state.market(symbol).tick_price

    def private_log(self, account: Account, after_seq: int = 0) -> list[LoggedEvent]:
        """Return the account's private pushes with a ``seq`` above `after_seq`, oldest first."""
        with self._core.reading():
            return self._core.log.after(account.user_id, after_seq)

    def truth(self, account: Account) -> dict[str, Any]:
        """Return a picture of the account, all of one moment; see `picture.picture`."""
        with self._core.reading() as engine:
            return copy.deepcopy(picture(self._engine_account(account), engine.state.markets))

    def connections(self, account: Account | None = None) -> int:
        """Return how many WebSocket connections are open, of one account or in all."""
        with self._core.reading():
            return len(self._core.hub.outlets(account.user_id if account else None))

    def subscriptions(self) -> list[set[str]]:
        """Return the public topics of every connection, oldest connection first."""
        with self._core.reading():
            return [set(outlet.topics) for outlet in self._core.hub.outlets()]

    @property
    def requests(self) -> list[RequestRecord]:
        """The newest 20,000 requests, oldest first; handshakes are those with path ``/ws``."""
        return list(self._core.requests)

    @property
    def slow_closes(self) -> int:
        """How many connections were closed because they did not read fast enough."""
        return self._core.slow_closes

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until `predicate` is true, at most `timeout` seconds; tell whether it came true.

        It is asked on the calling thread after every change of the exchange, and every 50 ms.
        """
        return self._core.change.wait_until(predicate, timeout)

    def _engine_account(self, account: Account) -> EngineAccount:
        return self._core.engine.state.accounts[account.user_id]


def _server_class() -> type[Server]:
    try:
        from .server import Server
    except ModuleNotFoundError as exc:
        if exc.name != "aiohttp":
            raise
        raise ImportError("the embedded exchange needs aiohttp: pip install 'sixmm[sim]'") from exc
    return Server


def _check_whole(name: str, value: int, *, least: int) -> None:
    if not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be a whole number from {least}")


def _loopback(host: str) -> str:
    """Return the address of `host` if nobody else can reach it; raises `ValueError` otherwise."""
    address = "127.0.0.1" if host == "localhost" else host
    try:
        safe = ipaddress.ip_address(address).is_loopback
    except ValueError:
        safe = False
    if not safe:
        raise ValueError(f"the embedded exchange serves loopback addresses only, not {host!r}")
    return address


def _rate(value: str | Decimal) -> Decimal:
    """Return a rate; what is no number raises `ValueError`."""
    try:
        rate = Decimal(value)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        raise ValueError(f"a rate must be a number, not {value!r}")
    return rate


def _amount(value: str | Decimal) -> Decimal:
    """Return an amount of money; one that is negative or no number raises `ValueError`."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        raise ValueError(f"an amount must lie in 0 to {MOST_MONEY}, not {value!r}")
    return amount


def _wire(options: dict[str, object]) -> dict[str, object]:
    """Return the options with the names of the wire: ``client_order_id`` is ``clientOrderId``."""
    wired: dict[str, object] = {}
    for name, value in options.items():
        head, *rest = name.split("_")
        text = plain(value) if isinstance(value, Decimal) else value
        wired[head + "".join(part.capitalize() for part in rest)] = text
    return wired
