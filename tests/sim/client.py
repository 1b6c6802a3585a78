"""Two plain clients, written from the documentation: a signing one for REST, one for the stream.

They are as dumb as can be on purpose, and share nothing with the exchange or with `sixmm`.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import json
import threading
import time
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

WAIT = 10.0
"""Seconds that anything may take on a busy machine; it is never what a test waits for."""


class Rest:
    """Signs with an API key; `call` gives the envelope, `last` is the whole reply."""

    def __init__(self, url: str, api_key: str = "", api_secret: str = "") -> None:
        """Talk to `url`; without a key only `send` is of use."""
        self.url, self.api_key, self.api_secret = url, api_key, api_secret
        self.session = requests.Session()
        self.session.trust_env = False
        self.last = requests.Response()
        self._stamps = itertools.count(int(time.time() * 1000))

    def __enter__(self) -> Rest:
        """Return the client itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the connections."""
        self.session.close()

    def sign(self, query: str, body: str = "") -> str:
        """Return the query with its signature."""
        payload = (query + body).encode()
        digest = hmac.new(self.api_secret.encode(), payload, hashlib.sha256).hexdigest()
        return f"{query}&signature={digest}"

    def stamped(self, query: str = "", offset_ms: int = 0) -> str:
        """Return the query with a timestamp that no request before it had."""
        stamp = f"timestamp={next(self._stamps) + offset_ms}"
        return f"{query}&{stamp}" if query else stamp

    def send(self, method: str, path: str, query: str = "", body: str = "", **headers: str) -> Any:
        """Send exactly this and return the JSON of the reply."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        target = f"{self.url}{path}?{query}" if query else f"{self.url}{path}"
        request = requests.Request(method, target, data=body.encode(), headers=named)
        prepared = self.session.prepare_request(request)
        # requests quotes the URL anew; what was signed has to be what is sent.
        prepared.url = target
        self.last = self.session.send(prepared, timeout=WAIT, allow_redirects=False)
        return self.last.json()

    def call(self, method: str, path: str, query: str = "", body: object = None) -> Any:
        """Send a signed call and return the envelope."""
        text = "" if body is None else json.dumps(body)
        signed = self.sign(self.stamped(query), text)
        return self.send(method, path, signed, text, X_API_KEY=self.api_key)

    def data(self, method: str, path: str, query: str = "", body: object = None) -> Any:
        """Send a signed call that must succeed and return its data."""
        envelope = self.call(method, path, query, body)
        assert envelope["code"] == 0, envelope
        return envelope["data"]

    def code(self, method: str, path: str, query: str = "", body: object = None) -> int:
        """Send a signed call and return its code."""
        return int(self.call(method, path, query, body)["code"])

    def listen_key(self) -> str:
        """Ask for a listen key."""
        return str(self.data("POST", "/v1/private/user/listen-key")["listenKey"])


class Stream:
    """A WebSocket that gives parsed messages."""

    def __init__(self, url: str, open_timeout: float = WAIT) -> None:
        """Connect to `url`."""
        self._stack = contextlib.ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(
            connect(url, proxy=None, open_timeout=open_timeout, close_timeout=1)
        )
        self._ids = itertools.count(1)

    def shut(self) -> None:
        """Close, whatever state the connection is in; never wait for a peer that is gone."""
        closer = threading.Thread(target=self._stack.close, daemon=True)
        closer.start()
        closer.join(WAIT)

    def text(self, timeout: float = WAIT) -> str:
        """Return the next frame."""
        return str(self.socket.recv(timeout=timeout))

    def next(self, timeout: float = WAIT) -> Any:
        """Return the next message."""
        return json.loads(self.text(timeout))

    def send(self, op: str, *args: str) -> str:
        """Send a request and return its id."""
        request_id = str(next(self._ids))
        self.socket.send(json.dumps({"id": request_id, "op": op, "args": list(args)}))
        return request_id

    def until(self, request_id: str) -> tuple[Any, list[Any]]:
        """Return the answer to a request, and all that came before it."""
        before: list[Any] = []
        while True:
            message = self.next()
            if message.get("id") == request_id:
                return message, before
            before.append(message)

    def ask(self, op: str, *args: str) -> Any:
        """Send a request and return the answer to it."""
        return self.until(self.send(op, *args))[0]

    def quiet(self) -> list[Any]:
        """Return all that was sent before now: what comes ahead of the answer to a ping."""
        return self.until(self.send("ping"))[1]

    def end(self) -> tuple[int | None, str, list[Any]]:
        """Read to the end; return the close code (None without a close frame), reason and rest."""
        rest = []
        while True:
            try:
                rest.append(self.next())
            except ConnectionClosed as exc:
                if exc.rcvd is None:
                    return None, "", rest
                return exc.rcvd.code, exc.rcvd.reason, rest
