"""A recorded client works as before, everything is in its record, and no secret is."""

from __future__ import annotations

import base64
import functools
import gc
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from sixmm import Client
from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    SixmmError,
)
from sixmm.records import Recorder, read_record
from sixmm.records.recorder import RecordingHttp, RecordingWs, line, role
from sixmm.sim import Exchange
from sixmm.transport import HttpRequest, HttpResponse, MemoryHttp, MemoryPeer, MemoryWs
from sixmm.transport.requests_http import RequestsTransport
from sixmm.transport.websocket_client import WebSocketClientTransport

from .sessions import DEADLINE, Listener

REST, WS = "https://host/v1/x", "wss://host/ws"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the record is written."""
    return tmp_path / "a.jsonl.gz"


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    """A recorder that writes there."""
    with Recorder(path) as recorder:
        yield recorder


def _soon() -> Deadline:
    return Deadline(DEADLINE)


def _told(path: Path, *hidden: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries without their times."""
    return [(e.kind, dict(e.data)) for e in read_record(path).entries if e.kind not in hidden]


def test_calls(recorder: Recorder, path: Path) -> None:
    """A call and its reply are recorded, with the headers that help; the caller gets the reply."""
    reply = HttpResponse(
        status=201, headers={"x-request-id": "r", "x-other": "o"}, cookies={"a": "b"}, body=b"{}"
    )
    http = recorder.http(MemoryHttp(lambda _: reply))
    request = HttpRequest(method="POST", url=f"{REST}?a=1&signature=00ff00ff", body=b'{"b":2}')

    assert http.send(request, deadline=_soon()) == reply
    assert recorder.close(DEADLINE)
    assert _told(path) == [
        (
            "call",
            {
                "call": 1,
                "method": "POST",
                "url": f"{REST}?a=1&signature=***",
                "headers": {},
                "body": '{"b":2}',
                "by": "caller",
            },
        ),
        (
            "reply",
            {
                "call": 1,
                "status": 201,
                "headers": {"x-request-id": "r"},
                "cookies": {"a": "***"},
                "body": "{}",
            },
        ),
    ]


def test_failed_calls(recorder: Recorder, path: Path) -> None:
    """A call that fails is recorded with its error, which the caller gets as it is."""
    error = ConnectFailed("nobody there")

    def fail(_: HttpRequest) -> HttpResponse:
        raise error

    http = recorder.http(MemoryHttp(fail))
    with pytest.raises(ConnectFailed) as told:
        http.send(HttpRequest(method="GET", url=REST), deadline=_soon())
    http.close()
    with pytest.raises(ClientClosed):
        http.send(HttpRequest(method="GET", url=REST), deadline=_soon())
    recorder.close(DEADLINE)

    assert told.value is error
    assert [told["error"]["type"] for kind, told in _told(path, "call")] == [
        "ConnectFailed",
        "ClientClosed",
    ]


def test_links(recorder: Recorder, path: Path) -> None:
    """What is sent and received on a link is recorded in order, from the dial to the end."""
    memory = MemoryWs()
    ws = recorder.ws(memory)
    link = ws.dial(f"{WS}?listenKey=0123456789", deadline=_soon())
    peer = memory.wait_peer()
    link.send('{"id":"1","op":"ping"}', deadline=_soon())
    peer.push('{"id":"1"}', b'{"bad":"\xff"}')
    assert link.receive(deadline=_soon()) == [b'{"id":"1"}', b'{"bad":"\xff"}']
    link.ping(b"abc", deadline=_soon())
    assert link.receive(deadline=_soon()) == []
    assert link.last_pong == b"abc"
    with pytest.raises(DeadlineExceeded):
        link.receive(deadline=Deadline(0.0))
    peer.close(1001, "later")
    for _ in range(2):
        with pytest.raises(ConnectionClosed):
            link.receive(deadline=_soon())
    link.abort()
    recorder.close(DEADLINE)

    end = {"type": "ConnectionClosed", "code": 1001, "reason": "later", "by": "remote"}
    assert _told(path) == [
        ("dial", {"link": 1, "url": f"{WS}?listenKey=***", "by": "caller"}),
        ("open", {"link": 1}),
        ("out", {"link": 1, "message": '{"id":"1","op":"ping"}', "by": "caller"}),
        ("in", {"link": 1, "messages": ['{"id":"1"}', '{"bad":"\udcff"}']}),
        ("ping", {"link": 1}),
        ("pong", {"link": 1}),
        ("end", {"link": 1, "error": end}),
    ]


