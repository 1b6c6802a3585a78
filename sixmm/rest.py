"""REST calls: signed with a timestamp of the exchange's clock, sent once, and read strictly.

The session of a client with the REST side of its exchange. It holds the credentials and the
exchange's clock, and it decides what may be sent a second time: a read, once, after a broken
connection or a clock error, always with a new timestamp and a new signature; a write, never.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from .clock import Clock, Deadline, RisingMilliseconds, ServerClock, SystemClock
from .errors import (
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    HttpStatusError,
    OutcomeUnknown,
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
    again,
    without_frames,
)
from .redaction import Secret
from .transport.base import HttpTransport
from .venues.base import Auth, Call, Credentials, Plan, Venue

__all__ = ["RestSession"]

_log = logging.getLogger("sixmm.rest")

T = TypeVar("T")

_TOKEN_EXPIRED = 1002

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


class RestSession:
    """Makes the REST calls of one client; it may be used from several threads at once.

    Args:
        venue: how the venue speaks.
        http: what sends the requests.
        rest_url: the address of the API, without a path.
        credentials: what proves who the caller is.
        timeout: seconds that one call may take, from connecting to the last byte.
        clock: the local clock.
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
    ) -> None:
        self._venue = venue
        self._http = http
        self._rest_url = rest_url
        self._timeout = timeout
        self._clock = clock or SystemClock()
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
        self._http.close()

    @property
    def credentials(self) -> Credentials:
        """What proves who the caller is, at this moment."""
        with self._lock:
            return self._credentials

    # Calls

    def call(self, call: Call, *, timeout: float | None = None) -> Any:
        """Make one call and return its typed result.

        A read is made once more after a broken connection, a clock error or an expired token that
        could be refreshed. A write is sent once.

        Args:
            call: what to ask.
            timeout: seconds for everything, or None for the default of the session.

        Raises:
            OutcomeUnknown: a write was sent and no clear answer came.
            SixmmError: everything else, as the tree in :mod:`sixmm.errors` says.
        """
        if self._closed:
            raise ClientClosed("the client is closed; nothing was sent")
        deadline = Deadline(self._timeout if timeout is None else timeout, clock=self._clock)
        if call.auth is not Auth.NONE and not self.server_clock.measured:
            self.measure_clock(deadline=deadline)
        try:
            return self._send(call, deadline)
        except SixmmError as error:
            # A refused write is not sent again, but what refused it is put right for the next call.
            if not self._put_right(error, deadline) or call.writes:
                raise
            return self._send(call, deadline)

    def run(
        self,
        plan: Plan[T],
        *,
        timeout: float | None = None,
        deadline: Deadline | None = None,
        between: Callable[[], None] | None = None,
        on_error: Callable[[SixmmError], None] | None = None,
    ) -> T:
        """Carry out a plan and return its result.

        Args:
            plan: yields calls; an error of a call is thrown into it.
            timeout: seconds for each call, or None for the default of the session.
            deadline: for all calls together; when it has passed, or the exchange has asked to slow
                down, the other calls of the plan are not made, and fail for that reason.
            between: is run before each call, outside any lock; what it raises ends the plan.
            on_error: is told each error of a call.
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
                    result = self.call(call, timeout=_sooner(timeout or self._timeout, deadline))
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
        sent_at = self._clock.monotonic()
        server_ms = self._send(self._venue.server_time_call(), deadline)
        received_at = self._clock.monotonic()
        self.server_clock.adjust(server_ms, sent_at=sent_at, received_at=received_at)

    # The access token

    def login(self, username: str, password: str | Secret) -> None:
        """Get an access token and the cookie that refreshes it; both replace what was held."""
        # Bound anew at once: what shows the variables of a frame shows the mask.
        password = Secret(password)
        self._adopt(self.call(self._venue.login_call(username=username, password=password)))

    def refresh(self) -> None:
        """Renew the access token by the cookie of the login.

        Raises:
            ConfigurationError: there was no login, so there is no cookie.
        """
        if not self.credentials.cookies:
            raise ConfigurationError("there is no login to refresh; call login() first")
        self._adopt(self.call(self._venue.refresh_call()))

    def forget_token(self) -> None:
        """Drop the access token and the cookie."""
        with self._lock:
            self._credentials = attrs.evolve(
                self._credentials, access_token=None, access_expires_at_ms=None, cookies={}
            )

    def _adopt(self, told: Credentials) -> None:
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
        # Raised here and not in the handler, so that the error does not get the frames back.
        if is_sent and call.writes and isinstance(failure, _UNCLEAR):
            raise OutcomeUnknown(
                f"{call.operation}: sent, but its outcome is not known ({failure})",
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

    def _put_right(self, error: SixmmError, deadline: Deadline) -> bool:
        """Do what makes a second attempt worth while; return whether there is such a thing."""
        try:
            if self._venue.is_clock_error(error):
                _log.info("the exchange's clock is read again: %s", error)
                # Should the reading fail, the next call begins with one.
                self.server_clock.forget()
                self.measure_clock(deadline=deadline)
                return True
            if isinstance(error, AuthenticationError) and error.code == _TOKEN_EXPIRED:
                return self._refreshed(deadline)
            if self._venue.is_replay_error(error):
                # Another program of the same key has signed the same in the same millisecond.
                return True
        except SixmmError as failure:
            _log.warning("a refused call could not be put right: %s", failure)
            return False
        return isinstance(error, ConnectionClosed)

    def _refreshed(self, deadline: Deadline) -> bool:
        if not self.credentials.cookies:
            return False
        self._adopt(self._send(self._venue.refresh_call(), deadline))
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
