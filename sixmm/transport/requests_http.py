"""The default HTTP transport, on ``requests``.

``requests`` brings the connection pool and reads HTTP. What it would do beyond that is left out or
replaced: it follows redirects with the caller's headers, reads ``.netrc`` and proxy variables, has
a timeout for each read but none for the whole, and its errors quote the whole address. So its
:class:`~requests.adapters.HTTPAdapter` is used without a session, over the connections of
:mod:`sixmm.transport.http_wire`.
"""

from __future__ import annotations

import http.client
import logging
import sys
from collections.abc import Iterator, Mapping

import requests
import requests.adapters
import urllib3
import urllib3.exceptions

from ..clock import Deadline
from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    ProtocolViolation,
    SixmmError,
)
from ..redaction import RedactingFilter
from .base import HttpRequest, HttpResponse, HttpTransport
from .checks import check_request
from .coding import BodyReader
from .dial import Dialer
from .headers import Headers, checked_headers, cookie_values
from .http_wire import Call, Wire, WireAdapter

__all__ = ["RequestsTransport"]

_READ_BYTES = 16_384

# What dialling, requests, urllib3 and http.client raise. Anything else is a mistake of ours.
_FOREIGN = (
    SixmmError,
    OSError,
    ValueError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
)

# urllib3 logs every request target at DEBUG. One filter object: adding it again does nothing.
_FILTER = RedactingFilter()


