"""The order books of a client, fed by the thread that reads, and read by callers.

A book is kept from the first time that somebody asks for it. Then the pushes of its depth topic,
and of no other, are decoded where they are read; a caller who has subscribed to the topic gets them
all the same. Where a book is stale its topic is dropped and asked for again, which is the only way
to a snapshot (rules 92, 93): at once the first time, and after a growing wait where that does not
last. What arrives before the exchange has confirmed the dropping belongs to the old subscription,
and is left out.

Decisions are made under the lock. It is not held while a message is decoded, sent or told.
"""

from __future__ import annotations

import functools
import logging
import random
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

import attrs

from ..clock import Clock, Deadline
from ..errors import (
    ClientClosed,
    DeadlineExceeded,
    DecodeError,
    LocalStateError,
    SixmmError,
    again,
)
from ..events import ConnectionEvent, Event
from ..state.book import Book
from ..state.book_keeper import MAX_LEVELS, BookChange, BookKeeper
from .backoff import Backoff, BackoffPolicy

__all__ = ["BookLive", "BookStale", "Books", "Later", "Renewals"]

_log = logging.getLogger("sixmm.stream")

_PATIENCE = 10.0
"""Seconds in which a snapshot has to come before its topic is asked for once more."""


@attrs.frozen(kw_only=True)
class BookStale(ConnectionEvent):
    """A book of ``client.book()`` is not certain any more. A new snapshot is being asked for."""

    symbol: str
    reason: str
    """What was wrong, as in ``client.book(symbol).reason``."""


@attrs.frozen(kw_only=True)
class BookLive(ConnectionEvent):
    """A book of ``client.book()`` has its snapshot, and follows the stream."""

    symbol: str
    end_version: int | None
    """The version of the snapshot."""


class Renewals(Protocol):
    """Who asks the exchange: the desk of the session."""

    def wanted(self) -> Collection[str]:
        """Return the topics that were asked for."""

    def renew(self, topic: str, dropped: Callable[[], None]) -> bool:
        """Drop a topic and ask for it again; return False where no connection is open.

        ``dropped`` is called when the exchange has confirmed the first half.
        """

    def flush(self) -> None:
        """Send what was decided."""


class Later(Protocol):
    """Who does something at a later time: the timer of the session."""

    def after(self, name: str, delay: float, action: Callable[[], None]) -> None:
        """Run ``action`` once, in ``delay`` seconds, in place of what has the same name."""

    def cancel(self, name: str) -> None:
        """Drop what has that name."""


@attrs.define(eq=False)
class _Kept:
    topic: str
    keeper: BookKeeper
    backoff: Backoff
    is_quiet: bool
    """Whether the caller has not subscribed to the topic, so that its pushes end here."""
    is_dropping: bool = False
    """Whether what arrives still belongs to a subscription that was dropped."""
    is_joining: bool = False
    """Whether the caller has subscribed, and gets the pushes from the next snapshot on."""
    is_told_live: bool = False

    @property
    def job(self) -> str:
        return f"book {self.topic}"


