"""A WebSocket transport without a network: each dial makes a link and a peer."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Mapping

from ..clock import Deadline
from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    SixmmError,
)
from .base import WsLink, WsTransport
from .checks import check_dial
from .frames import MAX_CONTROL_BYTES, close_payload
from .memory_peer import MemoryPeer
from .memory_pipe import Ping, Pipe, Text

__all__ = ["MemoryLink", "MemoryWs"]

_KEPT_PEERS = 10_000


class MemoryLink(WsLink):
    """The client's end of a link.

    Args:
        pipe: what lies between the ends.
        peer: told about each message.
    """

    def __init__(self, pipe: Pipe, peer: MemoryPeer) -> None:
        self._pipe = pipe
        self._peer = peer

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return every message that has arrived; see :meth:`WsLink.receive`."""
        messages = self._pipe.receive(deadline)
        self.last_pong = self._pipe.last_pong
        return messages

    def send(self, message: str, *, deadline: Deadline) -> None:
        """Send one text message; see :meth:`WsLink.send`."""
        try:
            message.encode()
        except UnicodeEncodeError:
            raise ConfigurationError("the message has half of a surrogate pair") from None
        for read in self._pipe.accept(Text(message), deadline):
            self._peer.deliver(read)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Send a protocol ping; see :meth:`WsLink.ping`."""
        if len(payload) > MAX_CONTROL_BYTES:
            raise ConfigurationError(f"the payload of a ping is over {MAX_CONTROL_BYTES} bytes")
        self._pipe.accept(Ping(payload), deadline)

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:  # noqa: ARG002
        """Send a close frame once and return; see :meth:`WsLink.close`."""
        close_payload(code, reason)
        self._pipe.accept_close(ConnectionClosed(code=code, reason=reason, by="local"))

    def abort(self) -> None:
        """Drop the connection at once; see :meth:`WsLink.abort`."""
        self._pipe.abort()


class MemoryWs(WsTransport):
    """Makes links whose other ends are :class:`MemoryPeer` objects.

    Args:
        on_dial: called with the peer and the address in the dialling thread, before the link is
            handed out: what it pushes is the first thing that the client receives. It may raise an
            error of :mod:`sixmm.errors`, and the dial fails with it.
        max_queued: messages that wait for a client before :meth:`MemoryPeer.push` does.
    """

    def __init__(
        self,
        on_dial: Callable[[MemoryPeer, str], None] | None = None,
        *,
        max_queued: int = 100_000,
    ) -> None:
        self._on_dial = on_dial
        self._max_queued = max_queued
        self._changed = threading.Condition()
        self._plans: collections.deque[SixmmError | None] = collections.deque()
        self._peers: collections.deque[MemoryPeer] = collections.deque(maxlen=_KEPT_PEERS)
        self._closed = False

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> MemoryLink:
        """Make a link, unless something else was planned; raises as :meth:`WsTransport.dial`."""
        _, checked = check_dial(url, headers, deadline)
        self._follow_plan(deadline)
        pipe = Pipe(max_queued=self._max_queued)
        peer = MemoryPeer(url, checked, pipe)
        if self._on_dial is not None:
            self._on_dial(peer, url)
        with self._changed:
            if self._closed:
                raise ClientClosed("the transport was closed")
            self._peers.append(peer)
            self._changed.notify_all()
        return MemoryLink(pipe, peer)

    def close(self) -> None:
        """Abort every dial that is under way and refuse new ones; repeats do nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # What a test plans and asks.

    def refuse_next(self, status: int = 503, *, retry_after: float | None = None) -> None:
        """Answer the next dial with an HTTP status."""
        text = f"the upgrade was answered with status {status}"
        self.fail_next(HandshakeRefused(text, http_status=status, retry_after=retry_after))

    def fail_next(self, error: SixmmError) -> None:
        """Let the next dial fail with ``error``; calls add up, one for each dial."""
        with self._changed:
            self._plans.append(error)

    def stall_next(self) -> None:
        """Let the next dial hang until its deadline, or until the transport is closed."""
        with self._changed:
            self._plans.append(None)

    @property
    def peers(self) -> list[MemoryPeer]:
        """The peers of all links that were made, oldest first; the newest 10,000 are kept."""
        with self._changed:
            return list(self._peers)

    def wait_peer(self, number: int = 1, timeout: float = 5.0) -> MemoryPeer:
        """Return the peer of the link that was made as the first, second, ... one; wait for it.

        Raises:
            TimeoutError: so many links were not made in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._peers) >= number, timeout):
                raise TimeoutError(f"only {len(self._peers)} links were made")
            return self._peers[number - 1]

    def _follow_plan(self, deadline: Deadline) -> None:
        """Do what was planned for this dial."""
        with self._changed:
            if self._plans and not self._closed:
                error = self._plans.popleft()
                if error is not None:
                    raise error
                self._changed.wait_for(lambda: self._closed, deadline.remaining())
                if not self._closed:
                    raise DeadlineExceeded("no answer to the upgrade within the deadline")
            if self._closed:
                raise ClientClosed("the transport was closed")
