"""Writes and resolutions as values."""

from __future__ import annotations

import pickle

import pytest

from sixmm.ordering.writes import Kind, Outcome, Resolution, Resolved, Target, Write
from sixmm.state.models import Order

ORDER = Order(order_id="1", status="PENDING", rank=1)


def resolution(*outcomes: Outcome) -> Resolution:
    """Return a resolution with these parts."""
    parts = tuple(Resolved(target=Target(), outcome=outcome, order=ORDER) for outcome in outcomes)
    return Resolution(kind=Kind.PLACE, parts=parts)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Outcome.CONFIRMED], Outcome.CONFIRMED),
        ([Outcome.CONFIRMED, Outcome.CONFIRMED], Outcome.CONFIRMED),
        ([Outcome.CONFIRMED, Outcome.NOT_DONE], Outcome.NOT_DONE),
        ([Outcome.CONFIRMED, Outcome.REJECTED, Outcome.NOT_DONE], Outcome.REJECTED),
    ],
)
def test_the_whole(parts: list[Outcome], whole: Outcome) -> None:
    """A batch is confirmed where all of it is."""
    assert resolution(*parts).outcome is whole


def test_the_order_of_one() -> None:
    """A batch has no single order."""
    assert resolution(Outcome.CONFIRMED).order == ORDER
    assert resolution(Outcome.CONFIRMED, Outcome.CONFIRMED).order is None


def test_text_of_a_target() -> None:
    """It is named by the id that there is."""
    assert str(Target(symbol="BTCUSDT", order_id="1", client_order_id="a")) == "1 (BTCUSDT)"
    assert str(Target(client_order_id="a")) == "a"
    assert str(Target(symbol="BTCUSDT")) == "every order (BTCUSDT)"


def test_pickles() -> None:
    """Another process may find out what became of a write."""
    write = Write(kind=Kind.CANCEL, targets=(Target(order_id="1"),), earliest_ms=1, latest_ms=2)

    assert pickle.loads(pickle.dumps(write)) == write