def test_links_that_are_dropped(recorder: Recorder, path: Path) -> None:
    """A refused dial, a close frame, and a link that the client drops are told as such."""
    memory = MemoryWs()
    ws = recorder.ws(memory)
    memory.refuse_next(503, retry_after=2.0)
    with pytest.raises(SixmmError):
        ws.dial(WS, deadline=_soon())
    link = ws.dial(WS, deadline=_soon())
    link.be_greedy()
    assert not link.may_change_hands
    assert not link.is_waiting
    link.close(code=1000, deadline=_soon())
    link.abort()
    ws.close()
    with pytest.raises(ClientClosed):
        ws.dial(WS, deadline=_soon())
    recorder.close(DEADLINE)

    told = _told(path, "dial")
    assert [kind for kind, _ in told] == ["refused", "open", "close", "end", "refused"]
    assert told[0][1]["error"]["http_status"] == 503
    assert told[3][1]["error"]["by"] == "local"


def _in_thread(name: str, ask: Callable[[], str]) -> str:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(ask()), name=name)
    thread.start()
    thread.join(DEADLINE)
    return found[0]


def test_roles() -> None:
    """Who did something is told by the thread: a replay waits for the reader only."""
    names = ("sixmm-reader", "sixmm-reader-spot", "sixmm-timer", "x")

    assert [_in_thread(name, role) for name in names] == ["reader", "reader", "timer", "caller"]


def test_lines() -> None:
    """Of several connections, it is told for which one a reader works; each has its own order."""
    names = ("sixmm-reader-spot", "sixmm-reader", "sixmm-timer", "x")

    assert [_in_thread(name, line) for name in names] == ["spot", "", "", ""]


def test_a_line_is_in_the_record(recorder: Recorder, path: Path) -> None:
    """With the calls and connections of that reader, and of no other."""
    url = "http://127.0.0.1:1/x"

    def work() -> str:
        recorder.call(HttpRequest(method="GET", url=url))
        recorder.dial("ws://127.0.0.1:1/ws")
        return ""

    _in_thread("sixmm-reader-spot", work)
    _in_thread("sixmm-reader", work)
    assert recorder.close(DEADLINE)
    told = [(entry.kind, entry.data.get("line")) for entry in read_record(path).entries]
    assert told == [("call", "spot"), ("dial", "spot"), ("call", None), ("dial", None)]


def test_arguments(path: Path) -> None:
    """What cannot work is refused before a file is made."""
    with pytest.raises(ConfigurationError):
        Recorder(path, max_messages=0)
    assert not path.exists()
    with Recorder(path) as recorder:
        assert repr(recorder).startswith("<Recorder ")
        assert recorder.failure is None
        with pytest.raises(ConfigurationError, match="exists already"):
            Recorder(path)
    Recorder(path, overwrite=True).close()


def test_forgotten(path: Path) -> None:
    """A recorder that everybody has forgotten and nobody has closed ends its thread and file."""
    before = set(threading.enumerate())
    recorder = Recorder(path)
    http = recorder.http(MemoryHttp(lambda _: HttpResponse(status=200)))
    http.send(HttpRequest(method="GET", url=REST), deadline=_soon())
    (writer,) = [t for t in set(threading.enumerate()) - before if t.name == "sixmm-record"]
    del recorder, http
    gc.collect()
    writer.join(DEADLINE)

    assert not writer.is_alive()
    assert [kind for kind, _ in _told(path)] == ["call", "reply"]


# Secrets


def _encoded(value: str) -> list[str]:
    """Return a text in each usual form, in Base64 also with something in front of it."""
    data = value.encode()
    return [
        *(value, quote(value, safe=""), quote_plus(value), data.hex(), data.hex().upper()),
        *(base64.b64encode(bytes(shift) + data).decode() for shift in range(3)),
        *(base64.urlsafe_b64encode(bytes(shift) + data).decode() for shift in range(3)),
    ]


