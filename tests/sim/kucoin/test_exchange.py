"""The exchange as an object."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from sixmm.sim.kucoin import Account, KuCoinExchange, Limits

from .client import Caller, Classic
from .conftest import Opener

Dial = Callable[[Caller], Classic]


def test_life() -> None:
    """It starts once, serves on loopback addresses, and leaves no thread."""
    exchange = KuCoinExchange()
    with exchange:
        exchange.start()
        assert exchange.rest_url.startswith("http://127.0.0.1:")
        assert len({exchange.rest_url, exchange.futures_url, exchange.pro_url}) == 3
        assert "serving, 0 connections" in repr(exchange)
    exchange.close()

    assert not any(one.name == "sixmm-sim-kucoin" for one in threading.enumerate())
    with pytest.raises(RuntimeError, match="cannot be started again"):
        exchange.start()


def test_a_port_that_is_taken() -> None:
    """It is told at once, and nothing is left running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        exchange = KuCoinExchange(ports={"futures": port})
        with pytest.raises(OSError, match=r"."):
            exchange.start()
    assert not any(one.name == "sixmm-sim-kucoin" for one in threading.enumerate())


@pytest.mark.parametrize(
    "options",
    [
        {"host": "0.0.0.0"},
        {"host": "example.org"},
        {"steps_per_second": -1},
        {"idle_limit": 0},
        {"token_life": 0},
        {"session_life": -1},
    ],
)
def test_options_that_are_wrong(options: dict[str, object]) -> None:
    """They are refused before anything is opened."""
    with pytest.raises(ValueError, match=r"must be|loopback"):
        KuCoinExchange(**options)  # type: ignore[arg-type]


def test_accounts(exchange: KuCoinExchange, account: Account) -> None:
    """They have users of their own, and names that are taken once."""
    other = exchange.create_account("other", funded=False)

    assert other.user_id != account.user_id
    assert exchange.private_log(other) == []
    with pytest.raises(ValueError, match="an account 'demo' already"):
        exchange.create_account("demo")
    with pytest.raises(ValueError, match="version must be 2 or 3"):
        exchange.create_key(account, version=1)


def test_a_rate(exchange: KuCoinExchange) -> None:
    """With a rate, things happen by themselves; without one, nothing does."""
    with KuCoinExchange(steps_per_second=200) as busy:
        account = busy.create_account(funded=False)
        assert busy.wait_until(lambda: len(busy.private_log(account)) > 20, timeout=20)
    idle = exchange.create_account("idle", funded=False)
    assert exchange.private_log(idle) == []


def test_the_same_seed_gives_the_same_pushes() -> None:
    """But for their times."""

    def course(seed: int) -> list[tuple[str, tuple[str, ...]]]:
        exchange = KuCoinExchange(seed=seed)
        account = exchange.create_account()
        exchange.step(account, 100)
        return [(one.topic, one.key[:1]) for one in exchange.private_log(account)]

    assert course(1) == course(1)
    assert course(1) != course(2)


def test_log_and_wire_agree_through_cuts(opener: Opener) -> None:
    """Whatever is cut: what comes is in the log, in its order and once, and the rest is known."""
    topics = {"/spotMarket/tradeOrdersV2", "/account/balance"}
    got: list[str] = []
    with KuCoinExchange(steps_per_second=300, limits=Limits(dials=0)) as exchange:
        account = exchange.create_account(markets=("spot",))
        caller = Caller(exchange.rest_url, exchange.create_key(account))
        for how in ("rst", "fin", "mid_frame", "close") * 3:
            stream = opener(Classic, caller.dial_url())
            assert isinstance(stream, Classic)
            stream.next()
            for topic in topics:
                stream.tell("subscribe", topic)
            for _ in range(20):
                got.append(stream.text())
            exchange.faults.cut(how)
            while True:
                try:
                    got.append(stream.text())
                except ConnectionClosed:
                    break
        caller.session.close()
        log = exchange.private_log(account, topics=topics)
    pushes = [text for text in got if '"type":"message"' in text]
    written = [one.text for one in log if one.receivers]

    assert len(set(pushes)) == len(pushes) > 100
    assert set(pushes) <= set(written)
    assert pushes == [text for text in written if text in set(pushes)]
    assert any(not one.receivers for one in log)


def spot_fills(caller: Caller) -> set[tuple[str, str]]:
    """Return symbol and trade id of all fills, page by page."""
    found: set[tuple[str, str]] = set()
    for symbol in ("BTC-USDT", "ETH-USDT"):
        last = 0
        while True:
            query = f"symbol={symbol}&limit=100&lastId={last}"
            page = caller.get(f"/api/v1/hf/fills?{query}")
            found |= {(symbol, str(row["tradeId"])) for row in page["items"]}
            last = page["lastId"]
            if not page["items"]:
                break
    return found


def test_stream_and_rest_leave_no_gap(opener: Opener) -> None:
    """What REST tells after the acknowledgement, and what is pushed after it, is all there is."""
    with KuCoinExchange(steps_per_second=200, limits=Limits(dials=0)) as exchange:
        account = exchange.create_account(markets=("spot",))
        caller = Caller(exchange.rest_url, exchange.create_key(account))
        for _ in range(10):
            stream = opener(Classic, caller.dial_url())
            assert isinstance(stream, Classic)
            stream.next()
            stream.subscribe("/spotMarket/tradeOrders")
            known = spot_fills(caller)
            truth: Any = exchange.truth(account)
            rows = [one["data"] for one in stream.pending() if "data" in one]
            known |= {(row["symbol"], row["tradeId"]) for row in rows if "tradeId" in row}
            assert known >= {(symbol, trade) for symbol, trade, _ in truth["spot_fills"]}
            exchange.faults.cut("rst")
        caller.session.close()


def test_revoked_keys(exchange: KuCoinExchange, account: Account, spot: Caller) -> None:
    """They are unknown from then on."""
    exchange.revoke_key(spot.key)

    assert spot.code("/api/v1/accounts") == "400003"
    assert exchange.truth(account)["spot_orders"] == {}


def test_permissions(exchange: KuCoinExchange, account: Account) -> None:
    """A key without the permission is told so."""
    key = exchange.create_key(account, permissions=frozenset({"General"}))
    caller = Caller(exchange.rest_url, key)

    assert caller.code("/api/v1/hf/orders/active/symbols") == "400007"
    assert caller.code("/api/v1/accounts") == "200000"
    caller.session.close()


def test_connections_end_with_the_exchange(spot: Caller, dial: Dial) -> None:
    """They are told that it closes."""
    with KuCoinExchange() as exchange:
        caller = Caller(exchange.rest_url, exchange.create_key(exchange.create_account()))
        stream = dial(caller)
        caller.session.close()
    assert stream.end()[0] == 1001
    assert spot.code("/api/v1/accounts") == "200000"
