"""The upgrade, and every answer that is none."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

import pytest
import websocket._handshake

from sixmm.errors import HandshakeRefused, ProtocolViolation
from sixmm.transport.handshake import upgrade
from sixmm.transport.urls import require_safe_url
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import soon

URL = "wss://exchange.test/ws;a=b?listenKey=CANARY"


class AnsweringStream(FakeStream):
    """A stream whose peer answers the upgrade.

    Args:
        answer: the head of the reply; ``{accept}`` stands for the right answer to the key.
        rest: bytes that follow the head.
    """

    def __init__(self, answer: str, rest: bytes = b"") -> None:
        super().__init__()
        self._answer = answer
        self._rest = rest

    def send(self, data: bytes, deadline: object) -> None:  # noqa: ARG002
        """Record the request and prepare the reply."""
        self.sent += data
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", data)
        assert key is not None
        digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        head = self._answer.replace("{accept}", base64.b64encode(digest).decode())
        self._pieces.append(head.replace("\n", "\r\n").encode("latin-1") + self._rest)


GOOD = """\
HTTP/1.1 101 Switching Protocols
upgrade: WebSocket
connection: keep-alive, Upgrade
sec-websocket-accept: {accept}

"""


def try_upgrade(
    answer: str, rest: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[AnsweringStream, bytes]:
    """Upgrade a stream whose peer answers ``answer``; return it and the bytes after the head."""
    stream = AnsweringStream(answer, rest)
    received = upgrade(
        stream,
        require_safe_url(URL),
        headers=headers or {},
        deadline=soon(),
        max_head_bytes=2_000,
    )
    return stream, received


def test_request() -> None:
    """The request has what the RFC asks for (section 4.1), the caller's headers, and no Origin."""
    stream, _ = try_upgrade(GOOD, headers={"X-Api-Key": "k", "User-Agent": "sixmm"})

    first, *lines = stream.sent.decode().removesuffix("\r\n\r\n").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    key = fields.pop("Sec-WebSocket-Key")
    assert first == "GET /ws;a=b?listenKey=CANARY HTTP/1.1"
    assert len(base64.b64decode(key)) == 16
    assert fields == {
        "Host": "exchange.test",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "X-Api-Key": "k",
        "User-Agent": "sixmm",
    }


def test_keys_differ() -> None:
    """Each upgrade has a key of its own."""
    keys = {re.findall(rb"Key: (\S+)", try_upgrade(GOOD)[0].sent)[0] for _ in range(20)}

    assert len(keys) == 20


def test_bytes_after_the_head_are_kept() -> None:
    """Frames that come in one piece with the reply are not lost."""
    assert try_upgrade(GOOD, b"\x81\x01x")[1] == b"\x81\x01x"


@pytest.mark.parametrize("status", [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 429, 503])
def test_refused(status: int) -> None:
    """Another status than 101 is a refusal; a redirect is not followed, a body is not read."""
    answer = f"HTTP/1.1 {status} CANARY\nLocation: wss://CANARY/\nContent-Length: 9999999\n\n"

    with pytest.raises(HandshakeRefused) as caught:
        try_upgrade(answer, b"CANARY")

    assert caught.value.http_status == status
    assert caught.value.retry_after is None
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"), [("3", 3.0), ("1000000000", 3_600.0), ("-1", None), ("soon", None)]
)
def test_retry_after(value: str, expected: float | None) -> None:
    """A refusal tells how long to wait, within bounds."""
    with pytest.raises(HandshakeRefused) as caught:
        try_upgrade(f"HTTP/1.1 503 No\nRetry-After: {value}\n\n")

    assert caught.value.retry_after == expected


