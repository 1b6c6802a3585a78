"""The embedded KuCoin as a Python object: a server on a thread, and what tests ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from ..log import RequestRecord
from ..thread import ServerThread
from .core import Core
from .engine.account import Account as EngineAccount
from .engine.trader import Trader
from .faults import Faults
from .limits import Limits
from .log import LoggedPush
from .manners import Manners
from .picture import picture
from .public import Account
from .script import MARKETS, Script
from .signing import ApiKey
from .tokens import Tokens

if TYPE_CHECKING:
    from .server import Server

__all__ = ["KuCoinExchange"]

ALL_PERMISSIONS = frozenset({"General", "Spot", "Margin", "Futures"})
FASTEST = 1_000.0


class KuCoinExchange:
    """A KuCoin on loopback addresses, with scripted accounts and a log that knows the truth.

    Use it as a context manager, or call `start` and `close`. Accounts may be made, and things may
    happen to them, before it is started. Every method may be called from any thread.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        host: str = "127.0.0.1",
        ports: dict[str, int] | None = None,
        steps_per_second: float = 0.0,
        manners: Manners | None = None,
        limits: Limits | None = None,
        token_life: float = 86_400.0,
        reusable_tokens: bool = False,
        session_life: float = 86_400.0,
        idle_limit: float = 60.0,
        ping_interval_ms: int = 18_000,
        ping_timeout_ms: int = 10_000,
        rest_weight: int = 4_000,
        outgoing_limit: int = 10_000,
    ) -> None:
        """Make an exchange that is not started.

        `seed` decides what happens to the accounts, of which every one does `steps_per_second`
        steps of its script by itself; with 0 only `step` does them. `ports` names those of the
        hosts ``spot``, ``futures``, ``pro``, ``pro_spot`` and ``pro_futures``; a host that is
        missing takes a free one. A token is good for `token_life` seconds, and a connection lives
        for `session_life`; one whose client is silent for `idle_limit` seconds is dropped.
        `rest_weight` is what a user has in each pool in 30 s. `outgoing_limit` is the number of
        frames that may wait for a connection.
        A number out of its range, or anything but a loopback `host`, raises `ValueError`.
        """
        if not 0 <= steps_per_second <= FASTEST:
            raise ValueError(f"steps_per_second must be a number from 0 to {FASTEST:g}")
        if min(token_life, session_life, idle_limit) <= 0:
            raise ValueError("token_life, session_life and idle_limit must be above 0")
        self._host = _loopback(host)
        self._ports = dict(ports or {})
        self._rate = steps_per_second
        self._limits = limits or Limits()
        self._idle_limit, self._session_life = idle_limit, session_life
        self._outgoing_limit = outgoing_limit
        self.manners = manners or Manners()
        self._core = Core(
            seed=seed,
            manners=self.manners,
            tokens=Tokens(round(token_life * 1000), reusable=reusable_tokens),
            rest_weight=rest_weight,
            heartbeat_ms=(ping_interval_ms, ping_timeout_ms),
        )
        self._scripts: dict[str, Script] = {}
        self._thread: ServerThread | None = None
        self._closed = False
        self.faults = Faults(self._core)

    def __enter__(self) -> KuCoinExchange:
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
        return f"<KuCoinExchange {self.rest_url} {state}, {self.connections()} connections>"

    # Life

    def start(self) -> None:
        """Serve; a second call does nothing.

        Raises `ImportError` without aiohttp, `OSError` when a port is taken, and
        `RuntimeError` after `close`, since an exchange lives once.
        """
        if self._closed:
            raise RuntimeError("an exchange that was closed cannot be started again")
        if self._thread is not None:
            return
        make = self._server_maker()

        async def serve(started: Callable[[int], None], stopping: asyncio.Event) -> None:
            await self._serve(make(), started, stopping)

        thread = ServerThread(serve, name="sixmm-sim-kucoin")
        thread.start()
        self._thread = thread

    def close(self, timeout: float = 5.0) -> None:
        """Close all connections and stop the thread; any further call does nothing.

        A thread that does not stop within `timeout` seconds raises `TimeoutError`.
        """
        if self._thread is not None and not self._closed:
            self._closed = True
            self._thread.stop(timeout)

    async def _serve(
        self, server: Server, started: Callable[[int], None], stopping: asyncio.Event
    ) -> None:
        """Serve on the thread of the event loop until `stopping` is set."""
        try:
            self._ports = await server.start(self._host, self._ports)
        except BaseException:
            await server.stop()
            raise
        for name in self._ports:
            self._core.endpoints[name] = f"ws://{self._netloc(name)}/"
        self._core.bridge.attach(asyncio.get_running_loop())
        # One port of several: the exchange itself has noted them all.
        started(next(iter(self._ports.values())))
        await self._play(stopping)
        await server.stop()
        self._core.bridge.detach()

    async def _play(self, stopping: asyncio.Event) -> None:
        """Step every script at the rate that was asked for, until the exchange is closed."""
        while self._rate and not stopping.is_set():
            for account in list(self._scripts):
                self._step(account)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), 1 / self._rate)
        await stopping.wait()

    # Addresses

    @property
    def rest_url(self) -> str:
        """Base address of the REST calls of the spot host, which is also that of Pro."""
        return f"http://{self._netloc('spot')}"

    @property
    def futures_url(self) -> str:
        """Base address of the REST calls of the futures host."""
        return f"http://{self._netloc('futures')}"

    @property
    def pro_url(self) -> str:
        """Address of the private Pro stream, which no token reply tells."""
        return f"ws://{self._netloc('pro')}/"

    @property
    def pro_spot_url(self) -> str:
        """Address of the public Pro stream of the spot market, which needs no token."""
        return f"ws://{self._netloc('pro_spot')}/"

    @property
    def pro_futures_url(self) -> str:
        """Address of the public Pro stream of the futures, which needs no token."""
        return f"ws://{self._netloc('pro_futures')}/"

    def _netloc(self, name: str) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._ports.get(name, 0)}"

    # Accounts and credentials

    def create_account(
        self,
        name: str = "demo",
        *,
        unified: bool = False,
        markets: tuple[str, ...] = MARKETS,
        funded: bool = True,
    ) -> Account:
        """Open an account whose script plays in `markets`; a taken name raises `ValueError`.

        The money that it is `funded` with is in the log, as the first things that happened.
        """
        core = self._core
        with core.transaction():
            if any(one.account.name == name for one in core.traders.values()):
                raise ValueError(f"there is an account {name!r} already")
            user_id = f"{0x633559791E1CBC0001F30000 + len(core.traders):024x}"
            account = EngineAccount(
                user_id=user_id,
                name=name,
                unified=unified,
                seed=core.seed,
                manners=core.manners,
                clock_ns=core.now_ns,
            )
            trader = core.traders[user_id] = Trader(account)
            if funded:
                trader.fund()
            self._scripts[user_id] = Script(trader, core.seed, markets)
        return Account(user_id=user_id, name=name, unified=unified)

    def create_key(
        self,
        account: Account,
        passphrase: str = "pass phrase",
        *,
        version: int = 3,
        permissions: frozenset[str] = ALL_PERMISSIONS,
    ) -> ApiKey:
        """Make an API key of that version, 2 or 3."""
        if version not in (2, 3):
            raise ValueError("version must be 2 or 3")
        key = ApiKey.make(account.user_id, passphrase, version, permissions)
        with self._core.transaction():
            self._core.keys.add(key)
        return key

    def revoke_key(self, key: ApiKey) -> None:
        """Make an API key unknown from now on; open sockets stay."""
        with self._core.transaction():
            self._core.keys.remove(key.api_key)

    # What happens

    def step(self, account: Account, count: int = 1) -> None:
        """Do the next `count` steps of the account's script, each a moment of its own."""
        for _ in range(count):
            self._step(account.user_id)

    def _step(self, user_id: str) -> None:
        with self._core.transaction():
            self._scripts[user_id].step()

    @contextmanager
    def moment(self, account: Account) -> Iterator[Trader]:
        """Give what can happen to the account; all that is done inside is pushed at the end."""
        with self._core.transaction():
            yield self._core.traders[account.user_id]

    # The truth

    def private_log(
        self, account: Account, after_seq: int = 0, topics: Container[str] | None = None
    ) -> list[LoggedPush]:
        """Return the pushes of an account with a ``seq`` above `after_seq`, oldest first.

        A thing that happens is pushed on several topics: name those that were subscribed.
        """
        with self._core.reading():
            return self._core.log.after(account.user_id, after_seq, topics)

    def truth(self, account: Account) -> dict[str, object]:
        """Return a picture of the account, all of one moment; see `picture.picture`."""
        with self._core.reading():
            return picture(self._core.traders[account.user_id].account)

    def connections(self, account: Account | None = None) -> int:
        """Return how many WebSocket connections are open, of one account or in all."""
        with self._core.reading():
            return len(self._core.hub.outlets(account.user_id if account else None))

    def subscriptions(self) -> list[set[str]]:
        """Return the topics of every connection, oldest connection first."""
        with self._core.reading():
            return [set(outlet.topics) for outlet in self._core.hub.outlets()]

    @property
    def requests(self) -> list[RequestRecord]:
        """The newest 20,000 requests; their path has the host before it: ``spot:/api/v1/...``.

        Handshakes are those whose path ends in ``:stream``, with status 101; logins by frame are
        those with the method ``AUTH``.
        """
        return list(self._core.requests)

    @property
    def slow_closes(self) -> int:
        """How many connections were closed because they did not read fast enough."""
        return self._core.slow_closes

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until `predicate` is true, at most `timeout` seconds; tell whether it came true."""
        return self._core.change.wait_until(predicate, timeout)

    def _server_maker(self) -> Callable[[], Server]:
        """Return what makes the server, on the loop's thread; without aiohttp it raises."""
        try:
            from .server import Server, Timing
        except ModuleNotFoundError as exc:
            if exc.name != "aiohttp":
                raise
            hint = "the embedded exchange needs aiohttp: pip install 'sixmm[sim]'"
            raise ImportError(hint) from exc
        timing = Timing(idle_limit=self._idle_limit, session_life=self._session_life)
        return partial(
            Server,
            self._core,
            limits=self._limits,
            timing=timing,
            outgoing_limit=self._outgoing_limit,
        )


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
