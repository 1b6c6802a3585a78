"""Whatever a client sends, the exchange answers and goes on."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.sim.kucoin import ApiKey, Limits
from sixmm.sim.kucoin.classic import ClassicDesk
from sixmm.sim.kucoin.core import Core
from sixmm.sim.kucoin.hub import Outlet
from sixmm.sim.kucoin.manners import Manners
from sixmm.sim.kucoin.pro import ProDesk
from sixmm.sim.kucoin.rest import Call, answer
from sixmm.sim.kucoin.rest.routes import ROUTES
from sixmm.sim.kucoin.tokens import Tokens

from .bench import Bench
from .client import mac

NO_LIMITS = Limits(messages=0, topics=0, pro_topics=0, pro_ping_spacing=0)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = ("id", "type", "op", "action", "topic", "channel", "tradeType", "accountType", "symbol")
WORDS = st.sampled_from(
    (
        "subscribe",
        "unsubscribe",
        "ping",
        "auth",
        "/account/balance",
        "/contract/position:",
        "/market/match:BTC-USDT,,",
        "position",
        "balance",
        "SPOT",
        "ticker",
        "kline",
        "mark-price",
    )
)
REQUESTS = st.dictionaries(st.sampled_from(NAMES), WORDS | VALUES).map(json.dumps)
TEXTS = REQUESTS | VALUES.map(json.dumps) | st.text(max_size=40)


def core() -> Core:
    """Return an exchange that is not served."""
    return Core(seed=7, manners=Manners(), tokens=Tokens(1000), rest_weight=10**9)


class Client(Outlet):
    """A connection without a socket."""

    def close(self, code: int, reason: str) -> None:
        """End nothing."""


def outlet(hub_of: Core, host: str) -> Outlet:
    """Return a connection that is welcome and logged in."""
    made = Client(10)
    made.host, made.welcomed = host, True
    hub_of.hub.add(made)
    hub_of.hub.join(made, "u")
    return made


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, host=st.sampled_from(("spot", "futures")))
def test_classic_requests(text: str, host: str) -> None:
    """Each is answered with one frame at most, which has a type."""
    exchange = core()
    client = outlet(exchange, host)
    ClassicDesk(exchange, NO_LIMITS).handle(client, text)
    told = [json.loads(frame) for frame, _ in client.queue]

    assert len(told) <= 1
    assert all(one["type"] in ("ack", "pong", "error") for one in told)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, host=st.sampled_from(("pro", "pro_spot", "pro_futures")))
def test_pro_requests(text: str, host: str) -> None:
    """Each is answered with one frame, a result or a pong."""
    exchange = core()
    client = outlet(exchange, host)
    ProDesk(exchange, NO_LIMITS, 18_000).handle(client, text)
    told: list[Any] = [json.loads(frame) for frame, _ in client.queue]

    assert len(told) == 1
    assert "result" in told[0] or "ts" in told[0]


QUERY_NAMES = (
    "symbol",
    "orderId",
    "clientOid",
    "tradeType",
    "status",
    "limit",
    "lastId",
    "startAt",
    "endAt",
    "pageSize",
    "currentPage",
    "pageNum",
    "pageNumber",
    "currency",
    "type",
    "tradeTypes",
)
QUERIES = st.dictionaries(
    st.sampled_from(QUERY_NAMES),
    st.sampled_from(("BTC-USDT", "XBTUSDTM", "active", "MARGIN_TRADE", "FUTURES", "1", "0", ""))
    | st.integers().map(str)
    | st.text(max_size=6),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(route=st.sampled_from(sorted(ROUTES)), query=QUERIES, tail=st.text(min_size=1, max_size=9))
def test_rest_calls(route: tuple[str, str, str], query: dict[str, str], tail: str) -> None:
    """Each has an answer with a code, and nothing is the fault of the server."""
    exchange, bench = core(), Bench()
    exchange.endpoints = {"spot": "ws://127.0.0.1:1/", "futures": "ws://127.0.0.1:1/"}
    bench.trader.fund()
    bench.spot.place("BTC-USDT", "buy", size=bench.account.futures_cash)
    exchange.traders["u1"] = bench.trader
    key = ApiKey(user_id="u1", api_key="k", api_secret="s", passphrase="p")
    exchange.keys.add(key)
    host, method, path = route
    encoded = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query.items())
    plain = "&".join(
        f"{name}={value.encode('utf-8', 'replace').decode()}" for name, value in query.items()
    )
    part = tail.encode("utf-8", "replace").decode()
    stamp = str(time.time_ns() // 1_000_000)
    signed = f"{stamp}{method}{path.replace('*', part)}?{plain}"
    target = f"{path.replace('*', quote(part, safe=''))}?{encoded}"
    headers = {
        "kc-api-key": "k",
        "kc-api-sign": mac("s", signed),
        "kc-api-timestamp": stamp,
        "kc-api-passphrase": mac("s", "p"),
        "kc-api-key-version": "2",
    }
    reply = answer(exchange, Call(method=method, host=host, target=target, headers=headers))

    assert reply.code in ("200000", "400100"), reply
    assert json.dumps(reply.envelope())
