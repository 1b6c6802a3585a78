"""What can be concluded about a write from what the exchange tells of its orders.

Pure: evidence goes in, a certain outcome comes out, or None: look again. "Not found" and "not
changed yet" are certain only where the question was asked after the exchange had stopped taking the
signature of the write, because until then it may still be on its way (rule 38).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from ..state.models import Order
from .writes import Kind, Outcome, Resolved, Target, Write

__all__ = ["CLOCK_DOUBT_MS", "WINDOW_MS", "Evidence", "closes_at_ms", "decide", "is_from_before"]

WINDOW_MS = 10_000
"""How long the exchange takes a signature (rule 38)."""
CLOCK_DOUBT_MS = 2_000
"""How far a clock may be off, and how long the exchange may take to carry out what it has taken."""


@attrs.frozen(kw_only=True)
class Evidence:
    """What was found about one target."""

    order: Order | None = None
    """The normal order, where the exchange knows one."""
    condition_id: str | None = None
    condition_status: str | None = None
    """Of the condition order, where the exchange knows one."""
    remaining: int = 0
    """Of a cancel-all: how many of the orders that it was for are still open."""
    is_late: bool = False
    """Whether it was looked for after the write could not be carried out any more."""


def closes_at_ms(write: Write) -> int:
    """Return the exchange time from which on a write that is not done will never be."""
    return write.latest_ms + WINDOW_MS + CLOCK_DOUBT_MS


def decide(write: Write, target: Target, evidence: Evidence) -> Resolved | None:
    """Return what became of a target, or None where that is not certain yet."""
    outcome = _DECIDERS[write.kind](write, target, evidence)
    if outcome is None and evidence.is_late:
        outcome = Outcome.NOT_DONE
    if outcome is None:
        return None
    order = evidence.order
    if order is not None and write.is_placement and is_from_before(write, order):
        # It has the name of the one that was asked for, and is another one.
        order = None
    return Resolved(target=target, outcome=outcome, order=order, condition_id=evidence.condition_id)


def _placed(write: Write, _: Target, evidence: Evidence) -> Outcome | None:
    order = evidence.order
    if order is None or is_from_before(write, order):
        return None
    return Outcome.REJECTED if order.status == "REJECTED" else Outcome.CONFIRMED


def is_from_before(write: Write, order: Order) -> bool:
    """Whether an order is an older one that was given the same id by the caller."""
    if order.order_id in write.other_orders:
        return True
    created_ms = order.created_at_ms
    return created_ms is not None and created_ms < write.earliest_ms - CLOCK_DOUBT_MS


def _condition_placed(write: Write, target: Target, evidence: Evidence) -> Outcome | None:
    if evidence.condition_id is not None:
        return Outcome.CONFIRMED
    return _placed(write, target, evidence)


def _amended(_: Write, target: Target, evidence: Evidence) -> Outcome | None:
    order = evidence.order
    if order is None:
        return None
    wanted = ((target.price, order.price), (target.quantity, order.quantity))
    if all(new is None or new == now for new, now in wanted):
        return Outcome.CONFIRMED
    return None if order.is_open else Outcome.NOT_DONE


def _canceled(_write: Write, _target: Target, evidence: Evidence) -> Outcome | None:
    order = evidence.order
    if order is None or order.is_open:
        return None
    # An order that was filled or refused has ended by itself.
    return Outcome.CONFIRMED if "CANCEL" in order.status else Outcome.NOT_DONE


def _condition_canceled(_write: Write, _target: Target, evidence: Evidence) -> Outcome | None:
    status = evidence.condition_status
    if status is None or status == "NEW":
        return None
    return Outcome.CONFIRMED if "CANCEL" in status else Outcome.NOT_DONE


def _all_canceled(_write: Write, _target: Target, evidence: Evidence) -> Outcome | None:
    # Until then it may still be on its way, and meet the orders that are placed meanwhile.
    return Outcome.CONFIRMED if evidence.is_late and not evidence.remaining else None


_DECIDERS: Mapping[Kind, Callable[[Write, Target, Evidence], Outcome | None]] = {
    Kind.PLACE: _placed,
    Kind.PLACE_CONDITION: _condition_placed,
    Kind.PLACE_STRATEGY: _condition_placed,
    Kind.AMEND: _amended,
    Kind.CANCEL: _canceled,
    Kind.CANCEL_CONDITION: _condition_canceled,
    Kind.CANCEL_ALL: _all_canceled,
}
