"""Tokens and servers."""

from __future__ import annotations

import pytest

from sixmm.errors import DecodeError
from sixmm.redaction import Secret
from sixmm.venues.kucoin.rest_schema import StreamToken, result_of

REPLY = {
    "token": "opaque-token",
    "instanceServers": [
        {
            "endpoint": "wss://ws-api-spot.kucoin.com/",
            "encrypt": True,
            "protocol": "websocket",
            "pingInterval": 18_000,
            "pingTimeout": 10_000,
        }
    ],
}


def test_documented_reply() -> None:
    """A reply has a token, which is secret, and servers with their ping figures."""
    token = result_of(StreamToken, REPLY)
    (server,) = token.servers

    assert token.token == Secret("opaque-token")
    assert "opaque-token" not in repr(token)
    assert (server.endpoint, server.ping_interval_ms) == ("wss://ws-api-spot.kucoin.com/", 18_000)


def test_reply_of_the_unified_account() -> None:
    """The token of the unified stream comes alone."""
    assert result_of(StreamToken, {"token": "opaque-token"}).servers == ()


@pytest.mark.parametrize("data", [None, {}, {"token": None}, {"token": 5}, "opaque-token"])
def test_no_token(data: object) -> None:
    """A reply without a token is refused."""
    with pytest.raises(DecodeError):
        result_of(StreamToken, data)
