"""Several connections of one client, behind the verbs of one session.

Each connection has a session with a reader thread of its own; the timer, the inbox and the events
are common. A connection is made when the client starts, or when the first topic is asked for that
it carries, and none is made that nobody needs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import attrs

from ..clock import Deadline
from ..errors import ClientClosed, ConfigurationError, ConnectionClosed, LocalStateError
from ..transport.base import WsTransport
from .session import Session
from .states import State
from .stats import Stats
from .timer import Jobs, Timer

__all__ = ["Member", "SessionGroup"]

# From the end of life to live: a group is where the member is that has the longest way to go.
_ORDER = (
    State.CLOSED,
    State.CLOSING,
    State.BACKING_OFF,
    State.DIALING,
    State.AUTHENTICATING,
    State.SUBSCRIBING,
    State.SYNCING,
    State.LIVE,
)


@attrs.frozen(kw_only=True)
class Member:
    """One of the connections."""

    name: str
    session: Session
    carries: Callable[[str], bool]
    """Whether it carries a topic."""
    starts: bool
    """Whether it is made when the client starts, without any topic."""


class SessionGroup:
    """The connections of one client.

    Args:
        members: in the order in which a topic is offered to them.
        timer: the timer of all of them; started and joined here.
    """

    def __init__(self, members: Sequence[Member], *, timer: Timer) -> None:
        self._members = tuple(members)
        self._timer = timer
        # Guards which sessions were started; a re-entrant one, because a signal handler may close.
        self._lock = threading.RLock()
        self._is_started = self._is_closed = False

    @property
    def state(self) -> State:
        """Where the connection stands that has the longest way to go."""
        if self._is_closed:
            states = {member.session.state for member in self._members}
            return State.CLOSED if states <= {State.CLOSED, State.IDLE} else State.CLOSING
        if not self._is_started:
            return State.IDLE
        return min((s.state for s in self._running), key=_ORDER.index, default=State.LIVE)

    @property
    def timer(self) -> Jobs:
        """The timer thread, for jobs of the client."""
        return self._timer

    def start(self) -> None:
        """Start the timer, and the connections that are needed without any topic.

        Raises:
            LocalStateError: they were started before.
            ClientClosed: they are closed.
        """
        with self._lock:
            self._check_open()
            if self._is_started:
                raise LocalStateError("the client is started already")
            self._is_started = True
        self._timer.start()
        for member in self._members:
            if member.starts:
                self._run(member)

    def wait_live(self, deadline: Deadline) -> None:
        """Wait until every connection that was started hands over events.

        Raises:
            DeadlineExceeded: that did not happen in time.
            SixmmError: the fatal error that ended one of them.
        """
        self._check_running()
        for session in self._running:
            session.wait_live(deadline)

    def subscribe(self, topics: Sequence[str], deadline: Deadline) -> None:
        """Return when every topic is acknowledged by the connection that carries it.

        Raises:
            ConfigurationError: no connection carries a topic; nothing was sent.
            SubscriptionRefused: the exchange refused one of them; it is not asked for again.
            DeadlineExceeded: no answer; the topics that went without are not asked for again.
        """
        self._check_running()
        for member, carried in self._shared_out(topics):
            self._run(member)
            member.session.subscribe(carried, deadline)

    def unsubscribe(self, topics: Sequence[str], deadline: Deadline) -> None:
        """Return when each connection has acknowledged that it sends its topics no more.

        Raises:
            ConfigurationError: no connection carries a topic; nothing was sent.
            SubscriptionRefused: the exchange refused; the topics are not asked for again.
            DeadlineExceeded: no answer; the topics are not asked for again.
        """
        self._check_running()
        for member, carried in self._shared_out(topics):
            if member.session.state is not State.IDLE:
                member.session.unsubscribe(carried, deadline)

    def ping(self, deadline: Deadline) -> float:
        """Return the seconds of the slowest answer to a ping on each connection.

        Raises:
            ConnectionClosed: one of them is not there now, or none is.
            DeadlineExceeded: no answer.
        """
        self._check_running()
        trips = [session.ping(deadline) for session in self._running]
        if not trips:
            raise ConnectionClosed(reason="there is no connection yet: nothing is subscribed")
        return max(trips)

    def stats(self) -> Stats:
        """Return the figures of this moment, summed up over the connections."""
        return attrs.evolve(_sum([m.session.stats() for m in self._members]), state=self.state)

    def through(self, wrap: Callable[[WsTransport], WsTransport]) -> None:
        """Put something between the sessions and their transports, before they are started."""
        for member in self._members:
            member.session.through(wrap)

    def close(self, timeout: float) -> bool:
        """End every session and put everything away; may be called from any thread, repeatedly.

        Returns False where a thread did not end in time.
        """
        deadline = Deadline(timeout)
        with self._lock:
            self._is_closed = True
        for member in self._members:
            # All of them end at the same time; each is waited for afterwards.
            member.session.begin_close()
        left = deadline.remaining
        ended = [member.session.close(left() or 0.0) for member in self._members]
        self._timer.stop()
        return self._timer.join(left()) and all(ended)

    def abandon(self) -> None:
        """Let go of all of them without waiting: their owner was forgotten by the program."""
        self._is_closed = True
        for member in self._members:
            member.session.abandon()
        self._timer.stop()

    # Inside

    @property
    def _running(self) -> list[Session]:
        return [m.session for m in self._members if m.session.state is not State.IDLE]

    def _run(self, member: Member) -> None:
        with self._lock:
            self._check_open()
            if member.session.state is State.IDLE:
                member.session.start()

    def _shared_out(self, topics: Sequence[str]) -> list[tuple[Member, tuple[str, ...]]]:
        """Return which connection carries which of the topics."""
        found: dict[str, list[str]] = {}
        for topic in topics:
            name = next((m.name for m in self._members if m.carries(topic)), None)
            if name is None:
                raise ConfigurationError(f"no connection of this client carries {topic}")
            found.setdefault(name, []).append(topic)
        return [(m, tuple(found[m.name])) for m in self._members if m.name in found]

    def _check_open(self) -> None:
        if self._is_closed:
            raise ClientClosed("the client is closed")

    def _check_running(self) -> None:
        self._check_open()
        if not self._is_started:
            raise LocalStateError("the client is not started: use 'with', or call start()")


def _sum(parts: Sequence[Stats]) -> Stats:
    """Return figures that stand for several connections: sums, and the worst of what has no sum."""
    ages = [part.last_frame_age for part in parts if part.last_frame_age is not None]
    trips = [part.round_trip for part in parts if part.round_trip is not None]
    keys = [part.stream_key_expires_at_ms for part in parts]
    errors = [part.last_error for part in parts if part.last_error is not None]
    sums = {name: sum(getattr(part, name) for part in parts) for name in _SUMMED}
    return attrs.evolve(
        parts[0],
        last_frame_age=max(ages, default=None),
        round_trip=max(trips, default=None),
        stream_key_expires_at_ms=min((key for key in keys if key is not None), default=None),
        topics=tuple(topic for part in parts for topic in part.topics),
        last_error=errors[-1] if errors else None,
        **sums,
    )


# What waits and what was dropped is that of the common inbox, which each of them tells.
_SUMMED = ("connects", "reconnects", "decode_failures", "repeated", "audits", "unrequested")
