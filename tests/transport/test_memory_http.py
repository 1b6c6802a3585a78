"""What the HTTP double does beyond the contract."""

from __future__ import annotations

import threading

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ConfigurationError, ConnectionClosed, DeadlineExceeded
from sixmm.transport import HttpRequest, HttpResponse, MemoryHttp
from tests.transport.patience import soon
from tests.transport.servers import PATIENCE

REQUEST = HttpRequest(method="POST", url="https://h/order", body=b"{}")


def test_requests_are_recorded() -> None:
    """Each request is there to be looked at, also one whose handler failed."""
    replies = iter([HttpResponse(status=200)])
    http = MemoryHttp(lambda _: next(replies))

    http.send(REQUEST, deadline=soon())
    with pytest.raises(StopIteration):
        http.send(REQUEST, deadline=soon())

    assert http.requests == [REQUEST, REQUEST]


def test_handler_raises() -> None:
    """An error of the handler is raised as it is: that is how to play a fault."""

    def handler(_request: HttpRequest) -> HttpResponse:
        raise ConnectionClosed(reason="played")

    with pytest.raises(ConnectionClosed, match="played"):
        MemoryHttp(handler).send(REQUEST, deadline=soon())


def test_late_handler() -> None:
    """What a handler returns after the deadline reaches nobody."""
    release = threading.Event()
    replies = iter([b"late", b"next"])

    def handler(_request: HttpRequest) -> HttpResponse:
        body = next(replies)
        if body == b"late":
            release.wait(PATIENCE)
        return HttpResponse(status=200, body=body)

    http = MemoryHttp(handler)
    with pytest.raises(DeadlineExceeded):
        http.send(REQUEST, deadline=Deadline(0.05))
    release.set()

    assert http.send(REQUEST, deadline=soon()).body == b"next"


def test_limit_that_cannot_work() -> None:
    """A mistake in the settings is told at once."""
    with pytest.raises(ConfigurationError):
        MemoryHttp(lambda _: HttpResponse(status=200), max_body_bytes=0)
