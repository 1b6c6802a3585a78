"""The 13 feeds as values."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.rocketfi import topics
from sixmm.venues.rocketfi.topics import (
    KINDS,
    Candle,
    Collateral,
    Orderbook,
    OrderEvents,
    Position,
    Topic,
    check_topic,
    parse_topic,
    topic_of_payload,
)

from .examples import ACCOUNT, INSTRUMENT, NUMBER

MEMBERS: dict[str, Any] = {
    "account": ACCOUNT,
    "instrument_id": INSTRUMENT,
    "asset_id": 1,
    "interval": "1m",
}
SIMPLE = [
    cls(**{one.name: MEMBERS[one.name] for one in attrs.fields(cls)}) for cls in KINDS.values()
]


def test_there_are_thirteen() -> None:
    """All of them are exported by their names on the wire."""
    assert len(KINDS) == 13
    assert all(getattr(topics, kind) is cls for kind, cls in KINDS.items())


@pytest.mark.parametrize("topic", SIMPLE, ids=lambda topic: topic.kind)
def test_text_and_payload_lead_back(topic: Topic) -> None:
    """A topic can be said as text and as a subscription, and is the same after it."""
    assert parse_topic(str(topic)) == topic
    assert topic_of_payload(topic.payload()) == topic
    assert check_topic(topic) == check_topic(str(topic)) == str(topic)
    assert {topic: 1}[parse_topic(str(topic))] == 1


def test_the_form_of_ids_does_not_matter() -> None:
    """Case of an address, hex or number of an instrument, digits of an asset."""
    assert Position(account=ACCOUNT) == Position(account=ACCOUNT.lower())
    assert Orderbook(instrument_id=NUMBER) == Orderbook(instrument_id=INSTRUMENT)
    assert Collateral(asset_id="0", account=ACCOUNT) == Collateral(asset_id=0, account=ACCOUNT)
    told = topic_of_payload({"Orderbook": {"instrumentId": NUMBER, "depth": 5}})
    assert told == Orderbook(instrument_id=INSTRUMENT)


def test_what_is_sent() -> None:
    """The members have their names on the wire, and an asset stays a number."""
    topic = Collateral(asset_id=0, account=ACCOUNT)

    assert topic.payload() == {"Collateral": {"assetId": 0, "account": ACCOUNT.lower()}}
    assert str(topic) == f"Collateral?assetId=0&account={ACCOUNT.lower()}"
    assert OrderEvents(account=ACCOUNT).payload() == {"OrderEvents": {"account": ACCOUNT.lower()}}
    assert topic.account == ACCOUNT.lower()
    assert Orderbook(instrument_id=INSTRUMENT).account is None


@pytest.mark.parametrize(
    ("cls", "members"),
    [
        (Position, {"account": "alice"}),
        (Position, {"account": 5}),
        (Orderbook, {"instrument_id": "a b"}),
        (Orderbook, {"instrument_id": True}),
        (Orderbook, {"instrument_id": "x" * 65}),
        (Collateral, {"asset_id": -1, "account": ACCOUNT}),
        (Collateral, {"asset_id": "one", "account": ACCOUNT}),
        (Candle, {"instrument_id": INSTRUMENT, "interval": "2m"}),
        (OrderEvents, {}),
    ],
)
def test_what_is_refused(cls: type[Topic], members: dict[str, Any]) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(ConfigurationError):
        cls(**members)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Orderbook",
        "Trades?instrumentId=1",
        "Orderbook?instrument=1",
        "Orderbook?instrumentId=1&instrumentId=2",
        "Orderbook?instrumentId=1&interval=1m",
        f"Collateral?account={ACCOUNT}",
        "market.depth.BTCUSDT",
        5,
        None,
    ],
)
def test_what_is_no_topic(said: Any) -> None:
    """The error shows the forms."""
    with pytest.raises(ConfigurationError, match="Orderbook\\?instrumentId"):
        parse_topic(said)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "Orderbook",
        {},
        {"Orderbook": None},
        {"Orderbook": {}},
        {"Orderbook": {"instrumentId": None}},
        {"Trades": {"instrumentId": INSTRUMENT}},
        {"Position": {"account": "alice"}},
        {"OrderEvents": {}},
        {"A": {}, "B": {}},
    ],
)
def test_what_is_no_subscription(payload: Any) -> None:
    """Nothing is raised for what a server sends."""
    assert topic_of_payload(payload) is None
