"""REST calls: signed with a timestamp of the exchange's clock, sent at a pace, and read strictly.

The session of a client with the REST side of its exchange. It holds the credentials and the
exchange's clock. What may be sent again is decided in one place, :func:`next_step`: a read, at most
three times within its deadline, always with a new timestamp and a new signature; a write, never.
"""

from __future__ import annotations

import enum
import hashlib
import itertools
import logging
import random
import secrets
import threading
import weakref
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import attrs

from .clock import Clock, Deadline, RisingMilliseconds, ServerClock, SystemClock
from .errors import (
    ApiError,
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    HttpStatusError,
    OutcomeUnknown,
    PaceExceeded,
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
    again,
    without_frames,
)
from .pace import Pacer, RestPace, bounded
from .redaction import Secret
from .transport.base import HttpTransport
from .venues.base import Auth, Call, Credentials, PaceClass, Plan, Venue

__all__ = ["MAX_ATTEMPTS", "Raise", "Repair", "RestSession", "Retry", "next_step"]

_log = logging.getLogger("sixmm.rest")

T = TypeVar("T")

_Send = Callable[[Call, Deadline], T]
"""Sends a call once, before a deadline, and returns its result."""

MAX_ATTEMPTS = 3
"""How often one read is sent at most."""

_TOKEN_EXPIRED = 1002
_TOO_MANY_REQUESTS = 5003

_BACKOFF = 0.25
_BACKOFF_THROTTLED = 1.0
_SESSION_PATIENCE = 1.0

# After these a read is likely to go well soon.
_PASSING = (ConnectFailed, ConnectionClosed, ServerFault, Throttled)
_PASSING_STATUS = (502, 503, 504)

# After these a request may have been processed although no answer says so.
_UNCLEAR = (
    ClientClosed,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    HttpStatusError,
    ProtocolViolation,
    ServerFault,
)


_NAMED_BY_REPLY = (ApiError, HttpStatusError)


class Repair(enum.Enum):
    """What puts right the cause of a refusal."""

    CLOCK = "clock"
    """Read the exchange's clock again."""
    TOKEN = "token"
    """Renew the access token by the cookie of the login."""
    SIGNATURE = "signature"
    """Sign anew; that is done with every attempt."""


@attrs.frozen
class Retry:
    """Do the repair, if there is one, wait so many seconds, and send the call again."""

    delay: float
    repair: Repair | None = None


@attrs.frozen
class Raise:
    """Do the repair, if there is one, for the calls to come, and tell the caller."""

    repair: Repair | None = None


def next_step(
    error: SixmmError,
    *,
    call: Call,
    attempt: int,
    pace_class: PaceClass,
    left: float | None,
    jitter: float,
    repair: Repair | None = None,
) -> Retry | Raise:
    """Return what to do after an attempt of a call has failed.

    A write is never sent again, whatever the error. A read is, after what is likely to pass: at
    once after a repair, else after a random part of a time that doubles, on top of what the
    exchange has asked to wait. The session's own reads have a thread to get back to that must not
    wait for long: they wait a second at most, and not at all for an exchange that is throttling.

    Args:
        error: how the attempt ended.
        call: what was asked.
        attempt: how many attempts there were, this one included.
        pace_class: whose pace the call keeps.
        left: seconds to the deadline of the call, or None where it has none.
        jitter: a random number from 0 up to 1.
        repair: what would put right the cause, unless that was done for this call before.
    """
    may_repeat = call.method == "GET" and not call.writes and attempt < MAX_ATTEMPTS
    if repair is not None:
        return Retry(0.0, repair) if may_repeat else Raise(repair)
    if not may_repeat or not _is_passing(error):
        return Raise()
    is_throttled = isinstance(error, Throttled)
    if pace_class is PaceClass.SESSION:
        if is_throttled:
            return Raise()
        left = _SESSION_PATIENCE if left is None else min(left, _SESSION_PATIENCE)
    bound = (_BACKOFF_THROTTLED if is_throttled else _BACKOFF) * 2.0 ** (attempt - 1)
    delay = bounded(getattr(error, "retry_after", None)) + bound * jitter
    return Raise() if left is not None and delay >= left else Retry(delay)


