"""The rows of the campaign, in the order in which they are run and printed."""

from __future__ import annotations

from ..row import Row
from . import (
    backoff,
    books,
    causes,
    clocks,
    conformance,
    cycles,
    disconnects,
    errnos,
    floods,
    fuzzing,
    half_open,
    hostile,
    idempotence,
    interleavings,
    late_acks,
    lock_order,
    mute,
    orders,
    partitions,
    renewals,
    storm,
    unknown,
)

__all__ = ["ROWS"]

ROWS: tuple[Row, ...] = (
    *conformance.ROWS,
    *disconnects.ROWS,
    *half_open.ROWS,
    *mute.ROWS,
    *partitions.ROWS,
    *storm.ROWS,
    *errnos.ROWS,
    *renewals.ROWS,
    *late_acks.ROWS,
    *orders.ROWS,
    *floods.ROWS,
    *cycles.ROWS,
    *lock_order.ROWS,
    *hostile.ROWS,
    *fuzzing.ROWS,
    *interleavings.ROWS,
    *idempotence.ROWS,
    *books.ROWS,
    *backoff.ROWS,
    *causes.ROWS,
    *clocks.ROWS,
    *unknown.ROWS,
)
