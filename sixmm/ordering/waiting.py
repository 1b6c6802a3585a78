"""Waiting until an order has come far enough: the stream tells it; where it is silent, queries."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ..clock import Deadline
from ..errors import (
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    DeadlineExceeded,
    ForkedClient,
    NotPermitted,
    SixmmError,
)
from ..state.models import Fill, Order
from ..stream.following import Following, OrderWatch
from ..venues.base import Plan
from ..venues.sixmm import calls
from ..venues.sixmm.facts import fill_of_row
from .looking import look_up_order
from .report import OrderReport
from .resolving import MakeCall, run_plan
from .writes import Target

__all__ = ["HOPELESS", "Test", "Waiter"]

Test = Callable[[Order], bool]
"""Whether an order has come far enough for the one who waits."""

HOPELESS = (ConfigurationError, ClientClosed, ForkedClient, AuthenticationError, NotPermitted)
"""Of no use to ask again after these, unlike after a call that got no turn in time."""

_PAUSE_WITHOUT_STREAM, _PAUSE_WITH_STREAM, _LONGEST_PAUSE = 0.1, 2.0, 5.0
_PAGE_SIZE = 100
_MOST_PAGES = 100


class Waiter:
    """Waits for orders.

    Args:
        call: makes a call.
        watch: tells what the stream says of an order.
        is_live: whether the stream tells about orders at this moment.
        listen: has the stream read at once, because somebody waits for what it tells.
    """

    def __init__(
        self,
        *,
        call: MakeCall,
        watch: OrderWatch,
        is_live: Callable[[], bool],
        listen: Callable[[], None],
    ) -> None:
        self._call = call
        self._watch = watch
        self._is_live = is_live
        self._listen = listen

    def wait(
        self, following: Following, target: Target, is_enough: Test, deadline: Deadline
    ) -> OrderReport:
        """Return when an order has come far enough, with all of its fills.

        Raises:
            DeadlineExceeded: it had not come that far in time.
            SixmmError: one of :data:`HOPELESS`: nothing more will be told of it.
        """

        def is_there(one: Following) -> bool:
            return one.order is not None and is_enough(one.order)

        self._listen()
        pause = _PAUSE_WITH_STREAM if self._is_live() else _PAUSE_WITHOUT_STREAM
        while not following.wait(is_there, deadline.sooner(pause)):
            if deadline.expired:
                raise DeadlineExceeded(_not_yet(target, following.order))
            self.check_open()
            self._look_up(following, target, deadline)
            pause = min(2 * pause, _LONGEST_PAUSE)
        self._complete(following, target, deadline)
        assert following.order is not None
        return OrderReport(order=following.order, fills=following.fills)

    def check_open(self) -> None:
        """Raise :class:`ClientClosed` where every wait returns at once from now on."""
        if self._watch.ended:
            raise ClientClosed("the client is closed; nobody waits any more")

    def _look_up(self, following: Following, target: Target, deadline: Deadline) -> None:
        known = attrs.evolve(target, order_id=following.order_id or target.order_id)
        try:
            order = run_plan(look_up_order(known), self._call, deadline)
        except HOPELESS:
            raise
        except SixmmError:
            # Asked again after the pause; the deadline is the caller's.
            return
        following.tell(orders=() if order is None else (order,))

    def _complete(self, following: Following, target: Target, deadline: Deadline) -> None:
        """See that the fills add up to what is executed: pushes may have been missed."""
        pause = _PAUSE_WITHOUT_STREAM
        while not _is_complete(following):
            if deadline.expired:
                raise DeadlineExceeded(
                    f"order {following.order_id}: its state is known, but not all of its fills"
                )
            try:
                fills = run_plan(_fills_of(following), self._call, deadline)
            except HOPELESS:
                raise
            except SixmmError:
                fills = ()
            following.tell(fills=fills)
            if _has_more(following):
                # It was filled further since its state was told.
                self._look_up(following, target, deadline)
            following.wait(_is_complete, deadline.sooner(pause))
            self.check_open()
            pause = min(2 * pause, _LONGEST_PAUSE)


def _is_complete(following: Following) -> bool:
    order = following.order
    return order is None or order.executed_quantity is None or following.has_all_fills


def _has_more(following: Following) -> bool:
    order, told = following.order, following.told_quantity
    return order is not None and order.is_open and told > (order.executed_quantity or 0)


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
