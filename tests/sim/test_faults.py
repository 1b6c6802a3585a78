"""Every fault does what it says, and nothing else."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from sixmm.sim import Account, Exchange
from sixmm.sim.faults import FAULTS, Faults

from .client import Rest, Stream

Dial = Callable[..., Stream]
DEPTH = "market.depth.BTCUSDT"


def test_the_names_are_those_of_the_methods() -> None:
    """Every public method of Faults is known at the control address."""
    assert set(FAULTS) == {name for name in vars(Faults) if not name.startswith("_")}


@pytest.mark.parametrize("how", ["rst", "fin", "mid_frame"])
def test_cuts_without_a_close_frame(exchange: Exchange, dial: Dial, how: str) -> None:
    """The peer sees the end of TCP and no close frame; the connection is gone at once."""
    streams = [dial(), dial()]
    assert exchange.faults.cut(how) == 2
    assert exchange.connections() == 0

    for stream in streams:
        assert stream.end() == (None, "", [])
    assert exchange.faults.cut(how) == 0


def test_a_reset_is_a_reset(exchange: Exchange) -> None:
    """With rst the peer's socket fails, with fin it ends in order, with half a frame after it."""
    ends: list[bytes | None] = []
    for how in ("rst", "fin", "mid_frame"):
        with upgraded(exchange) as peer:
            assert exchange.wait_until(lambda: exchange.connections() == 1)
            exchange.faults.cut(how)
            try:
                ends.append(b"".join(iter(lambda: peer.recv(1000), b"")))
            except ConnectionResetError:
                ends.append(None)

    assert ends[:2] == [None, b""]
    half = ends[2] or b""
    assert half.startswith(b"\x81\x7e\x01\x2c{")
    assert len(half) == 4 + 150


