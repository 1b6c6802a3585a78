"""Faults on demand: those of the other embedded exchange by the same names, and KuCoin's own.

Each method may be called from any thread and has taken effect when it returns.
"""

from __future__ import annotations

from collections.abc import Iterable

from .codes import http_status as status_of
from .core import Core
from .fault_plan import FaultPlan, Refusal, RestError
from .hub import Outlet
from .public import Account

__all__ = ["FAULTS", "Faults"]

FAULTS = (
    "clear",
    "clock_skew",
    "cut",
    "dead_endpoints",
    "down",
    "duplicate",
    "expire_tokens",
    "freeze",
    "inject",
    "late_ack",
    "late_welcome",
    "lose_acks",
    "lose_welcomes",
    "mute",
    "refuse",
    "refuse_login",
    "refuse_topics",
    "rest_error",
    "slow",
    "stream_error",
)
"""Names of all faults."""

_CUTS = ("rst", "fin", "mid_frame", "close")
_LONGEST_SKEW_MS = 10**12
_HOSTS = ("spot", "futures", "pro", "pro_spot", "pro_futures")


class Faults:
    """The faults of one exchange.

    An `account` is one, or its name; None means everybody. A `host` of None is every host.
    """

    def __init__(self, core: Core) -> None:
        """Work on the exchange behind `core`."""
        self._core = core

    def cut(
        self,
        how: str = "rst",
        account: Account | str | None = None,
        code: int = 1001,
        reason: str = "",
        host: str | None = None,
    ) -> int:
        """Cut connections, and return how many.

        ``rst`` resets TCP and throws away what is unsent; ``fin`` ends TCP in order without a
        close frame; ``mid_frame`` writes half a frame first; ``close`` sends a close frame
        with `code` and `reason`. What was queued and not written is never written.
        """
        if how not in _CUTS:
            raise ValueError(f"how must be one of {', '.join(_CUTS)}")
        _whole("code", code, 1000, 4999)
        user_id = self._user_id(account)
        _known(host)

        def act() -> int:
            with self._core.transaction():
                outlets = self._outlets(user_id, host)
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
            with self._core.reading():
                outlets = self._outlets(None, None)
            for outlet in outlets:
                outlet.freeze(on)

        self._core.bridge.call(act, None)

    def down(self, on: bool = True) -> None:
        """End every connection and answer nothing any more, until it is switched off."""
        with self._core.transaction():
            self._core.faults.down = on
        if on:
            self.cut("rst")

    def mute(self, on: bool = True) -> None:
        """Send no pushes; the log keeps them, with no receivers. Pings are answered."""
        with self._core.transaction():
            self._core.faults.muted = on

    def refuse(self, count: int, status: int = 503, retry_after: float | str | None = None) -> None:
        """Refuse the next `count` WebSocket handshakes with an HTTP status."""
        _whole("status", status, 300, 599)
        refusal = Refusal(count=_count(count), status=status, retry_after=retry_after)
        with self._core.transaction():
            self._core.faults.refusal = refusal

    def refuse_login(self, count: int) -> None:
        """Find the next `count` tokens invalid, or refuse that many auth frames."""
        with self._core.transaction():
            self._core.faults.refused_logins = _count(count)

    def expire_tokens(self, account: Account | str | None = None) -> None:
        """End the tokens that were given out; connections that are open stay."""
        user_id = self._user_id(account)
        with self._core.transaction():
            self._core.tokens.expire(user_id, self._core.machine_ms())

    def dead_endpoints(self, count: int) -> None:
        """Name `count` addresses where nobody listens ahead of the real one in token replies."""
        with self._core.transaction():
            self._core.faults.dead_endpoints = _count(count)

    def stream_error(self, count: int, code: int = 500, text: str = "system error") -> None:
        """Answer the next `count` requests on Classic connections with that error frame."""
        error = (_whole("code", code, 100, 599), text)
        with self._core.transaction():
            self._core.faults.failing_requests = _count(count)
            self._core.faults.request_error = error

    def slow(self, seconds: float) -> None:
        """Delay every WebSocket frame and every REST reply by `seconds`; 0 switches it off."""
        with self._core.transaction():
            self._core.faults.slow = _seconds(seconds)

    def duplicate(self, on: bool = True) -> None:
        """Send every push twice."""
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

    def late_welcome(self, seconds: float) -> None:
        """Send welcomes `seconds` after the upgrade; what comes before one is refused."""
        with self._core.transaction():
            self._core.faults.late_welcome = _seconds(seconds)

    def lose_welcomes(self, count: int) -> None:
        """Never welcome the next `count` connections."""
        with self._core.transaction():
            self._core.faults.lost_welcomes = _count(count)

    def refuse_topics(self, topics: Iterable[str]) -> None:
        """Refuse every subscribe that names one of `topics`; a text is one topic."""
        refused = frozenset([topics] if isinstance(topics, str) else topics)
        with self._core.transaction():
            self._core.faults.refused_topics = refused

    def clock_skew(self, ms: int) -> None:
        """Set the exchange's clock off by `ms`: what it tells, and what it checks."""
        skew_ms = _whole("ms", ms, -_LONGEST_SKEW_MS, _LONGEST_SKEW_MS)
        with self._core.transaction():
            self._core.faults.skew_ms = skew_ms

    def rest_error(
        self,
        count: int,
        code: str = "429000",
        http_status: int | None = None,
        retry_after: float | str | None = None,
        path: str | None = None,
    ) -> None:
        """Answer the next `count` REST calls, on paths that begin with `path`, with an error.

        The calls have no effect. `http_status` None means the one that goes with `code`.
        Several such faults stand side by side; the oldest comes first.
        """
        if not code.isascii() or not code.isdigit():
            raise ValueError("a code is a text of digits")
        if http_status is not None:
            _whole("http_status", http_status, 200, 599)
        error = RestError(
            count=_count(count),
            code=int(code),
            http_status=status_of(code) if http_status is None else http_status,
            retry_after=retry_after,
            path=path,
        )
        with self._core.transaction():
            live = [one for one in self._core.faults.rest_errors if one.count > 0]
            self._core.faults.rest_errors = [*live, error]

    def inject(
        self, text: str, account: Account | str | None = None, host: str | None = None
    ) -> int:
        """Write `text` as a frame to connections; return to how many. The log does not keep it."""
        user_id = self._user_id(account)
        _known(host)
        with self._core.transaction():
            outlets = self._outlets(user_id, host)
            for outlet in outlets:
                self._core.hub.offer(outlet, text)
        return len(outlets)

    def clear(self) -> None:
        """End all faults."""
        self.freeze(False)
        with self._core.transaction():
            self._core.faults = FaultPlan()

    def _user_id(self, account: Account | str | None) -> str | None:
        if account is None:
            return None
        if isinstance(account, Account):
            return account.user_id
        with self._core.reading():
            traders = [one.account for one in self._core.traders.values()]
        found = [one.user_id for one in traders if one.name == account]
        if not found:
            raise ValueError(f"there is no account {account!r}")
        return found[0]

    def _outlets(self, user_id: str | None, host: str | None) -> list[Outlet]:
        """Return the connections of a user on a host. Under the lock."""
        found = self._core.hub.outlets(user_id)
        return [one for one in found if isinstance(one, Outlet) and host in (None, one.host)]


def _known(host: str | None) -> None:
    if host not in (None, *_HOSTS):
        raise ValueError(f"host must be one of {', '.join(_HOSTS)}, or None")


def _count(value: int) -> int:
    return _whole("a count", value, 0, 10**9)


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
