"""TLS in front of a server that speaks plainly: for faults in the middle of a TLS handshake."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from types import TracebackType

__all__ = ["TlsFront"]

_PATIENCE = 10.0
_CHUNK = 65_536


class TlsFront:
    """Ends TLS on a port of its own, and passes what is inside to a server.

    Args:
        port: the port of the server on 127.0.0.1.
        context: has the certificate.
    """

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self._target = ("127.0.0.1", port)
        self._context = context
        self._lock = threading.Lock()
        self._closing = False
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="tls-front", daemon=True)
        self._thread.start()

    def __enter__(self) -> TlsFront:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all connections and the threads."""
        with self._lock:
            self._closing = True
            sockets = list(self._sockets)
        # A blocked accept() is woken by a connection; closing the listener does not wake it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        for side in sockets:
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        self._thread.join(_PATIENCE)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            with self._lock:
                if self._closing:
                    plain.close()
                    return
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                thread = threading.Thread(
                    target=self._serve, args=(plain,), name="tls-front", daemon=True
                )
                self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        """Live as long as one connection; whatever ends it ends both of its sides."""
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError, ValueError):
            stack.callback(plain.close)
            plain.settimeout(_PATIENCE)
            # The descriptor moves into the new object, which can be ended from the first byte on.
            outer = self._context.wrap_socket(
                plain, server_side=True, do_handshake_on_connect=False
            )
            self._keep(stack, outer)
            outer.do_handshake()
            inner = socket.create_connection(self._target, timeout=_PATIENCE)
            self._keep(stack, inner)
            outer.setblocking(False)
            _pass(outer, inner)

    def _keep(self, stack: contextlib.ExitStack, side: socket.socket) -> None:
        """Close a socket at the end of the stack, and let :meth:`close` end it before."""
        stack.callback(side.close)
        with self._lock:
            self._sockets.add(side)
            is_late = self._closing
        stack.callback(self._sockets.discard, side)
        if is_late:
            raise ConnectionError("the front is closing")


def _pass(outer: ssl.SSLSocket, inner: socket.socket) -> None:
    """Pass bytes both ways; raises where one of the two ends."""
    while True:
        readable = [outer] if outer.pending() else select.select([outer, inner], [], [])[0]
        if outer in readable:
            with contextlib.suppress(ssl.SSLWantReadError):
                inner.sendall(_some(outer))
        if inner in readable:
            _send(outer, _some(inner))


def _send(side: ssl.SSLSocket, data: bytes) -> None:
    while data:
        try:
            data = data[side.send(data) :]
        except ssl.SSLWantWriteError:
            select.select([], [side], [])


def _some(side: socket.socket) -> bytes:
    data = side.recv(_CHUNK)
    if not data:
        raise ConnectionError("closed")
    return data
