"""The connections under the HTTP transport: urllib3's, over the streams of sixmm.

urllib3 does what it does well: it pools connections, writes requests and reads replies. Its sockets
are replaced by :class:`WireSocket`, which waits until the deadline of the call rather than for a
timeout at each step, and which closing the transport frees.

A call belongs to the thread that makes it, from the look-up to the last byte of the body, so the
call that a connection works for is found by thread.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import attrs
import requests.adapters
import urllib3
import urllib3.connection

from ..clock import Deadline
from .dial import Dialer
from .streams import Stream
from .urls import Endpoint

__all__ = ["Call", "Wire", "WireAdapter", "WireSocket"]


@attrs.define(kw_only=True)
class Call:
    """One request on its way."""

    target: str = attrs.field(repr=False)
    """The path and query, to be sent as they are."""
    deadline: Deadline
    sent: bool = False
    """Whether a byte of the request may have left this machine."""
    head_read: bool = False
    """Whether the head of the reply is complete."""
    ended: bool = False
    """Whether the connection ended while something was still to be read."""


class Wire:
    """Opens connections for the call that the current thread is making.

    Args:
        dialer: makes the connections.
    """

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._local = threading.local()

    @property
    def call(self) -> Call:
        """The call of this thread."""
        call: Call = self._local.call
        return call

    @contextlib.contextmanager
    def calling(self, call: Call) -> Iterator[None]:
        """Make ``call`` the call of this thread."""
        self._local.call = call
        try:
            yield
        finally:
            del self._local.call

    def open(self, endpoint: Endpoint) -> WireSocket:
        """Return a connection to ``endpoint``; raises as :meth:`Dialer.open` does."""
        return WireSocket(self, self._dialer.open(endpoint, self.call.deadline))

    def release(self, stream: Stream) -> None:
        """Close ``stream`` for good."""
        self._dialer.forget(stream)
        stream.close()


class WireSocket:
    """As much of a socket as urllib3 and ``http.client`` use."""

    def __init__(self, wire: Wire, stream: Stream) -> None:
        self._wire = wire
        self._stream = stream
        self._readers = 0
        self._closed = False

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of ``data`` before the deadline of the call."""
        call = self._wire.call
        call.sent = True
        self._stream.send(bytes(data), call.deadline)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002
        """Return the reading side; the connection stays open until it is closed too."""
        self._readers += 1
        return io.BufferedReader(_Reader(self._wire, self._stream, self._leave))

    def settimeout(self, timeout: float | None) -> None:
        """Do nothing: the deadline of the call is what counts."""

    def shutdown(self, how: int) -> None:  # noqa: ARG002
        """End the connection in both directions."""
        self._stream.shutdown()

    def fileno(self) -> int:
        """Return the descriptor, by which urllib3 sees that the server has closed."""
        return self._stream.fileno()

    def close(self) -> None:
        """Close as soon as no reader is open: ``http.client`` closes before it reads the body."""
        self._closed = True
        self._release_if_unused()

    def _leave(self) -> None:
        self._readers -= 1
        self._release_if_unused()

    def _release_if_unused(self) -> None:
        if self._closed and not self._readers:
            self._wire.release(self._stream)


class _Reader(io.RawIOBase):
    """The reading side of a connection, for ``io.BufferedReader``."""

    def __init__(self, wire: Wire, stream: Stream, leave: Callable[[], None]) -> None:
        self._wire = wire
        self._stream = stream
        self._leave = leave
        self._data = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._data:
            self._data = memoryview(self._receive(self._wire.call))
        count = min(len(buffer), len(self._data))
        buffer[:count] = self._data[:count]
        self._data = self._data[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._leave()

    def _receive(self, call: Call) -> bytes:
        data = self._stream.recv(call.deadline)
        if not data:
            call.ended = True
            if not call.head_read:
                # http.client takes the end for an empty line: half a head would be a whole reply.
                raise ConnectionResetError(errno.ECONNRESET, "the reply ended within its head")
        return data


# What a connection takes that is not about TLS; the dialer sees to that.
_PLAIN_OPTIONS = frozenset({"host", "port", "timeout", "blocksize", "socket_options"})


class _WireConnection(urllib3.connection.HTTPConnection):
    """A connection of urllib3 that dials through the wire and sends the exact target."""

    url_scheme = "http"

    def __init__(self, wire: Wire, **options: Any) -> None:
        super().__init__(**{k: v for k, v in options.items() if k in _PLAIN_OPTIONS})
        self._wire = wire

    def connect(self) -> None:
        endpoint = Endpoint(scheme=self.url_scheme, host=self.host, port=self.port, target="/")
        self.sock = self._wire.open(endpoint)
        self.is_verified = True  # Or the dialer would have refused.

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        # urllib3 has normalized the target by now; what was signed is what is sent.
        super().request(method, self._wire.call.target, *args, **kwargs)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._wire.call.head_read = True
        return response


class _SecureWireConnection(_WireConnection):
    url_scheme = "https"
    default_port = 443  # type: ignore[misc]  # urllib3 does the same.


class _WirePools(urllib3.PoolManager):
    """Pools whose connections come from the wire."""

    def __init__(self, wire: Wire, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wire = wire

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any) -> Any:
        pool = super()._new_pool(scheme, *args, **kwargs)
        connection = _SecureWireConnection if scheme == "https" else _WireConnection
        pool.ConnectionCls = cast(Any, functools.partial(connection, self._wire))
        return pool


class WireAdapter(requests.adapters.HTTPAdapter):
    """The adapter of requests, over the wire: it sends once and never again.

    Args:
        wire: opens the connections.
        pool_size: connections to keep for each host, and hosts to keep connections for.
    """

    def __init__(self, wire: Wire, *, pool_size: int) -> None:
        self._wire = wire
        super().__init__(
            pool_connections=pool_size,
            pool_maxsize=pool_size,
            max_retries=urllib3.Retry(0, read=False),
        )

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        """Make the pools; a hook of requests."""
        self.poolmanager = _WirePools(
            self._wire, num_pools=connections, maxsize=maxsize, block=block, **options
        )

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing, since the dialer verifies; a hook of requests."""
