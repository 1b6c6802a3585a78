from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sixmm import BackoffPolicy, Client, Event
from sixmm.sim import Exchange

FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)
"""A back-off for a server on the same machine."""

DEADLINE = 20.0
"""Seconds that anything may take on a busy machine; a test that passes does not wait for it."""


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """Run an embedded exchange without a market maker."""
    with Exchange(seed=7, market_maker=False) as running:
        yield running


@pytest.fixture
def account(exchange: Exchange) -> Any:
    return exchange.create_account(username="trader", password="correct horse", balance="100000")


@pytest.fixture
def maker(exchange: Exchange) -> Any:
    """An account that takes the other side."""
    return exchange.create_account(username="maker", password="battery staple", balance="1000000")


@pytest.fixture
def key(exchange: Exchange, account: Any) -> Any:
    return exchange.create_key(account, permissions=3)


@pytest.fixture
def connect(exchange: Exchange, key: Any) -> Iterator[Callable[..., Client]]:
    """Give a function that makes a started private client; all are closed at the end."""
    clients: list[Client] = []

    def make(**options: Any) -> Client:
        arguments: dict[str, Any] = {
            "api_key": key.api_key,
            "api_secret": key.api_secret,
            "rest_url": exchange.rest_url,
            "ws_url": exchange.ws_url,
            "backoff": FAST,
            **options,
        }
        client = Client(**arguments)
        clients.append(client)
        client.start()
        return client

    yield make
    for client in clients:
        client.close()


def take_until(client: Client, wanted: Callable[[Event], bool]) -> list[Event]:
    """Return the events up to and with the first that is wanted; fails after the deadline."""
    taken: list[Event] = []
    while True:
        event = client.get(timeout=DEADLINE)
        taken.append(event)
        if wanted(event):
            return taken


def is_kind(*kinds: type[Event]) -> Callable[[Event], bool]:
    """Return a test for events of these classes."""
    return lambda event: isinstance(event, kinds)
