"""An exchange on loopback that answers with whatever harms most: mostly with the request itself.

It tells the time as it should, so that signed calls get as far as being sent, and gives logins and
stream keys that are canaries. Everything else is answered by the fault that is set.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping

from tests.transport.servers import (
    Connection,
    Request,
    Server,
    accept_upgrade,
    frame,
    read_frame,
    read_request,
)

from .canaries import Canaries

__all__ = ["REST_FAULTS", "STREAM_FAULTS", "Fault", "Liar", "reply"]

Fault = Callable[[Connection, Request], None]


def reply(
    body: str | bytes, status: str = "200 OK", *lines: str, length: int | None = None
) -> bytes:
    """Return a reply with one or more further lines in its head."""
    data = body.encode() if isinstance(body, str) else body
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(data) if length is None else length}",
        *lines,
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + data


def _told(request: Request) -> str:
    """Return the request as one line."""
    return request.raw.decode("latin-1").replace("\r\n", " ")


def _id(request: Request) -> str:
    parts = (request.headers.get(name, "") for name in ("x-api-key", "authorization", "cookie"))
    return "r" * 75 + " ".join(parts)


def _echo(**members: object) -> Fault:
    """Answer with an envelope that tells the whole request in its message, and again as its id.

    The id is cut by the client, and in the middle of a secret where it can be.
    """

    def fault(connection: Connection, request: Request) -> None:
        envelope = {"message": _told(request), "requestId": _id(request), **members}
        connection.send(reply(json.dumps(envelope)))

    return fault


def _page(status: str, *lines: str) -> Fault:
    def fault(connection: Connection, request: Request) -> None:
        told = [line.replace("@TOLD@", _told(request)) for line in lines]
        connection.send(reply(f"<html>{_told(request)}</html>", status, *told))

    return fault


def _raw(make: Callable[[Request], bytes]) -> Fault:
    """Answer with these bytes, and hang up."""

    def fault(connection: Connection, request: Request) -> None:
        connection.send(make(request))
        raise EOFError

    return fault


def _reset(connection: Connection, _: Request) -> None:
    connection.reset()
    raise EOFError


def _hang(connection: Connection, _: Request) -> None:
    connection.read_to_eof()
    raise EOFError


def _in_the_data(connection: Connection, request: Request) -> None:
    """Tell the request where a number, a key or a token should be."""
    data = {name: {"told": _told(request)} for name in ("listenKey", "accessToken", "apiSecret")}
    rows = {"list": [_told(request)], "positions": _told(request), "timestampMs": _told(request)}
    connection.send(reply(json.dumps({"code": 0, "data": {**data, **rows, _told(request): None}})))


REST_FAULTS: Mapping[str, Fault] = {
    "refused": _echo(code=2001),
    "unknown code": _echo(code=987_654),
    "bad signature": _echo(code=1003),
    "expired": _echo(code=1002),
    "replayed": _echo(code=3004),
    "server fault": _echo(code=5001),
    "throttled": _page("429 Too Many", "Retry-After: 600", "X-Told: @TOLD@"),
    "code is the request": lambda connection, request: connection.send(
        reply(json.dumps({"code": _told(request)}))
    ),
    "data is the request": lambda connection, request: connection.send(
        reply(json.dumps({"code": 0, "data": _told(request)}))
    ),
    "rows are the request": _in_the_data,
    "not JSON": lambda connection, request: connection.send(reply('{"code":0,' + _told(request))),
    "bad UTF-8": lambda connection, request: connection.send(reply(b"\xff" + request.raw)),
    "page of a proxy": _page("502 Bad Gateway", "X-Told: @TOLD@"),
    "redirect": _page("307 Go", "Location: http://127.0.0.1:1/?@TOLD@"),
    "odd status": _page("418 @TOLD@"),
    "cut off": _raw(lambda request: reply(request.raw, length=99_999)),
    "not HTTP": _raw(lambda request: request.raw),
    "bad status line": _raw(lambda request: b"HTTP/1.1 " + request.raw),
    "bad header": _raw(
        lambda request: b"HTTP/1.1 200 OK\r\nX " + request.raw.replace(b"\r\n", b" ")
    ),
    "bad length": _raw(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: " + request.raw),
    "bad chunk": _raw(
        lambda request: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + request.raw
    ),
    "bad gzip": lambda connection, request: connection.send(
        reply(request.raw, "200 OK", "Content-Encoding: gzip")
    ),
    "long header": _raw(lambda request: b"HTTP/1.1 200 OK\r\nX: " + request.raw[-500:] * 200),
    "reset": _reset,
    "hang up": _raw(lambda _: b""),
    "hang": _hang,
}
"""Ways to answer a REST call."""


def _agree(connection: Connection, request: Request) -> None:
    """Agree to the upgrade, which was read already."""
    connection._buffer = request.raw + b"\r\n\r\n" + connection._buffer
    accept_upgrade(connection)


def _close(connection: Connection, request: Request) -> None:
    _agree(connection, request)
    connection.send(frame(0x8, b"\x03\xf0" + request.target.encode()[:123]))


def _send(*messages: object) -> Fault:
    """Agree to the upgrade and send messages; ``@TOLD@`` in them is the target."""

    def fault(connection: Connection, request: Request) -> None:
        _agree(connection, request)
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            connection.send(frame(0x1, text.replace("@TOLD@", request.target).encode()))
        with contextlib.suppress(EOFError):
            read_frame(connection)

    return fault


def _frame(opcode: int, before: bytes = b"") -> Fault:
    """Agree to the upgrade and send one frame that must not be sent."""

    def fault(connection: Connection, request: Request) -> None:
        _agree(connection, request)
        connection.send(frame(opcode, before + request.target.encode()))

    return fault


_AUTH = {"event": "auth", "success": True, "data": "1"}

STREAM_FAULTS: Mapping[str, Fault] = {
    "401 that tells": _raw(lambda r: reply(r.raw, "401 No", f"X-Told: {_told(r)}")),
    "503 that tells": _raw(lambda r: reply(r.raw, "503 Later", "Retry-After: 600")),
    "redirect": _raw(lambda r: reply(b"", "302 Go", f"Location: ws://127.0.0.1:1{r.target}")),
    "not HTTP": _raw(lambda r: r.raw),
    "bad upgrade": _raw(
        lambda r: f"HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nX: {_told(r)}\r\n\r\n".encode()
    ),
    "endless head": _raw(lambda r: b"HTTP/1.1 101 Ok\r\nX: " + r.raw * 1_000),
    "reset": _reset,
    "hang up": _raw(lambda _: b""),
    "close that tells": _close,
    "login refused": _send({"event": "auth", "success": False, "code": 1, "message": "no @TOLD@"}),
    "login that tells": _send({**_AUTH, "data": {"told": "@TOLD@"}}, '{"bad @TOLD@'),
    "reserved opcode": _frame(0x3),
    "not UTF-8": _frame(0x1, b"\xff"),
}
"""Ways to answer an upgrade."""


class Liar:
    """The exchange; use it in a ``with`` block.

    Args:
        canaries: where its secrets come from, and where signatures that it sees are kept.
    """

    def __init__(self, canaries: Canaries) -> None:
        self.fault: Fault = REST_FAULTS["refused"]
        self.stream_fault: Fault = STREAM_FAULTS["hang up"]
        self.targets: list[str] = []
        self.during: Callable[[], None] | None = None
        """Called while the client waits for the answer to a call."""
        self._canaries = canaries
        self._server = Server(self._serve)
        self._sound = {
            "login": canaries.values["access token"],
            "cookie": canaries.values["cookie"],
            "listenKey": canaries.values["listenKey"],
        }

    def __enter__(self) -> Liar:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)  # type: ignore[arg-type]

    @property
    def netloc(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.port}"

    @contextlib.contextmanager
    def answering(self, fault: Fault) -> Iterator[None]:
        """Answer every call with a fault in the block."""
        before, self.fault = self.fault, fault
        yield
        self.fault = before

    def _serve(self, connection: Connection) -> None:
        while True:
            request = read_request(connection)
            self.targets.append(request.target)
            found = re.search(r"signature=([0-9a-f]{64})", request.target)
            if found is not None:
                self._canaries.know("signature", found[1])
            if "upgrade" in request.headers:
                self.stream_fault(connection, request)
                return
            sound = self._sound_reply(request)
            if sound is not None:
                connection.send(sound)
                continue
            if self.during is not None:
                self.during()
            self.fault(connection, request)

    def _sound_reply(self, request: Request) -> bytes | None:
        path = request.target.partition("?")[0]
        if path == "/v1/time":
            data: dict[str, object] = {"timestampMs": int(time.time() * 1_000)}
        elif path == "/v1/public/user/login" and self.fault is not REST_FAULTS["refused"]:
            return None
        elif path == "/v1/public/user/login":
            token = {"accessToken": self._sound["login"], "accessExpire": 3_600}
            cookie = f"Set-Cookie: refresh={self._sound['cookie']}; HttpOnly"
            return reply(json.dumps({"code": 0, "data": token}), "200 OK", cookie)
        else:
            return None
        return reply(json.dumps({"code": 0, "data": data}))
