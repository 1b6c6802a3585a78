"""What the server says about the connection itself, on both kinds of stream."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import attrs
from attrs import field

from ....codec import parse_json, wire
from ....events import Event
from ..enums import StreamErrorCode
from ..kinds import IdText, Ms, Whole

__all__ = [
    "Ack",
    "ClientRequest",
    "Notice",
    "Pong",
    "ProAck",
    "ProPong",
    "ProRefusal",
    "ProWelcome",
    "Refusal",
    "Welcome",
]


@attrs.frozen(kw_only=True)
class _Control(Event):
    """The base of the frames that are about the connection."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"type"})
    """Known members of the frame that no field takes."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the frame that its class does not name."""
        frame = parse_json(self.raw) if self.raw else {}
        named = {f.metadata["wire"] for f in attrs.fields(type(self)) if "wire" in f.metadata}
        known = named | self.ALSO
        return MappingProxyType({name: item for name, item in frame.items() if name not in known})


@attrs.frozen(kw_only=True)
class Welcome(_Control):
    """The connection can be used from now on."""

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    """The ``connectId`` of the address."""


@attrs.frozen(kw_only=True)
class Ack(_Control):
    """The server has done what was asked."""

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    """The id of the request, as text, also where it was sent as a number."""


@attrs.frozen(kw_only=True)
class Pong(_Control):
    """The answer to a ping; some have no id."""

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    timestamp_us: Whole | None = field(default=None, metadata=wire("timestamp"))
    """When it was sent, in Unix microseconds; seen in live messages, not documented."""


@attrs.frozen(kw_only=True)
class Refusal(_Control):
    """The server refuses a request, the connection, or whatever it got."""

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    """The id of the request, or the ``connectId``; some have none."""
    code: StreamErrorCode | int | None = field(default=None, metadata=wire("code"))
    message: str | None = field(default=None, metadata=wire("data"))


@attrs.frozen(kw_only=True)
class Notice(_Control):
    """A ``notice`` or a ``command``. What is in them is not documented, so it is in ``extra``."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"topic"})

    type: str | None = field(default=None, metadata=wire("type"))
    subject: str | None = field(default=None, metadata=wire("subject"))


@attrs.frozen(kw_only=True)
class ClientRequest(_Control):
    """A request of a client, as it is in a record of what was sent."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"topic", "privateChannel", "response"})

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    type: str | None = field(default=None, metadata=wire("type"))
    """``subscribe`` or ``unsubscribe``."""
    private_channel: bool | None = None
    response: bool | None = None


# The unified stream


@attrs.frozen(kw_only=True)
class ProWelcome(_Control):
    """The connection can be used, or can be logged in on, from now on."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"message", "data", "timestamp"})

    session_id: IdText | None = field(default=None, metadata=wire("sessionId"))
    ping_interval_ms: Ms | None = field(default=None, metadata=wire("pingInterval"))
    ping_timeout_ms: Ms | None = field(default=None, metadata=wire("pingTimeout"))


@attrs.frozen(kw_only=True)
class ProAck(_Control):
    """The server has done what was asked: a subscription or a login."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"result"})

    request_id: IdText | None = field(default=None, metadata=wire("id"))


@attrs.frozen(kw_only=True)
class ProRefusal(_Control):
    """The server refuses a request or the login."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"result", "message", "reason", "msg", "data"})

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    code: IdText | None = field(default=None, metadata=wire("code"))
    """The code of the gateway, such as ``400004``, where it gives one."""
    message: str | None = None
    """Why, in whichever of its members the server says it."""


@attrs.frozen(kw_only=True)
class ProPong(_Control):
    """The answer to a ping."""

    ALSO: ClassVar[frozenset[str]] = frozenset({"type", "op"})

    request_id: IdText | None = field(default=None, metadata=wire("id"))
    ts_ns: Whole | None = field(default=None, metadata=wire("ts"))
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))
