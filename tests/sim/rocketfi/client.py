"""A plain client of the stream and of REST that knows nothing of the server's code."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

WAIT = 10.0
"""Seconds that anything may take on a busy machine; it is never what a test waits for."""


class Stream:
    """A WebSocket that says what it is told and gives what comes."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._stack = contextlib.ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(
            connect(url, proxy=None, open_timeout=WAIT, close_timeout=1)
        )

    def send(self, message: object) -> None:
        """Send a message as JSON."""
        self.socket.send(json.dumps(message))

    def text(self) -> str:
        """Return the next frame."""
        return str(self.socket.recv(timeout=WAIT))

    def next(self) -> Any:
        """Return the JSON of the next frame."""
        return json.loads(self.text())

    def until(self, fits: Callable[[Any], bool]) -> tuple[Any, list[Any]]:
        """Return the first message that fits, and those before it."""
        before: list[Any] = []
        while True:
            message = self.next()
            if fits(message):
                return message, before
            before.append(message)

    def subscribe(self, kind: str, **params: object) -> Any:
        """Subscribe, and return the payload that is confirmed; it is the next frame."""
        self.send({"Subscribe": {kind: params}})
        return self.next()["SubscribeConfirmation"]

    def quiet(self) -> list[Any]:
        """Return all that was sent before now: what comes ahead of the answer to a ping."""
        self.send("Ping")
        return self.until(lambda message: message in ("Pong", {"Pong": None}))[1]

    def end(self) -> tuple[int | None, str]:
        """Read to the end; return the close code, None without a close frame, and the reason."""
        while True:
            try:
                self.text()
            except ConnectionClosed as exc:
                if exc.rcvd is None:
                    return None, ""
                return exc.rcvd.code, exc.rcvd.reason

    def shut(self) -> None:
        """Close, whatever state it is in; never wait for a peer that is gone."""
        closer = threading.Thread(target=self._stack.close, daemon=True)
        closer.start()
        closer.join(WAIT)


class Rest:
    """Calls without credentials; `last` is the whole reply."""

    def __init__(self, url: str) -> None:
        """Talk to `url`."""
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.last = requests.Response()

    def get(self, path: str, **query: object) -> Any:
        """Return the JSON of a reply."""
        texts = {name: str(value) for name, value in query.items()}
        self.last = self.session.get(self.url + path, params=texts, timeout=WAIT)
        return self.last.json()

    def post(self, path: str, body: object) -> Any:
        """Send a body and return the JSON of the reply."""
        self.last = self.session.post(self.url + path, json=body, timeout=WAIT)
        return self.last.json()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()
