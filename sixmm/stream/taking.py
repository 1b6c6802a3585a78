"""What runs in the caller's thread: taking from the inbox, and decoding what is still text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..checkpoint import Numbered, is_numbered, mark
from ..clock import Deadline
from ..errors import ClientClosed
from ..events import Event
from ..schema_report import SchemaReport
from ..venues.base import FrameKind
from .routing import failure_of
from .shared import Shared

__all__ = ["Taker"]


class Taker:
    """Gives the caller one event after the other; several threads may use it.

    Args:
        shared: the parts of the session.
        report: counts the fields of what is taken.
        others: the parts of other sessions that put into the same inbox.
    """

    def __init__(
        self, shared: Shared, *, report: SchemaReport, others: Sequence[Shared] = ()
    ) -> None:
        self._shared = shared
        self._all = (shared, *others)
        self._report = report

    def events(
        self,
        timeout: float | None,
        *,
        check: Callable[[], None],
        ends_when_closed: bool = True,
    ) -> Iterator[Event]:
        """Yield the events in turn; end after ``timeout`` seconds without any (None: never).

        A message is decoded at the moment when it is taken, one at a time: one that cannot be
        decoded is a ``DecodeFailed``, and its neighbours come as they are.

        Args:
            timeout: seconds.
            check: is run before each wait, and what it raises is raised. The iterator holds it,
                and with it whoever owns the session, but the taker does not.
            ends_when_closed: whether the iterator simply ends where the inbox has ended.

        Raises:
            ClientClosed: the inbox has ended, unless ``ends_when_closed``.
            SixmmError: what ended the stream for good.
        """
        # This loop runs once per event: what it needs is in local names, and it calls nothing.
        inbox, decode = self._shared.inbox, self._shared.venue.decoder()
        skips, look = self._report.skips, self._report.look
        deadline: Deadline | None = None
        checkpoint = self._shared.checkpoint
        if checkpoint is not None:
            checkpoint.finish()
        while True:
            batch = inbox.front
            try:
                item = batch.items.pop()
            except IndexError:
                # One deadline for one wait, also where another thread is quicker several times.
                deadline = deadline or Deadline(timeout)
                check()
                try:
                    if not inbox.refill(deadline):
                        return
                except ClientClosed:
                    if ends_when_closed:
                        return
                    raise
                continue
            deadline = None
            try:
                if type(item) is bytes:
                    try:
                        event = decode(item, received_at=batch.received_at)
                    except Exception as error:
                        event = self._failed(item, error, batch.received_at)
                elif checkpoint is not None and is_numbered(item):
                    event = self._opened(item)
                else:
                    event = item  # type: ignore[assignment]
                left = skips.get(type(event))
                if left:
                    skips[type(event)] = left - 1
                else:
                    look(event)
                if checkpoint is not None:
                    checkpoint.give(item, event)
            except BaseException:
                # Ctrl-C: whoever takes events afterwards begins with this one.
                batch.items.append(item)
                if checkpoint is not None:
                    checkpoint.take_back(item)
                raise
            yield event
            if checkpoint is not None:
                checkpoint.finish()

    def _opened(self, item: Numbered) -> Event:
        """Return the event of an item that the checkpoint has numbered."""
        found = item.item
        if not isinstance(found, bytes):
            return found
        try:
            event = self._shared.venue.decode(found, received_at=item.received_at)
        except Exception as error:
            event = self._failed(found, error, item.received_at)
        return mark(event) if item.redelivered else event

    def _failed(self, message: bytes, error: Exception, received_at: int) -> Event:
        shared = self._shared
        shared.counters.undecoded += 1
        if shared.venue.classify(message).kind is not FrameKind.MARKET:
            # Only the caller's thread learns it; the reader compares the account when it sees this.
            for each in self._all:
                each.is_in_doubt = True
        return failure_of(message, error, received_at=received_at)
