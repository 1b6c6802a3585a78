"""The documented examples, and helpers that several test modules of the venue share."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import yaml

from sixmm.redaction import Secret
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Call, Credentials
from sixmm.venues.sixmm.envelope import parse

DATA = Path(__file__).parents[2] / "data"

KEY = Credentials(api_key=Secret("fx_key"), api_secret=Secret("s3cr3t"))
TOKEN = Credentials(access_token=Secret("jwt.jwt.jwt"))
BOTH = Credentials(
    api_key=Secret("fx_key"), api_secret=Secret("s3cr3t"), access_token=Secret("jwt.jwt.jwt")
)

WRONG_TYPES: list[Any] = [
    *(None, True, False, 1, 1.5, "", "x", "1e5", "NaN"),
    *([], [1], [["1"]], ["x"], {}, {"a": 1}),
]
"""JSON values of every type, as :mod:`json` writes them."""


def examples(kind: str) -> dict[str, Any]:
    """Return the payloads of one kind of example by their name."""
    lines = (DATA / "6mm-examples.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["name"]: row["payload"] for row in rows if row["kind"] == kind}


@functools.lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """Return the fact sheet of the REST API."""
    text = (DATA / "6mm-openapi.yaml").read_text(encoding="utf-8")
    sheet: dict[str, Any] = yaml.safe_load(text)
    return sheet


def compact(value: Any) -> str:
    """Return the JSON text of a value as the exchange prints it: without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def reply(value: Any, *, status: int = 200, **headers: str) -> HttpResponse:
    """Return a reply with a JSON body."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status=status, headers=names, body=compact(value).encode())


def success(data: Any) -> HttpResponse:
    """Return the reply of a call that worked."""
    return reply({"code": 0, "message": "success", "data": data, "requestId": "req-1"})


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
