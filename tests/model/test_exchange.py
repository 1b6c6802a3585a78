"""The plain exchange: what it pushes is what it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .exchange import Logged, PlainExchange


@pytest.fixture
def pushed() -> list[Logged]:
    """Everything that was pushed."""
    return []


@pytest.fixture
def exchange(pushed: list[Logged]) -> PlainExchange:
    """An exchange with one order."""
    exchange = PlainExchange("user.9", pushed.append)
    exchange.place(3, "BTCUSDT")
    return exchange


def told(logged: Logged, part: str) -> Any:
    """Return a part of a push."""
    return json.loads(logged.text).get(part, [])


def test_one_match_may_fill_an_order_several_times(
    exchange: PlainExchange, pushed: list[Logged]
) -> None:
    """In one moment, never more than there is; then the account is told of all of it."""
    exchange.fill("o1", 1, 1, 5)
    exchange.fill("o1", 1)
    states = [
        (row["status"], row["executed_quantity"]) for p in pushed for row in told(p, "orders")
    ]

    assert states == [
        ("NEW", "0"),
        ("PARTIALLY_FILLED", "1"),
        ("PARTIALLY_FILLED", "2"),
        ("FILLED", "3"),
    ]
    assert len({fill["time_ms"] for fill in exchange.fills}) == 1
    assert told(pushed[-1], "balances")[0]["wallet"] == str(10_000 - 3)
    assert exchange.log == pushed


def test_questions_are_answered_as_of_now(exchange: PlainExchange) -> None:
    """An order is in one of the lists; fills and ended orders are asked for from a time on."""
    assert [row["order_id"] for row in exchange.answer("/orders", {"list": "open"})] == ["o1"]
    exchange.fill("o1", 1)
    exchange.amend("o1", 120, 1)
    exchange.cancel("o1")
    ended = {"list": "ended", "since": str(exchange.now_ms)}

    assert exchange.answer("/orders", {"list": "open"}) == []
    assert exchange.answer("/orders", ended)[0]["status"] == "PARTIALLY_FILLED_CANCELED"
    later = {**ended, "since": str(exchange.now_ms + 1)}
    assert exchange.answer("/orders", later) == []
    assert len(exchange.answer("/orders", {**later, "known": "o1,o2"})) == 1
    assert len(exchange.answer("/fills", {"since": "0"})) == 1
    assert exchange.answer("/fills", later) == []


def test_a_closed_position_is_not_listed(exchange: PlainExchange, pushed: list[Logged]) -> None:
    """It is pushed with quantity 0."""
    exchange.set_position("ETHUSDT", 2)
    exchange.set_position("ETHUSDT", 0)

    assert exchange.answer("/positions", {}) == []
    assert told(pushed[-1], "positions")[0]["quantity"] == "0"
