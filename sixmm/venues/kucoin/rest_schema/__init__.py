"""What the KuCoin REST API tells, typed; kept apart from the streams, whose names differ.

Every field is optional but those without which a row cannot be told from another. What no field
names is in ``extra``.
"""

from __future__ import annotations

from .futures import (
    FuturesAccount,
    FuturesFill,
    FuturesFillPage,
    FuturesOrder,
    FuturesOrderPage,
    FuturesPosition,
)
from .pro import (
    ProAccount,
    ProBalance,
    ProBalances,
    ProFill,
    ProFillPage,
    ProOrder,
    ProOrderHistory,
    ProOrderPage,
    ProOverview,
    ProPosition,
)
from .row import Row, reread, result_of
from .spot import (
    ActiveSymbols,
    CrossAccount,
    CrossMargin,
    IsolatedAccount,
    IsolatedMargin,
    IsolatedSide,
    SpotAccount,
    SpotFill,
    SpotFillPage,
    SpotOrder,
    SpotOrderPage,
    SpotOrderPages,
    SpotStopOrder,
    SpotStopOrderPage,
)
from .tokens import InstanceServer, StreamToken

__all__ = [
    "ActiveSymbols",
    "CrossAccount",
    "CrossMargin",
    "FuturesAccount",
    "FuturesFill",
    "FuturesFillPage",
    "FuturesOrder",
    "FuturesOrderPage",
    "FuturesPosition",
    "InstanceServer",
    "IsolatedAccount",
    "IsolatedMargin",
    "IsolatedSide",
    "ProAccount",
    "ProBalance",
    "ProBalances",
    "ProFill",
    "ProFillPage",
    "ProOrder",
    "ProOrderHistory",
    "ProOrderPage",
    "ProOverview",
    "ProPosition",
    "Row",
    "SpotAccount",
    "SpotFill",
    "SpotFillPage",
    "SpotOrder",
    "SpotOrderPage",
    "SpotOrderPages",
    "SpotStopOrder",
    "SpotStopOrderPage",
    "StreamToken",
    "reread",
    "result_of",
]
