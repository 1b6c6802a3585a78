"""An error as one line that says what happened, where, and what to do; and its exit code.

The texts come from the error itself, made safe to print and without secrets; what to do follows
from its class and from the code of the exchange.
"""

from __future__ import annotations

import math

from ..errors import (
    ApiError,
    ConfigurationError,
    ConnectFailed,
    HttpStatusError,
    InvalidOrder,
    OutcomeUnknown,
    PaceExceeded,
    Throttled,
    TlsFailed,
    Unsupported,
)
from ..redaction import one_line

__all__ = ["FAILED", "OUTCOME_UNKNOWN", "WRONG_INPUT", "CommandFailed", "exit_code", "explain"]

FAILED = 1
WRONG_INPUT = 2
OUTCOME_UNKNOWN = 3

_LONGEST = 400
_LONGEST_WITH_ADVICE = 300

_BY_CODE = {
    1001: "give credentials: SIXMM_API_KEY and SIXMM_API_SECRET, or --credentials FILE",
    1002: "the access token has ended: log in again",
    1003: "compare key and secret or token, and whether they belong to this --rest-url",
    1004: "the access token was revoked: log in again",
    1006: "add the address of this machine to the key's list",
    2001: "an argument is missing: see --help",
    2002: "an argument is wrong: see --help",
    2003: "an argument is out of range: see --help",
    3001: "add funds, or make the order smaller",
    3003: "look for it with: sixmm orders history",
    3004: "it may be there already: look before you try again",
    3005: "it may have ended: look with: sixmm order get",
    3006: "the key lacks a permission: see sixmm keys list",
    5001: "try again later",
    5002: "try again later",
}


class CommandFailed(Exception):
    """A command ends here, with a line that has no secret in it, and an exit code.

    Args:
        text: the whole line.
        code: the exit code.
    """

    def __init__(self, text: str, *, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error: whether the input, the world, or nobody knows what."""
    if isinstance(error, CommandFailed):
        return error.code
    if isinstance(error, OutcomeUnknown):
        return OUTCOME_UNKNOWN
    if isinstance(error, ConfigurationError | InvalidOrder | Unsupported):
        return WRONG_INPUT
    return FAILED


def explain(error: BaseException) -> str:
    """Return the line for an error, printable and of bounded length."""
    if isinstance(error, CommandFailed):
        return one_line(error, limit=2 * _LONGEST)
    advice = _advice(error)
    if not advice:
        return one_line(error, limit=_LONGEST)
    return f"{one_line(error, limit=_LONGEST_WITH_ADVICE)}; {advice}"


def _advice(error: BaseException) -> str:
    if isinstance(error, Throttled | PaceExceeded):
        return _wait_text(error.retry_after)
    if isinstance(error, ApiError):
        return _BY_CODE.get(error.code, "")
    if isinstance(error, OutcomeUnknown):
        return _look_text(error.operation or "")
    if isinstance(error, ConnectFailed | TlsFailed):
        return "check the network and the address"
    if isinstance(error, HttpStatusError):
        return "check the address: it may not be that of the API"
    return ""


def _look_text(operation: str) -> str:
    where = "sixmm keys list" if "apikey" in operation.lower() else "sixmm orders open"
    return f"outcome unknown; before you do it again look with: {where}"


def _wait_text(seconds: float | None) -> str:
    return "wait a while" if seconds is None else f"wait {math.ceil(seconds)} s"
