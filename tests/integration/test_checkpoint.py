"""What is promised of a checkpoint, with the embedded exchange and real kills of processes."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sixmm import Client, Event, OrderTradeUpdate, Resynced
from sixmm.cli.audit import Audit, audit
from sixmm.errors import ConfigurationError, LocalStateError
from sixmm.events import ConnectionEvent, Origin
from sixmm.sim import Exchange

from .conftest import DEADLINE, is_kind, take_until
from .trading import Trading

CHILD = Path(__file__).with_name("checkpoint_child.py")


class Children:
    """Runs the program of ``checkpoint_child``, one after the other, on one file and one account.

    Args:
        exchange: the running exchange.
        folder: where the files are.
        acknowledge: whether events are acknowledged.
    """

    def __init__(self, exchange: Exchange, folder: Path, *, acknowledge: bool) -> None:
        self._exchange = exchange
        self.account = exchange.create_account(username="a", password="b", balance="1000000")
        self.rival = exchange.create_account(username="c", password="d", balance="1000000")
        key = exchange.create_key(self.account)
        self.notes = folder / "notes"
        self._plan: dict[str, Any] = {
            "notes": str(self.notes),
            "checkpoint": str(folder / "state.db"),
            "api_key": key.api_key,
            "api_secret": key.api_secret,
            "rest_url": exchange.rest_url,
            "ws_url": exchange.ws_url,
            "acknowledge": acknowledge,
        }
        self._start = 0

    def start(self, *, wallet: str | None = None) -> subprocess.Popen[bytes]:
        """Start the program; it ends where an event tells this wallet, else it has to be killed."""
        if self.notes.exists() and not self.notes.read_bytes().endswith(b"\n"):
            with self.notes.open("ab") as notes:
                notes.write(b"cut\n")
        self._start = self.notes.stat().st_size if self.notes.exists() else 0
        plan = json.dumps({**self._plan, "wallet": wallet})
        return subprocess.Popen(
            [sys.executable, str(CHILD), plan],
            stdin=subprocess.DEVNULL,
        )

    def lines(self) -> list[bytes]:
        """Return the whole lines of the notes."""
        text = self.notes.read_bytes() if self.notes.exists() else b""
        return text[: text.rfind(b"\n") + 1].splitlines()

    def wait_for_lines(self, count: int) -> None:
        """Wait until there are so many of this run."""

        def has_noted() -> bool:
            if not self.notes.exists():
                return False
            with self.notes.open("rb") as notes:
                notes.seek(self._start)
                return notes.read().count(b"\n") >= count

        assert self._exchange.wait_until(has_noted, timeout=DEADLINE)

    def told(self, kind: str) -> list[Any]:
        """Return what was noted, oldest first."""
        pairs = [line.split() for line in self.lines()]
        return [
            pickle.loads(base64.b64decode(pair[1]))
            for pair in pairs
            if len(pair) == 2 and pair[0] == kind.encode()
        ]


def _killed_runs(
    exchange: Exchange, folder: Path, *, kills: int, seed: int, acknowledge: bool
) -> tuple[Callable[[list[Event]], Audit], list[Event]]:
    """Return what judges events by the log of the exchange, and the events of all runs."""
    dice = random.Random(seed)
    children = Children(exchange, folder, acknowledge=acknowledge)
    child = children.start()
    children.wait_for_lines(1)
    after_seq = max((entry.seq for entry in exchange.private_log(children.account)), default=0)
    with Trading(exchange, children.account, children.rival, seed=seed, pause=0.005):
        for _ in range(kills):
            # Half of them in the middle of the start, half in the middle of the flow.
            children.wait_for_lines(dice.choice((1, 20)))
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(dice.random() * 0.3)
            os.kill(child.pid, signal.SIGKILL)
            child.wait(DEADLINE)
            child = children.start()
    exchange.deposit(children.account, "1")
    wallet = str(exchange.truth(children.account)["balances"]["USDT"]["walletBalance"])
    os.kill(child.pid, signal.SIGKILL)
    child.wait(DEADLINE)
    last = children.start(wallet=wallet)
    try:
        assert last.wait(DEADLINE) == 0
    finally:
        last.kill()
        last.wait()
    log, truth = exchange.private_log(children.account), exchange.truth(children.account)

    def judge(told: list[Event]) -> Audit:
        return audit(log, told, truth=truth, after_seq=after_seq)

    return judge, children.told("event")


def _is_marked(event: Event) -> bool:
    return event.redelivered or event.origin is Origin.REST


def _number_of(word: str) -> int:
    """Return which event an audit speaks of."""
    return int(word.split()[1].rstrip(":"))


def _without_repeats(told: list[Event], words: tuple[str, ...]) -> list[Event]:
    """Return the events without those that repeat something and are marked.

    An audit counts how often a state was told. Where an order comes back to a state, one that was
    told again would be held against the one that is new.
    """
    left_out = {number for number in map(_number_of, words) if _is_marked(told[number])}
    return [event for number, event in enumerate(told) if number not in left_out]


def _unmarked(words: tuple[str, ...], told: list[Event]) -> list[str]:
    """Return what an audit says of events that are not marked."""
    return [word for word in words if not _is_marked(told[_number_of(word)])]


@pytest.mark.parametrize(("kills", "acknowledge"), [(20, False), (8, True)])
def test_kills(tmp_path: Path, kills: int, acknowledge: bool) -> None:
    """Whenever the process is killed, 0 private events are lost, and what comes twice is marked."""
    with Exchange(seed=3, market_maker=False) as exchange:
        judge, told = _killed_runs(
            exchange, tmp_path, kills=kills, seed=11, acknowledge=acknowledge
        )
    result = judge(told)
    once = _without_repeats(told, result.repeats)

    assert result.missing == ()
    assert result.inventions == ()
    assert _unmarked(judge(once).repeats, once) == []
    assert _unmarked(result.disorders, told) == []
    assert result.sent > 100


@pytest.fixture
def trade(exchange: Exchange, account: Any, maker: Any) -> Callable[[], None]:
    """Give a function that has one order of the account filled: five private events."""
    middle = str(exchange.mid_price("BTCUSDT").quantize(Decimal(1)))

    def place(who: Any, side: str) -> None:
        exchange.place_order(
            who, symbol="BTCUSDT", side=side, type="LIMIT", price=middle, quantity="0.002"
        )

    def run() -> None:
        place(account, "BUY")
        place(maker, "SELL")

    return run


def private(events: list[Event]) -> list[Event]:
    """Return the events that are not about the connection."""
    return [event for event in events if not isinstance(event, ConnectionEvent)]


def is_filled(event: Event) -> bool:
    """Whether an event tells the end of an order."""
    return isinstance(event, OrderTradeUpdate) and event.order_status == "FILLED"


def test_what_happened_in_between(
    connect: Callable[..., Client], trade: Callable[[], None], tmp_path: Path
) -> None:
    """The next run is told once, by REST, what happened while there was none; a third nothing."""
    path = tmp_path / "state.db"
    with connect_in(connect, path) as first:
        take_until(first, is_kind(Resynced))
        trade()
        take_until(first, is_filled)
        first.get(timeout=DEADLINE)
        before = len(first.account.orders)
    trade()
    with connect_in(connect, path) as second:
        events = take_until(second, is_kind(Resynced))
        second.wait_live(DEADLINE)
        assert len(second.account.orders) == before + 1
        assert second.account.stale == ()
    with connect_in(connect, path) as third:
        quiet = take_until(third, is_kind(Resynced))
        fills = third.account.fills

    told = [event for event in private(events) if isinstance(event, OrderTradeUpdate)]
    assert {event.origin for event in private(events)} == {Origin.REST}
    assert [event.order_status for event in told] == ["FILLED"]
    assert isinstance(events[-1], Resynced)
    assert events[-1].reason == "start"
    assert private(quiet) == []
    assert len(fills) == 2


def connect_in(connect: Callable[..., Client], path: Path, **options: Any) -> Client:
    """Return a client on the file, for a block; it is started by the block."""
    client = connect(checkpoint=path, **options)
    client.start = lambda: None  # type: ignore[method-assign]
    return client


def test_not_acknowledged(
    connect: Callable[..., Client], trade: Callable[[], None], tmp_path: Path
) -> None:
    """What was not acknowledged comes again, in order, marked, and before anything else."""
    path = tmp_path / "state.db"
    with connect_in(connect, path, acknowledge=True) as first:
        take_until(first, is_kind(Resynced))
        trade()
        taken = take_until(first, is_filled)
        assert first.ack(taken[0])
        assert not first.ack(taken[0])
    with connect_in(connect, path, acknowledge=True) as second:
        events = take_until(second, is_kind(Resynced))
        for event in events:
            assert second.ack(event) is not isinstance(event, ConnectionEvent)
    with connect_in(connect, path, acknowledge=True) as third:
        quiet = take_until(third, is_kind(Resynced))

    again = private(events)
    assert [event.raw for event in again][: len(taken) - 1] == [e.raw for e in taken[1:]]
    assert all(event.redelivered for event in again[: len(taken) - 1])
    assert again[: len(taken) - 1] == events[: len(taken) - 1]
    assert again[: len(taken) - 1] == taken[1:]
    assert private(quiet) == []


def test_a_program_that_fails(
    connect: Callable[..., Client], trade: Callable[[], None], tmp_path: Path
) -> None:
    """The event with which the program failed is delivered again, and only that one."""
    path = tmp_path / "state.db"

    def fail() -> None:
        with connect_in(connect, path) as client:
            take_until(client, is_kind(Resynced))
            trade()
            take_until(client, is_filled)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with connect_in(connect, path) as second:
        (event, *_) = take_until(second, is_kind(Resynced))

    assert is_filled(event)
    assert event.redelivered


def test_taken_after_the_end(
    connect: Callable[..., Client],
    trade: Callable[[], None],
    exchange: Exchange,
    account: Any,
    tmp_path: Path,
) -> None:
    """What waits in the inbox when the client is closed can be taken, and is handled then."""
    path = tmp_path / "state.db"
    first = connect(checkpoint=path)
    take_until(first, is_kind(Resynced))
    before = len(exchange.private_log(account))
    trade()
    sent = len(exchange.private_log(account))
    # What arrives while the client is being closed is not handed over, and comes again.
    assert exchange.wait_until(
        lambda: first.stats().private_waiting == sent - before, timeout=DEADLINE
    )
    first.get(timeout=DEADLINE)
    first.close()
    rest = list(first.events())
    with connect_in(connect, path) as second:
        events = take_until(second, is_kind(Resynced))

    assert rest
    assert not any(event.redelivered for event in events)
    assert len(private(rest)) + len(private(events)) + 1 <= sent


def test_refusals(connect: Callable[..., Client], exchange: Exchange, tmp_path: Path) -> None:
    """A second client, another key, and what cannot work at all: each says so at once."""
    path = tmp_path / "state.db"
    used = pytest.raises(LocalStateError, match="used by another client")
    with connect_in(connect, path), used:
        connect(checkpoint=path)
    other = exchange.create_key(exchange.create_account(username="o", password="p"), permissions=3)
    with pytest.raises(ConfigurationError, match="another account"):
        connect(checkpoint=path, api_key=other.api_key, api_secret=other.api_secret)
    for wrong in (
        {"checkpoint": path, "deliver": "events"},
        {"checkpoint": path, "deliver": "state"},
        {"checkpoint": path, "private": False},
        {"checkpoint": path, "api_key": None, "api_secret": None, "access_token": "t"},
        {"acknowledge": True},
    ):
        with pytest.raises(ConfigurationError, match="checkpoint"):
            connect(**wrong)


def test_no_secrets(
    connect: Callable[..., Client],
    trade: Callable[[], None],
    key: Any,
    tmp_path: Path,
) -> None:
    """Neither the file nor what SQLite keeps beside it has a key, its secret or a listenKey."""
    path = tmp_path / "state.db"
    with connect_in(connect, path, acknowledge=True) as client:
        take_until(client, is_kind(Resynced))
        trade()
        take_until(client, is_filled)
        listen_key = client.user.create_listen_key().listen_key
        found = [file.read_bytes() for file in tmp_path.iterdir()]
    found += [file.read_bytes() for file in tmp_path.iterdir()]

    assert any(b"FILLED" in content for content in found)
    assert listen_key
    for secret in (key.api_key, key.api_secret, listen_key.reveal()):
        for form in _forms(secret):
            assert not any(form in content for content in found)


def _forms(secret: str) -> list[bytes]:
    text = secret.encode()
    return [text, text.hex().encode(), base64.b64encode(text).rstrip(b"=")]
