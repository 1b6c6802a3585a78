"""What is asked of a candidate and of the sender, and what a run gives back: plain JSON values."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Addresses", "Flood", "Result", "Task"]


@dataclass(frozen=True)
class Flood:
    """What the sender sends after "go".

    Args:
        kind: the kind of message, see :data:`benchmarks.messages.KINDS`.
        count: how many messages, over all connections.
        connections: how many of the newest connections take part; each gets an equal share.
        topics: over how many topics depth messages are spread.
        size: the least bytes of a message; 0 leaves them as they are.
        burst: how many messages are sent at once; 0 sends as fast as the connection takes them.
        interval_ms: milliseconds from one burst to the next.
        hang_up: whether the connections are ended afterwards.
        to_next: whether it goes to the connections that are made after it was asked for, as soon as
            they are there.
    """

    kind: str = "order"
    count: int = 0
    connections: int = 1
    topics: int = 1
    size: int = 0
    burst: int = 0
    interval_ms: float = 0.0
    hang_up: bool = False
    to_next: bool = False


@dataclass(frozen=True)
class Addresses:
    """Where the sender listens on 127.0.0.1, and the file of its certificate authority."""

    plain: int
    tls: int
    control: int
    authority: str

    def ws_url(self, *, tls: bool) -> str:
        """Return the address of the stream."""
        return f"wss://localhost:{self.tls}/ws" if tls else f"ws://127.0.0.1:{self.plain}/ws"

    @property
    def rest_url(self) -> str:
        """The address of the REST calls."""
        return f"http://127.0.0.1:{self.plain}"


@dataclass(frozen=True)
class Task:
    """One run of one candidate, in a process of its own.

    Args:
        stack: the name of the candidate, see :mod:`benchmarks.stacks`.
        flood: what the sender sends.
        addresses: where the sender is.
        tls: whether the stream runs over TLS.
        spin: whether another Python thread computes all the time.
        program: what is run: ``"receive"`` measures a flood from "go" to the last message.
        options: what else a program wants to know.
    """

    stack: str
    flood: Flood
    addresses: Addresses
    tls: bool = False
    spin: bool = False
    program: str = "receive"
    options: dict[str, Any] = dataclasses.field(default_factory=dict)

    def to_json(self) -> str:
        """Return the task in one line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Return the task that :meth:`to_json` wrote."""
        fields = json.loads(text)
        fields["flood"] = Flood(**fields["flood"])
        fields["addresses"] = Addresses(**fields["addresses"])
        return cls(**fields)


Result = dict[str, float]
"""The figures of one run by name, such as ``messages``, ``seconds`` and ``cpu_seconds``."""
