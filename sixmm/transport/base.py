"""What a transport must do: the two interfaces, and the values that pass through them.

The engine knows only these classes. The defaults are built on ``requests`` and on websocket-client;
:mod:`sixmm.transport.memory` has the pair that needs no network. One contract suite runs against
every transport, real and fake.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping

import attrs

from ..clock import Deadline
from ..redaction import redact_url

__all__ = ["HttpRequest", "HttpResponse", "HttpTransport", "WsLink", "WsTransport"]


@attrs.frozen(kw_only=True)
class HttpRequest:
    """One prepared request: these bytes are sent as they are, nothing is added to what was signed.

    The representation shows method and path only: query, headers and body may authenticate.
    """

    method: str
    """``GET``, ``POST``, ``PUT`` or ``DELETE``."""
    url: str
    """The absolute address with its query text, already percent-encoded."""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Headers to send, in addition to Host, Content-Length and User-Agent."""
    body: bytes | None = None
    """The exact body, or None for no body."""

    def __repr__(self) -> str:
        return f"<HttpRequest {self.method} {redact_url(self.url.partition('?')[0])}>"


@attrs.frozen(kw_only=True)
class HttpResponse:
    """A complete reply: status, headers with lower-case names, and the decoded body.

    ``cookies`` are the values of its Set-Cookie headers; they are hidden in the representation.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    cookies: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    body: bytes = attrs.field(default=b"", repr=False)


class HttpTransport(abc.ABC):
    """Sends prepared requests. It is used from several threads at once."""

    @abc.abstractmethod
    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Return the complete reply, whatever its status; a redirect is a reply, not followed.

        Nothing is sent a second time. The deadline covers everything from the connection to the
        last byte of the body.

        Raises:
            ConnectFailed: no connection was made, so nothing was sent.
            TlsFailed: the TLS handshake failed, so nothing was sent.
            DeadlineExceeded: the deadline passed; the request may have been processed.
            ConnectionClosed: the connection broke; the request may have been processed.
            ProtocolViolation: the reply breaks HTTP or is larger than the limit.
            ClientClosed: the transport was closed, before the call or during it.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Close every connection and make blocked calls return at once; may be repeated."""


class WsLink(abc.ABC):
    """One open WebSocket connection.

    One thread at a time receives; any thread may send, ping, close and abort. After any error the
    link is dead: the caller aborts it and dials again.
    """

    last_pong: bytes | None = None
    """The payload of the newest pong that arrived, or None; set by :meth:`receive`."""

    may_change_hands = False
    """Whether threads may take turns in receiving; :attr:`is_waiting` is right then."""

    def be_greedy(self) -> None:  # noqa: B027 - a link may have no use for it
        """Take more in one read, in a flood: for an owner that keeps what comes as text."""

    @property
    def is_waiting(self) -> bool:
        """Whether :meth:`receive`, if it is interrupted now, has taken nothing from the network."""
        return False

    @abc.abstractmethod
    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Wait for frames and return every message that one read completed, oldest first.

        The list is empty where only control frames came: that counts as life. Text messages are
        valid UTF-8; pings have been answered. Messages that came before a close frame are returned
        first; the close is told by the next call. What was read before a timeout is kept.

        Raises:
            DeadlineExceeded: no frame was completed before the deadline; the link is still good.
            ConnectionClosed: the link ended; it says with which code, and who closed it.
            ProtocolViolation: the peer broke the protocol or a limit; the close frame was sent.
        """

    @abc.abstractmethod
    def send(self, message: str, *, deadline: Deadline) -> None:
        """Send one text message whole.

        Raises:
            ConnectionClosed: the link has ended.
            DeadlineExceeded: the message could not be sent in time; the link was dropped, because
                a part of the frame may be on the wire.
        """

    @abc.abstractmethod
    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Send a protocol ping; raises as :meth:`send` does. The payload has at most 125 bytes."""

    @abc.abstractmethod
    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Send a close frame once and return; the receiving thread sees the end of the link.

        It never raises for a link that has ended already, and never waits for the peer.
        """

    @abc.abstractmethod
    def abort(self) -> None:
        """Drop the connection at once; a blocked receive or send returns with an error."""


class WsTransport(abc.ABC):
    """Makes WebSocket connections."""

    @abc.abstractmethod
    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> WsLink:
        """Open a connection and complete the upgrade within the deadline; follows no redirect.

        Raises:
            ConnectFailed: no connection was made.
            TlsFailed: the TLS handshake failed; nothing of the request was sent.
            HandshakeRefused: the server answered with another status than 101.
            ProtocolViolation: the answer to the upgrade is not valid, or too large.
            DeadlineExceeded: the deadline passed.
            ClientClosed: the transport was closed, before the call or during it.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Abort every dial that is under way and refuse new ones; may be called repeatedly."""
