"""What placing, amending and cancelling share: to send once, to follow, and to wait for an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ..clock import Clock, Deadline, ServerClock
from ..errors import (
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    DeadlineExceeded,
    ForkedClient,
    LocalStateError,
    NotCarriedOut,
    NotPermitted,
    OutcomeUnknown,
    SixmmError,
)
from ..state.models import Fill, Order
from ..stream.following import Following, OrderWatch
from ..venues.base import Call, Plan
from ..venues.sixmm import calls
from ..venues.sixmm.facts import fill_of_row
from .client_ids import new_client_order_id
from .looking import look_up_order
from .report import OrderReport
from .resolving import MakeCall, Resolver, run_plan
from .symbols import SymbolBook
from .writes import Kind, Outcome, Resolution, Target, Write

__all__ = ["Test", "WriteDesk"]

Test = Callable[[Order], bool]
"""Whether an order has come far enough for the one who waits."""

_GRACE = 1.0
"""Seconds in which a push may still confirm what no reply has."""
_PAUSE_WITHOUT_STREAM, _PAUSE_WITH_STREAM, _LONGEST_PAUSE = 0.1, 2.0, 5.0
_PAGE_SIZE = 100
_MOST_PAGES = 100

# Of no use to ask again after these, unlike after a call that got no turn in time.
_HOPELESS = (ConfigurationError, ClientClosed, ForkedClient, AuthenticationError, NotPermitted)


class WriteDesk:
    """Sends what changes orders, once, and finds out what became of it.

    Args:
        call: makes a call.
        watch: tells what the stream says of an order.
        clock: the local clock.
        server_clock: the exchange's clock.
        is_live: whether the stream tells about orders at this moment.
        listen: has the stream read at once, because somebody waits for what it tells.
    """

    def __init__(
        self,
        *,
        call: MakeCall,
        watch: OrderWatch,
        clock: Clock,
        server_clock: ServerClock,
        is_live: Callable[[], bool],
        listen: Callable[[], None],
    ) -> None:
        self.call = call
        self.clock = clock
        self.symbols = SymbolBook(lambda: call(calls.symbols()), clock=clock)
        self._watch = watch
        self._server_clock = server_clock
        self._is_live = is_live
        self._listen = listen
        self._resolver = Resolver(call=call, watch=watch, clock=clock, server_clock=server_clock)

    # Sending

    def new_id(self) -> str:
        """Return a client order id that was never used."""
        return new_client_order_id(self.clock.time_ms())

    def write(self, kind: Kind, *targets: Target, **facts: Any) -> Write:
        """Return what a call is about to change; its time begins now."""
        return Write(
            kind=kind, targets=targets, earliest_ms=self._server_clock.earliest_ms(), **facts
        )

    def send(self, call: Call, write: Write) -> Any:
        """Make a call that changes something, once.

        Raises:
            OutcomeUnknown: no clear answer came; it carries ``write``.
        """
        try:
            return self.call(call)
        except OutcomeUnknown as error:
            error.write = self.sent(write)
            if len(write.targets) == 1:
                error.client_order_id = write.targets[0].client_order_id
            raise

    def sent(self, write: Write) -> Write:
        """Return a write that was sent by now."""
        return attrs.evolve(write, latest_ms=self._server_clock.now_ms())

    def interrupted(self, write: Write) -> OutcomeUnknown:
        """Return the error for a write in whose sending the caller was interrupted."""
        error = OutcomeUnknown(f"to {write.kind.value}: interrupted", operation=write.kind.value)
        error.write = self.sent(write)
        return error

    # Following

    def follow(self, target: Target) -> Following:
        """Follow an order from now on."""
        return self._watch.follow(order_id=target.order_id, client_order_id=target.client_order_id)

    def hears_of(self, following: Following) -> bool:
        """Whether the stream tells of an order within a moment; False where there is no stream."""
        if not self._is_live():
            return following.order is not None
        self._listen()
        deadline = Deadline(_GRACE, clock=self.clock)
        return following.wait(lambda one: one.order is not None, deadline)

    def await_order(
        self, following: Following, target: Target, is_enough: Test, deadline: Deadline
    ) -> OrderReport:
        """Return when an order has come far enough, with all of its fills.

        The stream tells it; where it is silent, the exchange is asked now and then.

        Raises:
            DeadlineExceeded: it had not come that far in time.
        """

        def is_there(one: Following) -> bool:
            return one.order is not None and is_enough(one.order)

        self._listen()
        pause = _PAUSE_WITH_STREAM if self._is_live() else _PAUSE_WITHOUT_STREAM
        while not following.wait(is_there, deadline.sooner(pause)):
            if deadline.expired:
                raise DeadlineExceeded(_not_yet(target, following.order))
            self._look_up(following, target, deadline)
            pause = min(2 * pause, _LONGEST_PAUSE)
        self._complete(following, deadline)
        assert following.order is not None
        return OrderReport(order=following.order, fills=following.fills)

    def _look_up(self, following: Following, target: Target, deadline: Deadline) -> None:
        known = attrs.evolve(target, order_id=following.order_id or target.order_id)
        try:
            order = run_plan(look_up_order(known), self.call, deadline)
        except _HOPELESS:
            raise
        except SixmmError:
            # Asked again after the pause; the deadline is the caller's.
            return
        following.tell(orders=() if order is None else (order,))

    def _complete(self, following: Following, deadline: Deadline) -> None:
        """See that the fills add up to what is executed: pushes may have been missed."""
        pause = _PAUSE_WITHOUT_STREAM
        while not _is_complete(following):
            if deadline.expired:
                raise DeadlineExceeded(
                    f"order {following.order_id}: its state is known, but not all of its fills"
                )
            try:
                fills = run_plan(_fills_of(following), self.call, deadline)
            except _HOPELESS:
                raise
            except SixmmError:
                fills = ()
            following.tell(fills=fills)
            following.wait(_is_complete, deadline.sooner(pause))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def pause(self, deadline: Deadline) -> None:
        """Wait, or until the client is closed."""
        with self._watch.follow() as nobody:
            nobody.wait(lambda _: False, deadline)

    # Finding out

    def resolve(self, unknown: OutcomeUnknown, timeout: float) -> Resolution:
        """Return what became of a write; see :meth:`.OrdersGroup.resolve`."""
        write = unknown.write
        if not isinstance(write, Write):
            raise LocalStateError(
                f"{unknown.operation} does not change an order, so its outcome cannot be found out "
                "here; look at the state that it was to change"
            )
        return self._resolver.resolve(unknown, write, timeout)

    def settle(self, unknown: OutcomeUnknown, deadline: Deadline) -> Resolution:
        """Return what became of a write, for a caller who waits for its effect.

        Raises:
            NotCarriedOut: it is certain that the exchange did not do it.
        """
        left = deadline.remaining()
        resolution = self.resolve(unknown, 3_600.0 if left is None else left)
        if resolution.outcome is Outcome.NOT_DONE and resolution.order is None:
            raise NotCarriedOut(
                f"{unknown.operation}: it got lost on the way and was not carried out",
                operation=unknown.operation,
                request_id=unknown.request_id,
            ) from unknown
        return resolution


def _is_complete(following: Following) -> bool:
    order = following.order
    return order is None or order.executed_quantity is None or following.has_all_fills


def _fills_of(following: Following) -> Plan[tuple[Fill, ...]]:
    """Return the plan that reads every fill of an order, oldest first."""
    order = following.order
    assert order is not None
    found: dict[str, Fill] = {}
    for page in range(1, _MOST_PAGES + 1):
        reply = yield calls.trades(
            symbol=order.symbol, order_id=order.order_id, page=page, page_size=_PAGE_SIZE
        )
        found.update((row.fill_id, fill_of_row(row)) for row in reply.rows)
        if len(reply.rows) < _PAGE_SIZE:
            break
    return tuple(reversed(found.values()))


def _not_yet(target: Target, order: Order | None) -> str:
    where = "nothing was told of it" if order is None else f"it is {order.status}"
    return f"order {target}: not so far in time; {where}"
