"""Finding out what became of a write, by asking and by listening, and never by sending it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from ..clock import Clock, Deadline, ServerClock
from ..errors import (
    AuthenticationError,
    LocalError,
    NotPermitted,
    OutcomeUnknown,
    PaceExceeded,
    SixmmError,
    Throttled,
    again,
)
from ..stream.following import OrderWatch
from ..venues.base import Plan
from .deciding import CLOCK_DOUBT_MS, Evidence, closes_at_ms, decide
from .looking import look
from .writes import Resolution, Resolved, Target, Write

__all__ = ["MakeCall", "Resolver", "run_plan"]

MakeCall = Callable[..., Any]
"""Makes a call: takes a :class:`Call` and ``timeout`` in seconds (None: the default)."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
# To ask again is of no use after these.
_HOPELESS = (AuthenticationError, NotPermitted, LocalError)

_NOTHING = Evidence(remaining=1)

T = TypeVar("T")


def run_plan(plan: Plan[T], call: MakeCall, deadline: Deadline) -> T:
    """Carry out a plan, each call within the deadline; an error of a call is thrown into it."""
    try:
        wanted = next(plan)
        while True:
            try:
                result = call(wanted, timeout=deadline.remaining())
            except SixmmError as error:
                wanted = plan.throw(error)
            else:
                wanted = plan.send(result)
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        plan.close()


class Resolver:
    """Finds out what became of writes.

    Args:
        call: makes the calls that ask.
        watch: tells what the stream says of an order.
        clock: the local clock.
        server_clock: the exchange's clock.
    """

    def __init__(
        self, *, call: MakeCall, watch: OrderWatch, clock: Clock, server_clock: ServerClock
    ) -> None:
        self._call = call
        self._watch = watch
        self._clock = clock
        self._server_clock = server_clock

    def resolve(self, unknown: OutcomeUnknown, write: Write, timeout: float) -> Resolution:
        """Return what became of the write of ``unknown``; raises it again where that stays open.

        Args:
            unknown: what the call has raised.
            write: what it was to change.
            timeout: seconds; "not found" takes until the exchange's window has passed.
        """
        deadline = Deadline(timeout, clock=self._clock)
        parts = [self._part(unknown, write, target, deadline) for target in write.targets]
        return Resolution(kind=write.kind, parts=tuple(parts))

    def _part(
        self, unknown: OutcomeUnknown, write: Write, target: Target, deadline: Deadline
    ) -> Resolved:
        pause = _FIRST_PAUSE
        # A push counts only where it tells when the order was made: it may be about an older one.
        with self._watch.follow(
            order_id=target.order_id,
            client_order_id=target.client_order_id,
            created_from_ms=write.earliest_ms - CLOCK_DOUBT_MS if write.is_placement else None,
        ) as following:
            while True:
                found = decide(write, target, Evidence(order=following.order, remaining=1))
                wait = 0.0
                if found is None:
                    evidence, wait = self._ask(unknown, write, target, deadline)
                    found = decide(write, target, evidence)
                if found is not None:
                    return found
                if deadline.expired or self._watch.ended:
                    raise again(unknown)
                seen = following.order
                following.wait(
                    lambda one, seen=seen: one.order is not seen,  # type: ignore[misc]
                    deadline.sooner(max(pause, wait)),
                )
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _ask(
        self, unknown: OutcomeUnknown, write: Write, target: Target, deadline: Deadline
    ) -> tuple[Evidence, float]:
        """Return what the exchange answers, and the seconds that it asked to wait.

        Where it does not answer, that is no evidence for anything.
        """
        # Looked at before the question: only a later "not found" is a final one.
        # Before the exchange's clock was read, in another process, nobody knows what time it is.
        clock = self._server_clock
        is_late = clock.measured and clock.earliest_ms() > closes_at_ms(write)
        try:
            evidence = run_plan(look(write, target), self._call, deadline)
        except (PaceExceeded, Throttled) as error:
            return _NOTHING, error.retry_after or 0.0
        except _HOPELESS as error:
            raise again(unknown) from error
        except SixmmError:
            return _NOTHING, 0.0
        return attrs.evolve(evidence, is_late=is_late), 0.0
