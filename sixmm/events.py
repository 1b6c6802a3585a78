"""What a caller takes from the inbox: the base of every event, and the events about the connection.

Every event has ``topic``, ``ts`` (exchange time in Unix milliseconds; for an event about the
connection, local time), ``received_at`` (local Unix milliseconds), ``origin``, ``raw`` (the wire
text) and ``extra`` (the fields that the schema does not name). What happens to the connection
travels in the same lane as the data, in order, so that nobody has to ask a flag.

The events of a venue are in its own schema module; this module names no venue.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from .errors import SixmmError

__all__ = [
    "CheckpointFailed",
    "Connected",
    "ConnectionEvent",
    "DecodeFailed",
    "Disconnected",
    "Event",
    "InboxFilling",
    "Origin",
    "Overflow",
    "Resynced",
    "SessionExpiring",
    "SessionRenewed",
    "SubscriptionFailed",
    "UnknownEvent",
]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Origin(str, enum.Enum):
    """Where an event comes from."""

    STREAM = "STREAM"
    """A push of the exchange."""
    REST = "REST"
    """A difference that a comparison of the account by REST has shown."""
    CLIENT = "CLIENT"
    """The client itself, about its connection."""

    def __str__(self) -> str:
        return self.value


@attrs.frozen(kw_only=True)
class Event:
    """The base of everything that :meth:`sixmm.Client.get` returns."""

    topic: str = ""
    """The topic that it came under, or ``""``."""
    ts: int = 0
    """When it happened, by the exchange's clock, in Unix milliseconds."""
    received_at: int = 0
    """When it was received, by the local clock, in Unix milliseconds."""
    origin: Origin = Origin.STREAM
    """Whether a push or a REST snapshot told it."""
    raw: str = attrs.field(default="", repr=False)
    """The wire text that it was read from; ``""`` for an event about the connection."""
    redelivered: bool = attrs.field(default=False, repr=False, eq=False)
    """Whether an earlier run of the program may have been given it: it comes from a checkpoint."""
    late: bool = attrs.field(default=False, repr=False, eq=False)
    """Whether it tells of an order, position or balance what was so before something that was told
    already. The account keeps the later state."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The fields of the wire text that the schema does not name, worked out on access."""
        return _NOTHING


@attrs.frozen(kw_only=True)
class UnknownEvent(Event):
    """A message whose type or topic the schema does not know; never an error, never dropped.

    ``data`` is the decoded JSON of the whole message.
    """

    event_type: str | None = None
    """The type that it names, where it names one."""
    data: Any = None
    """The decoded message."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """Every field of the message's data, since no schema names any of them."""
        inner = self.data.get("data") if isinstance(self.data, dict) else None
        return MappingProxyType(inner) if isinstance(inner, dict) else _NOTHING


@attrs.frozen(kw_only=True)
class DecodeFailed(Event):
    """A frame that could not be decoded. The reader lives on; ``raw`` has the frame.

    ``error`` says where and why.
    """

    error: SixmmError
    """The cause, with the path of the field."""


@attrs.frozen(kw_only=True)
class ConnectionEvent(Event):
    """The base of what the client tells about its connection."""

    origin: Origin = Origin.CLIENT
    line: str = ""
    """The name of the connection, for a client that has several; else ``""``."""


@attrs.frozen(kw_only=True)
class Connected(ConnectionEvent):
    """A link is open, the credential is accepted and every wanted topic was asked for.

    A topic that was not acknowledged in time is not among ``topics``: it is asked for again. For a
    private stream the account is not yet certain: wait for :class:`Resynced`.
    """

    connection: int
    """Which connection of this client it is, from 1."""
    private: bool
    """Whether private events flow on it."""
    topics: tuple[str, ...] = ()
    """The market topics that were subscribed again."""


@attrs.frozen(kw_only=True)
class Disconnected(ConnectionEvent):
    """The link ended, or could not be made. Until :class:`Resynced` the account is stale."""

    connection: int
    """Which connection of this client it was, or would have been, from 1."""
    error: SixmmError
    """What ended it."""
    retry_in: float | None
    """Seconds until the next attempt, or None where there is none."""


@attrs.frozen(kw_only=True)
class Resynced(ConnectionEvent):
    """A REST snapshot was merged with what was buffered; everything missed has been delivered.

    ``unchecked`` says what could not be asked, by part: those parts of the mirror stay stale. They
    are tried again after a while, or at the next connection where the key may not read them.
    """

    reason: str
    """``"start"``, ``"reconnect"``, ``"retry"`` (of what could not be read before), ``"audit"``
    (the account showed what the stream had not told), or ``"rotation"`` (a link has taken the place
    of one that its server would have ended)."""
    connection: int
    """Which connection of this client it belongs to."""
    checked: tuple[str, ...] = ()
    """The parts that were compared: ``"fills"``, ``"orders"``, ``"positions"``, ``"balances"``,
    ``"conditions"`` (condition orders)."""
    unchecked: Mapping[str, str] = attrs.field(factory=dict)
    """The parts that could not be compared, each with the reason."""
    delivered: int = 0
    """How many events with ``origin=REST`` came before this one."""
    repeated: int = 0
    """How many buffered pushes told nothing new and were left out."""


@attrs.frozen(kw_only=True)
class SubscriptionFailed(ConnectionEvent):
    """A topic for which no caller waits could not be subscribed: one that was live before the
    connection was lost, or that the client asks for by itself.

    It was refused, or never acknowledged although it was asked for several times. The topic stays
    wanted and is asked for again at the next connection.
    """

    topics: tuple[str, ...]
    """The topics of the request; empty where the exchange does not say what it refuses."""
    error: SixmmError
    """The refusal, or the missing answer."""


@attrs.frozen(kw_only=True)
class SessionRenewed(ConnectionEvent):
    """The session key of the private stream was renewed."""

    expires_at_ms: int
    """When it ends now, in Unix milliseconds."""


@attrs.frozen(kw_only=True)
class SessionExpiring(ConnectionEvent):
    """The session key is over or in doubt: a new key and a new link follow."""

    error: SixmmError | None
    """What the renewal or the link said, or None where the key simply expired."""
    expires_at_ms: int
    """When the old key ends, in Unix milliseconds."""


@attrs.frozen(kw_only=True)
class Overflow(ConnectionEvent):
    """Market data was dropped because the caller took events more slowly than they came.

    Private events are never dropped: at its bound the client stops reading instead.
    """

    dropped: int
    """How many messages were dropped since the last such event."""
    policy: str
    """The policy that dropped them: ``"drop_oldest"`` or ``"latest"``."""


@attrs.frozen(kw_only=True)
class CheckpointFailed(ConnectionEvent):
    """The checkpoint does not follow: what it has stays consistent, and ends before this moment.

    The stream goes on. What comes later is told again by the comparison after the next start, with
    ``origin=REST``, unless the checkpoint catches up.
    """

    error: SixmmError
    """What is wrong."""
    is_over: bool
    """Whether it has ended; else the same is tried again, and events queue for it meanwhile."""


@attrs.frozen(kw_only=True)
class InboxFilling(ConnectionEvent):
    """The private lane is at 80 % of its bound; at the bound the client stops reading."""

    events: int
    """How many events wait."""
    size_bytes: int
    """How many bytes of wire text they hold."""
