"""Tokens for the stream, and the time."""

from __future__ import annotations

from .route import Visit

__all__ = ["private", "public", "server_time", "unified"]

DEAD_ENDPOINT = "ws://127.0.0.1:1/"
"""An address where nobody listens, for the fault of that name."""


def public(visit: Visit) -> object:
    """Answer with a token that opens a connection without private topics."""
    return _classic(visit, None)


def private(visit: Visit) -> object:
    """Answer with a token that opens a connection of the caller's account."""
    return _classic(visit, visit.account.user_id)


def unified(visit: Visit) -> object:
    """Answer with a token of the Pro host; it comes without an address."""
    core = visit.core
    token = core.tokens.issue("pro", visit.account.user_id, core.machine_ms())
    return {"token": token.text}


def server_time(visit: Visit) -> object:
    """Answer with the time in ms."""
    return visit.core.now_ms()


def _classic(visit: Visit, user_id: str | None) -> object:
    core, host = visit.core, visit.call.host
    token = core.tokens.issue(host, user_id, core.machine_ms())
    dead = [DEAD_ENDPOINT] * core.faults.dead_endpoints
    return {
        "token": token.text,
        "instanceServers": [
            {
                "endpoint": endpoint,
                "encrypt": True,
                "protocol": "websocket",
                "pingInterval": core.ping_interval_ms,
                "pingTimeout": core.ping_timeout_ms,
            }
            for endpoint in (*dead, core.endpoints[host])
        ],
    }
