"""The WebSocket upgrade, made by websocket-client under our rules.

websocket-client writes the request and reads the reply through :class:`_HandshakeSocket`, which
adds what it lacks: one deadline for all of it, a limit for the head of the reply, and a strict look
at that head before websocket-client sees it. So no redirect is followed, the body of a refusal is
not read, and no cookie is kept, nor added from the jar that all its users in a process share.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping

import websocket

from ..clock import Deadline
from ..errors import HandshakeRefused, ProtocolViolation
from .headers import parse_head, retry_after
from .heads import HeadReader
from .streams import Stream
from .urls import Endpoint

__all__ = ["upgrade"]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NEVER_ASKED_FOR = {
    "sec-websocket-extensions": "an extension",
    "sec-websocket-protocol": "a subprotocol",
}


def upgrade(
    stream: Stream,
    endpoint: Endpoint,
    *,
    headers: Mapping[str, str],
    deadline: Deadline,
    max_head_bytes: int,
) -> bytes:
    """Upgrade ``stream`` and return the bytes that came after the reply: the first frames.

    Args:
        stream: a connection to the server.
        endpoint: where it leads; its target is asked for.
        headers: checked headers to add to the request.
        deadline: covers the request and the whole head of the reply.
        max_head_bytes: the longest head of a reply.

    Raises:
        HandshakeRefused: the server answered with another status than 101, for example a redirect.
        ProtocolViolation: the reply is not a valid upgrade, or its head is over the limit.
        EOFError: the stream ended first.
        OSError: the connection failed, or the deadline passed.
    """
    key = base64.b64encode(os.urandom(16)).decode()
    reader = HeadReader(stream, deadline=deadline, limit=max_head_bytes)
    adapter = _HandshakeSocket(stream, reader, deadline, endpoint.target, key, headers)
    client = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
    try:
        client.connect(  # type: ignore[no-untyped-call]
            f"{endpoint.scheme}://{endpoint.authority}/",
            socket=adapter,
            host=endpoint.authority,
            header={**headers, "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"},
            suppress_origin=True,
            redirect_limit=0,
        )
    except Exception:
        # What failed in the adapter is told by the adapter. The rest is about the reply, and its
        # text, which quotes the reply, goes no further.
        failure = adapter.failure or ProtocolViolation("the reply is not a valid upgrade")
    else:
        return reader.rest()
    # Without the frames of websocket-client, whose variables hold the request.
    raise failure.with_traceback(None)


class _HandshakeSocket:
    """As much of a socket as the handshake of websocket-client uses.

    Args:
        stream: the connection.
        reader: reads the head of the reply from it.
        deadline: covers the request.
        target: the path and query to ask for. They are put in here: websocket-client would drop
            some of what they may contain, and would print them where its trace is switched on.
        key: the value of Sec-WebSocket-Key.
        headers: those of the caller.
    """

    def __init__(
        self,
        stream: Stream,
        reader: HeadReader,
        deadline: Deadline,
        target: str,
        key: str,
        headers: Mapping[str, str],
    ) -> None:
        self.failure: Exception | None = None
        self._stream = stream
        self._reader = reader
        self._deadline = deadline
        self._target = target
        self._accept = _accept_value(key)
        self._own_lines = {f"{name}: {value}" for name, value in headers.items()}
        self._reply = memoryview(b"")

    def send(self, request: bytes) -> int:
        """Send the request and read the head of the reply, which is then there for :meth:`recv`."""
        try:
            self._stream.send(self._rewritten(request), self._deadline)
            self._reply = memoryview(_checked(self._reader.head(), self._accept))
        except Exception as exc:
            self.failure = exc
            raise
        return len(request)

    def recv(self, count: int) -> bytes:
        """Return the next bytes of the head."""
        data, self._reply = self._reply[:count], self._reply[count:]
        return bytes(data)

    def gettimeout(self) -> float | None:
        """Return None: the deadline is what counts."""
        return None

    def close(self) -> None:
        """Do nothing: the stream belongs to the caller."""

    def _rewritten(self, request: bytes) -> bytes:
        """Return the request with our target, and without cookies that are not the caller's."""
        _, *lines = request.decode("ascii").split("\r\n")
        kept = [
            line
            for line in lines
            if not line.lower().startswith("cookie:") or line in self._own_lines
        ]
        return "\r\n".join([f"GET {self._target} HTTP/1.1", *kept]).encode("ascii")


def _accept_value(key: str) -> str:
    """Return the answer to ``key`` (RFC 6455, section 4.2.2)."""
    return base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()


def _checked(head: bytes, accept: str) -> bytes:
    """Return the head of a reply that agrees to the upgrade, without its cookies (section 4.1).

    Raises:
        HandshakeRefused: the status is not 101.
        ProtocolViolation: the head breaks HTTP, or agrees to something else than was asked for.
    """
    status, fields = parse_head(head)
    if status != 101:
        wait = next((value for name, value in fields if name == "retry-after"), None)
        raise HandshakeRefused(
            f"the upgrade was answered with status {status}",
            http_status=status,
            retry_after=retry_after(wait),
        )
    for name, what in _NEVER_ASKED_FOR.items():
        if any(field == name for field, _ in fields):
            raise ProtocolViolation(f"the server chose {what} that was not offered")
    if [value for name, value in fields if name == "sec-websocket-accept"] != [accept]:
        raise ProtocolViolation("the reply does not belong to this upgrade")
    lines = [f"{name}: {value}" for name, value in fields if name != "set-cookie"]
    return "\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode()
