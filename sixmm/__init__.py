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
    from .checkpoint import CheckpointStats
    from .client import Client
    from .errors import (
        ApiError,
        AuthenticationError,
        ClientClosed,
        ConditionRejected,
        ConfigurationError,
        ConnectFailed,
        ConnectionClosed,
        DeadlineExceeded,
        DecodeError,
        DuplicateOrder,
        ForkedClient,
        HandshakeRefused,
        HttpStatusError,
        InsufficientBalance,
        InvalidOrder,
        InvalidRequest,
        LocalError,
        LocalStateError,
        LoginRefused,
        NetworkError,
        NotCancelable,
        NotCarriedOut,
        NotPermitted,
        OrderNotFound,
        OrderRejected,
        OutcomeUnknown,
        PaceExceeded,
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
        CheckpointFailed,
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
    from .ordering import OrderReport, OrderScope, Outcome, Resolution
    from .pace import Rate, RestPace
    from .redaction import Secret
    from .state.book import Book
    from .state.models import Balance, ConditionOrder, Fill, Order, Position
    from .state.picture import Account
    from .stream.backoff import BackoffPolicy
    from .stream.books import BookLive, BookStale
    from .stream.inbox import InboxLimits
    from .stream.options import SessionOptions
    from .stream.states import State
    from .stream.stats import Stats
    from .venues.sixmm.condition_facts import ConditionOrderUpdate
    from .venues.sixmm.order_forms import (
        Amendment,
        NewConditionOrder,
        NewOrder,
        OrderRef,
        StrategyLeg,
    )
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
    "ConditionRejected": ".errors",
    "ConfigurationError": ".errors",
    "ConnectFailed": ".errors",
    "ConnectionClosed": ".errors",
    "DeadlineExceeded": ".errors",
    "DecodeError": ".errors",
    "DuplicateOrder": ".errors",
    "ForkedClient": ".errors",
    "HandshakeRefused": ".errors",
    "HttpStatusError": ".errors",
    "InsufficientBalance": ".errors",
    "InvalidOrder": ".errors",
    "InvalidRequest": ".errors",
    "LocalError": ".errors",
    "LocalStateError": ".errors",
    "LoginRefused": ".errors",
    "NetworkError": ".errors",
    "NotCancelable": ".errors",
    "NotCarriedOut": ".errors",
    "NotPermitted": ".errors",
    "OrderNotFound": ".errors",
    "OrderRejected": ".errors",
    "OutcomeUnknown": ".errors",
    "PaceExceeded": ".errors",
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
    "Rate": ".pace",
    "RestPace": ".pace",
    "Secret": ".redaction",
    "Book": ".state.book",
    "Account": ".state.picture",
    "Balance": ".state.models",
    "ConditionOrder": ".state.models",
    "Fill": ".state.models",
    "Order": ".state.models",
    "Position": ".state.models",
    "BackoffPolicy": ".stream.backoff",
    "BookLive": ".stream.books",
    "BookStale": ".stream.books",
    "InboxLimits": ".stream.inbox",
    "SessionOptions": ".stream.options",
    "State": ".stream.states",
    "Stats": ".stream.stats",
    "AccountUpdate": ".venues.sixmm.stream_schema",
    "ConditionOrderUpdate": ".venues.sixmm.condition_facts",
    "DepthUpdate": ".venues.sixmm.stream_schema",
    "Kline": ".venues.sixmm.stream_schema",
    "MarketTrade": ".venues.sixmm.stream_schema",
    "OrderTradeUpdate": ".venues.sixmm.stream_schema",
    "Ticker": ".venues.sixmm.stream_schema",
    "Tickers": ".venues.sixmm.stream_schema",
    "OrderReport": ".ordering",
    "OrderScope": ".ordering",
    "Outcome": ".ordering",
    "Resolution": ".ordering",
    "Amendment": ".venues.sixmm.order_forms",
    "NewConditionOrder": ".venues.sixmm.order_forms",
    "NewOrder": ".venues.sixmm.order_forms",
    "OrderRef": ".venues.sixmm.order_forms",
    "StrategyLeg": ".venues.sixmm.order_forms",
    "CheckpointFailed": ".events",
    "CheckpointStats": ".checkpoint",
}
"""Where each public name lives."""

__all__ = [
    "Account",
    "AccountUpdate",
    "Amendment",
    "ApiError",
    "AuthenticationError",
    "BackoffPolicy",
    "Balance",
    "Book",
    "BookLive",
    "BookStale",
    "CheckpointFailed",
    "CheckpointStats",
    "Client",
    "ClientClosed",
    "ConditionOrder",
    "ConditionOrderUpdate",
    "ConditionRejected",
    "ConfigurationError",
    "ConnectFailed",
    "Connected",
    "ConnectionClosed",
    "DeadlineExceeded",
    "DecodeError",
    "DecodeFailed",
    "DepthUpdate",
    "Disconnected",
    "DuplicateOrder",
    "Event",
    "Fill",
    "ForkedClient",
    "HandshakeRefused",
    "HttpStatusError",
    "InboxFilling",
    "InboxLimits",
    "InsufficientBalance",
    "InvalidOrder",
    "InvalidRequest",
    "Kline",
    "LocalError",
    "LocalStateError",
    "LoginRefused",
    "MarketTrade",
    "NetworkError",
    "NewConditionOrder",
    "NewOrder",
    "NotCancelable",
    "NotCarriedOut",
    "NotPermitted",
    "Order",
    "OrderNotFound",
    "OrderRef",
    "OrderRejected",
    "OrderReport",
    "OrderScope",
    "OrderTradeUpdate",
    "Origin",
    "Outcome",
    "OutcomeUnknown",
    "Overflow",
    "PaceExceeded",
    "Position",
    "ProtocolViolation",
    "Rate",
    "RemoteError",
    "Resolution",
    "RestPace",
    "Resynced",
    "Secret",
    "ServerFault",
    "SessionExpiring",
    "SessionOptions",
    "SessionRenewed",
    "SixmmError",
    "State",
    "Stats",
    "StrategyLeg",
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
