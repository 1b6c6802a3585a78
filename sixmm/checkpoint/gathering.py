"""Which changes one transaction takes from the queue: pure, and always a prefix of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from .entries import Entry, Record
from .store import Batch

__all__ = ["Change", "Journal", "take_changes"]

Change = Record | int
"""What a read has brought, or the number of an event that was handled."""


def take_changes(queue: deque[Change], most: int) -> list[Change]:
    """Return the oldest changes, about ``most`` of them, without taking them off the queue.

    A record is never cut, so there may be more.
    """
    taken: list[Change] = []
    count = 0
    for change in list(queue):
        if count >= most:
            break
        taken.append(change)
        count += 1 if isinstance(change, int) else len(change.told) + 1
    return taken


class Journal:
    """What is in the journal of the file: how much, and which numbers.

    Args:
        entries: what it holds already.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._sizes = {entry.number: entry.size for entry in entries}
        self.size = sum(self._sizes.values())

    def __len__(self) -> int:
        return len(self._sizes)

    def batch_of(self, changes: Iterable[Change]) -> Batch:
        """Return what has to be written for changes, oldest first.

        An event that was handled before it could be written leaves its rows only.

        Raises:
            TypeError: a value cannot be kept.
        """
        batch = Batch()
        entries: dict[int, Entry] = {}
        for change in changes:
            if isinstance(change, int):
                if entries.pop(change, None) is None and change in self._sizes:
                    batch.handled.append(change)
                continue
            if change.is_beginning:
                batch.is_beginning, batch.rows = True, []
            batch.rows += change.rows
            batch.last, batch.certain_ms = change.last, change.certain_ms
            batch.topic = change.topic or batch.topic
            for number, (tell, received_at) in enumerate(change.told, change.first):
                entries[number] = Entry.of(number, tell, received_at, change.topic)
        batch.entries = list(entries.values())
        # What was told twice of one thing is written once, as it was last.
        batch.rows = list({(row[0], row[1]): row for row in batch.rows}.values())
        return batch

    def fits(self, batch: Batch, *, max_events: int, max_bytes: int) -> bool:
        """Whether the journal stays within its bounds with this batch."""
        if not batch.entries:
            return True
        freed = sum(self._sizes.get(number, 0) for number in batch.handled)
        count = len(self) + len(batch.entries) - len(batch.handled)
        size = self.size + sum(entry.size for entry in batch.entries) - freed
        return count <= max_events and size <= max_bytes

    def wrote(self, batch: Batch) -> None:
        """Note that a batch was written."""
        for entry in batch.entries:
            self._sizes[entry.number] = entry.size
            self.size += entry.size
        for number in batch.handled:
            self.size -= self._sizes.pop(number, 0)
