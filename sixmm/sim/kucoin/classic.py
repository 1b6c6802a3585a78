"""Requests on a Classic connection: subscribe, unsubscribe and ping."""

from __future__ import annotations

import json
import secrets
import time

from .acknowledging import acknowledge
from .core import Core
from .hub import Outlet
from .limits import Limits
from .topics import TopicError, read_topic

__all__ = ["ClassicDesk"]


class ClassicDesk:
    """Answers requests. Runs on the loop's thread."""

    def __init__(self, core: Core, limits: Limits) -> None:
        """Answer for the exchange behind `core`."""
        self._core = core
        self._limits = limits

    def greet(self, outlet: Outlet) -> None:
        """Queue the welcome; from now on requests are accepted."""
        outlet.welcomed = True
        self._core.hub.tell(outlet, {"id": outlet.connect_id, "type": "welcome"})

    def handle(self, outlet: Outlet, text: str) -> None:
        """Answer one text frame; what is wrong with it is told in an error frame."""
        with self._core.transaction():
            request = _read(text)
            try:
                self._check(outlet, request)
                self._answer(outlet, request or {})
            except TopicError as exc:
                if exc.code == 400 and request is None:
                    request = {"id": secrets.token_hex(12)}
                self._core.hub.tell(outlet, _error(_id(request), exc.code, _told(exc, text)))

    def _check(self, outlet: Outlet, request: dict[str, object] | None) -> None:
        if not outlet.welcomed:
            raise TopicError(400, "nothing is accepted before the welcome")
        if not outlet.messages.take(time.monotonic()):
            raise TopicError(509, "exceed max permits per second")
        if request is None:
            raise TopicError(400, "")
        if self._core.faults.take("failing_requests"):
            raise TopicError(*self._core.faults.request_error)

    def _answer(self, outlet: Outlet, request: dict[str, object]) -> None:
        kind = request.get("type")
        if kind == "ping":
            self._core.hub.tell(outlet, self._pong(request))
        elif kind == "subscribe":
            self._subscribe(outlet, request)
        elif kind == "unsubscribe":
            topic = read_topic(outlet.host, request.get("topic"))
            self._core.hub.unsubscribe(outlet, topic.names)
            self._acknowledge(outlet, request)
        else:
            raise TopicError(415, "type is not supported")

    def _subscribe(self, outlet: Outlet, request: dict[str, object]) -> None:
        topic = read_topic(outlet.host, request.get("topic"))
        if self._core.faults.refused_topics.intersection((*topic.names, request["topic"])):
            raise TopicError(403, "login is required")
        asked = request.get("privateChannel") in (True, "true")
        strict = self._core.manners.strict_private
        if topic.private and (outlet.user_id is None or (strict and not asked)):
            raise TopicError(403, "login is required")
        most = self._limits.topics if outlet.host == "spot" else 0
        if most and len(outlet.topics | set(topic.names)) > most:
            text = f"exceed max subscription count limitation of {most} per session"
            raise TopicError(509, text)
        self._core.hub.subscribe(outlet, topic.names)
        self._acknowledge(outlet, request)

    def _acknowledge(self, outlet: Outlet, request: dict[str, object]) -> None:
        if request.get("response") in (True, "true"):
            acknowledge(self._core, outlet, {"id": _id(request), "type": "ack"})

    def _pong(self, request: dict[str, object]) -> dict[str, object]:
        form = self._core.manners.pong
        pong: dict[str, object] = {"type": "pong"}
        if form != "bare":
            pong = {"id": _id(request), **pong}
        if form != "plain":
            pong["timestamp"] = self._core.now_ns() // 1_000
        return pong


def _read(text: str) -> dict[str, object] | None:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) else None


def _id(request: dict[str, object] | None) -> str:
    """Return the id of a request as the answer has it: always a text."""
    return str((request or {}).get("id", ""))[:128]


def _told(error: TopicError, text: str) -> str:
    return error.text or f"Unrecognized token '{text[:32]}'"


def _error(request_id: str, code: int, text: str) -> dict[str, object]:
    return {"id": request_id, "type": "error", "code": code, "data": text}
