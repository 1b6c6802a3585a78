"""An open WebSocket connection over any stream: who may do what, when, and how it ends.

One thread receives, and it alone takes bytes from the stream; any thread sends. The right to write
is a lock that is held while bytes go out, because frames must not be mixed. Everyone takes it under
a deadline, and :meth:`StreamLink.abort` frees whoever holds it.
"""

from __future__ import annotations

import contextlib
import copy
import os
import sys
import threading
from typing import NoReturn

from ..clock import Deadline
from ..errors import ConfigurationError, ConnectionClosed, DeadlineExceeded
from ..redaction import one_line
from .base import WsLink
from .frames import (
    CLOSE,
    MAX_CONTROL_BYTES,
    PING,
    PONG,
    TEXT,
    FrameReader,
    close_payload,
    encode_frame,
)
from .streams import Stream

__all__ = ["StreamLink"]

_LAST_WORDS = 1.0
"""Seconds in which the closing frame that answers the peer must have been sent."""

_LINGER, _LINGER_BYTES = 0.2, 1_048_576


class StreamLink(WsLink):
    """A link over a stream on which the upgrade is complete.

    Args:
        stream: the connection; it belongs to the link from now on.
        reader: makes messages of its bytes.
        received: bytes that came right after the upgrade.
        pong_timeout: seconds in which the answer to a ping must have been sent; a peer that sends
            pings and reads nothing is dropped after that.
    """

    # A wait for the network cannot be interrupted by Ctrl-C on Windows.
    may_change_hands = sys.platform != "win32"

    def __init__(
        self,
        stream: Stream,
        *,
        reader: FrameReader,
        received: bytes = b"",
        pong_timeout: float = 5.0,
    ) -> None:
        self._stream = stream
        self._reader = reader
        self._received = received
        self._pong_timeout = pong_timeout
        self._write_turn = threading.Lock()
        self._torn = False  # A part of a frame may be on the wire: nothing may follow it.
        # Guards the two below, which every thread reads and changes.
        # Re-entrant, because close() may be called by a signal handler.
        self._lock = threading.RLock()
        self._sent_close: ConnectionClosed | None = None
        self._ended: ConnectionClosed | None = None

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return every message that one read completed; see :meth:`WsLink.receive`.

        Where this side closed or aborted, the error says so, with the code that was sent (1006
        after :meth:`abort`), also where the peer hung up without an answer.
        """
        reader = self._reader
        while True:
            if self._ended is not None or reader.violation is not None:
                self._tell_end()
            frames = reader.frames
            messages = reader.feed(self._read(deadline))
            self.last_pong = reader.pong
            if reader.pings or reader.close is not None:
                self._answer()
            if messages or (reader.frames > frames and not reader.ended):
                return messages

    def be_greedy(self) -> None:
        """Take more in one read, in a flood; see :meth:`WsLink.be_greedy`."""
        self._stream.greedy = True

    @property
    def is_waiting(self) -> bool:
        """Whether a receive that is interrupted now has taken nothing; see :class:`WsLink`."""
        return self._stream.is_waiting

    def send(self, message: str, *, deadline: Deadline) -> None:
        """Send one text message whole; see :meth:`WsLink.send`."""
        try:
            payload = message.encode()
        except UnicodeEncodeError:
            raise ConfigurationError("the message has half of a surrogate pair") from None
        self._send([(TEXT, payload)], deadline)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Send a protocol ping; see :meth:`WsLink.ping`."""
        if len(payload) > MAX_CONTROL_BYTES:
            raise ConfigurationError(f"the payload of a ping is over {MAX_CONTROL_BYTES} bytes")
        self._send([(PING, payload)], deadline)

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Send a close frame once and return; see :meth:`WsLink.close`."""
        payload = close_payload(code, reason)
        with self._lock:
            if self._sent_close is not None or self._ended is not None:
                return
            # From here on no other frame is sent: whoever waits for the turn to write looks again.
            self._sent_close = ConnectionClosed(code=code, reason=reason, by="local")
        with contextlib.suppress(ConnectionClosed, DeadlineExceeded):
            self._write(_encode([(CLOSE, payload)]), deadline)

    def abort(self) -> None:
        """Drop the connection at once; see :meth:`WsLink.abort`."""
        self._end(ConnectionClosed(by="local"))
        self._stream.close()

    # The receiving thread.

    def _read(self, deadline: Deadline) -> bytes:
        """Return some bytes from the peer, which are not empty."""
        if self._received:
            data, self._received = self._received, b""
            return data
        try:
            data = self._stream.recv(deadline)
        except TimeoutError:
            raise DeadlineExceeded("no frame within the deadline") from None
        except OSError as exc:
            raise self._end(ConnectionClosed()) from exc
        if not data:
            raise self._end(ConnectionClosed())
        return data

    def _answer(self) -> None:
        """Answer the pings and the close frame that the reader has found.

        A violation waits for the next call, because the messages before it may want an answer.
        """
        pings, close = self._reader.pings, self._reader.close
        if pings:
            pongs = [(PONG, payload) for payload in pings]
            pings.clear()
            # Where the connection is broken, the next read tells so, after what has arrived.
            with contextlib.suppress(ConnectionClosed, DeadlineExceeded):
                self._send(pongs, Deadline(self._pong_timeout))
        if close is not None:
            payload = b"" if close.code == 1005 else close_payload(close.code, "")
            reason = one_line(close.reason)
            self._part(ConnectionClosed(code=close.code, reason=reason, by="remote"), payload)

    def _part(self, end: ConnectionClosed, payload: bytes) -> None:
        """End the link for the reason ``end``, and send the last close frame if none was sent."""
        with self._lock:
            # In one step, so that close() in another thread does not send a second close frame.
            silent = self._sent_close is not None or self._ended is not None
            self._ended = self._ended or self._sent_close or end
        if not silent:
            with contextlib.suppress(ConnectionClosed, DeadlineExceeded):
                self._write(_encode([(CLOSE, payload)]), Deadline(_LAST_WORDS))

    def _tell_end(self) -> NoReturn:
        """Raise what ended the link; the peer is told of its violation first."""
        violation = self._reader.violation
        if violation is None:
            raise self._reason_of_end()
        if self._ended is None:
            code = violation.close_code
            self._part(ConnectionClosed(code=code, by="local"), close_payload(code, str(violation)))
            self._linger()
        raise copy.copy(violation)

    def _linger(self) -> None:
        """Let the peer read our close frame before the connection goes.

        Closing a socket that has unread bytes resets the connection, and a reset may overtake the
        frame. So the rest of what the peer sends is thrown away for a moment.
        """
        deadline, taken = Deadline(_LINGER), 0
        with contextlib.suppress(OSError):
            self._stream.finish()
            while taken < _LINGER_BYTES and (data := self._stream.recv(deadline)):
                taken += len(data)
        self._stream.shutdown()

    # Any thread.

    def _send(self, frames: list[tuple[int, bytes]], deadline: Deadline) -> None:
        """Send frames, unless the link is closing or has ended."""
        self._write(_encode(frames), deadline, closing=False)

    def _write(self, data: bytes, deadline: Deadline, *, closing: bool = True) -> None:
        """Send ``data`` when it is this thread's turn; the only place where frames go out.

        Args:
            data: whole frames.
            deadline: covers the wait for the turn too.
            closing: whether to go on although the link is closing.
        """
        left = deadline.remaining()
        wait = -1 if left is None else min(left, threading.TIMEOUT_MAX)
        if not self._write_turn.acquire(timeout=wait):
            raise self._too_late()
        try:
            if not closing:
                self._require_open()
            if self._torn:
                raise self._reason_of_end()
            self._torn = True
            self._stream.send(data, deadline)
            self._torn = False
        except TimeoutError:
            raise self._too_late() from None
        except OSError as exc:
            # Not the end for the reading thread yet: what has arrived before is still delivered.
            self._stream.shutdown()
            raise self._reason_of_end() from exc
        except BaseException:
            # Ctrl-C in the middle of a frame: nothing can follow it, so the link is over.
            if self._torn:
                self._end(ConnectionClosed(by="local"))
                self._stream.shutdown()
            raise
        finally:
            self._write_turn.release()

    def _require_open(self) -> None:
        with self._lock:
            end = self._ended or self._sent_close
        if end is not None:
            raise copy.copy(end)

    def _too_late(self) -> DeadlineExceeded:
        """Drop the link, since a part of a frame may be on the wire, and return what to raise."""
        self._end(ConnectionClosed())
        self._stream.shutdown()
        return DeadlineExceeded("not sent within the deadline; the link was dropped")

    def _end(self, end: ConnectionClosed) -> ConnectionClosed:
        """End the link if it has not ended; the reason is our own close, if we sent one."""
        with self._lock:
            self._ended = self._ended or self._sent_close or end
            return copy.copy(self._ended)

    def _reason_of_end(self) -> ConnectionClosed:
        with self._lock:
            return copy.copy(self._ended or self._sent_close or ConnectionClosed())


def _encode(frames: list[tuple[int, bytes]]) -> bytes:
    return b"".join(encode_frame(opcode, payload, os.urandom(4)) for opcode, payload in frames)
