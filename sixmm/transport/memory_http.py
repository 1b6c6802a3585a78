"""An HTTP transport whose server is a function."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable

import attrs

from ..clock import Deadline
from ..errors import ClientClosed, ConfigurationError, DeadlineExceeded, ProtocolViolation
from .base import HttpRequest, HttpResponse, HttpTransport
from .checks import check_request

__all__ = ["MemoryHttp"]

_KEPT_REQUESTS = 100_000


@attrs.define
class _Outcome:
    """What the handler did, once it is done: one of the other two is set."""

    done: bool = False
    response: HttpResponse | None = None
    error: BaseException | None = None


class MemoryHttp(HttpTransport):
    """Answers each request with what a function returns, or raises what it raises.

    The function runs in a thread of its own, so that a deadline and :meth:`close` free the caller
    also where it blocks; then what it returns later is thrown away.

    Args:
        handler: takes the request and returns the reply. To play a network fault it raises an error
            of :mod:`sixmm.errors`.
        max_body_bytes: the largest body of a reply.
    """

    def __init__(
        self,
        handler: Callable[[HttpRequest], HttpResponse],
        *,
        max_body_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        if max_body_bytes < 1:
            raise ConfigurationError("max_body_bytes must be at least 1")
        self._handler = handler
        self._max_body_bytes = max_body_bytes
        self._requests: collections.deque[HttpRequest] = collections.deque(maxlen=_KEPT_REQUESTS)
        self._changed = threading.Condition()
        self._closed = False

    @property
    def requests(self) -> list[HttpRequest]:
        """The requests that were sent, oldest first; the newest 100,000 are kept."""
        with self._changed:
            return list(self._requests)

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Return the handler's reply; raises as :meth:`HttpTransport.send` does."""
        if self._closed:
            raise ClientClosed("the transport was closed")
        check_request(request, deadline)
        outcome = _Outcome()
        with self._changed:
            self._requests.append(request)
        threading.Thread(
            target=self._handle, args=(request, outcome), name="sixmm-memory-http", daemon=True
        ).start()
        self._await(outcome, deadline)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.response is not None
        return self._checked(outcome.response)

    def close(self) -> None:
        """Refuse new requests, and make blocked calls return at once; repeats do nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _await(self, outcome: _Outcome, deadline: Deadline) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or outcome.done, deadline.remaining())
            if self._closed:
                raise ClientClosed("the transport was closed")
            if not outcome.done:
                raise DeadlineExceeded("no complete reply within the deadline")

    def _handle(self, request: HttpRequest, outcome: _Outcome) -> None:
        """Run the handler; the body of the thread."""
        response, error = None, None
        try:
            response = self._handler(request)
        except BaseException as exc:
            error = exc
        with self._changed:
            outcome.response, outcome.error, outcome.done = response, error, True
            self._changed.notify_all()

    def _checked(self, response: HttpResponse) -> HttpResponse:
        if len(response.body) > self._max_body_bytes:
            raise ProtocolViolation(f"the body is over {self._max_body_bytes} bytes")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return attrs.evolve(response, headers=headers)
