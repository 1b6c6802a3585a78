"""The last private pushes as text, for the comparison that may need them.

Where no picture of the account is kept, nobody decodes the pushes in the reader thread. What they
told is worked out from here when the account is compared, and only then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

__all__ = ["Read", "Tail"]

Read = tuple[int, Sequence[bytes]]
"""When private messages came (local Unix milliseconds), and the messages, oldest first."""

_MAX_MESSAGES = 20_000
_MAX_BYTES = 16 * 1024 * 1024
_FEW = 1_000
_REACH_MS = 10_000
"""How far a snapshot reaches back from the last push."""


class Tail:
    """The newest messages; the oldest reads are forgotten where the bounds are passed.

    It shares the texts with the inbox, so it costs little until they are taken. It may exceed its
    bounds by one read. Where so much comes in that the bounds hold less than a snapshot reaches
    back, few messages are kept: the rest would be of no use, and to hold it slows everything down.

    Args:
        max_messages: how many messages are kept. A snapshot reaches ten seconds back from the last
            push, so this many are enough for 2,000 private messages per second.
        max_bytes: how many bytes they may have together.
    """

    def __init__(self, *, max_messages: int = _MAX_MESSAGES, max_bytes: int = _MAX_BYTES) -> None:
        self._max_messages = self._limit = max_messages
        self._max_bytes = max_bytes
        self._reads: deque[tuple[int, Sequence[bytes], int]] = deque()
        self._messages = 0
        self._bytes = 0
        self._was_cut = False

    def has(self, messages: Sequence[bytes]) -> bool:
        """Whether these are the messages that were added last."""
        return bool(self._reads) and self._reads[-1][1] is messages

    def append(self, messages: Sequence[bytes], *, received_at: int, size: int) -> None:
        """Add the messages of one read, which have ``size`` bytes together."""
        self._reads.append((received_at, messages, size))
        self._messages += len(messages)
        self._bytes += size
        if self._messages > self._limit or self._bytes > self._max_bytes:
            self._forget(received_at)

    def _forget(self, now_ms: int) -> None:
        reads = self._reads
        is_flood = now_ms - reads[0][0] < _REACH_MS
        self._limit = min(_FEW, self._max_messages) if is_flood else self._max_messages
        while len(reads) > 1 and (self._messages > self._limit or self._bytes > self._max_bytes):
            _, forgotten, freed = reads.popleft()
            self._messages -= len(forgotten)
            self._bytes -= freed
            self._was_cut = True

    def take(self) -> tuple[list[Read], bool]:
        """Return what is kept, oldest first, and whether older ones were forgotten; begin anew."""
        reads, was_cut = list(self._reads), self._was_cut
        self._reads.clear()
        self._messages, self._bytes, self._was_cut = 0, 0, False
        self._limit = self._max_messages
        return [(received_at, messages) for received_at, messages, _ in reads], was_cut
