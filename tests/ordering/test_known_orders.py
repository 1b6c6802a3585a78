"""The orders that were confirmed for a name are remembered, and not for ever."""

from __future__ import annotations

from sixmm.ordering.known_orders import KnownOrders
from sixmm.ordering.writes import Target

TARGET = Target(symbol="BTCUSDT", client_order_id="a")


def test_by_symbol_and_name() -> None:
    """An order of another symbol, or of another name, is no older one of this name."""
    known = KnownOrders()
    known.note(TARGET, "1")
    known.note(TARGET, "2")
    known.note(Target(symbol="ETHUSDT", client_order_id="a"), "3")
    known.note(Target(symbol="BTCUSDT", client_order_id="b"), "4")

    assert known.of(TARGET) == ("1", "2")
    assert known.of(TARGET, Target(symbol="BTCUSDT", client_order_id="b")) == ("1", "2", "4")
    assert known.of() == ()


def test_what_has_no_name_or_no_id() -> None:
    """There is nothing to remember."""
    known = KnownOrders()
    known.note(Target(symbol="BTCUSDT"), "1")
    known.note(TARGET, None)

    assert known.of(TARGET, Target(symbol="BTCUSDT")) == ()


def test_only_the_latest() -> None:
    """What is older is told apart by its time."""
    known = KnownOrders(most=2)
    for order_id in ("1", "2", "3"):
        known.note(TARGET, order_id)

    assert known.of(TARGET) == ("2", "3")
