"""Fixtures: servers with any manners, and clients that know nothing of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sixmm.sim.rocketfi import Account, Manners, RocketFiExchange

from .client import Rest, Stream

Serve = Callable[..., RocketFiExchange]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that starts a server on which nothing happens by itself."""
    with ExitStack() as stack:

        def start(**manners: Any) -> RocketFiExchange:
            made = RocketFiExchange(running=False, manners=Manners(**manners))
            return stack.enter_context(made)

        yield start


@pytest.fixture
def exchange(serve: Serve) -> RocketFiExchange:
    """Serve with the usual manners."""
    return serve()


@pytest.fixture
def account(exchange: RocketFiExchange) -> Account:
    """Open an account that does nothing by itself."""
    return exchange.create_account(scripted=False)


@pytest.fixture
def dial() -> Iterator[Callable[[RocketFiExchange], Stream]]:
    """Give a function that opens a WebSocket; whatever is left open is closed at the end."""
    opened: list[Stream] = []

    def connect(exchange: RocketFiExchange) -> Stream:
        stream = Stream(exchange.ws_url)
        opened.append(stream)
        return stream

    yield connect
    for stream in opened:
        stream.shut()


@pytest.fixture
def stream(exchange: RocketFiExchange, dial: Callable[[RocketFiExchange], Stream]) -> Stream:
    """Open a WebSocket."""
    return dial(exchange)


@pytest.fixture
def rest(exchange: RocketFiExchange) -> Iterator[Rest]:
    """Give a REST client."""
    client = Rest(exchange.rest_url)
    yield client
    client.close()
