"""Messages by their variant."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.venues.rocketfi.topics import KINDS
from sixmm.venues.rocketfi.variants import OF_ACCOUNTS, OF_MARKETS, topic_text, variant_of

from .examples import ACCOUNT, MESSAGES


def test_every_message_has_a_feed_and_every_feed_a_message() -> None:
    """The 14 messages with data and the 13 kinds of subscription belong together."""
    assert {*OF_ACCOUNTS, *OF_MARKETS} == set(MESSAGES)
    assert {*OF_ACCOUNTS.values(), *OF_MARKETS.values()} == set(KINDS.values())


@pytest.mark.parametrize(
    ("message", "variant"),
    [
        ("Pong", ("Pong", None)),
        ({"Pong": None}, ("Pong", None)),
        ({"A": {"b": 1}}, ("A", {"b": 1})),
        ({}, None),
        ({"A": 1, "B": 2}, None),
        ([], None),
        (5, None),
        (None, None),
    ],
)
def test_variants(message: Any, variant: tuple[str, Any] | None) -> None:
    """An object with one member, or a bare text; anything else is none."""
    assert variant_of(message) == variant


def test_a_feed_that_is_unclear() -> None:
    """Nothing is raised where a member is missing or wrong."""
    assert topic_text("OrderbookUpdate", {}) == ""
    assert topic_text("Nonsense", {"account": ACCOUNT}) == ""
    assert topic_text("CandleUpdate", {"instrument_id": "x", "interval": "2m"}) == ""
    assert topic_text("PositionUpdate", {"account": "alice"}) == ""
    assert topic_text("OrderbookUpdate", {"instrument_id": "x" * 1_000}) == ""
