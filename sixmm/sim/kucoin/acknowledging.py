"""Acknowledgements of subscriptions: now, late or never, as the faults have it."""

from __future__ import annotations

import asyncio

from .core import Core
from .hub import Outlet

__all__ = ["acknowledge"]


def acknowledge(core: Core, outlet: Outlet, message: dict[str, object]) -> None:
    """Queue an acknowledgement. On the loop's thread, inside a transaction."""
    faults = core.faults
    if faults.take("lost_acks"):
        return
    if not faults.late_ack:
        core.hub.tell(outlet, message)
        return

    def late() -> None:
        with core.transaction():
            core.hub.tell(outlet, message)

    asyncio.get_running_loop().call_later(faults.late_ack, late)
