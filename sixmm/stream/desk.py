"""The desk where requests to the stream wait for their answers.

A caller that subscribes waits here until every one of its topics is acknowledged, on whichever
connection that happens. The reader thread brings the answers. Decisions are made under the lock;
waiters are woken, and messages are sent, outside it.
"""

from __future__ import annotations

import copy
import threading
from collections import deque
from collections.abc import Callable, Sequence

import attrs

from ..clock import Clock
from ..errors import ConnectionClosed, SixmmError, SubscriptionRefused, again
from ..pace import Rate, TokenBucket
from ..venues.base import Answers, Frame, Venue
from .subscriptions import Request, SubscriptionBook
from .waiter import Waiter

__all__ = ["Refusal", "RequestDesk"]

_MAX_PINGS = 16
"""How many pings that nobody waits for may be without an answer."""

Send = Callable[[str], None]


@attrs.frozen
class Refusal:
    """A refusal that no caller waits for: it has to be told as an event."""

    topics: tuple[str, ...]
    error: SixmmError
    may_pass: bool = False
    """Whether the same may be accepted another time."""


def _never(_: float) -> None:
    """Forget it: a desk without a pace leaves nothing for later."""


def _told_to_nobody(frame: Frame) -> Refusal | None:
    """Return the refusal of an answer without an id for which no request waits."""
    if frame.answers is None or frame.error is None:
        return None
    return Refusal((), _refusal_of(frame.error, ()))


def _refusal_of(error: SixmmError, topics: tuple[str, ...]) -> SubscriptionRefused:
    """Return the error of refused topics; a venue that has a class of its own keeps it."""
    if not isinstance(error, SubscriptionRefused):
        return SubscriptionRefused(str(error), topics=topics)
    refused = copy.copy(error)
    refused.topics = topics
    return refused


@attrs.define(eq=False)
class _Subscriber:
    """A caller that waits until none of its topics is missing."""

    waiter: Waiter
    missing: set[str]


@attrs.define(eq=False)
class _Leaver:
    """A caller that waits until every request to drop its topics is answered."""

    waiter: Waiter
    unanswered: set[str]


