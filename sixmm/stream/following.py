"""Single orders that a caller follows: what the stream and the comparisons tell of each.

Whoever has sent an order wants to know what became of it, also where the reply was lost. Following
begins before the order is sent, so that a push that is quicker than the reply is not missed. While
nobody follows anything the reader pays one look at :attr:`OrderWatch.followed` per read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import TracebackType

from ..clock import Deadline
from ..state.models import Fill, Order
from ..state.telling import Telling, compare_orders
from .waiting import WaitingRoom, call

__all__ = ["Following", "OrderWatch"]

_ZERO = Decimal(0)


class Following:
    """One order that is followed: in a ``with`` block, from before it is sent until it is enough.

    It is changed under the lock of its watch by the thread that reads; callers read single
    attributes, each of which is replaced as a whole.

    Args:
        watch: tells it what comes.
        order_id: the exchange's id, where it is known.
        client_order_id: the caller's own id.
        created_from_ms: an order of that id that was made before, in exchange time, is another one.
    """

    def __init__(
        self,
        watch: OrderWatch,
        *,
        order_id: str | None,
        client_order_id: str | None,
        created_from_ms: int | None = None,
    ) -> None:
        self._watch = watch
        self.order_id = order_id
        self.client_order_id = client_order_id
        self._created_from_ms = created_from_ms
        self.order: Order | None = None
        """The latest state that was told, or None."""
        self.fills: tuple[Fill, ...] = ()
        """The fills that were told, oldest first."""

    @property
    def is_final(self) -> bool:
        """Whether the order is known to have ended."""
        return self.order is not None and not self.order.is_open

    @property
    def has_all_fills(self) -> bool:
        """Whether the fills that were told add up to what is executed."""
        if self.order is None or self.order.executed_quantity is None:
            return False
        return self.told_quantity == self.order.executed_quantity

    @property
    def told_quantity(self) -> Decimal:
        """How much the fills that were told add up to."""
        return sum((fill.quantity or _ZERO for fill in self.fills), _ZERO)

    def __enter__(self) -> Following:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._watch.forget(self)

    def identify(self, order_id: str) -> None:
        """Note the exchange's id, from a reply; from then on it alone decides what is meant."""
        self._watch.identify(self, order_id)

    def tell(self, orders: Iterable[Order] = (), fills: Iterable[Fill] = ()) -> None:
        """Take over what a query has told."""
        self._watch.tell((self,), orders, fills)

    def wait(self, is_enough: Callable[[Following], bool], deadline: Deadline) -> bool:
        """Wait until what is known is enough; return False where that was not so in time.

        It returns early, and says what is so, where the client is closed.
        """
        return self._watch.wait(self, is_enough, deadline)

    # For the watch, under its lock

    def take(self, orders: Iterable[Order], fills: Iterable[Fill]) -> bool:
        """Take over what is about this order; return whether any of it was new."""
        is_new = False
        for order in orders:
            if self._means(order) and compare_orders(self.order, order) is Telling.NEW:
                self.order, self.order_id, is_new = order, order.order_id, True
        known = {fill.fill_id for fill in self.fills}
        for fill in fills:
            if fill.order_id == self.order_id and fill.fill_id not in known:
                self.fills, is_new = _in_order((*self.fills, fill)), True
                known.add(fill.fill_id)
        return is_new

    def become(self, order_id: str) -> None:
        """Be about the order of this id, and forget another one of the same name."""
        if self.order_id != order_id:
            self.order_id, self.order, self.fills = order_id, None, ()

    def _means(self, order: Order) -> bool:
        if self.order_id is not None:
            return order.order_id == self.order_id
        if self._created_from_ms is not None and (
            order.created_at_ms is None or order.created_at_ms < self._created_from_ms
        ):
            # Its name is that of an older order, or may be: it is asked for instead.
            return False
        return self.client_order_id is not None and order.client_order_id == self.client_order_id


def _in_order(fills: tuple[Fill, ...]) -> tuple[Fill, ...]:
    """Return fills oldest first: what a query tells may be older than what was pushed."""
    if any(fill.time_ms is None for fill in fills):
        return fills
    return tuple(sorted(fills, key=lambda fill: fill.time_ms or 0))


class OrderWatch:
    """The orders that are followed. Used by the thread that reads, and by callers."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._room = WaitingRoom(self._lock)
        self.followed: tuple[Following, ...] = ()
        """Those who follow an order now; replaced and never changed."""
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the client is closed, so that to wait again returns at once."""
        return self._ended

    def follow(
        self,
        *,
        order_id: str | None = None,
        client_order_id: str | None = None,
        created_from_ms: int | None = None,
    ) -> Following:
        """Begin to follow an order; what was told before is not known to it."""
        following = Following(
            self,
            order_id=order_id,
            client_order_id=client_order_id,
            created_from_ms=created_from_ms,
        )
        with self._lock:
            self.followed = (*self.followed, following)
        return following

    def forget(self, following: Following) -> None:
        """Follow an order no more."""
        with self._lock:
            self.followed = tuple(one for one in self.followed if one is not following)

    def identify(self, following: Following, order_id: str) -> None:
        """See :meth:`Following.identify`."""
        with self._lock:
            following.become(order_id)

    def see(self, orders: Iterable[Order], fills: Iterable[Fill]) -> None:
        """Take over what a push or a comparison tells; for the thread that reads."""
        self.tell(self.followed, orders, fills)

    def tell(
        self, followed: Iterable[Following], orders: Iterable[Order], fills: Iterable[Fill]
    ) -> None:
        """Have these take over what is about them, and wake those who wait where it was new."""
        orders, fills = tuple(orders), tuple(fills)
        with self._lock:
            is_new = [one.take(orders, fills) for one in followed]
            woken = self._room.empty() if any(is_new) else []
        call(woken)

    def wait(
        self, following: Following, is_enough: Callable[[Following], bool], deadline: Deadline
    ) -> bool:
        """See :meth:`Following.wait`."""
        while True:
            with self._lock:
                if is_enough(following):
                    return True
                if self._ended or deadline.expired:
                    return False
                ticket = self._room.enter()
            self._room.wait(ticket, deadline.slice())

    def end(self) -> None:
        """Let everybody who waits go: the client is closed."""
        with self._lock:
            self._ended = True
            woken = self._room.empty()
        call(woken)
