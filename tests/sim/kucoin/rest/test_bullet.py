"""Tokens for the stream."""

from __future__ import annotations

from ..bench import START_NS
from .conftest import Ask


def test_a_token_comes_with_an_address(ask: Ask) -> None:
    """That of its host, and how often to ping."""
    for host, port in (("spot", 5), ("futures", 6)):
        data = ask("/api/v1/bullet-private", host, "POST")
        assert data["instanceServers"] == [
            {
                "endpoint": f"ws://127.0.0.1:{port}/",
                "encrypt": True,
                "protocol": "websocket",
                "pingInterval": 18_000,
                "pingTimeout": 10_000,
            }
        ]


def test_tokens_differ(ask: Ask) -> None:
    """Each call gives another one; that of Pro comes alone."""
    tokens = {ask("/api/v1/bullet-public", "spot", "POST")["token"] for _ in range(3)}
    unified = ask("/api/v2/bullet-private", "spot", "POST")

    assert len(tokens) == 3
    assert unified.keys() == {"token"}


def test_the_time(ask: Ask) -> None:
    """In ms, on both hosts."""
    assert ask("/api/v1/timestamp") == ask("/api/v1/timestamp", "futures") == START_NS // 10**6
