"""Sending one order, and what is known of it right after."""

from __future__ import annotations

from decimal import Decimal

from ..clock import Deadline
from ..codec import decimal_text
from ..errors import DuplicateOrder, OutcomeUnknown, SixmmError
from ..state.models import Order
from ..stream.following import Following
from ..venues.sixmm import calls
from ..venues.sixmm.enums import OrderStatus, known
from ..venues.sixmm.order_forms import Amount, NewOrder
from ..venues.sixmm.rest_schema import PlacedOrder
from .deciding import is_from_before
from .desk import WriteDesk
from .looking import look_up_order
from .resolving import run_plan
from .writes import Target, Write

__all__ = ["send_order"]

_LOOK_SECONDS = 5.0


def send_order(
    desk: WriteDesk,
    order: NewOrder,
    write: Write,
    following: Following,
    deadline: Deadline | None = None,
) -> PlacedOrder:
    """Send an order once, and return what the exchange, or else the stream, says of it.

    Args:
        desk: sends.
        order: what is placed, with a client order id.
        write: the same, for who looks for it.
        following: follows it, from before.
        deadline: of the one who waits for its effect; None for the default of calls.

    Raises:
        OutcomeUnknown: no answer came, and no push in the moment after.
        SixmmError: it was refused, or not sent.
    """
    placed = _send(desk, order, write, following, deadline)
    desk.confirmed(write.targets[0], order_id=placed.order_id)
    return placed


def _send(
    desk: WriteDesk, order: NewOrder, write: Write, following: Following, deadline: Deadline | None
) -> PlacedOrder:
    try:
        placed: PlacedOrder = desk.send(calls.place_order(order), write, deadline)
    except OutcomeUnknown:
        told = following.order if desk.hears_of(following, deadline) else None
        if told is None or is_from_before(write, told):
            raise
        return _placed(told)
    except DuplicateOrder:
        # It may have been sent twice on the way: then it is there, just as it was asked for.
        found = _look_up(desk, write.targets[0], deadline)
        if found is None or not found.created_at_ms or is_from_before(write, found):
            raise
        if not _is_same(order, found):
            raise
        return _placed(found)
    return placed


def _look_up(desk: WriteDesk, target: Target, deadline: Deadline | None) -> Order | None:
    deadline = (deadline or Deadline(None, clock=desk.clock)).sooner(_LOOK_SECONDS)
    try:
        return run_plan(look_up_order(target), desk.call, deadline)
    except SixmmError:
        return None


def _is_same(wanted: NewOrder, order: Order) -> bool:
    """Whether an order is as it was wanted, in what both say of it."""
    pairs = (
        (wanted.side, order.side),
        (wanted.type, order.type),
        (_amount(wanted.price), order.price),
        (_amount(wanted.quantity), order.quantity),
    )
    return all(ours is None or theirs is None or ours == theirs for ours, theirs in pairs)


def _amount(amount: Amount | None) -> Decimal | None:
    return None if amount is None else Decimal(decimal_text(amount))


def _placed(order: Order) -> PlacedOrder:
    """Return the reply to a placement as the stream, or a query, tells it."""
    return PlacedOrder(
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        status=known(OrderStatus, order.status),
        timestamp=order.updated_at_ms,
    )
