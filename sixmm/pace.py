"""How fast a client calls: a token bucket for each class of calls, and waiting for a turn.

A bucket holds tokens, each call takes one, and they come back at a steady rate. It is pure: it is
told what time it is and says how long to wait. A token is taken before it is there, so that whoever
asks first goes first, and a call that cannot have one in time learns that at once.

Where the exchange asks to slow down, the bucket of that class is shut: its time stands still until
then. All who wait keep their order, and afterwards they come one by one at the steady rate, not all
at the same moment.

The session's own calls have a bucket of their own: neither does a program that calls much keep it
from comparing the account or renewing its stream key, nor is the program kept waiting by a long
comparison. Withdrawing orders is a class of its own for the same reason.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import attrs

from .clock import Clock, Deadline
from .errors import ClientClosed, ConfigurationError, PaceExceeded
from .venues.base import PaceClass

__all__ = ["MAX_SHUT", "Pacer", "Rate", "RestPace", "TokenBucket", "bounded"]

MAX_SHUT = 300.0
"""No exchange makes a client wait longer than this many seconds."""

_SHUT_BASE = 1.0
_SHUT_MAX = 60.0
_ROUNDING = 1e-9


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@attrs.frozen
class Rate:
    """How fast calls of one class may follow one another.

    Args:
        per_second: so many calls a second in the long run.
        burst: so many at once after a rest.
    """

    per_second: float
    burst: int

    def __attrs_post_init__(self) -> None:
        if not _is_number(self.per_second) or not 0 < self.per_second < math.inf:
            raise ConfigurationError("per_second must be a finite number above 0")
        if not isinstance(self.burst, int) or isinstance(self.burst, bool) or self.burst < 1:
            raise ConfigurationError("burst must be a whole number above 0")


@attrs.frozen(kw_only=True)
class RestPace:
    """The pace of a client's REST calls, by class; None is no pace, and is never shut.

    6MM says that it throttles, but names no limits (rules 5, 108, 110). These figures are a choice:
    far above what a person or a patient program needs, and far below what a loop without a pause
    does. Set those of your account where you know them.

    Args:
        public_read: market data and what else needs no credential.
        private_read: the account, orders, positions; each read, also of a list in pages.
        order_write: placing and amending orders; a batch is one call.
        cancel: withdrawing orders; on its own, so that it never waits behind orders being placed.
        other_write: leverage, margin mode, favourites, keys, login.
        session: what the client does of its own accord, in addition to the program's calls: clock,
            stream key, token, and the comparison of the account, which takes seven calls where
            little has happened.
    """

    public_read: Rate | None = Rate(20.0, 40)
    private_read: Rate | None = Rate(10.0, 20)
    order_write: Rate | None = Rate(20.0, 40)
    cancel: Rate | None = Rate(20.0, 40)
    other_write: Rate | None = Rate(5.0, 10)
    session: Rate | None = Rate(20.0, 60)

    def __attrs_post_init__(self) -> None:
        for pace_class in PaceClass:
            if not isinstance(self.rate_of(pace_class), Rate | None):
                raise ConfigurationError(f"{pace_class.value} must be a Rate, or None for no pace")

    def rate_of(self, pace_class: PaceClass) -> Rate | None:
        """Return the rate of a class, or None where it has none."""
        rate: Rate | None = getattr(self, pace_class.value)
        return rate


class TokenBucket:
    """The tokens of one class of calls. Times are passed in, in monotonic seconds; nothing waits.

    Args:
        rate: how many tokens it holds, and how fast they come back.
        now: when it is made; it begins full.
    """

    def __init__(self, rate: Rate, *, now: float) -> None:
        self._rate = rate
        # Below zero by the tokens that were taken before they were there.
        self._tokens = float(rate.burst)
        # Up to when tokens have come back; while the bucket is shut, that is in the future.
        self._counted_to = now
        self._refusals = 0
        self.paused = 0.0
        """For how many seconds it was shut, all in all: who waits has to wait that much longer."""

    def delay(self, now: float) -> float:
        """Return the seconds until the next token that is not taken yet."""
        self._fill(now)
        missing = 1.0 - self._tokens
        wait = missing / self._rate.per_second if missing > _ROUNDING else 0.0
        return self._counted_to - now + wait

    def take(self, now: float, *, patience: float | None = None) -> float | None:
        """Take a token and return the seconds until it may be used.

        Args:
            now: what time it is.
            patience: the most seconds to wait, or None for no limit. Where it would take longer,
                None is returned and no token is taken.
        """
        delay = self.delay(now)
        if patience is not None and 0.0 < delay >= patience:
            return None
        self._tokens -= 1.0
        return delay

    def give_back(self, now: float) -> None:
        """Put a token back that was taken and not used."""
        self._fill(now)
        self._tokens = min(self._tokens + 1.0, self._rate.burst)

    def is_shut(self, now: float) -> bool:
        """Whether the exchange has asked for a pause that is not over."""
        return self._counted_to > now

    def shut(self, now: float, seconds: float) -> None:
        """Hand out nothing for so many seconds; afterwards one token is there, and no burst."""
        self._fill(now)
        until = max(self._counted_to, now + bounded(seconds))
        self.paused += until - self._counted_to
        self._counted_to = until
        self._tokens = min(self._tokens, 1.0)

    def refused(self, now: float, retry_after: float | None) -> None:
        """Note that the exchange has refused a call as one too many (rule 108).

        Where it does not say for how long, the pause doubles from one refusal to the next. What
        was sent before the bucket was shut may be refused as well, and is not counted.
        """
        if retry_after is None and self.is_shut(now):
            return
        pause = min(_SHUT_BASE * 2.0 ** min(self._refusals, 32), _SHUT_MAX)
        self._refusals += 1
        self.shut(now, pause if retry_after is None else retry_after)

    def accepted(self) -> None:
        """Note that a call was not refused as one too many."""
        self._refusals = 0

    def _fill(self, now: float) -> None:
        if now > self._counted_to:
            back = (now - self._counted_to) * self._rate.per_second
            self._tokens = min(self._tokens + back, self._rate.burst)
            self._counted_to = now


class Pacer:
    """Has the calls of all threads wait for their turn, outside any lock.

    Args:
        pace: the figures, or None for no pace at all.
        clock: the local clock.
        wait: waits so many seconds; None waits until then or until :meth:`close`.
    """

    def __init__(
        self,
        pace: RestPace | None,
        *,
        clock: Clock,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._wait = wait or self._wait_for_end
        rates = {} if pace is None else {name: pace.rate_of(name) for name in PaceClass}
        self._buckets = {
            name: TokenBucket(rate, now=now) for name, rate in rates.items() if rate is not None
        }
        # Guards the buckets. Re-entrant: close() may be called by a signal handler.
        self._changed = threading.Condition(threading.RLock())
        self._closed = False

    def close(self) -> None:
        """End every wait and refuse new ones; may be repeated."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take_turn(self, pace_class: PaceClass, *, deadline: Deadline, operation: str) -> None:
        """Return when a call may be sent; who comes first goes first.

        Raises:
            PaceExceeded: that would be after the deadline.
            ClientClosed: the client was closed, before or meanwhile.
        """
        bucket = self._buckets.get(pace_class)
        if bucket is None:
            return
        with self._changed:
            now, patience, paused = self._clock.monotonic(), deadline.remaining(), bucket.paused
            delay = bucket.take(now, patience=patience)
            if delay is None:
                raise _exceeded(operation, pace_class, bucket, now)
        try:
            while delay > 0.0:
                self.pause(delay)
                with self._changed:
                    # Whoever shut the bucket meanwhile has moved every turn by that much.
                    delay, paused = bucket.paused - paused, bucket.paused
                    left = deadline.remaining()
                    if left is not None and 0.0 < delay >= left:
                        raise _exceeded(operation, pace_class, bucket, self._clock.monotonic())
        except BaseException:
            with self._changed:
                bucket.give_back(self._clock.monotonic())
            raise

    def pause(self, seconds: float) -> None:
        """Wait; raises ClientClosed where the client was closed, before or meanwhile."""
        if seconds > 0.0 and not self._closed:
            self._wait(seconds)
        if self._closed:
            raise ClientClosed("the client was closed while a call waited for its turn")

    def refused(self, pace_class: PaceClass, retry_after: float | None) -> None:
        """Shut a class that the exchange has refused as too fast; ``retry_after`` is in seconds."""
        bucket = self._buckets.get(pace_class)
        if bucket is not None:
            with self._changed:
                bucket.refused(self._clock.monotonic(), retry_after)

    def accepted(self, pace_class: PaceClass) -> None:
        """Note that the exchange has answered a call of a class."""
        bucket = self._buckets.get(pace_class)
        if bucket is not None:
            with self._changed:
                bucket.accepted()

    def _wait_for_end(self, seconds: float) -> None:
        deadline = Deadline(seconds)
        with self._changed:
            while not (self._closed or deadline.expired):
                self._changed.wait(deadline.slice())


def bounded(retry_after: float | None) -> float:
    """Return the wait that a reply asks for, from 0 to 300 seconds; None asks for none."""
    return min(max(0.0, retry_after or 0.0), MAX_SHUT)


def _exceeded(
    operation: str, pace_class: PaceClass, bucket: TokenBucket, now: float
) -> PaceExceeded:
    delay = bucket.delay(now)
    why = "the exchange has asked to slow down" if bucket.is_shut(now) else "too many calls at once"
    return PaceExceeded(
        f"{operation}: nothing was sent: {why}; the next {pace_class} can go in {delay:.2f} s, "
        "which is after the deadline of this call",
        retry_after=delay,
    )
