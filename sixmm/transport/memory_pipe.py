"""What lies between the two ends of a link that needs no network.

Each end has its own face (:class:`~sixmm.transport.memory_ws.MemoryLink` for the client,
:class:`~sixmm.transport.memory_peer.MemoryPeer` for the test that plays the server); both work on
one :class:`Pipe`, whose methods are atomic and call nobody.
"""

from __future__ import annotations

import collections
import copy
import threading

import attrs

from ..clock import Deadline
from ..errors import ConnectionClosed, DeadlineExceeded, ProtocolViolation

__all__ = ["CloseSent", "End", "Ping", "Pipe", "Pong", "Text"]

_BATCH_BYTES = 65_536
_MAX_HELD = 1_024
_MAX_KEPT = 100_000


@attrs.frozen
class Text:
    """A message from the client."""

    message: str


@attrs.frozen
class CloseSent:
    """The client's close frame."""

    error: ConnectionClosed


@attrs.frozen
class Ping:
    """A ping, in either direction."""

    payload: bytes


@attrs.frozen
class Pong:
    """A pong on its way to the client."""

    payload: bytes


@attrs.frozen
class End:
    """The end of what the client receives, and why."""

    error: ConnectionClosed | ProtocolViolation


class Pipe:
    """Two queues, and how the link ends.

    Args:
        max_queued: messages that wait for the client before the peer has to wait.
    """

    def __init__(self, *, max_queued: int) -> None:
        # Every change below is announced on it, and made while it is held.
        self.changed = threading.Condition()
        self.sent: collections.deque[str] = collections.deque(maxlen=_MAX_KEPT)
        self.pongs: collections.deque[bytes] = collections.deque(maxlen=_MAX_KEPT)
        self.sent_close: ConnectionClosed | None = None
        self.answers = True
        self.last_pong: bytes | None = None
        self._max_queued = max_queued
        self._queue: collections.deque[bytes | Ping | Pong | End] = collections.deque()
        self._held: collections.deque[Text | Ping | CloseSent] = collections.deque()
        self._frozen = False
        self._dropped = False
        self._ended: ConnectionClosed | ProtocolViolation | None = None

    @property
    def gone(self) -> bool:
        """Whether the client's end is dead."""
        return self._ended is not None

    # The client's end.

    def receive(self, deadline: Deadline) -> list[bytes]:
        """Return what has arrived, as :meth:`WsLink.receive` does."""
        with self.changed:
            arrived = self.changed.wait_for(
                lambda: self.gone or (self._queue and not self._frozen), deadline.remaining()
            )
            if self._ended is not None:
                raise copy.copy(self._ended)
            if not arrived:
                raise DeadlineExceeded("no frame within the deadline")
            self.changed.notify_all()
            return self._take_batch()

    def accept(self, frame: Text | Ping, deadline: Deadline) -> list[str]:
        """Take a frame from the client; return the message if the peer reads it now."""
        with self.changed:
            self._require_open()
            self.changed.wait_for(
                lambda: self.gone or not self._frozen or len(self._held) < _MAX_HELD,
                deadline.remaining(),
            )
            self._require_open()
            if not self._frozen:
                return self._read(frame)
            if len(self._held) >= _MAX_HELD:
                self._end(ConnectionClosed())
                raise DeadlineExceeded("not sent within the deadline; the link was dropped")
            self._held.append(frame)
            return []

    def accept_close(self, error: ConnectionClosed) -> None:
        """Take a close frame from the client, unless the link is closing or has ended."""
        with self.changed:
            if self.sent_close is None and not self.gone:
                self.sent_close = error
                if self._frozen:
                    self._held.append(CloseSent(error))
                else:
                    self._read(CloseSent(error))

    def abort(self) -> None:
        """End the link from the client's side."""
        with self.changed:
            self._end(ConnectionClosed(by="local"))

    # The peer's end.

    def put(self, items: list[bytes | Ping | Pong | End], timeout: float) -> None:
        """Queue ``items`` for the client; wait up to ``timeout`` seconds for room."""
        with self.changed:
            if not self.changed.wait_for(
                lambda: self.gone or len(self._queue) < self._max_queued, timeout
            ):
                raise TimeoutError("the client does not read")
            if not self.gone and not self._dropped:
                self._queue.extend(items)
                self.changed.notify_all()

    def drop(self) -> None:
        """End the link without a close frame, after what has been queued."""
        with self.changed:
            self._queue.append(End(ConnectionClosed()))
            self._dropped = True
            self._frozen = False
            self.changed.notify_all()

    def freeze(self) -> None:
        """Hold everything that is on its way, in both directions."""
        with self.changed:
            self._frozen = True

    def thaw(self) -> list[str]:
        """Let everything go on; return the messages that the peer reads now."""
        with self.changed:
            self._frozen = False
            messages = [message for frame in self._held for message in self._read(frame)]
            self._held.clear()
            self.changed.notify_all()
            return messages

    # With the lock held.

    def _take_batch(self) -> list[bytes]:
        messages: list[bytes] = []
        size = 0
        while self._queue and size < _BATCH_BYTES:
            item = self._queue[0]
            if isinstance(item, End):
                if not messages:
                    self._end(item.error)
                    raise copy.copy(self._ended or item.error)
                break
            self._queue.popleft()
            if isinstance(item, bytes):
                messages.append(item)
                size += len(item)
            elif isinstance(item, Ping):
                self.pongs.append(item.payload)
            else:
                self.last_pong = item.payload
        return messages

    def _read(self, frame: Text | Ping | CloseSent) -> list[str]:
        """Let the peer read one frame of the client; return its message, if it is one."""
        self.changed.notify_all()
        if isinstance(frame, Text):
            self.sent.append(frame.message)
            return [frame.message]
        if self.answers:
            if isinstance(frame, Ping):
                self._queue.append(Pong(frame.payload))
            else:
                self._queue.append(End(frame.error))
        return []

    def _end(self, error: ConnectionClosed | ProtocolViolation) -> None:
        if self._ended is None:
            own = self.sent_close if isinstance(error, ConnectionClosed) else None
            self._ended = own or error
            self.changed.notify_all()

    def _require_open(self) -> None:
        if isinstance(self._ended, ProtocolViolation):
            raise ConnectionClosed(code=self._ended.close_code, by="local")
        end = self._ended or self.sent_close or (ConnectionClosed() if self._dropped else None)
        if end is not None:
            raise copy.copy(end)
