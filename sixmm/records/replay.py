"""Transports that play a record: the same client code runs, and nothing is sent anywhere."""

from __future__ import annotations

import collections
import math
import os
import threading
from collections.abc import Mapping
from typing import Any

from ..clock import Clock, Deadline, SystemClock
from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    ProtocolViolation,
    SixmmError,
    again,
)
from ..redaction import one_line
from ..transport.base import HttpRequest, HttpResponse, HttpTransport, WsLink, WsTransport
from ..transport.checks import check_dial, check_request
from ..transport.frames import MAX_CONTROL_BYTES, close_payload
from .cleaning import Cleaner
from .course import Course, Step
from .format import as_bytes, told_error
from .reader import Record, read_record
from .recorder import line, role

__all__ = ["ReplayHttp", "ReplayLink", "ReplayTransport", "ReplayWs"]

_MAX_PONGS = 1_024
_WAIT_SLICE = 0.25
"""Seconds between two looks, so that Ctrl-C is noticed on every platform."""


class ReplayTransport:
    """The pair of transports that play one record, once.

    Hand them to a client in place of the network; its credentials are never looked at::

        replay = ReplayTransport("file.jsonl.gz")
        with Client("replay", "replay", http=replay.http, ws=replay.ws) as client:
            for event in client.events(timeout=5):
                ...

    The client makes its calls again, and is given the replies of the record. What came from the
    exchange comes in the same order, and not before the client has done what it had done until
    then. What it does beyond the record is answered as a network that is down would answer, and is
    in :attr:`missing`.

    Args:
        record: a file, or a record that was read.
        speed: how many times faster than it was; None plays as fast as it is taken.
        patience: seconds to wait for something that the client does not do again.
        clock: the local clock.

    Raises:
        ConfigurationError: the file is not a record, or a figure cannot work.
    """

    def __init__(
        self,
        record: str | os.PathLike[str] | Record,
        *,
        speed: float | None = None,
        patience: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        if speed is not None and not 0 < speed < math.inf:
            raise ConfigurationError("speed must be a number above 0, or None for no waiting")
        if not 0 <= patience < math.inf:
            raise ConfigurationError("patience must be 0 or more seconds")
        self.record = record if isinstance(record, Record) else read_record(record)
        """The record that is played."""
        course = Course(self.record.entries, speed=speed, patience=patience)
        self._stage = _Stage(course, clock or SystemClock())
        self.http = ReplayHttp(self._stage)
        """What answers REST calls."""
        self.ws = ReplayWs(self._stage)
        """What makes connections."""

    @property
    def missing(self) -> list[str]:
        """What the client asked for and the record does not have; the first 1,000 are kept."""
        with self._stage.changed:
            return list(self._stage.course.missing)

    @property
    def urls(self) -> list[str]:
        """The addresses that were dialled when it was recorded, without their secrets."""
        return self._stage.course.urls

    @property
    def requests(self) -> list[str]:
        """The messages that callers had sent when it was recorded, such as subscriptions."""
        return list(self._stage.course.requests())

    @property
    def is_over(self) -> bool:
        """Whether everything that the record has was given to the client."""
        with self._stage.changed:
            return self._stage.course.is_over

    def wait_over(self, timeout: float | None = None) -> bool:
        """Wait until :attr:`is_over`; return False where ``timeout`` seconds passed first."""
        deadline = Deadline(timeout, clock=self._stage.clock)
        with self._stage.changed:
            while not self._stage.course.is_over:
                if deadline.expired:
                    return False
                self._stage.wait(deadline, math.inf)
            return True

    def __repr__(self) -> str:
        return f"<ReplayTransport {len(self.record.entries)} entries>"


class _Stage:
    """What the two transports share: the course, and the condition that guards it."""

    def __init__(self, course: Course, clock: Clock) -> None:
        self.course = course
        self.clock = clock
        self.cleaner = Cleaner()
        self.changed = threading.Condition(threading.RLock())

    def wait(self, deadline: Deadline, most: float) -> None:
        """Wait for a change, at most ``most`` seconds and not beyond the deadline."""
        left = deadline.remaining()
        seconds = min(_WAIT_SLICE, most, _WAIT_SLICE if left is None else left)
        self.changed.wait(max(seconds, 0.001))


class ReplayHttp(HttpTransport):
    """Answers each request with the reply that the record has for it.

    Args:
        stage: what it shares with the links.
    """

    def __init__(self, stage: _Stage) -> None:
        self._stage = stage
        self._closed = False

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Return the recorded reply; raises as :meth:`HttpTransport.send` does.

        Raises:
            ConnectFailed: the record has no such call, or not so many of them.
        """
        if self._closed:
            raise ClientClosed("the transport was closed")
        check_request(request, deadline)
        stage = self._stage
        with stage.changed:
            now, url = stage.clock.monotonic(), stage.cleaner.url(request.url)
            found = stage.course.call(request.method, url, by=role(), line=line(), now=now)
            stage.changed.notify_all()
            if found is None:
                path = one_line(url.partition("?")[0])
                raise ConnectFailed(f"the record has no reply to {request.method} {path}")
            call, outcome = found
            if outcome is None:
                raise ConnectionClosed(reason="the record ends before the reply")
            self._wait(stage.course.lasts(call, outcome), deadline)
        return _reply(stage.course.entry(outcome).data)

    def close(self) -> None:
        """Refuse new requests, and make blocked calls return at once; repeats do nothing."""
        with self._stage.changed:
            self._closed = True
            self._stage.changed.notify_all()

    def _wait(self, seconds: float, deadline: Deadline) -> None:
        """Let as much time pass as the call took; with the lock held."""
        until = Deadline(seconds, clock=self._stage.clock)
        while not self._closed and not until.expired:
            if deadline.expired:
                raise DeadlineExceeded("no complete reply within the deadline")
            self._stage.wait(deadline, until.remaining() or 0.0)
        if self._closed:
            raise ClientClosed("the transport was closed")


def _reply(told: Mapping[str, Any]) -> HttpResponse:
    if "error" in told:
        raise told_error(told["error"])
    return HttpResponse(
        status=told["status"],
        headers=_texts(told["headers"]),
        cookies=_texts(told["cookies"]),
        body=as_bytes(told["body"]),
    )


def _texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items()}


class ReplayWs(WsTransport):
    """Makes the connections that the record has, in their order.

    Args:
        stage: what it shares with the REST side.
    """

    def __init__(self, stage: _Stage) -> None:
        self._stage = stage
        self._closed = False

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> ReplayLink:
        """Return the next link, or raise what the next attempt of the record ended with.

        Raises:
            ConnectFailed: the record has no further connection.
        """
        check_dial(url, headers, deadline)
        stage = self._stage
        with stage.changed:
            self._check_open()
            found = stage.course.dial(stage.clock.monotonic(), line=line())
            stage.changed.notify_all()
            if found is None:
                raise ConnectFailed("the record has no further connection")
            number, result = found
            if result is None:
                raise ConnectFailed("the record ends before the connection was made")
            self._wait_until_due(result, deadline)
            told = stage.course.entry(result)
        if told.kind == "refused":
            raise told_error(told.data["error"])
        return ReplayLink(stage, number)

    def close(self) -> None:
        """Abort every dial that is under way and refuse new ones; repeats do nothing."""
        with self._stage.changed:
            self._closed = True
            self._stage.changed.notify_all()

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosed("the transport was closed")

    def _wait_until_due(self, index: int, deadline: Deadline) -> None:
        """Wait for the time of the connection, but not so long that the dial would fail."""
        stage = self._stage
        enough = (deadline.remaining() or math.inf) / 2
        until = Deadline(min(enough, stage.course.due(index, stage.clock.monotonic())))
        while not (self._closed or until.expired):
            stage.wait(until, math.inf)
        self._check_open()


class ReplayLink(WsLink):
    """One connection of the record.

    Args:
        stage: what it shares with the transports.
        number: which connection it is, from 0.
    """

    def __init__(self, stage: _Stage, number: int) -> None:
        self._stage = stage
        self._number = number
        self._pongs: collections.deque[bytes] = collections.deque(maxlen=_MAX_PONGS)
        self._ended: SixmmError | None = None

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return the messages of the next read of the record; see :meth:`WsLink.receive`."""
        stage = self._stage
        with stage.changed:
            while True:
                if self._ended is not None:
                    raise again(self._ended)
                step = stage.course.receive(self._number, stage.clock.monotonic())
                if isinstance(step, Step):
                    stage.changed.notify_all()
                    if step.end is None:
                        return [as_bytes(message) for message in step.messages]
                    self._end(_cause(step.end.data["error"]))
                elif self._pongs:
                    # After what was under way before it, as on a real link.
                    self.last_pong = self._pongs.popleft()
                    return []
                elif deadline.expired:
                    raise DeadlineExceeded("no frame within the deadline")
                else:
                    stage.wait(deadline, step)

    def send(self, message: str, *, deadline: Deadline) -> None:  # noqa: ARG002 - it never waits
        """Take one message; its answer is the recorded one. See :meth:`WsLink.send`."""
        stage = self._stage
        text = stage.cleaner.text(message)
        with stage.changed:
            self._check_open()
            stage.course.send(self._number, text, stage.clock.monotonic())
            stage.changed.notify_all()

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Answer a protocol ping; see :meth:`WsLink.ping`."""
        if len(payload) > MAX_CONTROL_BYTES:
            raise ConfigurationError(f"the payload of a ping is over {MAX_CONTROL_BYTES} bytes")
        with self._stage.changed:
            self._check_open()
            self._pongs.append(payload)
            self._stage.changed.notify_all()

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:  # noqa: ARG002
        """End the link as a close frame would; see :meth:`WsLink.close`."""
        close_payload(code, reason)
        self._end(ConnectionClosed(code=code, reason=reason, by="local"))

    def abort(self) -> None:
        """End the link at once; see :meth:`WsLink.abort`."""
        self._end(ConnectionClosed(by="local"))

    def _end(self, error: SixmmError) -> None:
        with self._stage.changed:
            self._ended = self._ended or error
            self._stage.changed.notify_all()

    def _check_open(self) -> None:
        if self._ended is not None:
            closed = isinstance(self._ended, ConnectionClosed)
            raise again(self._ended) if closed else ConnectionClosed(by="local")


def _cause(told: Mapping[str, Any]) -> SixmmError:
    """Return how a recorded link ended; where the client dropped it, a replay plays a loss."""
    error = told_error(told)
    if isinstance(error, ConnectionClosed) and error.by != "local":
        return error
    return error if isinstance(error, ProtocolViolation) else ConnectionClosed()