def _forms(value: str) -> list[str]:
    """Return what gives a text away: of Base64 without the ends, which depend on its neighbours."""
    *plain, a, b, c, d, e, f = _encoded(value)
    return [*plain, *(form.rstrip("=")[4:-2] for form in (a, b, c, d, e, f))]


def _require_clean(path: Path, canaries: dict[str, str]) -> None:
    text = gzip.decompress(path.read_bytes()).decode()
    values = [json.dumps(json.loads(line), ensure_ascii=False) for line in text.splitlines()]
    for name, canary in canaries.items():
        for form in _forms(canary):
            assert form not in text, name
            assert not any(form in value for value in values), name


CANARIES = {
    "api key": "canary-key-8c1f",
    "api secret": "canary-secret-77aa/+x",
    "token": "canary-token-31b0",
    "listenKey": "canary-listen-5e5e",
    "password": "canary password 90",
    "cookie": "canary-cookie-4d4d",
}


class _Echo:
    """An exchange that repeats everything it is sent, in every form, in replies and in messages."""

    def __init__(self) -> None:
        self.signatures: list[str] = []
        self.gives_away = False
        """Whether messages have every canary in them; before it was told, no recorder can know."""
        self.ws = MemoryWs(self.greet)

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/time"):
            return self._reply({"timestampMs": 1_771_047_000_000})
        sent = [request.url, *request.headers.values(), (request.body or b"").decode()]
        signature = request.url.partition("signature=")[2]
        self.signatures += [signature] if signature else []
        secrets = [signature] if signature else []
        for canary in CANARIES.values():
            if any(canary in text for text in sent):
                secrets.append(canary)
        told = {
            "echo": sent,
            "forms": [form for value in secrets for form in _encoded(value)],
            "listenKey": CANARIES["listenKey"],
            "accessToken": CANARIES["token"],
            "apiSecret": CANARIES["api secret"],
            "note": "made " + CANARIES["listenKey"],
        }
        status = 500 if request.method == "DELETE" else 200
        if request.method == "PUT":
            return HttpResponse(status=502, body=f"<p>{sent} token: {told['note']}</p>".encode())
        return self._reply(told, status=status)

    def _reply(self, data: Any, *, status: int = 200) -> HttpResponse:
        return HttpResponse(
            status=status,
            headers={"content-type": "application/json", "x-session": CANARIES["token"]},
            cookies={"refresh": CANARIES["cookie"]},
            body=json.dumps({"code": 0, "message": "ok", "data": data}).encode(),
        )

    def greet(self, peer: MemoryPeer, url: str) -> None:
        self._echo(peer, url)
        peer.on_message = lambda message: self._echo(peer, message)

    def _echo(self, peer: MemoryPeer, text: str) -> None:
        peer.push(
            json.dumps({"event": "data", "topic": "market.x", "data": [text, _encoded(text)]})
        )
        for canary in CANARIES.values() if self.gives_away else ():
            peer.push(json.dumps({"forms": _encoded(canary)}), f"not JSON {canary}")
        peer.push('{"event":"auth","success":true}')


def _try(*actions: Callable[[], object]) -> None:
    for action in actions:
        try:
            action()
        except (SixmmError, TimeoutError):
            continue


