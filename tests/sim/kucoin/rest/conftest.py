"""A visit to a handler, with no server around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.sim.kucoin.core import Core
from sixmm.sim.kucoin.manners import Manners
from sixmm.sim.kucoin.rest.call import Call
from sixmm.sim.kucoin.rest.route import Visit
from sixmm.sim.kucoin.rest.routes import find
from sixmm.sim.kucoin.tokens import Tokens

from ..bench import START_NS, Bench

Ask = Callable[..., Any]


@pytest.fixture
def ask(bench: Bench) -> Ask:
    """Give a function that asks for the data of a target, as the account of the bench."""
    core = Core(
        seed=7,
        manners=Manners(),
        tokens=Tokens(1000),
        rest_weight=10,
        clock_ns=lambda: START_NS,
    )
    core.endpoints = {"spot": "ws://127.0.0.1:5/", "futures": "ws://127.0.0.1:6/"}
    core.traders[bench.account.user_id] = bench.trader

    def asked(target: str, host: str = "spot", method: str = "GET") -> Any:
        path = target.partition("?")[0]
        found = find(host, method, path)
        assert found is not None, path
        route, argument = found
        call = Call(method=method, host=host, target=target, argument=argument)
        return route.handler(Visit(core=core, call=call, owner=bench.account))

    return asked
