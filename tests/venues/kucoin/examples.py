"""The recorded messages of KuCoin, and helpers that several test modules of the venue share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from sixmm.events import Event
from sixmm.venues.kucoin import decode

E = TypeVar("E", bound=Event)

DATA = Path(__file__).parents[2] / "data"


def examples() -> list[tuple[str, str]]:
    """Return topic and text of every recorded message, each number as it was printed."""
    lines = (DATA / "kucoin-examples.jsonl").read_text(encoding="utf-8").splitlines()
    return [(json.loads(line)["topic"], line.partition('"message":')[2][:-1]) for line in lines]


def texts(topic: str) -> list[str]:
    """Return the texts of the recorded messages of one topic."""
    return [text for name, text in examples() if name == topic]


def compact(value: Any) -> str:
    """Return the JSON text of a value as the exchange prints it: without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def push(topic: str, subject: str, data: Any, **more: Any) -> str:
    """Return the text of a private push."""
    message = {
        "topic": topic,
        "type": "message",
        "subject": subject,
        "userId": "u1",
        "channelType": "private",
        "data": data,
        **more,
    }
    return compact(message)


def pro_push(topic: str, data: Any, push_time_ns: Any = 1_771_761_913_787_998_066) -> str:
    """Return the text of a push of the unified stream."""
    return compact({"T": topic, "P": push_time_ns, "d": data})


def read(cls: type[E], text: str) -> E:
    """Return the event of a text, which has to be of a class."""
    event = decode(text)
    assert isinstance(event, cls), event
    return event
