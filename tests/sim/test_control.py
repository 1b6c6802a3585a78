"""Faults over HTTP, for another process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sixmm.sim import Exchange

from .client import Rest, Stream

Dial = Callable[..., Stream]


def control(rest: Rest, body: Any, kind: str = "application/json") -> Any:
    """Send a fault over HTTP."""
    return rest.send("POST", "/_sim/faults", "", json.dumps(body), Content_Type=kind)


def test_faults_over_http(exchange: Exchange, rest: Rest, dial: Dial) -> None:
    """Another process can cause every fault; arguments beside the name or under args."""
    stream = dial()

    assert control(rest, {"name": "lose_acks", "count": 1})["data"] == {"result": None}
    assert control(rest, {"name": "cut", "args": {"how": "fin"}})["data"] == {"result": 1}
    assert stream.end()[0] is None
    assert exchange._core.faults.lost_acks == 1
    assert all(record.path != "/_sim/faults" for record in exchange.requests)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "explode"},
        {"name": "_all"},
        {"name": ["cut"]},
        {},
        [],
        {"name": "cut", "args": 5},
        {"name": "cut", "how": "politely"},
        {"name": "cut", "who": "me"},
        {"name": "slow", "seconds": "x"},
        {"name": "slow", "seconds": float("nan")},
        {"name": "slow", "seconds": float("inf")},
        {"name": "slow"},
        {"name": "clock_skew", "ms": float("nan")},
        {"name": "clock_skew", "ms": float("inf")},
        {"name": "clock_skew", "ms": 10**15},
        {"name": "refuse", "count": 1, "status": 99},
        {"name": "refuse", "count": 1, "status": "busy"},
        {"name": "rest_error", "count": 1, "http_status": 0},
        {"name": "cut", "how": "close", "code": 0},
        {"name": "lose_acks", "count": float("nan")},
    ],
)
def test_bad_control_bodies(rest: Rest, body: Any) -> None:
    """A fault or an argument that does not exist is 2002 with a sentence."""
    reply = control(rest, body)

    assert reply["code"] == 2002
    assert reply["message"]


def test_the_control_address_wants_json(rest: Rest) -> None:
    """A form of some web page gets nowhere."""
    assert control(rest, {"name": "clear"}, "text/plain")["code"] == 2002
    assert rest.last.status_code == 415
    assert rest.send("GET", "/_sim/faults")["code"] == 2002
    assert rest.last.status_code == 405
