"""What is sent has the members of the real messages that are known.

The examples come from documents and captures of many years. Each of their members has to be
among those that are sent for the same topic and subject, but for the few that are named here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import localcontext
from pathlib import Path
from typing import Any

import pytest

from sixmm.sim.engine.numbers import SIM_CONTEXT
from sixmm.sim.kucoin.script import Script

from .bench import Bench, D

EXAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "kucoin-examples.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
PUSHES = [one for one in EXAMPLES if "control" not in one["topic"]]

NOT_SENT = {
    "oldSize ",  # a slip of an old document: the name ends in a blank
}


def stem(topic: str) -> str:
    """Return a topic without its symbol, and a Pro channel without its type."""
    if topic.startswith("/"):
        return topic.partition(":")[0]
    return topic.partition(":")[0].rpartition(".")[0]


def sent() -> dict[tuple[str, str], dict[str, set[str]]]:
    """Return members and their JSON types of all that is sent, by topic and subject."""
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for unified in (False, True):
        for fields in ("documented", "live"):
            bench = Bench(unified=unified, fields=fields, old_wallet=True)
            with localcontext(SIM_CONTEXT):
                bench.trader.fund()
                script = Script(bench.trader, 7)
                for _ in range(1_500):
                    script.step()
                order = bench.futures.place("XBTUSDTM", "buy", 1)
                bench.futures.match(order, 1, price=D(70_000), trade_type="adl")
            for push in bench.pushes():
                subject = stem(push.subject) if push.pro else push.subject
                for name, value in json.loads(json.dumps(push.data)).items():
                    found[stem(push.topic), subject][name].add(type(value).__name__)
    return found


SENT = sent()


def place(example: dict[str, Any]) -> tuple[str, str]:
    """Return topic and subject of an example, as they are sent here."""
    message = example["message"]
    if "T" in message:
        return stem(message["T"]), stem(message["T"])
    subject = message["subject"]
    if stem(message["topic"]) == "/margin/position" and "type" in message["data"]:
        # A page prints the payload of the one subject under the other.
        subject = "position.status"
    return stem(message["topic"]), subject


@pytest.mark.parametrize("example", PUSHES, ids=lambda one: one["topic"])
def test_members(example: dict[str, Any]) -> None:
    """Every member of the example is sent on that topic with that subject."""
    known = SENT[place(example)]
    if example["topic"] in ("/contract/marginMode", "/contract/crossLeverage"):
        known = {"ETHUSDTM": set(), **known}
    message = example["message"]
    data = message.get("data", message.get("d"))

    assert known, "nothing is sent there"
    assert data.keys() - NOT_SENT - known.keys() == set()


NUMBERS = {"int", "float"}
LOOSE = {
    ("/contractAccount/wallet", "orderMargin.change"),
    ("/contractAccount/wallet", "availableBalance.change"),
}


@pytest.mark.parametrize("example", PUSHES, ids=lambda one: one["topic"])
def test_types(example: dict[str, Any]) -> None:
    """A text is a text and a number a number, as in the example; of numbers either kind will do."""
    known = SENT[place(example)]
    message = example["message"]
    for name, value in message.get("data", message.get("d")).items():
        kinds = known.get(name)
        if kinds is None or (message.get("T", "").startswith("orderAll") and name == "cS"):
            # One of the examples prints a number where all others print a text.
            continue
        kind = type(value).__name__
        assert kind in kinds or (kind in NUMBERS and kinds & NUMBERS), (name, kind, kinds)


def test_topics_of_the_examples() -> None:
    """Their names are the ones that are pushed to."""
    for example in PUSHES:
        assert stem(example["topic"]) in {name for name, _ in SENT}
