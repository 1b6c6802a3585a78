"""The REST replies that a client of 6MM asks for while it starts: an account that is empty."""

from __future__ import annotations

import json
import time
from typing import Any

__all__ = ["LISTEN_KEY", "reply_to"]

LISTEN_KEY = "f57cb61ef604ce76be09e753a5dbdd8c"
_LIFE_MS = 3_600_000


def reply_to(path: str) -> bytes:
    """Return the body of the reply to a call of ``path``, which has no query."""
    data = _data(path, time.time_ns() // 1_000_000)
    if data is None:
        # Also what an exchange says of an order that it does not know.
        return b'{"code":3003,"message":"Order not found","requestId":"bench"}'
    envelope = {"code": 0, "message": "success", "data": data, "requestId": "bench"}
    return json.dumps(envelope, separators=(",", ":")).encode()


def _data(path: str, now_ms: int) -> dict[str, Any] | None:
    asset = {
        "userId": "1188041528",
        "assetType": "USDT",
        "walletBalance": "10000",
        "frozenMargin": "0",
        "usedMargin": "0",
    }
    replies: dict[str, dict[str, Any]] = {
        "/v1/time": {"timestamp": now_ms // 1000, "timestampMs": now_ms},
        "/v1/private/user/listen-key": {"listenKey": LISTEN_KEY, "expireAt": now_ms + _LIFE_MS},
        "/v1/private/user/asset": {"userAsset": asset},
        "/v1/private/order/current": {"list": [], "total": 0},
        "/v1/private/order/history": {"list": [], "total": 0},
        "/v1/private/order/current-condition": {"list": [], "total": 0},
        "/v1/private/order/history-condition": {"list": [], "total": 0},
        "/v1/private/order/trades": {"list": [], "total": 0},
        "/v1/private/position/positions": {"positions": []},
    }
    return replies.get(path)
