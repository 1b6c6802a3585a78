"""What a client was given of its account, and what it could know by then.

A push that repeats what a snapshot has told is left out, and still it is known; and a snapshot that
tells nothing new is not told. So what was told does not say how far the client has come; what it
was given does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .exchange import Row

__all__ = ["Given", "account_key"]


def account_key(row: Row) -> str:
    """Return what identifies a balance or position."""
    return f"balance {row['asset']}" if "asset" in row else f"position {row['symbol']}"


_Answer = tuple[int, Mapping[str, Row]]


class Given:
    """The pushes that a client was given, each with what it could know before."""

    def __init__(self) -> None:
        self._known_ms: dict[str, int] = {}
        self._answers: dict[str, _Answer] = {}
        self._before: dict[str, tuple[Mapping[str, int], Mapping[str, _Answer]]] = {}

    def answer(self, path: str, rows: Any, at_ms: int) -> None:
        """Note the answer to a REST call, and when it was so."""
        if path in ("/balances", "/positions"):
            part = path[1:-1]
            self._answers[part] = (at_ms, {account_key(row): row for row in rows})

    def push(self, text: str) -> None:
        """Note a push; where it comes again the first time counts."""
        if text in self._before:
            return
        self._before[text] = self._known_ms.copy(), self._answers.copy()
        told = json.loads(text)
        for row in _rows(told):
            key = account_key(row)
            self._known_ms[key] = max(told["ts"], self._known_ms.get(key, 0))

    def is_after(self, text: str, key: str) -> bool:
        """Whether the client was given something later about ``key`` before it was given a push.

        Where an answer has the same as the push, it is all one whether the push holds.
        """
        told = json.loads(text)
        known_ms, answers = self._before[text]
        if told["ts"] < known_ms.get(key, 0):
            return True
        answered_ms, rows = answers.get(key.partition(" ")[0], (0, {}))
        (own,) = [row for row in _rows(told) if account_key(row) == key]
        return told["ts"] < answered_ms and _amount(own) != _amount(rows.get(key))


def _rows(told: Mapping[str, Any]) -> list[Row]:
    return [*told.get("balances", ()), *told.get("positions", ())]


def _amount(row: Row | None) -> int:
    return 0 if row is None else int(row["wallet"] if "wallet" in row else row["quantity"])
