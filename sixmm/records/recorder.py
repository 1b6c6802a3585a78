"""Records what a client sends and receives, by standing between it and its transports.

:class:`Recorder` opens the file and wraps the two transports; the engine does not know that it is
recorded. What a wrapped transport does, returns and raises is what the one inside does.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from .. import __version__
from ..clock import Clock, Deadline, SystemClock
from ..errors import ConfigurationError, DeadlineExceeded
from ..redaction import one_line
from ..transport.base import HttpRequest, HttpResponse, HttpTransport, WsLink, WsTransport
from .cleaning import Cleaner
from .format import Header, as_text, error_told
from .writer import RecordWriter, create_file

__all__ = ["Recorder", "RecordingHttp", "RecordingLink", "RecordingWs", "line", "role"]

_ROLES = {"sixmm-reader": "reader", "sixmm-timer": "timer"}
_READER = "sixmm-reader-"


def role() -> str:
    """Return who is at work in this thread: ``reader``, ``timer``, or ``caller`` for any other.

    A replay waits for what the reader does, and not for what only happens as time goes by.
    """
    # A client with several connections has a reader thread for each, with a word more.
    name = "-".join(threading.current_thread().name.split("-", 2)[:2])
    return _ROLES.get(name, "caller")


def line() -> str:
    """Return for which of several connections this thread works; "" for one, and for no reader.

    A replay keeps the order of things within a line, and not between two of them.
    """
    name = threading.current_thread().name
    return name.removeprefix(_READER) if name.startswith(_READER) else ""


def _by() -> dict[str, str]:
    """Return the members that say who has done something."""
    name = line()
    return {"by": role(), "line": name} if name else {"by": role()}


class Recorder:
    """Writes a record: every message in and out, and every REST call with its reply.

    Secrets are taken out in the thread that has met them, before anything is handed to the writer.
    What it costs the client is that; it never waits for the disk. What does not fit into the buffer
    is left out, which the record tells, and :attr:`left_out` counts. When the file cannot be
    written any more, :attr:`failure` says why, and the client goes on.

    Args:
        path: the file; its usual name ends in ``.jsonl.gz``. Only its owner can read it (mode 600).
        overwrite: whether a file that is there is replaced.
        max_messages: how many messages may wait to be written.
        max_bytes: how many bytes of them.
        clock: the local clock.

    Raises:
        ConfigurationError: there is a file already, or none can be made there.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        max_messages: int = 100_000,
        max_bytes: int = 64 * 1024 * 1024,
        clock: Clock | None = None,
    ) -> None:
        if max_messages < 1 or max_bytes < 1:
            raise ConfigurationError("max_messages and max_bytes must be at least 1")
        clock = clock or SystemClock()
        self._path = os.fspath(path)
        self._cleaner = Cleaner()
        self._links = itertools.count(1)
        self._calls = itertools.count(1)
        self._writer = RecordWriter(
            create_file(path, overwrite=overwrite),
            Header(started_ms=clock.time_ms(), client=f"sixmm {__version__}"),
            max_messages=max_messages,
            max_bytes=max_bytes,
            clock=clock,
        )

    def http(self, transport: HttpTransport) -> RecordingHttp:
        """Return a transport that does what ``transport`` does, and has it recorded."""
        return RecordingHttp(transport, self)

    def ws(self, transport: WsTransport) -> RecordingWs:
        """Return a transport that does what ``transport`` does, and has it recorded."""
        return RecordingWs(transport, self)

    @property
    def left_out(self) -> int:
        """How many messages are not in the record, because they did not fit into the buffer."""
        return self._writer.left_out

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more, or None."""
        return self._writer.failure

    def close(self, timeout: float | None = 5.0) -> bool:
        """Write what waits, and close the file; return whether everything is in it.

        What happens on the transports after this is not recorded; they go on working.
        """
        return self._writer.close(timeout)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        writer: RecordWriter | None = getattr(self, "_writer", None)
        if writer is not None:
            writer.close(timeout=0)

    def __repr__(self) -> str:
        return f"<Recorder {one_line(self._path)} {self.left_out} left out>"

    # What the transports tell

    def call(self, request: HttpRequest) -> int:
        """Note that a request is about to be sent; return the number of the call."""
        number, cleaner = next(self._calls), self._cleaner
        cleaner.look_again()
        headers, url = cleaner.headers(request.headers), cleaner.url(request.url)
        body = None if request.body is None else cleaner.text(as_text(request.body))
        told = {"call": number, "method": request.method, "url": url, "headers": headers}
        self._writer.put("call", {**told, "body": body, **_by()}, size=len(body or ""))
        return number

    def replied(self, number: int, response: HttpResponse) -> None:
        """Note the reply of a call."""
        cleaner = self._cleaner
        cookies, headers = cleaner.cookies(response.cookies), cleaner.headers(response.headers)
        body = cleaner.text(as_text(response.body))
        told = {"call": number, "status": response.status, "headers": headers, "cookies": cookies}
        self._writer.put("reply", {**told, "body": body}, size=len(body))

    def failed(self, number: int, error: BaseException) -> None:
        """Note how a call failed."""
        self._writer.put("failed", {"call": number, "error": error_told(error)})

    def dial(self, url: str) -> int:
        """Note that a connection is about to be made; return its number."""
        number = next(self._links)
        self._cleaner.look_again()
        self._writer.put("dial", {"link": number, "url": self._cleaner.url(url), **_by()})
        return number

    def link(self, kind: str, number: int, **told: Any) -> None:
        """Note something about a connection."""
        self._writer.put(kind, {"link": number, **told})

    def received(self, number: int, messages: list[bytes]) -> None:
        """Note the messages of one read."""
        texts = self._cleaner.messages([as_text(message) for message in messages])
        size = sum(map(len, texts))
        told = {"link": number, "messages": texts}
        self._writer.put("in", told, size=size, messages=len(texts))

    def sent(self, number: int, message: str) -> None:
        """Note a message that is about to be sent."""
        self._cleaner.look_again()
        text = self._cleaner.text(message)
        self._writer.put("out", {"link": number, "message": text, "by": role()}, size=len(text))


class RecordingHttp(HttpTransport):
    """Sends requests by another transport, and has them recorded with their replies.

    Args:
        inner: sends them; closed with this one.
        recorder: writes the record.
    """

    def __init__(self, inner: HttpTransport, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Return the reply; raises as :meth:`HttpTransport.send` does."""
        number = self._recorder.call(request)
        try:
            response = self._inner.send(request, deadline=deadline)
        except BaseException as error:
            self._recorder.failed(number, error)
            raise
        self._recorder.replied(number, response)
        return response

    def close(self) -> None:
        """Close the transport inside; the record is closed by whoever opened it."""
        self._inner.close()


