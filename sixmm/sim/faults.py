"""Faults on demand: everything that a client has to survive.

Each method may be called from any thread and has taken effect when it returns. The same
methods are reachable by ``POST /_sim/faults`` with ``{"name": ..., "args": {...}}``.
"""

from __future__ import annotations

from collections.abc import Iterable

from .codes import http_status as status_of
from .core import Core
from .engine.account import Account as EngineAccount
from .fault_plan import FaultPlan, Refusal, RestError
from .hub import Outlet
from .public import Account

__all__ = ["FAULTS", "Faults"]

FAULTS = (
    "clear",
    "clock_skew",
    "cut",
    "duplicate",
    "fail_renewal",
    "freeze",
    "inject",
    "late_ack",
    "lose_acks",
    "lose_depth",
    "mute",
    "refuse",
    "refuse_login",
    "refuse_topics",
    "rest_error",
    "slow",
)
"""Names of all faults, as the control address knows them."""

_CUTS = ("rst", "fin", "mid_frame", "close")
_LONGEST_SKEW_MS = 10**12
"""About 30 years; times stay numbers that a client can read."""


class Faults:
    """The faults of one exchange."""

    def __init__(self, core: Core) -> None:
        """Work on the exchange behind `core`."""
        self._core = core

    def cut(
        self,
        how: str = "rst",
        account: Account | str | None = None,
        code: int = 1001,
        reason: str = "",
    ) -> int:
        """Cut the connections of one account (or its name), or all, and return how many.

        ``rst`` resets TCP and throws away what is unsent; ``fin`` ends TCP in order without a
        close frame; ``mid_frame`` writes half a frame first; ``close`` sends a close frame
        with `code` and `reason`. What was queued and not written is never written.
        """
        if how not in _CUTS:
            raise ValueError(f"how must be one of {', '.join(_CUTS)}")
        _whole("code", code, 1000, 4999)
        user_id = self._user_id(account)

        def act() -> int:
            with self._core.transaction():
                outlets = self._core.hub.outlets(user_id)
                for outlet in outlets:
                    self._core.hub.remove(outlet)
            for outlet in outlets:
                outlet.cut(how, code, reason)
            return len(outlets)

        return self._core.bridge.call(act, 0)

    def freeze(self, on: bool = True, new: bool = False) -> None:
        """Keep the sockets open, but read and write nothing: a half-open link.

        Connections that are opened later work, unless `new` holds their handshakes too.
        Switching it off resumes where it was left: what is queued is written.
        """

        def act() -> None:
            self._core.faults.frozen, self._core.faults.freeze_new = on, new
            for outlet in self._all():
                outlet.freeze(on)

        self._core.bridge.call(act, None)

    def mute(self, on: bool = True) -> None:
        """Send no private pushes; the log keeps them, with no receivers. Pings are answered."""
        with self._core.transaction():
            self._core.faults.muted = on

    def refuse(self, count: int, status: int = 503, retry_after: float | str | None = None) -> None:
        """Refuse the next `count` WebSocket handshakes with an HTTP status.

        `retry_after` goes into the header of that name: seconds, or any text.
        """
        _whole("status", status, 200, 599)
        with self._core.transaction():
            refusal = Refusal(count=_count(count), status=status, retry_after=retry_after)
            self._core.faults.refusal = refusal

    def slow(self, seconds: float) -> None:
        """Delay every WebSocket frame and every REST reply by `seconds`; 0 switches it off."""
        with self._core.transaction():
            self._core.faults.slow = _seconds(seconds)

    def duplicate(self, on: bool = True) -> None:
        """Send every private push twice."""
        with self._core.transaction():
            self._core.faults.duplicating = on

    def late_ack(self, seconds: float) -> None:
        """Delay acknowledgements of (un)subscribe by `seconds`, and nothing else."""
        with self._core.transaction():
            self._core.faults.late_ack = _seconds(seconds)

    def lose_acks(self, count: int) -> None:
        """Never send the next `count` acknowledgements of (un)subscribe; it still happens."""
        with self._core.transaction():
            self._core.faults.lost_acks = _count(count)

    def lose_depth(self, count: int) -> None:
        """Leave out the next `count` depth pushes that somebody would get: a gap in endVersion."""
        with self._core.transaction():
            self._core.faults.lost_depth = _count(count)

    def refuse_topics(self, topics: Iterable[str]) -> None:
        """Refuse every subscribe that names one of `topics`; an empty set switches it off.

        A text is one topic.
        """
        refused = frozenset([topics] if isinstance(topics, str) else topics)
        with self._core.transaction():
            self._core.faults.refused_topics = refused

    def fail_renewal(self, count: int, code: int = 5001) -> None:
        """Answer the next `count` renewals of a listen key with `code`."""
        with self._core.transaction():
            self._core.faults.failed_renewals = _count(count)
            self._core.faults.renewal_code = code

    def clock_skew(self, ms: int) -> None:
        """Set the exchange's clock off by `ms`: what it tells, and what it checks.

        The lives of keys and tokens do not change, but the times told for their ends do.
        """
        skew_ms = _whole("ms", ms, -_LONGEST_SKEW_MS, _LONGEST_SKEW_MS)
        with self._core.transaction():
            self._core.faults.skew_ms = skew_ms

    def rest_error(
        self,
        count: int,
        code: int = 5003,
        http_status: int | None = None,
        retry_after: float | str | None = None,
        path: str | None = None,
    ) -> None:
        """Answer the next `count` REST calls, on paths that begin with `path`, with an error.

        The calls have no effect. `http_status` None means the one that goes with `code`: 429
        for 5003, 401 for 1001 to 1006, else 200. `retry_after` is seconds, or any text for
        the header. Several such faults stand side by side; the oldest comes first.
        """
        if http_status is not None:
            _whole("http_status", http_status, 200, 599)
        error = RestError(
            count=_count(count),
            code=code,
            http_status=status_of(code) if http_status is None else http_status,
            retry_after=retry_after,
            path=path,
        )
        with self._core.transaction():
            live = [one for one in self._core.faults.rest_errors if one.count > 0]
            self._core.faults.rest_errors = [*live, error]

    def refuse_login(self, count: int) -> None:
        """Refuse the next `count` logins on a WebSocket: auth with success false, then 1008."""
        with self._core.transaction():
            self._core.faults.refused_logins = _count(count)

    def inject(self, text: str, account: Account | str | None = None) -> int:
        """Write `text` as a frame to the connections of one account, or all; return how many.

        Any text will do: an unknown event, broken JSON. The log does not keep it.
        """
        user_id = self._user_id(account)
        with self._core.transaction():
            return self._core.hub.broadcast(text, user_id)

    def clear(self) -> None:
        """End all faults."""
        self.freeze(False)
        with self._core.transaction():
            self._core.faults = FaultPlan()

    def _all(self) -> list[Outlet]:
        with self._core.reading():
            return self._core.hub.outlets()

    def _user_id(self, account: Account | str | None) -> str | None:
        if account is None:
            return None
        if isinstance(account, Account):
            return account.user_id
        with self._core.reading():
            found: EngineAccount | None = self._core.account(account)
        if found is None:
            raise ValueError(f"there is no account {account!r}")
        return found.user_id


def _count(value: int) -> int:
    """Return `value` if it is a number of times; the control address may bring anything."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a count must be a whole number from 0")
    return value


def _whole(name: str, value: int, least: int, most: int) -> int:
    """Return `value` if it is a whole number within its bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}")
    return value


def _seconds(value: float) -> float:
    """Return `value` if it is a time of at most an hour."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3600:
        raise ValueError("seconds must be a number from 0 to 3600")
    return float(value)
