"""The local server, over loopback: it floods the private stream once, when it is told to."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest

from benchmarks.canned import LISTEN_KEY
from benchmarks.frames import upgrade_request
from benchmarks.peers.dialects import DIALECTS, KEY
from benchmarks.peers.server import GO, READY, SURPLUS, Server

WAIT = 20.0
MESSAGES = 50
FRAME = 4 + 560


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server that speaks as 6MM does."""
    made = Server(DIALECTS["sixmm"], MESSAGES)
    yield made
    made.close()


def _call(port: int, path: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _read(sock: socket.socket, until: bytes) -> bytes:
    data = b""
    while until not in data:
        data += sock.recv(65_536)
    return data


def test_the_flood_is_every_message_and_the_surplus(server: Server) -> None:
    """A client gets what it was promised, and a few more for those that it loses."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT) as sock:
        sock.sendall(upgrade_request(f"127.0.0.1:{server.port}", f"/ws?listenKey={LISTEN_KEY}"))
        assert b"101" in _read(sock, b'"auth"')
        assert _call(server.port, READY) == {"ready": True}
        _call(server.port, GO)
        flood = b""
        while len(flood) < (MESSAGES + SURPLUS) * FRAME:
            flood += sock.recv(65_536)
    assert flood.count(b'"orderId"') == MESSAGES + SURPLUS
    assert len(flood) == (MESSAGES + SURPLUS) * FRAME


def test_ready_is_answered_when_a_private_stream_is_open(server: Server) -> None:
    """A stream without the listenKey is not what the flood is for."""
    replies: list[object] = []
    asking = threading.Thread(target=lambda: replies.append(_call(server.port, READY)))
    asking.start()
    address = ("127.0.0.1", server.port)
    with (
        socket.create_connection(address, timeout=WAIT) as public,
        socket.create_connection(address, timeout=WAIT) as private,
    ):
        public.sendall(upgrade_request("127.0.0.1", "/ws"))
        _read(public, b'"auth"')
        assert replies == []
        private.sendall(upgrade_request("127.0.0.1", f"/ws?listenKey={LISTEN_KEY}"))
        _read(private, b'"auth"')
        asking.join(WAIT)
    assert replies == [{"ready": True}]


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("alpaca", {"action": "listen", "data": {"streams": ["trade_updates"]}}),
        ("binance-combined", {"method": "SUBSCRIBE", "params": [KEY], "id": 1}),
        ("bybit", {"op": "subscribe", "req_id": "1", "args": ["order"]}),
        ("coinbase", {"type": "subscribe", "channel": "user", "product_ids": []}),
        ("hyperliquid", {"method": "subscribe", "subscription": {"type": "orderUpdates"}}),
        ("kucoin", {"type": "subscribe", "id": "1", "topic": "/contractMarket/tradeOrders"}),
    ],
)
def test_a_subscription_opens_the_stream(name: str, request_: dict[str, object]) -> None:
    """Where an exchange opens the private stream by a message, the server does, and says so."""
    dialect = DIALECTS[name]
    assert dialect.opened_by_message(request_)
    assert not dialect.opened_by_address("/")
    assert dialect.answer(request_) is not None
