"""Reading subscriptions."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim.rocketfi.topics import KINDS, Refused, Topic, read_topic

ACCOUNT = "0xfe0F5544a746dA9BEb8046b10bE24a20659a9D83"
INSTRUMENT = "0x0100000000000000"
MEMBERS = {"account": ACCOUNT, "instrumentId": INSTRUMENT, "assetId": 1, "interval": "1m"}


def read(payload: object, *, firehose: bool = False) -> Topic:
    """Read on a server with one instrument and two assets."""
    return read_topic(payload, instruments={INSTRUMENT}, assets={0, 1}, firehose=firehose)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(kind: str) -> None:
    """There are 13 kinds; each has what it must have, and the account without its case."""
    assert len(KINDS) == 13
    topic = read({kind: {name: MEMBERS[name] for name in KINDS[kind] or ("account",)}})

    assert topic.kind == kind
    assert topic.account in ("", ACCOUNT.lower())
    assert topic.key.split("|")[0] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_that_is_missing(kind: str) -> None:
    """It is refused, and said which."""
    for missing in KINDS[kind]:
        members = {name: MEMBERS[name] for name in KINDS[kind] if name != missing}
        with pytest.raises(Refused, match=f"missing field {missing}"):
            read({kind: members})


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (None, "expected one"),
        ("OrderEvents", "expected one"),
        ({}, "expected one"),
        ({"A": {}, "B": {}}, "expected one"),
        ({"Trades": {}}, "unknown variant"),
        ({"Position": []}, "has members"),
        ({"Position": {"account": "alice"}}, "invalid account"),
        ({"Orderbook": {"instrumentId": True}}, "invalid instrumentId"),
        ({"Orderbook": {"instrumentId": 2}}, "unknown instrument"),
        ({"AssetPriceFeed": {"assetId": 9}}, "unknown asset"),
        ({"AssetPriceFeed": {"assetId": "1"}}, "invalid assetId"),
        ({"Candle": {"instrumentId": 1, "interval": "2m"}}, "invalid interval"),
        ({"OrderEvents": {}}, "account or instrumentId"),
    ],
)
def test_what_is_refused(payload: Any, text: str) -> None:
    """Whatever makes no sense is refused with a reason."""
    with pytest.raises(Refused, match=text):
        read(payload)


def test_order_events() -> None:
    """They are of an account, of an instrument, of both, or of everybody where that is allowed."""
    both = read({"OrderEvents": {"account": ACCOUNT, "instrumentId": 1}})
    assert (both.account, both.instrument) == (ACCOUNT.lower(), INSTRUMENT)
    assert read({"OrderEvents": {"instrumentId": INSTRUMENT, "account": None}}).account == ""
    assert read({"OrderEvents": {}}, firehose=True) == Topic(kind="OrderEvents")
