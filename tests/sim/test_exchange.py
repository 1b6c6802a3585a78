"""The exchange as an object: its life, its thread, and what it tells (all methods, any thread)."""

from __future__ import annotations

import builtins
import decimal
import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sixmm.sim import Account, Exchange, ExchangeError

from .bench import Mirror
from .client import Rest, Stream

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "price": "85000", "quantity": "0.01"}


def sim_threads() -> list[threading.Thread]:
    """Return the threads of exchanges."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("sixmm-sim")]


def test_one_named_daemon_thread_and_none_afterwards() -> None:
    """An exchange has one thread while it serves, and close() is idempotent."""
    exchange = Exchange()
    assert sim_threads() == []
    exchange.start()
    exchange.start()
    assert [thread.daemon for thread in sim_threads()] == [True]
    exchange.close()
    exchange.close()

    assert sim_threads() == []
    with pytest.raises(RuntimeError, match="closed"):
        exchange.start()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_no_file_descriptor_is_left() -> None:
    """Cycles with open connections, frozen ones too, leave no thread and no descriptor."""

    def cycle(frozen: bool) -> None:
        with Exchange() as exchange:
            account = exchange.create_account()
            key = exchange.create_key(account)
            with Rest(exchange.rest_url, key.api_key, key.api_secret) as rest:
                stream = Stream(f"{exchange.ws_url}?listenKey={rest.listen_key()}")
            exchange.faults.freeze(frozen)
        stream.end()
        stream.shut()

    cycle(False)
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for number in range(6):
        cycle(bool(number % 2))
    gc.collect()

    assert len(os.listdir("/proc/self/fd")) == before
    assert sim_threads() == []


def test_close_from_many_threads() -> None:
    """Any number of closers at once is as good as one."""
    exchange = Exchange()
    exchange.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: exchange.close(), range(8)))

    assert sim_threads() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "", "::"])
def test_only_loopback_addresses(host: str) -> None:
    """Nobody else can ever reach an embedded exchange."""
    with pytest.raises(ValueError, match="loopback"):
        Exchange(host=host)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("updates_per_second", x) for x in (0, -1, float("nan"), float("inf"), 1e-320, 1e300)),
        *(("listen_key_life_ms", x) for x in (0, -5, float("nan"), float("inf"))),
        *(("access_token_life_s", x) for x in (-1, float("nan"))),
        *(("outgoing_limit", x) for x in (0, -1, float("inf"))),
    ],
)
def test_numbers_out_of_range(name: str, value: float) -> None:
    """A figure that no exchange can run with is refused when it is made, and is named."""
    options: dict[str, Any] = {name: value}

    with pytest.raises(ValueError, match=name):
        Exchange(**options)


def test_localhost_is_loopback() -> None:
    """The name is taken for 127.0.0.1."""
    assert Exchange(host="localhost", port=5).rest_url == "http://127.0.0.1:5"
    assert Exchange(host="::1", port=5).ws_url == "ws://[::1]:5/ws"


def test_without_aiohttp_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing works without aiohttp; starting says which extra to install."""
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "aiohttp":
            raise ModuleNotFoundError("No module named 'aiohttp'", name="aiohttp")
        return real(name, *args, **more)

    for name in ("sixmm.sim.server", "sixmm.sim.connection"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    exchange = Exchange()
    with pytest.raises(ImportError, match=r"pip install 'sixmm\[sim\]'"):
        exchange.start()
    assert sim_threads() == []


def test_everything_works_before_start() -> None:
    """Accounts, orders, log and truth need no server; faults do nothing yet."""
    exchange = Exchange(market_maker=False)
    account = exchange.create_account()
    row = exchange.place_order(account, **ORDER)

    assert row["status"] == "PENDING"
    assert set(exchange.truth(account)["open_orders"]) == {row["orderId"]}
    assert exchange.faults.cut() == 0
    exchange.faults.freeze()
    exchange.expire_listen_keys()
    assert "not serving" in repr(exchange)


def test_orders_by_python(exchange: Exchange, account: Account) -> None:
    """Snake case options, REST rows as results, and ExchangeError with the code."""
    row = exchange.place_order(account, **ORDER, client_order_id="mine", maker_only=True)
    amended = exchange.amend_order(
        account, symbol="BTCUSDT", order_id=row["orderId"], quantity="0.02"
    )
    cancelled = exchange.cancel_order(account, symbol="BTCUSDT", client_order_id="mine")

    assert (row["makerOnly"], row["clientOrderId"]) == (True, "mine")
    assert (amended["quantity"], cancelled["status"]) == ("0.02", "CANCELED")
    with pytest.raises(ExchangeError) as caught:
        exchange.cancel_order(account, symbol="BTCUSDT", order_id=row["orderId"])
    assert caught.value.code == 3005


def test_the_log_replayed_is_the_truth(exchange: Exchange, account: Account) -> None:
    """Whoever has every text of the log knows all that truth() tells of orders and money."""
    other = exchange.create_account(username="other", balance="1000000")
    for number in range(30):
        side = ("BUY", "SELL")[number % 2]
        order = {**ORDER, "side": side, "price": str(85000 + number % 7)}
        exchange.place_order((account, other)[number % 3 == 0], **order)
    mirror = Mirror()
    for event in exchange.private_log(account):
        mirror.apply(event.data)
    truth = exchange.truth(account)

    assert {key: row["orderStatus"] for key, row in mirror.orders.items()} == {
        key: row["status"] for key, row in truth["orders"].items()
    }
    assert mirror.balances["USDT"]["walletBalance"] == truth["balances"]["USDT"]["walletBalance"]
    assert [fill["fillId"] for fill in mirror.fills] == [fill["fillId"] for fill in truth["fills"]]
    assert {row["quantity"] for row in mirror.positions.values()} == {
        row["quantity"] for row in truth["positions"].values()
    } or truth["positions"] == {}


def test_many_threads_at_once(exchange: Exchange, account: Account, private: Stream) -> None:
    """Orders from eight threads come out in one order, the same in the log and on the wire."""
    before = exchange.private_log(account)[-1].seq

    def work(_: int) -> None:
        for _ in range(25):
            row = exchange.place_order(account, **ORDER)
            exchange.cancel_order(account, symbol="BTCUSDT", order_id=row["orderId"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    log = exchange.private_log(account, after_seq=before)

    assert len(log) == 8 * 25 * 5
    assert [private.text() for _ in log] == [event.text for event in log]
    assert exchange.truth(account)["balances"]["USDT"]["frozenMargin"] == "0"


def test_the_callers_decimal_context_does_not_matter(exchange: Exchange) -> None:
    """A thread with three digits of precision gets the same figures as any other."""
    with decimal.localcontext() as context:
        context.prec = 3
        account = exchange.create_account(balance="123456.78")
        exchange.place_order(account, **{**ORDER, "price": "85000.1"})
        truth = exchange.truth(account)

    assert truth["balances"]["USDT"]["walletBalance"] == "123456.78"
    assert truth["balances"]["USDT"]["frozenMargin"] == "42.50005"


@pytest.mark.parametrize("balance", ["-1", "NaN", "Infinity", "much", "1e30"])
def test_bad_amounts_are_refused(exchange: Exchange, balance: str) -> None:
    """An amount is a number from 0, and a refused account does not exist."""
    with pytest.raises(ValueError, match="amount"):
        exchange.create_account(username="x", balance=balance)
    account = exchange.create_account(username="x")
    with pytest.raises(ValueError, match="amount"):
        exchange.deposit(account, balance)


def test_waiting_for_the_exchange_does_not_spin(exchange: Exchange, account: Account) -> None:
    """A predicate that looks at the exchange is no change of it, and is not asked in a loop."""
    asked: list[int] = []

    def predicate() -> bool:
        asked.append(exchange.connections(account) + len(exchange.truth(account)["fills"]))
        return False

    assert not exchange.wait_until(predicate, timeout=0.3)
    assert len(asked) <= 10


def test_prices_may_be_decimals(exchange: Exchange, account: Account) -> None:
    """A price that was worked out need not be written out by hand."""
    price = exchange.mid_price("BTCUSDT") - 500
    row = exchange.place_order(account, **{**ORDER, "price": price})

    assert row["price"] == "86000"


def test_the_mid_price_is_a_valid_price() -> None:
    """It lies on the tick grid, with a maker and without any book."""
    for maker in (True, False):
        with Exchange(market_maker=maker, symbols=["BTCUSDT", "FOOUSDT"]) as exchange:
            account = exchange.create_account()
            price = str(exchange.mid_price("BTCUSDT") - 1000)
            assert exchange.place_order(account, **{**ORDER, "price": price})["status"] == "PENDING"
            with pytest.raises(ExchangeError):
                exchange.mid_price("NOPE")
