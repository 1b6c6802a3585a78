"""The session of a client with a stream: one reader thread, one timer thread, link after link.

The reader thread dials, logs in, subscribes, compares the account, and then reads until the link
ends; then it decides what to do about it and begins again. While there is only something to read,
it lends the turn to a caller who waits for events. The timer thread pings, renews the stream key,
and reads the exchange's clock.

Locks: ``_lock`` guards the state, the link and the fatal error. Nothing is sent, waited for or
called back while it is held.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence

from ..clock import Deadline
from ..errors import (
    ClientClosed,
    ConnectionClosed,
    DeadlineExceeded,
    LocalStateError,
    SixmmError,
    again,
)
from ..transport.base import WsLink, WsTransport
from ..venues.base import Dial
from .agenda import ROTATION
from .backoff import Backoff
from .connection import Connection
from .heartbeat import Heartbeat
from .judging import Judge
from .keys import KeyKeeper
from .links import Links
from .shared import Shared
from .states import CONNECTED_STATES, State, Trigger, next_state
from .stats import Stats
from .sync import AUDIT, AccountSync
from .timer import Flag, Jobs, Timer, TimerShare
from .waiter import Waiter

__all__ = ["Session"]

_log = logging.getLogger("sixmm.stream")

_ENDED = (State.CLOSING, State.CLOSED)
_PINGED_STATES = CONNECTED_STATES - {State.AUTHENTICATING}
_POLITE_CLOSE = 1.0


class Session:
    """Keeps a stream alive until it is closed or a fatal error ends it.

    Args:
        shared: the parts that every part of the session uses.
        ws: makes the links; closed with the session.
        ws_url: the address of the stream.
        name: tells its reader thread from those of other sessions of one client.
        timer: a share of the timer of the client; None makes one of its own.
    """

    def __init__(
        self,
        shared: Shared,
        *,
        ws: WsTransport,
        ws_url: str,
        name: str = "",
        timer: TimerShare | None = None,
    ) -> None:
        self._shared = shared
        self._ws = ws
        # Re-entrant, here and at the desk: close() may be called by a signal handler.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._state = State.IDLE
        self._links = Links(clock=shared.clock, send_timeout=shared.options.send_timeout)
        self._fatal: SixmmError | None = None
        self._closing = Flag()
        self._sync = AccountSync(shared)
        self._timer: Timer | TimerShare = timer or Timer(clock=shared.clock)
        self._keys = KeyKeeper(
            shared, timer=self._timer, ws_url=ws_url, replace_link=self._links.replace
        )
        backoff = Backoff(shared.options.backoff, random.random)
        self._judge = Judge(shared, keys=self._keys, backoff=backoff)
        self._number = 1
        self._current: Connection | None = None
        self._heartbeat = Heartbeat(shared, timer=self._timer, link=self._pinged_link)
        shared.desk.later = lambda delay: self._timer.after("requests", delay, self._flush)
        thread = f"sixmm-reader-{name}" if name else "sixmm-reader"
        self._reader = threading.Thread(target=self._read, name=thread, daemon=True)

    # The caller's side

    @property
    def state(self) -> State:
        """Where the connection stands."""
        return self._state

    @property
    def timer(self) -> Jobs:
        """The timer thread, for jobs of the client that owns the session."""
        return self._timer

    def start(self) -> None:
        """Start the two threads.

        Raises:
            LocalStateError: the session was started before.
            ClientClosed: it is closed.
        """
        self._check_open()
        if self._state is not State.IDLE:
            raise LocalStateError("the client is started already")
        self._move(Trigger.START)
        options = self._shared.options
        self._heartbeat.start()
        if options.clock_interval is not None and self._shared.private:
            self._timer.every("clock", options.clock_interval, self._shared.rest.measure_clock)
        self._timer.start()
        self._reader.start()

    def wait_live(self, deadline: Deadline) -> None:
        """Wait until events are handed over.

        Raises:
            DeadlineExceeded: that did not happen in time.
            SixmmError: the fatal error that ended the session.
        """
        with self._changed:
            while self._state is not State.LIVE:
                if self._state in _ENDED:
                    raise again(self._fatal or ClientClosed("the client is closed"))
                if deadline.expired:
                    raise DeadlineExceeded(f"the stream is not live yet ({self._state})")
                self._changed.wait(deadline.slice())

    def through(self, wrap: Callable[[WsTransport], WsTransport]) -> None:
        """Put something between this session and its transport, before it is started."""
        self._ws = wrap(self._ws)

    def subscribe(self, topics: Sequence[str], deadline: Deadline) -> None:
        """Return when every topic is acknowledged, on this connection or on a later one.

        Raises:
            SubscriptionRefused: the exchange refused one of them; it is not asked for again.
            DeadlineExceeded: no answer; the topics that went without are not asked for again.
        """
        self._check_running()
        waiter, _ = self._shared.desk.subscribe(topics)
        self._wait_for(waiter, topics, deadline, "subscription")

    def unsubscribe(self, topics: Sequence[str], deadline: Deadline) -> None:
        """Return when the exchange has acknowledged that it sends ``topics`` no more.

        Raises:
            SubscriptionRefused: the exchange refused; the topics are not asked for again.
            DeadlineExceeded: no answer; the topics are not asked for again.
        """
        self._check_running()
        waiter, _ = self._shared.desk.unsubscribe(topics)
        self._wait_for(waiter, topics, deadline, "end of the subscription")

    def ping(self, deadline: Deadline) -> float:
        """Return the seconds that a ping and its answer take.

        Raises:
            ConnectionClosed: there is no connection.
            DeadlineExceeded: no answer.
        """
        self._check_running()
        link = self._links.current
        if link is None:
            raise ConnectionClosed(reason=f"there is no connection now ({self._state})")
        waiter = Waiter()
        started = self._shared.clock.monotonic()
        self._heartbeat.send(link, waiter, deadline)
        self._shared.inbox.turn.recall()
        if not waiter.wait(deadline):
            raise DeadlineExceeded("the ping was not answered in time")
        return self._shared.clock.monotonic() - started

    def stats(self) -> Stats:
        """Return the figures of this moment."""
        shared, counters = self._shared, self._shared.counters
        heard = counters.last_frame_at
        return Stats(
            state=self._state,
            connects=counters.connects,
            reconnects=max(0, counters.connects - 1),
            last_frame_age=None if heard is None else shared.clock.monotonic() - heard,
            round_trip=counters.round_trip,
            private_waiting=shared.inbox.private_depth,
            market_waiting=shared.inbox.market_depth,
            dropped=shared.inbox.dropped,
            decode_failures=counters.decode_failures + counters.undecoded,
            repeated=counters.repeated,
            audits=counters.audits,
            unrequested=counters.unrequested,
            stream_key_expires_at_ms=self._keys.expires_at_ms,
            topics=shared.desk.live,
            last_error=counters.last_error,
        )

    def close(self, timeout: float) -> bool:
        """End the session and put everything away; may be called from any thread, repeatedly.

        Returns False where a thread did not end in time; its name is logged.
        """
        deadline = Deadline(timeout)
        was_started = self._state is not State.IDLE
        self.begin_close()
        link = self._links.current
        if link is not None and not self._on_own_thread():
            link.close(code=1000, deadline=deadline.sooner(_POLITE_CLOSE))
            self._reader.join(_short(deadline))
        self._release_key(deadline)
        self._ws.close()
        self._shared.rest.close()
        self._links.abort()
        ended = self._join(deadline) if was_started else True
        self._move(Trigger.END)
        return ended

    def begin_close(self) -> None:
        """Have everything end that waits or runs; :meth:`close` waits for it."""
        self._closing.set()
        self._shared.inbox.turn.close()
        self._move(Trigger.CLOSE)
        self._shared.end(ClientClosed("the client is closed"))
        self._shared.watch.end()
        self._shared.changes.end()
        self._timer.stop()

    def abandon(self) -> None:
        """Let go of the session without waiting: its owner was forgotten by the program."""
        self.begin_close()
        self._ws.close()
        self._links.abort()

    # The reader thread

    def _read(self) -> None:
        error: SixmmError | None = None
        try:
            while not self._closing.is_set():
                failure = self._attempt()
                if self._closing.is_set():
                    break
                delay, error = self._judge.decide(failure, number=self._number)
                if error is not None:
                    break
                self._move(Trigger.LOST)
                if not self._closing.wait(delay):
                    self._move(Trigger.RETRY)
        except ClientClosed:
            # The end was asked for between a look at the flag and a change of the state.
            _log.debug("closed")
        except Exception as unexpected:
            # A fault of ours: the caller must learn it rather than wait for ever.
            _log.exception("the reader thread failed")
            error = LocalStateError(f"the reader failed: {type(unexpected).__name__}")
            error.__cause__ = unexpected
        finally:
            self._finish(error)

    def _attempt(self) -> SixmmError:
        """Dial and serve one link, and those that take its place; return what ended the last."""
        self._current = None
        self._number = self._shared.counters.connects + 1
        try:
            if self._shared.private:
                self._sync.prime()
            dial, fresh_key = self._keys.next_dial()
            self._judge.dialling(dial, fresh_key=fresh_key)
            link = self._dial(dial)
            self._links.open(link)
            self._check_dialled(dial)
            self._current = connection = self._connection(link, dial, number=self._number)
            self._bring_up(connection, awaits_login=dial.awaits_login)
            self._serve(connection)
        except SixmmError as error:
            return self._links.reason_for(error)
        finally:
            self._put_away()
        raise AssertionError("a link is served until it raises")

    def _dial(self, dial: Dial) -> WsLink:
        deadline = Deadline(self._shared.options.dial_timeout, clock=self._shared.clock)
        return self._ws.dial(dial.url.reveal(), headers=dial.headers, deadline=deadline)

    def _check_dialled(self, dial: Dial) -> None:
        if self._closing.is_set():
            raise ClientClosed("the client is closed")
        if not self._keys.is_current(dial):
            # The timer thread has replaced the key while this thread was dialling with the old one.
            raise ConnectionClosed(code=1000, reason="the stream key was replaced", by="local")

    def _connection(self, link: WsLink, dial: Dial, *, number: int) -> Connection:
        return Connection(
            self._shared,
            link,
            sync=self._sync,
            number=number,
            options=self._heartbeat.follow(dial),
            rotate_after=dial.rotate_after,
        )

    def _bring_up(self, connection: Connection, *, awaits_login: bool) -> None:
        if awaits_login:
            self._move(Trigger.LOGIN_NEEDED)
            connection.login()
        self._judge.accepted()
        self._move(Trigger.READY)
        connection.resubscribe()
        self._shared.counters.connects += 1
        connection.announce()
        if self._shared.private:
            self._compare(connection, "start" if connection.number == 1 else "reconnect")
        else:
            self._move(Trigger.UP)
        self._judge.live()

    def _serve(self, connection: Connection) -> None:
        while True:
            reason = connection.serve()
            if reason == AUDIT:
                connection.audit()
            elif reason == ROTATION:
                connection = self._rotate(connection)
            else:
                self._compare(connection, reason)

    def _compare(self, connection: Connection, reason: str) -> None:
        self._move(Trigger.SYNC_NEEDED)
        connection.synchronize(reason)
        self._move(Trigger.UP)

    def _rotate(self, old: Connection) -> Connection:
        """Return the connection that takes the place of ``old``, which is live until then.

        Where the next one cannot be made, it is ``old``, and tried again later.
        """
        try:
            new = self._make_beside(old)
        except ClientClosed:
            raise
        except SixmmError as error:
            _log.warning("the link that was to follow could not be made: %s", error)
            self._links.drop_spare()
            old.rotate_later()
            return old
        self._shared.desk.connection_lost()
        self._links.swap()
        new.resubscribe()
        told = old.finish()
        self._links.drop_spare()
        self._current, self._number = new, new.number
        self._shared.counters.connects += 1
        self._shared.books.lost()
        new.announce()
        new.take_over(told)
        if self._shared.private:
            self._compare(new, ROTATION)
        return new

    def _make_beside(self, old: Connection) -> Connection:
        """Return a connection on a link of its own that is accepted, and hands over nothing yet."""
        dial, _ = self._keys.next_dial()
        link = self._dial(dial)
        self._links.add_spare(link)
        self._check_dialled(dial)
        new = self._connection(link, dial, number=old.number + 1)
        new.hold_back()
        if dial.awaits_login:
            new.login()
        return new

    def _put_away(self) -> None:
        self._links.forget()
        self._shared.desk.connection_lost()
        self._shared.books.lost()
        if self._current is not None:
            self._current.end()
        if self._shared.private:
            self._sync.lost()

    def _finish(self, error: SixmmError | None) -> None:
        """End everything that waits, from the reader thread, as its last act."""
        with self._lock:
            self._fatal = error
        self._shared.end(error or ClientClosed("the client is closed"))
        self._timer.stop()
        self._move(Trigger.END)

    # The timer thread

    def _pinged_link(self) -> WsLink | None:
        """Return the link where it may be pinged: before a login nothing else may be sent."""
        return self._links.current if self._state in _PINGED_STATES else None

    # Several threads

    def _wait_for(
        self, waiter: Waiter | None, topics: Sequence[str], deadline: Deadline, what: str
    ) -> None:
        if waiter is None:
            return
        self._flush()
        self._shared.inbox.turn.recall()
        if not waiter.wait(deadline):
            self._shared.desk.give_up(waiter, topics)
            self._flush()
            raise DeadlineExceeded(f"the {what} was not acknowledged in time: {', '.join(topics)}")

    def _flush(self) -> None:
        try:
            self._shared.desk.flush()
        except SixmmError as error:
            # The link is dead. What is wanted is asked for on the next one; the caller waits on.
            _log.info("a request could not be sent: %s", error)

    def _move(self, trigger: Trigger) -> None:
        """Change the state; the only place that does."""
        with self._changed:
            before = self._state
            if before in _ENDED and trigger not in (Trigger.CLOSE, Trigger.END):
                raise ClientClosed("the client is closed")
            self._state = next_state(before, trigger)
            self._changed.notify_all()
        if self._state is not before:
            _log.debug("%s: %s -> %s", trigger.value, before, self._state)

    def _check_open(self) -> None:
        if self._state in _ENDED:
            raise again(self._fatal or ClientClosed("the client is closed"))

    def _check_running(self) -> None:
        self._check_open()
        if self._state is State.IDLE:
            raise LocalStateError("the client is not started: use 'with', or call start()")

    # Closing

    def _release_key(self, deadline: Deadline) -> None:
        if not self._shared.options.release_key or deadline.expired:
            return
        try:
            self._keys.release(_short(deadline))
        except SixmmError as error:
            _log.warning("the stream key could not be deleted: %s", error)

    def _on_own_thread(self) -> bool:
        return threading.current_thread() is self._reader

    def _join(self, deadline: Deadline) -> bool:
        ended = True
        # A thread that another caller's start() has not started yet sees the end by itself.
        if not self._on_own_thread() and self._reader.ident is not None:
            self._reader.join(deadline.remaining())
            ended = not self._reader.is_alive()
        ended = self._timer.join(deadline.remaining()) and ended
        if not ended:
            _log.error("a thread of the client did not end in time: %s", self._reader.name)
        return ended


def _short(deadline: Deadline) -> float:
    left = deadline.remaining()
    return _POLITE_CLOSE if left is None else min(left / 2, _POLITE_CLOSE)
