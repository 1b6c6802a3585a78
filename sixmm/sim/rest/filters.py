"""The filters that the histories share: codes that stand for words (rule 63)."""

from __future__ import annotations

from collections.abc import Mapping

from ..codes import Code, ExchangeError

__all__ = ["SIDES", "TYPES", "coded", "no_status"]

TYPES = {"1": "LIMIT", "2": "MARKET"}
SIDES = {"1": "BUY", "2": "SELL"}


def coded(query: Mapping[str, object], name: str, words: Mapping[str, str]) -> str | None:
    """Return the word that a numeric filter stands for, None when it is absent (rule 63)."""
    code = query.get(name)
    if code is None or code == "":
        return None
    if code not in words:
        raise ExchangeError(Code.BAD, f"{name} must be one of {', '.join(words)}")
    return words[str(code)]


def no_status(query: Mapping[str, object]) -> None:
    """Refuse a status filter (2002): its codes are not documented (rule 63)."""
    if query.get("status"):
        raise ExchangeError(Code.BAD, "the codes of the status filter are not documented")