def _is_unclear(error: SixmmError) -> bool:
    """Whether a write may have been processed although no answer says so.

    A code that is not documented, under a status or in a range that says that a server failed, is
    the word of whatever stands before the exchange: it does not say that nothing was done.
    """
    if type(error) is ApiError:
        return 5_000 <= error.code < 6_000 or (error.http_status or 0) >= 500
    return isinstance(error, _UNCLEAR)


def _is_passing(error: SixmmError) -> bool:
    if isinstance(error, HttpStatusError):
        return error.http_status in _PASSING_STATUS
    return isinstance(error, _PASSING)


class RestSession:
    """Makes the REST calls of one client; it may be used from several threads at once.

    Args:
        venue: how the venue speaks.
        http: what sends the requests.
        rest_url: the address of the API, without a path.
        credentials: what proves who the caller is.
        timeout: seconds that one call may take, from waiting for its turn to the last byte of the
            last attempt.
        clock: the local clock.
        pace: how fast calls may follow one another; None sends each at once.
        jitter: returns a number from 0 up to 1, for the back-off.
        wait: waits so many seconds; None waits until then or until :meth:`close`.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        http: HttpTransport,
        rest_url: str,
        credentials: Credentials | None = None,
        timeout: float = 10.0,
        clock: Clock | None = None,
        pace: RestPace | None = None,
        jitter: Callable[[], float] = random.random,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._venue = venue
        self._http = http
        self._rest_url = rest_url
        self._timeout = timeout
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._pacer = Pacer(pace, clock=self._clock, wait=wait)
        self._timestamps = _series_of(credentials)
        # Guards the credentials; never held during a call.
        self._lock = threading.RLock()
        self._credentials = credentials or Credentials()
        self._closed = False
        self.on_token: Callable[[], None] | None = None
        """Called, in the thread of the call, after a new access token was taken over."""
        self.server_clock = ServerClock(self._clock)

    def close(self) -> None:
        """Refuse new calls and end those under way; a write that was under way is unknown."""
        self._closed = True
        self._pacer.close()
        self._http.close()

    def through(self, wrap: Callable[[HttpTransport], HttpTransport]) -> None:
        """Put something between this session and its transport, before calls are made."""
        self._http = wrap(self._http)

    @property
    def credentials(self) -> Credentials:
        """What proves who the caller is, at this moment."""
        with self._lock:
            return self._credentials

    # Calls

    def call(
        self, call: Call, *, timeout: float | None = None, pace_class: PaceClass | None = None
    ) -> Any:
        """Make one call and return its typed result.

        A read is made again, at most twice, as :func:`next_step` says. A write is sent once.

        Args:
            call: what to ask.
            timeout: seconds for everything, or None for the default of the session.
            pace_class: whose pace it keeps, or None for that of the call.

        Raises:
            OutcomeUnknown: a write was sent and no clear answer came.
            PaceExceeded: its turn would come after its deadline; nothing was sent.
            SixmmError: everything else, as the tree in :mod:`sixmm.errors` says.
        """
        if self._closed:
            raise ClientClosed("the client is closed; nothing was sent")
        deadline = Deadline(self._timeout if timeout is None else timeout, clock=self._clock)
        if call.auth is not Auth.NONE and not self.server_clock.measured:
            self.measure_clock(deadline=deadline)
        return self._persist(call, deadline, pace_class or call.pace_class, self._send)

    def run(
        self,
        plan: Plan[T],
        *,
        timeout: float | None = None,
        deadline: Deadline | None = None,
        between: Callable[[], None] | None = None,
        on_error: Callable[[SixmmError], None] | None = None,
        pace_class: PaceClass | None = PaceClass.SESSION,
    ) -> T:
        """Carry out a plan and return its result.

        Args:
            plan: yields calls; an error of a call is thrown into it.
            timeout: seconds for each call, or None for the default of the session.
            deadline: for all calls together; when it has passed, or the exchange has asked to slow
                down, the other calls of the plan are not made, and fail for that reason.
            between: is run before each call, outside any lock; what it raises ends the plan.
            on_error: is told each error of a call.
            pace_class: whose pace the calls keep; None lets each keep its own.
        """
        deadline = deadline or Deadline(None)
        throttled: Throttled | None = None
        try:
            call = next(plan)
            while True:
                if between is not None:
                    between()
                try:
                    if throttled is not None:
                        raise again(throttled)
                    if deadline.expired:
                        raise DeadlineExceeded("the calls together took too long")
                    left = _sooner(timeout or self._timeout, deadline)
                    result = self.call(call, timeout=left, pace_class=pace_class)
                except SixmmError as error:
                    throttled = error if isinstance(error, Throttled) else throttled
                    if on_error is not None:
                        on_error(error)
                    call = plan.throw(error)
                else:
                    call = plan.send(result)
        except StopIteration as stop:
            value: T = stop.value
            return value
        finally:
            plan.close()

    def measure_clock(self, *, deadline: Deadline | None = None) -> None:
        """Read the exchange's clock and take it over by the midpoint of the call (rule 39)."""
        deadline = deadline or Deadline(self._timeout, clock=self._clock)
        call = self._venue.server_time_call()
        if call is None:
            return
        self._persist(call, deadline, PaceClass.SESSION, self._read_clock)

    # The access token

    def login(self, username: str, password: str | Secret) -> None:
        """Get an access token and the cookie that refreshes it; both replace what was held."""
        # Bound anew at once: what shows the variables of a frame shows the mask.
        password = Secret(password)
        self.adopt(self.call(self._venue.login_call(username=username, password=password)))

    def refresh(self) -> None:
        """Renew the access token by the cookie of the login.

        Raises:
            ConfigurationError: there was no login, so there is no cookie.
        """
        if not self.credentials.cookies:
            raise ConfigurationError("there is no login to refresh; call login() first")
        self.adopt(self.call(self._venue.refresh_call(), pace_class=PaceClass.SESSION))

    def forget_token(self) -> None:
        """Drop the access token and the cookie."""
        with self._lock:
            self._credentials = attrs.evolve(
                self._credentials, access_token=None, access_expires_at_ms=None, cookies={}
            )

    def adopt(self, told: Credentials) -> None:
        """Take over an access token and, where there is one, its cookie."""
        with self._lock:
            held = self._credentials
            self._credentials = attrs.evolve(
                held,
                access_token=told.access_token,
                access_expires_at_ms=told.access_expires_at_ms,
                cookies=told.cookies or held.cookies,
            )
        if self.on_token is not None:
            self.on_token()

    # Inside

    def _persist(self, call: Call, deadline: Deadline, pace_class: PaceClass, send: _Send[T]) -> T:
        """Make attempts until one goes well, or :func:`next_step` says that it is enough."""
        repaired: set[Repair] = set()
        earlier: SixmmError | None = None
        for attempt in itertools.count(1):
            try:
                return self._attempt(call, deadline, pace_class, send)
            except SixmmError as error:
                failure = error
            if earlier is not None and isinstance(failure, PaceExceeded):
                # A repeat that gets no turn in time ends as what it was to repeat.
                raise earlier
            step = next_step(
                failure,
                call=call,
                attempt=attempt,
                pace_class=pace_class,
                left=deadline.remaining(),
                jitter=self._jitter(),
                repair=self._repair_for(failure, call, repaired),
            )
            is_mended = step.repair is None or self._mended(step.repair, deadline)
            if isinstance(step, Raise) or not is_mended:
                raise failure
            if step.repair is not None:
                repaired.add(step.repair)
            _log.info("%s; attempt %d in %.2f s", failure, attempt + 1, step.delay)
            self._pacer.pause(step.delay)
            earlier = failure
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, call: Call, deadline: Deadline, pace_class: PaceClass, send: _Send[T]) -> T:
        """Wait for the turn of a call, send it once, and let the pace know how that went."""
        try:
            self._pacer.take_turn(pace_class, deadline=deadline, operation=call.operation)
        except PaceExceeded as error:
            if pace_class is not PaceClass.SESSION:
                raise
            # A session takes this for what has shut its pace: it waits, and tries again.
            raise Throttled(
                str(error), code=_TOO_MANY_REQUESTS, retry_after=error.retry_after
            ) from None
        try:
            result = send(call, deadline)
        except Throttled as error:
            self._pacer.refused(pace_class, error.retry_after)
            raise
        self._pacer.accepted(pace_class)
        return result

    def _read_clock(self, call: Call, deadline: Deadline) -> None:
        sent_at = self._clock.monotonic()
        server_ms = self._send(call, deadline)
        received_at = self._clock.monotonic()
        self.server_clock.adjust(server_ms, sent_at=sent_at, received_at=received_at)

    def _send(self, call: Call, deadline: Deadline) -> Any:
        """Sign and send a call once, and read the answer."""
        request_id, is_sent = f"sixmm-{secrets.token_hex(8)}", False
        try:
            request = self._venue.prepare(
                call,
                rest_url=self._rest_url,
                credentials=self.credentials,
                timestamp_ms=self._timestamp(call),
                request_id=request_id,
            )
            is_sent = True
            return self._venue.parse(call, self._http.send(request, deadline=deadline))
        except SixmmError as error:
            # The frames of signing, sending and reading have keys and replies in their variables.
            failure = without_frames(error)
            failure.__context__ = None
        text = str(failure)
        if is_sent:
            # The exchange may have named the call in another way: that is found in its logs.
            theirs = failure.request_id if isinstance(failure, _NAMED_BY_REPLY) else None
            failure.request_id = theirs or request_id
        # Raised here and not in the handler, so that the error does not get the frames back.
        if is_sent and call.writes and _is_unclear(failure):
            raise OutcomeUnknown(
                f"{call.operation}: sent, but its outcome is not known ({text})",
                operation=call.operation,
                request_id=request_id,
            ) from failure
        raise failure

    def _timestamp(self, call: Call) -> int:
        """Return the time to sign with; what is not signed takes no part in the rising series.

        The reading of the clock itself is made with a local clock that may be far ahead, and every
        later timestamp would have to be ahead of that.
        """
        now_ms = self.server_clock.now_ms()
        return now_ms if call.auth is Auth.NONE else self._timestamps.next(now_ms)

    def _repair_for(
        self, error: SixmmError, call: Call, repaired: Collection[Repair]
    ) -> Repair | None:
        """Return what may put right the cause of an error, unless it has been tried."""
        repair = None
        if call.auth is Auth.NONE:
            return None
        if self._venue.is_clock_error(error):
            repair = Repair.CLOCK
        elif isinstance(error, AuthenticationError) and error.code == _TOKEN_EXPIRED:
            can_refresh = call.auth is not Auth.COOKIE and self.credentials.cookies
            repair = Repair.TOKEN if can_refresh else None
        elif self._venue.is_replay_error(error):
            # Another program of the same key has signed the same in the same millisecond.
            repair = Repair.SIGNATURE
        return None if repair in repaired else repair

    def _mended(self, repair: Repair, deadline: Deadline) -> bool:
        """Carry out a repair; return whether that went well."""
        try:
            if repair is Repair.CLOCK:
                # Should the reading fail, the next call begins with one.
                self.server_clock.forget()
                self.measure_clock(deadline=deadline)
            elif repair is Repair.TOKEN:
                call = self._venue.refresh_call()
                self.adopt(self._attempt(call, deadline, PaceClass.SESSION, self._send))
        except SixmmError as failure:
            _log.warning("a refused call could not be put right: %s", failure)
            return False
        return True


# Clients of one process that use one key take turns (rule 42). Digests are kept, not keys.
_SERIES: weakref.WeakValueDictionary[bytes, RisingMilliseconds] = weakref.WeakValueDictionary()
_SERIES_LOCK = threading.RLock()


def _series_of(credentials: Credentials | None) -> RisingMilliseconds:
    if credentials is None or credentials.api_key is None:
        return RisingMilliseconds()
    name = hashlib.sha256(credentials.api_key.reveal().encode()).digest()
    with _SERIES_LOCK:
        return _SERIES.setdefault(name, RisingMilliseconds())


def _sooner(timeout: float, deadline: Deadline) -> float:
    left = deadline.remaining()
    return timeout if left is None else min(timeout, left)
