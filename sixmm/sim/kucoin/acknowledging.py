"""Acknowledgements of requests: now, late or never, as the faults have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .core import Core
from .hub import Outlet

__all__ = ["acknowledge"]


def _nothing() -> None:
    pass


def acknowledge(
    core: Core,
    outlet: Outlet,
    message: dict[str, object],
    *,
    before: Callable[[], None] = _nothing,
) -> None:
    """Queue an acknowledgement. On the loop's thread, inside a transaction.

    What comes into effect with it and not earlier is done by `before`; never, if it is lost.
    """
    faults = core.faults
    if faults.take("lost_acks"):
        return
    if not faults.late_ack:
        before()
        core.hub.tell(outlet, message)
        return

    def late() -> None:
        with core.transaction():
            if outlet.alive:
                before()
                core.hub.tell(outlet, message)

    asyncio.get_running_loop().call_later(faults.late_ack, late)
