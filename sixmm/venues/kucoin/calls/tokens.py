"""The calls that open a connection, and the exchange's clock."""

from __future__ import annotations

from ....errors import ConfigurationError
from ...base import Auth, PaceClass
from .. import rest_schema as rest
from ..enums import Connection
from ..hosts import Host
from .call import KuCoinCall, as_

__all__ = ["server_time", "stream_token"]

_TOKEN_PATH = "/api/v1/bullet-{}"
_PRO_TOKEN_PATH = "/api/v2/bullet-private"


def stream_token(connection: Connection) -> KuCoinCall:
    """Return the call that makes the token of a connection; its result is a ``StreamToken``.

    A token lives for 24 hours and is used for one connection. It is asked for without a body.

    Raises:
        ConfigurationError: the connection needs no token.
    """
    if connection is Connection.PRIVATE_PRO_V2:
        path = _PRO_TOKEN_PATH
    elif connection.is_pro:
        raise ConfigurationError(f"{connection} needs no token")
    else:
        path = _TOKEN_PATH.format("private" if connection.is_private else "public")
    return KuCoinCall(
        operation="streamToken",
        method="POST",
        path=path,
        auth=Auth.ACCOUNT if connection.is_private else Auth.NONE,
        result=as_(rest.StreamToken),
        pace=PaceClass.SESSION,
        host=Host.FUTURES if connection.is_futures else Host.SPOT,
    )


def server_time() -> KuCoinCall:
    """Return the call whose result is the exchange's clock in Unix milliseconds."""
    return KuCoinCall(
        operation="serverTime",
        method="GET",
        path="/api/v1/timestamp",
        result=as_(int),
        pace=PaceClass.SESSION,
    )