@pytest.mark.parametrize(
    "answer",
    [
        "SSH-2.0-OpenSSH\n\n",
        GOOD.replace("{accept}", "CANARYz8AUhsDh2w0="),
        GOOD.replace("{accept}", ""),
        GOOD.replace("{accept}", "{accept}\nsec-websocket-accept: {accept}"),
        GOOD.replace("sec-websocket-accept: {accept}\n", ""),
        GOOD.replace("upgrade: WebSocket\n", ""),
        GOOD.replace("upgrade: WebSocket", "upgrade: h2c"),
        GOOD.replace("connection: keep-alive, Upgrade\n", ""),
        GOOD.replace("keep-alive, Upgrade", "close"),
        GOOD.replace("\n\n", "\nSec-WebSocket-Extensions: permessage-deflate\n\n"),
        GOOD.replace("\n\n", "\nSec-WebSocket-Protocol: CANARY\n\n"),
        GOOD.replace("\n\n", "\nno colon CANARY\n\n"),
        GOOD.replace("\n\n", "\nX: a\n folded\n\n"),
    ],
)
def test_no_upgrade(answer: str) -> None:
    """An answer that does not agree to just this upgrade is refused, and not quoted."""
    with pytest.raises(ProtocolViolation) as caught:
        try_upgrade(answer)

    assert "CANARY" not in str(caught.value)
    assert caught.value.__context__ is None


def test_accept_in_another_case() -> None:
    """The answer to the key is compared exactly."""

    class Shouting(AnsweringStream):
        def send(self, data: bytes, deadline: object) -> None:
            super().send(data, deadline)
            head = self._pieces.pop()
            assert isinstance(head, bytes)
            self._pieces.append(re.sub(rb"accept: (\S+)", lambda m: m[0].upper(), head))

    with pytest.raises(ProtocolViolation):
        upgrade(
            Shouting(GOOD), require_safe_url(URL), headers={}, deadline=soon(), max_head_bytes=999
        )


@pytest.mark.parametrize("filler", ["X: " + "y" * 2_000, "X: y\n" * 400])
def test_head_is_too_long(filler: str) -> None:
    """A long line or many lines are refused at the limit."""
    with pytest.raises(ProtocolViolation, match="over 2000 bytes"):
        try_upgrade(GOOD.replace("\n\n", f"\n{filler}\n\n"))


@pytest.mark.parametrize("failure", [TimeoutError(), ConnectionResetError()])
def test_failure(failure: OSError) -> None:
    """A failure of the stream is passed on as it is."""
    stream = FakeStream([b"HTTP/1.1 101", failure])

    with pytest.raises(type(failure)):
        upgrade(stream, require_safe_url(URL), headers={}, deadline=soon(), max_head_bytes=999)


def test_end() -> None:
    """A stream that ends within the reply is told as such."""
    with pytest.raises(EOFError):
        upgrade(
            FakeStream([b"HTTP/1.1"]),
            require_safe_url(URL),
            headers={},
            deadline=soon(),
            max_head_bytes=999,
        )


def test_no_cookie_is_kept_or_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cookie jar that all users of websocket-client share is neither filled nor used."""
    jar = websocket._handshake.CookieJar
    monkeypatch.setattr(jar, "jar", {})
    jar.add("other=1; domain=exchange.test")
    before = {
        domain: cookie.OutputString() for domain, c in jar.jar.items() for cookie in c.values()
    }

    answer = GOOD.replace("\n\n", "\nSet-Cookie: session=2; domain=exchange.test\n\n")
    plain, _ = try_upgrade(answer)
    own, _ = try_upgrade(answer, headers={"Cookie": "mine=3"})

    assert b"Cookie" not in plain.sent
    assert own.sent.count(b"Cookie") == 1
    assert b"Cookie: mine=3\r\n" in own.sent
    assert before == {
        domain: cookie.OutputString() for domain, c in jar.jar.items() for cookie in c.values()
    }


def test_websocket_client_learns_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    """The listenKey is not in the trace of websocket-client, if somebody has switched it on."""
    seen: list[str] = []

    class Watching(AnsweringStream):
        def send(self, data: bytes, deadline: object) -> None:
            seen.append(data.decode())
            super().send(data, deadline)

    websocket.enableTrace(True)
    try:
        upgrade(
            Watching(GOOD), require_safe_url(URL), headers={}, deadline=soon(), max_head_bytes=999
        )
    finally:
        websocket.enableTrace(False)

    assert "CANARY" in seen[0]
    assert "CANARY" not in "".join(capsys.readouterr())