class RequestDesk:
    """Subscriptions and pings of one client. Every method may be called from any thread.

    Args:
        venue: makes the texts of the requests.
        clock: the local clock.
        pace: how fast requests may follow one another; None sends each at once.
    """

    def __init__(self, venue: Venue, *, clock: Clock, pace: Rate | None = None) -> None:
        self._venue = venue
        self._clock = clock
        self._bucket = None if pace is None else TokenBucket(pace, now=clock.monotonic())
        self.later: Callable[[float], object] = _never
        """Has :meth:`flush` called again after so many seconds, for what was not sent yet."""
        self._lock = threading.RLock()
        self._book = SubscriptionBook()
        self._open = False
        self._send: Send | None = None
        self._outbox: deque[str] = deque()
        self._flushing = False
        self._opening: list[str] = []
        self._failure: SixmmError | None = None
        self._subscribers: list[_Subscriber] = []
        self._unsubscribers: dict[str, _Leaver] = {}
        self._renewals: dict[str, tuple[str, Callable[[], None]]] = {}
        self._pings: dict[str, tuple[float, Waiter | None]] = {}
        self._next_ping_at = 0.0

    # The caller's side

    def want(self, topics: Sequence[str]) -> None:
        """Want ``topics`` from the next connection on, where nobody waits for their answers.

        So a refusal of one is told as an event, and the topic stays wanted.
        """
        with self._lock:
            self._check()
            self._book.want(topics)

    def subscribe(self, topics: Sequence[str]) -> tuple[Waiter | None, list[str]]:
        """Want ``topics``; return what to wait on (None: all are live), and what to send now.

        Nothing is to be sent while no connection is ready: the next one asks for everything.
        """
        with self._lock:
            self._check()
            self._book.want(topics)
            missing = self._book.missing(topics)
            if not missing:
                return None, []
            subscriber = _Subscriber(Waiter(), set(missing))
            self._subscribers.append(subscriber)
            unasked = self._unasked(topics) if self._open else ()
            return subscriber.waiter, self._texts(self._ask_all("subscribe", unasked))

    def unsubscribe(self, topics: Sequence[str]) -> tuple[Waiter | None, list[str]]:
        """Want ``topics`` no more; return what to wait on (None: nothing), and what to send now."""
        with self._lock:
            self._check()
            # A topic that is being asked for at this moment is dropped at the server as well.
            unasked = set(self._book.unasked(topics))
            live = tuple(topic for topic in topics if topic not in unasked)
            self._book.drop(topics)
            dropped = [s for s in self._subscribers if s.missing.intersection(topics)]
            self._subscribers = [s for s in self._subscribers if s not in dropped]
        for subscriber in dropped:
            subscriber.waiter.set(
                SubscriptionRefused("dropped by unsubscribe()", topics=tuple(topics))
            )
        with self._lock:
            if not (self._open and live):
                return None, []
            # No longer live from here on: who subscribes meanwhile asks again, after this.
            self._book.no_longer_live(live)
            requests = self._ask_all("unsubscribe", live)
            ids = [request.request_id for request in requests]
            leaver = _Leaver(Waiter(), set(ids))
            self._unsubscribers.update(dict.fromkeys(ids, leaver))
            return leaver.waiter, self._texts(requests)

    def renew(self, topic: str, dropped: Callable[[], None]) -> bool:
        """Drop a wanted topic, and ask for it again when the exchange has confirmed that.

        Returns False, and nothing is done, where no connection is ready or nobody wants the topic.
        A refusal of the second half is told as one that no caller waits for.

        Args:
            topic: stays wanted all the while.
            dropped: is called by the thread that brings the confirmation, before the topic is asked
                for again: what comes from then on belongs to the new subscription.
        """
        with self._lock:
            if not (self._open and self._book.is_wanted(topic)) or self._failure is not None:
                return False
            for request_id in [k for k, (other, _) in self._renewals.items() if other == topic]:
                # It was not answered; this one is asked in its place.
                del self._renewals[request_id]
                self._book.forget(request_id)
            self._book.no_longer_live((topic,))
            request = self._ask("unsubscribe", (topic,))
            self._renewals[request.request_id] = (topic, dropped)
            self._text(request)
            return True

    def give_up(self, waiter: Waiter, topics: Sequence[str]) -> list[str]:
        """Forget a caller that waits no longer, and what only it wanted.

        Returns what to send, so that the exchange does not push what nobody wants.
        """
        with self._lock:
            self._subscribers = [s for s in self._subscribers if s.waiter is not waiter]
            awaited = {topic for s in self._subscribers for topic in s.missing}
            missing = self._book.missing(topics)
            lost = [t for t in missing if t not in awaited and self._book.is_wanted(t)]
            self._book.drop(lost)
            self._book.forget_topics(lost)
            for request_id in [k for k, w in self._unsubscribers.items() if w.waiter is waiter]:
                del self._unsubscribers[request_id]
                self._book.forget(request_id)
            if not (self._open and lost):
                return []
            # Nobody waits for the answers.
            return [
                self._queued(self._venue.unsubscribe_text(self._new_id(), part))
                for part in self._parts(tuple(lost))
            ]

    def flush(self) -> None:
        """Send what was decided, in the order of the decisions, whichever thread made them.

        One thread sends at a time, without the lock; a text that is decided meanwhile is sent by
        that thread too. What the pace does not allow yet is left for :attr:`later`. What is left
        when the connection is lost is not sent on the next one.

        Raises:
            SixmmError: a text could not be sent; the connection is over then.
        """
        while True:
            with self._lock:
                if self._flushing or not self._outbox or self._send is None:
                    return
                delay = self._delay()
                if delay <= 0.0:
                    text, send = self._outbox.popleft(), self._send
                    self._flushing = True
            if delay > 0.0:
                self.later(delay)
                return
            try:
                send(text)
            finally:
                with self._lock:
                    self._flushing = False

    def ping(self, waiter: Waiter | None = None) -> tuple[str, str | None]:
        """Return the id and the text of a ping whose answer is measured.

        The text is None where the last one was so short a time ago that the server may not be sent
        another; a ping of the protocol with the id has an answer all the same.
        """
        with self._lock:
            self._check()
            request_id, now = self._new_id(), self._clock.monotonic()
            self._pings[request_id] = (now, waiter)
            # Those that somebody waits for are as many as there are callers; they all stay.
            idle = [key for key, (_, one) in self._pings.items() if one is None or one.is_over]
            for key in idle[:-_MAX_PINGS]:
                del self._pings[key]
            is_too_soon = now < self._next_ping_at
            if not is_too_soon:
                self._next_ping_at = now + self._venue.ping_spacing
        return request_id, None if is_too_soon else self._venue.ping_text(request_id)

    # The reader's side

    def wanted(self) -> frozenset[str]:
        """Return the topics that were asked for, another object where they have changed.

        The reader thread calls this once per read; it takes no lock.
        """
        return self._book.topics

    @property
    def live(self) -> tuple[str, ...]:
        """The topics that are acknowledged on the current connection."""
        with self._lock:
            return tuple(topic for topic in self._book.wanted if topic in self._book.live)

    @property
    def unanswered(self) -> int:
        """How many requests wait for an answer."""
        with self._lock:
            return self._book.pending

    @property
    def has_unsent(self) -> bool:
        """Whether a request waits for its turn to be sent."""
        return bool(self._outbox)

    @property
    def is_opening(self) -> bool:
        """Whether a request of :meth:`open` or :meth:`ask_again` waits for its answer."""
        with self._lock:
            return any(self._book.is_pending(request_id) for request_id in self._opening)

    def open(self, send: Send | None = None) -> list[str]:
        """Note that a connection can carry requests; return what asks for every wanted topic.

        Each topic is asked for on its own, so that a refused one does not take others along, but
        for what the venue takes together.

        Args:
            send: sends a text on this connection; :meth:`flush` uses it until the connection is
                lost. None leaves the sending to the caller.
        """
        with self._lock:
            self._open, self._send = True, send
            requests = self._ask_alone(self._book.unasked())
            self._opening = [request.request_id for request in requests]
            return self._texts(requests)

    def answer(self, frame: Frame) -> Refusal | None:
        """Bring an answer to whoever waits for it; return a refusal that nobody waits for."""
        with self._lock:
            request_id = frame.request_id or self._meant(frame)
            if request_id is None:
                return _told_to_nobody(frame)
            request = self._book.answered(request_id, accepted=frame.error is None)
            if request is None:
                return None
            if frame.error is not None and not frame.may_pass and self._is_group(request):
                self._ask_apart(request)
                return None
            _, dropped = self._renewals.pop(request_id, ("", None))
            if dropped is not None:
                self._texts(self._ask_all("subscribe", self._unasked(request.topics)))
            error = frame.error and _refusal_of(frame.error, request.topics)
            woken = self._woken_by(request, refused=error is not None)
        if dropped is not None:
            dropped()
        for waiter in woken:
            waiter.set(error)
        told = woken or request.op != "subscribe"
        return None if error is None or told else Refusal(request.topics, error, frame.may_pass)

    def pong(self, request_id: str | None) -> float | None:
        """Note the answer to a ping; return its round trip in seconds, or None if nobody's.

        Args:
            request_id: which ping; None for the oldest.
        """
        with self._lock:
            if request_id is None:
                request_id = next(iter(self._pings), "")
            sent_at, waiter = self._pings.pop(request_id, (None, None))
        if sent_at is None:
            return None
        if waiter is not None:
            waiter.set()
        return self._clock.monotonic() - sent_at

    def abandon_unanswered(self) -> tuple[str, ...]:
        """Stop waiting for the answers to :meth:`open` or :meth:`ask_again`.

        Returns the topics that went without one and are still wanted.
        """
        with self._lock:
            forgotten = [self._book.forget(request_id) for request_id in self._opening]
            topics = [t for request in forgotten if request is not None for t in request.topics]
            return tuple(filter(self._book.is_wanted, topics))

    def ask_again(self, topics: Sequence[str]) -> tuple[str, ...]:
        """Ask once more for those of ``topics`` that need it, as :meth:`open` does; return these.

        A topic needs it that is wanted and neither acknowledged nor being asked for. The texts are
        sent by :meth:`flush`.
        """
        with self._lock:
            requests = self._ask_alone(self._unasked(topics))
            self._opening = [request.request_id for request in requests]
            for request in requests:
                self._text(request)
            return tuple(topic for request in requests for topic in request.topics)

    def connection_lost(self) -> None:
        """Forget what belongs to the connection; callers go on waiting for the next one."""
        with self._lock:
            self._open, self._send = False, None
            self._outbox.clear()
            self._book.connection_lost()
            done = [leaver.waiter for leaver in self._unsubscribers.values()]
            self._unsubscribers.clear()
            self._renewals.clear()
            pinging = [waiter for _, waiter in self._pings.values() if waiter is not None]
            self._pings.clear()
        # What was to be unsubscribed is not subscribed on the next connection: that is done.
        for waiter in done:
            waiter.set()
        for waiter in pinging:
            waiter.set(ConnectionClosed(reason="before the ping was answered"))

    def fail(self, error: SixmmError) -> None:
        """End every wait with ``error``, and every later one."""
        with self._lock:
            self._failure = self._failure or error
            waiters = [s.waiter for s in self._subscribers]
            waiters += [leaver.waiter for leaver in self._unsubscribers.values()]
            waiters += [waiter for _, waiter in self._pings.values() if waiter is not None]
            self._subscribers, self._unsubscribers, self._pings = [], {}, {}
        for waiter in waiters:
            waiter.set(error)

    # Under the lock

    def _check(self) -> None:
        if self._failure is not None:
            raise again(self._failure)

    def _delay(self) -> float:
        """Take the turn of one request, or return the seconds until there is one."""
        if self._bucket is None:
            return 0.0
        now = self._clock.monotonic()
        delay = self._bucket.delay(now)
        if delay <= 0.0:
            self._bucket.take(now)
        return delay

    def _ask_all(self, op: str, topics: tuple[str, ...]) -> list[Request]:
        """Ask for topics, in as many requests as the venue needs for them."""
        return [self._ask(op, part) for part in self._parts(topics)]

    def _ask_alone(self, topics: Sequence[str]) -> list[Request]:
        """Ask for topics so that a refused one does not take others along."""
        is_one = self._venue.most_topics == 1
        groups = self._venue.batches(topics) if is_one else [(topic,) for topic in topics]
        return [self._ask("subscribe", group) for group in groups]

    def _is_group(self, request: Request) -> bool:
        """Whether the venue has put together what was asked for."""
        is_several = request.op == "subscribe" and len(request.topics) > 1
        return is_several and self._venue.most_topics == 1

    def _ask_apart(self, request: Request) -> None:
        """Ask for each topic of a refused request on its own: which one was meant is not said."""
        requests = [self._ask("subscribe", (topic,)) for topic in self._unasked(request.topics)]
        if request.request_id in self._opening:
            self._opening += [one.request_id for one in requests]
        self._texts(requests)

    def _parts(self, topics: tuple[str, ...]) -> list[tuple[str, ...]]:
        most = self._venue.most_topics or max(1, len(topics))
        if most == 1:
            return self._venue.batches(topics)
        return [topics[first : first + most] for first in range(0, len(topics), most)]

    def _ask(self, op: str, topics: tuple[str, ...]) -> Request:
        request = Request(request_id=self._new_id(), op=op, topics=topics)
        self._book.sent(request)
        return request

    def _new_id(self) -> str:
        return self._book.new_id(self._clock.time_ms())

    def _meant(self, frame: Frame) -> str | None:
        """Return the id of the request that an answer without an id is meant for, or None."""
        if frame.answers is Answers.REQUEST:
            return self._book.oldest()
        if frame.answers in (Answers.SUBSCRIBE, Answers.UNSUBSCRIBE) and frame.topic:
            return self._book.oldest(frame.answers.value, frame.topic)
        return None

    def _unasked(self, topics: Sequence[str]) -> tuple[str, ...]:
        """Return those of ``topics`` that are to be asked for now, not after a renewal."""
        renewed = {topic for topic, _ in self._renewals.values()}
        unasked = filter(self._book.is_wanted, self._book.unasked(topics))
        return tuple(topic for topic in unasked if topic not in renewed)

    def _texts(self, requests: Sequence[Request]) -> list[str]:
        return [self._text(request) for request in requests]

    def _text(self, request: Request) -> str:
        make = (
            self._venue.subscribe_text
            if request.op == "subscribe"
            else self._venue.unsubscribe_text
        )
        return self._queued(make(request.request_id, request.topics))

    def _queued(self, text: str) -> str:
        if self._send is not None:
            self._outbox.append(text)
        return text

    def _woken_by(self, request: Request, *, refused: bool) -> list[Waiter]:
        if request.op == "unsubscribe":
            return self._left_by(request, refused=refused)
        if refused:
            return self._refused(request.topics)
        for subscriber in self._subscribers:
            subscriber.missing.difference_update(request.topics)
        woken = [s.waiter for s in self._subscribers if not s.missing]
        self._subscribers = [s for s in self._subscribers if s.missing]
        return woken

    def _left_by(self, request: Request, *, refused: bool) -> list[Waiter]:
        leaver = self._unsubscribers.pop(request.request_id, None)
        if leaver is None:
            return []
        leaver.unanswered.discard(request.request_id)
        return [leaver.waiter] if refused or not leaver.unanswered else []

    def _refused(self, topics: tuple[str, ...]) -> list[Waiter]:
        """Return who waits for a refused topic; such a topic is not asked for again."""
        hit = [s for s in self._subscribers if s.missing.intersection(topics)]
        self._subscribers = [s for s in self._subscribers if s not in hit]
        if hit:
            self._book.drop(topics)
        return [s.waiter for s in hit]
