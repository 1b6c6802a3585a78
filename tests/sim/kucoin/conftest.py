"""Fixtures: a served KuCoin with an account that has money, and clients that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sixmm.sim.kucoin import Account, ApiKey, KuCoinExchange, Limits

from .bench import Bench
from .client import Caller, Classic, Pro, Stream


@pytest.fixture
def bench() -> Bench:
    """Give an account without an exchange."""
    return Bench()


@pytest.fixture
def exchange() -> Iterator[KuCoinExchange]:
    """Serve an exchange in which nothing happens that a test does not do."""
    with KuCoinExchange(seed=7, limits=Limits(pro_ping_spacing=0)) as served:
        yield served


@pytest.fixture
def account(exchange: KuCoinExchange) -> Account:
    """Open an account with money in it."""
    return exchange.create_account("demo")


@pytest.fixture
def key(exchange: KuCoinExchange, account: Account) -> ApiKey:
    """Give an API key of the account."""
    return exchange.create_key(account)


@pytest.fixture
def spot(exchange: KuCoinExchange, key: ApiKey) -> Iterator[Caller]:
    """Give a client of the spot host."""
    caller = Caller(exchange.rest_url, key)
    yield caller
    caller.session.close()


@pytest.fixture
def futures(exchange: KuCoinExchange, key: ApiKey) -> Iterator[Caller]:
    """Give a client of the futures host."""
    caller = Caller(exchange.futures_url, key)
    yield caller
    caller.session.close()


Opener = Callable[[type[Stream], str], Stream]


@pytest.fixture
def opener() -> Iterator[Opener]:
    """Give a function that opens a WebSocket; whatever is left open is closed at the end."""
    opened: list[Stream] = []

    def connect(kind: type[Stream], url: str) -> Stream:
        stream = kind(url)
        opened.append(stream)
        return stream

    yield connect
    for stream in opened:
        stream.shut()


@pytest.fixture
def dial(opener: Opener) -> Callable[[Caller], Classic]:
    """Give a function that opens a Classic connection of a host, behind its welcome."""

    def connect(caller: Caller) -> Classic:
        stream = opener(Classic, caller.dial_url())
        assert isinstance(stream, Classic)
        assert stream.next() == {"id": "c1", "type": "welcome"}
        return stream

    return connect


@pytest.fixture
def pro(opener: Opener, exchange: KuCoinExchange) -> Pro:
    """Give a Pro connection that nobody has logged in to, behind its welcome."""
    stream = opener(Pro, exchange.pro_url)
    assert isinstance(stream, Pro)
    assert stream.next()["message"] == "welcome"
    return stream
