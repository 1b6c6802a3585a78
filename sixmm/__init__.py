"""A blocking client for live exchange streams, with typed events and nothing lost.

Everything public is imported on first use, so that ``import sixmm`` costs next to nothing::

    from sixmm import Client

    with Client.from_env() as client:
        for event in client.events():
            print(event)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import Client
    from .errors import (
        ApiError,
        AuthenticationError,
        ClientClosed,
        ConfigurationError,
        ConnectFailed,
        ConnectionClosed,
        DeadlineExceeded,
        DecodeError,
        ForkedClient,
        HandshakeRefused,
        HttpStatusError,
        InvalidRequest,
        LocalError,
        LocalStateError,
        LoginRefused,
        NetworkError,
        NotPermitted,
        OrderRejected,
        OutcomeUnknown,
        ProtocolViolation,
        RemoteError,
        ServerFault,
        SixmmError,
        SubscriptionRefused,
        Throttled,
        TlsFailed,
        Unsupported,
    )
    from .events import (
        Connected,
        DecodeFailed,
        Disconnected,
        Event,
        InboxFilling,
        Origin,
        Overflow,
        Resynced,
        SessionExpiring,
        SessionRenewed,
        SubscriptionFailed,
        UnknownEvent,
    )
    from .redaction import Secret
    from .state.account import Account
    from .state.models import Balance, Fill, Order, Position
    from .stream.backoff import BackoffPolicy
    from .stream.inbox import InboxLimits
    from .stream.options import SessionOptions
    from .stream.states import State
    from .stream.stats import Stats
    from .venues.sixmm.stream_schema import (
        AccountUpdate,
        DepthUpdate,
        Kline,
        MarketTrade,
        OrderTradeUpdate,
        Ticker,
        Tickers,
    )

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "Client": ".client",
    "ApiError": ".errors",
    "AuthenticationError": ".errors",
    "ClientClosed": ".errors",
    "ConfigurationError": ".errors",
    "ConnectFailed": ".errors",
    "ConnectionClosed": ".errors",
    "DeadlineExceeded": ".errors",
    "DecodeError": ".errors",
    "ForkedClient": ".errors",
    "HandshakeRefused": ".errors",
    "HttpStatusError": ".errors",
    "InvalidRequest": ".errors",
    "LocalError": ".errors",
    "LocalStateError": ".errors",
    "LoginRefused": ".errors",
    "NetworkError": ".errors",
    "NotPermitted": ".errors",
    "OrderRejected": ".errors",
    "OutcomeUnknown": ".errors",
    "ProtocolViolation": ".errors",
    "RemoteError": ".errors",
    "ServerFault": ".errors",
    "SixmmError": ".errors",
    "SubscriptionRefused": ".errors",
    "Throttled": ".errors",
    "TlsFailed": ".errors",
    "Unsupported": ".errors",
    "Connected": ".events",
    "DecodeFailed": ".events",
    "Disconnected": ".events",
    "Event": ".events",
    "InboxFilling": ".events",
    "Origin": ".events",
    "Overflow": ".events",
    "Resynced": ".events",
    "SessionExpiring": ".events",
    "SessionRenewed": ".events",
    "SubscriptionFailed": ".events",
    "UnknownEvent": ".events",
    "Secret": ".redaction",
    "Account": ".state.account",
    "Balance": ".state.models",
    "Fill": ".state.models",
    "Order": ".state.models",
    "Position": ".state.models",
    "BackoffPolicy": ".stream.backoff",
    "InboxLimits": ".stream.inbox",
    "SessionOptions": ".stream.options",
    "State": ".stream.states",
    "Stats": ".stream.stats",
    "AccountUpdate": ".venues.sixmm.stream_schema",
    "DepthUpdate": ".venues.sixmm.stream_schema",
    "Kline": ".venues.sixmm.stream_schema",
    "MarketTrade": ".venues.sixmm.stream_schema",
    "OrderTradeUpdate": ".venues.sixmm.stream_schema",
    "Ticker": ".venues.sixmm.stream_schema",
    "Tickers": ".venues.sixmm.stream_schema",
}
"""Where each public name lives."""

__all__ = [
    "Account",
    "AccountUpdate",
    "ApiError",
    "AuthenticationError",
    "BackoffPolicy",
    "Balance",
    "Client",
    "ClientClosed",
    "ConfigurationError",
    "ConnectFailed",
    "Connected",
    "ConnectionClosed",
    "DeadlineExceeded",
    "DecodeError",
    "DecodeFailed",
    "DepthUpdate",
    "Disconnected",
    "Event",
    "Fill",
    "ForkedClient",
    "HandshakeRefused",
    "HttpStatusError",
    "InboxFilling",
    "InboxLimits",
    "InvalidRequest",
    "Kline",
    "LocalError",
    "LocalStateError",
    "LoginRefused",
    "MarketTrade",
    "NetworkError",
    "NotPermitted",
    "Order",
    "OrderRejected",
    "OrderTradeUpdate",
    "Origin",
    "OutcomeUnknown",
    "Overflow",
    "Position",
    "ProtocolViolation",
    "RemoteError",
    "Resynced",
    "Secret",
    "ServerFault",
    "SessionExpiring",
    "SessionOptions",
    "SessionRenewed",
    "SixmmError",
    "State",
    "Stats",
    "SubscriptionFailed",
    "SubscriptionRefused",
    "Throttled",
    "Ticker",
    "Tickers",
    "TlsFailed",
    "UnknownEvent",
    "Unsupported",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