class Books:
    """The books of one client. Every method may be called from any thread.

    Args:
        desk: drops topics and asks for them again.
        clock: the local clock.
        topic_of: the depth topic of a symbol; raises ConfigurationError where there can be none.
        decode: turns a message into an event.
        change_of: turns an event into what it tells about a book, or None.
        tell: gives the caller an event; never waits.
        policy: how often a topic is asked for again.
        max_levels: how many levels of each side are kept.
    """

    def __init__(
        self,
        desk: Renewals,
        *,
        clock: Clock,
        topic_of: Callable[[str], str],
        decode: Callable[..., Event],
        change_of: Callable[[Event], BookChange | None],
        tell: Callable[[ConnectionEvent], None],
        policy: BackoffPolicy | None = None,
        max_levels: int = MAX_LEVELS,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._topic_of = topic_of
        self._decode = decode
        self._change_of = change_of
        self._tell = tell
        self._policy = policy or BackoffPolicy()
        self._max_levels = max_levels
        # Re-entrant, as everywhere: a signal handler may look at a book.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self.kept: Mapping[str, _Kept] = {}
        """The books by topic; replaced and never changed, so a look at it takes no lock."""
        self._end: SixmmError | None = None
        self.timer: Later | None = None
        """Whoever owns the timer puts it here before the session starts."""

    # The caller's side

    def begin(self, symbol: str) -> str | None:
        """Keep the book of a symbol from now on; return the topic that has to be subscribed to.

        That is None where the topic was asked for already. Where the caller has subscribed to it
        earlier, its snapshot has gone by, so another one is asked for.

        Raises:
            ConfigurationError: no topic can have that symbol.
        """
        topic = self._topic_of(symbol)
        with self._lock:
            is_wanted = topic in self._desk.wanted()
            kept = self.kept.get(topic)
            if kept is None:
                kept = self._make(symbol, topic, is_quiet=not is_wanted)
                # As another object: the thread that reads looks at it without the lock.
                self.kept = {**self.kept, topic: kept}
                self._schedule(kept, _PATIENCE)
                if is_wanted:
                    self._renew(kept)
            elif not is_wanted:
                # The exchange has refused it since then.
                self._await_snapshot(kept)
        self._flush()
        return None if is_wanted else topic

    def read(self, symbol: str, deadline: Deadline, *, live: bool = False) -> Book:
        """Return the book as it is known now; wait where it never had a snapshot.

        Args:
            symbol: whose book.
            deadline: of the wait.
            live: wait also where it is stale.

        Raises:
            DeadlineExceeded: there was no snapshot in time.
            LocalStateError: nobody keeps this book, or its topic was dropped meanwhile.
            SixmmError: the session has ended.
        """
        topic = self._topic_of(symbol)
        with self._changed:
            while True:
                kept = self.kept.get(topic)
                if kept is None:
                    raise LocalStateError(f"the book is not kept any more: {topic} was dropped")
                book = kept.keeper.picture()
                if not book.stale or (book.received_at and not live):
                    return book
                if self._end is not None:
                    raise again(self._end)
                if deadline.expired:
                    raise DeadlineExceeded(f"the book of {symbol} is not live: {book.reason}")
                self._waiting += 1
                try:
                    self._changed.wait(deadline.slice())
                finally:
                    self._waiting -= 1

    def share(self, topics: Iterable[str]) -> None:
        """Give the caller the pushes of these topics, too, each from its next snapshot on.

        To be called before they are subscribed to for the caller.
        """
        with self._lock:
            joining = [k for t in topics if (k := self.kept.get(t)) is not None and k.is_quiet]
            for kept in joining:
                kept.is_joining = True
                kept.keeper.flag("the topic was subscribed to again")
                self._renew(kept)
        self._flush()
        self._tell_changes(joining)

    def drop(self, topics: Iterable[str]) -> None:
        """Keep the books of these topics no more: they are not subscribed to any longer."""
        with self._changed:
            gone = [kept for topic in topics if (kept := self.kept.get(topic)) is not None]
            if not gone:
                return
            self.kept = {t: kept for t, kept in self.kept.items() if kept not in gone}
            for kept in gone:
                self._cancel(kept)
            self._changed.notify_all()

    # The thread that reads

    def feed(
        self, messages: Sequence[bytes], topics: Sequence[str], *, received_at: int
    ) -> tuple[Sequence[bytes], Sequence[str]]:
        """Take in the market messages of one read; return those for the caller, and their topics.

        Args:
            messages: the texts, oldest first.
            topics: the topic of each.
            received_at: when they came (local Unix milliseconds).
        """
        kept_by_topic = self.kept
        if kept_by_topic.keys().isdisjoint(topics):
            return messages, topics
        passed: list[tuple[bytes, str]] = []
        for message, topic in zip(messages, topics, strict=True):
            kept = kept_by_topic.get(topic)
            if kept is not None:
                # Before the caller gets it: the book is never behind what was taken.
                self._feed_one(kept, message, received_at)
            if kept is None or not kept.is_quiet:
                passed.append((message, topic))
        return [message for message, _ in passed], [topic for _, topic in passed]

    def opened(self) -> None:
        """Note that a connection is open and every topic was asked for: snapshots are to come."""
        with self._lock:
            for kept in self.kept.values():
                if kept.keeper.stale:
                    self._schedule(kept, _PATIENCE)

    def lost(self) -> None:
        """Make every book stale: the connection is lost, and the next one begins with snapshots."""
        with self._lock:
            books = list(self.kept.values())
            for kept in books:
                kept.keeper.flag("the connection was lost")
                self._await_snapshot(kept)
                self._cancel(kept)
        self._tell_changes(books)

    def end(self, error: SixmmError | None = None) -> None:
        """End every wait, and make every book stale for good."""
        with self._changed:
            self._end = self._end or error or ClientClosed("the client is closed")
            for kept in self.kept.values():
                kept.keeper.flag("the client is closed")
                self._cancel(kept)
            self._changed.notify_all()

    # Inside

    def _make(self, symbol: str, topic: str, *, is_quiet: bool) -> _Kept:
        keeper = BookKeeper(symbol, max_levels=self._max_levels)
        keeper.expect_snapshot()
        # At least half of each wait: two renewals never follow one another at once.
        backoff = Backoff(self._policy, lambda: 0.5 + random.random() / 2)
        return _Kept(topic, keeper, backoff, is_quiet)

    def _feed_one(self, kept: _Kept, message: bytes, received_at: int) -> None:
        if kept.is_dropping:
            return
        change, problem = self._read_change(message, received_at)
        with self._lock:
            is_due = self._take(kept, change, problem, received_at)
            has_changed = kept.keeper.stale is kept.is_told_live
        if is_due:
            self._flush()
        if has_changed:
            self._tell_changes([kept])

    def _take(self, kept: _Kept, change: BookChange | None, problem: str, received_at: int) -> bool:
        """Take in what one message tells; return whether there is something to send."""
        keeper, is_told_live = kept.keeper, kept.is_told_live
        if kept.is_dropping:
            # Another thread has just asked for the topic again.
            return False
        was_awaited = keeper.expects_snapshot
        if change is None:
            keeper.flag(problem)
        else:
            keeper.apply(change, received_at=received_at)
        if not keeper.stale:
            if not is_told_live:
                kept.backoff.live(self._clock.monotonic())
                self._cancel(kept)
            return False
        has_failed = was_awaited and not keeper.expects_snapshot
        # Else what it needs is under way.
        return (is_told_live or has_failed) and self._heal(kept)

    def _read_change(self, message: bytes, received_at: int) -> tuple[BookChange | None, str]:
        try:
            change = self._change_of(self._decode(message, received_at=received_at))
        except DecodeError as error:
            return None, f"a message could not be decoded ({error})"
        except Exception as error:
            # A fault of the schema must not end the stream.
            _log.error("the decoder failed", exc_info=error)
            return None, f"the decoder failed ({type(error).__name__})"
        return change, "" if change else "a message was none about a book"

    def _heal(self, kept: _Kept) -> bool:
        """Ask for a snapshot, now or in a while; return whether there is something to send."""
        delay = kept.backoff.lost(self._clock.monotonic())
        if delay > 0.0:
            self._schedule(kept, delay, self._renew_later)
            return False
        self._renew(kept)
        return True

    def _renew(self, kept: _Kept) -> None:
        is_sent = self._desk.renew(kept.topic, functools.partial(self._dropped, kept))
        if is_sent:
            kept.is_dropping = True
            self._schedule(kept, _PATIENCE)
        else:
            # There is no connection; the next one begins with a snapshot.
            self._await_snapshot(kept)

    def _dropped(self, kept: _Kept) -> None:
        with self._lock:
            self._await_snapshot(kept)

    def _await_snapshot(self, kept: _Kept) -> None:
        kept.is_dropping = False
        kept.is_quiet = kept.is_quiet and not kept.is_joining
        kept.keeper.expect_snapshot()

    # The timer thread

    def _schedule(
        self, kept: _Kept, delay: float, action: Callable[[_Kept], None] | None = None
    ) -> None:
        if self.timer is not None:
            self.timer.after(kept.job, delay, functools.partial(action or self._look, kept))

    def _cancel(self, kept: _Kept) -> None:
        if self.timer is not None:
            self.timer.cancel(kept.job)

    def _look(self, kept: _Kept) -> None:
        """Ask once more where the snapshot has not come."""
        with self._lock:
            if not self._needs_snapshot(kept):
                return
            self._heal(kept)
        self._flush()

    def _renew_later(self, kept: _Kept) -> None:
        with self._lock:
            if not self._needs_snapshot(kept):
                return
            self._renew(kept)
        self._flush()

    def _needs_snapshot(self, kept: _Kept) -> bool:
        is_kept = self.kept.get(kept.topic) is kept
        return is_kept and kept.keeper.stale and self._end is None

    # Without the lock

    def _flush(self) -> None:
        try:
            self._desk.flush()
        except SixmmError as error:
            # The link is dead: the thread that reads sees its end, and the next one asks anew.
            _log.info("a request could not be sent: %s", error)

    def _tell_changes(self, books: Iterable[_Kept]) -> None:
        """Tell the caller which of these books became live, or stale."""
        events: list[ConnectionEvent] = []
        with self._changed:
            for kept in books:
                book = kept.keeper.picture()
                if book.stale is not kept.is_told_live:
                    continue
                kept.is_told_live = not book.stale
                events.append(_event(kept.topic, book))
            if self._waiting:
                self._changed.notify_all()
        for event in events:
            self._tell(event)


def _event(topic: str, book: Book) -> ConnectionEvent:
    if book.stale:
        return BookStale(topic=topic, symbol=book.symbol, reason=book.reason)
    return BookLive(topic=topic, symbol=book.symbol, end_version=book.end_version)
