"""REST calls of the project: signed, typed, with every check on the way, and without a pace."""

from __future__ import annotations

from benchmarks.canned import reply_to
from benchmarks.plan import Result, Task
from sixmm import Client
from sixmm.clock import Deadline
from sixmm.transport.base import HttpRequest, HttpResponse, HttpTransport

from .rest_meter import calls_measured

__all__ = ["call", "call_signed", "call_unsigned"]


class _Echo(HttpTransport):
    """Answers at once, without a network."""

    def __init__(self) -> None:
        self._replies: dict[str, bytes] = {}

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:  # noqa: ARG002
        path = "/" + request.url.partition("?")[0].split("/", 3)[3]
        body = self._replies.get(path) or self._replies.setdefault(path, reply_to(path))
        return HttpResponse(status=200, body=body)

    def close(self) -> None:
        """Do nothing."""


def call(task: Task) -> Result:
    """Measure signed calls over the network."""
    client = Client(
        api_key="bench", api_secret="bench", rest_url=task.addresses.rest_url, pace=None
    )
    return calls_measured(task, client.user.asset)


def call_signed(task: Task) -> Result:
    """Measure signed calls without a network."""
    client = Client(api_key="bench", api_secret="bench", http=_Echo(), pace=None)
    return calls_measured(task, client.user.asset)


def call_unsigned(task: Task) -> Result:
    """Measure the same calls with an access token in place of a signature."""
    client = Client(access_token="bench", http=_Echo(), pace=None)
    return calls_measured(task, client.user.asset)
