"""A REST server for tests: answers by a script, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sixmm.clock import ManualClock
from sixmm.errors import SixmmError
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Call, Credentials

from .fakes import REST_URL, FakeVenue, answer

__all__ = ["RestServer", "Runs", "path_of", "time_of"]

Reply = HttpResponse | SixmmError


class RestServer:
    """Answers by a script: per path a list of replies; the last one stays."""

    def __init__(self, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.ahead_ms = 0
        self.replies: dict[str, list[Reply]] = {}
        self.http = MemoryHttp(self.handle)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        path = path_of(request)
        planned = self.replies.get(path)
        if not planned:
            return answer(self.time_ms() if path == "/time" else path)
        reply = planned.pop(0) if len(planned) > 1 else planned[0]
        if isinstance(reply, SixmmError):
            raise reply
        return reply

    def time_ms(self) -> int:
        """Return the server's clock."""
        return self.clock.time_ms() + self.ahead_ms

    def requests(self, path: str) -> list[HttpRequest]:
        """Return what was asked under a path."""
        return [request for request in self.http.requests if path_of(request) == path]

    def session(self, **options: Any) -> RestSession:
        """Return a session with a key."""
        credentials = options.pop("credentials", Credentials(api_key=Secret("key")))
        return RestSession(
            venue=FakeVenue(),
            http=self.http,
            rest_url=REST_URL,
            credentials=credentials,
            clock=self.clock,
            **options,
        )


def path_of(request: HttpRequest) -> str:
    """Return the path of a request."""
    return request.url.removeprefix(REST_URL).partition("?")[0]


def time_of(request: HttpRequest) -> int:
    """Return the timestamp that was signed."""
    return int(request.headers["X-Time"])


class Runs:
    """A plan that notes what happens to it."""

    def __init__(self, *calls: Call, catch: bool = False) -> None:
        self.calls = calls
        self.catch = catch
        self.got: list[object] = []
        self.closed = False

    def plan(self) -> Generator[Call, Any, list[object]]:
        """Make the calls one after another."""
        try:
            for call in self.calls:
                try:
                    self.got.append((yield call))
                except SixmmError as error:
                    self.got.append(error)
                    if not self.catch:
                        raise
            return self.got
        finally:
            self.closed = True
