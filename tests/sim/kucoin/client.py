"""Plain clients, written from what is known about KuCoin: one for REST, two for the streams.

They are as dumb as can be on purpose, and share nothing with the exchange or with `sixmm`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import quote

import requests
from websockets.exceptions import InvalidStatus

from sixmm.sim.kucoin import ApiKey

from ..client import WAIT, Stream

__all__ = ["WAIT", "Caller", "Classic", "InvalidStatus", "Pro", "mac"]


def mac(secret: str, text: str) -> str:
    """Return the base64 text of an HMAC-SHA256."""
    return base64.b64encode(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    ).decode()


class Caller:
    """Signs REST calls to one host; `last` is the whole reply."""

    def __init__(self, url: str, key: ApiKey) -> None:
        """Talk to `url` with `key`."""
        self.url, self.key = url, key
        self.session = requests.Session()
        self.session.trust_env = False
        self.last = requests.Response()

    def headers(self, method: str, target: str, body: str = "", off_ms: int = 0) -> dict[str, str]:
        """Return the headers of a signed call."""
        stamp = str(time.time_ns() // 1_000_000 + off_ms)
        return {
            "KC-API-KEY": self.key.api_key,
            "KC-API-SIGN": mac(self.key.api_secret, f"{stamp}{method}{target}{body}"),
            "KC-API-TIMESTAMP": stamp,
            "KC-API-PASSPHRASE": mac(self.key.api_secret, self.key.passphrase),
            "KC-API-KEY-VERSION": str(self.key.version),
        }

    def send(self, method: str, target: str, headers: dict[str, str], body: str = "") -> Any:
        """Send exactly this, and return the JSON of the reply."""
        request = requests.Request(method, self.url + target, data=body, headers=headers)
        self.last = self.session.send(self.session.prepare_request(request), timeout=WAIT)
        return self.last.json()

    def call(self, method: str, target: str, body: str = "") -> Any:
        """Send a signed call, and return the envelope."""
        return self.send(method, target, self.headers(method, target, body), body)

    def get(self, target: str) -> Any:
        """Send a signed GET that must succeed, and return its data."""
        envelope = self.call("GET", target)
        assert envelope["code"] == "200000", envelope
        return envelope["data"]

    def code(self, target: str) -> str:
        """Send a signed GET, and return its code."""
        return str(self.call("GET", target)["code"])

    def bullet(self, path: str = "/api/v1/bullet-private") -> Any:
        """Ask for a token, and return the data of the reply."""
        envelope = self.call("POST", path)
        assert envelope["code"] == "200000", envelope
        return envelope["data"]

    def dial_url(self, path: str = "/api/v1/bullet-private", connect_id: str = "c1") -> str:
        """Return where to dial, with a fresh token."""
        data = self.bullet(path)
        server = data["instanceServers"][-1]["endpoint"]
        return f"{server}?token={quote(data['token'], safe='')}&connectId={connect_id}"


class Classic(Stream):
    """A Classic WebSocket that gives parsed messages."""

    def tell(self, kind: str, topic: str | None = None, **extra: object) -> str:
        """Send a request and return its id."""
        request_id = str(next(self._ids))
        request: dict[str, object] = {"id": request_id, "type": kind}
        if topic is not None:
            request |= {"topic": topic, "privateChannel": True, "response": True}
        self.socket.send(json.dumps(request | extra))
        return request_id

    def request(self, kind: str, topic: str | None = None, **extra: object) -> Any:
        """Send a request and return the answer to it."""
        return self.until(self.tell(kind, topic, **extra))[0]

    def subscribe(self, *topics: str) -> None:
        """Subscribe to topics, which must be acknowledged."""
        for topic in topics:
            assert self.request("subscribe", topic)["type"] == "ack", topic

    def pending(self) -> list[Any]:
        """Return all pushes that were sent before now: what comes ahead of a pong."""
        return self.until(self.tell("ping"))[1]


class Pro(Stream):
    """A Pro WebSocket that gives parsed messages; its frames have to be binary."""

    def text(self, timeout: float = WAIT) -> str:
        """Return the next frame."""
        frame = self.socket.recv(timeout=timeout)
        assert isinstance(frame, bytes)
        return frame.decode()

    def tell(self, request: dict[str, object]) -> str:
        """Send a request and return its id."""
        request_id = str(next(self._ids))
        self.socket.send(json.dumps({"id": request_id, **request}))
        return request_id

    def request(self, **request: object) -> Any:
        """Send a request and return the answer to it."""
        return self.until(self.tell(request))[0]

    def subscribe(self, channel: str, **more: object) -> None:
        """Subscribe to a channel, which must be acknowledged."""
        assert self.request(action="SUBSCRIBE", channel=channel, **more)["result"] is True

    def auth(self, key: ApiKey, off_ms: int = 0, secret: str | None = None) -> Any:
        """Send an auth frame and return the answer."""
        return self.request(**self.auth_fields(key, off_ms, secret))

    @staticmethod
    def auth_fields(key: ApiKey, off_ms: int = 0, secret: str | None = None) -> dict[str, object]:
        """Return an auth frame without its id."""
        stamp = str(time.time_ns() // 1_000_000 + off_ms)
        sign = mac(secret or key.api_secret, f"{stamp}POST/api/websocket/users/verify")
        return {
            "op": "auth",
            "kc-api-key": key.api_key,
            "kc-api-sign": sign,
            "kc-api-timestamp": stamp,
            "kc-api-passphrase": mac(key.api_secret, key.passphrase),
        }

    def pending(self) -> list[Any]:
        """Return all pushes that were sent before now: what comes ahead of a refusal."""
        return self.until(self.tell({"action": "nothing"}))[1]
