"""Fixtures: an engine on a bench, and a served exchange with clients that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sixmm.sim import Account, Exchange

from .bench import Bench
from .client import Rest, Stream


@pytest.fixture
def bench() -> Bench:
    """Give an engine without accounts."""
    return Bench()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """Serve an exchange without a market maker: nothing happens that a test does not do."""
    with Exchange(seed=7, market_maker=False) as served:
        yield served


@pytest.fixture
def account(exchange: Exchange) -> Account:
    """Open an account with plenty of money."""
    return exchange.create_account(username="demo", password="pass-word", balance="1000000")


@pytest.fixture
def rest(exchange: Exchange, account: Account) -> Iterator[Rest]:
    """Give a signing REST client of the account, with the Read and Trade bits."""
    key = exchange.create_key(account)
    with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
        yield client


@pytest.fixture
def dial(exchange: Exchange) -> Iterator[Callable[..., Stream]]:
    """Give a function that opens a WebSocket; whatever is left open is closed at the end."""
    opened: list[Stream] = []

    def connect(query: str = "") -> Stream:
        stream = Stream(exchange.ws_url + query)
        opened.append(stream)
        return stream

    yield connect
    for stream in opened:
        stream.shut()


@pytest.fixture
def private(rest: Rest, dial: Callable[..., Stream]) -> Stream:
    """Give a logged-in WebSocket of the account, behind its auth frame."""
    stream = dial(f"?listenKey={rest.listen_key()}")
    assert stream.next()["event"] == "auth"
    return stream
