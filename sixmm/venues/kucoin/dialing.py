"""How a connection is opened: a token of its own, and the server that the token came with.

Each dial takes a new token, since a token ends after 24 hours and so does the connection. Where
there are several servers, the number of the attempt decides, so that a failing one is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

import attrs

from ...errors import ConfigurationError, DecodeError
from ...redaction import Secret
from ..base import Plan
from . import calls
from .enums import Connection
from .limits import PING_WITHIN_MS, TOKEN_LIFE_MS
from .rest_schema import InstanceServer, StreamToken

__all__ = [
    "PING_INTERVAL_MS",
    "PING_TIMEOUT_MS",
    "PRO_HOSTS",
    "ROTATE_AFTER_MS",
    "StreamDial",
    "dial_plan",
]

PRO_HOSTS: Mapping[Connection, str] = MappingProxyType(
    {
        Connection.PRIVATE_PRO_V2: "wss://wsapi-push.kucoin.com",
        Connection.SPOT_PUBLIC_PRO_V2: "wss://x-push-spot.kucoin.com",
        Connection.FUTURES_PUBLIC_PRO_V2: "wss://x-push-futures.kucoin.com",
    }
)
"""The servers of the unified streams, which no reply names."""

PING_INTERVAL_MS = 18_000
"""How often to ping where nothing says it."""
PING_TIMEOUT_MS = 10_000
"""How long to wait for the pong where nothing says it."""
ROTATE_AFTER_MS = TOKEN_LIFE_MS - 60 * 60 * 1_000
"""After how long a connection is to be replaced: an hour before the server ends it."""

_LEAST_MS = 1_000


@attrs.frozen(kw_only=True)
class StreamDial:
    """How to open one connection, and what it needs to stay open."""

    url: Secret
    """The address with the token in it."""
    endpoint: str
    """The address without it, for logs."""
    connect_id: str | None
    """What the welcome repeats, and an error about the connection, too."""
    ping_interval_ms: int
    """How often to ping at least: the server drops who sends nothing, even while data flows."""
    ping_timeout_ms: int
    rotate_after_ms: int | None
    """After how long it is to be replaced, or None where nothing ends it."""
    login_by_frame: bool = False
    """Whether a login has to be sent after the welcome."""


def dial_plan(
    connection: Connection,
    *,
    connect_id: str,
    attempt: int = 0,
    login_by_frame: bool = False,
    pro_hosts: Mapping[Connection, str] = PRO_HOSTS,
) -> Plan[StreamDial]:
    """Return the plan that ends with how to open a connection.

    Args:
        connection: which one.
        connect_id: unique among the connections of the account.
        attempt: how many attempts have failed since the last that worked.
        login_by_frame: whether the private unified stream is logged in on by a frame rather than by
            a token in its address.
        pro_hosts: the servers of the unified streams.

    Raises:
        ConfigurationError: the connection has no login by frame.
        DecodeError: the reply has no server.
    """
    if login_by_frame and connection is not Connection.PRIVATE_PRO_V2:
        raise ConfigurationError(f"{connection} has no login by frame")
    if connection.is_pro:
        endpoint = pro_hosts[connection]
        if login_by_frame or not connection.is_private:
            return _dial(endpoint, None, None, None, login_by_frame=login_by_frame)
        reply = yield calls.stream_token(connection)
        return _dial(endpoint, reply, None, None)
    reply = yield calls.stream_token(connection)
    server = _server(reply.servers, attempt)
    return _dial(server.endpoint, reply, server, connect_id)


def _server(servers: Sequence[InstanceServer], attempt: int) -> InstanceServer:
    if not servers:
        raise DecodeError("there is no server", path="$.data.instanceServers")
    return servers[attempt % len(servers)]


def _dial(
    endpoint: str,
    reply: StreamToken | None,
    server: InstanceServer | None,
    connect_id: str | None,
    *,
    login_by_frame: bool = False,
) -> StreamDial:
    pairs = [] if reply is None else [("token", reply.token.reveal())]
    pairs += [] if connect_id is None else [("connectId", connect_id)]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    mark = "&" if "?" in endpoint else "?"
    interval = (server and server.ping_interval_ms) or PING_INTERVAL_MS
    timeout = (server and server.ping_timeout_ms) or PING_TIMEOUT_MS
    return StreamDial(
        url=Secret(f"{endpoint}{mark}{query}" if query else endpoint),
        endpoint=endpoint,
        connect_id=connect_id,
        # As told, but never so seldom that the server drops the connection in between.
        ping_interval_ms=min(max(interval, _LEAST_MS), PING_WITHIN_MS // 2),
        ping_timeout_ms=max(timeout, _LEAST_MS),
        rotate_after_ms=None if reply is None and not login_by_frame else ROTATE_AFTER_MS,
        login_by_frame=login_by_frame,
    )
