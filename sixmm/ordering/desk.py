"""What placing, amending and cancelling share: to send once, to follow, and to find out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ..clock import Clock, Deadline, ServerClock
from ..errors import LocalStateError, NotCarriedOut, OutcomeUnknown, without_frames
from ..state.models import Order
from ..stream.following import Following, OrderWatch
from ..venues.base import Call, PaceClass
from ..venues.sixmm import calls
from ..venues.sixmm.rest_schema import BatchReply
from .batches import KnownBatches, entries
from .client_ids import new_client_order_id
from .deciding import CLOCK_DOUBT_MS
from .known_orders import KnownOrders
from .report import OrderReport
from .resolving import MakeCall, Resolver
from .symbols import SymbolBook
from .waiting import HOPELESS, Test, Waiter
from .writes import Kind, Outcome, Resolution, Target, Write

__all__ = ["WriteDesk"]

_GRACE = 1.0
"""Seconds in which a push may still confirm what no reply has."""


class WriteDesk:
    """Sends what changes orders, once, and finds out what became of it.

    Args:
        call: makes a call.
        watch: tells what the stream says of an order.
        clock: the local clock.
        server_clock: the exchange's clock; read before the first write, where nobody has read it.
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
        self.symbols = SymbolBook(
            lambda timeout: call(calls.symbols(), timeout=timeout), clock=clock
        )
        self._watch = watch
        self._server_clock = server_clock
        self._is_live = is_live
        self._listen = listen
        self._orders = KnownOrders()
        self._conditions = KnownOrders()
        self._batches = KnownBatches()
        self._waiter = Waiter(call=call, watch=watch, is_live=is_live, listen=listen)
        self._resolver = Resolver(call=call, watch=watch, clock=clock, server_clock=server_clock)

    # Sending

    def new_id(self) -> str:
        """Return a client order id that was never used."""
        return new_client_order_id(self.clock.time_ms())

    def write(
        self, kind: Kind, *targets: Target, deadline: Deadline | None = None, **facts: Any
    ) -> Write:
        """Return what a call is about to change; its time begins now.

        Args:
            kind: what kind of change.
            targets: what is changed.
            deadline: of the one who waits, where the exchange's clock has to be read first.
            facts: other attributes of the write.

        Raises:
            SixmmError: the exchange's clock was never read, and could not be now; nothing was sent.
        """
        if not self._server_clock.measured:
            # By the local clock, which may be ahead, the order would seem to be from before.
            self._read_clock(deadline)
        write = Write(
            kind=kind, targets=targets, earliest_ms=self._server_clock.earliest_ms(), **facts
        )
        if not write.is_placement:
            return write
        return attrs.evolve(
            write,
            other_orders=self._orders.of(*targets),
            other_conditions=self._conditions.of(*targets),
        )

    def _read_clock(self, deadline: Deadline | None) -> None:
        call = attrs.evolve(calls.server_time(), pace=PaceClass.SESSION)
        sent_at = self.clock.monotonic()
        server_ms = self.call(call, timeout=None if deadline is None else deadline.remaining())
        self._server_clock.adjust(server_ms, sent_at=sent_at, received_at=self.clock.monotonic())

    def send(self, call: Call, write: Write, deadline: Deadline | None = None) -> Any:
        """Make a call that changes something, once.

        Args:
            call: what to ask.
            write: what it changes.
            deadline: of the one who waits for its effect; None for the default of calls.

        Raises:
            OutcomeUnknown: no clear answer came; it carries ``write``.
        """
        try:
            return self.call(call, timeout=None if deadline is None else deadline.remaining())
        except OutcomeUnknown as error:
            error.write = self.sent(write)
            if len(write.targets) == 1:
                error.client_order_id = write.targets[0].client_order_id
            raise

    def send_batch(self, call: Call, write: Write) -> BatchReply:
        """Make a call that changes several orders, once, and remember what it was for.

        Raises:
            OutcomeUnknown: no clear answer came; it carries ``write``.
        """
        reply: BatchReply = self.send(call, write)
        if write.is_placement:
            for target, entry in entries(write, reply):
                self.confirmed(target, order_id=entry.order_id)
        self._batches.note(reply, self.sent(write))
        return reply

    def sent(self, write: Write) -> Write:
        """Return a write that was sent by now."""
        return attrs.evolve(write, latest_ms=self._server_clock.now_ms())

    def interrupted(self, write: Write) -> OutcomeUnknown:
        """Return the error for a write in whose sending the caller was interrupted."""
        return self._unknown(self.sent(write), f"to {write.kind.value}: interrupted")

    def _unknown(self, write: Write, message: str) -> OutcomeUnknown:
        """Return the error for a write that was sent, whose outcome is not known."""
        error = OutcomeUnknown(message, operation=write.kind.value)
        error.write = write
        if len(write.targets) == 1:
            error.client_order_id = write.targets[0].client_order_id
        return error

    def confirmed(
        self, target: Target, *, order_id: str | None = None, condition_id: str | None = None
    ) -> None:
        """Remember which order a placement has made: no later one of the same name has made it."""
        self._orders.note(target, order_id)
        self._conditions.note(target, condition_id)

    # Following

    def follow(self, target: Target, write: Write | None = None) -> Following:
        """Follow an order from now on; with ``write``, only one that was made by that or later."""
        return self._watch.follow(
            order_id=target.order_id,
            client_order_id=target.client_order_id,
            created_from_ms=None if write is None else write.earliest_ms - CLOCK_DOUBT_MS,
        )

    def hears_of(self, following: Following, deadline: Deadline | None = None) -> bool:
        """Whether the stream tells of an order within a moment; False where there is no stream."""
        if not self._is_live():
            return following.order is not None
        self._listen()
        deadline = (deadline or Deadline(None, clock=self.clock)).sooner(_GRACE)
        return following.wait(lambda one: one.order is not None, deadline)

    def await_order(
        self,
        following: Following,
        target: Target,
        is_enough: Test,
        deadline: Deadline,
        write: Write | None = None,
    ) -> OrderReport:
        """Return when an order has come far enough, with all of its fills.

        The stream tells it; where it is silent, the exchange is asked now and then.

        Raises:
            DeadlineExceeded: it had not come that far in time.
            OutcomeUnknown: it could not be followed any more; it carries ``write``. What keeps the
                caller from asking says nothing of what was sent before.
        """
        try:
            return self._waiter.wait(following, target, is_enough, deadline)
        except HOPELESS as error:
            if write is None:
                raise
            what = f"{write.kind.value} order {target}"
            text = f"{what}: sent, but what became of it cannot be asked for"
            raise self._unknown(self.sent(write), text) from without_frames(error)

    def pause(self, deadline: Deadline) -> None:
        """Wait.

        Raises:
            ClientClosed: the client is closed.
        """
        with self._watch.follow() as nobody:
            nobody.wait(lambda _: False, deadline)
        self._waiter.check_open()

    # Finding out

    def unclear(self, reply: BatchReply) -> OutcomeUnknown | None:
        """Return the error for the part of a batch of which its reply says nothing, or None."""
        write = self._batches.unclear(reply)
        if write is None:
            return None
        count = len(write.targets)
        return self._unknown(
            write, f"to {write.kind.value}: the exchange failed in {count} orders of a batch"
        )

    def resolve(self, unknown: OutcomeUnknown, timeout: float) -> Resolution:
        """Return what became of a write; see :meth:`.OrdersGroup.resolve`."""
        write = unknown.write
        if not isinstance(write, Write):
            raise LocalStateError(
                f"{unknown.operation} does not change an order, so its outcome cannot be found out "
                "here; look at the state that it was to change"
            )
        if not write.targets:
            raise LocalStateError(
                f"{unknown.operation} names no order by which its outcome could be found out; "
                "look at the open orders"
            )
        resolution = self._resolver.resolve(unknown, write, timeout)
        if write.is_placement:
            for part in resolution.parts:
                self.confirmed(
                    part.target,
                    order_id=_id_of(part.order),
                    condition_id=part.condition_id,
                )
        return resolution

    def settle(self, unknown: OutcomeUnknown, deadline: Deadline) -> Resolution:
        """Return what became of a write, for a caller who waits for its effect.

        Raises:
            NotCarriedOut: it is certain that the exchange did not do it.
        """
        left = deadline.remaining()
        resolution = self.resolve(unknown, 3_600.0 if left is None else left)
        order = resolution.order
        if resolution.outcome is Outcome.NOT_DONE and (order is None or order.is_open):
            raise NotCarriedOut(
                f"{unknown.operation}: it got lost on the way and was not carried out",
                operation=unknown.operation,
                request_id=unknown.request_id,
            ) from unknown
        return resolution


def _id_of(order: Order | None) -> str | None:
    return None if order is None else order.order_id
