"""The queues inside the inbox: batches of what one read brought, counted without being touched.

A lane is a value that is changed under the lock of the inbox, with one exception: the caller pops
single items off a batch without it, because ``list.pop`` is atomic. A batch therefore stays in its
lane until it is found empty, so that what the caller has not popped yet still counts as waiting and
cannot be lost. How much waits is worked out from running totals and from what is left of the oldest
batch; nothing is counted when an item is popped.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence

from ..events import Event

__all__ = ["EVENT_OVERHEAD_BYTES", "FILLING", "Batch", "Item", "Lane", "LatestLane", "measure"]

Item = Event | bytes
"""An event, or the text of a message that is decoded when it is taken."""

FILLING = 0.8
"""The share of a bound from which on a lane is filling."""
EVENT_OVERHEAD_BYTES = 500
"""What a decoded event counts for beyond its text."""


def measure(items: Sequence[Item]) -> int:
    """Return how many bytes the items count for: their text, and more for a decoded event."""
    if not (items and type(items[0]) is bytes):
        return sum(map(_size_of, items))
    try:
        # Mostly all of them are texts, which is quick to measure.
        return sum(map(len, items))  # type: ignore[arg-type]
    except TypeError:
        # An event, which has no length, is among them.
        return sum(map(_size_of, items))


def _size_of(item: Item) -> int:
    return len(item) if isinstance(item, bytes) else len(item.raw) + EVENT_OVERHEAD_BYTES


class Batch:
    """Items of one lane that came together.

    Args:
        items: oldest first.
        received_at: when the texts among them came (local Unix milliseconds).
        size: what they count for, in bytes.
    """

    __slots__ = (
        "end_count",
        "end_size",
        "items",
        "received_at",
        "size",
    )

    def __init__(self, items: Sequence[Item] = (), *, received_at: int = 0, size: int = 0) -> None:
        # Newest first: pop() then gives the oldest, at no cost, from whichever thread.
        self.items: list[Item] = list(items[::-1])
        self.received_at = received_at
        self.size = size
        self.end_count = 0
        """How many items its lane had been given up to the end of this batch."""
        self.end_size = 0
        """How many bytes its lane had been given up to the end of this batch."""


class Lane:
    """A queue of batches, bounded in items and bytes by whoever puts them in.

    Args:
        max_items: how many items may wait.
        max_bytes: how many bytes they may count for together.
    """

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        self.max_items = max_items
        self.max_bytes = max_bytes
        self._calm_items = FILLING * max_items
        self._calm_bytes = FILLING * max_bytes
        self._batches: deque[Batch] = deque()
        self._given_count = 0
        self._given_size = 0
        self.puts = 0
        """How many items it was given since the start, without those that were only told."""

    def head(self) -> Batch | None:
        """Return the oldest batch that is not empty, or None; it stays in the lane."""
        batches = self._batches
        while batches:
            if batches[0].items:
                return batches[0]
            batches.popleft()
        return None

    def is_head(self, batch: Batch) -> bool:
        """Whether ``batch`` is the oldest of this lane."""
        return bool(self._batches) and self._batches[0] is batch

    @property
    def waiting(self) -> int:
        """How many items wait."""
        head = self.head()
        return 0 if head is None else self._waiting_from(head)

    @property
    def size(self) -> int:
        """How many bytes wait."""
        head = self.head()
        if head is None:
            return 0
        head.size = measure(head.items)
        return self._size_at_most(head)

    def append(
        self, items: Sequence[Item], *, received_at: int, size: int, puts: int | None = None
    ) -> Batch | None:
        """Add items, whatever the bounds say; return their batch where no other is in the lane.

        Args:
            items: oldest first.
            received_at: when the texts among them came (local Unix milliseconds).
            size: what they count for, in bytes.
            puts: how many of them count as put; by default all.
        """
        batch = Batch(items, received_at=received_at, size=size)
        batch.end_count = count = self._given_count + len(items)
        batch.end_size = size = self._given_size + size
        puts = self.puts + (len(items) if puts is None else puts)
        # From here on in one go: a signal handler runs after a call, and may raise.
        self._given_count, self._given_size, self.puts = count, size, puts
        self._batches.append(batch)
        return batch if len(self._batches) == 1 else None

    def is_calm(self, count: int, size: int) -> bool:
        """Whether the lane is far from its bounds also with so many more items and bytes.

        The oldest batch counts as it was measured last, so there may be fewer bytes than that.
        """
        if self._batches:
            first = self._batches[0]
            count += self._waiting_from(first)
            size += self._size_at_most(first)
        return count < self._calm_items and size < self._calm_bytes

    def room_for(self, items: Sequence[Item], size: int) -> int:
        """Return how many of the items, oldest first, may be added now.

        One that is larger than the whole lane may be added where nothing waits, or it would wait
        for ever.
        """
        head = self.head()
        waiting = 0 if head is None else self._waiting_from(head)
        held = 0 if head is None else self._size_at_most(head)
        if waiting + len(items) <= self.max_items and held + size <= self.max_bytes:
            return len(items)
        left = self.max_bytes - self.size
        count = 0
        for item in items[: max(0, self.max_items - waiting)]:
            left -= _size_of(item)
            if left < 0 and (count or waiting):
                break
            count += 1
        return count

    def reaches(self, share: float) -> bool:
        """Whether what waits has reached this share of one of the bounds."""
        head = self.head()
        if head is None:
            return False
        if self._waiting_from(head) >= share * self.max_items:
            return True
        bound = share * self.max_bytes
        return self._size_at_most(head) >= bound and self.size >= bound

    def drop_excess(self) -> int:
        """Drop the oldest items until the bounds hold; return how many.

        The newest is kept in any case.
        """
        head = self.head()
        if head is None or (
            self.waiting <= self.max_items and self._size_at_most(head) <= self.max_bytes
        ):
            return 0
        dropped, waiting, size = 0, self.waiting, self.size
        while waiting > 1 and (waiting > self.max_items or size > self.max_bytes):
            item = self._drop_oldest()
            if item is None:
                break
            dropped += 1
            waiting -= 1
            size -= _size_of(item)
        return dropped

    def clear(self) -> None:
        """Drop everything, also from the batch that the caller pops from."""
        for batch in self._batches:
            batch.items.clear()
        self._batches.clear()

    def _drop_oldest(self) -> Item | None:
        while (head := self.head()) is not None:
            try:
                return head.items.pop()
            except IndexError:
                # The caller has just taken the last one.
                continue
        return None

    def _waiting_from(self, head: Batch) -> int:
        return self._given_count - head.end_count + len(head.items)

    def _size_at_most(self, head: Batch) -> int:
        """Return the bytes that wait, with the oldest batch counted as it was measured last."""
        return self._given_size - head.end_size + head.size


class LatestLane:
    """Market messages of which only the newest of each topic is kept, in the order of their coming.

    Args:
        max_items: how many messages may wait.
        max_bytes: how many bytes they may have together.
    """

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        self.max_items = max_items
        self.max_bytes = max_bytes
        self._newest: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._size = 0
        self._out = Batch()

    def head(self) -> Batch | None:
        """Return the oldest message as a batch, or None; it is given out until it is taken."""
        if not self._out.items and self._newest:
            _, (received_at, message) = self._newest.popitem(last=False)
            self._size -= len(message)
            self._out = Batch([message], received_at=received_at, size=len(message))
        return self._out if self._out.items else None

    def is_head(self, batch: Batch) -> bool:
        """Whether ``batch`` was given out last."""
        return self._out is batch

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._newest) + len(self._out.items)

    @property
    def size(self) -> int:
        """How many bytes wait."""
        return self._size + measure(self._out.items)

    def put(self, messages: Sequence[bytes], topics: Sequence[str], *, received_at: int) -> int:
        """Add messages, each in place of the older one of its topic; return how many were dropped.

        Where the bounds are reached the oldest message is dropped, of whichever topic.
        """
        dropped = 0
        for message, topic in zip(messages, topics, strict=True):
            dropped += self._drop(topic)
            while self._newest and self._is_full(len(message)):
                dropped += self._drop(next(iter(self._newest)))
            self._newest[topic] = (received_at, message)
            self._size += len(message)
        return dropped

    def clear(self) -> None:
        """Drop everything, also what was given out and is not taken yet."""
        self._newest.clear()
        self._size = 0
        self._out.items.clear()

    def _is_full(self, size: int) -> bool:
        return len(self._newest) >= self.max_items or self._size + size > self.max_bytes

    def _drop(self, topic: str) -> int:
        _, message = self._newest.pop(topic, (0, None))
        if message is None:
            return 0
        self._size -= len(message)
        return 1
