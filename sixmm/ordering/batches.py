"""What the reply to a batch says of each of its orders, and of which of them it says nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import attrs

from ..errors import LocalStateError
from ..venues.sixmm.rest_schema import BatchEntry, BatchReply
from .writes import Target, Write

__all__ = ["KnownBatches", "entries"]

_MOST = 100
_SERVER_CODES = range(5_000, 6_000)
_THROTTLED = 5_003


class KnownBatches:
    """Remembers what the latest batches were for: their replies do not say when they were signed.

    Args:
        most: how many.
    """

    def __init__(self, *, most: int = _MOST) -> None:
        # To append, and to copy, is one step each: several threads may do so.
        self._known: deque[tuple[BatchReply, Write]] = deque(maxlen=most)

    def note(self, reply: BatchReply, write: Write) -> None:
        """Remember what the very object ``reply`` was the answer to."""
        self._known.append((reply, write))

    def unclear(self, reply: BatchReply) -> Write | None:
        """Return the part of a batch whose outcome its reply does not tell, or None.

        Raises:
            LocalStateError: it is not the reply to one of the latest batches of this client.
        """
        write = next((write for kept, write in self._known.copy() if kept is reply), None)
        if write is None:
            raise LocalStateError(
                "this is not the reply to one of the latest batches of this client; look its "
                "orders up one by one"
            )
        targets = tuple(target for target, entry in entries(write, reply) if _is_unclear(entry))
        return attrs.evolve(write, targets=targets) if targets else None


def entries(write: Write, reply: BatchReply) -> Iterator[tuple[Target, BatchEntry]]:
    """Yield each order of a batch with its entry; one to which no entry belongs is left out."""
    in_order = len(reply.results) == len(write.targets)
    for place, target in enumerate(write.targets):
        others = [entry for entry in reply.results if _names(entry, target)]
        if in_order and not _contradicts(reply.results[place], target):
            yield target, reply.results[place]
        elif others:
            yield target, others[0]


def _names(entry: BatchEntry, target: Target) -> bool:
    if target.client_order_id is not None:
        return entry.client_order_id == target.client_order_id
    return target.order_id is not None and entry.order_id == target.order_id


def _contradicts(entry: BatchEntry, target: Target) -> bool:
    pairs = ((entry.client_order_id, target.client_order_id), (entry.order_id, target.order_id))
    return any(told and meant and told != meant for told, meant in pairs)


def _is_unclear(entry: BatchEntry) -> bool:
    """Whether it failed for a reason that does not say that nothing was done (rule 107)."""
    code = entry.code or 0
    return not entry.success and code in _SERVER_CODES and code != _THROTTLED