def test_canaries_of_a_server_that_repeats_them(recorder: Recorder, path: Path) -> None:
    """0 secrets in the record, in any form, also where the server sends back what it was sent."""
    echo = _Echo()
    http = recorder.http(MemoryHttp(echo.answer))
    with Client(
        CANARIES["api key"],
        CANARIES["api secret"],
        access_token=CANARIES["token"],
        http=http,
        ws=recorder.ws(echo.ws),
        private=False,
        rest_timeout=2.0,
        pace=None,
    ) as client:
        listener = Listener(client)
        echo.ws.wait_peer(timeout=DEADLINE)
        _try(
            lambda: client.login("ann", CANARIES["password"]),
            client.refresh,
            lambda: client.subscribe("market.ticker.BTCUSDT", timeout=0.2),
            lambda: client.ping(timeout=0.2),
            client.user.asset,
            client.user.create_listen_key,
            client.logout,
            lambda: client.exchange_ticket(CANARIES["password"]),
        )
    listener.join()
    echo.gives_away = True
    link = recorder.ws(MemoryWs(echo.greet)).dial(
        f"{WS}?listenKey={CANARIES['listenKey']}", deadline=_soon()
    )
    link.send(json.dumps({"token": CANARIES["token"]}), deadline=_soon())
    while True:
        try:
            link.receive(deadline=Deadline(0.0))
        except DeadlineExceeded:
            break
    headers = {"Authorization": f"Bearer {CANARIES['token']}", "Cookie": CANARIES["cookie"]}
    for method in ("PUT", "DELETE"):
        url = f"{REST}?listenKey={CANARIES['listenKey']}&signature={'0f' * 32}"
        request = HttpRequest(method=method, url=url, headers=headers)
        direct = recorder.http(MemoryHttp(echo.answer))
        _try(functools.partial(direct.send, request, deadline=_soon()))
    assert recorder.close(DEADLINE)

    assert len(echo.signatures) > 3
    assert len(read_record(path).entries) > 20
    signatures = {f"signature {n}": value for n, value in enumerate(echo.signatures)}
    _require_clean(path, {**CANARIES, **signatures})


def test_canaries_of_a_session(path: Path) -> None:
    """0 secrets in the record of a real session: login, keys, stream, orders, refusals."""
    with Exchange(seed=7, market_maker=False) as exchange, Recorder(path) as recorder:
        password = "canary-password-66"
        account = exchange.create_account(username="ann", password=password, balance="1000")
        key = exchange.create_key(account, permissions=3)
        canaries = {"password": password, "key": key.api_key, "secret": key.api_secret}

        def transports() -> dict[str, Any]:
            return {
                "http": recorder.http(RequestsTransport()),
                "ws": recorder.ws(WebSocketClientTransport()),
                "rest_url": exchange.rest_url,
                "ws_url": exchange.ws_url,
            }

        with Client(**transports(), private=False) as person:
            person.login("ann", password)
            token = person._rest.credentials.access_token
            assert token is not None
            canaries["token"] = token.reveal()
            cookies = person._rest.credentials.cookies
            canaries.update({name: value.reveal() for name, value in cookies.items()})
            person.refresh()
            made = person.api_keys.create(label="x", permissions=1)
            canaries["made"] = made.api_secret.reveal()
            person.logout()
        with Client(key.api_key, key.api_secret, **transports()) as client:
            listener = Listener(client)
            client.wait_live(DEADLINE)
            held = client._session._keys._held
            assert held is not None
            canaries["listenKey"] = held.value.reveal()
            exchange.faults.inject(json.dumps({"topic": "user.1", "data": {"x": canaries}}))
            exchange.faults.inject("broken " + " ".join(canaries.values()))
            client.user.asset()
            _try(lambda: client.orders.get(symbol="BTCUSDT", order_id="404"))
            exchange.deposit(account, "7")
            text = exchange.private_log(account)[-1].text
            assert listener.wait_for(lambda: any(e.raw == text for e in listener.events))
        listener.join()
        assert recorder.close(DEADLINE)

    assert len(canaries) >= 6
    assert sum(entry.kind == "call" for entry in read_record(path).entries) > 12
    _require_clean(path, canaries)


def test_types(recorder: Recorder) -> None:
    """The wrapped transports are transports."""
    assert isinstance(recorder.http(MemoryHttp(lambda _: HttpResponse(status=200))), RecordingHttp)
    assert isinstance(recorder.ws(MemoryWs()), RecordingWs)


@pytest.mark.parametrize("form", _forms("canary/secret+44"))
def test_the_check_can_fail(path: Path, form: str) -> None:
    """A check for canaries that finds none in a file with one proves nothing."""
    path.write_bytes(gzip.compress(json.dumps({"x": form}).encode()))

    with pytest.raises(AssertionError):
        _require_clean(path, {"x": "canary/secret+44"})
