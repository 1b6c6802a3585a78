"""The replies that open a connection: these classes keep no text, because it would hold the token.

The token, the endpoints and the ping figures are used as they are told: all of them may change.
"""

from __future__ import annotations

import attrs
from attrs import field

from ....codec import wire
from ....redaction import Secret
from ..kinds import Ms

__all__ = ["InstanceServer", "StreamToken"]


@attrs.frozen(kw_only=True)
class InstanceServer:
    """One server that takes connections."""

    endpoint: str = field(metadata=wire("endpoint"))
    """Its address, such as ``wss://ws-api-spot.kucoin.com/``."""
    encrypt: bool | None = field(default=None, metadata=wire("encrypt"))
    protocol: str | None = field(default=None, metadata=wire("protocol"))
    ping_interval_ms: Ms | None = field(default=None, metadata=wire("pingInterval"))
    """How often to ping."""
    ping_timeout_ms: Ms | None = field(default=None, metadata=wire("pingTimeout"))
    """How long to wait for the pong."""


@attrs.frozen(kw_only=True)
class StreamToken:
    """A token, which lives for 24 hours, and where to use it.

    The token of the unified stream comes without servers.
    """

    token: Secret = field(metadata=wire("token"))
    servers: tuple[InstanceServer, ...] = field(default=(), metadata=wire("instanceServers"))