def upgraded(exchange: Exchange) -> socket.socket:
    """Return a bare socket behind a WebSocket handshake."""
    host, port = exchange.rest_url.removeprefix("http://").split(":")
    peer = socket.create_connection((host, int(port)), timeout=10)
    peer.sendall(
        b"GET /ws HTTP/1.1\r\nHost: sim\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    reply = b""
    while not reply.endswith(b"\r\n\r\n"):
        reply += peer.recv(1)
    assert reply.startswith(b"HTTP/1.1 101")
    return peer


def test_a_cut_with_a_close_frame(exchange: Exchange, dial: Dial) -> None:
    """Code and reason are those that were asked for."""
    stream = dial()
    exchange.faults.cut("close", code=1012, reason="restart")

    assert stream.end() == (1012, "restart", [])


def test_a_cut_of_one_account(exchange: Exchange, private: Stream, dial: Dial) -> None:
    """Only that account's connections go; its name will do."""
    public = dial()

    assert exchange.faults.cut("fin", account="demo") == 1
    assert private.end()[0] is None
    assert public.ask("ping")["event"] == "pong"
    with pytest.raises(ValueError, match="nobody"):
        exchange.faults.cut("fin", account="nobody")
    with pytest.raises(ValueError, match="how"):
        exchange.faults.cut("politely")


def test_what_a_cut_loses_has_no_receivers(
    exchange: Exchange, account: Account, private: Stream
) -> None:
    """Events after a cut are in the log and on no wire."""
    exchange.faults.cut("rst")
    exchange.deposit(account, "1")

    assert exchange.private_log(account)[-1].receivers == 0
    assert private.end()[2] == []


def test_freeze_is_a_half_open_link(
    exchange: Exchange, account: Account, private: Stream, dial: Dial
) -> None:
    """Frozen connections neither read nor write and stay open; new ones work; thawing resumes."""
    exchange.faults.freeze()
    ping = private.send("ping")
    exchange.deposit(account, "1")
    fresh = dial()

    assert fresh.ask("ping")["event"] == "pong"
    with pytest.raises(TimeoutError):
        private.next(timeout=0.1)
    event = exchange.private_log(account)[-1]
    assert event.receivers == 0
    assert exchange.connections(account) == 1
    exchange.faults.freeze(False)
    _, before = private.until(ping)
    assert [push["data"] for push in before] == [event.data]


def test_freeze_may_hold_new_handshakes(exchange: Exchange, dial: Dial) -> None:
    """With new=True a handshake hangs until the thaw."""
    exchange.faults.freeze(new=True)
    with pytest.raises(TimeoutError):
        Stream(exchange.ws_url, open_timeout=0.2)
    exchange.faults.freeze(False)

    assert dial().ask("ping")["event"] == "pong"


def test_mute_sends_no_private_push(exchange: Exchange, account: Account, private: Stream) -> None:
    """Pushes are missing, pings are answered, the log keeps all (a zombie link)."""
    exchange.faults.mute()
    exchange.deposit(account, "1")

    assert private.quiet() == []
    assert exchange.private_log(account)[-1].receivers == 0
    exchange.faults.mute(False)
    exchange.deposit(account, "2")
    assert private.next()["data"] == exchange.private_log(account)[-1].data


def test_refuse_handshakes(exchange: Exchange, dial: Dial) -> None:
    """The next handshakes get the status and the Retry-After, then all is well."""
    exchange.faults.refuse(2, status=503, retry_after=7)
    for _ in range(2):
        with pytest.raises(InvalidStatus) as caught:
            dial()
        response = caught.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (503, "7")

    assert dial().ask("ping")["event"] == "pong"
    assert [r.status for r in exchange.requests if r.path == "/ws"] == [503, 503, 101]


def test_slow_delays_frames_and_replies(exchange: Exchange, rest: Rest, dial: Dial) -> None:
    """Each frame and each reply takes at least as long as was asked for."""
    stream = dial()
    exchange.faults.slow(0.1)
    before = time.monotonic()
    stream.ask("ping")
    between = time.monotonic()
    rest.send("GET", "/v1/version")

    # Only lower bounds: how much longer it takes is the machine's affair.
    assert between - before >= 0.09
    assert time.monotonic() - between >= 0.09


def test_duplicates(exchange: Exchange, account: Account, private: Stream) -> None:
    """Every private push comes twice with the same text; it counts as one receiver."""
    exchange.faults.duplicate()
    exchange.deposit(account, "1")

    assert private.text() == private.text()
    assert private.quiet() == []
    assert exchange.private_log(account)[-1].receivers == 1


def test_a_late_ack_lets_other_traffic_pass(exchange: Exchange, dial: Dial) -> None:
    """The snapshot comes before the acknowledgement, and so does a later pong."""
    exchange.faults.late_ack(1.5)
    stream = dial()
    subscribe = stream.send("subscribe", DEPTH)
    pong = stream.send("ping")
    answer, before = stream.until(subscribe)

    assert answer["success"] is True
    assert [message.get("topic") or message["id"] for message in before] == [DEPTH, pong]


def test_lost_acks(exchange: Exchange, dial: Dial) -> None:
    """The acknowledgement never comes, the subscription is real."""
    exchange.faults.lose_acks(1)
    stream = dial()
    stream.send("subscribe", DEPTH)

    assert [message["topic"] for message in stream.quiet()] == [DEPTH]
    assert exchange.subscriptions() == [{DEPTH}]
    assert stream.ask("subscribe", "market.tickers")["success"] is True


def test_refused_topics(exchange: Exchange, dial: Dial) -> None:
    """A subscribe that names the topic is refused as a whole."""
    exchange.faults.refuse_topics({DEPTH})
    stream = dial()
    refusal = stream.ask("subscribe", "market.tickers", DEPTH)

    assert (refusal["success"], refusal["event"], refusal["code"]) == (False, "subscribe", 2002)
    assert DEPTH in refusal["message"]
    assert exchange.subscriptions() == [set()]
    assert stream.ask("subscribe", "market.tickers")["success"] is True


def test_a_refused_topic_may_be_a_text(exchange: Exchange, dial: Dial) -> None:
    """A text is one topic, and not the letters that it is made of."""
    exchange.faults.refuse_topics(DEPTH)

    assert dial().ask("subscribe", DEPTH)["success"] is False


def test_a_lost_depth_push_is_a_gap(exchange: Exchange, account: Account, dial: Dial) -> None:
    """endVersion jumps by two where a push was left out (rule 92)."""
    stream = dial()
    stream.ask("subscribe", DEPTH)
    version = stream.next()["data"]["endVersion"]
    exchange.faults.lose_depth(1)
    order: dict[str, Any] = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT"}
    exchange.place_order(account, price="85000", quantity="0.1", **order)
    exchange.wait_until(lambda: exchange._core.faults.lost_depth == 0)
    exchange.place_order(account, price="85001", quantity="0.1", **order)

    assert stream.next()["data"]["endVersion"] == version + 2


def test_failed_renewals(exchange: Exchange, rest: Rest) -> None:
    """Renewals fail with the code, then work again; the key lives on."""
    body = {"listenKey": rest.listen_key()}
    exchange.faults.fail_renewal(1, code=5002)
    path = "/v1/private/user/listen-key"

    assert [rest.code("PUT", path, "", body) for _ in range(2)] == [5002, 0]


def test_clock_skew(exchange: Exchange, rest: Rest, account: Account) -> None:
    """The exchange tells and checks the time that is off; lives of keys do not change."""
    exchange.faults.clock_skew(3_600_000)
    told = rest.send("GET", "/v1/time")["data"]["timestampMs"]
    info = "/v1/private/user/info"
    late = rest.call("GET", info)
    signed = rest.sign(rest.stamped(offset_ms=3_600_000))
    right = rest.send("GET", info, signed, X_API_KEY=rest.api_key)
    exchange.deposit(account, "1")

    assert (late["code"], late["message"]) == (1003, "Timestamp outside of tolerance window")
    assert right["code"] == 0
    assert abs(exchange.private_log(account)[-1].ts_ms - told) < 60_000


@pytest.mark.parametrize(
    ("fault", "status", "retry"),
    [
        ({"retry_after": 3}, 429, "3"),
        ({"retry_after": 10**9}, 429, "1000000000"),
        ({"retry_after": "Sat, 21 Nov 2026 08:00:00 GMT"}, 429, "Sat, 21 Nov 2026 08:00:00 GMT"),
        ({"code": 5001}, 200, None),
        ({"code": 5002, "http_status": 503}, 503, None),
    ],
)
def test_rest_errors(
    exchange: Exchange, rest: Rest, fault: dict[str, Any], status: int, retry: str | None
) -> None:
    """The next calls of the path fail with code, status and header, and have no effect."""
    exchange.faults.rest_error(1, path="/v1/private/order", **fault)
    order = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "1", "quantity": "0.1"}

    assert rest.send("GET", "/v1/version")["code"] == 0
    envelope = rest.call("POST", "/v1/private/order/place", "", order)
    assert envelope["code"] == fault.get("code", 5003)
    assert "data" not in envelope
    assert (rest.last.status_code, rest.last.headers.get("Retry-After")) == (status, retry)
    assert rest.data("GET", "/v1/private/order/current")["total"] == 0


