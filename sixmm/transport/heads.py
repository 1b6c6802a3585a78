"""Reading exactly as much as is asked for: the head of a reply, or a number of bytes."""

from __future__ import annotations

from ..clock import Deadline
from ..errors import ProtocolViolation
from .streams import Stream

__all__ = ["HeadReader"]

_END = b"\r\n\r\n"


class HeadReader:
    """Reads the beginning of a stream, and keeps what was read beyond it.

    Args:
        stream: where the bytes come from.
        deadline: covers all reads together, so that a drip cannot go on for ever.
        limit: the most bytes to read before the end of what is asked for is there.
    """

    def __init__(self, stream: Stream, *, deadline: Deadline, limit: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._limit = limit
        self._buffer = bytearray()

    def head(self) -> bytes:
        """Return all lines up to the first empty one, which is taken and not returned.

        Raises:
            EOFError: the stream ended first.
            ProtocolViolation: the head is longer than the limit.
            OSError: the connection failed, or the deadline passed.
        """
        searched = 0
        while (end := self._buffer.find(_END, searched)) < 0:
            searched = max(0, len(self._buffer) - len(_END) + 1)
            if len(self._buffer) > self._limit:
                raise ProtocolViolation(f"the head of the reply is over {self._limit} bytes")
            self._read()
        if end > self._limit:
            raise ProtocolViolation(f"the head of the reply is over {self._limit} bytes")
        head = bytes(self._buffer[:end])
        del self._buffer[: end + len(_END)]
        return head

    def exactly(self, count: int) -> bytes:
        """Return the next ``count`` bytes; raises as :meth:`head` does."""
        while len(self._buffer) < count:
            self._read()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def rest(self) -> bytes:
        """Return what was read and not asked for."""
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def _read(self) -> None:
        data = self._stream.recv(self._deadline)
        if not data:
            raise EOFError("the stream ended")
        self._buffer += data
