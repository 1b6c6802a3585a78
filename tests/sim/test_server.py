"""The server: handshakes, records, and its end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from sixmm.sim import Exchange

from .client import Rest, Stream


def test_closing_tells_the_clients(dial: Callable[..., Stream], exchange: Exchange) -> None:
    """Open connections get 1001."""
    stream = dial()
    exchange.close()

    assert stream.end()[:2] == (1001, "exchange is closing")


def test_a_taken_port_raises_and_leaves_nothing(exchange: Exchange) -> None:
    """The error of the system comes out of start(), and no thread stays."""
    second = Exchange(port=int(exchange.rest_url.rpartition(":")[2]))
    with pytest.raises(OSError, match="address"):
        second.start()

    names = [thread.name for thread in threading.enumerate()]
    assert names.count("sixmm-sim") == 1
    second.close()


def test_requests_are_counted_without_secrets(exchange: Exchange, rest: Rest) -> None:
    """Every call is on record with status and code, and no secret is in it."""
    rest.data("GET", "/v1/private/user/info")
    rest.send("GET", "/v1/private/user/info")
    first, second = exchange.requests

    assert (first.method, first.path, first.status, first.code) == (
        "GET",
        "/v1/private/user/info",
        200,
        0,
    )
    assert (second.status, second.code) == (401, 1001)
    assert first.query.endswith("&signature=***")


def test_handshakes_are_on_record(
    exchange: Exchange, rest: Rest, dial: Callable[..., Stream]
) -> None:
    """A handshake counts with path /ws and its status, and without its listen key."""
    key = rest.listen_key()
    dial(f"?listenKey={key}").next()
    with pytest.raises(InvalidStatus):
        dial("?listenKey=unknown")
    records = [record for record in exchange.requests if record.path == "/ws"]

    assert [(record.status, record.code) for record in records] == [(101, 0), (401, 1003)]
    assert {record.query for record in records} == {"listenKey=***"}


def test_a_plain_request_to_the_stream_is_no_handshake(exchange: Exchange, rest: Rest) -> None:
    """Without an upgrade /ws answers 400, and nobody is connected."""
    rest.session.get(f"{rest.url}/ws", timeout=10)
    (record,) = exchange.requests

    assert (record.path, record.status) == ("/ws", 400)
    assert exchange.connections() == 0


def test_a_caller_that_leaves_in_the_middle_of_a_request(
    exchange: Exchange, rest: Rest, caplog: pytest.LogCaptureFixture
) -> None:
    """It has asked for nothing: there is no record of it, and no error of the server."""
    port = int(exchange.rest_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as side:
        side.sendall(
            b"POST /v1/private/order/place HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
        )
        reset = struct.pack("ii", 1, 0)
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    # The next call is served after the server has seen the end of the first.
    for _ in range(3):
        rest.data("GET", "/v1/time")

    assert {record.path for record in exchange.requests} == {"/v1/time"}
    assert not [record for record in caplog.records if record.exc_info]
