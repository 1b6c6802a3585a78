"""Calls about the service itself: version and clock."""

from __future__ import annotations

from datetime import datetime, timezone

from ..core import Core
from .call import Call

__all__ = ["server_time", "version"]


def version(_core: Core, _call: Call) -> object:
    """Answer with a name, so that nobody takes this for the real exchange."""
    return {"version": "embedded", "name": "sixmm.sim"}


def server_time(core: Core, _call: Call) -> object:
    """Answer with the exchange's clock (rules 7 and 39)."""
    now_ms = core.now_ms()
    moment = datetime.fromtimestamp(now_ms // 1000, timezone.utc)
    return {
        "timestamp": now_ms // 1000,
        "timestampMs": now_ms,
        "iso": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": "UTC",
    }
