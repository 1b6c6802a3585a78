"""What a client was given of its account, and what it could know by then.

A push that repeats what a snapshot has told is left out, and still it is known. So what was told
does not say how far the client has come; what it was given does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from .exchange import Row

__all__ = ["Given", "account_key"]


def account_key(row: Row) -> str:
    """Return what identifies a balance or position."""
    return f"balance {row['asset']}" if "asset" in row else f"position {row['symbol']}"


class Given:
    """The pushes that a client was given, each with what it could know before."""

    def __init__(self) -> None:
        self._known_ms: dict[str, int] = {}
        self._before: dict[str, Mapping[str, int]] = {}

    def push(self, text: str) -> None:
        """Note a push; where it comes again the first time counts."""
        if text in self._before:
            return
        self._before[text] = self._known_ms.copy()
        told = json.loads(text)
        for row in (*told.get("balances", ()), *told.get("positions", ())):
            key = account_key(row)
            self._known_ms[key] = max(told["ts"], self._known_ms.get(key, 0))

    def is_after(self, text: str, key: str) -> bool:
        """Whether the client was given something later about ``key`` before it was given a push."""
        at_ms: int = json.loads(text)["ts"]
        return at_ms < self._before[text].get(key, 0)