class RequestsTransport(HttpTransport):
    """Sends requests over pooled, verified connections.

    Only ``https`` addresses are accepted, and ``http`` ones of loopback hosts. Nothing is taken
    from the environment, no redirect is followed, no cookie is kept, and nothing is sent twice.

    Args:
        pool_size: connections that are kept open for the next request; more may be open at once.
        user_agent: the User-Agent header.
        max_body_bytes: the largest body of a reply, counted after decompression.
        verify: False accepts every certificate; it works for loopback hosts only.
        ca_file: a PEM file with the certificate authorities to trust in place of the usual ones.
        proxies: the address of a proxy (``http://``, ``socks5://``), or a mapping from ``https`` to
            one, or None; loopback hosts are always reached directly.

    Raises:
        ConfigurationError: an argument cannot work.
    """

    def __init__(
        self,
        *,
        # HTTP
        pool_size: int = 10,
        user_agent: str = "sixmm",
        # Limits
        max_body_bytes: int = 16 * 1024 * 1024,
        # TLS
        verify: bool = True,
        ca_file: str | None = None,
        # Network
        proxies: Mapping[str, str] | str | None = None,
    ) -> None:
        if pool_size < 1 or max_body_bytes < 1:
            raise ConfigurationError("pool_size and max_body_bytes must be at least 1")
        self._defaults = checked_headers({"Accept-Encoding": "identity", "User-Agent": user_agent})
        self._max_body_bytes = max_body_bytes
        self._dialer = Dialer(verify=verify, ca_file=ca_file, proxies=proxies)
        self._wire = Wire(self._dialer)
        self._adapter = WireAdapter(self._wire, pool_size=pool_size)
        logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Return the complete reply, whatever its status is; a redirect is a reply too.

        Where the deadline passes before anything was sent, the error is :class:`ConnectFailed`, not
        :class:`DeadlineExceeded`, which is kept for requests that may have been processed.

        Raises:
            ConfigurationError: the address, the method or a header cannot be sent.
            ConnectFailed: no connection was made, so nothing was sent.
            TlsFailed: the TLS handshake failed, so nothing was sent.
            DeadlineExceeded: the deadline passed; the request may have been processed.
            ConnectionClosed: the connection broke; the request may have been processed.
            ProtocolViolation: the reply breaks HTTP or is larger than the limit.
            ClientClosed: the transport was closed, before the call or during it.
        """
        if self._dialer.closed:
            raise ClientClosed("the transport was closed")
        endpoint, headers = check_request(request, deadline)
        call = Call(target=endpoint.target, deadline=deadline)
        # What the caller is handling becomes the context of whatever is raised here.
        handled = sys.exc_info()[1]
        try:
            with self._wire.calling(call):
                return self._exchange(_prepared(request, Headers({**self._defaults, **headers})))
        except _FOREIGN as exc:
            failure = self._failure(exc, call, handled)
        # Raised here and not in the handler: there the error would carry, as its context, the one
        # of requests with the headers and the whole address in it.
        raise failure

    def close(self) -> None:
        """Close every connection and make blocked calls return at once; repeats do nothing."""
        self._dialer.close()
        self._adapter.close()

    def _exchange(self, prepared: requests.PreparedRequest) -> HttpResponse:
        response = self._adapter.send(prepared, stream=True, verify=True, proxies={})
        raw: urllib3.HTTPResponse = response.raw
        try:
            body = self._read_body(raw)
        except BaseException:
            raw.close()  # The rest of the body is still on its way: no other call may meet it.
            raise
        raw.release_conn()
        return HttpResponse(
            status=raw.status,
            headers={name.lower(): value for name, value in raw.headers.items()},
            cookies=cookie_values(raw.headers.getlist("set-cookie")),
            body=body,
        )

    def _read_body(self, raw: urllib3.HTTPResponse) -> bytes:
        reader = BodyReader(raw.headers.get("content-encoding", ""), max_bytes=self._max_body_bytes)
        while chunk := raw.read(_READ_BYTES, decode_content=False):
            reader.feed(chunk)
        if raw.length_remaining:  # Older versions of urllib3 do not mind.
            raise http.client.IncompleteRead(b"", raw.length_remaining)
        return reader.body()

    def _failure(self, exc: Exception, call: Call, handled: BaseException | None) -> SixmmError:
        """Return the error to raise for ``exc``; the only place where foreign errors are mapped.

        An error that the caller is ``handled``-ing says nothing about this call.
        """
        causes = list(_chain(exc, handled))
        own = next((e for e in causes if isinstance(e, SixmmError)), None)
        if self._dialer.closed:
            return ClientClosed("the transport was closed")
        if isinstance(own, DeadlineExceeded):  # Only dialling raises it here.
            return _caused(ConnectFailed("no connection in time; nothing was sent"), causes)
        if own is not None:
            return _without_frames(own)
        if not call.sent:
            return ConfigurationError("requests does not accept the address or a header")
        if call.deadline.expired or any(isinstance(e, TimeoutError) for e in causes):
            return DeadlineExceeded("no complete reply within the deadline")
        if call.ended or any(isinstance(e, OSError) and e.errno for e in causes):
            return _caused(ConnectionClosed(reason="before the reply was complete"), causes)
        return ProtocolViolation("the reply breaks HTTP")


def _chain(exc: BaseException, end: BaseException | None) -> Iterator[BaseException]:
    """Yield ``exc`` and what is behind it, before ``end``: urllib3 keeps it in different places."""
    seen: set[int] = {id(end)}
    todo: list[object] = [exc]
    while todo:
        item = todo.pop(0)
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            todo += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]


def _without_frames(error: SixmmError) -> SixmmError:
    """Return ``error`` without the frames of urllib3, whose variables hold headers and address."""
    error.__context__ = None
    return error.with_traceback(None)


def _caused(error: SixmmError, causes: list[BaseException]) -> SixmmError:
    """Return ``error`` with what the system said as its cause, if it said something.

    It is made anew from number and text: the original would bring the frames along.
    """
    for e in causes:
        if isinstance(e, OSError) and isinstance(e.errno, int) and e.strerror:
            error.__cause__ = type(e)(e.errno, e.strerror)
            break
    return error


def _prepared(request: HttpRequest, headers: Mapping[str, str]) -> requests.PreparedRequest:
    prepared = requests.PreparedRequest()
    prepared.prepare(
        method=request.method, url=request.url, headers=dict(headers), data=request.body
    )
    return prepared
