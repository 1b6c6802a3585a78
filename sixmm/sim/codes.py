"""The numeric codes that the embedded exchange answers with, and the error that carries one.

Codes and their meaning are those of rules 95 to 109. Which HTTP status goes with a code is
not documented (rule 110); the choice made here is the one place where it is decided.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AUTH_CODES", "Code", "ExchangeError", "http_status"]


class Code(IntEnum):
    """One business code of the exchange."""

    OK = 0
    NO_CREDENTIAL = 1001
    TOKEN_EXPIRED = 1002
    NOT_ACCEPTED = 1003
    TOKEN_REVOKED = 1004
    ADDRESS_REFUSED = 1006
    MISSING = 2001
    BAD = 2002
    OUT_OF_RANGE = 2003
    BALANCE = 3001
    NO_ORDER = 3003
    DUPLICATE = 3004
    NOT_CANCELLABLE = 3005
    NOT_PERMITTED = 3006
    INTERNAL = 5001
    UNAVAILABLE = 5002
    THROTTLED = 5003


AUTH_CODES = frozenset(range(1001, 1007))


class ExchangeError(Exception):
    """A refusal by the exchange: a code of the documented list and a sentence.

    The sentence is what a client reads in ``message``; it never holds a secret.
    """

    def __init__(self, code: int, message: str) -> None:
        """Keep `code` and `message` as they go into the envelope."""
        super().__init__(f"{int(code)}: {message}")
        self.code = int(code)
        self.message = message


def http_status(code: int) -> int:
    """Return the HTTP status: 401 for credentials, 429 for throttling, else 200 (rule 5)."""
    if code in AUTH_CODES:
        return 401
    return 429 if code == Code.THROTTLED else 200
