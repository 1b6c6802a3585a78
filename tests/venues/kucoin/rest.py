"""A REST side of KuCoin for tests: runs plans, and answers calls from tables."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from sixmm.redaction import Secret
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Call, Credentials
from sixmm.venues.kucoin.envelope import parse

from .examples import compact

KEY = Credentials(
    api_key=Secret("my-api-key"),
    api_secret=Secret("secret"),
    passphrase=Secret("my-passphrase"),
)


def reply(value: Any, *, status: int = 200, **headers: str) -> HttpResponse:
    """Return a reply with a JSON body."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status=status, headers=names, body=compact(value).encode())


def success(data: Any) -> HttpResponse:
    """Return the reply of a call that worked."""
    return reply({"code": "200000", "data": data})


def run(plan: Generator[Call, Any, Any], answer: Callable[[Call], Any]) -> tuple[Any, list[Call]]:
    """Run a plan; ``answer`` gives the data of each call, or the error to throw.

    Return what the plan returns and the calls that it made.
    """
    made: list[Call] = []
    try:
        call = next(plan)
        while True:
            made.append(call)
            data = answer(call)
            if isinstance(data, Exception):
                call = plan.throw(data)
            else:
                call = plan.send(parse(call, success(data)))
    except StopIteration as stop:
        return stop.value, made