def test_refused_logins(exchange: Exchange, rest: Rest, dial: Dial) -> None:
    """The auth frame says no, and 1008 follows; the next login works."""
    exchange.faults.refuse_login(1)
    query = f"?listenKey={rest.listen_key()}"
    code, _, (frame,) = dial(query).end()

    assert (code, frame["event"], frame["success"]) == (1008, "auth", False)
    assert dial(query).next()["success"] is True


def test_injected_frames(exchange: Exchange, account: Account, private: Stream, dial: Dial) -> None:
    """Any text reaches the wire as it is, and is no event of the log."""
    public = dial()
    before = len(exchange.private_log(account))

    assert exchange.faults.inject("{not json", account) == 1
    assert private.text() == "{not json"
    assert public.quiet() == []
    assert exchange.faults.inject("x") == 2
    assert len(exchange.private_log(account)) == before


def test_clear_ends_everything(exchange: Exchange, account: Account, private: Stream) -> None:
    """After clear() all is as at the beginning, frozen connections included."""
    faults = exchange.faults
    faults.mute()
    faults.slow(3600)
    faults.freeze()
    faults.clock_skew(10**9)
    faults.rest_error(5)
    faults.clear()
    exchange.deposit(account, "1")

    assert private.next()["data"]["eventType"] == "ACCOUNT_UPDATE"
    assert exchange._core.faults == type(exchange._core.faults)()


@pytest.mark.parametrize("value", [-1, 1.5, True, "1"])
def test_bad_counts_are_refused(exchange: Exchange, value: Any) -> None:
    """A count is a whole number from 0, whoever sends it."""
    with pytest.raises(ValueError, match="count"):
        exchange.faults.lose_acks(value)


@pytest.mark.parametrize("value", [-1, 3601, True, "1", float("nan")])
def test_bad_times_are_refused(exchange: Exchange, value: Any) -> None:
    """A time is a number of seconds up to an hour."""
    with pytest.raises(ValueError, match="seconds"):
        exchange.faults.slow(value)
