"""The messages of the benchmark are what an exchange would send, and none is sent twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.messages import BLOCK, KINDS, MIX, ROUND, make_block, mean_size, topic_of
from sixmm import AccountUpdate, DepthUpdate, OrderTradeUpdate
from sixmm.venues.sixmm.venue import SixmmVenue

_SIZES = {"order": 450, "account": 900, "depth": 1000}
_SECOND = 1_795_000_000


def payloads(kind: str, second: int = _SECOND, **options: int) -> list[bytes]:
    """Return the texts of one round; every message here has a header of four bytes."""
    block = make_block(kind, **options)
    data = block.render(second)
    return [data[begin + 4 : end] for begin, end in block.bounds]


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_is_json_and_distinct(kind: str) -> None:
    """No message of two rounds is a repeat, so a client that drops repeats drops none."""
    texts = payloads(kind) + payloads(kind, _SECOND + 1)

    assert len({json.dumps(json.loads(text)) for text in texts}) == 2 * BLOCK
    assert not any(ROUND in text for text in texts)


@pytest.mark.parametrize("kind", _SIZES)
def test_sizes_are_those_that_the_report_names(kind: str) -> None:
    """An order has about 450 bytes, an account update 900, a depth delta 1,000."""
    assert mean_size(kind) == pytest.approx(_SIZES[kind], rel=0.15)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("order", OrderTradeUpdate), ("account", AccountUpdate), ("depth", DepthUpdate)],
)
def test_the_client_understands_them(kind: str, expected: type) -> None:
    """Every message is an event of its type; an order has exactly the two unknown members."""
    venue = SixmmVenue()
    events = [venue.decode(text) for text in payloads(kind)]

    assert {type(event) for event in events} == {expected}
    if kind == "order":
        assert {frozenset(event.extra) for event in events} == {frozenset({"sequence", "note"})}


def test_an_order_ends_after_it_began() -> None:
    """Two messages are the life of an order; one end in five is a fill with an id of its own."""
    pushes = [json.loads(text)["data"] for text in payloads("order")]
    begins, ends = pushes[::2], pushes[1::2]

    for begin, end in zip(begins, ends, strict=True):
        assert begin["orderId"] == end["orderId"]
        assert begin["orderStatus"] == "NEW"
        assert end["updatedAt"] > begin["updatedAt"]
    fills = [end["fillId"] for end in ends if end["orderStatus"] == "FILLED"]
    assert len(fills) == len(set(fills)) == BLOCK // 10


def test_a_mix_has_its_shares() -> None:
    """70 % depth, 25 % orders, 5 % account."""
    kinds = [_kind_of(json.loads(text)) for text in payloads("mix")]

    assert {kind: kinds.count(kind) / BLOCK for kind in MIX} == MIX


def _kind_of(push: dict[str, Any]) -> str:
    if push["topic"].startswith("market."):
        return "depth"
    return "order" if push["data"]["eventType"] == "ORDER_TRADE_UPDATE" else "account"


def test_topics_get_equal_shares() -> None:
    """Depth messages go round the topics, each a real topic of the exchange (rule 85)."""
    topics = [json.loads(text)["topic"] for text in payloads("depth", topics=200)]

    assert {topics.count(topic_of(number)) for number in range(200)} == {BLOCK // 200}
    assert [SixmmVenue().check_topic(topic) for topic in topics] == topics


def test_a_least_size_is_kept() -> None:
    """For the comparison with peers every order has the same size."""
    assert {len(text) for text in payloads("order", size=900)} == {900}


def test_an_unknown_kind_is_refused() -> None:
    """A misspelt kind is told, not measured."""
    with pytest.raises(ValueError, match="is none of"):
        make_block("ordr")
