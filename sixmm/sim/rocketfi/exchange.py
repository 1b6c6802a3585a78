"""The embedded RocketFi server as a Python object: a thread, and what tests ask of it."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..thread import ServerThread
from .core import Core
from .faults import Faults
from .feeds import Feeds
from .forms import Forms
from .ids import checksum_form
from .keccak import keccak256
from .ledger import Ledger, Order, Touched
from .log import LoggedEvent, RequestRecord
from .manners import Manners
from .market import ASSETS, INSTRUMENTS, Instrument, Market
from .public import Account
from .rows import event_row, order_row, position_row
from .world import World

if TYPE_CHECKING:
    from .server import Server

__all__ = ["RocketFiExchange"]

SLOWEST, FASTEST = 0.001, 100_000.0
"""How often the world may make a step, in times per second."""

MOST_MONEY = 10**15

Amount = str | Decimal


class RocketFiExchange:
    """A RocketFi server on a loopback address, with a log that knows the truth.

    Use it as a context manager, or call `start` and `close`. Accounts may be made and orders placed
    before it is started, and every method may be called from any thread. There is no matching: a
    script decides what happens to the accounts, or the commands below do.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        host: str = "127.0.0.1",
        port: int = 0,
        running: bool = True,
        steps_per_second: float = 10.0,
        instruments: Iterable[Instrument] = INSTRUMENTS,
        manners: Manners | None = None,
        outgoing_limit: int = 10_000,
    ) -> None:
        """Make a server that is not started.

        `seed` decides prices, addresses and what accounts do. `port` 0 takes a free one. While
        `running`, markets and scripted accounts move `steps_per_second` times; without it only
        `step` moves them. `outgoing_limit` is the number of frames that may wait for a connection
        before it is closed as too slow. A number out of its range, or anything but a loopback
        `host`, raises `ValueError`.
        """
        if not SLOWEST <= steps_per_second <= FASTEST:
            raise ValueError(f"steps_per_second must be a number from {SLOWEST:g} to {FASTEST:g}")
        if outgoing_limit < 1:
            raise ValueError("outgoing_limit must be at least 1")
        self._host, self._port = _loopback(host), port
        self._rate = steps_per_second if running else None
        self._limit = outgoing_limit
        self._core = Core(instruments, seed=seed, manners=manners or Manners())
        self._feeds = Feeds(self._core)
        self._world = World(self._core, self._feeds)
        self._thread: ServerThread | None = None
        self._closed = False
        self.faults = Faults(self._core)

    def __enter__(self) -> RocketFiExchange:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the server."""
        self.close()

    def __repr__(self) -> str:
        """Tell the address and how many are connected."""
        state = "serving" if self._thread and not self._closed else "not serving"
        return f"<RocketFiExchange {self.rest_url} {state}, {self.connections()} connections>"

    # Life

    def start(self) -> None:
        """Serve; a second call does nothing.

        Raises `ImportError` without aiohttp, `OSError` when the port is taken, and `RuntimeError`
        after `close`, since a server lives once.
        """
        if self._closed:
            raise RuntimeError("a server that was closed cannot be started again")
        if self._thread is not None:
            return
        server_class = _server_class()

        async def serve(started: Callable[[int], None], stopping: asyncio.Event) -> None:
            await self._serve(server_class, started, stopping)

        thread = ServerThread(serve, name="sixmm-sim-rocketfi")
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
        server = server_class(self._core, self.faults, self._feeds, outgoing_limit=self._limit)
        try:
            port = await server.start(self._host, self._port)
        except BaseException:
            await server.stop()
            raise
        self._core.bridge.attach(asyncio.get_running_loop())
        moving = self._rate and asyncio.create_task(server.run(self._world, self._rate))
        started(port)
        await stopping.wait()
        await server.stop()
        if moving:
            await moving
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

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The instruments, each with its id."""
        return tuple(market.instrument for market in self._core.markets.values())

    # Accounts

    def create_account(
        self, name: str = "demo", *, balance: Amount = "10000", scripted: bool = True
    ) -> Account:
        """Open an account with money in it; a name that is taken raises `ValueError`.

        A scripted account trades at every step of the server.
        """
        digest = keccak256(f"{self._core.seed}:{name}".encode())
        address = "0x" + digest[-20:].hex()
        amount = _amount(balance)
        with self._core.transaction() as core:
            if address in core.ledgers:
                raise ValueError(f"there is an account {name!r} already")
            ledger = Ledger(address, {0: amount}, core.order_ids)
            core.ledgers[address] = ledger
            if scripted:
                self._world.follow(ledger)
        return Account(name=name, address=checksum_form(address))

    # Commands

    def step(self, count: int = 1) -> None:
        """Move every market and every scripted account so many times."""
        self._world.step(count)

    def place_order(
        self,
        account: Account,
        *,
        instrument: Instrument | None = None,
        side: str = "Buy",
        quantity: Amount = "1",
        price: Amount | None = None,
        trigger: tuple[str, Amount] | None = None,
    ) -> int:
        """Place an order and return its id; it rests until it is filled or cancelled.

        `price` None makes a market order, which is filled at once. `trigger` is ``StopLoss`` or
        ``TakeProfit`` with its price.
        """
        with self._core.transaction():
            ledger, market = self._ledger(account), self._market(instrument)
            order, touched = ledger.place(
                market.instrument,
                side=side,
                quantity=_amount(quantity),
                price=market.price if price is None else _amount(price),
                now_ms=self._core.now_ms(),
                order_type="Market" if price is None else "Limit",
                trigger=None if trigger is None else (trigger[0], _amount(trigger[1])),
            )
            if price is None:
                touched += self._filled(ledger, order, order.quantity, market.price, passive=False)
            self._feeds.tell(ledger, touched)
            return order.order_id

    def fill_order(
        self, account: Account, order_id: int, *, quantity: Amount | None = None
    ) -> None:
        """Trade so much of an open order at its price, or all that is left of it."""
        with self._core.transaction():
            ledger, order = self._order(account, order_id)
            size = order.remaining if quantity is None else _amount(quantity)
            if not 0 < size <= order.remaining:
                raise ValueError("a fill must be above 0 and at most what remains")
            touched = self._filled(ledger, order, size, order.price, passive=True)
            self._feeds.tell(ledger, touched)

    def modify_order(
        self, account: Account, order_id: int, *, price: Amount, quantity: Amount
    ) -> None:
        """Give an open order another price and another whole size."""
        with self._core.transaction():
            ledger, order = self._order(account, order_id)
            size = _amount(quantity)
            if size <= order.filled:
                raise ValueError("the size must be above what was filled")
            now_ms = self._core.now_ms()
            touched = ledger.modify(order, price=_amount(price), quantity=size, now_ms=now_ms)
            self._feeds.tell(ledger, touched)

    def cancel_order(self, account: Account, order_id: int) -> None:
        """Withdraw an open order."""
        with self._core.transaction():
            ledger, order = self._order(account, order_id)
            self._feeds.tell(ledger, ledger.cancel(order))

    def reject_order(
        self,
        account: Account,
        *,
        reason: str = "marginViolated",
        instrument: Instrument | None = None,
    ) -> None:
        """Refuse an order that the account would have placed."""
        with self._core.transaction():
            ledger = self._ledger(account)
            market = self._market(instrument)
            self._feeds.tell(ledger, ledger.reject(market.instrument, reason))

    def pay_funding(
        self, account: Account, *, rate: Amount = "0.0001", instrument: Instrument | None = None
    ) -> None:
        """Begin a round of funding, and pay it on what the account holds of an instrument."""
        with self._core.transaction():
            ledger, market = self._ledger(account), self._market(instrument)
            market.set_funding(Decimal(rate))
            touched = ledger.fund(
                market.instrument,
                market.funding_rate,
                now_ms=self._core.now_ms(),
                round_=market.funding_round,
            )
            self._feeds.tell(ledger, touched)
            self._feeds.tell_funding(market)

    def deposit(self, account: Account, amount: Amount, *, asset: int = 0) -> None:
        """Add collateral in one of the assets."""
        if asset not in ASSETS:
            raise ValueError(f"there is no asset {asset}")
        with self._core.transaction():
            ledger = self._ledger(account)
            self._feeds.tell(ledger, ledger.deposit(asset, _amount(amount)))

    def _filled(
        self, ledger: Ledger, order: Order, size: Decimal, price: Decimal, *, passive: bool
    ) -> Touched:
        return ledger.fill(order, size, price, now_ms=self._core.now_ms(), passive=passive)

    # The truth

    def private_log(self, account: Account, after_seq: int = 0) -> list[LoggedEvent]:
        """Return the account's private pushes with a ``seq`` above `after_seq`, oldest first."""
        with self._core.reading():
            return self._core.log.after(account.key, after_seq)

    def truth(self, account: Account) -> dict[str, Any]:
        """Return a picture of the account, all of one moment.

        ``orders`` (the open ones), ``positions`` (those that are held), ``collateral`` and
        ``events`` (all order events, oldest first) have the rows of REST, with addresses in lower
        case and instrument ids in hex, whatever the switches say.
        """
        forms = Forms(Manners(checksum_case=False))
        with self._core.reading() as core:
            ledger = self._ledger(account)
            return {
                "orders": {
                    str(key): order_row(order, ledger.address, forms)
                    for key, order in ledger.orders.items()
                },
                "positions": {
                    key: position_row(position, core.markets[key])
                    for key, position in ledger.positions.items()
                    if position.quantity
                },
                "collateral": {str(key): str(held) for key, held in ledger.collateral.items()},
                "events": [event_row(event, ledger.address, forms) for event in ledger.events],
            }

    def connections(self, account: Account | None = None) -> int:
        """Return how many WebSocket connections are open, in all or with a feed of an account."""
        with self._core.reading() as core:
            return len(core.hub.outlets(account.key if account else None))

    def subscriptions(self) -> list[dict[str, int]]:
        """Return the feeds of every connection and how often each was asked for, oldest first.

        A feed is a text such as ``Collateral|0xaddress||0|``: kind, account, instrument, asset and
        interval.
        """
        with self._core.reading() as core:
            return [core.hub.times(outlet) for outlet in core.hub.outlets()]

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

        It is asked on the calling thread after every change of the server, and every 50 ms.
        """
        return self._core.change.wait_until(predicate, timeout)

    # Inside

    def _ledger(self, account: Account) -> Ledger:
        return self._core.ledgers[account.key]

    def _order(self, account: Account, order_id: int) -> tuple[Ledger, Order]:
        ledger = self._ledger(account)
        order = ledger.orders.get(order_id)
        if order is None:
            raise ValueError(f"there is no open order {order_id}")
        return ledger, order

    def _market(self, instrument: Instrument | None) -> Market:
        if instrument is None:
            return next(iter(self._core.markets.values()))
        return self._core.markets[instrument.instrument_id]


def _server_class() -> type[Server]:
    try:
        from .server import Server
    except ModuleNotFoundError as exc:
        if exc.name != "aiohttp":
            raise
        raise ImportError("the embedded exchange needs aiohttp: pip install 'sixmm[sim]'") from exc
    return Server


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


def _amount(value: Amount) -> Decimal:
    """Return an amount; one that is negative or no number raises `ValueError`."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        raise ValueError(f"an amount must lie in 0 to {MOST_MONEY}, not {value!r}")
    return amount
