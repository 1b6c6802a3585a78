"""What to do after a failure: one table from error to remedy.

Everything that is not named here is fatal, as anything unknown is: a client that repeats what it
does not understand does harm. A fatal error is raised at the caller's next ``get()``.
"""

from __future__ import annotations

import enum

import attrs

from ..errors import (
    ApiError,
    AuthenticationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    HandshakeRefused,
    HttpStatusError,
    LoginRefused,
    OutcomeUnknown,
    PaceExceeded,
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
    TlsFailed,
)

__all__ = ["MAX_RETRY_AFTER", "Remedy", "Verdict", "judge"]

MAX_RETRY_AFTER = 300.0
"""No server makes the client wait longer than this many seconds."""

_TOKEN_EXPIRED = 1002
_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = (1012, 1013)
_TRY_AGAIN_FLOOR = 1.0


class Remedy(enum.Enum):
    """What can be done about a failure."""

    RETRY = "retry"
    """Back off and dial again."""
    NEW_KEY = "new key"
    """As RETRY, with a new stream key or token: the old one is in doubt."""
    FATAL = "fatal"
    """Nothing: tell the caller."""


@attrs.frozen
class Verdict:
    """The remedy, and the least seconds to wait before it."""

    remedy: Remedy
    floor: float = 0.0


_RETRY = Verdict(Remedy.RETRY)
_NEW_KEY = Verdict(Remedy.NEW_KEY)
_FATAL = Verdict(Remedy.FATAL)


def judge(
    error: BaseException,
    *,
    fresh_key: bool,
    can_refresh: bool = False,
    is_clock_error: bool = False,
) -> Verdict:
    """Return what to do after ``error``.

    Args:
        error: what ended the attempt or the link.
        fresh_key: whether the credential of the attempt was made for it. A refusal of a key that
            was held before asks for a new one; a refusal of a new one is final.
        can_refresh: whether an access token that has ended can be renewed.
        is_clock_error: whether ``error`` says that the timestamp was off; the clock is read again
            before the next attempt.
    """
    if is_clock_error:
        return _RETRY
    if isinstance(error, HandshakeRefused):
        return _judge_status(error.http_status, error.retry_after, fresh_key=fresh_key)
    if isinstance(error, ApiError):
        return _judge_api(error, can_refresh=can_refresh)
    if isinstance(error, HttpStatusError):
        return _judge_reply(error)
    if isinstance(error, LoginRefused):
        return _FATAL if fresh_key else _NEW_KEY
    if isinstance(error, TlsFailed):
        return _FATAL if error.certificate else _RETRY
    if isinstance(error, ConnectionClosed):
        return _judge_close(error)
    if isinstance(error, PaceExceeded):
        return Verdict(Remedy.RETRY, _bounded(error.retry_after))
    if isinstance(error, _PASSING):
        return _RETRY
    return _FATAL


_PASSING: tuple[type[SixmmError], ...] = (
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    OutcomeUnknown,
    ProtocolViolation,
)


def _judge_status(status: int, retry_after: float | None, *, fresh_key: bool) -> Verdict:
    """Judge the status of a refused upgrade."""
    if status == 429 or status >= 500:
        return Verdict(Remedy.RETRY, _bounded(retry_after))
    if status in (408, 425):
        return _RETRY
    if 400 <= status < 500:
        # Which of them a bad key gets is not documented (rule 110).
        return _FATAL if fresh_key else _NEW_KEY
    return _FATAL


def _judge_api(error: ApiError, *, can_refresh: bool) -> Verdict:
    if isinstance(error, Throttled):
        return Verdict(Remedy.RETRY, _bounded(error.retry_after))
    if isinstance(error, ServerFault):
        return _RETRY
    if isinstance(error, AuthenticationError) and error.code == _TOKEN_EXPIRED:
        return _NEW_KEY if can_refresh else _FATAL
    return _FATAL


def _judge_reply(error: HttpStatusError) -> Verdict:
    """Judge a REST reply that is not an envelope; a proxy's 5xx passes, a redirect does not."""
    if error.http_status == 429 or error.http_status >= 500:
        return Verdict(Remedy.RETRY, _bounded(error.retry_after))
    return _FATAL


def _judge_close(error: ConnectionClosed) -> Verdict:
    """Judge a close: only one that we asked for is final, and that never comes here."""
    if error.code == _POLICY_VIOLATION:
        return _NEW_KEY
    if error.code in _TRY_AGAIN_LATER:
        return Verdict(Remedy.RETRY, _TRY_AGAIN_FLOOR)
    return _RETRY


def _bounded(retry_after: float | None) -> float:
    return min(max(retry_after or 0.0, 0.0), MAX_RETRY_AFTER)
