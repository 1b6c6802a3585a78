"""The default WebSocket transport: websocket-client makes the upgrade, sixmm does the rest."""

from __future__ import annotations

from collections.abc import Mapping

from ..clock import Deadline
from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
)
from .base import WsTransport
from .checks import check_dial
from .dial import Dialer
from .frames import FrameReader
from .handshake import upgrade
from .headers import Headers, checked_headers
from .link import StreamLink
from .streams import Stream
from .urls import Endpoint

__all__ = ["WebSocketClientTransport"]


class WebSocketClientTransport(WsTransport):
    """Makes WebSocket connections that are bounded, strict and verified.

    Only ``wss`` addresses are accepted, and ``ws`` ones of loopback hosts. Nothing is taken from
    the environment, no redirect is followed, and no extension is offered.

    Args:
        user_agent: the User-Agent header of the upgrade.
        handshake_max_bytes: the longest head of the reply to the upgrade.
        max_frame_bytes: the largest payload of one frame.
        max_message_bytes: the largest message, over all its fragments.
        max_fragments: the most fragments of one message.
        pong_timeout: seconds in which the answer to a ping must have been sent.
        verify: False accepts every certificate; it works for loopback hosts only.
        ca_file: a PEM file with the certificate authorities to trust in place of the usual ones.
        proxy: the address of a proxy (``http://``, ``socks5://``), or None; loopback hosts are
            always reached directly.

    Raises:
        ConfigurationError: an argument cannot work.
    """

    def __init__(
        self,
        *,
        # HTTP
        user_agent: str = "sixmm",
        # Limits
        handshake_max_bytes: int = 64 * 1024,
        max_frame_bytes: int = 4 * 1024 * 1024,
        max_message_bytes: int = 4 * 1024 * 1024,
        max_fragments: int = 131_072,
        # Timeouts
        pong_timeout: float = 5.0,
        # TLS
        verify: bool = True,
        ca_file: str | None = None,
        # Network
        proxy: str | None = None,
    ) -> None:
        limits = (handshake_max_bytes, max_frame_bytes, max_message_bytes, max_fragments)
        if min(limits) < 1 or not pong_timeout > 0:
            raise ConfigurationError("every limit and timeout must be above 0")
        self._defaults = checked_headers({"User-Agent": user_agent})
        self._handshake_max_bytes = handshake_max_bytes
        self._max_frame_bytes = max_frame_bytes
        self._max_message_bytes = max_message_bytes
        self._max_fragments = max_fragments
        self._pong_timeout = pong_timeout
        self._dialer = Dialer(verify=verify, ca_file=ca_file, proxies=proxy)

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> StreamLink:
        """Open a connection and complete the upgrade within the deadline; follows no redirect.

        Raises:
            ConfigurationError: the address or a header cannot be sent.
            ConnectFailed: no connection was made.
            TlsFailed: the TLS handshake failed; nothing of the request was sent.
            HandshakeRefused: the server answered with another status than 101.
            ProtocolViolation: the answer to the upgrade is not valid, or too large.
            DeadlineExceeded: the deadline passed.
            ClientClosed: the transport was closed, before the call or during it.
        """
        endpoint, checked = check_dial(url, headers, deadline)
        del url, headers  # A traceback may show variables; from here on none holds a secret.
        checked = Headers({**self._defaults, **checked})
        stream = self._dialer.open(endpoint, deadline)
        try:
            received = self._upgrade(stream, endpoint, checked, deadline)
        except BaseException:
            stream.close()
            raise
        finally:
            self._dialer.forget(stream)
        return self._link(stream, received)

    def close(self) -> None:
        """Abort every dial that is under way and refuse new ones; may be called repeatedly."""
        self._dialer.close()

    def _upgrade(
        self, stream: Stream, endpoint: Endpoint, headers: Headers, deadline: Deadline
    ) -> bytes:
        """Upgrade ``stream``; the only place where errors after the connection are mapped."""
        try:
            return upgrade(
                stream,
                endpoint,
                headers=headers,
                deadline=deadline,
                max_head_bytes=self._handshake_max_bytes,
            )
        except (OSError, EOFError) as exc:
            if self._dialer.closed:
                raise ClientClosed("the transport was closed") from None
            if isinstance(exc, TimeoutError):
                raise DeadlineExceeded("no answer to the upgrade within the deadline") from None
            cause = exc if isinstance(exc, OSError) else None
            raise ConnectFailed("the connection ended before the upgrade was complete") from cause

    def _link(self, stream: Stream, received: bytes) -> StreamLink:
        reader = FrameReader(
            max_frame_bytes=self._max_frame_bytes,
            max_message_bytes=self._max_message_bytes,
            max_fragments=self._max_fragments,
        )
        return StreamLink(stream, reader=reader, received=received, pong_timeout=self._pong_timeout)