class RecordingWs(WsTransport):
    """Makes connections by another transport, and has them recorded.

    Args:
        inner: makes them; closed with this one.
        recorder: writes the record.
    """

    def __init__(self, inner: WsTransport, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> RecordingLink:
        """Return a link that is recorded; raises as :meth:`WsTransport.dial` does."""
        number = self._recorder.dial(url)
        try:
            link = self._inner.dial(url, headers=headers, deadline=deadline)
        except BaseException as error:
            self._recorder.link("refused", number, error=error_told(error))
            raise
        self._recorder.link("open", number)
        return RecordingLink(link, self._recorder, number=number)

    def close(self) -> None:
        """Close the transport inside; the record is closed by whoever opened it."""
        self._inner.close()


class RecordingLink(WsLink):
    """One connection that is recorded.

    Args:
        inner: the connection.
        recorder: writes the record.
        number: which connection of the record it is.
    """

    def __init__(self, inner: WsLink, recorder: Recorder, *, number: int) -> None:
        self._inner = inner
        self._recorder = recorder
        self._number = number
        self._has_end = False
        self.may_change_hands = inner.may_change_hands
        self.last_pong = inner.last_pong

    def be_greedy(self) -> None:
        """Take more in one read; see :meth:`WsLink.be_greedy`."""
        self._inner.be_greedy()

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been taken from the network; see :attr:`WsLink.is_waiting`."""
        return self._inner.is_waiting

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return what has come; raises as :meth:`WsLink.receive` does."""
        try:
            messages = self._inner.receive(deadline=deadline)
        except DeadlineExceeded:
            raise
        except Exception as error:
            self._end(error)
            raise
        if self._inner.last_pong is not self.last_pong:
            self.last_pong = self._inner.last_pong
            self._recorder.link("pong", self._number)
        if messages:
            self._recorder.received(self._number, messages)
        return messages

    def send(self, message: str, *, deadline: Deadline) -> None:
        """Send one message; raises as :meth:`WsLink.send` does."""
        # Noted first: the answer may be received before this thread gets back to it.
        self._recorder.sent(self._number, message)
        self._inner.send(message, deadline=deadline)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Send a protocol ping; raises as :meth:`WsLink.ping` does."""
        self._recorder.link("ping", self._number)
        self._inner.ping(payload, deadline=deadline)

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Send a close frame; see :meth:`WsLink.close`."""
        self._recorder.link("close", self._number, code=code)
        self._inner.close(code=code, reason=reason, deadline=deadline)

    def abort(self) -> None:
        """Drop the connection; see :meth:`WsLink.abort`."""
        self._end(None)
        self._inner.abort()

    def _end(self, error: BaseException | None) -> None:
        """Note the end of the link once: how it was told, or that this side has dropped it."""
        if not self._has_end:
            self._has_end = True
            dropped = {"type": "ConnectionClosed", "code": 1006, "reason": "", "by": "local"}
            told = dropped if error is None else error_told(error)
            self._recorder.link("end", self._number, error=told)
