"""What the exchange allows on its streams; where its pages disagree, the strictest of them."""

from __future__ import annotations

from .enums import Connection

__all__ = [
    "DIALS_PER_MINUTE",
    "MESSAGES_PER_TEN_SECONDS",
    "PING_WITHIN_MS",
    "PRO_TOPICS_PER_CONNECTION",
    "SESSIONS",
    "TOKEN_LIFE_MS",
    "TOPICS_PER_FUTURES_CONNECTION",
    "TOPICS_PER_MESSAGE",
    "TOPICS_PER_SPOT_CONNECTION",
    "most_topics",
]

DIALS_PER_MINUTE = 30
"""How many connections may be opened in a minute, of one account."""
MESSAGES_PER_TEN_SECONDS = 100
"""How many messages a client may send on one connection, pings among them."""
TOPICS_PER_MESSAGE = 100
TOPICS_PER_SPOT_CONNECTION = 300
TOPICS_PER_FUTURES_CONNECTION = 100
PRO_TOPICS_PER_CONNECTION = 600
SESSIONS = 50
"""How many connections an account may have at a time."""
TOKEN_LIFE_MS = 24 * 60 * 60 * 1_000
"""How long a token lives, and a connection that was opened with it, in milliseconds."""
PING_WITHIN_MS = 60_000
"""The server drops a client that sends nothing for so long, even while data flows to it."""


def most_topics(connection: Connection) -> int:
    """Return how many topics one connection may carry; each symbol of a topic counts as one."""
    if connection.is_pro:
        return PRO_TOPICS_PER_CONNECTION
    return TOPICS_PER_FUTURES_CONNECTION if connection.is_futures else TOPICS_PER_SPOT_CONNECTION
