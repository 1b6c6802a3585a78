"""Opening a connection: look-up, TCP, proxy and TLS under one deadline.

Both transports dial here, so both verify, refuse and give up alike. This is also the place where
everything that can go wrong on the way becomes an error of sixmm.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import threading
from collections.abc import Mapping

from ..clock import Deadline
from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    SixmmError,
    TlsFailed,
    without_frames,
)
from .proxy import Proxy
from .resolve import SLICE, Address, resolve
from .streams import Stream, TcpStream, Waiter
from .tls import TlsStream, make_context
from .urls import Endpoint

__all__ = ["Dialer"]

# What connect_ex says for "under way", by platform (the last one is Windows).
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 10_035})


class _Attempt:
    """One connection being made, which another thread may call off."""

    def __init__(self) -> None:
        self.called_off = False
        self.stream: Stream | None = None

    def call_off(self) -> None:
        self.called_off = True
        if self.stream is not None:
            self.stream.shutdown()

    def given_up(self) -> bool:
        return self.called_off


class Dialer:
    """Opens connections, knows those that are open, and can end them all.

    Args:
        verify: False accepts every certificate; it works for loopback hosts only.
        ca_file: a PEM file with the certificate authorities to trust in place of the usual ones.
        proxies: the address of one proxy for everything, a mapping from ``http``, ``https``, ``ws``
            or ``wss`` to an address, or None. Loopback hosts are always reached directly: plain
            text must not leave the machine.

    Raises:
        ConfigurationError: a proxy or the file cannot be used.
    """

    def __init__(
        self,
        *,
        verify: bool = True,
        ca_file: str | None = None,
        proxies: Mapping[str, str] | str | None = None,
    ) -> None:
        if ca_file is not None and not os.path.isfile(ca_file):
            raise ConfigurationError("ca_file is not a file")
        self._verify = verify
        self._ca_file = ca_file
        self._proxies = _parse_proxies(proxies)
        self._lock = threading.RLock()
        self._context: ssl.SSLContext | None = None
        self._attempts: set[_Attempt] = set()
        self._streams: set[Stream] = set()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def open(self, endpoint: Endpoint, deadline: Deadline) -> Stream:
        """Return a stream to ``endpoint``; over TLS where its scheme says so.

        The stream is known to the dialer until it is given to :meth:`forget`. An error has no
        frames of the way there: their variables hold what logs in to the proxy.

        Raises:
            ConfigurationError: the certificate of a host elsewhere would not be verified.
            ConnectFailed: no connection was made.
            TlsFailed: the TLS handshake failed.
            DeadlineExceeded: the deadline passed first.
            ClientClosed: the dialer was closed, before the call or during it.
        """
        if not self._verify and not endpoint.loopback:
            raise ConfigurationError("verify=False is for loopback hosts only; use ca_file")
        attempt = self._begin()
        try:
            return self._settle(attempt, self._open(attempt, endpoint, deadline))
        except BaseException as exc:
            failure = _ended(attempt, exc)
        finally:
            with self._lock:
                self._attempts.discard(attempt)
        # Raised here, not in the handler: there the error that it replaces would be its context.
        raise failure

    def forget(self, stream: Stream) -> None:
        """Leave ``stream`` to its owner: closing the dialer no longer ends it."""
        with self._lock:
            self._streams.discard(stream)

    def close(self) -> None:
        """Call off what is being opened, end what is open, and refuse to open more.

        The descriptor of a stream is given back by its owner, whose thread may be using it.
        """
        with self._lock:
            self._closed = True
            attempts, streams = list(self._attempts), list(self._streams)
        for attempt in attempts:
            attempt.call_off()
        for stream in streams:
            stream.shutdown()

    def _begin(self) -> _Attempt:
        attempt = _Attempt()
        with self._lock:
            if self._closed:
                raise ClientClosed("the transport was closed")
            self._attempts.add(attempt)
        return attempt

    def _settle(self, attempt: _Attempt, stream: Stream) -> Stream:
        """Turn the attempt into a known stream; in one step, so that close() meets one of them."""
        with self._lock:
            if attempt.called_off or self._closed:
                attempt.called_off = True
                raise ClientClosed("the transport was closed")
            self._streams.add(stream)
        return stream

    def _open(self, attempt: _Attempt, endpoint: Endpoint, deadline: Deadline) -> Stream:
        """Go through the steps; the only place where foreign errors are mapped."""
        where, tls = f"{endpoint.host}:{endpoint.port}", False
        try:
            raw = self._connect(attempt, endpoint, deadline)
            if not endpoint.secure:
                return raw
            tls = True
            return self._encrypt(raw, endpoint, deadline)
        except SixmmError:
            raise
        except TimeoutError as exc:
            raise DeadlineExceeded(f"no connection to {where} within the deadline") from exc
        except ssl.SSLCertVerificationError as exc:
            why = exc.verify_message or "not valid"
            raise TlsFailed(f"the certificate of {where}: {why}", certificate=True) from exc
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            if tls:
                raise TlsFailed(f"the TLS handshake with {where} failed: {why}") from exc
            raise ConnectFailed(f"cannot connect to {where}: {why}") from exc

    def _connect(self, attempt: _Attempt, endpoint: Endpoint, deadline: Deadline) -> Stream:
        proxy = None if endpoint.loopback else self._proxies.get(endpoint.scheme)
        via: Proxy | Endpoint = endpoint if proxy is None else proxy
        addresses = resolve(via.host, via.port, deadline, given_up=attempt.given_up)
        stream = _connect_any(attempt, addresses, deadline)
        attempt.stream = stream
        if attempt.called_off:  # It was called off before there was a stream to shut down.
            raise OSError(errno.ECONNABORTED, "called off")
        if proxy is not None:
            proxy.tunnel(stream, host=endpoint.host, port=endpoint.port, deadline=deadline)
        return stream

    def _encrypt(self, raw: Stream, endpoint: Endpoint, deadline: Deadline) -> Stream:
        stream = TlsStream(raw, context=self._tls_context(), hostname=endpoint.host)
        stream.handshake(deadline)
        return stream

    def _tls_context(self) -> ssl.SSLContext:
        """Return the TLS settings, made at their first use: reading the certificates takes long."""
        with self._lock:
            if self._context is None:
                try:
                    self._context = make_context(ca_file=self._ca_file, verify=self._verify)
                except OSError as exc:
                    raise ConfigurationError("ca_file has no certificate that can be read") from exc
            return self._context


def _parse_proxies(proxies: Mapping[str, str] | str | None) -> dict[str, Proxy]:
    if proxies is None:
        return {}
    if isinstance(proxies, str):
        return dict.fromkeys(("http", "https", "ws", "wss"), Proxy.parse(proxies))
    return {scheme: Proxy.parse(address) for scheme, address in proxies.items()}


def _ended(attempt: _Attempt, error: BaseException) -> BaseException:
    """Close what an attempt has opened; return the error to raise for it, without any frames."""
    if attempt.stream is not None:
        attempt.stream.close()
    if attempt.called_off and isinstance(error, Exception):
        return ClientClosed("the transport was closed")
    if isinstance(error, SixmmError):
        return without_frames(error)
    error.__context__ = None
    return error.with_traceback(None)


def _connect_any(attempt: _Attempt, addresses: list[Address], deadline: Deadline) -> Stream:
    """Return a connection to the first address that takes one.

    Each address gets its fair share of the time that is left, so that a silent one (an IPv6 route
    that leads nowhere) does not use up the time of those after it.
    """
    failure: OSError | None = None
    for tried, address in enumerate(addresses):
        left = deadline.remaining()
        share = deadline if left is None else deadline.sooner(left / (len(addresses) - tried))
        try:
            return _connect_one(attempt, address, share)
        except OSError as exc:
            failure = exc
        if attempt.called_off or deadline.expired:
            break
    raise failure or OSError(errno.EADDRNOTAVAIL, "the name has no address")


def _connect_one(attempt: _Attempt, address: Address, deadline: Deadline) -> Stream:
    family, target = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(target)
        if code in _UNDER_WAY:
            _await_connection(attempt, sock, deadline)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        return TcpStream(sock)
    except BaseException:
        sock.close()
        raise


def _await_connection(attempt: _Attempt, sock: socket.socket, deadline: Deadline) -> None:
    """Wait in slices: shutting down a socket that is still connecting wakes nobody everywhere."""
    waiter = Waiter(sock, writable=True)
    while True:
        left = deadline.remaining()
        if waiter.ready(SLICE if left is None else min(SLICE, left)):
            return
        if attempt.called_off:
            raise OSError(errno.ECONNABORTED, "called off")
        if deadline.expired:
            raise TimeoutError("the connection was not accepted in time")
