"""The side channel to the sender: what to send, that it is ready, go, and what it did.

Only the standard library is used, so that a program of any environment can copy or import it.
"""

from __future__ import annotations

import dataclasses
import json
import socket
from typing import Any

from .plan import Flood

__all__ = ["Control"]

_TIMEOUT = 300.0


class Control:
    """One flood. Call the three methods in their order.

    Args:
        port: the control port of the sender.
        timeout: seconds that each answer may take.
    """

    def __init__(self, port: int, *, timeout: float = _TIMEOUT) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port), timeout)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._sock.makefile("rb")

    def prepare(self, flood: Flood) -> None:
        """Return when the sender has everything at hand; the connections are open by now."""
        self._say(dataclasses.asdict(flood))
        self._hear()

    def go(self) -> None:
        """Let it send; returns at once."""
        self._sock.sendall(b'"go"\n')

    def finish(self) -> dict[str, Any]:
        """Return what the sender did: ``seconds`` and, for bursts, ``sent``; wait for its end."""
        answer = self._hear()
        self._lines.close()
        self._sock.close()
        return answer

    def _say(self, value: Any) -> None:
        self._sock.sendall(json.dumps(value).encode() + b"\n")

    def _hear(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise ConnectionError("the sender has gone")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
