"""The figures of a client's stream, as one value."""

from __future__ import annotations

import attrs

from .states import State

__all__ = ["Counters", "Stats"]


@attrs.define
class Counters:
    """What the threads of a session count. Each figure is written by one thread at a time.

    ``decode_failures`` counts in the reader thread, ``undecoded`` in the thread that takes events.
    """

    connects: int = 0
    decode_failures: int = 0
    undecoded: int = 0
    repeated: int = 0
    audits: int = 0
    unrequested: int = 0
    last_frame_at: float | None = None
    round_trip: float | None = None
    last_error: str | None = None


@attrs.frozen(kw_only=True)
class Stats:
    """How a client's stream stands at one moment."""

    state: State
    """Where the connection stands."""
    connects: int
    """How many connections became live."""
    reconnects: int
    """How many of them replaced an earlier one."""
    last_frame_age: float | None
    """Seconds since the last inbound frame, or None before the first."""
    round_trip: float | None
    """Seconds of the last ping, or None before the first answer."""
    private_waiting: int
    """How many private and connection events wait for the caller."""
    market_waiting: int
    """How many market messages wait for the caller."""
    dropped: int
    """How many market messages were dropped by the policy of the inbox."""
    decode_failures: int
    """How many messages could not be decoded."""
    repeated: int
    """How many private pushes told nothing new and were left out."""
    audits: int
    """How often the account was compared although nothing called for it."""
    unrequested: int
    """How many market messages came for a topic that is not subscribed."""
    stream_key_expires_at_ms: int | None
    """When the key of the private stream ends (exchange time), or None where there is none."""
    topics: tuple[str, ...]
    """The market topics that are acknowledged."""
    last_error: str | None
    """What ended the last connection or attempt."""
