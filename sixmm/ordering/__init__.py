"""Orders that are never sent twice, and whose outcome is found out.

A call that changes an order ends as *confirmed*, *rejected*, or with
:class:`~sixmm.errors.OutcomeUnknown`. :mod:`.writes` says what was sent, :mod:`.deciding` what can
be concluded from what the exchange tells of it, and :mod:`.resolving` asks until that is certain.
"""

from __future__ import annotations

from .orders import OrdersGroup
from .report import OrderReport
from .scope import OrderScope
from .writes import Kind, Outcome, Resolution, Resolved, Target, Write

__all__ = [
    "Kind",
    "OrderReport",
    "OrderScope",
    "OrdersGroup",
    "Outcome",
    "Resolution",
    "Resolved",
    "Target",
    "Write",
]
